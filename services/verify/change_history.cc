#include "verify/change_history.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace baton::verify {
namespace {

using core::ChangeType;
using core::Stage;
using core::ToAbsl;

bool ConcernsOwnership(ChangeType change) {
  return EndsOwnership(change) || change == ChangeType::kAssigned ||
         change == ChangeType::kAccepted;
}

bool ConcernsQualification(ChangeType change) {
  return change == ChangeType::kQualified || change == ChangeType::kNurtured ||
         change == ChangeType::kQueued;
}

// Says something of a lead that stays where it is.
bool IsRemark(ChangeType change) {
  return core::IsSlaChange(change) || change == ChangeType::kPaused ||
         change == ChangeType::kResumed || change == ChangeType::kRepAway;
}

// NEW and MQL are passed through without a change of their own.
bool MayMove(Stage from, Stage to, ChangeType change) {
  if (IsRemark(change)) return from == to;
  // Who waits may go on waiting in another queue.
  const bool waits_on = change == ChangeType::kQueued && to == Stage::kQueued;
  if (from == to) return change == ChangeType::kTouched || waits_on;
  const auto via = [to](Stage stage) { return core::IsAllowedMove(stage, to); };
  if (from == Stage::kNew) return via(Stage::kNew) || via(Stage::kScored);
  if (from == Stage::kMql) return via(Stage::kMql) || via(Stage::kQueued);
  return via(from);
}

// Stages in which a change may leave the lead.
bool Fits(ChangeType change, Stage stage) {
  switch (change) {
    case ChangeType::kNurtured:
      return stage == Stage::kNurture;
    case ChangeType::kQualified:
      return stage == Stage::kMql;
    case ChangeType::kQueued:
    case ChangeType::kDeclined:
    case ChangeType::kOfferExpired:
    case ChangeType::kRerouted:
    case ChangeType::kReleased:
    case ChangeType::kPulledBack:
      return stage == Stage::kQueued;
    case ChangeType::kAssigned:
      return stage == Stage::kOffered || stage == Stage::kAccepted;
    case ChangeType::kAccepted:
      return stage == Stage::kAccepted;
    case ChangeType::kTouched:
      return stage == Stage::kWorking || stage == Stage::kSql || stage == Stage::kSqo ||
             stage == Stage::kWon;
    case ChangeType::kRejected:
      return stage == Stage::kRejected;
    case ChangeType::kRecycled:
      return stage == Stage::kRecycled;
    case ChangeType::kSqlConfirmed:
      return stage == Stage::kSql;
    case ChangeType::kSqoOpened:
      return stage == Stage::kSqo;
    case ChangeType::kWon:
      return stage == Stage::kWon;
    case ChangeType::kLost:
      return stage == Stage::kLost;
    case ChangeType::kErased:
      return stage == Stage::kErased;
    case ChangeType::kPaused:
    case ChangeType::kResumed:
      return HasOwner(stage) && stage != Stage::kOffered;
    case ChangeType::kSlaWarned:
    case ChangeType::kSlaEscalated:
    case ChangeType::kSlaBreached:
    case ChangeType::kSlaMet:
    case ChangeType::kRepAway:
      return stage == Stage::kQueued || HasOwner(stage);
  }
  return false;
}

}  // namespace

bool EndsOwnership(ChangeType change) {
  switch (change) {
    case ChangeType::kDeclined:
    case ChangeType::kOfferExpired:
    case ChangeType::kRerouted:
    case ChangeType::kReleased:
    case ChangeType::kPulledBack:
    case ChangeType::kRejected:
    case ChangeType::kRecycled:
    case ChangeType::kWon:
    case ChangeType::kLost:
    case ChangeType::kErased:
      return true;
    default:
      return false;
  }
}

ChangeHistory::ChangeHistory(const Kept& feedback, const Kept& assignments)
    : names_(1),
      feedback_kept_(feedback),
      assignments_kept_(assignments),
      same_partitions_(feedback.begins.size() == assignments.begins.size()) {}

