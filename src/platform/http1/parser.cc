#include "platform/http1/parser.h"

#include <algorithm>
#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "protocol/base/limits.h"

namespace signet::http1 {
namespace {

namespace beast = boost::beast;
using beast::error_code;
using BeastView = beast::string_view;

std::string_view View(BeastView text) { return {text.data(), text.size()}; }

// What Beast forgives and we do not: folded lines, CR and LF other than as a pair, NUL, and white
// space between a field name and its colon. Each has been used to smuggle requests.
Result<void> CheckHeadBytes(std::string_view head) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    const char c = head[i];
    if (c == '\0') return Refuse(Errc::kHttpMalformed, "NUL in the header section");
    if (c == '\r' && (i + 1 == head.size() || head[i + 1] != '\n')) {
      return Refuse(Errc::kHttpMalformed, "CR without LF");
    }
    if (c != '\n') continue;
    if (i == 0 || head[i - 1] != '\r') return Refuse(Errc::kHttpMalformed, "LF without CR");
    if (i + 1 < head.size() && (head[i + 1] == ' ' || head[i + 1] == '\t')) {
      return Refuse(Errc::kHttpMalformed, "folded header line");
    }
  }
  return {};
}

bool IsDigits(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// RFC 9112 section 6.3, without the leniencies: one way to find the end of the body, stated once.
Result<void> CheckFraming(const http::Fields& fields) {
  const http::FieldOccurrence length = fields.Find("Content-Length");
  const http::FieldOccurrence coding = fields.Find("Transfer-Encoding");
  if (length.count > 1) return Refuse(Errc::kHttpMalformed, "more than one Content-Length");
  if (length.count == 1 && !IsDigits(length.value)) {
    return Refuse(Errc::kHttpMalformed, "Content-Length is no number");
  }
  if (coding.count > 1) return Refuse(Errc::kHttpMalformed, "more than one Transfer-Encoding");
  if (coding.count == 1 && !http::EqualsIgnoreCase(coding.value, "chunked")) {
    return Refuse(Errc::kHttpMalformed, "a transfer coding other than chunked");
  }
  if (length.count == 1 && coding.count == 1) {
    return Refuse(Errc::kHttpMalformed, "Content-Length and Transfer-Encoding together");
  }
  return {};
}

// RFC 9112 section 3.2: exactly one Host, on every request.
Result<void> CheckHost(const http::Fields& fields) {
  const http::FieldOccurrence host = fields.Find("Host");
  if (host.count != 1) return Refuse(Errc::kHttpMalformed, "not exactly one Host");
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~%:[]!$&'()*+;=").find(c) != std::string_view::npos;
  };
  if (host.value.empty() || !std::all_of(host.value.begin(), host.value.end(), allowed)) {
    return Refuse(Errc::kHttpMalformed, "Host is no host");
  }
  return {};
}

// Collects what Beast's parser finds, in the order in which it came.
template <bool kRequest>
class Collector final : public beast::http::basic_parser<kRequest> {
 public:
  explicit Collector(std::size_t field_limit) : max_field_lines(field_limit) {}

  std::size_t max_field_lines;
  std::string_view method, target;
  int status = 0;
  int version = 11;
  http::Fields fields;
  bool head_done = false;
  bool too_many_lines = false;
  std::string* body = nullptr;  // set during put()

 private:
  void on_request_impl(beast::http::verb, BeastView method_text, BeastView target_text,
                       int http_version, error_code&) override {
    method = View(method_text);
    target = View(target_text);
    version = http_version;
  }
  void on_response_impl(int code, BeastView, int http_version, error_code&) override {
    status = code;
    version = http_version;
  }
  void on_field_impl(beast::http::field, BeastView name, BeastView value, error_code& ec) override {
    // Trailer fields are dropped: merged into the header they would be fields that nobody signed
    // or checked.
    if (head_done) return;
    if (fields.lines().size() >= max_field_lines) {
      too_many_lines = true;
      ec = beast::http::error::header_limit;
      return;
    }
    fields.Add(View(name), View(value));
  }
  void on_header_impl(error_code&) override { head_done = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(BeastView part, error_code&) override {
    body->append(part.data(), part.size());
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView part, error_code&) override {
    body->append(part.data(), part.size());
    return part.size();
  }
  void on_finish_impl(error_code&) override {}
};

Error ErrorOf(const error_code& ec) {
  const bool size = ec == beast::http::error::header_limit || ec == beast::http::error::body_limit;
  return Error(size ? Errc::kHttpTooLarge : Errc::kHttpMalformed, ec.message());
}

// A chunk header with its extensions, or a trailer section, that is longer than this without an
// end is refused instead of buffered.
constexpr std::size_t kMaxChunkOverheadBytes = 16 * 1024;

// The shortest end of a chunked body, `0 CRLF CRLF`. Beast 1.81 asserts that it has that much when
// it looks at the last chunk a second time, so it never gets less. Nobody waits in vain: a chunked
// body that is not done has at least this much to come.
constexpr std::size_t kLastChunkBytes = 5;

}  // namespace

