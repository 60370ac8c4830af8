// The pure core by itself: what one event, one decision, one choice costs without any server.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/decide.h"
#include "core/facts.h"
#include "core/lead_functions.h"
#include "core/qualification.h"
#include "core/table_functions.h"
#include "expression/program.h"
#include "support/builders.h"
#include "support/worst_policies.h"

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

// The most expensive conditions that a policy may have, by what they spend their steps on: what the
// judgment of a full lead takes, which qualifies.
void JudgeByTheWorstPolicy(benchmark::State& state, const support::WorstPolicy& worst) {
  const core::Policy policy = support::Made(worst);
  const core::Facts facts = support::FullLead();
  for (auto _ : state) {
    benchmark::DoNotOptimize(core::Judge(facts, policy, support::kFullLeadNow));
  }
}

// Likewise the whole decision of its next event.
void DecideByTheWorstPolicy(benchmark::State& state, const support::WorstPolicy& worst) {
  const core::Policy policy = support::Made(worst);
  core::LeadRecord record;
  record.key = support::Key();
  record.facts = support::FullLead();
  const core::LeadEvent event = support::Activity("e1", "activity0", support::kFullLeadNow);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        core::DecideEvents(record, {&event, 1}, &policy, support::kFullLeadNow));
  }
}

void RegisterWorstPolicies() {
  for (const support::WorstPolicy& worst : support::WorstPolicies()) {
    const std::string name(worst.name);
    benchmark::RegisterBenchmark(("JudgeByTheWorstPolicy/" + name).c_str(), JudgeByTheWorstPolicy,
                                 worst);
    benchmark::RegisterBenchmark(("DecideByTheWorstPolicy/" + name).c_str(), DecideByTheWorstPolicy,
                                 worst);
  }
}

}  // namespace
}  // namespace baton

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  baton::RegisterWorstPolicies();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
