#include "platform/store/migrate.h"

#include <array>
#include <string>
#include <utility>

namespace signet::store {
namespace {

constexpr std::string_view kVersions =
    "CREATE TABLE IF NOT EXISTS signet_schema (\n"
    "  version {int} PRIMARY KEY,\n"
    "  name TEXT NOT NULL,\n"
    "  applied_at {int} NOT NULL\n"
    "){table};\n";

std::string Translate(std::string_view sql, Dialect dialect) {
  const bool sqlite = dialect == Dialect::kSqlite;
  const std::array<std::pair<std::string_view, std::string_view>, 3> words = {{
      {"{int}", sqlite ? "INTEGER" : "BIGINT"},
      {"{blob}", sqlite ? "BLOB" : "BYTEA"},
      {"{table}", sqlite ? " STRICT" : ""},
  }};
  std::string out(sql);
  for (const auto& [word, meaning] : words) {
    for (std::size_t at = 0; (at = out.find(word, at)) != std::string::npos; at += meaning.size()) {
      out.replace(at, word.size(), meaning);
    }
  }
  return out;
}

Result<void> RunAll(Session& session, std::string_view sql, Dialect dialect) {
  const std::string text = Translate(sql, dialect);
  std::string_view rest = text;
  constexpr std::string_view kEnd = ";\n";
  for (std::size_t end = 0; (end = rest.find(kEnd)) != std::string_view::npos;
       rest.remove_prefix(end + kEnd.size())) {
    SIGNET_TRY(session.Run(rest.substr(0, end), {}));
  }
  SIGNET_CHECK(rest.empty());
  return {};
}

}  // namespace

Result<std::int64_t> Migrate(Database& database, std::span<const Migration> migrations,
                             WallTime now) {
  std::int64_t before = 0;
  const std::int64_t newest = migrations.empty() ? 0 : migrations.back().version;
  const auto apply = [&](Session& session) -> Result<void> {
    SIGNET_TRY(RunAll(session, kVersions, database.dialect()));
    SIGNET_TRY_ASSIGN(const std::vector<Row> rows,
                      session.All("SELECT COALESCE(MAX(version), 0) FROM signet_schema", {}));
    before = rows.at(0).Int(0);
    if (before > newest) {
      return Refuse(Errc::kStoreVersion, "version " + std::to_string(before) +
                                             " is there, this program knows " +
                                             std::to_string(newest));
    }
    for (const Migration& migration : migrations) {
      if (migration.version <= before) continue;
      SIGNET_TRY(RunAll(session, migration.sql, database.dialect()));
      SIGNET_TRY(
          session.Run("INSERT INTO signet_schema (version, name, applied_at) "
                      "VALUES ($1, $2, $3)",
                      {migration.version, migration.name, ToNumericDate(now)}));
    }
    return {};
  };
  SIGNET_TRY(database.Write(apply));
  return before;
}

}  // namespace signet::store
