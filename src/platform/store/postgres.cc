#include "platform/store/postgres.h"

#include <array>
#include <map>
#include <optional>

#include <libpq-fe.h>

namespace signet::store {
namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ConnectionPtr = std::unique_ptr<PGconn, Finish>;
using ResultPtr = std::unique_ptr<PGresult, Clear>;

// The lock that makes writers take turns: "signet" as a number.
constexpr const char* kTakeTurn = "SELECT pg_advisory_xact_lock(126879297332596)";

// Types of columns that the repositories use (pg_type.dat).
enum : Oid { kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kVarchar = 1043 };

// The server's words without the values that "DETAIL" lines hold.
std::string FirstLine(const char* text) {
  std::string out = text == nullptr ? "" : text;
  return out.substr(0, out.find('\n'));
}

Errc CodeOf(std::string_view state) {
  if (state.starts_with("23")) return Errc::kStoreConflict;  // integrity constraint violation
  if (state == "53100") return Errc::kStoreFull;             // disk full
  if (state == "XX001" || state == "XX002") return Errc::kStoreCorrupt;
  return Errc::kStoreUnavailable;
}

Error ErrorOf(const PGresult* result) {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* const message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return Error(CodeOf(state == nullptr ? "" : state),
               FirstLine(message == nullptr ? PQresultErrorMessage(result) : message));
}

std::int64_t BigEndian(const char* data, int size) {
  std::uint64_t value = (static_cast<unsigned char>(data[0]) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
  for (int i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(data[i]);
  return static_cast<std::int64_t>(value);
}

// The parameters of one statement, as libpq wants them: integers as text, the rest as it is.
struct Parameters {
  Parameters(std::initializer_list<Param> params) {
    numbers.reserve(params.size());  // pointers into it stay
    for (const Param& param : params) Add(param);
  }

  void Add(const Param& param) {
    if (const auto* const integer = std::get_if<std::int64_t>(&param)) {
      numbers.push_back(std::to_string(*integer));
      return Push(numbers.back().c_str(), numbers.back().size(), 0);
    }
    if (const auto* const text = std::get_if<std::string_view>(&param)) {
      // In binary a text needs no terminator.
      return Push(text->empty() ? "" : text->data(), text->size(), 1);
    }
    if (const auto* const blob = std::get_if<ByteView>(&param)) {
      return Push(blob->empty() ? "" : AsText(*blob).data(), blob->size(), 1);
    }
    Push(nullptr, 0, 0);
  }
  void Push(const char* value, std::size_t size, int format) {
    values.push_back(value);
    lengths.push_back(static_cast<int>(size));
    formats.push_back(format);
  }

  std::vector<std::string> numbers;
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

class PostgresDatabase final : public Database, private Session {
 public:
  explicit PostgresDatabase(PostgresConfig config) : config_(std::move(config)) {}

  [[nodiscard]] Dialect dialect() const override { return Dialect::kPostgres; }

  Result<void> Write(const Work& work) override {
    SIGNET_TRY(Begin("BEGIN ISOLATION LEVEL READ COMMITTED"));
    Result<void> done = Execute(kTakeTurn);
    if (done) done = work(*this);
    // A statement failed and `work` went on: the server would answer COMMIT with a rollback.
    if (done && overlooked_) done = std::unexpected(*overlooked_);
    if (!done) return RollBack(std::move(done));
    done = Execute("COMMIT");
    if (done) return {};
    // Only a server that answered has said that nothing was committed.
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      return Refuse(Errc::kStoreUncertain, std::move(done.error().detail));
    }
    return RollBack(std::move(done));
  }

  Result<void> Read(const Work& work) override {
    SIGNET_TRY(Begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    Result<void> done = work(*this);
    if (done) done = Execute("COMMIT");
    return done ? done : RollBack(std::move(done));
  }

  Result<std::int64_t> Each(std::string_view sql, std::initializer_list<Param> params,
                            const OnRow& on_row) override {
    bool by_caller = false;
    Result<std::int64_t> done = Send(sql, params, on_row, by_caller);
    if (!done && !by_caller && !overlooked_) overlooked_ = done.error();
    return done;
  }

  // `by_caller`: it was `on_row` that ended it.
  Result<std::int64_t> Send(std::string_view sql, std::initializer_list<Param> params,
                            const OnRow& on_row, bool& by_caller) {
    SIGNET_TRY_ASSIGN(const std::string name, Prepare(sql));
    const Parameters parameters(params);
    PGconn* const connection = connection_.get();
    if (PQsendQueryPrepared(connection, name.c_str(), static_cast<int>(parameters.values.size()),
                            parameters.values.data(), parameters.lengths.data(),
                            parameters.formats.data(), /*resultFormat=*/1) == 0) {
      return Refuse(Errc::kStoreUnavailable, FirstLine(PQerrorMessage(connection)));
    }
    // Row by row: a table of a million rows is not held twice.
    PQsetSingleRowMode(connection);
    Result<std::int64_t> out = 0;
    // To the end in any case: the connection is of use again only then.
    while (const ResultPtr result{PQgetResult(connection)}) {
      if (!out) continue;
      out = Take(result.get(), on_row, *out, by_caller);
    }
    return out;
  }

  Result<void> Connect() {
    if (connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK) return {};
    prepared_.clear();
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(config_.connect_timeout).count();
    const std::string wait = std::to_string(std::max<std::int64_t>(seconds, 2));
    const std::string options =
        "-c lock_timeout=" + std::to_string(config_.lock_timeout.count()) +
        " -c statement_timeout=" + std::to_string(config_.statement_timeout.count()) +
        // A server that hangs in a transaction does not hold up the others for ever.
        " -c idle_in_transaction_session_timeout=" +
        std::to_string(config_.statement_timeout.count()) + " -c client_min_messages=error";
    const std::array<const char*, 6> names = {"dbname",           "connect_timeout",  "options",
                                              "application_name", "tcp_user_timeout", nullptr};
    const std::string unacknowledged = std::to_string(config_.statement_timeout.count());
    const std::array<const char*, 6> values = {
        config_.connection.c_str(), wait.c_str(), options.c_str(), "signet",
        unacknowledged.c_str(),     nullptr};
    connection_.reset(PQconnectdbParams(names.data(), values.data(), /*expand_dbname=*/1));
    if (connection_ == nullptr) return Refuse(Errc::kStoreUnavailable, "out of memory");
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      return Refuse(Errc::kStoreUnavailable, FirstLine(PQerrorMessage(connection_.get())));
    }
    return {};
  }

 private:
  // A connection that was lost while nobody used it shows that only now: once more, with a new one.
  Result<void> Begin(const char* sql) {
    overlooked_.reset();
    SIGNET_TRY(Connect());
    Result<void> begun = Execute(sql);
    if (begun || PQstatus(connection_.get()) == CONNECTION_OK) return begun;
    SIGNET_TRY(Connect());
    return Execute(sql);
  }

  Result<void> Execute(const char* sql) {
    const ResultPtr result(PQexec(connection_.get(), sql));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    return std::unexpected(ErrorOf(result.get()));
  }

  Result<void> RollBack(Result<void> why) {
    // If not even this is possible, the next call connects anew, and the server rolls back.
    if (!Execute("ROLLBACK")) connection_.reset();
    return why;
  }

  // Statements are few and fixed: all are prepared, once a connection.
  Result<std::string> Prepare(std::string_view sql) {
    const auto found = prepared_.find(sql);
    if (found != prepared_.end()) return found->second;
    std::string name = "s" + std::to_string(prepared_.size());
    const ResultPtr result(
        PQprepare(connection_.get(), name.c_str(), std::string(sql).c_str(), 0, nullptr));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
      return std::unexpected(ErrorOf(result.get()));
    }
    prepared_.emplace(std::string(sql), name);
    return name;
  }

  static Result<std::int64_t> Take(const PGresult* result, const OnRow& on_row,
                                   std::int64_t changed, bool& by_caller) {
    switch (PQresultStatus(result)) {
      case PGRES_SINGLE_TUPLE:
        if (Result<void> wanted = on_row(ReadRow(result)); !wanted) {
          by_caller = true;
          return std::unexpected(std::move(wanted.error()));
        }
        return changed;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK: {
        // "INSERT 0 3": a SELECT counts rows too, and changes none.
        const std::string_view tag = PQcmdStatus(const_cast<PGresult*>(result));
        if (tag.starts_with("SELECT") || tag.starts_with("SHOW")) return changed;
        const char* const count = PQcmdTuples(const_cast<PGresult*>(result));
        return changed + (*count == '\0' ? 0 : std::stoll(count));
      }
      default:
        return std::unexpected(ErrorOf(result));
    }
  }

  static Row ReadRow(const PGresult* result) {
    std::vector<Row::Value> values;
    const int columns = PQnfields(result);
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) {
      if (PQgetisnull(result, 0, i) != 0) {
        values.emplace_back(nullptr);
        continue;
      }
      const char* const data = PQgetvalue(result, 0, i);
      const int size = PQgetlength(result, 0, i);
      const std::string_view text(data, static_cast<std::size_t>(size));
      switch (PQftype(result, i)) {
        case kInt2:
        case kInt4:
        case kInt8:
          values.emplace_back(BigEndian(data, size));
          break;
        case kBytea:
          values.emplace_back(Bytes(text.begin(), text.end()));
          break;
        default:
          values.emplace_back(std::string(text));
      }
    }
    return Row(std::move(values));
  }

  const PostgresConfig config_;
  ConnectionPtr connection_;
  std::optional<Error> overlooked_;  // the first statement of the transaction that failed
  std::map<std::string, std::string, std::less<>> prepared_;  // statement -> its name
};

}  // namespace

Result<std::unique_ptr<Database>> OpenPostgres(const PostgresConfig& config) {
  auto database = std::make_unique<PostgresDatabase>(config);
  SIGNET_TRY(database->Connect());
  return database;
}

}  // namespace signet::store
