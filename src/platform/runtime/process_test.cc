#include "platform/runtime/process.h"

#include <signal.h>
#include <string>

#include "gtest/gtest.h"

namespace signet::runtime {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{20'000};

SpawnOptions Shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script},
          .environment = std::nullopt,
          .pipe_stdin = true,
          .pipe_stdout = true,
          .pipe_stderr = true};
}

TEST(ChildProcess, PipesInputAndOutputAndReportsItsExit) {
  auto child =
      ChildProcess::Spawn(Shell("read a; echo \"got $a\"; echo second; echo e >&2; exit 3"));
  ASSERT_TRUE(child);
  ASSERT_TRUE(child->WriteStdin(AsBytes("word\n"), kLong));
  EXPECT_EQ(child->ReadStdoutLine(100, kLong).value_or("?"), "got word");
  EXPECT_EQ(child->ReadStdout(100, kLong).value_or("?"), "second\n");
  EXPECT_EQ(child->ReadStderr(100, kLong).value_or("?"), "e\n");
  const auto status = child->Wait(kLong);
  ASSERT_TRUE(status);
  EXPECT_TRUE(status->exited);
  EXPECT_EQ(status->code, 3);
  child->Kill(SIGKILL);  // nothing: it has been waited for
  EXPECT_EQ(child->Wait(kLong)->code, 3);
}

TEST(ChildProcess, CanBeKilled) {
  auto child = ChildProcess::Spawn(Shell("read a"));
  ASSERT_TRUE(child);
  EXPECT_EQ(child->Wait(milliseconds(1)).error().code, Errc::kIoTimeout);
  EXPECT_EQ(child->ReadStdout(10, milliseconds(1)).error().code, Errc::kIoTimeout);
  child->Kill(SIGTERM);
  const auto status = child->Wait(kLong);
  ASSERT_TRUE(status);
  EXPECT_FALSE(status->exited);
  EXPECT_EQ(status->code, SIGTERM);
}

TEST(ChildProcess, DestructorKillsAndReaps) {
  pid_t pid = -1;
  {
    auto child = ChildProcess::Spawn(Shell("read a"));
    ASSERT_TRUE(child);
    pid = child->pid();
    ASSERT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(ChildProcess, ReadsWithALimit) {
  auto child = ChildProcess::Spawn(Shell("echo 0123456789"));
  ASSERT_TRUE(child);
  EXPECT_EQ(child->ReadStdout(5, kLong).error().code, Errc::kIoTooLarge);
}

TEST(ChildProcess, HasTheEnvironmentThatWasGiven) {
  SpawnOptions options = Shell("echo \"$A-$HOME\"");
  options.environment = std::vector<std::string>{"A=1"};
  auto child = ChildProcess::Spawn(options);
  ASSERT_TRUE(child);
  EXPECT_EQ(child->ReadStdout(100, kLong).value_or("?"), "1-\n");
}

TEST(ChildProcess, WritingToOneThatHasEndedIsAnError) {
  auto child = ChildProcess::Spawn(Shell("exit 0"));
  ASSERT_TRUE(child);
  ASSERT_TRUE(child->Wait(kLong));
  ::signal(SIGPIPE, SIG_DFL);  // the default would end this process
  EXPECT_EQ(child->WriteStdin(AsBytes("x"), kLong).error().code, Errc::kIoWrite);
}

TEST(ChildProcess, LastLineNeedsNoNewline) {
  auto child = ChildProcess::Spawn(Shell("printf 'a\\nb'"));
  ASSERT_TRUE(child);
  EXPECT_EQ(child->ReadStdoutLine(10, kLong).value(), "a");
  EXPECT_EQ(child->ReadStdoutLine(10, kLong).value(), "b");
  EXPECT_EQ(child->ReadStdoutLine(10, kLong).value(), std::nullopt);
}

TEST(ChildProcess, RefusesWhatCannotBeExecuted) {
  for (const char* program : {"/no/such/program", "sh", "/etc/hostname"}) {
    const auto child = ChildProcess::Spawn({.argv = {program}});
    ASSERT_FALSE(child) << program;
    EXPECT_EQ(child.error().code, Errc::kIoOpen);
  }
}

TEST(ReadBootId, IsAUuidThatStays) {
  const auto id = ReadBootId();
  ASSERT_TRUE(id);
  EXPECT_EQ(id->size(), 36U);
  EXPECT_EQ(*id, ReadBootId().value());
}

}  // namespace
}  // namespace signet::runtime
