#include "verify/input_history.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "verify/hashes.h"

namespace baton::verify {
namespace {

using core::ToAbsl;

// "lead w/ann", "account w/accounts/globex".
std::string WhoIs(const std::string& key) {
  return absl::StrCat(absl::StrContains(key, "/accounts/") ? "account " : "lead ", key);
}

}  // namespace

// What a lead must have applied.
struct InputHistory::Expected {
  int64_t applied_min = 0, applied_max = 0;
  int64_t refusable = 0;  // records that may have been refused instead
  bool recent_known = false;
  bool recent_ordered = false;   // else in any order
  std::vector<uint64_t> recent;  // fingerprints
};

void InputHistory::Add(const DeadLetterRecord& letter) {
  letters_.Add(letter);
}

void InputHistory::Add(const InputRecord& record) {
  if (!topics_.IsRead(record.place)) {
    ++waiting_;
    return;
  }
  ++equation_.input;
  const bool has_letter = letters_.Meet(record);
  const bool may_be_refused = !has_letter && letters_.MayBeGone(record);
  if (!may_be_refused) findings_.LookedAt(Check::kConservation);
  if (has_letter) {
    ++equation_.dead_lettered;
  } else if (record.readable) {
    key_.assign(record.workspace)
        .append(record.of_account ? "/accounts/" : "/")
        .append(record.lead);
    leads_[key_].push_back({Fingerprint(record.source, record.id), record.place, may_be_refused});
  } else if (may_be_refused) {
    TakeForRefused();
  } else {
    findings_.Violation(Check::kConservation,
                        topics_.NameOf(record.place) +
                            " names no lead, source and id and is no dead letter either");
  }
}

// Nothing came of the record, and its letter may be gone by retention.
void InputHistory::TakeForRefused() {
  ++equation_.dead_lettered;
  ++taken_for_refused_;
}

InputHistory::Expected InputHistory::ExpectedOf(const std::vector<Event>& events) {
  Expected expected;
  const bool one_partition =
      std::all_of(events.begin(), events.end(), [&events](const Event& event) {
        return event.place.topic == events.front().place.topic &&
               event.place.partition == events.front().place.partition;
      });
  std::vector<uint64_t>& recent = expected.recent;
  expected.refusable = std::count_if(events.begin(), events.end(), MayBeRefused);
  const bool is_exact = expected.refusable == 0;
  absl::flat_hash_set<uint64_t> distinct;
  for (const Event& event : events) {
    distinct.insert(event.fingerprint);
    if (std::find(recent.begin(), recent.end(), event.fingerprint) != recent.end()) continue;
    if (recent.size() >= kWindow) recent.erase(recent.begin());
    recent.push_back(event.fingerprint);
    ++expected.applied_max;
  }
  expected.recent_ordered = one_partition && is_exact;
  expected.recent_known = expected.recent_ordered || distinct.size() <= kWindow;
  if (!is_exact) {
    distinct.clear();
    for (const Event& event : events) {
      if (!event.may_be_refused) distinct.insert(event.fingerprint);
    }
  }
  expected.applied_min = expected.recent_known && is_exact ? expected.applied_max
                                                           : static_cast<int64_t>(distinct.size());
  if (!expected.recent_known) expected.applied_max = static_cast<int64_t>(events.size());
  return expected;
}

void InputHistory::Lost(const std::string& key, const Event& event) {
  findings_.Violation(Check::kConservation,
                      absl::StrCat(topics_.NameOf(event.place), " (", WhoIs(key),
                                   ") is neither applied nor dead-lettered"));
}

void InputHistory::CheckLead(const StoredLead& lead) {
  CheckApplied({lead.key(), lead.applied, lead.recent_events});
}

void InputHistory::CheckAccount(const StoredAccount& account) {
  CheckApplied({account.key(), account.applied, account.recent_events});
}

void InputHistory::CheckApplied(const Applied& applied) {
  const std::string& key = applied.key;
  const auto found = leads_.find(key);
  const std::vector<Event> events =
      found == leads_.end() ? std::vector<Event>() : std::move(found->second);
  if (found != leads_.end()) leads_.erase(found);
  const Expected expected = ExpectedOf(events);
  const auto records = static_cast<int64_t>(events.size());
  const int64_t applied_here = std::clamp(applied.count, expected.applied_min,
                                          std::max(expected.applied_min, expected.applied_max));
  equation_.applied += partial_ ? applied_here : applied.count;
  equation_.duplicates += records - applied_here;
  refusable_ += std::min(expected.refusable, records - applied_here);
  if (!partial_) {
    if (applied.count > expected.applied_max) {
      findings_.Violation(Check::kConservation,
                          absl::StrCat(WhoIs(key), " applied ", applied.count, " events, its ",
                                       records, " records have ", expected.applied_max,
                                       " to apply: a repetition was applied"));
    } else if (applied.count < expected.applied_min) {
      findings_.Violation(
          Check::kConservation,
          absl::StrCat(WhoIs(key), " applied ", applied.count, " events, its ", records,
                       " records have ", expected.applied_min, " to apply"));
    }
  }
  CheckRecent(applied, events, expected);
}

void InputHistory::CheckRecent(const Applied& applied, const std::vector<Event>& events,
                               const Expected& expected) {
  const std::vector<uint64_t>& stored = applied.recent_events;
  const absl::flat_hash_set<uint64_t> known(stored.begin(), stored.end());
  if (known.size() != stored.size()) {
    findings_.Violation(Check::kConservation,
                        absl::StrCat(WhoIs(applied.key), " applied the same event twice"));
  }
  if (!expected.recent_known || (expected.recent_ordered && expected.recent == stored)) return;
  const absl::flat_hash_set<uint64_t> wanted(expected.recent.begin(), expected.recent.end());
  absl::flat_hash_set<uint64_t> told;
  for (const Event& event : events) {
    if (!wanted.contains(event.fingerprint) || known.contains(event.fingerprint)) continue;
    if (event.may_be_refused) continue;
    // What pushed it out may be in records that are gone.
    if (partial_ && stored.size() >= kWindow) continue;
    if (told.insert(event.fingerprint).second) Lost(applied.key, event);
  }
  if (partial_) return;
  for (const uint64_t fingerprint : stored) {
    if (wanted.contains(fingerprint)) continue;
    findings_.Violation(Check::kConservation,
                        absl::StrCat(WhoIs(applied.key),
                                     " applied an event that is in no record behind the "
                                     "checkpoint, or only in a dead letter"));
  }
}

void InputHistory::SkipLead(const std::string& key) {
  const auto found = leads_.find(key);
  if (found == leads_.end()) return;
  AddErased(found->second);
  leads_.erase(found);
}

void InputHistory::AddErased(const std::vector<Event>& events) {
  of_erased_ += static_cast<int64_t>(events.size());
  refusable_ += std::count_if(events.begin(), events.end(), MayBeRefused);
}

void InputHistory::Finish(const StoredTotals& totals,
                          const std::function<bool(const std::string& key)>& was_erased) {
  for (const auto& [key, events] : leads_) {
    if (was_erased(key)) {
      AddErased(events);
      continue;
    }
    for (const Event& event : events) {
      if (event.may_be_refused) {
        TakeForRefused();
      } else {
        Lost(key, event);
      }
    }
  }
  letters_.Finish();
  const int64_t applied = std::clamp<int64_t>(totals.applied - equation_.applied, 0, of_erased_);
  equation_.applied += applied;
  equation_.duplicates += of_erased_ - applied;
  if (partial_) return;
  const int64_t refused = std::clamp<int64_t>(totals.dead_lettered - equation_.dead_lettered, 0,
                                              std::min(refusable_, equation_.duplicates));
  equation_.duplicates -= refused;
  equation_.dead_lettered += refused;
  taken_for_refused_ += refused;
  CheckTotals(totals);
}

void InputHistory::CheckTotals(const StoredTotals& totals) {
  const auto compare = [this](std::string_view what, int64_t stored, int64_t found) {
    findings_.LookedAt(Check::kCounters);
    if (stored == found) return;
    findings_.Violation(Check::kCounters, absl::StrCat("the services count ", stored, " ",
                                                       ToAbsl(what), ", found are ", found));
  };
  compare("input records", totals.input, equation_.input);
  compare("applied", totals.applied, equation_.applied);
  compare("duplicates", totals.duplicates, equation_.duplicates);
  compare("dead letters", totals.dead_lettered, equation_.dead_lettered);
  if (!equation_.holds()) {
    findings_.Violation(Check::kConservation,
                        absl::StrCat("input ", equation_.input, " is not applied ",
                                     equation_.applied, " + duplicate ", equation_.duplicates,
                                     " + dead-lettered ", equation_.dead_lettered));
  }
}

}  // namespace baton::verify
