#include "history.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "verify/decision_check.h"
#include "verify/notes.h"

namespace baton::verify {
namespace {

using core::CandidateReason;
using core::ChangeType;
using core::RepId;
using core::Stage;

constexpr char kTopic[] = "in";
constexpr char kSource[] = "//crm";
constexpr int64_t kPrioritySpan = int64_t{1} << 45;

ChangeRecord RecordOf(const Change& change, const std::string& key, const std::string& id) {
  ChangeRecord record;
  record.place.partition = change.partition;
  record.published_ms = change.published_ms;
  record.key = key;
  record.event_id = id;
  record.workspace = "w";
  record.lead = change.lead;
  record.queue = change.queue;
  record.rep = change.rep;
  record.change = change.change;
  record.stage = change.stage;
  record.epoch = change.epoch;
  record.version = change.version;
  record.generation = change.generation;
  record.cycle = change.cycle;
  record.time_ms = change.time_ms;
  record.deadline_ms = change.deadline_ms;
  record.value_hash = HashOf(absl::StrCat(change.rep, change.generation, change.time_ms));
  return record;
}

std::string KeyOf(const Change& change) {
  return "w/" + change.lead;
}

std::string EventIdOf(const Change& change) {
  if (!change.event_id.empty()) return change.event_id;
  return absl::StrCat(KeyOf(change), "/", change.epoch, "/", change.version);
}

StoredLead Ann() {
  StoredLead lead;
  lead.workspace = "w";
  lead.lead = "ann";
  lead.version = 3;
  lead.generation = 1;
  lead.cycle = 1;
  lead.stage = Stage::kAccepted;
  lead.queue = "q";
  lead.rep = "ada";
  lead.queued_at_ms = 100;
  lead.applied = 2;
  lead.recent_events = {Fingerprint(kSource, "a"), Fingerprint(kSource, "b")};
  lead.candidates = {
      {RepId::Trusted("ada"), CandidateReason::kChosen, 0, 500'000'000, 0, 2},
      {RepId::Trusted("eve"), CandidateReason::kFairness, 0, 500'000'000, 0, 2},
  };
  lead.choice = {2, "weighted_fair"};
  return lead;
}

StoredLead Bob() {
  StoredLead lead;
  lead.workspace = "w";
  lead.lead = "bob";
  lead.version = 3;
  lead.generation = 1;
  lead.cycle = 1;
  lead.stage = Stage::kQueued;
  lead.queue = "q";
  lead.queued_at_ms = 200;
  lead.due_at_ms = 900;
  lead.timer = core::TimerKind::kRetry;
  lead.applied = 1;
  lead.passed = {"ada"};
  lead.recent_events = {Fingerprint(kSource, "c")};
  return lead;
}

}  // namespace

StoredLead& History::lead(const std::string& id) {
  return *std::find_if(leads.begin(), leads.end(),
                       [&id](const StoredLead& one) { return one.lead == id; });
}

StoredRep& History::rep(const std::string& id) {
  std::vector<StoredRep>& reps = workspace().reps;
  return *std::find_if(reps.begin(), reps.end(),
                       [&id](const StoredRep& one) { return one.id == id; });
}

History CleanHistory() {
  History history;
  history.checkpoints = {{0, 4}, {1, 1}};
  history.begins = {{0, 0}, {1, 0}};
  history.inputs = {{0, 0, "ann", "a"},
                    {0, 1, "ann", "b"},
                    {0, 2, "ann", "a"},
                    {0, 3, "", "", "broken", false},
                    {1, 0, "bob", "c"}};
  history.letters = {{0, 3, "not_parseable", "not JSON", "broken"}};
  history.feedback = {
      {"ann", 1, ChangeType::kQualified, Stage::kMql, "", 0, 100},
      {"ann", 2, ChangeType::kAssigned, Stage::kOffered, "ada", 1, 100, 400},
      {"ann", 3, ChangeType::kAccepted, Stage::kAccepted, "ada", 1, 150},
      {"bob", 1, ChangeType::kQualified, Stage::kMql, "", 0, 200},
      {"bob", 2, ChangeType::kAssigned, Stage::kOffered, "ada", 1, 200, 500},
      {"bob", 3, ChangeType::kOfferExpired, Stage::kQueued, "ada", 1, 500},
  };
  for (const size_t i : {1, 2, 4, 5}) history.assignments.push_back(history.feedback[i]);
  history.states = history.feedback;
  history.states.back().rep = "";  // who passed does not own
  StoredWorkspace workspace;
  workspace.id = "w";
  workspace.epoch = 1;
  workspace.reps = {{"ada", 1, 2, true, {}, {"ann"}}, {"eve", 1, 2, true, {}, {}}};
  workspace.queues = {{"q",
                       {},
                       {{"ada", -500'000'000}, {"eve", 500'000'000}},
                       {{"bob", 200}},
                       {{"bob", 100 * kPrioritySpan + 200}}}};
  workspace.timers = {{"bob", 900}};
  workspace.timers_place = 900;
  history.workspaces = {workspace};
  history.leads = {Ann(), Bob()};
  history.totals = {5, 3, 1, 1};
  return history;
}

Verdict Examine(const History& history) {
  const auto kept = [&history](const Begins& begins) {
    return Kept{begins, history.gone_until_ms};
  };
  std::vector<InputTopic> topics = {{kTopic, history.checkpoints, history.begins, history.made_anew,
                                     kept(history.letter_begins)}};
  topics.insert(topics.end(), history.more_topics.begin(), history.more_topics.end());
  InputHistory input((InputTopics(topics)));
  for (const Letter& letter : history.letters) {
    DeadLetterRecord record;
    record.place = {letter.own_partition, 0, letter.topic};
    record.published_ms = letter.published_ms;
    record.origin_topic = topics[static_cast<size_t>(letter.topic)].name;
    if (letter.names_origin) record.origin = Place{letter.partition, letter.offset};
    record.error_class = letter.error_class;
    record.reason = letter.reason;
    record.value = letter.value;
    input.Add(record);
  }
  for (const Input& one : history.inputs) {
    InputRecord record;
    record.place = {one.partition, one.offset, one.topic};
    record.readable = one.readable;
    record.of_account = one.of_account;
    record.workspace = "w";
    record.lead = one.lead;
    record.source = kSource;
    record.id = one.id;
    record.value = one.value;
    record.published_ms = one.published_ms;
    input.Add(record);
  }
  ChangeHistory changes(kept(history.feedback_begins), kept(history.assignment_begins));
  for (const Change& change : history.feedback) {
    const std::string key = KeyOf(change), id = EventIdOf(change);
    changes.AddFeedback(RecordOf(change, key, id));
  }
  for (const Change& change : history.assignments) {
    const std::string key = KeyOf(change), id = EventIdOf(change);
    changes.AddAssignment(RecordOf(change, key, id));
  }
  changes.FinishAssignments();
  LeadStates states;
  for (const Change& change : history.states) {
    const std::string key = KeyOf(change);
    StateRecord record{key,          "w",          change.lead,    change.queue,      change.rep,
                       change.stage, change.epoch, change.version, change.generation, change.cycle};
    states.Add(record);
  }
  DecisionCheck decisions;
  StoreCheck store;
  const GivenBack given_back = changes.AllGivenBack();
  for (const StoredWorkspace& workspace : history.workspaces) store.Add(workspace, &given_back);
  for (const StoredLead& lead : history.leads) {
    const LeadEnd end = changes.EndOf(lead.key());
    if (changes.WasErased(lead.key())) {
      input.SkipLead(lead.key());
    } else {
      input.CheckLead(lead);
    }
    store.CheckLead(lead, end, changes.begins_late());
    states.CheckLead(lead, end);
    decisions.CheckLead(lead);
  }
  for (const StoredAccount& account : history.accounts) input.CheckAccount(account);
  input.Finish(history.totals,
               [&changes](const std::string& key) { return changes.WasErased(key); });
  store.Finish(changes.Leads());
  states.Finish();
  Verdict verdict;
  verdict.equation = input.equation();
  verdict.waiting = input.waiting();
  verdict.findings = input.findings();
  verdict.findings.Add(changes.findings());
  verdict.findings.Add(states.findings());
  verdict.findings.Add(store.findings());
  verdict.findings.Add(decisions.findings());
  CheckCapacity(changes, store.capacities(), verdict.findings);
  CheckOrder(changes, store.wants(), verdict.findings);
  verdict.notes = NotesOf(input, SalesHistory(InputTopics({})), changes);
  return verdict;
}

testing::AssertionResult Names(const Verdict& verdict, Check check, const std::string& text) {
  for (const std::string& example : verdict.findings.of(check).examples) {
    if (absl::StrContains(example, text)) return testing::AssertionSuccess();
  }
  auto failure = testing::AssertionFailure()
                 << "no violation of " << CheckName(check) << " says '" << text << "'; found:";
  for (size_t i = 0; i < kChecks; ++i) {
    const auto other = static_cast<Check>(i);
    for (const std::string& example : verdict.findings.of(other).examples) {
      failure << "\n  " << CheckName(other) << ": " << example;
    }
  }
  return failure;
}

}  // namespace baton::verify
