#include "batonctl/table_files.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "baton/v1/table_service.pb.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

// Takes what was read of `pin`, or notes why it is none.
void Take(const policy::TablePin& pin, const std::string& csv, const std::string& where,
          policy::GivenTables& given) {
  core::LookupTable::Parsed parsed = core::LookupTable::Parse(csv);
  if (parsed.table != nullptr) {
    given.tables[pin.name] = std::move(parsed.table);
    return;
  }
  const core::TableProblem& first = parsed.problems.front();
  given.missing[pin.name] =
      absl::StrCat(where, ":", first.line, ": ", first.message,
                   parsed.problems.size() == 1 ? "" : ", and more; see batonctl table apply");
}

}  // namespace

absl::StatusOr<std::string> TableName(const Session& session, const std::string& text) {
  if (text.starts_with("workspaces/")) return text;
  const absl::StatusOr<std::string> workspace = session.Workspace();
  if (!workspace.ok()) return workspace.status();
  return absl::StrCat(*workspace, "/tables/", text);
}

policy::GivenTables TablesBeside(const std::string& policy_path, const std::string& yaml) {
  const std::filesystem::path folder =
      policy_path == "-" ? "" : std::filesystem::path(policy_path).parent_path();
  policy::GivenTables given;
  for (const policy::TablePin& pin : policy::TablePinsOf(yaml)) {
    const std::string path = (folder / (pin.name + ".csv")).string();
    const absl::StatusOr<std::string> csv = ReadFile(path, core::kTableBytesMax + 1);
    if (csv.ok()) {
      Take(pin, *csv, path, given);
    } else {
      given.missing[pin.name] =
          absl::StrCat(csv.status().message(), "; tables are looked for beside the policy, and ",
                       "batonctl table get ", pin.name, " prints one that the server has");
    }
  }
  return given;
}

absl::StatusOr<policy::GivenTables> TablesOfServer(Session& session, const std::string& yaml) {
  policy::GivenTables given;
  for (const policy::TablePin& pin : policy::TablePinsOf(yaml)) {
    const auto name = TableName(session, absl::StrCat(pin.name, "@", pin.sha256));
    if (!name.ok()) return name.status();
    v1::GetTableRequest request;
    request.set_name(*name);
    const auto response = Ask<v1::GetTableResponse>(session.server(), request);
    if (response.ok()) {
      Take(pin, response->table().csv(), pin.name, given);
    } else if (absl::IsNotFound(response.status())) {
      given.missing[pin.name] = std::string(response.status().message());
    } else {
      return response.status();
    }
  }
  return given;
}

}  // namespace baton::batonctl
