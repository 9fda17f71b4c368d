#include "platform/store/database.h"

namespace signet::store {

Result<std::int64_t> Session::Run(std::string_view sql, std::initializer_list<Param> params) {
  return Each(sql, params, [](const Row&) -> Result<void> { return {}; });
}

Result<std::vector<Row>> Session::All(std::string_view sql, std::initializer_list<Param> params) {
  std::vector<Row> rows;
  SIGNET_TRY_ASSIGN(const std::int64_t changed,
                    Each(sql, params, [&rows](const Row& row) -> Result<void> {
                      rows.push_back(row);
                      return {};
                    }));
  static_cast<void>(changed);
  return rows;
}

}  // namespace signet::store
