#include "relay/report_counting.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/log.h"

namespace baton::relay {
namespace {

constexpr absl::Duration kForgetEvery = absl::Hours(1);

}  // namespace

ReportCounting::Meters::Meters(platform::Metrics& metrics)
    : changes(metrics.AddCounter("baton_report_changes_total",
                                 "Published changes counted into reports")),
      unreadable(metrics.AddCounter(
          "baton_report_unreadable_total",
          "Stored cycles of reports that could not be read and are counted no more")),
      delay_seconds(metrics.AddHistogram(
          "baton_report_delay_seconds",
          "From a change to reports that count it, of the latest change of each batch", {},
          {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600})),
      assignment_seconds(metrics.AddHistogram(
          "baton_assignment_duration_seconds", "From qualified to the first offer of a cycle", {},
          {0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14'400, 86'400, 604'800})) {}

ReportCounting::ReportCounting(store::OutboxStore& outbox, store::ReportStore& reports,
                               store::WorkspaceStore& workspaces, absl::Duration keep,
                               platform::Metrics& metrics, std::function<absl::Time()> now)
    : outbox_(outbox),
      workspaces_(workspaces),
      keep_(keep),
      now_(std::move(now)),
      counter_(outbox, reports),
      meters_(metrics),
      forget_at_(now_() + kForgetEvery) {}

absl::Status ReportCounting::CatchUp(const std::map<int, int64_t>& published) {
  for (const auto& [shard, upto] : published) {
    // Known and yet behind: a batch was committed although the answer was lost.
    if (counter_.Knows(shard) && counter_.counted(shard) >= upto) continue;
    const absl::Status status = counter_.CatchUp(shard, upto);
    Note(shard);
    if (!status.ok()) return status;
  }
  if (now_() < forget_at_) return absl::OkStatus();
  forget_at_ = now_() + kForgetEvery;
  return ForgetOld(published);
}

absl::Status ReportCounting::Count(int shard, absl::Span<const store::OutboxEntry> entries) {
  if (!counter_.Knows(shard)) return absl::OkStatus();
  if (absl::Status status = counter_.Count(shard, entries); !status.ok()) return status;
  meters_.changes.Add(static_cast<double>(entries.size()));
  const absl::Duration delay = now_() - absl::FromUnixMillis(entries.back().at_ms);
  meters_.delay_seconds.Observe(std::max(absl::ToDoubleSeconds(delay), 0.0));
  Note(shard);
  return absl::OkStatus();
}

void ReportCounting::Note(int shard) {
  for (const core::DurationMs waited : counter_.TakeTimesToFirstOffer()) {
    meters_.assignment_seconds.Observe(static_cast<double>(waited) / core::kSecondMs);
  }
  const int64_t unreadable = counter_.unreadable() - unreadable_told_;
  if (unreadable == 0) return;
  platform::LogError("relay.report_unreadable",
                     {{"shard", absl::StrCat(shard)}, {"cycles", absl::StrCat(unreadable)}});
  meters_.unreadable.Add(static_cast<double>(unreadable));
  unreadable_told_ += unreadable;
}

absl::Status ReportCounting::ForgetOld(const std::map<int, int64_t>& shards) {
  const auto workspaces = workspaces_.ListWorkspaces();
  if (!workspaces.ok()) return workspaces.status();
  const core::TimeMs before_ms = absl::ToUnixMillis(now_() - keep_);
  for (const store::Workspace& workspace : *workspaces) {
    if (!shards.contains(outbox_.ShardOf(workspace.id))) continue;
    const auto dropped = counter_.ForgetOld(workspace.id, before_ms);
    if (!dropped.ok()) return dropped.status();
    if (*dropped == 0) continue;
    platform::LogInfo("relay.report_cycles_dropped",
                      {{"workspace", workspace.id.str()}, {"cycles", absl::StrCat(*dropped)}});
  }
  return absl::OkStatus();
}

}  // namespace baton::relay
