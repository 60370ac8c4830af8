#include "core/inputs.h"

#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/escaping.h"
#include "core/qualification.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::Activity;
using support::ConsentEvent;
using support::kNow;
using support::QualifyingCapture;
using support::SamplePolicy;
using support::Updated;

Facts Folded(const std::vector<LeadEvent>& events) {
  Facts facts;
  for (const LeadEvent& event : events) Fold(event, facts);
  return facts;
}

TEST(InputsTest, HoldWhatThePolicyCanSeeAndNoMore) {
  const Facts facts = Folded({QualifyingCapture(), Updated("e2", {{"shoe_size", int64_t{43}}}),
                              Activity("e3", "page_view"), Activity("e4", "newsletter_opened"),
                              ConsentEvent("e5", Consent::kGranted)});
  const Inputs inputs = InputsOf(facts, SamplePolicy());
  EXPECT_TRUE(inputs.attributes.contains("country"));
  EXPECT_FALSE(inputs.attributes.contains("shoe_size"));
  EXPECT_TRUE(inputs.activities.contains("page_view"));
  EXPECT_TRUE(inputs.activities.contains("newsletter_opened"));  // a condition may count it
  EXPECT_EQ(inputs.consent, Consent::kGranted);
}

TEST(InputsTest, AreJudgedAsTheFactsWere) {
  const Policy policy = SamplePolicy();
  const Facts facts = Folded({QualifyingCapture(), Activity("e2", "page_view", kNow - kDayMs, 3),
                              Updated("e3", {{"shoe_size", int64_t{43}}})});
  EXPECT_EQ(Judge(FactsFrom(InputsOf(facts, policy)), policy, kNow + kHourMs),
            Judge(facts, policy, kNow + kHourMs));
}

TEST(InputsTest, AreKeptWithAJudgmentThatQualifiesAlone) {
  const Policy policy = SamplePolicy();
  const Facts facts = Folded({QualifyingCapture()});
  const Judgment qualified = Judge(facts, policy, kNow);
  EXPECT_EQ(qualified.inputs, InputsOf(facts, policy));
  EXPECT_EQ(qualified.inputs_hash, InputsHash(qualified.inputs));
  const Judgment other = Judge(Folded({Activity("e1", "page_view")}), policy, kNow);
  ASSERT_FALSE(other.qualified);
  EXPECT_EQ(other.inputs, Inputs());
  EXPECT_EQ(other.inputs_hash, "");
}

// The canonical encoding as the header describes it, written out by hand.
TEST(InputsTest, TheHashIsThatOfTheEncodingDescribed) {
  Inputs inputs;
  inputs.attributes["employees"] = int64_t{-2};
  inputs.attributes["tags"] = std::vector<std::string>{"a", ""};
  inputs.consent = Consent::kWithdrawn;
  inputs.activities["demo"] = {{20513, 2}};
  EXPECT_EQ(absl::BytesToHexString(InputsHash(inputs)),
            "34ed809a4c699caac60ac033a86040031c2774f04070d506636678a92f970da4");
  EXPECT_EQ(absl::BytesToHexString(InputsHash(Inputs())),
            "0abc6ceba97e15a6c9a97e3993a46cc5bc20dbbd1cd06ef3eeb444321d500624");
  inputs.account["owner"] = std::string("ada");
  EXPECT_EQ(absl::BytesToHexString(InputsHash(inputs)),
            "fa7794dea8431a698a7323e43dc3126147dad5fc9480d8cae9bbff90584e4a5b");
  inputs.account.clear();
  inputs.occasions["demo"] = {{{20513, {{"path", "/x"}}}, 2}, {{20512, {}}, 1}};
  EXPECT_EQ(absl::BytesToHexString(InputsHash(inputs)),
            "bbd0f232b2b232e217741b43598a5c822a96c5e0e3bd70d3f30ab48a17bb862a");
}

TEST(InputsTest, OccasionsAreThoseThatRulesCountWithWhatIsDeclared) {
  Policy policy = SamplePolicy();
  support::Declare(policy, policy.attributes, {{"path", AttributeType::kString}});
  policy.intent = {
      {"pricing", "page_view", 100, 0, kDayMs, support::When(policy, "event.path == '/pricing'")}};
  policy.definition = Condition();
  policy.fit.clear();
  policy.disqualify.clear();
  policy.routing = {{"default", true, {}, policy.routing.back().to}};
  LeadEvent form = support::ActivityWith("e1", {{"path", "/demo"}});
  form.activity = "form_filled";
  const Facts facts =
      Folded({form, support::ActivityWith("e2", {{"path", "/pricing"}, {"session", "s1"}}),
              support::ActivityWith("e3", {{"path", "/pricing"}, {"session", "s2"}}, kNow, 2),
              support::ActivityWith("e4", {{"session", "s2"}})});
  const Inputs inputs = InputsOf(facts, policy);
  EXPECT_EQ(inputs.occasions,
            (std::map<std::string, Occasions>{
                {"page_view", {{{20513, {}}, 1}, {{20513, {{"path", "/pricing"}}}, 3}}}}));
  const Judgment judgment = Judge(facts, policy, kNow + kHourMs);
  EXPECT_EQ(judgment.factors.front().occurrences, 3);
  EXPECT_EQ(Judge(FactsFrom(inputs), policy, kNow + kHourMs), judgment);
}

TEST(InputsTest, TheHashTellsTypesAndPlacesApart) {
  const auto hash = [](const AttributeValue& value) {
    Inputs inputs;
    inputs.attributes["a"] = value;
    return InputsHash(inputs);
  };
  EXPECT_NE(hash(int64_t{1}), hash(1.0));
  EXPECT_NE(hash(int64_t{1}), hash(true));
  EXPECT_NE(hash(std::string("1")), hash(int64_t{1}));
  EXPECT_NE(hash(std::vector<std::string>{"ab"}), hash(std::vector<std::string>{"a", "b"}));
  EXPECT_NE(hash(0.0), hash(-0.0));
  EXPECT_EQ(hash(std::numeric_limits<double>::max()), hash(std::numeric_limits<double>::max()));
}

}  // namespace
}  // namespace baton::core