ChangeHistory::Name ChangeHistory::NameOf(std::string_view workspace, std::string_view id) {
  if (id.empty()) return 0;
  key_.assign(workspace).append(1, '/').append(id);
  const auto [entry, is_new] = numbers_.try_emplace(key_, static_cast<Name>(names_.size()));
  if (is_new) names_.push_back(key_);
  return entry->second;
}

ChangeHistory::Name ChangeHistory::Find(const std::string& text) const {
  const auto found = numbers_.find(text);
  return found == numbers_.end() ? 0 : found->second;
}

// The event says what it is about, and its id says the same.
bool ChangeHistory::IsWhole(const ChangeRecord& record, std::string_view topic) {
  const std::string key = absl::StrCat(ToAbsl(record.workspace), "/", ToAbsl(record.lead));
  const std::string id = absl::StrCat(key, "/", record.epoch, "/", record.version);
  if (!record.lead.empty() && record.change && record.stage && record.version > 0 &&
      ToAbsl(record.key) == key && ToAbsl(record.event_id) == id) {
    return true;
  }
  findings_.Violation(
      Check::kVersions,
      absl::StrCat(ToAbsl(topic), " partition ", record.place.partition, " offset ",
                   record.place.offset, ": id '", ToAbsl(record.event_id), "' and key '",
                   ToAbsl(record.key), "' do not fit the data (", id, ")"));
  return false;
}

bool ChangeHistory::IsNext(const ChangeRecord& record, Lead& lead) {
  if (lead.version == 0 && record.version > 1 &&
      feedback_kept_.BeginsLate(record.place.partition)) {
    lead.known = false;
    return true;
  }
  if (lead.version > 0 && record.epoch > lead.epoch && record.version <= lead.version) {
    ++corrections_;
    TakeBack(record, lead);
    return true;
  }
  if (record.version == lead.version + 1 && record.epoch >= lead.epoch) return true;
  if (lead.stage == Stage::kErased && record.version == 1) {  // its mark was among the oldest
    lead.known = false;
    return true;
  }
  const auto what = record.epoch < lead.epoch        ? "goes back to an epoch before "
                    : record.version <= lead.version ? "comes again after "
                                                     : "leaves a gap after ";
  findings_.Violation(Check::kVersions,
                      absl::StrCat("feedback ", ToAbsl(record.event_id), " (partition ",
                                   record.place.partition, " offset ", record.place.offset, ") ",
                                   what, "version ", lead.version, " of epoch ", lead.epoch));
  if (record.version <= lead.version) return false;
  lead.known = false;
  return true;
}

// What the store had lost after it was published: the owner of then owns nothing any more.
void ChangeHistory::TakeBack(const ChangeRecord& record, Lead& lead) {
  if (lead.owner != 0) {
    Event event;
    event.time_ms = record.time_ms;
    event.lead = NameOf(record.workspace, record.lead);
    event.queue = lead.queue;
    event.rep = lead.owner;
    event.cycle = lead.cycle;
    event.change = ChangeType::kRerouted;
    event.stage = lead.stage;
    event.ends_ownership = true;
    events_.push_back(event);
  }
  lead.known = false;
  lead.owner = 0;
}

void ChangeHistory::CheckMove(const ChangeRecord& record, const Lead& lead) {
  findings_.LookedAt(Check::kMoves);
  const ChangeType change = *record.change;
  const Stage to = *record.stage;
  const bool opens = change == ChangeType::kQualified;
  if (MayMove(lead.stage, to, change) && Fits(change, to) &&
      record.cycle == lead.cycle + (opens ? 1 : 0) && record.time_ms >= lead.time_ms) {
    return;
  }
  findings_.Violation(
      Check::kMoves,
      absl::StrCat("feedback ", ToAbsl(record.event_id), ": ", ToAbsl(core::ChangeTypeName(change)),
                   " moves ", ToAbsl(core::StageName(lead.stage)), " of cycle ", lead.cycle, " to ",
                   ToAbsl(core::StageName(to)), " of cycle ", record.cycle,
                   record.time_ms < lead.time_ms ? " back in time" : ""));
}

