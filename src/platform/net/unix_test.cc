// Unix sockets: who listens, and who called.
#include <array>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>

#include "gtest/gtest.h"
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "platform/net/peer_process.h"
#include "platform/net/unix_listener.h"
#include "platform/net/unix_peer.h"
#include "platform/runtime/file.h"
#include "platform/runtime/process.h"
#include "protocol/crypto/digest.h"
#include "tests/support/temp_dir.h"

namespace signet::net {
namespace {

using runtime::Fd;

Fd ConnectTo(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    fd.Reset();
  }
  return fd;
}

class UnixSocket : public testing::Test {
 protected:
  UnixListener Open(PeerOptions peer = {}) {
    auto listener = UnixListener::Open({.path = path_, .peer = peer});
    EXPECT_TRUE(listener.has_value());
    return *std::move(listener);
  }
  const test::TempDir dir_;
  const std::string path_ = dir_.path() + "/s";
};

TEST_F(UnixSocket, ListensWithTheModeAndRemovesItself) {
  {
    const mode_t before = ::umask(077);
    const UnixListener listener = Open();
    ::umask(before);
    struct stat info{};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0777U);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixSocket, RefusesUnsafePlaces) {
  struct Row {
    const char* what;
    std::string path;
  };
  ASSERT_EQ(::mkdir((dir_.path() + "/open").c_str(), 0700), 0);
  ASSERT_EQ(::chmod((dir_.path() + "/open").c_str(), 0777), 0);
  std::ofstream(dir_.path() + "/file") << "x";
  const Row rows[] = {
      {"relative", "s"},
      {"empty", ""},
      {"too long", dir_.path() + "/" + std::string(107 - dir_.path().size(), 'x')},
      {"no directory", dir_.path() + "/none/s"},
      {"directory writable by others", dir_.path() + "/open/s"},
      {"a file is there", dir_.path() + "/file"},
  };
  for (const Row& row : rows) {
    const auto got = UnixListener::Open({.path = row.path});
    ASSERT_FALSE(got.has_value()) << row.what;
    EXPECT_EQ(got.error().code, Errc::kIoListen) << row.what;
  }
  EXPECT_TRUE(std::filesystem::exists(dir_.path() + "/file"));
  ASSERT_EQ(::chmod((dir_.path() + "/open").c_str(), 01777), 0);  // sticky, as /tmp
  EXPECT_TRUE(UnixListener::Open({.path = dir_.path() + "/open/s"}).has_value());
  const std::string longest = dir_.path() + "/" + std::string(106 - dir_.path().size(), 'x');
  EXPECT_TRUE(UnixListener::Open({.path = longest}).has_value());
}

TEST_F(UnixSocket, ReplacesAStaleSocketOnly) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto listener = UnixListener::Open({.path = path_});
    ::_exit(listener ? 0 : 1);  // no destructor runs: the path stays
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(std::filesystem::exists(path_));
  const UnixListener listener = Open();
  const auto second = UnixListener::Open({.path = path_});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Errc::kIoListen);
  EXPECT_TRUE(ConnectTo(path_).valid());
}

TEST_F(UnixSocket, NamesTheProcessThatConnected) {
  for (const bool fallback : {false, true}) {
    UnixListener listener = Open({.pretend_no_peerpidfd = fallback});
    EXPECT_EQ(listener.Accept().error().code, Errc::kIoTimeout);
    const Fd client = ConnectTo(path_);
    const auto accepted = listener.Accept();
    ASSERT_TRUE(accepted.has_value()) << accepted.error().detail;
    const UnixPeer& peer = accepted->peer;
    EXPECT_EQ(peer.pid, ::getpid());
    EXPECT_EQ(peer.uid, ::getuid());
    EXPECT_EQ(peer.gid, ::getgid());
    EXPECT_EQ(peer.degraded, fallback);
    EXPECT_TRUE(IsAlive(peer));
    const auto stat = runtime::ReadTextFile("/proc/self/stat", 4096);
    EXPECT_EQ(peer.start_time, ParseStartTime(stat.value()).value());
  }
}

TEST_F(UnixSocket, RequiringPeerpidfdRefusesTheFallback) {
  UnixListener listener = Open({.require_peerpidfd = true, .pretend_no_peerpidfd = true});
  const Fd client = ConnectTo(path_);
  const auto accepted = listener.Accept();
  ASSERT_FALSE(accepted.has_value());
  EXPECT_EQ(accepted.error().code, Errc::kPeerPidfdUnavailable);
}