std::size_t FindHeadEnd(std::string_view input, std::size_t from) {
  const std::size_t at = input.find("\r\n\r\n", from < 3 ? 0 : from - 3);
  return at == std::string_view::npos ? at : at + 4;
}

template <bool kRequest>
struct MessageParser<kRequest>::Impl {
  explicit Impl(std::size_t max_field_lines) : collector(max_field_lines) {}
  Collector<kRequest> collector;
};

template <bool kRequest>
MessageParser<kRequest>::MessageParser(std::size_t max_body_bytes, std::size_t max_field_lines)
    : impl_(std::make_unique<Impl>(max_field_lines)) {
  // The caller has limited the header section already.
  impl_->collector.header_limit(std::numeric_limits<std::uint32_t>::max() / 2);
  impl_->collector.body_limit(max_body_bytes);
}

template <bool kRequest>
MessageParser<kRequest>::~MessageParser() = default;

template <bool kRequest>
Result<void> MessageParser<kRequest>::ParseHead(std::string_view head, bool no_body) {
  SIGNET_TRY(CheckHeadBytes(head));
  auto& collector = impl_->collector;
  if (no_body) collector.skip(true);
  std::string none;
  collector.body = &none;
  error_code ec;
  const std::size_t taken = collector.put(boost::asio::buffer(head.data(), head.size()), ec);
  if (ec) {
    Error error = ErrorOf(ec);
    if (collector.too_many_lines) error.detail = "too many header lines";
    return std::unexpected(std::move(error));
  }
  if (taken != head.size() || !collector.is_header_done()) {
    return Refuse(Errc::kHttpMalformed, "no complete header section");
  }
  SIGNET_TRY(CheckFraming(collector.fields));
  if constexpr (kRequest) SIGNET_TRY(CheckHost(collector.fields));
  return {};
}

template <bool kRequest>
Result<std::size_t> MessageParser<kRequest>::ParseBody(std::string_view input, std::string& body) {
  auto& collector = impl_->collector;
  collector.body = &body;
  const std::size_t least = collector.chunked() ? kLastChunkBytes : 1;
  std::size_t taken = 0;
  while (!collector.is_done() && input.size() - taken >= least) {
    error_code ec;
    const std::size_t step =
        collector.put(boost::asio::buffer(input.data() + taken, input.size() - taken), ec);
    taken += step;
    if (ec == beast::http::error::need_more) break;
    if (ec) return std::unexpected(ErrorOf(ec));
    if (step == 0) break;
  }
  if (!collector.is_done() && input.size() - taken > kMaxChunkOverheadBytes) {
    return Refuse(Errc::kHttpTooLarge, "chunk header or trailer");
  }
  return taken;
}

template <bool kRequest>
Result<void> MessageParser<kRequest>::ParseEnd() {
  error_code ec;
  std::string none;
  impl_->collector.body = &none;
  impl_->collector.put_eof(ec);
  if (ec) return std::unexpected(ErrorOf(ec));
  return {};
}

template <bool kRequest>
bool MessageParser<kRequest>::done() const {
  return impl_->collector.is_done();
}
template <bool kRequest>
bool MessageParser<kRequest>::keep_alive() const {
  return impl_->collector.keep_alive();
}
template <bool kRequest>
int MessageParser<kRequest>::version() const {
  return impl_->collector.version;
}
template <bool kRequest>
int MessageParser<kRequest>::status() const {
  return impl_->collector.status;
}
template <bool kRequest>
std::string_view MessageParser<kRequest>::method() const {
  return impl_->collector.method;
}
template <bool kRequest>
std::string_view MessageParser<kRequest>::target() const {
  return impl_->collector.target;
}
template <bool kRequest>
const http::Fields& MessageParser<kRequest>::fields() const {
  return impl_->collector.fields;
}

template class MessageParser<true>;
template class MessageParser<false>;

}  // namespace signet::http1
