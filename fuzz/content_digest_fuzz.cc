// Content-Digest. The first byte says where the content is cut; field and content are parted by the
// first NUL.
//
// Properties: what we write verifies; pieces are the whole; an accepted field names the digests of
// this content and no others, so no byte of the content can change.
#include <vector>

#include "property.h"
#include "protocol/codec/sfv.h"
#include "protocol/crypto/digest.h"
#include "protocol/proof/content_digest.h"

namespace {

using signet::AsBytes;
using signet::Bytes;
using signet::ByteView;
using signet::Errc;
using signet::fuzz::Property;
namespace proof = signet::proof;
namespace sfv = signet::codec::sfv;

bool Verifies(std::string_view field, ByteView content) {
  return proof::VerifyContentDigest({&field, 1}, content).has_value();
}

// How many digests of `content` the field holds under known keys; none may be another's.
int CountDigests(std::string_view field, ByteView content) {
  int count = 0;
  const auto dictionary = sfv::ParseDictionary({&field, 1}).value();
  Property(!dictionary.repeated());
  const auto digest = [&dictionary, &count](std::string_view key, ByteView want) {
    const sfv::Member* const member = dictionary.Find(key);
    if (member == nullptr) return;
    const auto& value = std::get<Bytes>(std::get<sfv::Item>(*member).value);
    Property(value == Bytes(want.begin(), want.end()));
    ++count;
  };
  digest("sha-256", signet::crypto::Sha256(content));
  digest("sha-512", signet::crypto::Sha512(content));
  return count;
}

void CheckField(std::string_view field, std::string_view content, std::size_t cut) {
  const auto got = proof::VerifyContentDigest({&field, 1}, AsBytes(content));
  signet::fuzz::CheckSameVerdict(got, proof::VerifyContentDigest({&field, 1}, AsBytes(content)));
  auto digester = proof::ContentDigester::Make({&field, 1});
  if (digester) {
    digester->Update(AsBytes(content.substr(0, cut)));
    digester->Update(AsBytes(content.substr(cut)));
    Property(digester->Finish().has_value() == got.has_value());
    Property(got.has_value() || got.error().code == Errc::kDigestMismatch);
  } else {
    Property(got.error().code == digester.error().code);
    Property(got.error().code == Errc::kDigestMalformed ||
             got.error().code == Errc::kDigestUnsupported);
  }
  if (!got) return;
  Property(CountDigests(field, AsBytes(content)) > 0);
  Property(!Verifies(field, AsBytes(std::string(content) + '\0')));
}

// The field as it stands, and behind the right digests, which no fuzzer guesses.
void CheckWithOwn(std::string_view field, std::string_view content, std::size_t cut) {
  const std::string sha256 = proof::ContentDigestOf(AsBytes(content));
  const std::string sha512 = proof::ContentDigestOf(AsBytes(content), proof::DigestAlg::kSha512);
  Property(Verifies(sha256, AsBytes(content)) && Verifies(sha512, AsBytes(content)));
  Property(Verifies(sha256 + ", " + sha512, AsBytes(content)));
  Property(!Verifies(sha256 + ", " + sha256, AsBytes(content)));
  CheckField(field, content, cut);
  CheckField(sha256 + "," + std::string(field), content, cut);
  CheckField(std::string(field) + "," + sha512, content, cut);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = signet::fuzz::AsText(data + 1, size - 1);
  const std::size_t nul = text.find('\0');
  const std::string_view content =
      nul == std::string_view::npos ? std::string_view() : text.substr(nul + 1);
  CheckWithOwn(text.substr(0, nul), content, std::size_t{data[0]} % (content.size() + 1));
  return 0;
}
