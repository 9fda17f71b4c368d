#include "protocol/proof/httpsig/component.h"

#include <string>
#include <vector>

#include "tests/support/expect.h"

namespace signet::proof::httpsig {
namespace {

using testing::Accepted;
using testing::RefusedWith;

Result<Component> Parse(std::string_view text) {
  const Result<codec::sfv::Item> item = codec::sfv::ParseItem({&text, 1});
  SIGNET_CHECK(item.has_value());
  return ParseComponent(*item);
}

TEST(Component, IsReadWithItsParameters) {  // RFC9421-2
  EXPECT_EQ(*Parse(R"("content-type")"), Plain("content-type"));
  EXPECT_EQ(*Parse(R"("@method";req)"), OfRequest("@method"));
  EXPECT_EQ(*Parse(R"("a";sf)"), (Component{.name = "a", .sf = true}));
  EXPECT_EQ(*Parse(R"("a";bs;tr)"), (Component{.name = "a", .bs = true, .tr = true}));
  EXPECT_EQ(*Parse(R"("a";key="b")"), (Component{.name = "a", .key = "b"}));
  EXPECT_EQ(*Parse(R"("a";sf;key="b")"), (Component{.name = "a", .sf = true, .key = "b"}));
  EXPECT_EQ(*Parse(R"("@query-param";name="x%20y")"),
            (Component{.name = "@query-param", .query_name = "x%20y"}));
  for (const char* name : {"@method", "@target-uri", "@authority", "@scheme", "@request-target",
                           "@path", "@query", "@status"}) {
    const Result<Component> component = Parse("\"" + std::string(name) + "\"");
    ASSERT_TRUE(Accepted(component));
    EXPECT_TRUE(component->derived());
  }
  EXPECT_FALSE(Plain("a").derived());
  EXPECT_FALSE(Component{}.derived());
}

TEST(Component, IsTheSameInWhateverOrderItsParametersCame) {  // RFC9421-2, ATTACK-13
  const Component one = *Parse(R"("a";req;key="k")");
  const Component other = *Parse(R"("a";key="k";req)");
  EXPECT_EQ(one, other);
  // The text is that of each, because the base repeats it.
  EXPECT_EQ(*IdentifierOf(one), R"("a";req;key="k")");
  EXPECT_EQ(*IdentifierOf(other), R"("a";key="k";req)");
}

TEST(Component, WithAnotherParameterIsAnother) {  // ATTACK-13
  const std::vector<Component> all = {Plain("a"),
                                      Plain("b"),
                                      OfRequest("a"),
                                      {.name = "a", .sf = true},
                                      {.name = "a", .bs = true},
                                      {.name = "a", .tr = true},
                                      {.name = "a", .key = "k"},
                                      {.name = "a", .key = "l"},
                                      {.name = "a", .query_name = "k"}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t k = 0; k < all.size(); ++k) EXPECT_EQ(all[i] == all[k], i == k) << i << k;
  }
}

struct BadComponent {
  const char* text;
  const char* why;
};

TEST(Component, IsRefused) {  // RFC9421-2.5, ATTACK-12, ATTACK-13
  const std::vector<BadComponent> cases = {
      {"content-type", "a Token"},
      {"1", "an Integer"},
      {"?1", "a Boolean"},
      {R"("")", "empty"},
      {R"("Content-Type")", "upper case"},
      {R"("content type")", "no token"},
      {R"("a:b")", "no token"},
      {R"("@")", "unknown derived component"},
      {R"("@Method")", "upper case"},
      {R"("@request-response")", "unknown derived component"},
      {R"("@signature-params")", "the list itself"},
      {R"("a";sf=?0)", "a flag that is false"},
      {R"("a";req=1)", "a flag that is no Boolean"},
      {R"("a";bs="x")", "a flag that is no Boolean"},
      {R"("a";tr=?0)", "a flag that is false"},
      {R"("a";key)", "key that is no String"},
      {R"("a";key=b)", "key that is no String"},
      {R"("a";unknown)", "unknown parameter"},
      {R"("a";bs;sf)", "bs with sf"},
      {R"("a";bs;key="b")", "bs with key"},
      {R"("@method";sf)", "sf on a derived component"},
      {R"("@method";bs)", "bs on a derived component"},
      {R"("@method";tr)", "tr on a derived component"},
      {R"("@method";key="b")", "key on a derived component"},
      {R"("@query-param")", "@query-param without name"},
      {R"("@query-param";name=x)", "name that is no String"},
      {R"("@query";name="x")", "name elsewhere"},
      {R"("a";name="x")", "name elsewhere"},
      {R"("a";req;req)", "a parameter twice"},
      {R"("a";key="b";key="b")", "a parameter twice"},
  };
  for (const BadComponent& bad : cases) {
    EXPECT_TRUE(RefusedWith(Parse(bad.text), Errc::kHttpsigComponentInvalid, "SIG-1"))
        << bad.text << ": " << bad.why;
  }
}

TEST(Component, IsWrittenAsAnIdentifier) {  // RFC9421-2.5
  EXPECT_EQ(*IdentifierOf(Plain("a")), R"("a")");
  EXPECT_EQ(*IdentifierOf({.name = "a", .sf = true, .req = true, .tr = true}), R"("a";sf;req;tr)");
  EXPECT_EQ(*IdentifierOf({.name = "a", .bs = true}), R"("a";bs)");
  EXPECT_EQ(*IdentifierOf({.name = "a", .key = "k\"q"}), R"("a";key="k\"q")");
  EXPECT_EQ(*IdentifierOf({.name = "@query-param", .query_name = "x"}),
            R"("@query-param";name="x")");
  EXPECT_EQ(IdentifierOf({.name = "a", .key = "\xc3\xa4"}).error().code, Errc::kSfvUnserializable);
}

}  // namespace
}  // namespace signet::proof::httpsig