void ChangeHistory::CheckOwner(const ChangeRecord& record, Name rep, const Lead& lead) {
  findings_.LookedAt(Check::kOwner);
  const ChangeType change = *record.change;
  if (change == ChangeType::kRepAway) return;  // of a rep who may have the lead no more
  const bool assigns = change == ChangeType::kAssigned;
  const Name owner_wanted = assigns || ConcernsQualification(change) ? 0 : rep;
  const int64_t generation_wanted = lead.generation + (assigns ? 1 : 0);
  const bool waits =
      lead.stage == Stage::kQueued && (IsRemark(change) || change == ChangeType::kRejected);
  const bool has_rep =
      ConcernsQualification(change) || waits || change == ChangeType::kErased || rep != 0;
  const Name owner = lead.stage == Stage::kWon ? lead.won_by : lead.owner;
  if (owner == owner_wanted && record.generation == generation_wanted && has_rep) return;
  findings_.Violation(
      Check::kOwner,
      absl::StrCat("feedback ", ToAbsl(record.event_id), ": ", ToAbsl(core::ChangeTypeName(change)),
                   " by '", names_[rep], "' generation ", record.generation, ", but '",
                   names_[owner], "' owns the lead, generation ", lead.generation));
}

void ChangeHistory::CheckExpiry(const ChangeRecord& record, const Lead& lead) {
  findings_.LookedAt(Check::kTimers);
  latest_expiry_ms_ = std::max(latest_expiry_ms_, record.time_ms - lead.deadline_ms);
  if (lead.deadline_ms != 0 && record.time_ms >= lead.deadline_ms) return;
  findings_.Violation(
      Check::kTimers,
      lead.deadline_ms == 0
          ? absl::StrCat("feedback ", ToAbsl(record.event_id),
                         ": an offer without deadline expired")
          : absl::StrCat("feedback ", ToAbsl(record.event_id), ": the offer expired ",
                         lead.deadline_ms - record.time_ms, " ms early"));
}

void ChangeHistory::Take(const ChangeRecord& record, Name name, Lead& lead) {
  const ChangeType change = *record.change;
  const Name rep = NameOf(record.workspace, record.rep);
  Event event;
  event.time_ms = record.time_ms;
  event.lead = name;
  event.queue = NameOf(record.workspace, record.queue);
  event.rep = rep;
  event.cycle = record.cycle;
  event.change = change;
  event.stage = *record.stage;
  event.ends_ownership = EndsOwnership(change) && lead.owner == rep && rep != 0;
  event.charged = record.charged;
  events_.push_back(event);

  lead.epoch = record.epoch;
  lead.version = record.version;
  lead.generation = record.generation;
  lead.cycle = record.cycle;
  lead.stage = *record.stage;
  lead.queue = event.queue;
  lead.time_ms = record.time_ms;
  lead.owner = HasOwner(lead.stage) ? rep : 0;
  lead.won_by = lead.stage == Stage::kWon ? rep : 0;
  if (change == ChangeType::kAssigned) lead.deadline_ms = record.deadline_ms;
  lead.known = true;
  if (change == ChangeType::kErased) lead.was_erased = true;
}

void ChangeHistory::AddFeedback(const ChangeRecord& record) {
  ++feedback_;
  feedback_kept_.Add(record.place.partition, record.published_ms);
  findings_.LookedAt(Check::kVersions);
  if (!IsWhole(record, "feedback")) return;
  const Name name = NameOf(record.workspace, record.lead);
  const Name rep = NameOf(record.workspace, record.rep);
  Lead& lead = leads_[name];
  if (!IsNext(record, lead)) return;
  if (lead.stage == Stage::kErased) {  // the person is back, as a new lead
    lead.stage = Stage::kNew;
    lead.cycle = 0;
  }
  if (lead.known) {
    CheckMove(record, lead);
    CheckOwner(record, rep, lead);
    if (*record.change == ChangeType::kOfferExpired) CheckExpiry(record, lead);
  }
  if (ConcernsOwnership(*record.change)) {
    ownerships_[{name, record.epoch, record.version}] = {record.value_hash, record.published_ms,
                                                         record.place.partition};
  }
  Take(record, name, lead);
}

