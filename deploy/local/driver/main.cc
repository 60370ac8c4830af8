// baton-demo: publishes a workload, plays the reps, audits the feedback, prints what happened.
// Started by deploy/local/demo against a running Baton. Exit status 1 if anything was lost or
// wrong.
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <optional>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "demo/api.h"
#include "demo/history.h"
#include "demo/load.h"
#include "demo/reps.h"
#include "demo/summary.h"
#include "demo/topics.h"
#include "demo/workload.h"
#include "httplib.h"

namespace baton::demo {
namespace {

struct Options {
  std::string brokers, server, metrics, file, json, history;
  int rate = 500;
  int patience_s = 90;  // without any progress
  WorkloadOptions workload;
  RepsOptions reps;
};

constexpr const char* kInput = "baton.lead-events.v1";

// Baton's durable input counters, from its metrics; nullopt while it does not answer.
std::optional<std::map<std::string, int64_t>> ReadCounters(const std::string& address) {
  httplib::Client client(absl::StrCat("http://", address));
  client.set_connection_timeout(1);
  client.set_read_timeout(2);
  const auto answer = client.Get("/metrics");
  if (!answer || answer->status != 200) return std::nullopt;
  std::map<std::string, int64_t> counters;
  constexpr absl::string_view kName = "baton_input_conservation_records{part=\"";
  for (absl::string_view line : absl::StrSplit(answer->body, '\n')) {
    if (!absl::ConsumePrefix(&line, kName)) continue;
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, "\"} ");
    double value = 0;
    if (absl::SimpleAtod(parts.second, &value)) {
      counters[std::string(parts.first)] = static_cast<int64_t>(value);
    }
  }
  if (counters.size() != 4) return std::nullopt;
  return counters;
}

class Demo {
 public:
  Demo(Options options, std::vector<Publication> log, History& history)
      : options_(std::move(options)),
        history_(history),
        publisher_({options_.brokers, {}}, kInput, std::move(log), options_.rate),
        observer_({options_.brokers, {}}, "baton.feedback.v1", absl::StrCat(kInput, ".dlq"),
                  &audit_),
        reps_(options_.reps, history_) {}

  absl::Status Run() {
    if (absl::Status status = reps_.Enlist(); !status.ok()) return status;
    if (absl::Status status = observer_.Start(); !status.ok()) return status;
    start_ = absl::Now();
    reps_.Start();
    if (absl::Status status = publisher_.Start(); !status.ok()) return status;
    const bool quiet = WaitUntilQuiet();
    reps_.Stop();
    if (!quiet) audit_.Violation("gave up: something did not come to rest");
    CheckEnd();
    observer_.Stop();
    return absl::OkStatus();
  }

  Summary Summarize() {
    Summary summary;
    summary.published = publisher_.acknowledged();
    summary.input = counters_["input"];
    summary.applied = counters_["applied"];
    summary.duplicate = counters_["duplicate"];
    summary.dead_lettered = counters_["dead_lettered"];
    summary.dead_letters_read = observer_.dead_letters();
    summary.leads = static_cast<int64_t>(leads_.size());
    std::vector<double> latencies;
    for (const auto& [lead, seen_us] : reps_.FirstSeen()) {
      const int64_t sent_us = publisher_.SentAt(audit_.PromptCause(lead));
      if (sent_us > 0 && seen_us > sent_us) {
        latencies.push_back(static_cast<double>(seen_us - sent_us) / 1000);
      }
    }
    summary.latency_samples = static_cast<int64_t>(latencies.size());
    summary.latency_p50_ms = Quantile(latencies, 0.5);
    summary.latency_p99_ms = Quantile(latencies, 0.99);
    summary.audit = audit_.Counts();
    summary.seconds = absl::ToDoubleSeconds(end_ - start_);
    return summary;
  }

  // A lead that shows the most: qualified, with several candidates.
  std::string Example() {
    std::string example;
    for (const FinalLead& lead : leads_) {
      if (lead.stage == "STAGE_WON") return lead.lead;
      if (lead.version >= 2) example = lead.lead;
    }
    return example;
  }

