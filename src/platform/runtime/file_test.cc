#include "platform/runtime/file.h"

#include <cerrno>
#include <filesystem>
#include <string>
#include <unistd.h>

#include "gtest/gtest.h"
#include <sys/stat.h>

#include "tests/support/temp_dir.h"

namespace signet::runtime {
namespace {

std::size_t EntriesOf(const std::string& directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

TEST(WriteFileAtomically, ReplacesContentAndSetsTheMode) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/f";
  ASSERT_TRUE(WriteFileAtomically(path, AsBytes("one"), {.mode = 0640, .fault = {}}));
  ASSERT_TRUE(WriteFileAtomically(path, AsBytes("two"), {.mode = 0600, .fault = {}}));
  EXPECT_EQ(ReadTextFile(path, 10).value_or("?"), "two");
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  EXPECT_EQ(EntriesOf(dir.path()), 1U);
}

TEST(WriteFileAtomically, ReplacesASymlinkInsteadOfFollowingIt) {
  const test::TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir.path() + "/target", AsBytes("old")));
  ASSERT_EQ(::symlink("target", (dir.path() + "/link").c_str()), 0);
  ASSERT_TRUE(WriteFileAtomically(dir.path() + "/link", AsBytes("new")));
  EXPECT_EQ(ReadTextFile(dir.path() + "/target", 10).value_or("?"), "old");
  EXPECT_EQ(ReadTextFile(dir.path() + "/link", 10).value_or("?"), "new");
}

// Every step fails in turn: the file is the old or the new one, whole, and nothing is left over.
TEST(WriteFileAtomically, LeavesOldOrNewWhicheverStepFails) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/f";
  int failing = 0;
  for (;; ++failing) {
    ASSERT_TRUE(WriteFileAtomically(path, AsBytes("old")));
    int step = 0;
    bool failed = false;
    const FaultHook fault = [&](std::string_view) {
      failed = failed || step == failing;
      return step++ == failing ? EIO : 0;
    };
    const Result<void> done = WriteFileAtomically(path, AsBytes("new"), {.fault = fault});
    ASSERT_EQ(done.has_value(), !failed) << failing;
    const std::string now = ReadTextFile(path, 10).value_or("?");
    EXPECT_TRUE(now == "old" || now == "new") << now;
    EXPECT_EQ(EntriesOf(dir.path()), 1U) << failing;
    if (!failed) break;
    EXPECT_TRUE(done.error().code == Errc::kIoOpen || done.error().code == Errc::kIoWrite);
  }
  EXPECT_EQ(failing, 5);  // open, write, fsync, rename, fsync of the directory
}

TEST(ReadFile, HasALimit) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/f";
  const std::string text(200'000, 'x');
  ASSERT_TRUE(WriteFileAtomically(path, AsBytes(text)));
  EXPECT_EQ(ReadTextFile(path, 200'000).value_or("?"), text);
  const auto over = ReadFile(path, 199'999);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::kIoTooLarge);
}

TEST(ReadFile, LimitHoldsForFilesThatHideTheirSize) {
  // Files of /proc claim to be empty.
  EXPECT_TRUE(ReadFile("/proc/self/status", 100'000).has_value());
  const auto over = ReadFile("/proc/self/status", 10);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::kIoTooLarge);
}

TEST(ReadFile, RefusesWhatIsNoFile) {
  const test::TempDir dir;
  for (const std::string& path : {dir.path(), dir.path() + "/none", std::string("/dev/zero")}) {
    const auto got = ReadFile(path, 10);
    ASSERT_FALSE(got) << path;
    EXPECT_EQ(got.error().code, Errc::kIoOpen) << path;
  }
}

TEST(ReadSecretFile, RefusesAFileOpenToOthers) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/key";
  struct Row {
    mode_t mode;
    bool ok;
  };
  for (const Row row : {Row{0600, true}, Row{0400, true}, Row{0640, true}, Row{0644, false},
                        Row{0660, false}, Row{0602, false}}) {
    ASSERT_TRUE(WriteFileAtomically(path, AsBytes("secret"), {.mode = row.mode, .fault = {}}));
    const auto got = ReadSecretFile(path, 100);
    ASSERT_EQ(got.has_value(), row.ok) << std::oct << row.mode;
    if (row.ok) {
      EXPECT_EQ(AsText(got->Expose(SecretAccess::Grant())), "secret");
    } else {
      EXPECT_EQ(got.error().code, Errc::kIoOpen);
    }
  }
}

TEST(EnsureDirectory, MakesItOnceAndChecksItLater) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/d";
  ASSERT_TRUE(EnsureDirectory(path, 0755));
  ASSERT_TRUE(EnsureDirectory(path, 0755));
  ASSERT_EQ(::chmod(path.c_str(), 0777), 0);
  EXPECT_EQ(EnsureDirectory(path, 0755).error().code, Errc::kIoOpen);
  EXPECT_EQ(EnsureDirectory(dir.path() + "/no/d", 0755).error().code, Errc::kIoOpen);
  ASSERT_EQ(::symlink("d", (dir.path() + "/l").c_str()), 0);
  EXPECT_EQ(EnsureDirectory(dir.path() + "/l", 0755).error().code, Errc::kIoOpen);
}

}  // namespace
}  // namespace signet::runtime
