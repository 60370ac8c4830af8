// A small history, whole and sound: two leads of workspace w, three records and a dead letter.
// Tests break one thing and look for the violation that names it.
#ifndef BATON_TESTS_UNIT_VERIFY_HISTORY_H_
#define BATON_TESTS_UNIT_VERIFY_HISTORY_H_

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "verify/change_history.h"
#include "verify/hashes.h"
#include "verify/input_history.h"
#include "verify/lead_states.h"
#include "verify/order_check.h"
#include "verify/store_check.h"

namespace baton::verify {

// `topic`: of the history's topics.
struct Input {
  int32_t partition = 0;
  int64_t offset = 0;
  std::string lead, id;
  std::string value = "bytes";
  bool readable = true;
  bool of_account = false;  // `lead` is the id of an account
  int32_t topic = 0;
  int64_t published_ms = 0;
};

struct Letter {
  int32_t partition = 0;
  int64_t offset = 0;
  std::string error_class = "bad_value", reason = "no";
  std::string value = "bytes";
  bool names_origin = true;
  int32_t topic = 0;
  int64_t published_ms = 0;
  int32_t own_partition = 0;  // in which the letter stands
};

struct Change {
  std::string lead;
  int64_t version = 0;
  core::ChangeType change = core::ChangeType::kQualified;
  core::Stage stage = core::Stage::kMql;
  std::string rep;
  int64_t generation = 0;
  int64_t time_ms = 0;
  int64_t deadline_ms = 0;
  int64_t epoch = 1;
  int32_t cycle = 1;
  std::string queue = "q";
  std::string event_id;  // empty: the right one
  int64_t published_ms = 0;
  int32_t partition = 0;
};

struct History {
  std::map<int32_t, int64_t> checkpoints;
  Begins begins, letter_begins, feedback_begins, assignment_begins;
  int64_t gone_until_ms = kNobodyKnows;  // of dead letters, feedback and assignments
  bool made_anew = false;
  std::vector<InputTopic> more_topics;  // from number 1 on
  std::vector<Letter> letters;
  std::vector<Input> inputs;
  std::vector<Change> feedback;
  std::vector<Change> assignments;
  std::vector<Change> states;
  std::vector<StoredWorkspace> workspaces;
  std::vector<StoredLead> leads;
  std::vector<StoredAccount> accounts;
  StoredTotals totals;

  StoredLead& lead(const std::string& id);
  StoredRep& rep(const std::string& id);
  StoredWorkspace& workspace() { return workspaces.front(); }
};

// Lead "ann" has applied a, b (a came twice), is ACCEPTED by ada; lead "bob" was offered to ada,
// declined, and waits in q for its next try; record 3 is a dead letter.
History CleanHistory();

struct Verdict {
  InputEquation equation;
  Findings findings;
  int64_t waiting = 0;
  std::vector<std::string> notes;
};
Verdict Examine(const History& history);

// One violation of the check contains `text`; else tells all that were found.
testing::AssertionResult Names(const Verdict& verdict, Check check, const std::string& text);

}  // namespace baton::verify

#endif  // BATON_TESTS_UNIT_VERIFY_HISTORY_H_
