#include "verify/sales_history.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/plan.h"
#include "core/text.h"
#include "verify/hashes.h"

namespace baton::verify {
namespace {

using core::ToAbsl;

// So far the time of an event may be ahead of when it was told.
constexpr int64_t kAheadMaxMs = 24 * 60 * 60 * 1000;

// 0: not a time.
int64_t MillisOf(std::string_view text) {
  absl::Time time;
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &time, &error) ? absl::ToUnixMillis(time)
                                                                          : 0;
}

uint64_t CauseOf(std::string_view key, std::string_view source, std::string_view id) {
  return HashOf(absl::StrCat(ToAbsl(key), "\n", ToAbsl(source), "\n", ToAbsl(id)));
}

}  // namespace

void SalesChanges::Add(const ChangeRecord& feedback) {
  if (feedback.source.empty()) return;
  // What the event's own change meant for a clock is said with the same cause.
  if (feedback.change.has_value() && core::IsSlaChange(*feedback.change)) return;
  const auto [entry, is_new] =
      changes_.try_emplace(CauseOf(feedback.key, feedback.source, feedback.cause),
                           Version{feedback.epoch, feedback.version});
  // A higher epoch says again what the store had lost.
  if (is_new || entry->second.epoch != feedback.epoch ||
      entry->second.version == feedback.version) {
    entry->second = {feedback.epoch, feedback.version};
    return;
  }
  acted_twice_.push_back(absl::StrCat(
      "event ", ToAbsl(feedback.cause), " of ", ToAbsl(feedback.source), " changed lead ",
      ToAbsl(feedback.key), " in versions ", entry->second.version, " and ", feedback.version));
}

bool SalesChanges::Has(const std::string& key, std::string_view source, std::string_view id) const {
  return changes_.contains(CauseOf(key, source, id));
}

void SalesHistory::Add(const DeadLetterRecord& letter) {
  letters_.Add(letter);
}

void SalesHistory::Add(const InputRecord& record) {
  if (!topics_.IsRead(record.place)) return;
  ++input_;
  if (letters_.Meet(record)) {
    findings_.LookedAt(Check::kSales);
    ++dead_lettered_;
    return;
  }
  const bool may_be_refused = letters_.MayBeGone(record);
  if (may_be_refused) ++refusable_;
  if (record.readable) {
    events_.push_back({absl::StrCat(ToAbsl(record.workspace), "/", ToAbsl(record.lead)),
                       std::string(record.source), std::string(record.id), MillisOf(record.time),
                       record.place, may_be_refused});
  } else {
    ++for_mapping_;
  }
}

// An event was acted on after it happened, whenever it was told again. Of a lead of which no
// feedback is left nobody knows whether it was erased.
bool SalesHistory::MayBeFromBefore(const ChangeHistory& changes, const Event& event) {
  if (!changes.begins_late()) return false;
  return !changes.HasFeedback(event.key) ||
         changes.feedback_kept().MayLack(event.happened_ms - kAheadMaxMs);
}

void SalesHistory::Follow(const Event& event, const SalesChanges& named,
                          const ChangeHistory& changes) {
  const bool acted = named.Has(event.key, event.source, event.id);
  const bool may_do_nothing = acted || changes.WasErased(event.key);
  if (!may_do_nothing && event.may_be_refused) {
    ++taken_for_refused_;
    return;
  }
  if (!may_do_nothing && MayBeFromBefore(changes, event)) {
    ++not_followed_;
    return;
  }
  findings_.LookedAt(Check::kSales);
  if (may_do_nothing) return;
  findings_.Violation(Check::kSales, absl::StrCat(topics_.NameOf(event.place),
                                                  " is behind the checkpoint, but no change of ",
                                                  event.key, " names it, nor a dead letter"));
}

void SalesHistory::Finish(const StoredTotals& totals, const SalesChanges& named,
                          const ChangeHistory& changes) {
  for (const std::string& sentence : named.acted_twice()) {
    findings_.Violation(Check::kSales, sentence);
  }
  for (const Event& event : events_) Follow(event, named, changes);
  letters_.Finish();
  CheckCounts(totals, changes.begins_late());
}

void SalesHistory::CheckCounts(const StoredTotals& totals, bool changes_begin_late) {
  if (totals.input != totals.applied + totals.duplicates + totals.dead_lettered + totals.ignored) {
    findings_.Violation(
        Check::kSales,
        absl::StrCat("the services count ", totals.input, " events of sales, not applied ",
                     totals.applied, " + duplicate ", totals.duplicates, " + ignored ",
                     totals.ignored, " + dead-lettered ", totals.dead_lettered));
  }
  if (partial()) return;
  findings_.LookedAt(Check::kSales, for_mapping_);
  const int64_t letters_gone = totals.dead_lettered - dead_lettered_;
  if (totals.input != input_ || letters_gone < 0 || letters_gone > refusable_) {
    findings_.Violation(Check::kSales,
                        absl::StrCat("the services count ", totals.input, " events of sales and ",
                                     totals.dead_lettered, " dead letters, found are ", input_,
                                     " and ", dead_lettered_));
  } else if (!changes_begin_late && taken_for_refused_ > letters_gone) {
    findings_.Violation(
        Check::kSales,
        absl::StrCat(taken_for_refused_, " events of sales came to nothing, but only ",
                     letters_gone, " dead letters that the services count are gone"));
  }
}

}  // namespace baton::verify
