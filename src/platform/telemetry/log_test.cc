#include "platform/telemetry/log.h"

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/codec/json.h"
#include "tests/support/manual_clock.h"

namespace signet::telemetry {
namespace {

class Log : public testing::Test {
 protected:
  LogConfig Config(Format format, Level level = Level::kDebug) {
    return {.level = level,
            .format = format,
            .colour = Colour::kAuto,
            .sink = [this](std::string_view line) { lines_.emplace_back(line); },
            .clock = &clock_};
  }
  test::ManualClock clock_{WallTime{seconds{1'700'000'000}}};  // 2023-11-14T22:13:20Z
  std::vector<std::string> lines_;
};

TEST_F(Log, WritesTextWithKeysAndValues) {
  Logger logger(Config(Format::kText));
  logger.Info("listening", {{"port", 8443},
                            {"address", "127.0.0.1"},
                            {"tls", true},
                            {"name", "two words"},
                            {"empty", ""},
                            {"ratio", 0.5}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0],
            "2023-11-14T22:13:20.000Z info listening port=8443 address=127.0.0.1 tls=true "
            "name=\"two words\" empty=\"\" ratio=0.5");
}

TEST_F(Log, WritesJsonThatAStrictReaderTakes) {
  Logger logger(Config(Format::kJson));
  logger.Warning(
      "a \"b\"\n",
      {{"big", std::uint64_t{18446744073709551615U}}, {"small", -3}, {"nan", 0.0 / 0.0}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(
      lines_[0],
      "{\"time\":\"2023-11-14T22:13:20.000Z\",\"level\":\"warning\","
      "\"msg\":\"a \\\"b\\\"\\u000a\",\"big\":18446744073709551615,\"small\":-3,\"nan\":null}");
  codec::JsonDocument document;
  EXPECT_TRUE(document.Parse(lines_[0]).has_value());
}

TEST_F(Log, EscapesWhatCouldForgeALineOrDriveATerminal) {
  struct Row {
    const char* what;
    std::string value;
    const char* shown;
  };
  const Row rows[] = {
      {"newline", "a\nb", "\"a\\u000ab\""},
      {"escape sequence", "\x1b[31m", "\"\\u001b[31m\""},
      {"NUL", std::string("a\0b", 3), "\"a\\u0000b\""},
      {"C1 control",
       "\xc2\x9b"
       "31m",
       "\"\\u009b31m\""},
      {"bidi override", "\xe2\x80\xae", "\"\\u202e\""},
      {"outside the BMP", "\xf0\x9f\x98\x80", "\"\\ud83d\\ude00\""},
      {"not UTF-8", "\xff\xc0\xaf", "\"\\ufffd\\ufffd\\ufffd\""},
      {"overlong", "\xe0\x80\xaf", "\"\\ufffd\\ufffd\\ufffd\""},
      {"surrogate", "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
      {"DEL", "\x7f", "\"\\u007f\""},
      {"quote and key", "x\" level=error", "\"x\\\" level=error\""},
      {"equals sign", "a=b", "\"a=b\""},
  };
  for (const Format format : {Format::kText, Format::kJson}) {
    Logger logger(Config(format));
    for (const Row& row : rows) {
      lines_.clear();
      logger.Info("m", {{"k", row.value}});
      ASSERT_EQ(lines_.size(), 1U) << row.what;
      EXPECT_NE(lines_[0].find(row.shown), std::string::npos) << row.what << ": " << lines_[0];
    }
  }
}

TEST_F(Log, CutsHugeValues) {
  Logger logger(Config(Format::kText));
  logger.Info("m", {{"k", std::string(100'000, 'x')}});
  EXPECT_LT(lines_.at(0).size(), 4200U);
}

TEST_F(Log, DropsWhatIsBelowTheLevel) {
  Logger logger(Config(Format::kText, Level::kWarning));
  logger.Debug("d");
  logger.Info("i");
  logger.Warning("w");
  logger.Error("e");
  EXPECT_EQ(lines_.size(), 2U);
  EXPECT_FALSE(logger.Enabled(Level::kInfo));
  Logger off(Config(Format::kText, Level::kOff));
  off.Error("e");
  EXPECT_EQ(lines_.size(), 2U);
}

TEST_F(Log, ErrorsCarryNameRuleAndDetailAtTheirSeverity) {
  Logger logger(Config(Format::kText));
  logger.LogError("refused", signet::Error(Errc::kWptReplayed, "seen before"), {{"loop", 1}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0],
            "2023-11-14T22:13:20.000Z warning refused error=wpt.replayed rule=WPT-5.9 "
            "detail=\"seen before\" loop=1");
}

TEST_F(Log, LinesOfThreadsDoNotMix) {
  Logger logger(Config(Format::kText));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&logger, t] {
      for (int i = 0; i < 100; ++i) logger.Info("m", {{"t", t}, {"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lines_.size(), 400U);
}

TEST(LevelFromName, KnowsFiveNames) {
  EXPECT_EQ(LevelFromName("warning"), Level::kWarning);
  EXPECT_EQ(LevelFromName("off"), Level::kOff);
  EXPECT_EQ(LevelFromName("Warning"), std::nullopt);
}

}  // namespace
}  // namespace signet::telemetry