 private:
  // True when everything published was counted, nobody waits for an answer, and no feedback came
  // for two seconds.
  bool WaitUntilQuiet() {
    absl::Time changed = absl::Now();
    std::string last;
    while (absl::Now() - changed < absl::Seconds(options_.patience_s)) {
      absl::SleepFor(absl::Milliseconds(250));
      const AuditCounts audit = audit_.Counts();
      const auto counters = ReadCounters(options_.metrics);
      if (counters) counters_ = *counters;
      const std::string now =
          absl::StrCat(audit.published, "/", counters_["input"], "/", publisher_.acknowledged(),
                       "/", observer_.dead_letters());
      ShowProgress(audit);
      if (now != last) {
        last = now;
        changed = absl::Now();
      }
      const bool counted =
          publisher_.done() && counters && counters_["input"] >= publisher_.total();
      const bool answered = audit.waiting_leads == 0 && audit.offered_leads == 0;
      if (counted && answered && absl::Now() - changed > absl::Seconds(2)) {
        end_ = changed;
        if (isatty(STDERR_FILENO)) std::cerr << "\n";
        return true;
      }
    }
    end_ = absl::Now();
    return false;
  }

  void ShowProgress(const AuditCounts& audit) {
    const absl::Duration every = isatty(STDERR_FILENO) ? absl::Milliseconds(250) : absl::Seconds(5);
    if (absl::Now() - shown_ < every) return;
    shown_ = absl::Now();
    const auto of = [&audit](const char* change) {
      const auto found = audit.changes.find(change);
      return found == audit.changes.end() ? int64_t{0} : found->second;
    };
    std::cerr << absl::StrFormat(
        "%s  %4.0f s  published %d/%d  qualified %d  offers %d  accepted %d  declined %d  silent "
        "%d  "
        "waiting %d  feedback %d%s",
        isatty(STDERR_FILENO) ? "\r" : "", absl::ToDoubleSeconds(absl::Now() - start_),
        publisher_.acknowledged(), publisher_.total(), audit.qualified_leads, of("assigned"),
        of("accepted"), of("declined"), of("offer_expired"), audit.waiting_leads, audit.published,
        isatty(STDERR_FILENO) ? " " : "\n");
  }

  // Compares what was published, what Baton counted, what came back and what it says at rest.
  void CheckEnd() {
    if (!publisher_.failure().empty()) audit_.Violation("publishing: " + publisher_.failure());
    for (const std::string& failure : reps_.Failures()) audit_.Violation(failure);
    if (counters_["input"] != publisher_.acknowledged()) {
      audit_.Violation(absl::StrCat("published ", publisher_.acknowledged(),
                                    " records, Baton counts ", counters_["input"]));
    }
    if (counters_["input"] !=
        counters_["applied"] + counters_["duplicate"] + counters_["dead_lettered"]) {
      audit_.Violation("input is not applied + duplicate + dead-lettered");
    }
    if (observer_.dead_letters() != counters_["dead_lettered"]) {
      audit_.Violation(absl::StrCat("Baton counts ", counters_["dead_lettered"], " dead letters, ",
                                    observer_.dead_letters(), " are on the topic"));
    }
    if (absl::Status status = ListAllLeads(options_.server, options_.workload.workspace, leads_);
        !status.ok()) {
      return audit_.Violation(absl::StrCat("listing leads: ", status.message()));
    }
    std::map<std::string, int64_t> listed;
    for (const FinalLead& lead : leads_) listed[lead.lead] = lead.version;
    audit_.CheckListed(listed, counters_["applied"]);
  }

