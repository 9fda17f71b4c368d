#include "platform/store/change_log.h"

namespace signet::store {

Migration ChangeLogTables(std::int64_t version) {
  return {.version = version,
          .name = "change log",
          // The counter lives in a row of its own: after everything was pruned, it still goes on.
          .sql =
              "CREATE TABLE change_counter (\n"
              "  id {int} PRIMARY KEY CHECK (id = 1),\n"
              "  last {int} NOT NULL\n"
              "){table};\n"
              "INSERT INTO change_counter (id, last) VALUES (1, 0);\n"
              "CREATE TABLE change_log (\n"
              "  sequence {int} PRIMARY KEY,\n"
              "  kind TEXT NOT NULL,\n"
              "  key TEXT NOT NULL\n"
              "){table};\n"};
}

Result<std::int64_t> AppendChange(Session& session, std::string_view kind, std::string_view key) {
  SIGNET_TRY_ASSIGN(
      const std::vector<Row> counter,
      session.All("UPDATE change_counter SET last = last + 1 WHERE id = 1 RETURNING last", {}));
  const std::int64_t sequence = counter.at(0).Int(0);
  SIGNET_TRY(session.Run("INSERT INTO change_log (sequence, kind, key) VALUES ($1, $2, $3)",
                         {sequence, kind, key}));
  return sequence;
}

Result<std::int64_t> LastChange(Session& session) {
  SIGNET_TRY_ASSIGN(const std::vector<Row> counter,
                    session.All("SELECT last FROM change_counter WHERE id = 1", {}));
  return counter.at(0).Int(0);
}

Result<Changes> ChangesSince(Session& session, std::int64_t since, std::int64_t at_most) {
  Changes out;
  SIGNET_TRY_ASSIGN(const std::int64_t last, LastChange(session));
  // A follower that is ahead followed another history: a backup was restored.
  if (since > last) {
    out.lost = true;
    return out;
  }
  SIGNET_TRY(session.Each(
      "SELECT sequence, kind, key FROM change_log WHERE sequence > $1 ORDER BY sequence LIMIT $2",
      {since, at_most}, [&out](const Row& row) -> Result<void> {
        out.changes.push_back({row.Int(0), row.Text(1), row.Text(2)});
        return {};
      }));
  if (since < last && at_most > 0) {
    out.lost = out.changes.empty() || out.changes.front().sequence != since + 1;
  }
  if (out.lost) out.changes.clear();
  return out;
}

Result<std::int64_t> PruneChanges(Session& session, std::int64_t keep) {
  SIGNET_TRY_ASSIGN(const std::int64_t last, LastChange(session));
  return session.Run("DELETE FROM change_log WHERE sequence <= $1", {last - keep});
}

}  // namespace signet::store
