#include "verify/sales_history.h"

#include "absl/strings/str_cat.h"
#include "core/plan.h"
#include "core/text.h"
#include "verify/hashes.h"

namespace baton::verify {
namespace {

using core::ToAbsl;

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
  const std::string& topic = topics_.NameOf(letter.place.topic);
  if (!letter.origin.has_value() || letter.origin_topic != topic || letter.error_class.empty() ||
      letter.reason.empty()) {
    findings_.Violation(
        Check::kSales,
        absl::StrCat("the dead letter at partition ", letter.place.partition, " offset ",
                     letter.place.offset, " of ", topic, " does not name its origin and reason"));
    return;
  }
  letters_.Add({letter.origin->partition, letter.origin->offset, letter.place.topic}, letter);
}

void SalesHistory::Add(const InputRecord& record) {
  if (!topics_.IsRead(record.place)) return;
  ++input_;
  findings_.LookedAt(Check::kSales);
  if (letters_.Meet(record) != DeadLetters::Met::kNone) {
    ++dead_lettered_;
  } else if (record.readable) {
    events_.push_back({absl::StrCat(ToAbsl(record.workspace), "/", ToAbsl(record.lead)),
                       std::string(record.source), std::string(record.id), record.place});
  }
}

void SalesHistory::Finish(const StoredTotals& totals, const SalesChanges& changes, bool begins_late,
                          const std::function<bool(const std::string& key)>& was_erased) {
  for (const std::string& sentence : changes.acted_twice()) {
    findings_.Violation(Check::kSales, sentence);
  }
  for (const Event& event : events_) {
    if (begins_late || changes.Has(event.key, event.source, event.id)) continue;
    if (was_erased(event.key)) continue;  // ignored: there was no such lead any more
    findings_.Violation(Check::kSales, absl::StrCat(topics_.NameOf(event.place),
                                                    " is behind the checkpoint, but no change of ",
                                                    event.key, " names it, nor a dead letter"));
  }
  for (const Place& place : letters_.Unmet()) {
    findings_.Violation(Check::kSales, topics_.NameOf(place) +
                                           " has a dead letter, but is not behind the checkpoint");
  }
  CheckCounts(totals);
}

void SalesHistory::CheckCounts(const StoredTotals& totals) {
  if (totals.input != totals.applied + totals.duplicates + totals.dead_lettered + totals.ignored) {
    findings_.Violation(
        Check::kSales,
        absl::StrCat("the services count ", totals.input, " events of sales, not applied ",
                     totals.applied, " + duplicate ", totals.duplicates, " + ignored ",
                     totals.ignored, " + dead-lettered ", totals.dead_lettered));
  }
  if (topics_.partial() || (totals.input == input_ && totals.dead_lettered == dead_lettered_))
    return;
  findings_.Violation(Check::kSales,
                      absl::StrCat("the services count ", totals.input, " events of sales and ",
                                   totals.dead_lettered, " dead letters, found are ", input_,
                                   " and ", dead_lettered_));
}

}  // namespace baton::verify
