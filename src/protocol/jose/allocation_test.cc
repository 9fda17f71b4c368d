// Counts allocations of the whole program: reading a token with a warm reader makes none.
#include <atomic>
#include <cstdlib>
#include <new>

#include "gtest/gtest.h"

#include "protocol/jose/jws.h"
#include "protocol/jose/testdata/rfc_vectors.h"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

// malloc and free, because these stand below everything else. Not inlined: g++ would take free()
// for the wrong partner of the operator new that it sees.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace signet::jose {
namespace {

TEST(JwsReader, AllocatesNothingWhenWarm) {
  JwsReader reader;
  ASSERT_TRUE(reader.Read(vectors::kRfc7515A2));
  ASSERT_TRUE(reader.Read(vectors::kRfc7515A3));
  const std::size_t before = allocations;
  const bool rs256 = reader.Read(vectors::kRfc7515A2).has_value();
  const bool es256 = reader.Read(vectors::kRfc7515A3).has_value();
  const std::size_t after = allocations;
  EXPECT_TRUE(rs256 && es256);
  EXPECT_EQ(after - before, 0U);
}

}  // namespace
}  // namespace signet::jose
