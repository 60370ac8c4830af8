#include "batonctl/app.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "batonctl/command_words.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/help_examples.h"
#include "batonctl/kinds.h"
#include "batonctl/output_choice.h"
#include "batonctl/settings.h"
#include "platform/this_machine.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

constexpr char kFooter[] =
    "Data goes to standard output, notes and errors to standard error.\n"
    "Exit codes: 0 done; 1 the server (or Kafka) refused; 2 the command line or a file is\n"
    "wrong; 3 no answer, the same command may work later. verify and the checks of policies\n"
    "(test, lint, diff) answer with 1 too: see their --help.\n"
    "A flag wins over a variable, that over the context in use (batonctl config).\n"
    "Environment: BATONCTL_CONFIG, BATONCTL_CONTEXT, BATONCTL_SERVER, BATONCTL_WORKSPACE,\n"
    "BATONCTL_PRINCIPAL, BATONCTL_ROLES, BATONCTL_TOKEN_FILE, BATONCTL_TLS_CA, BATONCTL_TLS_CERT,\n"
    "BATONCTL_TLS_KEY, BATON_KAFKA_BROKERS, BATON_KAFKA_TOPIC_PREFIX, BATON_REDIS_URL, NO_COLOR;\n"
    "more with --help of a command. Manual: deploy/docs/batonctl.md";

constexpr int kPortMax = 65535;

void AddGlobalOptions(CLI::App& app, GlobalOptions& options, std::string& timeout) {
  app.add_option("--output,-o", options.output,
                 "table, wide, json, yaml or name; what else a command makes, its --help says")
      ->capture_default_str();
  app.add_flag("--no-headers", options.no_headers, "tables without their first line");
  app.add_option("--timeout", timeout, "how long one call may take, such as 500ms, 10s or 1m")
      ->capture_default_str();
  app.add_option("--request-id", options.request_id,
                 "makes a change once however often it is sent: of assignment, lead submit,\n"
                 "lead erase and webhook create; default: a new one");
  app.set_version_flag("--version", "batonctl " BATON_VERSION);
}

absl::Status CheckCertificate(const Identity& identity) {
  if (identity.tls_cert.empty() == identity.tls_key.empty()) return absl::OkStatus();
  return UsageError("--tls-cert and --tls-key: give both or none");
}

// Principal and roles become metadata, which takes no other characters; what they mean is the
// server's business. A token is a secret: not for all to read.
absl::Status CheckIdentity(const Identity& identity, const std::string& server) {
  if (!IsPlain(identity.principal))
    return UsageError("--principal takes letters, digits and ._@+-, such as ada@acme.example");
  if (!IsPlain(identity.roles)) return UsageError("--roles must be words with commas between them");
  if (!identity.tls_cert.empty() && identity.tls_ca.empty())
    return UsageError("--tls-cert needs --tls-ca, which says whom to trust");
  if (!identity.token_file.empty() && identity.tls_ca.empty() && !platform::IsThisMachine(server))
    return UsageError(absl::StrCat("--token-file would send the token to ", server,
                                   " for all to read: add --tls-ca"));
  return absl::OkStatus();
}

// A name without a port, or a port that is none, would be taken for another address by gRPC.
absl::Status CheckServer(const std::string& server) {
  if (server.starts_with("dns:///") || server.starts_with("unix:")) return absl::OkStatus();
  const size_t colon = server.rfind(':');
  const std::string host = server.substr(0, colon);
  const bool is_one_host = !host.empty() && IsPlain(host) &&
                           (host.find(':') == std::string::npos || host.front() == '[');
  int port = 0;
  if (colon != std::string::npos && is_one_host &&
      absl::SimpleAtoi(server.substr(colon + 1), &port) && port >= 1 && port <= kPortMax) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat("--server (BATONCTL_SERVER) is HOST:PORT with a port from 1 to ",
                                 kPortMax, ", such as 127.0.0.1:7400; this is ",
                                 policy::Quoted(server)));
}

// Somebody who gives one relies on it.
absl::Status CheckRequestId(const Session& session) {
  if (session.options.request_id.empty() || session.takes_request_id) return absl::OkStatus();
  return UsageError(
      "this command takes no --request-id; the actions of assignment, lead submit, lead erase and "
      "webhook create do");
}

