// The pure core by itself: what one event, one decision, one choice costs without any server.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/decide.h"
#include "core/facts.h"
#include "core/lead_functions.h"
#include "core/qualification.h"
#include "core/table_functions.h"
#include "expression/program.h"
#include "policy/parse_policy.h"
#include "support/builders.h"

namespace baton {
namespace {

// The first event of a lead and what visitors do next, `count` in all.
std::vector<core::LeadEvent> Events(int64_t count) {
  std::vector<core::LeadEvent> events = {support::QualifyingCapture()};
  for (int64_t i = 1; i < count; ++i) {
    events.push_back(support::Activity(absl::StrCat("e", i + 1), "page_view",
                                       support::kNow + i * core::kSecondMs));
  }
  return events;
}

void DecideNewLead(benchmark::State& state) {
  const core::Policy policy = support::SamplePolicy();
  const std::vector<core::LeadEvent> events = Events(state.range(0));
  core::LeadRecord record;
  record.key = support::Key();
  for (auto _ : state) {
    benchmark::DoNotOptimize(core::DecideEvents(record, events, &policy, support::kNow));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(DecideNewLead)->Arg(1)->Arg(20);

void ChooseAmongReps(benchmark::State& state) {
  std::vector<core::Member> members;
  for (int64_t i = 0; i < state.range(0); ++i) {
    members.push_back(
        support::SampleMember(absl::StrFormat("rep-%05d", i), 1 + static_cast<int32_t>(i % 3)));
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(core::ChooseRep(members, {}, {}));
  }
}
BENCHMARK(ChooseAmongReps)->Arg(10)->Arg(1000);

void DecideAccept(benchmark::State& state) {
  const core::Policy policy = support::SamplePolicy();
  const core::LeadRecord record = support::RecordIn(core::Stage::kOffered);
  core::Action action;
  action.type = core::ActionType::kAccept;
  action.generation = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(core::DecideAction(record, action, &policy, support::kNow));
  }
}
BENCHMARK(DecideAccept);

// A condition as policies have them, of a lead for which all of it must be looked at.
void EvaluateCondition(benchmark::State& state) {
  expression::Environment environment;
  environment.AddVariable("lead.employees", expression::Kind::kInt);
  environment.AddVariable("lead.industry", expression::Kind::kString);
  environment.AddVariable("lead.email", expression::Kind::kString);
  const auto compiled = expression::Program::Compile(
      "lead.employees >= 200 && lead.employees < 5000 && lead.industry in ['saas', 'retail'] && "
      "has(lead.email)",
      environment);
  const auto& program = std::get<expression::Program>(compiled);
  const std::vector<expression::Value> variables = {expression::Value::Int(300),
                                                    expression::Value::String("retail"),
                                                    expression::Value::String("a@b.example")};
  expression::Scratch scratch;
  for (auto _ : state) {
    benchmark::DoNotOptimize(program.Evaluate(variables, scratch));
    scratch.Reset();
  }
}
BENCHMARK(EvaluateCondition);

// lookup() in tables of so many rows, each time another key.
void LookIntoTable(benchmark::State& state) {
  const int64_t rows = state.range(0);
  std::string csv = "postcode,territory\n";
  for (int64_t i = 0; i < rows; ++i) absl::StrAppend(&csv, 10'000 + i, ",territory", i % 50, "\n");
  expression::Environment environment;
  environment.AddVariable("lead.postcode", expression::Kind::kString);
  core::AddTableFunctions({{"postcodes", core::LookupTable::Parse(csv).table}}, environment);
  const auto compiled = expression::Program::Compile(
      "lookup('postcodes', lead.postcode) == 'territory7'", environment);
  const auto& program = std::get<expression::Program>(compiled);
  core::LeadHost host;
  expression::Scratch scratch;
  scratch.set_host(&host);
  std::vector<std::string> keys;
  for (int64_t i = 0; i < 1024; ++i) keys.push_back(absl::StrCat(10'000 + i * 7919 % rows));
  size_t next = 0;
  for (auto _ : state) {
    const std::vector<expression::Value> variables = {
        expression::Value::String(keys[next++ % keys.size()])};
    benchmark::DoNotOptimize(program.Evaluate(variables, scratch));
    scratch.Reset();
  }
}
BENCHMARK(LookIntoTable)->Arg(100)->Arg(100'000);

// A lead with all that facts can hold, of what the rules below read.
core::Facts FullLead() {
  core::Facts facts;
  facts.attributes["text"].value = std::string(core::kAttributeBytesMax, 'x');
  facts.attributes["list"].value = std::vector<std::string>(128, "abcdefg");
  for (int activity = 0; activity < 64; ++activity) {
    std::map<int32_t, int64_t>& days = facts.activities[absl::StrCat("activity", activity)];
    for (int day = 0; day < 400; ++day) days[20'000 + day] = 3;
  }
  for (size_t i = 0; i < core::kTypesWithPropertiesMax; ++i) {
    core::Occasions& occasions = facts.occasions[absl::StrCat("activity", i)];
    for (int n = 0; n < static_cast<int>(core::kOccasionsMax); ++n) {
      occasions[{20'399 - n, {{"path", absl::StrCat(std::string(100, '/'), n)}}}] = 3;
    }
  }
  return facts;
}

// As many fit rules as are legal with `when` (1,000, or fewer if they take too many steps), and as
// many intent rules as are left of 1,000. A `when` that reads event is one of intent rules instead.
std::string WorstPolicy(const std::string& when, int64_t fit_rules) {
  std::string yaml =
      "apiVersion: baton.dev/v1\nkind: HandoffPolicy\nmetadata: {workspace: w, name: n}\nspec:\n"
      "  attributes: {text: string, list: list(string)}\n  event_properties: {path: string}\n"
      "  scoring:\n";
  const bool by_event = absl::StrContains(when, "event.");
  absl::StrAppend(&yaml, by_event ? "    intent:\n" : "    fit:\n");
  for (int64_t i = 0; i < fit_rules; ++i) {
    const std::string counted = absl::StrCat(", half_life: 7d, activity: activity", i % 16);
    absl::StrAppend(&yaml, "      - {name: f", i, by_event ? counted : "", ", points: 1, when: '",
                    when, "'}\n");
  }
  absl::StrAppend(&yaml, fit_rules == 999 || by_event ? "" : "    intent:\n");
  for (int64_t i = 0; i < 999 - fit_rules; ++i) {
    absl::StrAppend(&yaml, "      - {name: i", i, ", activity: activity", i % 64,
                    ", points: 1, half_life: ", 720 + i, "h}\n");
  }
  return yaml +
         "  definition: {mql: intent < 0}\n"
         "  routing: [{default: true, to: {queue: q}}]\n  queues: {q: {mode: direct}}\n";
}

// The most expensive conditions that a policy may have, by what they spend their steps on.
void JudgeByTheWorstPolicy(benchmark::State& state, const std::string& when) {
  int64_t rules = 0;
  for (int64_t step = 512; step > 0; step /= 2) {
    if (rules + step > 999) continue;
    if (policy::ParsePolicy(WorstPolicy(when, rules + step), "p").ok()) rules += step;
  }
  const policy::ParsedPolicy parsed = policy::ParsePolicy(WorstPolicy(when, rules), "p");
  const core::Facts facts = FullLead();
  for (auto _ : state) {
    benchmark::DoNotOptimize(core::Judge(facts, parsed.policy, 20'400 * core::kDayMs));
  }
  state.counters["fit_rules"] = static_cast<double>(rules);
}
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, comparisons,
                  "lead.text == \"a\" || lead.text == \"b\" || lead.text < \"x\"");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, decay, "[[true]]");  // no condition: intent rules only
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, lists, "lead.list.all(x, x != \"a\")");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, pairs,
                  "lead.list.exists(a, lead.list.exists(b, a + b == \"\"))");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, contains, "lead.text.contains(\"xxxxxxxxxxy\")");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, patterns, "lead.text.matches(\"(x+x+)+y\")");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, made_patterns, "lead.text.matches(lead.text + \"y\")");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, texts,
                  "lead.text.upperAscii().replace(\"X\", \"yy\").size() < 5");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, splits, "lead.text.split(\"\").join(\"-\") == \"\"");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, doubling,
                  "(lead.text + lead.text + lead.text + lead.text + lead.text) < \"x\"");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, timestamps,
                  "timestamp(\"2026-01-01T00:00:00Z\").getFullYear(\"Europe/Berlin\") == 5");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, errors, "lead.email == \"a\"");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, events, "event.path > \"/\"");
BENCHMARK_CAPTURE(JudgeByTheWorstPolicy, event_errors, "event.path == lead.email");

}  // namespace
}  // namespace baton

BENCHMARK_MAIN();
