#include "relay/report_counting.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/log.h"

namespace baton::relay {
namespace {

constexpr absl::Duration kForgetEvery = absl::Hours(1);

}  // namespace

ReportCounting::ReportCounting(store::OutboxStore& outbox, store::ReportStore& reports,
                               store::WorkspaceStore& workspaces, absl::Duration keep,
                               platform::Metrics& metrics)
    : outbox_(outbox),
      workspaces_(workspaces),
      keep_(keep),
      counter_(outbox, reports),
      counted_(metrics.AddCounter("baton_report_changes_total",
                                  "Published changes counted into reports")),
      unreadable_(metrics.AddCounter(
          "baton_report_unreadable_total",
          "Stored cycles of reports that could not be read and are counted no more")),
      forget_at_(absl::Now() + kForgetEvery) {}

absl::Status ReportCounting::CatchUp(const std::map<int, int64_t>& published) {
  for (const auto& [shard, upto] : published) {
    if (counter_.IsUpToDate(shard)) continue;
    if (absl::Status status = counter_.CatchUp(shard, upto); !status.ok()) return status;
  }
  if (absl::Now() < forget_at_) return absl::OkStatus();
  forget_at_ = absl::Now() + kForgetEvery;
  return ForgetOld(published);
}

absl::Status ReportCounting::Count(int shard, absl::Span<const store::OutboxEntry> entries) {
  if (!counter_.IsUpToDate(shard)) return absl::OkStatus();
  if (absl::Status status = counter_.Count(shard, entries); !status.ok()) return status;
  counted_.Add(static_cast<double>(entries.size()));
  if (counter_.unreadable() == unreadable_told_) return absl::OkStatus();
  platform::LogError("relay.report_unreadable",
                     {{"shard", absl::StrCat(shard)},
                      {"cycles", absl::StrCat(counter_.unreadable() - unreadable_told_)}});
  unreadable_.Add(static_cast<double>(counter_.unreadable() - unreadable_told_));
  unreadable_told_ = counter_.unreadable();
  return absl::OkStatus();
}

absl::Status ReportCounting::ForgetOld(const std::map<int, int64_t>& shards) {
  const auto workspaces = workspaces_.ListWorkspaces();
  if (!workspaces.ok()) return workspaces.status();
  const core::TimeMs before_ms = absl::ToUnixMillis(absl::Now() - keep_);
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