  const Options options_;
  History& history_;
  Audit audit_;
  Publisher publisher_;
  Observer observer_;
  Reps reps_;
  std::map<std::string, int64_t> counters_;
  std::vector<FinalLead> leads_;
  absl::Time start_, end_, shown_ = absl::InfinitePast();
};

void AddOptions(CLI::App& app, Options& options) {
  app.add_option("--brokers", options.brokers, "Kafka, host:port")->required();
  app.add_option("--server", options.server, "Baton's API, host:port or ipv4:host:port,host:port")
      ->required();
  WorkloadOptions& workload = options.workload;
  app.add_option("--workspace", workload.workspace, "workspace, with a policy")
      ->capture_default_str();
  app.add_option("--leads", workload.leads, "leads")
      ->check(CLI::Range(0, 10'000'000))
      ->capture_default_str();
  app.add_option("--rate", options.rate, "records per second")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--reps", options.reps.reps, "simulated reps")
      ->check(CLI::Range(0, 200))
      ->capture_default_str();
  app.add_option("--seed", workload.seed, "of everything random")->capture_default_str();
  app.add_option("--file", options.file,
                 "events to publish instead, one structured CloudEvent a line");
  app.add_option("--history", options.history, "write what the reps saw and did to this file");
  app.add_flag("--brief", workload.brief,
               "a lead is one event that qualifies; who accepts it rejects it at once");
  const CLI::Range share(0.0, 1.0);
  app.add_option("--duplicates", workload.duplicate_share, "share of records sent twice")
      ->check(share)
      ->capture_default_str();
  app.add_option("--bad", workload.bad_share, "share of broken records beside the good ones")
      ->check(share)
      ->capture_default_str();
  app.add_option("--reorder", workload.reorder, "places by which a record may come late")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  app.add_option("--decline", options.reps.decline_share, "share of offers declined")
      ->check(share)
      ->capture_default_str();
  app.add_option("--silent", options.reps.silent_share, "share of offers never answered")
      ->check(share)
      ->capture_default_str();
  app.add_option("--idle", options.reps.idle_share, "share of leads accepted and then left alone")
      ->check(share)
      ->capture_default_str();
}

absl::StatusOr<std::vector<Publication>> MakeLog(const Options& options) {
  if (!options.file.empty()) return ReadWorkload(options.file);
  return MakeWorkload(options.workload);
}

// Exit status of the load that others check.
int Load(const Options& options, std::vector<Publication> log, History& history) {
  Publisher publisher({options.brokers, {}}, kInput, std::move(log), options.rate);
  Reps reps(options.reps, history);
  if (absl::Status status = RunLoad(publisher, reps); !status.ok()) {
    std::cerr << "demo: " << status.message() << "\n";
    return 1;
  }
  return 0;
}

// Exit status of the demo.
int Show(const Options& options, std::vector<Publication> log, History& history) {
  Demo demo(options, std::move(log), history);
  if (absl::Status status = demo.Run(); !status.ok()) {
    std::cerr << "demo: " << status.message() << "\n";
    return 1;
  }
  const Summary summary = demo.Summarize();
  std::cout << "\n" << ToTable(summary) << "\n";
  if (const std::string example = demo.Example(); !example.empty()) {
    std::cout << "Why " << example << " went where it went\n"
              << ExplainForPeople(options.server, options.workload.workspace, example) << "\n";
  }
  if (!options.json.empty()) {
    std::ofstream file(options.json);
    if (!(file << ToJson(summary))) {
      std::cerr << "demo: cannot write " << options.json << "\n";
      return 1;
    }
  }
  return summary.audit.violation_count == 0 ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app{"Publishes a workload, plays the reps, audits the feedback."};
  AddOptions(app, options);
  bool load_only = false;
  int rep_patience_s = 60;
  auto* metrics = app.add_option("--metrics", options.metrics, "Baton's metrics, host:port");
  app.add_option("--json", options.json, "write the summary to this file");
  app.add_flag("--load-only", load_only,
               "publish and play until standard input ends; audit nothing")
      ->excludes(metrics);
  app.add_option("--rep-patience", rep_patience_s, "seconds that a rep repeats an unanswered call")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (!load_only && options.metrics.empty()) {
    std::cerr << "demo: --metrics is required unless --load-only is given\n";
    return 2;
  }
  options.workload.start_ms = absl::ToUnixMillis(absl::Now());
  options.reps.server = options.server;
  options.reps.workspace = options.workload.workspace;
  options.reps.seed = options.workload.seed;
  options.reps.brief = options.workload.brief;
  options.reps.patience = absl::Seconds(rep_patience_s);

  History history;
  absl::Status opened = options.history.empty() ? absl::OkStatus() : history.Open(options.history);
  absl::StatusOr<std::vector<Publication>> log = opened.ok() ? MakeLog(options) : opened;
  if (!log.ok()) {
    std::cerr << "demo: " << log.status().message() << "\n";
    return 2;
  }
  return load_only ? Load(options, *std::move(log), history)
                   : Show(options, *std::move(log), history);
}

}  // namespace
}  // namespace baton::demo

int main(int argc, char** argv) {
  return baton::demo::Main(argc, argv);
}
