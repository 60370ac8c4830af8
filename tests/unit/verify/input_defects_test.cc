// Planted defects of intake: each is found and named.
#include <gtest/gtest.h>

#include "history.h"

namespace baton::verify {
namespace {

TEST(InputDefectsTest, ARecordThatWasNeitherAppliedNorDeadLettered) {
  History history = CleanHistory();  // the offset was committed too early
  StoredLead& ann = history.lead("ann");
  ann.recent_events.pop_back();
  ann.applied = 1;
  const Verdict verdict = Examine(history);
  EXPECT_TRUE(Names(verdict, Check::kConservation,
                    "in partition 0 offset 1 (lead w/ann) is neither applied nor dead-lettered"));
  EXPECT_FALSE(verdict.equation.holds());
}

TEST(InputDefectsTest, ALeadThatIsNotInTheStore) {
  History history = CleanHistory();
  history.inputs.push_back({1, 1, "carl", "d"});
  history.checkpoints[1] = 2;
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "in partition 1 offset 1 (lead w/carl) is neither applied"));
}

// An event of an account, applied; its id is that of a lead too.
History WithAnAccount() {
  History history = CleanHistory();
  history.inputs.push_back({1, 1, "ann", "crm-1", "bytes", true, true});
  history.inputs.push_back({1, 2, "ann", "crm-1", "bytes", true, true});
  history.checkpoints[1] = 3;
  history.accounts.push_back({"w", "ann", 1, {Fingerprint("//crm", "crm-1")}});
  history.totals.input += 2;
  history.totals.applied += 1;
  history.totals.duplicates += 1;
  return history;
}

TEST(InputDefectsTest, AccountsAreFollowedLikeLeads) {
  const Verdict verdict = Examine(WithAnAccount());
  EXPECT_EQ(verdict.findings.violations(), 0);
  EXPECT_TRUE(verdict.equation.holds());
}

TEST(InputDefectsTest, AnAccountsEventThatWasLost) {
  History history = WithAnAccount();
  history.accounts.front().recent_events.clear();
  history.accounts.front().applied = 0;
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "in partition 1 offset 1 (account w/accounts/ann) is neither applied"));
}

TEST(InputDefectsTest, AnAccountThatIsNotInTheStore) {
  History history = WithAnAccount();
  history.accounts.clear();
  EXPECT_TRUE(Names(Examine(history), Check::kConservation, "(account w/accounts/ann)"));
}

// A second topic, whose first record is carl's and whose second one a dead letter.
History WithTwoTopics() {
  History history = CleanHistory();
  history.more_topics = {{"own", {{0, 2}}, {{0, 0}}}};
  history.inputs.push_back({0, 0, "carl", "a", "bytes", true, false, 1});
  history.inputs.push_back({0, 1, "", "", "junk", false, false, 1});
  history.letters.push_back({0, 1, "bad_json", "no", "junk", true, 1});
  StoredLead carl = history.lead("bob");
  carl.lead = "carl";
  carl.stage = core::Stage::kNurture;
  carl.version = carl.generation = carl.due_at_ms = 0;
  carl.timer = core::TimerKind::kNone;
  carl.applied = 1;
  carl.passed.clear();
  carl.recent_events = {Fingerprint("//crm", "a")};
  carl.candidates.clear();
  carl.choice.reset();
  history.leads.push_back(carl);
  history.totals.input += 2;
  history.totals.applied += 1;
  history.totals.dead_lettered += 1;
  return history;
}

TEST(InputDefectsTest, RecordsOfEachTopicAreFollowed) {
  const Verdict verdict = Examine(WithTwoTopics());
  EXPECT_EQ(verdict.findings.of(Check::kConservation).violations, 0);
  EXPECT_EQ(verdict.findings.of(Check::kDeadLetters).violations, 0);
  EXPECT_EQ(verdict.findings.of(Check::kCounters).violations, 0);
  EXPECT_EQ(verdict.equation.input, CleanHistory().totals.input + 2);
  EXPECT_TRUE(verdict.equation.holds());
}

TEST(InputDefectsTest, ARecordOfTheSecondTopicThatWasLost) {
  History history = WithTwoTopics();
  history.leads.pop_back();
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "own partition 0 offset 0 (lead w/carl) is neither applied"));
}

TEST(InputDefectsTest, ADeadLetterOfTheSecondTopicIsNoneOfTheFirst) {
  History history = WithTwoTopics();
  history.letters.back().topic = 0;
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "own partition 0 offset 1 names no lead, source and id and is no dead letter"));
}

