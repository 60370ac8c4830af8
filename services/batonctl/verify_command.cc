// batonctl verify
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/kafka_options.h"
#include "batonctl/output_choice.h"
#include "core/text.h"

namespace baton::batonctl {
namespace {

using verify::Check;
using verify::CheckResult;
using verify::Report;

constexpr size_t kViolationsShown = 10;
constexpr char kAbout[] =
    "Checks an installation at rest: is anything lost, doubled or contradictory?";
constexpr char kFooter[] =
    "Reads what came in (events of leads, accounts and sales), the dead letters of both topics,\n"
    "the three output topics and Redis, for all workspaces, and checks them against each other\n"
    "without Baton's own counters, functions and decisions. Changes nothing. Not looked at:\n"
    "deliveries of webhooks, rows of reports, policies and tables.\n"
    "Where intakes read topics of other prefixes into the same Redis, or topics that were made\n"
    "anew (intake.input_generation, intake.sales_input_generation), name each prefix by --input:\n"
    "Redis' totals are of all topics that were ever read, so counters, conservation and sales\n"
    "report what comes from one that is not named as wrong.\n"
    "At rest means: all input is read, every change is published and nothing is written\n"
    "meanwhile; otherwise it says what is under way (--wait). Where waiting leads are offered\n"
    "again and again, stop Baton first.\n"
    "Exit codes: 0 everything holds; 1 violations, the first ten are named; 2 could not check.\n"
    "Redis: the password belongs into --redis-password-file or BATON_REDIS_URL, not on the\n"
    "command line, where others can see it.";

struct VerifyArguments {
  KafkaArguments kafka;
  platform::redis::ClientOptions redis;
  std::string relay_group = "baton-relay";
  std::vector<std::string> inputs;
  std::string wait = "0s";
  OutputChoice output{{"table", "wide", "json", "yaml"}};
};

// "PREFIX[@GENERATION[:GENERATION]]"
absl::StatusOr<verify::InputOption> ParseInput(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('@', 1));
  verify::InputOption input = {parts[0]};
  bool readable = !input.prefix.empty();
  if (parts.size() > 1) {
    const std::vector<std::string> numbers = absl::StrSplit(parts[1], absl::MaxSplits(':', 1));
    readable = readable && absl::SimpleAtoi(numbers.front(), &input.generation) &&
               (numbers.size() == 1 || absl::SimpleAtoi(numbers[1], &input.sales_generation)) &&
               input.generation >= 1 && input.sales_generation >= 1;
  }
  if (readable) return input;
  return UsageError(absl::StrCat(
      "--input is a prefix of topics, such as baton; baton@2 where its topic of leads was made "
      "twice, baton@1:2 where that of sales was; this is '",
      text, "'"));
}

absl::StatusOr<std::vector<verify::InputOption>> ParseInputs(
    const std::vector<std::string>& texts) {
  std::vector<verify::InputOption> inputs;
  for (const std::string& text : texts) {
    const auto input = ParseInput(text);
    if (!input.ok()) return input.status();
    for (const verify::InputOption& other : inputs) {
      if (other.prefix != input->prefix) continue;
      return UsageError(absl::StrCat("--input names the topics of ", other.prefix,
                                     " twice: give each prefix once, with its newest generation"));
    }
    inputs.push_back(*input);
  }
  return inputs;
}

// In the order of the checks: the first of each before the second of any.
std::vector<std::string> FirstViolations(const Report& report) {
  std::vector<std::string> first;
  for (size_t rank = 0; rank < verify::kExamplesMax; ++rank) {
    for (size_t i = 0; i < verify::kChecks && first.size() < kViolationsShown; ++i) {
      const Check check = static_cast<Check>(i);
      const CheckResult& result = report.findings.of(check);
      if (rank >= result.examples.size()) continue;
      first.push_back(absl::StrCat(core::ToAbsl(CheckName(check)), ": ", result.examples[rank]));
    }
  }
  return first;
}

std::string EquationText(const Report& report) {
  const verify::InputEquation& equation = report.equation;
  return absl::StrFormat("input %d = applied %d + duplicate %d + dead-lettered %d   %s",
                         equation.input, equation.applied, equation.duplicates,
                         equation.dead_lettered, equation.holds() ? "holds" : "BROKEN");
}

void PrintTable(const Session& session, const Report& report) {
  std::ostream& out = session.world().out;
  Table table({"CHECK", "LOOKED AT", "VIOLATIONS", "WHAT MUST HOLD"});
  for (size_t i = 0; i < verify::kChecks; ++i) {
    const Check check = static_cast<Check>(i);
    const CheckResult& result = report.findings.of(check);
    table.AddRow({std::string(CheckName(check)), absl::StrCat(result.looked_at),
                  result.violations == 0 ? "ok" : absl::StrCat(result.violations),
                  std::string(CheckRule(check))});
  }
  out << table.Render(session.style()) << "\n  " << EquationText(report) << "\n"
      << absl::StrFormat(
             "  %d leads, %d feedback events; nobody is owed more than %.2f leads; offers expired "
             "at "
             "most %d ms late\n",
             report.leads, report.feedback, static_cast<double>(report.largest_owed_nano) / 1e9,
             report.latest_expiry_ms);
  for (const std::string& note : report.notes) out << "  " << note << "\n";
  out << absl::StrFormat("  violations: %d   (%.1f s)\n", report.findings.violations(),
                         report.seconds);
}

void PrintJson(const Session& session, const Report& report) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  for (size_t i = 0; i < verify::kChecks; ++i) {
    const Check check = static_cast<Check>(i);
    const CheckResult& result = report.findings.of(check);
    checks.push_back({{"name", CheckName(check)},
                      {"rule", CheckRule(check)},
                      {"lookedAt", result.looked_at},
                      {"violations", result.violations},
                      {"examples", result.examples}});
  }
  const verify::InputEquation& equation = report.equation;
  const nlohmann::ordered_json json = {
      {"equation",
       {{"input", equation.input},
        {"applied", equation.applied},
        {"duplicate", equation.duplicates},
        {"deadLettered", equation.dead_lettered},
        {"holds", equation.holds()}}},
      {"leads", report.leads},
      {"feedback", report.feedback},
      {"violations", report.findings.violations()},
      {"largestOwedLeads", static_cast<double>(report.largest_owed_nano) / 1e9},
      {"latestExpiryMs", report.latest_expiry_ms},
      {"checks", checks},
      {"notes", report.notes},
      {"seconds", report.seconds}};
  // What a stranger sent may not be UTF-8.
  session.world().out << session.DataText(
      json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

absl::Status CheckRedisOptions(const platform::redis::ClientOptions& redis) {
  if (redis.url.empty()) return UsageError("no Redis given: use BATON_REDIS_URL or --redis-url");
  const platform::redis::TlsOptions& tls = redis.tls;
  const bool any = !tls.ca_file.empty() || !tls.cert_file.empty() || !tls.key_file.empty();
  if (!any || absl::StartsWith(redis.url, "rediss")) return absl::OkStatus();
  return UsageError("--redis-tls-ca-file and --redis-tls-cert-file need --redis-url rediss://");
}

absl::StatusOr<verify::Options> OptionsOf(const VerifyArguments& arguments) {
  const auto kafka = ConfigOf(arguments.kafka);
  if (!kafka.ok()) return kafka.status();
  verify::Options options;
  options.kafka = *kafka;
  options.topic_prefix = arguments.kafka.prefix;
  options.relay_group = arguments.relay_group;
  auto inputs = ParseInputs(arguments.inputs);
  if (!inputs.ok()) return inputs.status();
  options.inputs = *std::move(inputs);
  options.redis = arguments.redis;
  options.redis.command_timeout = absl::Seconds(30);  // whole pages of leads at a time
  if (absl::Status usable = CheckRedisOptions(options.redis); !usable.ok()) return usable;
  if (!absl::ParseDuration(arguments.wait, &options.wait) || options.wait < absl::ZeroDuration()) {
    return UsageError(
        absl::StrCat("--wait is a time like 30s or 5m, this is '", arguments.wait, "'"));
  }
  return options;
}

absl::Status Verify(Session& session, const VerifyArguments& arguments) {
  if (const auto output = arguments.output.Take(session); !output.ok()) return output.status();
  const auto options = OptionsOf(arguments);
  if (!options.ok()) return options.status();
  const absl::StatusOr<Report> report = session.world().verify(*options);
  if (!report.ok()) return NotChecked(report.status());
  if (session.options.is_data()) {
    PrintJson(session, *report);
  } else {
    PrintTable(session, *report);
  }
  session.world().out.flush();
  const int64_t violations = report->findings.violations();
  if (violations == 0) return absl::OkStatus();
  std::string message = absl::StrCat(violations, violations == 1 ? " violation" : " violations");
  for (const std::string& violation : FirstViolations(*report)) {
    absl::StrAppend(&message, "\n", violation);
  }
  return absl::DataLossError(message);
}

void AddRedisOptions(CLI::App& command, platform::redis::ClientOptions& redis) {
  command
      .add_option("--redis-url", redis.url,
                  "redis[s]://[user@]HOST:PORT[/DATABASE], or "
                  "redis[s]+sentinel://[user@]HOST:PORT,HOST:PORT/PRIMARY[/DATABASE]")
      ->envname("BATON_REDIS_URL");
  command.add_option("--redis-password-file", redis.password_file, "file with Redis' password")
      ->envname("BATON_REDIS_PASSWORD_FILE");
  command.add_option("--redis-sentinel-user", redis.sentinel.user, "who asks the Sentinels")
      ->envname("BATON_REDIS_SENTINEL_USER");
  command
      .add_option("--redis-sentinel-password-file", redis.sentinel.password_file,
                  "file with the Sentinels' password")
      ->envname("BATON_REDIS_SENTINEL_PASSWORD_FILE");
  command
      .add_option("--redis-tls-ca-file", redis.tls.ca_file,
                  "PEM with the CAs of rediss servers, if not the system's")
      ->envname("BATON_REDIS_TLS_CA_FILE");
  command
      .add_option("--redis-tls-cert-file", redis.tls.cert_file,
                  "PEM with the certificate that Redis is shown")
      ->envname("BATON_REDIS_TLS_CERT_FILE");
  command.add_option("--redis-tls-key-file", redis.tls.key_file, "PEM with its key")
      ->envname("BATON_REDIS_TLS_KEY_FILE");
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Session& session) {
  CLI::App& command = *app.add_subcommand("verify", kAbout)->footer(kFooter);
  auto arguments = std::make_shared<VerifyArguments>();
  AddRedisOptions(command, arguments->redis);
  AddKafkaOptions(command, arguments->kafka);
  command.add_option("--relay-group", arguments->relay_group, "consumer group of relay")
      ->envname("BATON_RELAY_GROUP")
      ->capture_default_str();
  command
      .add_option("--input", arguments->inputs,
                  "PREFIX[@GENERATION[:GENERATION]] of the topics of leads and of sales that an "
                  "intake reads (--prefix is that of what Baton publishes); once for each prefix, "
                  "if there is not just --prefix")
      ->allow_extra_args(false);
  command
      .add_option("--wait", arguments->wait,
                  "wait so long for the installation to come to rest, such as 30s")
      ->capture_default_str();
  arguments->output.AddTo(command);
  OnRun(command, session, [&session, arguments] { return Verify(session, *arguments); });
}

}  // namespace baton::batonctl
