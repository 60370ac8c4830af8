// batonctl explain KIND[.FIELD...]
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "batonctl/api_docs.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/kinds.h"

namespace baton::batonctl {
namespace {

using nlohmann::ordered_json;

constexpr char kIndent[] = "    ";

std::string Indented(const std::string& text) {
  return text.empty() ? ""
                      : absl::StrCat(kIndent, absl::StrReplaceAll(text, {{"\n", "\n    "}}), "\n");
}

std::string FieldsText(const std::string& title, const std::vector<FieldDocs>& fields) {
  if (fields.empty()) return "";
  std::string text = absl::StrCat("\n", title, ":\n");
  for (const FieldDocs& field : fields) {
    absl::StrAppend(&text, "  ", field.name, field.type.empty() ? "" : " <", field.type,
                    field.type.empty() ? "\n" : ">\n", Indented(field.description));
  }
  return text;
}

std::string DocsText(const TypeDocs& docs) {
  std::string text;
  if (!docs.field.empty()) absl::StrAppend(&text, "FIELD:    ", docs.field, "\n");
  absl::StrAppend(&text, "TYPE:     ", docs.name, "\n\nDESCRIPTION:\n", Indented(docs.description),
                  FieldsText("FIELDS", docs.fields), FieldsText("VALUES", docs.values));
  return text;
}

ordered_json FieldsJson(const std::vector<FieldDocs>& fields) {
  ordered_json list = ordered_json::array();
  for (const FieldDocs& field : fields) {
    ordered_json entry = {{"name", field.name}};
    if (!field.type.empty()) entry["type"] = field.type;
    entry["description"] = field.description;
    list.push_back(std::move(entry));
  }
  return list;
}

absl::Status ExplainType(const Session& session, const std::string& what) {
  std::vector<std::string> path = absl::StrSplit(what, '.');
  const absl::StatusOr<Kind> kind = FindKind(path.front());
  if (!kind.ok()) return kind.status();
  if (*kind->message == '\0') {
    return UsageError(absl::StrCat(kind->plural, " are no resources of the API"));
  }
  path.erase(path.begin());
  const absl::StatusOr<TypeDocs> docs = DocsOf(kind->message, path);
  if (!docs.ok()) return docs.status();
  if (session.options.is_text()) {
    session.world().out << DocsText(*docs) << std::flush;
    return absl::OkStatus();
  }
  std::vector<std::string> names;
  for (const FieldDocs& field : docs->fields) names.push_back(field.name);
  return session.Print(ordered_json{{"type", docs->name},
                                    {"field", docs->field},
                                    {"description", docs->description},
                                    {"fields", FieldsJson(docs->fields)},
                                    {"values", FieldsJson(docs->values)}},
                       Table({}), names);
}

}  // namespace

void AddExplainCommand(CLI::App& app, Session& session) {
  auto what = std::make_shared<std::string>();
  CLI::App& explain = *app.add_subcommand(
      "explain",
      "Says what the fields of a kind mean; of a lead's decision: batonctl lead explain");
  explain
      .add_option(
          "KIND", *what,
          "a kind, or a field of it: KIND.FIELD; such as lead, rep.absences or queue.rules.widen")
      ->required();
  OnRun(explain, session, [&session, what] { return ExplainType(session, *what); });
}

}  // namespace baton::batonctl
