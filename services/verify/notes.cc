#include "verify/notes.h"

#include "absl/strings/str_cat.h"

namespace baton::verify {
namespace {

void NoteChanges(const ChangeHistory& changes, std::vector<std::string>& notes) {
  if (changes.begins_late()) {
    notes.push_back(
        "The oldest feedback is gone by retention: owners and capacity are checked from what is "
        "left on.");
  }
  if (changes.assignments_not_compared() > 0) {
    notes.push_back(absl::StrCat(changes.assignments_not_compared(),
                                 " assignment events were not compared with feedback, which may be "
                                 "gone."));
  }
  if (changes.assignments_begin_late()) {
    notes.push_back(absl::StrCat("The oldest assignment events are gone by retention: those of ",
                                 changes.changes_not_sought(),
                                 " changes of owners, from before what is left, were not "
                                 "looked for."));
  }
}

void NoteLetters(const DeadLetters& letters, absl::string_view whose, int64_t taken_for_refused,
                 std::vector<std::string>& notes) {
  if (!letters.begin_late()) return;
  notes.push_back(absl::StrCat(
      "The oldest dead letters of ", whose, " are gone by retention: ", taken_for_refused,
      " records from before what is left, of which nothing came, are taken for refused."));
}

void NoteSales(const SalesHistory& sales, std::vector<std::string>& notes) {
  if (sales.partial()) {
    notes.push_back(
        "The oldest events of sales are gone, by retention or with a topic that was made anew: "
        "they are not compared with what the services count.");
  }
  if (sales.not_followed() > 0) {
    notes.push_back(
        absl::StrCat(sales.not_followed(),
                     " events of sales, perhaps from before the oldest feedback that is "
                     "left, were not followed to a change."));
  }
}

}  // namespace

std::vector<std::string> NotesOf(const InputHistory& input, const SalesHistory& sales,
                                 const ChangeHistory& changes) {
  std::vector<std::string> notes;
  if (input.partial()) {
    notes.push_back(
        "The oldest input is gone, by retention or with a topic that was made anew: counts are of "
        "what is left, and of each lead only this is checked.");
  }
  NoteSales(sales, notes);
  NoteLetters(input.letters(), "leads", input.taken_for_refused(), notes);
  NoteLetters(sales.letters(), "sales", sales.taken_for_refused(), notes);
  NoteChanges(changes, notes);
  if (const int64_t repeated = input.letters().repeated() + sales.letters().repeated();
      repeated > 0) {
    notes.push_back(absl::StrCat(repeated,
                                 " dead letters were written again after a restart (same origin, "
                                 "same bytes)."));
  }
  if (changes.corrections() > 0) {
    notes.push_back(absl::StrCat(changes.corrections(),
                                 " versions were published again in a higher epoch: the store had "
                                 "lost them."));
  }
  return notes;
}

}  // namespace baton::verify
