#include "protocol/base/secret.h"

#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include "gtest/gtest.h"

namespace {

// Looks at memory in the moment it is given back: the only way to see whether it was wiped.
struct Watch {
  const void* memory = nullptr;
  std::size_t size = 0;
  bool freed = false;
  bool wiped = false;
};
Watch g_watch;

void Free(void* memory) noexcept {
  if (memory != nullptr && memory == g_watch.memory) {
    const auto* bytes = static_cast<const unsigned char*>(memory);
    g_watch.freed = true;
    g_watch.wiped = true;
    for (std::size_t i = 0; i < g_watch.size; ++i) {
      if (bytes[i] != 0) g_watch.wiped = false;
    }
    g_watch.memory = nullptr;
  }
  std::free(memory);
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { Free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { Free(memory); }

namespace signet {
namespace {

constexpr std::string_view kText = "correct horse battery staple";

SecretBytes Make(std::string_view text = kText) { return SecretBytes(AsBytes(text)); }

void StartWatching(const SecretBytes& secret) {
  const ByteView bytes = secret.Expose(SecretAccess::Grant());
  g_watch = {.memory = bytes.data(), .size = bytes.size()};
}

TEST(SecretBytes, AreWipedWhenTheyDie) {
  {
    const SecretBytes secret = Make();
    StartWatching(secret);
  }
  EXPECT_TRUE(g_watch.freed);
  EXPECT_TRUE(g_watch.wiped);
}

TEST(SecretBytes, AreWipedWhenOverwritten) {
  SecretBytes secret = Make();
  StartWatching(secret);
  secret = Make("another");
  EXPECT_TRUE(g_watch.freed);
  EXPECT_TRUE(g_watch.wiped);
  EXPECT_EQ(AsText(secret.Expose(SecretAccess::Grant())), "another");
}

TEST(SecretBytes, LeaveNothingBehindWhenMoved) {
  SecretBytes secret = Make();
  const auto* const memory = secret.Expose(SecretAccess::Grant()).data();
  const SecretBytes moved = std::move(secret);
  EXPECT_EQ(moved.Expose(SecretAccess::Grant()).data(), memory);
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): what is tested
  EXPECT_EQ(moved.size(), kText.size());
}

TEST(SecretBytes, SurviveAssignmentToThemselves) {
  SecretBytes secret = Make();
  SecretBytes& same = secret;
  secret = std::move(same);
  EXPECT_EQ(AsText(secret.Expose(SecretAccess::Grant())), kText);
}

TEST(SecretBytes, AreNeverCopied) {
  static_assert(!std::is_copy_constructible_v<SecretBytes>);
  static_assert(!std::is_copy_assignable_v<SecretBytes>);
  static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
  static_assert(std::is_nothrow_move_assignable_v<SecretBytes>);
  static_assert(!std::is_default_constructible_v<SecretAccess> ||
                !std::is_aggregate_v<SecretAccess>);
}

TEST(SecretBytes, CompareBySizeAndEveryByte) {
  const SecretBytes secret = Make("abcd");
  EXPECT_TRUE(secret.EqualsConstantTime(Make("abcd")));
  EXPECT_FALSE(secret.EqualsConstantTime(Make("bbcd")));
  EXPECT_FALSE(secret.EqualsConstantTime(Make("abce")));
  EXPECT_FALSE(secret.EqualsConstantTime(Make("abc")));
  EXPECT_FALSE(secret.EqualsConstantTime(Make("abcde")));
  EXPECT_FALSE(secret.EqualsConstantTime(SecretBytes()));
  EXPECT_TRUE(SecretBytes().EqualsConstantTime(SecretBytes(std::size_t{0})));
}

TEST(SecretBytes, AreFilledInPlace) {
  SecretBytes secret(std::size_t{4});
  EXPECT_EQ(secret.size(), 4U);
  const MutableByteView bytes = secret.Fill(SecretAccess::Grant());
  EXPECT_EQ(bytes[3], 0);
  bytes[3] = 7;
  EXPECT_EQ(secret.Expose(SecretAccess::Grant())[3], 7);
}

TEST(WipeContainer, OverwritesBeforeItClears) {
  {
    std::string text(64, 'x');
    g_watch = {.memory = text.data(), .size = text.size()};
    WipeContainer(text);
    EXPECT_TRUE(text.empty());
    WipeContainer(text);
  }
  EXPECT_TRUE(g_watch.freed);
  EXPECT_TRUE(g_watch.wiped);
}

}  // namespace
}  // namespace signet
