// batonctl table apply|list|get|delete
#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "baton/v1/table_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/table.h"
#include "batonctl/table_files.h"
#include "core/errors.h"
#include "core/lookup_table.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

constexpr size_t kShortHash = 12;  // digits that lists show
constexpr char kApplyFooter[] =
    "CSV in UTF-8 with a header; the first column has the keys, each of which stands once. At "
    "most\n"
    "100,000 rows, 4 MB, 16 columns. A policy names the table by its content, tables: {NAME:\n"
    "{sha256: ...}}, and asks lookup(\"NAME\", key) or in_table(\"NAME\", key).";

struct TableArguments {
  std::string name, file;
  bool dry_run = false;
  int limit = kListLimitDefault;
};

// "postcodes@53e500c1e7e9": enough to name it on the command line.
std::string ShortTableName(const v1::Table& table) {
  const std::string name = ShortName(table.name());
  return name.substr(0, name.find('@') + 1 + kShortHash);
}

absl::Status PrintTables(const Session& session, const google::protobuf::Message& message,
                         const std::vector<v1::Table>& tables) {
  Table shown({"TABLE", "ROWS", "BYTES", "COLUMNS", "CREATED", "BY"}, {"SHA256"});
  std::vector<std::string> names;
  for (const v1::Table& table : tables) {
    shown.AddRow({ShortTableName(table), absl::StrCat(table.row_count()),
                  absl::StrCat(table.size_bytes()), absl::StrJoin(table.columns(), ", "),
                  FormatTime(table.create_time()), table.creator(), table.sha256()});
    names.push_back(table.name());
  }
  return session.Print(message, shown, names);
}

absl::Status ApplyTable(Session& session, const TableArguments& arguments) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  absl::StatusOr<std::string> csv = ReadFile(arguments.file, core::kTableBytesMax);
  if (!csv.ok()) return csv.status();
  const core::LookupTable::Parsed parsed = core::LookupTable::Parse(*csv);
  for (const core::TableProblem& problem : parsed.problems) {
    session.Note(absl::StrCat(arguments.file, ":", problem.line, ": ", problem.message));
  }
  if (parsed.table == nullptr) return FileError(absl::StrCat(arguments.file, " is no table"));
  v1::CreateTableRequest request;
  request.set_parent(*parent);
  request.set_table_id(arguments.name);
  request.mutable_table()->set_csv(*std::move(csv));
  request.set_validate_only(arguments.dry_run);
  const auto response = Ask<v1::CreateTableResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  const v1::Table& table = response->table();
  session.Note(absl::StrCat(arguments.dry_run ? "Not kept. " : "",
                            "Policies name it so:\n  tables: {", arguments.name,
                            ": {sha256: ", table.sha256(), "}}"));
  return PrintTables(session, table, {table});
}

absl::StatusOr<v1::ListTablesResponse> AllTables(Session& session, int limit) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListTablesRequest request;
  request.set_parent(*parent);
  return AskPages<v1::ListTablesResponse>(
      session.server(), request, limit,
      +[](const v1::ListTablesResponse& page) { return page.tables_size(); });
}

absl::Status ListAll(Session& session, const TableArguments& arguments) {
  const auto response = AllTables(session, arguments.limit);
  if (!response.ok()) return response.status();
  NoteMore(session, response->next_page_token());
  return PrintTables(session, *response, {response->tables().begin(), response->tables().end()});
}

bool IsNewer(const v1::Table& one, const v1::Table& other) {
  const auto& time = one.create_time();
  const auto& other_time = other.create_time();
  return time.seconds() != other_time.seconds() ? time.seconds() > other_time.seconds()
                                                : time.nanos() > other_time.nanos();
}

// The whole name of NAME (the newest), of NAME@ and the first digits of a hash, or of a whole name.
absl::StatusOr<std::string> FullName(Session& session, const std::string& text) {
  const size_t at = text.find('@');
  const std::string digits = at == std::string::npos ? "" : text.substr(at + 1);
  if (core::IsTableHash(digits)) return TableName(session, text);
  const auto tables = AllTables(session, kListLimitMax);
  if (!tables.ok()) return tables.status();
  std::vector<v1::Table> found;
  for (const v1::Table& table : tables->tables()) {
    const std::string name = ShortName(table.name());
    const bool fits =
        at == std::string::npos ? absl::StartsWith(name, text + "@") : absl::StartsWith(name, text);
    if (fits) found.push_back(table);
  }
  if (found.empty()) {
    return core::Error(absl::StatusCode::kNotFound, "TABLE_NOT_FOUND",
                       absl::StrCat("there is no table ", policy::Quoted(text)));
  }
  if (at != std::string::npos && found.size() > 1) {
    return UsageError(absl::StrCat(policy::Quoted(text), " may be one of ", found.size(),
                                   " tables; write more digits"));
  }
  return std::min_element(found.begin(), found.end(), IsNewer)->name();
}

absl::Status GetOne(Session& session, const TableArguments& arguments) {
  const absl::StatusOr<std::string> name = FullName(session, arguments.name);
  if (!name.ok()) return name.status();
  v1::GetTableRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::GetTableResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  if (!session.options.is_text()) {
    return session.Print(response->table(), Table({}), {response->table().name()});
  }
  session.Note(absl::StrCat("# ", response->table().name()));
  session.world().out << response->table().csv() << std::flush;
  return absl::OkStatus();
}

absl::Status DeleteOne(Session& session, const TableArguments& arguments) {
  if (!absl::StrContains(arguments.name, '@')) {
    return UsageError(absl::StrCat("name one content: NAME@ and digits of its sha256, as ",
                                   "`batonctl table list` shows it; this is ",
                                   policy::Quoted(arguments.name)));
  }
  const absl::StatusOr<std::string> name = FullName(session, arguments.name);
  if (!name.ok()) return name.status();
  v1::DeleteTableRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::DeleteTableResponse>(session.server(), request);
  if (response.ok()) session.Note(absl::StrCat("Deleted ", *name, "."));
  return response.status();
}

}  // namespace

void AddTableCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "table", "Lookup tables that conditions of policies ask");
  auto arguments = std::make_shared<TableArguments>();

  CLI::App& apply =
      *group.add_subcommand("apply", "Keeps a CSV document as a table")->footer(kApplyFooter);
  apply.add_option("NAME", arguments->name, "what policies call the table")->required();
  apply.add_option("--file,-f", arguments->file, "the document; - is standard input")->required();
  apply.add_flag("--dry-run", arguments->dry_run, "let the server check it only");
  OnRun(apply, session, [&session, arguments] { return ApplyTable(session, *arguments); });

  CLI::App& list = *group.add_subcommand("list", "Lists the tables of the workspace");
  AddLimit(list, arguments->limit);
  OnRun(list, session, [&session, arguments] { return ListAll(session, *arguments); });

  CLI::App& get = *group.add_subcommand("get", "Prints the document of a table");
  get.add_option("NAME", arguments->name,
                 "NAME, the newest of it, or NAME@ and digits of its sha256")
      ->required();
  OnRun(get, session, [&session, arguments] { return GetOne(session, *arguments); });

  CLI::App& remove =
      *group.add_subcommand("delete", "Forgets a table that no revision of the policy names");
  remove.add_option("NAME", arguments->name, "NAME@ and digits of its sha256")->required();
  OnRun(remove, session, [&session, arguments] { return DeleteOne(session, *arguments); });
}

}  // namespace baton::batonctl
