// Recorded decisions, sound and with one thing broken at a time.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "baton/store/v1/record.pb.h"
#include "verify/decision_check.h"

namespace baton::verify {
namespace {

using core::CandidateReason;

// SHA-256 of the canonical encoding of attribute employees = -2 and activity demo twice on day
// 20513 after consent was withdrawn, computed outside of Baton.
constexpr char kHash[] = "ebd6629640fa1e1b193c154e5e4b5f1acd63b21d5d79f0425f2c56a586b68210";

// The bytes that `hex` writes; what Abseil has for it depends on its version.
std::string BytesOf(const std::string& hex) {
  std::string bytes;
  for (size_t at = 0; at < hex.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  }
  return bytes;
}

// A choice between ada (weight 3) and ben (weight 1), whom ben won.
StoredLead SampleLead() {
  StoredLead lead;
  lead.workspace = "w";
  lead.lead = "ann";
  lead.cycle = 1;
  lead.generation = 1;
  lead.choice = {4, "weighted_fair"};
  const auto rep = [](const char* id) { return core::RepId::Trusted(id); };
  lead.candidates = {{rep("ada"), CandidateReason::kFairness, 0, 750'000'000, 0, 5},
                     {rep("ben"), CandidateReason::kChosen, 600'000'000, 250'000'000, 4, 5},
                     {rep("cleo"), CandidateReason::kPassed, 900'000'000, 0, 5, 5}};
  store::v1::Published scores;
  scores.set_fit(10);
  scores.set_intent(60);
  for (const int points : {30, -20, 60}) {
    store::v1::Factor& factor = *scores.add_factors();
    factor.set_is_fit(points != 60);
    factor.set_points(points);
  }
  lead.scores = scores.SerializeAsString();
  store::v1::Judgment judgment;
  judgment.set_qualified(true);
  store::v1::Attribute& attribute = *judgment.mutable_inputs()->add_attributes();
  attribute.set_name("employees");
  attribute.mutable_value()->set_int_value(-2);
  store::v1::Attribute& owner = *judgment.mutable_inputs()->add_account();
  owner.set_name("owner");
  owner.mutable_value()->set_string_value("ada");
  judgment.mutable_inputs()->set_consent(store::v1::CONSENT_WITHDRAWN);
  store::v1::Activity& activity = *judgment.mutable_inputs()->add_activities();
  activity.set_type("demo");
  activity.add_days(20513);
  activity.add_counts(2);
  judgment.set_inputs_hash(BytesOf(kHash));
  lead.judgment = judgment.SerializeAsString();
  return lead;
}

CheckResult Examine(const StoredLead& lead) {
  DecisionCheck check;
  check.CheckLead(lead);
  return check.findings().of(Check::kDecisions);
}

void ExpectViolation(const StoredLead& lead, const std::string& text) {
  const CheckResult result = Examine(lead);
  ASSERT_EQ(result.violations, 1) << text;
  EXPECT_NE(result.examples[0].find(text), std::string::npos) << result.examples[0];
}

// {'ada', 1 (chosen), 5, 1000000000, 0, 3}
std::string PastChoice(const std::string& line) {
  return line + "\n" +
         std::string(
             "\x96\xa3"
             "ada\x01\x05\xce\x3b\x9a\xca\x00\x00\x03",
             14);
}

TEST(DecisionDefectsTest, SoundDecisionsHaveNone) {
  StoredLead lead = SampleLead();
  lead.past = {PastChoice("A|1|1|q|1,99,7,weighted_fair,none|||"),
               absl::StrCat("Q|1|", lead.scores.size(), "\n", lead.scores, lead.judgment)};
  const CheckResult result = Examine(lead);
  EXPECT_EQ(result.looked_at, 4);
  EXPECT_EQ(result.violations, 0) << result.examples.front();
}

TEST(DecisionDefectsTest, AnotherWinner) {
  StoredLead lead = SampleLead();
  std::swap(lead.candidates[0].reason, lead.candidates[1].reason);
  ExpectViolation(lead, "lead w/ann, generation 1: computed again ben wins, recorded is ada");
}

TEST(DecisionDefectsTest, NobodyThoughSomebodyCould) {
  StoredLead lead = SampleLead();
  lead.candidates[1].reason = CandidateReason::kFairness;
  ExpectViolation(lead, "computed again ben wins, recorded is nobody");
}

TEST(DecisionDefectsTest, ATieGoesToTheSmallerId) {
  StoredLead lead = SampleLead();
  lead.candidates[0].deviation_nano = 100'000'000;
  ExpectViolation(lead, "computed again ada wins, recorded is ben");
}

TEST(DecisionDefectsTest, AnOwnerWhoCouldHaveIt) {
  StoredLead lead = SampleLead();
  lead.owners = {"cleo", "ada"};  // cleo had passed
  ExpectViolation(lead, "computed again ada wins, recorded is ben");
}

// Ada, who owns the lead, is on leave, and ben got it in her place.
StoredLead LeadOfADelegate() {
  StoredLead lead = SampleLead();
  const auto rep = [](const char* id) { return core::RepId::Trusted(id); };
  lead.owners = {"ada"};
  lead.choice = {0, "owner"};
  lead.candidates = {{rep("ada"), CandidateReason::kPassed, 0, 0, 0, 5},
                     {rep("ben"), CandidateReason::kChosen, 0, 0, 4, 5}};
  return lead;
}

TEST(DecisionDefectsTest, WhoStandsInForAnOwnerOnLeaveGetsTheLead) {
  StoredLead lead = LeadOfADelegate();
  EXPECT_EQ(Examine(lead).violations, 0);
  lead.owners = {"ada", "cleo"};
  lead.choice->weights = 2;  // counted as a turn of ben, though cleo was owed more
  lead.candidates[1].share_nano = 500'000'000;
  lead.candidates.push_back(
      {core::RepId::Trusted("cleo"), CandidateReason::kNotOwner, 9, 500'000'000, 0, 5});
  EXPECT_EQ(Examine(lead).violations, 0);
}

TEST(DecisionDefectsTest, AStandInForAnOwnerWhoCouldHaveIt) {
  StoredLead lead = LeadOfADelegate();
  lead.candidates[0].reason = CandidateReason::kNotOwner;
  ExpectViolation(lead, "computed again ada wins, recorded is ben");
}

TEST(DecisionDefectsTest, AStandInWhoWasFull) {
  StoredLead lead = LeadOfADelegate();
  lead.candidates[1].open = 5;
  ExpectViolation(lead, "computed again nobody wins, recorded is ben");
}

TEST(DecisionDefectsTest, AStandInOfALeadThatNobodyOwns) {
  StoredLead lead = LeadOfADelegate();
  lead.owners.clear();
  ExpectViolation(lead, "computed again nobody wins, recorded is ben");
}

// Ada took the lead from a queue of mode pull.
StoredLead ClaimedLead() {
  StoredLead lead = SampleLead();
  lead.choice = {0, "claimed"};
  lead.owners = {"ben"};
  lead.candidates = {
      {core::RepId::Trusted("ada"), CandidateReason::kChosen, -250'000'000, 0, 4, 5}};
  return lead;
}

TEST(DecisionDefectsTest, WhoClaimsALeadGetsIt) {
  const CheckResult result = Examine(ClaimedLead());
  EXPECT_EQ(result.looked_at, 2);
  EXPECT_EQ(result.violations, 0) << result.examples.front();
}

TEST(DecisionDefectsTest, AClaimBeyondTheCapacity) {
  StoredLead lead = ClaimedLead();
  lead.candidates[0].open = 5;
  ExpectViolation(lead, "computed again nobody wins, recorded is ada");
}

TEST(DecisionDefectsTest, SomebodyWithFewerOpenLeads) {
  StoredLead lead = SampleLead();
  lead.choice->basis = "least_loaded";
  ExpectViolation(lead, "rep ada had fewer open leads than ben, who got it");
}

TEST(DecisionDefectsTest, AShareThatNoWeightGives) {
  StoredLead lead = SampleLead();
  ++lead.candidates[1].share_nano;
  const CheckResult result = Examine(lead);
  EXPECT_EQ(result.violations, 2);  // the weights do not sum up either
  EXPECT_NE(result.examples[0].find("no weight of 4 gives that"), std::string::npos);
}

TEST(DecisionDefectsTest, WeightsThatDoNotSumUp) {
  StoredLead lead = SampleLead();
  lead.candidates.erase(lead.candidates.begin());
  ExpectViolation(lead, "the weights sum to 1, not to 4");
}

TEST(DecisionDefectsTest, FactorsThatDoNotSumToTheScore) {
  StoredLead lead = SampleLead();
  store::v1::Published scores;
  ASSERT_TRUE(scores.ParseFromString(lead.scores));
  scores.set_fit(11);
  lead.scores = scores.SerializeAsString();
  ExpectViolation(lead, "the factors sum to fit 10 and intent 60, recorded are 11 and 60");
}

TEST(DecisionDefectsTest, InputsThatAreNotThoseOfTheHash) {
  StoredLead lead = SampleLead();
  store::v1::Judgment judgment;
  ASSERT_TRUE(judgment.ParseFromString(lead.judgment));
  judgment.mutable_inputs()->mutable_activities(0)->set_counts(0, 3);
  lead.judgment = judgment.SerializeAsString();
  ExpectViolation(lead, "lead w/ann, cycle 1: the inputs have another hash");
}

TEST(DecisionDefectsTest, PastDecisionsThatCannotBeRead) {
  for (const char* element : {"", "X|1|2|3|4|5|6|7|8|9\n", "A|1\n", "Q|1|9\nab",
                              "A|1|1|q|1,99,7,weighted_fair,none|||\nnothing", "Q|1|1\n\xff\xff"}) {
    StoredLead lead = SampleLead();
    lead.past = {element};
    EXPECT_EQ(Examine(lead).violations, 1) << element;
  }
}

TEST(DecisionDefectsTest, APastChoiceIsComputedAgain) {
  StoredLead lead = SampleLead();
  lead.past = {PastChoice("A|1|3|q|1,99,0,weighted_fair,none|||")};
  const CheckResult result = Examine(lead);
  EXPECT_GE(result.violations, 1);
  EXPECT_NE(result.examples[0].find("lead w/ann, generation 3"), std::string::npos);
}

TEST(DecisionDefectsTest, TheHashCoversWhatIsKnownOfSingleOccurrences) {
  StoredLead lead = SampleLead();
  store::v1::Judgment judgment;
  ASSERT_TRUE(judgment.ParseFromString(lead.judgment));
  store::v1::Activity& activity = *judgment.mutable_inputs()->mutable_activities(0);
  store::v1::Occasion& occasion = *activity.add_occasions();
  occasion.set_day(20513);
  occasion.set_count(2);
  store::v1::Attribute& path = *occasion.add_properties();
  path.set_name("path");
  path.mutable_value()->set_string_value("/x");
  store::v1::Occasion& other = *activity.add_occasions();
  other.set_day(20512);
  other.set_count(1);
  // Computed outside of Baton.
  judgment.set_inputs_hash(
      BytesOf("501d95665061cec27044103f26d98b57b2becfc26aa55f48555819799e69798a"));
  lead.judgment = judgment.SerializeAsString();
  EXPECT_EQ(Examine(lead).violations, Examine(SampleLead()).violations);
  judgment.mutable_inputs()->mutable_activities(0)->mutable_occasions(0)->set_count(3);
  lead.judgment = judgment.SerializeAsString();
  EXPECT_EQ(Examine(lead).violations, Examine(SampleLead()).violations + 1);
}

}  // namespace
}  // namespace baton::verify
