#include "batonctl/session.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "batonctl/colours.h"
#include "batonctl/exit_codes.h"
#include "batonctl/yaml_text.h"
#include "core/errors.h"
#include "core/ids.h"
#include "core/text.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

// "ada-1.3": a lead and the generation of its assignment.
bool IsAssignmentId(const std::string& text) {
  const size_t dot = text.rfind('.');
  int64_t generation = 0;
  return dot != std::string::npos && core::IsValidId(text.substr(0, dot)) &&
         absl::SimpleAtoi(text.substr(dot + 1), &generation) && generation > 0;
}

// For a server that did not answer. gRPC tells one side's missing TLS in its own words only.
std::string HintToReach(const absl::Status& status, bool with_tls) {
  const std::string message = absl::AsciiStrToLower(status.message());
  const bool is_closed =
      absl::StrContains(message, "socket closed") || absl::StrContains(message, "reset by peer");
  const bool fails_with_tls =
      absl::StrContains(message, "handshake") || absl::StrContains(message, "empty address list");
  if (with_tls && fails_with_tls) {
    return "Is its certificate one of --tls-ca, for the name in --server? For a server without TLS "
           "leave --tls-ca (BATONCTL_TLS_CA) out.";
  }
  return absl::StrCat(
      "Is baton running there? Name another address with --server or BATONCTL_SERVER.",
      !with_tls && is_closed ? " A server with TLS wants --tls-ca." : "");
}

// What the caller can do; the server's reasons have theirs in the catalogue.
std::string HintFor(const absl::Status& status, bool with_tls) {
  const std::string reason = core::ErrorReason(status);
  if (reason == "UNREACHABLE") return HintToReach(status, with_tls);
  if (reason == "NO_ANSWER_IN_TIME") return "Try again, or wait longer with --timeout.";
  if (reason == "CUT_OFF") return "Try again: a server that stops ends calls so.";
  if (reason == "USAGE") return "See --help of the command.";
  if (absl::IsUnimplemented(status)) return "The server is older than this batonctl.";
  return std::string(core::ErrorHint(reason));
}

}  // namespace

Server& Session::server() {
  if (server_ == nullptr) {
    server_ = world_.connect(options.server, options.timeout, options.identity);
  }
  return *server_;
}

absl::StatusOr<std::string> Session::Workspace() const {
  if (options.workspace.empty()) {
    return UsageError("no workspace given: use --workspace (-w) or BATONCTL_WORKSPACE");
  }
  if (!core::IsValidId(options.workspace)) {
    return UsageError(
        absl::StrCat("--workspace must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -; ",
                     "this is ", policy::Quoted(options.workspace)));
  }
  return absl::StrCat("workspaces/", options.workspace);
}

absl::StatusOr<std::string> Session::Name(const std::string& collection,
                                          const std::string& text) const {
  if (text.starts_with("workspaces/")) {
    const std::vector<std::string> parts = absl::StrSplit(text, '/');
    if (parts.size() == 4 && parts[2] == collection) return text;
    return UsageError(absl::StrCat(policy::Quoted(text), " is not the name of one of the ",
                                   collection, ": workspaces/WORKSPACE/", collection, "/ID"));
  }
  absl::StatusOr<std::string> workspace = Workspace();
  if (!workspace.ok()) return workspace.status();
  if (collection == "assignments" && !IsAssignmentId(text)) {
    return UsageError(absl::StrCat(policy::Quoted(text),
                                   " names no assignment: write LEAD.GENERATION, ",
                                   "as `batonctl assignment list` shows it"));
  }
  if (collection != "assignments" && !core::IsValidId(text)) {
    return UsageError(absl::StrCat("an id of ", collection,
                                   " is 1 to 64 characters of A-Z, a-z, 0-9, ", "_ and -; this is ",
                                   policy::Quoted(text)));
  }
  return absl::StrCat(*workspace, "/", collection, "/", text);
}

std::string Session::RequestId() {
  request_id_ = options.request_id.empty() ? world_.new_id() : options.request_id;
  return request_id_;
}