// A command with formats of its own chooses by itself.
absl::Status ChooseFormat(const CLI::App& app, Session& session) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  if (command->get_option_no_throw("--output") != nullptr) return absl::OkStatus();
  std::vector<std::string> formats;
  for (const auto& [name, format] : kOutputFormats) formats.emplace_back(name);
  return OutputChoice(std::move(formats)).Take(session).status();
}

absl::Status SetTimeout(GlobalOptions& options, const std::string& timeout) {
  if (!absl::ParseDuration(timeout, &options.timeout) || options.timeout <= absl::ZeroDuration() ||
      options.timeout > absl::Hours(24)) {
    return UsageError(
        absl::StrCat("--timeout is a time like 500ms, 10s or 1m, this is '", timeout, "'"));
  }
  return absl::OkStatus();
}

}  // namespace

void AddAllCommands(CLI::App& app, Session& session) {
  app.fallthrough();  // global options may also follow the command
  app.require_subcommand(1);
  AddVerbs(app, session);
  AddDescribeCommand(app, session);
  AddDocumentCommands(app, session);
  AddExplainCommand(app, session);
  AddConfigCommands(app, session);
  AddTopicsCommands(app, session);
  AddWorkspaceCommands(app, session);
  AddPolicyCommands(app, session);
  AddLeadCommands(app, session);
  AddAssignmentCommands(app, session);
  AddRepCommands(app, session);
  AddQueueCommands(app, session);
  AddAccountCommands(app, session);
  AddTableCommands(app, session);
  AddWebhookCommands(app, session);
  AddReportCommands(app, session);
  AddDlqCommands(app, session);
  AddMappingCommands(app, session);
  AddDevIdentityCommand(app, session);
  AddVerifyCommand(app, session);
  AddHealthCommand(app, session);
  AddCompletionCommand(app, session);
  AddManCommand(app, session);
  AddExamples(app);
}

namespace {

// Parses; answers an exit code if that is the end of it (help, version, a wrong command line).
std::optional<int> Parse(CLI::App& app, std::vector<std::string> arguments, Session& session) {
  const std::vector<std::string> words = arguments;
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    app.parse(std::move(arguments));
    return std::nullopt;
  } catch (const CLI::Success& success) {  // --help, --version
    app.exit(success, session.world().out, session.world().err);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    const std::string hint = HintForWords(app, words);
    // Of a command that does not exist CLI11 says only that one is missing.
    if (hint.starts_with("there is no command")) return session.Fail(UsageError(hint));
    return session.Fail(
        UsageError(hint.empty() ? error.what() : absl::StrCat(error.what(), "\n", hint)));
  }
}

}  // namespace

int Run(const std::vector<std::string>& arguments, Surroundings surroundings) {
  if (!arguments.empty() && arguments.front() == "__names") {
    return PrintNames({arguments.begin() + 1, arguments.end()}, surroundings);
  }
  Session session(std::move(surroundings));
  try {
    std::string timeout = "10s";
    CLI::App app("Baton hands leads from marketing to sales; batonctl is its command line.",
                 "batonctl");
    app.footer(kFooter);
    Settings settings;
    session.settings = &settings;
    settings.AddTo(app, session.options);
    AddGlobalOptions(app, session.options, timeout);
    AddAllCommands(app, session);
    const absl::StatusOr<std::vector<std::string>> words = ExpandVerb(app, arguments);
    if (!words.ok()) return session.Fail(words.status());
    if (const std::optional<int> code = Parse(app, *words, session); code.has_value()) return *code;
    absl::Status status = SetTimeout(session.options, timeout);
    status.Update(ChooseFormat(app, session));
    status.Update(CheckRequestId(session));
    if (status.ok() && session.needs_settings) status = settings.Resolve();
    if (status.ok() && session.needs_settings) {
      status = CheckCertificate(session.options.identity);
      if (!session.passes_server_by) {
        status.Update(CheckServer(session.options.server));
        status.Update(CheckIdentity(session.options.identity, session.options.server));
      }
    }
    if (status.ok()) status = session.action();
    if (status.ok()) status = session.Written();
    return status.ok() ? session.exit_code : session.Fail(status);
  } catch (const std::exception& error) {
    return session.Fail(absl::UnknownError(error.what()));
  }
}

}  // namespace baton::batonctl