// The two records of a change have one key and were published in one transaction.
bool ChangeHistory::MayLack(const KeptRecords& other, int32_t partition,
                            int64_t published_ms) const {
  return same_partitions_ ? other.MayLack(partition, published_ms) : other.MayLack(published_ms);
}

void ChangeHistory::AddAssignment(const ChangeRecord& record) {
  assignments_kept_.Add(record.place.partition, record.published_ms);
  if (!IsWhole(record, "assignments")) return;
  const Name name = NameOf(record.workspace, record.lead);
  const auto fault = [&](absl::string_view what) {
    findings_.Violation(Check::kAssignments,
                        absl::StrCat("assignment event ", ToAbsl(record.event_id), " ", what));
  };
  const auto found = ownerships_.find({name, record.epoch, record.version});
  if (found == ownerships_.end() &&
      MayLack(feedback_kept_, record.place.partition, record.published_ms)) {
    ++assignments_not_compared_;
    return;
  }
  findings_.LookedAt(Check::kAssignments);
  if (found == ownerships_.end()) return fault("has no feedback event");
  Ownership& ownership = found->second;
  if (ownership.met) return fault("comes twice");
  ownership.met = true;
  if (ownership.hash != record.value_hash) fault("differs from its feedback event");
  Lead& lead = leads_[name];
  if (std::pair(record.epoch, record.version) <
      std::pair(lead.assignment_epoch, lead.assignment_version)) {
    fault("comes after a later one of the lead");
  }
  lead.assignment_epoch = record.epoch;
  lead.assignment_version = record.version;
}

void ChangeHistory::FinishAssignments() {
  for (const auto& [id, ownership] : ownerships_) {
    if (ownership.met) continue;
    if (MayLack(assignments_kept_, ownership.partition, ownership.published_ms)) {
      ++changes_not_sought_;
      continue;
    }
    findings_.Violation(Check::kAssignments,
                        absl::StrCat("feedback ", names_[id.lead], "/", id.epoch, "/", id.version,
                                     " has no assignment event"));
  }
}

LeadEnd ChangeHistory::EndOf(const std::string& key) const {
  LeadEnd end;
  const auto found = leads_.find(Find(key));
  if (found == leads_.end()) return end;
  const Lead& lead = found->second;
  end.epoch = lead.epoch;
  end.version = lead.version;
  end.generation = lead.generation;
  end.cycle = lead.cycle;
  end.stage = lead.stage;
  const auto id_of = [this](Name name) {
    const std::string& text = names_[name];
    return text.empty() ? text : text.substr(text.find('/') + 1);
  };
  end.queue = id_of(lead.queue);
  end.rep = id_of(lead.owner != 0 ? lead.owner : lead.won_by);
  return end;
}

GivenBack ChangeHistory::AllGivenBack() const {
  GivenBack all;
  for (const Event& event : events_) {
    if (!event.ends_ownership) continue;
    if (event.change == ChangeType::kDeclined || event.change == ChangeType::kRerouted ||
        event.change == ChangeType::kReleased ||
        (event.change == ChangeType::kOfferExpired && !event.charged)) {
      ++all.passed[name(event.rep)];
    } else if (event.change == ChangeType::kRejected || event.change == ChangeType::kRecycled) {
      ++all.returned[name(event.rep)];
    }
  }
  return all;
}

std::vector<std::string> ChangeHistory::Leads() const {
  std::vector<std::string> leads;
  leads.reserve(leads_.size());
  for (const auto& [name, lead] : leads_) {
    if (lead.stage != Stage::kErased) leads.push_back(names_[name]);
  }
  return leads;
}

bool ChangeHistory::WasErased(const std::string& key) const {
  const auto found = leads_.find(Find(key));
  return found != leads_.end() && found->second.was_erased;
}

}  // namespace baton::verify
