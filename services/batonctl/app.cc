#include "batonctl/app.h"

#include <algorithm>
#include <exception>
#include <optional>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"

namespace baton::batonctl {
namespace {

constexpr char kFooter[] =
    "Data goes to standard output, notes and errors to standard error.\n"
    "Exit codes: 0 done; 1 the server (or Kafka) refused; 2 the command line or a file is\n"
    "wrong; 3 no answer, the same command may work later. verify and the checks of policies\n"
    "(test, lint, diff) answer with 1 too: see their --help.\n"
    "Environment: BATONCTL_SERVER, BATONCTL_WORKSPACE, BATONCTL_PRINCIPAL, BATONCTL_ROLES,\n"
    "BATONCTL_TOKEN_FILE, BATONCTL_TLS_CA, BATONCTL_TLS_CERT, BATONCTL_TLS_KEY,\n"
    "BATON_KAFKA_BROKERS, BATON_KAFKA_TOPIC_PREFIX, BATON_REDIS_URL, NO_COLOR; more with --help\n"
    "of a command.";

void AddGlobalOptions(CLI::App& app, GlobalOptions& options, std::string& output,
                      std::string& timeout) {
  app.add_option("--server", options.server, "HOST:PORT of the API")
      ->envname("BATONCTL_SERVER")
      ->capture_default_str();
  app.add_option("--workspace,-w", options.workspace, "the workspace to work in")
      ->envname("BATONCTL_WORKSPACE");
  app.add_option("--principal", options.identity.principal, "who you are, such as ada@acme.example")
      ->envname("BATONCTL_PRINCIPAL");
  app.add_option("--roles", options.identity.roles,
                 "your roles, comma-separated: marketing, sales, rep, admin, service")
      ->envname("BATONCTL_ROLES");
  app.add_option("--token-file", options.identity.token_file,
                 "file with the token that proves who you are; read anew for each call")
      ->envname("BATONCTL_TOKEN_FILE");
  app.add_option("--tls-ca", options.identity.tls_ca,
                 "PEM file with the CAs of the server's certificate; without: no TLS")
      ->envname("BATONCTL_TLS_CA");
  app.add_option("--tls-cert", options.identity.tls_cert, "PEM file with a client certificate")
      ->envname("BATONCTL_TLS_CERT");
  app.add_option("--tls-key", options.identity.tls_key, "PEM file with its key")
      ->envname("BATONCTL_TLS_KEY");
  app.add_option("--output,-o", output, "table, json or name")
      ->check(CLI::IsMember({"table", "json", "name"}))
      ->capture_default_str();
  app.add_option("--timeout", timeout, "how long one call may take, such as 500ms, 10s or 1m")
      ->capture_default_str();
  app.add_option("--request-id", options.request_id,
                 "makes a change once however often it is sent; default: a new one");
  app.set_version_flag("--version", "batonctl " BATON_VERSION);
}

// Principal and roles become metadata, which takes no other characters; what they mean is the
// server's business. A token is a secret: not for all to read.
absl::Status CheckIdentity(const Identity& identity, const std::string& server) {
  if (!IsPlain(identity.principal))
    return UsageError("--principal takes letters, digits and ._@+-, such as ada@acme.example");
  if (!IsPlain(identity.roles)) return UsageError("--roles must be words with commas between them");
  if (identity.tls_cert.empty() != identity.tls_key.empty())
    return UsageError("--tls-cert and --tls-key: give both or none");
  if (!identity.tls_cert.empty() && identity.tls_ca.empty())
    return UsageError("--tls-cert needs --tls-ca, which says whom to trust");
  const bool near = server.starts_with("127.") || server.starts_with("localhost:") ||
                    server.starts_with("[::1]:");
  if (!identity.token_file.empty() && identity.tls_ca.empty() && !near)
    return UsageError(absl::StrCat("--token-file would send the token to ", server,
                                   " for all to read: add --tls-ca"));
  return absl::OkStatus();
}

absl::Status SetGlobalOptions(GlobalOptions& options, const std::string& output,
                              const std::string& timeout) {
  options.format = output == "json"   ? OutputFormat::kJson
                   : output == "name" ? OutputFormat::kName
                                      : OutputFormat::kTable;
  if (!absl::ParseDuration(timeout, &options.timeout) || options.timeout <= absl::ZeroDuration() ||
      options.timeout > absl::Hours(24)) {
    return UsageError(
        absl::StrCat("--timeout is a time like 500ms, 10s or 1m, this is '", timeout, "'"));
  }
  return CheckIdentity(options.identity, options.server);
}

void AddCommands(CLI::App& app, Session& session) {
  app.fallthrough();  // global options may also follow the command
  app.require_subcommand(1);
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
  AddVerifyCommand(app, session);
  AddHealthCommand(app, session);
  AddCompletionCommand(app, session);
}

// Parses; answers an exit code if that is the end of it (help, version, a wrong command line).
std::optional<int> Parse(CLI::App& app, std::vector<std::string> arguments, Session& session) {
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    app.parse(std::move(arguments));
    return std::nullopt;
  } catch (const CLI::Success& success) {  // --help, --version
    app.exit(success, session.world().out, session.world().err);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    return session.Fail(UsageError(error.what()));
  }
}

}  // namespace

int Run(const std::vector<std::string>& arguments, Surroundings surroundings) {
  Session session(std::move(surroundings));
  try {
    std::string output = "table", timeout = "10s";
    CLI::App app("Baton hands leads from marketing to sales; batonctl is its command line.",
                 "batonctl");
    app.footer(kFooter);
    AddGlobalOptions(app, session.options, output, timeout);
    AddCommands(app, session);
    if (const std::optional<int> code = Parse(app, arguments, session); code.has_value())
      return *code;
    absl::Status status = SetGlobalOptions(session.options, output, timeout);
    if (status.ok()) status = session.action();
    return status.ok() ? session.exit_code : session.Fail(status);
  } catch (const std::exception& error) {
    return session.Fail(absl::InternalError(error.what()));
  }
}

}  // namespace baton::batonctl
