#include "protocol/proof/content_digest.h"

#include <vector>

#include "gtest/gtest.h"

#include "protocol/codec/sfv.h"

namespace signet::proof {
namespace {

using Lines = std::vector<std::string_view>;

// RFC 9530 appendix D over {"hello": "world"}, appendix B over the same and a line feed.
constexpr std::string_view kContent = R"({"hello": "world"})";
constexpr std::string_view kSha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
constexpr std::string_view kSha512 =
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+"
    "AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
constexpr std::string_view kMd5 = "md5=:Sd/dVLAcvNLSq16eXua5uQ==:";
// Digests of other content (appendix B.2: none; section 2: another line).
constexpr std::string_view kOtherSha256 = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
constexpr std::string_view kOtherSha512 =
    "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCs"
    "yRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";

std::string Joined(const Lines& parts) {
  std::string out;
  for (const std::string_view part : parts) out.append(out.empty() ? "" : ", ").append(part);
  return out;
}

void ExpectRefused(const Result<void>& got, Errc want, std::string_view rule, const char* what) {
  ASSERT_FALSE(got.has_value()) << what;
  EXPECT_EQ(got.error().code, want) << what;
  EXPECT_EQ(got.error().rule(), rule) << what;
}

TEST(ContentDigest, AgreesWithRfc9530AppendixD) {  // [RFC9530-2]
  EXPECT_EQ(ContentDigestOf(AsBytes(kContent)), kSha256);
  EXPECT_EQ(ContentDigestOf(AsBytes(kContent), DigestAlg::kSha256), kSha256);
  EXPECT_EQ(ContentDigestOf(AsBytes(kContent), DigestAlg::kSha512), kSha512);
  EXPECT_TRUE(VerifyContentDigest(Lines{kSha256}, AsBytes(kContent)).has_value());
  EXPECT_TRUE(VerifyContentDigest(Lines{kSha512}, AsBytes(kContent)).has_value());
}

TEST(ContentDigest, AgreesWithRfc9530AppendixB) {  // [RFC9530-2]
  const struct {
    const char* section;
    std::string_view content;
    std::string_view field;
  } kCases[] = {
      {"B.1", "{\"hello\": \"world\"}\n", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"},
      {"B.2", "", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"},
      {"B.3", "\"world\"}\n", "sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ContentDigestOf(AsBytes(c.content)), c.field) << c.section;
    EXPECT_TRUE(VerifyContentDigest(Lines{c.field}, AsBytes(c.content)).has_value()) << c.section;
  }
}

TEST(ContentDigest, AcceptsWhatSaysTheSame) {  // [SIG-3]
  const std::string unknown = Joined({kMd5, kSha256, "zz=:AA==:"});
  const std::string parameters = std::string(kSha256) + ";x=1;y";
  for (const Lines& lines : {
           Lines{kSha256, kSha512}, Lines{kSha512, kSha256}, Lines{kMd5, kSha256}, Lines{unknown},
           Lines{"unixsum=:AAA=:", kSha512}, Lines{"sha-384=:AA==:", kSha512},
           Lines{"sha=:AA==:", "sha-256x=:AA==:", kSha256}, Lines{parameters},
           Lines{
               "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE:"},  // RFC 9651 section 4.2.7
       }) {
    const auto got = VerifyContentDigest(lines, AsBytes(kContent));
    EXPECT_TRUE(got.has_value()) << Joined(lines) << got.error().detail;
  }
}

TEST(ContentDigest, RefusesContentThatDiffers) {  // [SIG-3] [ATTACK-15]
  for (const std::string_view field : {kSha256, kSha512}) {
    std::string content(kContent);
    for (std::size_t i = 0; i < content.size(); ++i) {
      std::string changed = content;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      ExpectRefused(VerifyContentDigest(Lines{field}, AsBytes(changed)), Errc::kDigestMismatch,
                    "SIG-3", "one bit");
    }
    ExpectRefused(VerifyContentDigest(Lines{field}, AsBytes(content + " ")), Errc::kDigestMismatch,
                  "SIG-3", "one byte more");
    content.pop_back();
    ExpectRefused(VerifyContentDigest(Lines{field}, AsBytes(content)), Errc::kDigestMismatch,
                  "SIG-3", "one byte less");
    ExpectRefused(VerifyContentDigest(Lines{field}, {}), Errc::kDigestMismatch, "SIG-3", "nothing");
  }
}

// An attacker who could have one of two digests ignored would choose which.
TEST(ContentDigest, RefusesIfOneOfTheKnownDigestsDiffers) {  // [SIG-3]
  for (const Lines& lines : {Lines{kSha256, kOtherSha512}, Lines{kOtherSha512, kSha256},
                             Lines{kOtherSha256, kSha512}, Lines{kSha512, kOtherSha256}}) {
    ExpectRefused(VerifyContentDigest(lines, AsBytes(kContent)), Errc::kDigestMismatch, "SIG-3",
                  "one of two");
  }
}

TEST(ContentDigest, RefusesFieldsThatDoNotCount) {
  const std::string upper_case = std::string("SHA-256").append(kSha256.substr(7));
  const std::string short_digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBA==:";
  const std::string long_digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPEA:";
  const std::string swapped_256 = "sha-256" + std::string(kSha512.substr(7));
  const std::string swapped_512 = "sha-512" + std::string(kSha256.substr(7));
  const std::string too_long =
      std::string(kSha256) + std::string(codec::sfv::kMaxFieldBytes - kSha256.size() + 1, ' ');
  const struct {
    const char* what;
    Lines lines;
    Errc want;
    const char* rule;
  } kCases[] = {
      {"no line", {}, Errc::kDigestMissing, "SIG-3"},
      {"an empty line", {""}, Errc::kDigestUnsupported, "SIG-3"},
      {"Deprecated only", {kMd5}, Errc::kDigestUnsupported, "SIG-3"},
      {"Deprecated only",
       {"sha=:07CavjDP4u3/TungoUHJO/Wzr4c=:"},
       Errc::kDigestUnsupported,
       "SIG-3"},
      {"unknown only", {"sha-384=:AA==:"}, Errc::kDigestUnsupported, "SIG-3"},
      {"keys are lower case", {upper_case}, Errc::kDigestMalformed, "RFC9530-2"},
      {"31 bytes", {short_digest}, Errc::kDigestMalformed, "RFC9530-2"},
      {"33 bytes", {long_digest}, Errc::kDigestMalformed, "RFC9530-2"},
      {"no bytes", {"sha-256=::"}, Errc::kDigestMalformed, "RFC9530-2"},
      {"length of sha-512", {swapped_256}, Errc::kDigestMalformed, "RFC9530-2"},
      {"length of sha-256", {swapped_512}, Errc::kDigestMalformed, "RFC9530-2"},
      {"good one, then a wrong length",
       {kSha256, "sha-512=:AA==:"},
       Errc::kDigestMalformed,
       "RFC9530-2"},
      {"a key twice", {kSha256, kSha256}, Errc::kDigestMalformed, "RFC9530-2"},
      {"a key twice", {kOtherSha256, kSha256}, Errc::kDigestMalformed, "RFC9530-2"},
      {"an unknown key twice", {kMd5, kSha256, kMd5}, Errc::kDigestMalformed, "RFC9530-2"},
      {"no value", {"sha-256"}, Errc::kDigestMalformed, "RFC9530-2"},
      {"a string",
       {R"(sha-256="X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")"},
       Errc::kDigestMalformed,
       "RFC9530-2"},
      {"a token", {"sha-256=X48E9qOokqqrvdts8nOJRJN3"}, Errc::kDigestMalformed, "RFC9530-2"},
      {"an inner list", {"sha-256=(:AA==:)"}, Errc::kDigestMalformed, "RFC9530-2"},
      {"unknown key without bytes", {"x", kSha256}, Errc::kDigestMalformed, "RFC9530-2"},
      {"unknown key with a number", {kSha256, "x=1"}, Errc::kDigestMalformed, "RFC9530-2"},
      {"an item",
       {"X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="},
       Errc::kDigestMalformed,
       "RFC9530-2"},
      {"trailing comma", {kSha256, ""}, Errc::kDigestMalformed, "RFC9530-2"},
      {"too long", {too_long}, Errc::kDigestMalformed, "RFC9530-2"},
  };
  for (const auto& c : kCases) {
    ExpectRefused(VerifyContentDigest(c.lines, AsBytes(kContent)), c.want, c.rule, c.what);
    const auto made = ContentDigester::Make(c.lines);
    ASSERT_FALSE(made.has_value()) << c.what;
    EXPECT_EQ(made.error().code, c.want) << c.what;
  }
}

TEST(ContentDigester, PiecesAreTheWholeHoweverTheyAreCut) {  // [SIG-3]
  const Lines both = {kSha256, kSha512};
  for (std::size_t first = 0; first <= kContent.size(); ++first) {
    for (std::size_t second = first; second <= kContent.size(); ++second) {
      ContentDigester digester = ContentDigester::Make(both).value();
      digester.Update(AsBytes(kContent.substr(0, first)));
      digester.Update(AsBytes(kContent.substr(first, second - first)));
      digester.Update(AsBytes(kContent.substr(second)));
      EXPECT_TRUE(digester.Finish().has_value()) << first << " " << second;

      // One piece forgotten.
      ContentDigester less = ContentDigester::Make(both).value();
      less.Update(AsBytes(kContent.substr(0, first)));
      less.Update(AsBytes(kContent.substr(second)));
      EXPECT_EQ(less.Finish().has_value(), first == second) << first << " " << second;
    }
  }
}

TEST(ContentDigester, NothingFedIsEmptyContent) {
  EXPECT_TRUE(ContentDigester::Make(Lines{kOtherSha256})->Finish().has_value());
  EXPECT_EQ(ContentDigester::Make(Lines{kSha256})->Finish().error().code, Errc::kDigestMismatch);
}

TEST(ContentDigester, MovesWithItsState) {
  ContentDigester first = ContentDigester::Make(Lines{kSha512}).value();
  first.Update(AsBytes(kContent.substr(0, 5)));
  ContentDigester second = std::move(first);
  second.Update(AsBytes(kContent.substr(5)));
  ContentDigester third = ContentDigester::Make(Lines{kOtherSha256}).value();
  third = std::move(second);
  EXPECT_TRUE(third.Finish().has_value());
}

TEST(ContentDigesterDeathTest, IsFinishedOnce) {
  ContentDigester digester = ContentDigester::Make(Lines{kOtherSha256}).value();
  ASSERT_TRUE(digester.Finish().has_value());
  EXPECT_DEATH((void)digester.Finish(), "finished");
  EXPECT_DEATH(digester.Update({}), "finished");
}

}  // namespace
}  // namespace signet::proof
