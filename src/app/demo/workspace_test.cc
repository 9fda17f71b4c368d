#include "app/demo/workspace.h"

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"
#include <sys/stat.h>

#include "tests/support/expect.h"
#include "tests/support/temp_dir.h"

namespace signet::app::demo {
namespace {

namespace fs = std::filesystem;

mode_t ModeOf(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 07777;
}

TEST(Workspace, IsPrivateAndGoesAway) {
  std::string path;
  {
    auto made = Workspace::Make({});
    ASSERT_TRUE(testing::Accepted(made));
    path = made->path();
    EXPECT_EQ(ModeOf(path), 0700U);
    const auto one = made->AddBinary("one");
    const auto two = made->AddBinary("two");
    ASSERT_TRUE(testing::Accepted(one));
    ASSERT_TRUE(testing::Accepted(two));
    EXPECT_NE(*one, *two);
    EXPECT_EQ(fs::file_size(*one), fs::file_size("/proc/self/exe"));
    EXPECT_TRUE(fs::equivalent(*one, *two));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Workspace, ThatIsKeptStaysWithoutTheBinaries) {
  const test::TempDir parent;
  const std::string path = parent.path() + "/kept";
  {
    auto made = Workspace::Make(path);
    ASSERT_TRUE(testing::Accepted(made));
    EXPECT_EQ(ModeOf(path), 0700U);
    ASSERT_TRUE(testing::Accepted(made->AddBinary("one")));
    std::ofstream(made->File("note")) << "x";
  }
  EXPECT_TRUE(fs::exists(path + "/note"));
  EXPECT_FALSE(fs::exists(path + "/bin"));
  // With content it is somebody's.
  EXPECT_EQ(Workspace::Make(path).error().code, Errc::kUsageOption);
  EXPECT_TRUE(fs::exists(path + "/note"));
}

}  // namespace
}  // namespace signet::app::demo