absl::Status Session::TakeRequestId(const std::string& option, const std::string& id) {
  std::string& given = options.request_id;
  if (!id.empty() && !given.empty() && id != given) {
    return UsageError(
        absl::StrCat(option, " and the --request-id of all commands differ: give one"));
  }
  if (!id.empty()) given = id;
  return absl::OkStatus();
}

absl::Status Session::Print(const google::protobuf::Message& message, const Table& table,
                            const std::vector<std::string>& names) const {
  if (options.format == OutputFormat::kJson) {
    world_.out << ToJson(message, /*one_line=*/false) << "\n";
    return Written();
  }
  return PrintText(
      [&] { return nlohmann::ordered_json::parse(ToJson(message, /*one_line=*/true)); }, table,
      names);
}

absl::Status Session::Print(const nlohmann::ordered_json& json, const Table& table,
                            const std::vector<std::string>& names) const {
  return PrintText([&] { return json; }, table, names);
}

TableStyle Session::style() const {
  return {world_.colour, !options.no_headers, options.format == OutputFormat::kWide};
}

absl::Status Session::Written() const {
  world_.out.flush();
  return world_.out ? absl::OkStatus() : absl::DataLossError("cannot write to standard output");
}

absl::Status Session::PrintText(const std::function<nlohmann::ordered_json()>& data,
                                const Table& table, const std::vector<std::string>& names) const {
  // What a stranger wrote may not be UTF-8.
  constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
  switch (options.format) {
    case OutputFormat::kJson:
      world_.out << data().dump(1, ' ', false, kReplace) << "\n";
      break;
    case OutputFormat::kYaml:
      world_.out << ToYaml(data());
      break;
    case OutputFormat::kTable:
    case OutputFormat::kWide:
      world_.out << table.Render(style());
      break;
    case OutputFormat::kName:
      for (const std::string& name : names) world_.out << name << "\n";
      break;
  }
  return Written();
}

std::string Session::DataText(const std::string& json) const {
  if (options.format != OutputFormat::kYaml) return json;
  return ToYaml(nlohmann::ordered_json::parse(json));
}

void Session::Note(const std::string& text) const {
  world_.err << text << "\n" << std::flush;
}

int Session::Fail(const absl::Status& status) const {
  std::ostream& err = world_.err;
  err << (world_.colour ? kRed : "") << "error:" << (world_.colour ? kPlain : "");
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    err << (line.data() == status.message().data() ? " " : "  ")
        << policy::Printable(std::string(line)) << "\n";
  }
  const std::string reason = core::ErrorReason(status);
  const int code = ExitCode(status);
  if (!reason.empty() && code != kExitUsage) {
    std::vector<std::string> variables;
    for (const auto& [name, value] : core::ErrorVariables(status)) {
      if (name != "field") variables.push_back(absl::StrCat(name, "=", value));
    }
    err << "  reason: " << reason;
    if (!variables.empty()) {
      err << " (" << policy::Printable(absl::StrJoin(variables, ", ")) << ")";
    }
    err << "\n";
  }
  const std::string hint = HintFor(status, !options.identity.tls_ca.empty());
  if (!hint.empty()) err << "  hint: " << hint << "\n";
  if (const absl::Duration delay = core::RetryAfter(status); delay > absl::ZeroDuration()) {
    err << "  retry: in " << absl::FormatDuration(delay) << "\n";
  }
  if (code == kExitUnreachable && !request_id_.empty()) {
    err << "  Whether it took effect is not known; it is safe to repeat it with --request-id "
        << policy::Printable(request_id_) << "\n";
  }
  err.flush();
  return code;
}

std::string ToJson(const google::protobuf::Message& message, bool one_line) {
  google::protobuf::util::JsonPrintOptions print;
  print.add_whitespace = !one_line;
  print.always_print_primitive_fields = true;
  std::string json;
  // Fails only for messages that hold an Any of unknown type; the API has none.
  if (!google::protobuf::util::MessageToJsonString(message, &json, print).ok()) return "{}";
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return json;
}

}  // namespace baton::batonctl
