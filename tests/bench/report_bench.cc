// Reports over many cycles: 90 days of them, all within one workspace.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/report.h"

namespace baton::reports {
namespace {

constexpr core::TimeMs kBegin = 1'772'409'600'000;
constexpr core::TimeMs kEnd = kBegin + 90 * core::kDayMs;

// What becomes of a lead, as often as it does: a quarter stays in nurture, a tenth wins.
Cycle MakeCycle(int64_t number, std::mt19937& random) {
  const auto some = [&random](unsigned below) { return static_cast<int64_t>(random() % below); };
  Cycle cycle;
  cycle.captured_at_ms = cycle.began_at_ms = kBegin + number * 7'776;
  cycle.signal_at_ms = cycle.began_at_ms - 20;
  cycle.last_at_ms = cycle.began_at_ms;
  cycle.source = absl::StrCat("//source/", some(10));
  cycle.campaign = absl::StrCat("campaign-", some(50));
  cycle.policy_revision = 1 + some(3);
  for (int i = 0; i < 4; ++i) cycle.factors.push_back(absl::StrCat("fit/rule-", some(20)));
  cycle.stage = core::Stage::kOffered;
  const core::TimeMs at_ms = cycle.delivered_at_ms = cycle.began_at_ms + 50 + some(1000);
  cycle.offers.push_back({.generation = 1,
                          .queue = absl::StrCat("queue-", some(8)),
                          .rep = absl::StrCat("rep-", some(200)),
                          .at_ms = at_ms,
                          .deadline_ms = at_ms + core::kHourMs});
  if (some(10) == 0) return cycle;
  Offer& offer = cycle.offers.back();
  offer.accepted_at_ms = cycle.accepted_at_ms = at_ms + some(3'600'000);
  cycle.clocks.push_back({"touch", at_ms, false, false, 0, at_ms + 1000, some(5) == 0, at_ms});
  cycle.first_touch_at_ms = cycle.accepted_at_ms + some(3'600'000);
  cycle.touch_offer_at_ms = at_ms;
  cycle.touches = static_cast<int32_t>(some(9));
  cycle.stage = core::Stage::kWorking;
  if (some(3) == 0) {
    cycle.stage = core::Stage::kRejected;
    cycle.rejected_at_ms = cycle.first_touch_at_ms + 1;
    cycle.reason = absl::StrCat("REASON_", some(12));
  } else if (some(6) == 0) {
    cycle.stage = core::Stage::kWon;
    cycle.sql_at_ms = cycle.sqo_at_ms = cycle.won_at_ms = cycle.first_touch_at_ms + 2;
    cycle.amount_minor = some(1'000'000);
    cycle.currency = "EUR";
  }
  return cycle;
}

const CycleTable& Million() {
  static const auto* const table = [] {
    auto* made = new CycleTable();
    std::mt19937 random(1);
    for (int64_t i = 0; i < 1'000'000; ++i) {
      made->Put(absl::StrCat("lead-", i), 1, MakeCycle(i, random));
    }
    return made;
  }();
  return *table;
}

Scope NinetyDays() {
  Scope scope;
  scope.from_ms = kBegin;
  scope.to_ms = scope.now_ms = kEnd;
  return scope;
}

void AllSections(benchmark::State& state) {
  ReportQuery query;
  query.scope = NinetyDays();
  query.dimension = static_cast<Dimension>(state.range(0));
  for (const SectionInfo& section : Sections()) query.sections.push_back(&section);
  const CycleTable& table = Million();
  for (auto _ : state) benchmark::DoNotOptimize(MakeReport(table, query, {}));
}
BENCHMARK(AllSections)->Arg(0)->Arg(2)->Unit(benchmark::kMillisecond);

void OneSection(benchmark::State& state, const char* name) {
  ReportQuery query;
  query.scope = NinetyDays();
  query.sections = {FindSection(name)};
  const CycleTable& table = Million();
  for (auto _ : state) benchmark::DoNotOptimize(MakeReport(table, query, {}));
}
BENCHMARK_CAPTURE(OneSection, funnel, "funnel")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OneSection, sla, "sla")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OneSection, speed, "speed")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OneSection, workload, "workload")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(OneSection, calibration, "calibration")->Unit(benchmark::kMillisecond);

void LeadsOfOneRep(benchmark::State& state) {
  const CycleTable& table = Million();
  const Cell cell = {"workload", "won", "rep-7", "", ""};
  for (auto _ : state) {
    benchmark::DoNotOptimize(CyclesBehind(table, NinetyDays(), Dimension::kNone, cell));
  }
}
BENCHMARK(LeadsOfOneRep)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace baton::reports
