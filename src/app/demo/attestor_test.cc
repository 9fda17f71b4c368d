#include "app/demo/attestor.h"

#include <filesystem>
#include <unistd.h>

#include "gtest/gtest.h"
#include <sys/socket.h>

#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::app::demo {
namespace {

// A socket pair to ourselves: the peer is this test program.
class AttestorOfThisProcess : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ours_ = runtime::Fd(ends[0]);
    theirs_ = runtime::Fd(ends[1]);
    auto peer = net::IdentifyPeer(ours_.get(), {});
    ASSERT_TRUE(testing::Accepted(peer));
    peer_ = *std::move(peer);
    auto process = net::ReadPeerProcess(peer_);
    ASSERT_TRUE(testing::Accepted(process));
    config_.uid = ::geteuid();
    config_.exe_sha256 = process->exe_sha256;
    config_.entries.push_back({std::filesystem::canonical("/proc/self/exe").string(),
                               testing::IdOf("wimse://trust.example.com/self")});
  }
  runtime::Fd ours_, theirs_;
  net::UnixPeer peer_;
  AttestorConfig config_;
};

TEST_F(AttestorOfThisProcess, IsTheEntryThatMatchesInAllParts) {
  const auto attested = Attest(config_, peer_);
  ASSERT_TRUE(testing::Accepted(attested));
  EXPECT_EQ(attested->id.text(), "wimse://trust.example.com/self");
  EXPECT_EQ(attested->process.pid, ::getpid());
}

TEST_F(AttestorOfThisProcess, IsNobodyIfOnePartDiffers) {
  for (int part = 0; part < 3; ++part) {
    AttestorConfig config = config_;
    if (part == 0) config.entries[0].exe_path += "x";
    if (part == 1) ++config.uid;
    if (part == 2) config.exe_sha256[0] ^= 1;
    EXPECT_TRUE(testing::RefusedWith(Attest(config, peer_), Errc::kIssueNoIdentity, "ID-12"))
        << part;
  }
}

TEST(AttestorEntry, IsAPathAndAnIdentifier) {
  const auto entry = ParseEntry("/a=b/c=wimse://a/b");
  ASSERT_TRUE(testing::Accepted(entry));
  EXPECT_EQ(entry->exe_path, "/a=b/c");
  EXPECT_EQ(ParseEntry("/a").error().code, Errc::kUsageOption);
  EXPECT_EQ(ParseEntry("/a=b").error().code, Errc::kIdNotAbsolute);
}

}  // namespace
}  // namespace signet::app::demo
