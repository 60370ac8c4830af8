#include "agreement/policy_tables.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/store_errors.h"

namespace baton::agreement {
namespace {

absl::Status Fetch(store::TableStore& tables, const core::WorkspaceId& workspace,
                   const policy::TablePin& pin, policy::GivenTables& given) {
  const absl::StatusOr<std::string> csv = tables.ReadTable({workspace, pin.name, pin.sha256});
  if (absl::IsNotFound(csv.status())) {
    given.missing[pin.name] = absl::StrCat("the workspace has no table ", pin.name,
                                           " with this sha256; give it one: batonctl table apply ",
                                           pin.name, " --file FILE");
    return absl::OkStatus();
  }
  if (!csv.ok()) return csv.status();
  core::LookupTable::Parsed parsed = core::LookupTable::Parse(*csv);
  if (parsed.table == nullptr) {
    const core::TableProblem& first = parsed.problems.front();
    return store::StateUnreadable(absl::StrCat("lookup table ", pin.name),
                                  absl::StrCat("line ", first.line, ": ", first.message));
  }
  given.tables[pin.name] = std::move(parsed.table);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<policy::GivenTables> TablesOf(store::TableStore& tables,
                                             const core::WorkspaceId& workspace,
                                             std::string_view yaml, const core::Tables& known) {
  policy::GivenTables given;
  for (const policy::TablePin& pin : policy::TablePinsOf(yaml)) {
    const auto shared = known.find(pin.name);
    if (shared != known.end() && shared->second->sha256() == pin.sha256) {
      given.tables[pin.name] = shared->second;
      continue;
    }
    if (absl::Status status = Fetch(tables, workspace, pin, given); !status.ok()) return status;
  }
  return given;
}

}  // namespace baton::agreement
