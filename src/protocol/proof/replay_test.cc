#include "protocol/proof/replay.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

#include "protocol/crypto/digest.h"
#include "tests/support/tokens.h"

namespace signet::proof {
namespace {

using testing::IdOf;
using testing::kNow;

ReplayEntry Entry(ProofKind kind, std::string_view subject, std::string_view thumbprint,
                  std::string_view id) {
  return MakeReplayEntry(kind, IdOf(subject), thumbprint, id, kNow);
}

TEST(ReplayEntry, CoversEveryPartOfTheRule) {  // RPL-1, ATTACKS 35
  constexpr std::string_view kSubject = "wimse://a.example/x";
  std::set<Digest256> keys;
  keys.insert(Entry(ProofKind::kWpt, kSubject, "thumb", "id").key);
  keys.insert(Entry(ProofKind::kHttpSignature, kSubject, "thumb", "id").key);
  keys.insert(Entry(ProofKind::kWpt, "spiffe://a.example/x", "thumb", "id").key);
  keys.insert(Entry(ProofKind::kWpt, "wimse://b.example/x", "thumb", "id").key);
  keys.insert(Entry(ProofKind::kWpt, "wimse://a.example/y", "thumb", "id").key);
  keys.insert(Entry(ProofKind::kWpt, kSubject, "thumb2", "id").key);
  keys.insert(Entry(ProofKind::kWpt, kSubject, "thumb", "id2").key);
  EXPECT_EQ(keys.size(), 7U);
  EXPECT_EQ(Entry(ProofKind::kWpt, kSubject, "thumb", "id").key,
            Entry(ProofKind::kWpt, kSubject, "thumb", "id").key);
}

TEST(ReplayEntry, PartsDoNotRunIntoEachOther) {
  EXPECT_NE(Entry(ProofKind::kWpt, "wimse://a.example/x", "ab", "c").key,
            Entry(ProofKind::kWpt, "wimse://a.example/x", "a", "bc").key);
  EXPECT_NE(Entry(ProofKind::kWpt, "wimse://a.example/x", "", "c").key,
            Entry(ProofKind::kWpt, "wimse://a.example/x", "c", "").key);
}

TEST(ReplayEntry, TheSenderIsTheSameForEveryKindAndProof) {  // RPL-2
  const ReplayEntry one = Entry(ProofKind::kWpt, "wimse://a.example/x", "thumb", "1");
  EXPECT_EQ(one.sender,
            Entry(ProofKind::kHttpSignature, "wimse://a.example/x", "thumb", "2").sender);
  EXPECT_NE(one.sender, Entry(ProofKind::kWpt, "wimse://a.example/y", "thumb", "1").sender);
  EXPECT_NE(one.sender, Entry(ProofKind::kWpt, "wimse://a.example/x", "other", "1").sender);
  EXPECT_NE(one.sender, one.key);
}

TEST(ReplayEntry, ExpiryIsNoPartOfTheKey) {  // a second look at the same proof meets the first
  const auto at = [](WallTime expires) {
    return MakeReplayEntry(ProofKind::kWpt, IdOf("wimse://a.example/x"), "t", "id", expires);
  };
  EXPECT_EQ(at(kNow).key, at(kNow + seconds{1}).key);
  EXPECT_EQ(at(kNow + seconds{1}).expires, kNow + seconds{1});
}

// Computed apart, in Python:
//   p = lambda b: len(b).to_bytes(8, "little") + b
//   sender = sha256(p(origin) + p(subject) + p(thumbprint))
//   key = sha256(p(b"\x01") + p(sender) + p(id))
TEST(ReplayEntry, IsTheStatedDigest) {  // RPL-1: a journal must outlive a new version
  const ReplayEntry entry = Entry(ProofKind::kWpt, "wimse://a.example/x", "thumb", "id");
  EXPECT_EQ(codec::Base64UrlEncode(entry.sender), "GROIWux5NVkcceN9WdUejepICA6Cdgq9ZD5ZGACbPMI");
  EXPECT_EQ(codec::Base64UrlEncode(entry.key), "jerv5ra0FRQw2DMBjaYQTGzXswYM8bXLjs5ZA9Ip9ek");
}

TEST(ReplayOutcome, IsUnavailableUntilSomebodySaysOtherwise) {  // fail closed
  EXPECT_EQ(ReplayOutcome{}.verdict, ReplayVerdict::kUnavailable);
}

}  // namespace
}  // namespace signet::proof