// ATTACKS 27: the caller has ended, and somebody else may soon have its number.
TEST_F(UnixSocket, RefusesACallerThatHasEnded) {
  for (const bool fallback : {false, true}) {
    UnixListener listener = Open({.pretend_no_peerpidfd = fallback});
    const pid_t child = ::fork();
    if (child == 0) {
      const Fd client = ConnectTo(path_);
      ::_exit(client.valid() ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    const auto accepted = listener.Accept();
    ASSERT_FALSE(accepted.has_value());
    EXPECT_EQ(accepted.error().code, Errc::kPeerGone);
  }
}

TEST_F(UnixSocket, NoticesWhenTheCallerEndsLater) {
  for (const bool fallback : {false, true}) {
    UnixListener listener = Open({.pretend_no_peerpidfd = fallback});
    std::array<int, 2> ready{};
    std::array<int, 2> end{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    ASSERT_EQ(::pipe(end.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const Fd client = ConnectTo(path_);
      char byte = 'x';
      if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
      ::close(end[1]);
      ::_exit(::read(end[0], &byte, 1) == 0 ? 0 : 1);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    const auto accepted = listener.Accept();
    ASSERT_TRUE(accepted.has_value()) << accepted.error().detail;
    EXPECT_EQ(accepted->peer.pid, child);
    EXPECT_TRUE(IsAlive(accepted->peer));
    EXPECT_TRUE(ReadPeerProcess(accepted->peer).has_value());
    for (const int fd : {end[0], end[1], ready[0], ready[1]}) ::close(fd);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_FALSE(IsAlive(accepted->peer));
    const auto process = ReadPeerProcess(accepted->peer);
    ASSERT_FALSE(process.has_value());
    EXPECT_EQ(process.error().code, Errc::kPeerGone);
  }
}

TEST_F(UnixSocket, RefusesAnotherProcessUnderTheSameNumber) {
  UnixListener listener = Open();
  const Fd client = ConnectTo(path_);
  auto accepted = listener.Accept();
  ASSERT_TRUE(accepted.has_value());
  ++accepted->peer.start_time;
  EXPECT_EQ(ReadPeerProcess(accepted->peer).error().code, Errc::kPeerGone);
}

TEST_F(UnixSocket, ReadsTheEvidenceOfTheProcess) {
  UnixListener listener = Open();
  const Fd client = ConnectTo(path_);
  const auto accepted = listener.Accept();
  ASSERT_TRUE(accepted.has_value());
  const auto process = ReadPeerProcess(accepted->peer);
  ASSERT_TRUE(process.has_value()) << process.error().detail;
  EXPECT_EQ(process->uid, ::geteuid());
  EXPECT_EQ(process->gid, ::getegid());
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  EXPECT_EQ(process->exe_path, self);
  // Expected value from another implementation: coreutils.
  auto sum = runtime::ChildProcess::Spawn({.argv = {"/usr/bin/sha256sum", self},
                                           .environment = std::nullopt,
                                           .pipe_stdin = false,
                                           .pipe_stdout = true,
                                           .pipe_stderr = false});
  ASSERT_TRUE(sum.has_value());
  const auto line = sum->ReadStdout(8192, std::chrono::seconds(60));
  ASSERT_TRUE(line.has_value());
  std::string hex;
  for (const std::uint8_t byte : process->exe_sha256) {
    constexpr char kHex[] = "0123456789abcdef";
    hex.push_back(kHex[byte >> 4U]);
    hex.push_back(kHex[byte & 0xFU]);
  }
  EXPECT_EQ(line->substr(0, 64), hex);

  const auto capped = ReadPeerProcess(accepted->peer, {.max_exe_bytes = 1000, .hash_exe = true});
  ASSERT_FALSE(capped.has_value());
  EXPECT_EQ(capped.error().code, Errc::kIoTooLarge);
}

TEST(ParseStartTime, CountsFromTheLastParenthesis) {
  const std::string tail = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";
  struct Row {
    const char* what;
    std::string text;
    std::optional<std::uint64_t> want;
  };
  const Row rows[] = {
      {"plain", "12 (sh)" + tail, 4711},
      {"space in the name", "12 (a b)" + tail, 4711},
      {"name that looks like fields", "12 (a) S 1 2 3)" + tail, 4711},
      {"parenthesis at the end", "12 (a)))" + tail, 4711},
      {"no parenthesis", "12 sh" + tail, std::nullopt},
      {"too few fields", "12 (sh) S 1 2 3", std::nullopt},
      {"not a number", "12 (sh) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x 20", std::nullopt},
      {"empty", "", std::nullopt},
  };
  for (const Row& row : rows) {
    const auto got = ParseStartTime(row.text);
    ASSERT_EQ(got.has_value(), row.want.has_value()) << row.what;
    if (got) {
      EXPECT_EQ(*got, *row.want) << row.what;
    } else {
      EXPECT_EQ(got.error().code, Errc::kPeerUnidentified) << row.what;
    }
  }
}

TEST(IdentifyPeer, RefusesWhatIsNoUnixSocket) {
  const Fd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(IdentifyPeer(fd.get(), {}).error().code, Errc::kPeerUnidentified);
}

}  // namespace
}  // namespace signet::net
