// bench-recording: writes what `batonctl policy simulate` reads of a site (site.h) into a folder:
// input.jsonl and feedback.jsonl as kcat -J prints topics, and roster.yaml. Prints a line of JSON:
// {"events", "changes"}.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench_base/must.h"
#include "bench_simulation/site.h"
#include "policy/parse_policy.h"

namespace baton::bench {
namespace {

core::Policy PolicyOf(const std::string& path) {
  std::ifstream file(path);
  const std::string yaml(std::istreambuf_iterator<char>(file), {});
  policy::ParsedPolicy parsed = policy::ParsePolicy(yaml, path);
  MustHold(parsed.ok(), "the policy has errors");
  return std::move(parsed.policy);
}

std::string DumpOf(const platform::kafka::Record& record) {
  nlohmann::json headers = nlohmann::json::array();
  for (const auto& [name, value] : record.headers) {
    headers.push_back(name);
    headers.push_back(value);
  }
  const nlohmann::json dump = {{"topic", record.topic},   {"partition", record.partition},
                               {"offset", record.offset}, {"ts", record.timestamp_ms},
                               {"key", record.key},       {"headers", headers},
                               {"payload", record.value}};
  return dump.dump();
}

std::string RosterOf(const core::Policy& policy, const std::vector<core::Rep>& reps) {
  std::string yaml = absl::StrCat("apiVersion: baton.dev/v1\nkind: Roster\nmetadata: {workspace: ",
                                  policy.workspace.str(), "}\nspec:\n  reps:\n");
  for (const core::Rep& rep : reps) {
    absl::StrAppend(&yaml, "    - {id: ", rep.id.str(), ", display_name: ", rep.display_name,
                    ", queues: [", rep.queues.front().str(), "], weight: ", rep.weight,
                    ", capacity: ", rep.capacity, ", skills: [], presence: online}\n");
  }
  return yaml;
}

void Write(const std::string& policy_path, const std::filesystem::path& folder, int64_t events) {
  const core::Policy policy = PolicyOf(policy_path);
  std::ofstream input(folder / "input.jsonl"), feedback(folder / "feedback.jsonl");
  int64_t changes = 0;
  Site site(policy, [&](const platform::kafka::Record& record) {
    const bool is_feedback = absl::EndsWith(record.topic, ".feedback.v1");
    if (is_feedback) ++changes;
    (is_feedback ? feedback : input) << DumpOf(record) << "\n";
  });
  site.Live(events);
  std::ofstream roster(folder / "roster.yaml");
  roster << RosterOf(policy, site.reps());
  for (std::ofstream* file : {&input, &feedback, &roster}) {
    file->close();
    MustHold(file->good(), "cannot write");
  }
  std::printf("{\"events\": %s, \"changes\": %s}\n", std::to_string(events).c_str(),
              std::to_string(changes).c_str());
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  std::string policy, folder;
  int64_t events = 1'000'000;
  CLI::App app("Writes the recording of a site that never was");
  app.add_option("--policy", policy, "tests/bench/policy.yaml")->required();
  app.add_option("--dir", folder, "Where it is written")->required();
  app.add_option("--events", events, "Lead events")->check(CLI::Range(1, 10'000'000));
  CLI11_PARSE(app, argc, argv);
  baton::bench::Write(policy, folder, events);
  return 0;
}
