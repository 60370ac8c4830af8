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
  bool recent_known = false;
  bool recent_ordered = false;   // else in any order
  std::vector<uint64_t> recent;  // fingerprints
};

void InputHistory::Add(const DeadLetterRecord& letter) {
  findings_.LookedAt(Check::kDeadLetters);
  const std::string& topic = topics_.NameOf(letter.place.topic);
  const std::string name = absl::StrCat("dead letter at partition ", letter.place.partition,
                                        " offset ", letter.place.offset, " of ", topic);
  if (!letter.origin.has_value() || letter.origin_topic != topic) {
    return findings_.Violation(Check::kDeadLetters, name + " does not name its origin");
  }
  if (letter.error_class.empty() || letter.reason.empty()) {
    findings_.Violation(Check::kDeadLetters, name + " has no reason");
  }
  const Place origin = {letter.origin->partition, letter.origin->offset, letter.place.topic};
  const DeadLetters::Added added = letters_.Add(origin, letter);
  if (added == DeadLetters::Added::kFirst) return;
  // Between a dead letter and the checkpoint behind it a crash may fall: then it is written again.
  ++repeated_letters_;
  if (added == DeadLetters::Added::kAgainWithOtherBytes) {
    findings_.Violation(
        Check::kDeadLetters,
        absl::StrCat(name, " is another one of ", topics_.NameOf(origin), " with other bytes"));
  }
}

void InputHistory::Add(const InputRecord& record) {
  if (!topics_.IsRead(record.place)) {
    ++waiting_;
    return;
  }
  ++equation_.input;
  findings_.LookedAt(Check::kConservation);
  if (MeetsLetter(record)) return;
  if (!record.readable) {
    return findings_.Violation(Check::kConservation,
                               topics_.NameOf(record.place) +
                                   " names no lead, source and id and is no dead letter either");
  }
  key_.assign(record.workspace).append(record.of_account ? "/accounts/" : "/").append(record.lead);
  leads_[key_].push_back({Fingerprint(record.source, record.id), record.place});
}

bool InputHistory::MeetsLetter(const InputRecord& record) {
  const DeadLetters::Met met = letters_.Meet(record);
  if (met == DeadLetters::Met::kNone) return false;
  ++equation_.dead_lettered;
  if (met == DeadLetters::Met::kOneWithOtherBytes) {
    findings_.Violation(Check::kDeadLetters,
                        topics_.NameOf(record.place) + ": its dead letter has other bytes");
  }
  return true;
}

InputHistory::Expected InputHistory::ExpectedOf(const std::vector<Event>& events) {
  Expected expected;
  const bool one_partition =
      std::all_of(events.begin(), events.end(), [&events](const Event& event) {
        return event.place.topic == events.front().place.topic &&
               event.place.partition == events.front().place.partition;
      });
  std::vector<uint64_t>& recent = expected.recent;
  absl::flat_hash_set<uint64_t> distinct;
  for (const Event& event : events) {
    distinct.insert(event.fingerprint);
    if (std::find(recent.begin(), recent.end(), event.fingerprint) != recent.end()) continue;
    if (recent.size() >= kWindow) recent.erase(recent.begin());
    recent.push_back(event.fingerprint);
    ++expected.applied_max;
  }
  expected.recent_ordered = one_partition;
  expected.recent_known = one_partition || distinct.size() <= kWindow;
  expected.applied_min =
      expected.recent_known ? expected.applied_max : static_cast<int64_t>(distinct.size());
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
  if (partial_) {
    equation_.applied += expected.applied_min;
    equation_.duplicates += records - expected.applied_min;
  } else {
    equation_.applied += applied.count;
    equation_.duplicates +=
        records - std::clamp(applied.count, expected.applied_min,
                             std::max(expected.applied_min, expected.applied_max));
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
  of_erased_ += static_cast<int64_t>(found->second.size());
  leads_.erase(found);
}

void InputHistory::Finish(const StoredTotals& totals,
                          const std::function<bool(const std::string& key)>& was_erased) {
  for (const auto& [key, events] : leads_) {
    if (was_erased(key)) {
      of_erased_ += static_cast<int64_t>(events.size());
      continue;
    }
    for (const Event& event : events) Lost(key, event);
  }
  for (const Place& place : letters_.Unmet()) {
    findings_.Violation(
        Check::kDeadLetters,
        topics_.NameOf(place) + " has a dead letter, but is not behind the checkpoint");
  }
  const int64_t applied = std::clamp<int64_t>(totals.applied - equation_.applied, 0, of_erased_);
  equation_.applied += applied;
  equation_.duplicates += of_erased_ - applied;
  if (!partial_) CheckTotals(totals);
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
