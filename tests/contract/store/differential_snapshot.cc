#include "contract/store/differential_snapshot.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "contract/store/differential_caller.h"
#include "support/describe.h"

namespace baton::contract {
namespace {

using core::WorkspaceId;
using support::Describe;

constexpr core::DurationMs kBeyondAllTimers = 3'650 * core::kDayMs;
constexpr int kPageSize = 50;

using Lines = std::vector<std::string>;

std::vector<store::Workspace> Workspaces(store::Store& store) {
  return UntilAnswered([&] { return store.ListWorkspaces(); })
      .value_or(std::vector<store::Workspace>());
}

std::vector<store::QueueState> Queues(store::Store& store, const WorkspaceId& workspace) {
  return UntilAnswered([&] { return store.ListQueues(workspace); })
      .value_or(std::vector<store::QueueState>());
}

std::vector<store::RepState> Reps(store::Store& store, const WorkspaceId& workspace) {
  return UntilAnswered([&] { return store.ListReps(workspace); })
      .value_or(std::vector<store::RepState>());
}

std::vector<core::LeadRecord> Leads(store::Store& store, const WorkspaceId& workspace) {
  std::vector<core::LeadRecord> records;
  std::string after;
  do {
    const auto page = UntilAnswered([&] { return store.ListLeads(workspace, after, kPageSize); });
    if (!page.ok()) break;
    std::vector<core::LeadKey> keys;
    for (const core::LeadId& lead : page->leads) keys.push_back({workspace, lead});
    const auto loaded = UntilAnswered([&] { return store.Load(keys); });
    if (!loaded.ok()) break;
    for (const auto& record : loaded->records) records.push_back(*record);
    after = page->next_after;
  } while (!after.empty());
  return records;
}

void AddJourney(store::Store& store, const core::LeadKey& key, Lines& lines) {
  int64_t index = 0;
  do {
    const auto page = UntilAnswered([&] { return store.Journey(key, index, kPageSize); });
    if (!page.ok()) return lines.push_back(TextOf(page.status()));
    for (const store::JourneyEntry& entry : page->entries) {
      lines.push_back(absl::StrCat("journey of ", key.lead.str(), ": ", Describe(entry)));
    }
    index = page->next_index;
  } while (index != 0);
}

void AddDecisions(store::Store& store, const core::LeadKey& key, Lines& lines) {
  const auto past = UntilAnswered([&] { return store.Decisions(key); });
  lines.push_back(absl::StrCat("past decisions of ", key.lead.str(), ": ",
                               past.ok() ? Describe(*past) : TextOf(past.status())));
}

void AddOutlook(store::Store& store, const core::LeadKey& key, Lines& lines) {
  const auto outlook = UntilAnswered([&] { return store.OutlookOf(key); });
  lines.push_back(absl::StrCat("outlook of ", key.lead.str(), ": ",
                               outlook.ok() ? Describe(*outlook) : TextOf(outlook.status())));
}

void AddPolicies(store::Store& store, const store::Workspace& workspace, Lines& lines) {
  int64_t before = 0;
  do {
    const auto page =
        UntilAnswered([&] { return store.ListRevisions(workspace.id, before, kPageSize); });
    if (!page.ok()) return lines.push_back(TextOf(page.status()));
    for (const store::PolicyRevision& each : page->revisions) {
      lines.push_back(Describe(each));
      const auto document =
          UntilAnswered([&] { return store.GetPolicy(workspace.id, each.revision); });
      lines.push_back(document.ok() ? Describe(*document) : TextOf(document.status()));
    }
    before = page->next_before;
  } while (before != 0);
}

void AddShadow(store::Store& store, const WorkspaceId& workspace, Lines& lines) {
  const auto run = UntilAnswered([&] { return store.GetShadow(workspace); });
  lines.push_back(run.ok() ? Describe(*run) : TextOf(run.status()));
  if (!run.ok()) return;
  int64_t before = 0;
  do {
    const auto page =
        UntilAnswered([&] { return store.ShadowDifferences(workspace, before, kPageSize); });
    if (!page.ok()) return lines.push_back(TextOf(page.status()));
    for (const core::ShadowDifference& each : page->differences) lines.push_back(Describe(each));
    before = page->next_before;
  } while (before != 0);
}

bool AddsUp(store::Store& store, const WorkspaceId& workspace) {
  using core::ShadowCount;
  const auto run = UntilAnswered([&] { return store.GetShadow(workspace); });
  if (!run.ok()) return absl::IsNotFound(run.status());
  const core::ShadowCounts& counts = run->counts;
  return counts[ShadowCount::kLeads] == counts[ShadowCount::kSame] + counts[ShadowCount::kGained] +
                                            counts[ShadowCount::kLost] +
                                            counts[ShadowCount::kMoved];
}

void AddTimers(store::Store& store, support::ManualClock& clock, Lines& lines) {
  clock.Advance(kBeyondAllTimers);
  for (int shard = 0; shard < store.shards(); shard++) {
    const auto due = UntilAnswered([&] { return store.Due(shard, store::kPageSizeMax, {}); });
    for (const auto& [key, due_at_ms] : due.value_or(store::DueTimers()).timers) {
      lines.push_back(absl::StrCat("timer of shard ", shard, ": ", key.workspace.str(), "/",
                                   key.lead.str(), " at ", due_at_ms));
    }
  }
  clock.Advance(-kBeyondAllTimers);
}

}  // namespace

Lines Snapshot(store::Store& store, support::ManualClock& clock, const std::string& topic) {
  Lines lines;
  for (const store::Workspace& workspace : Workspaces(store)) {
    lines.push_back(Describe(workspace));
    AddPolicies(store, workspace, lines);
    AddShadow(store, workspace.id, lines);
    for (const auto& rep : Reps(store, workspace.id)) lines.push_back(Describe(rep));
    for (const auto& queue : Queues(store, workspace.id)) lines.push_back(Describe(queue));
    for (const core::LeadRecord& record : Leads(store, workspace.id)) {
      lines.push_back(Describe(record));
      AddJourney(store, record.key, lines);
      AddDecisions(store, record.key, lines);
      AddOutlook(store, record.key, lines);
    }
  }
  AddTimers(store, clock, lines);
  for (int shard = 0; shard < store.shards(); shard++) {
    const auto bounds = UntilAnswered([&] { return store.Bounds(shard); });
    lines.push_back(bounds.ok() ? Describe(*bounds) : TextOf(bounds.status()));
  }
  const auto checkpoints = UntilAnswered([&] { return store.Checkpoints(topic); });
  for (const auto& [partition, offset] : checkpoints.value_or(store::InputCheckpoints()).offsets) {
    lines.push_back(absl::StrCat("checkpoint ", partition, ": ", offset));
  }
  const auto counters = UntilAnswered([&] { return store.Counters(store::InputFlow::kMarketing); });
  lines.push_back(counters.ok() ? Describe(*counters) : TextOf(counters.status()));
  return lines;
}

std::vector<store::OutboxEntry> NewOutboxEntries(store::Store& store,
                                                 std::map<int, int64_t>& after) {
  std::vector<store::OutboxEntry> fresh;
  const auto read =
      UntilAnswered([&] { return store.Read(after, store::kPageSizeMax, absl::ZeroDuration()); });
  if (!read.ok()) return fresh;
  for (const auto& [shard, entries] : *read) {
    fresh.insert(fresh.end(), entries.begin(), entries.end());
    after[shard] = entries.back().sequence;
  }
  return fresh;
}

std::string BrokenInvariant(store::Store& store) {
  for (const store::Workspace& workspace : Workspaces(store)) {
    if (!AddsUp(store, workspace.id)) return workspace.id.str() + "'s shadow does not add up";
    std::map<core::LeadId, core::RepId> owners;
    for (const store::RepState& rep : Reps(store, workspace.id)) {
      for (const core::LeadId& lead : rep.open) {
        if (!owners.emplace(lead, rep.rep.id).second) return lead.str() + " has two owners";
      }
    }
    std::map<core::QueueId, int64_t> waiting;
    for (const core::LeadRecord& record : Leads(store, workspace.id)) {
      const std::string lead = record.key.lead.str();
      const auto owner = owners.find(record.key.lead);
      const bool owned = owner != owners.end();
      if (owned != core::IsOwned(record.stage)) return lead + " is owned and its stage is not";
      if (owned && owner->second != record.rep) return lead + " is in another rep's open set";
      if (record.stage == core::Stage::kQueued) waiting[record.queue]++;
      if ((record.due_at_ms != 0) != (record.timer != core::TimerKind::kNone)) {
        return lead + " has half a timer";
      }
    }
    for (const store::QueueState& queue : Queues(store, workspace.id)) {
      if (queue.waiting != waiting[queue.settings.id]) return queue.settings.id.str() + " backlog";
      int64_t sum = 0;
      for (const auto& [rep, owed] : queue.owed_nano) sum += owed;
      if (sum != 0) return queue.settings.id.str() + "'s ledger does not sum to zero";
    }
  }
  return "";
}

}  // namespace baton::contract