TEST(InputDefectsTest, ATopicThatIsNotNamedIsMissed) {
  History history = WithTwoTopics();
  history.more_topics.clear();
  history.inputs.resize(CleanHistory().inputs.size());
  history.letters.pop_back();
  EXPECT_TRUE(Names(Examine(history), Check::kCounters, "input records"));
}

TEST(InputDefectsTest, OfATopicMadeAnewEarlierDeadLettersAndCountsAreLeft) {
  History history = CleanHistory();
  history.letters.push_back({0, 0, "bad_json", "no", "of the topic before", true});
  Letter before = history.letters.front();  // at the place of one that there is now
  before.value = "of the topic before";
  history.letters.insert(history.letters.begin(), before);
  history.letters.push_back(before);
  history.letters.push_back({0, 99, "bad_json", "no", "of the topic before", true});
  history.totals.input += 7;
  EXPECT_GT(Examine(history).findings.violations(), 0);
  history.made_anew = true;
  const Verdict verdict = Examine(history);
  EXPECT_EQ(verdict.findings.violations(), 0);
  EXPECT_EQ(verdict.equation.dead_lettered, 1);
}

TEST(InputDefectsTest, ALostDeadLetter) {
  History history = CleanHistory();
  history.letters.clear();
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "in partition 0 offset 3 names no lead, source and id and is no dead letter"));
}

TEST(InputDefectsTest, ARepetitionThatWasApplied) {
  History history = CleanHistory();  // no deduplication
  StoredLead& ann = history.lead("ann");
  ann.recent_events.push_back(ann.recent_events.front());
  ann.applied = 3;
  const Verdict verdict = Examine(history);
  EXPECT_TRUE(Names(verdict, Check::kConservation, "lead w/ann applied the same event twice"));
  EXPECT_TRUE(Names(verdict, Check::kConservation, "lead w/ann applied 3 events"));
}

TEST(InputDefectsTest, AnEventFromNowhere) {
  History history = CleanHistory();
  history.lead("bob").recent_events.push_back(Fingerprint("//crm", "x"));
  EXPECT_TRUE(Names(Examine(history), Check::kConservation,
                    "lead w/bob applied an event that is in no record"));
}

TEST(InputDefectsTest, ADeadLetterThatWasAppliedAsWell) {
  History history = CleanHistory();
  history.letters.push_back({1, 0});
  EXPECT_TRUE(Names(Examine(history), Check::kConservation, "or only in a dead letter"));
}

TEST(InputDefectsTest, ADeadLetterWithoutReason) {
  History history = CleanHistory();
  history.letters.front().reason = "";
  EXPECT_TRUE(Names(Examine(history), Check::kDeadLetters, "has no reason"));
}

TEST(InputDefectsTest, ADeadLetterWithoutOrigin) {
  History history = CleanHistory();
  history.letters.front().names_origin = false;
  EXPECT_TRUE(Names(Examine(history), Check::kDeadLetters, "does not name its origin"));
}

TEST(InputDefectsTest, ADeadLetterWithOtherBytes) {
  History history = CleanHistory();
  history.letters.front().value = "brokex";
  EXPECT_TRUE(Names(Examine(history), Check::kDeadLetters, "offset 3: its dead letter has other"));
}

TEST(InputDefectsTest, TwoDeadLettersOfOneRecordThatDiffer) {
  History history = CleanHistory();
  history.letters.push_back(history.letters.front());
  history.letters.back().value = "other";
  EXPECT_TRUE(Names(Examine(history), Check::kDeadLetters, "is another one of in partition 0"));
}

TEST(InputDefectsTest, ADeadLetterOfARecordThatWasNotRead) {
  History history = CleanHistory();
  history.letters.push_back({1, 7});
  EXPECT_TRUE(Names(Examine(history), Check::kDeadLetters, "offset 7 has a dead letter"));
}

TEST(InputDefectsTest, CountersThatAreWrong) {
  for (int64_t StoredTotals::*total : {&StoredTotals::input, &StoredTotals::applied,
                                       &StoredTotals::duplicates, &StoredTotals::dead_lettered}) {
    History history = CleanHistory();
    ++(history.totals.*total);
    EXPECT_TRUE(Names(Examine(history), Check::kCounters, "the services count"));
  }
}

}  // namespace
}  // namespace baton::verify
