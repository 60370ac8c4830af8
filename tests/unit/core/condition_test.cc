#include "core/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::Activity;
using support::ConsentEvent;
using support::kNow;
using support::Updated;
using ::testing::HasSubstr;
using Texts = std::vector<std::string>;

const AttributeTypes kTypes = {{"country", AttributeType::kString},
                               {"employees", AttributeType::kInt},
                               {"budget", AttributeType::kDouble},
                               {"vip", AttributeType::kBool},
                               {"tags", AttributeType::kStringList}};

Facts FactsWith(std::map<std::string, AttributeValue> attributes) {
  Facts facts;
  Fold(Updated("e1", std::move(attributes)), facts);
  return facts;
}

Facts German() {
  return FactsWith({{"country", std::string("DE")}, {"employees", int64_t{300}}});
}

// "dach": Monday to Friday from nine to six in Berlin.
Calendars Zones() {
  CalendarRules rules{.zone = "Europe/Berlin"};
  for (size_t day = 0; day < 5; ++day) rules.week[day] = {{9 * 60, 18 * 60}};
  Calendars calendars;
  calendars.emplace("dach", *Calendar::Make(std::move(rules)));
  return calendars;
}

// A lead asked about one condition.
class Asked {
 public:
  explicit Asked(Facts facts, std::map<std::string, AttributeValue> account = {})
      : facts_(std::move(facts)),
        account_(std::move(account)),
        subjects_(vocabulary_, facts_, account_, kNow, scratch_) {
    subjects_.SetScores(30, -5);
  }

  Truth Evaluate(std::string_view text) { return Compile(text).Evaluate(subjects_, &error_); }

  std::vector<ConditionResult> Explain(std::string_view text, Condition::Extent extent) {
    std::vector<ConditionResult> results;
    truth_ = Compile(text).Explain(subjects_, extent, results, error_);
    return results;
  }

  std::string Found(std::string_view text) {
    return Explain(text, Condition::Extent::kAllTests).at(0).found;
  }

  std::string Problem(std::string_view text) {
    const auto compiled = Condition::Compile(text, vocabulary_);
    const auto* problems = std::get_if<std::vector<expression::Problem>>(&compiled);
    return problems == nullptr ? "" : expression::Describe(problems->front(), text);
  }

  const std::string& error() const { return error_; }
  Truth truth() const { return truth_; }

 private:
  Condition Compile(std::string_view text) {
    return std::get<Condition>(Condition::Compile(text, vocabulary_));
  }

  const Vocabulary vocabulary_{kTypes, Zones()};
  const Facts facts_;
  const std::map<std::string, AttributeValue> account_;
  expression::Scratch scratch_;
  Subjects subjects_;
  std::string error_;
  Truth truth_ = Truth::kErrs;
};

TEST(ConditionTest, EmptyOneHolds) {
  const Vocabulary vocabulary;
  const Facts facts;
  expression::Scratch scratch;
  EXPECT_EQ(Condition().Evaluate(Subjects(vocabulary, facts, {}, kNow, scratch)), Truth::kHolds);
}

TEST(ConditionTest, ReadsAttributesOfEachType) {
  Asked lead(FactsWith({{"country", std::string("DE")},
                        {"employees", int64_t{300}},
                        {"budget", 1.5},
                        {"vip", true},
                        {"tags", Texts{"fibre", "voice"}}}));
  EXPECT_EQ(lead.Evaluate("lead.country == 'DE' && lead.employees == 300 && lead.budget < 2.0 && "
                          "lead.vip && 'voice' in lead.tags && size(lead.tags) == 2"),
            Truth::kHolds);
}

TEST(ConditionTest, AnExplanationIsCappedInBytesAndAllTestsCount) {
  Asked lead(FactsWith({{"country", std::string(1000, 'x')}, {"tags", Texts(200, "fibre")}}));
  std::string text = "has(lead.country)";
  for (int i = 0; i < 80; ++i) {
    absl::StrAppend(&text, " && (lead.country != '", i, "' || size(lead.tags) == 0)");
  }
  const auto results = lead.Explain(text + " && lead.country == ''", Condition::Extent::kAllTests);
  EXPECT_EQ(lead.truth(), Truth::kFails);
  size_t bytes = 0;
  for (const ConditionResult& result : results) bytes += result.bytes();
  EXPECT_GE(bytes, kExplanationBytesMax);
  EXPECT_LT(bytes - results.back().bytes(), kExplanationBytesMax);
}

TEST(ConditionTest, ReadsTheLeadsAccount) {
  Asked lead({}, {{"owner", std::string("ada")},
                  {"customer", true},
                  {"domain", std::string("acme.de")},
                  {"domains", Texts{"acme.com", "acme.de"}}});
  EXPECT_EQ(lead.Evaluate("has(account.owner) && account.owner == 'ada' && account.customer && "
                          "account.domains.exists(d, d == account.domain)"),
            Truth::kHolds);
  EXPECT_EQ(lead.Evaluate("has(account.group)"), Truth::kFails);
  EXPECT_EQ(lead.Found("account.domain.endsWith('.de')"), "acme.de");
}

TEST(ConditionTest, ALeadWithoutAccountHasNoneOfItsFields) {
  Asked lead{Facts()};
  EXPECT_EQ(lead.Evaluate("has(account.owner) || has(account.id)"), Truth::kFails);
  EXPECT_EQ(lead.Evaluate("account.customer"), Truth::kErrs);
  EXPECT_THAT(lead.error(), HasSubstr("account.customer"));
  EXPECT_THAT(lead.Problem("account.ownr == 'ada'"), HasSubstr("owner"));
}

TEST(ConditionTest, ReadsScoresAndConsent) {
  Facts facts;
  Fold(ConsentEvent("e1", Consent::kWithdrawn), facts);
  Asked lead(facts);
  EXPECT_EQ(lead.Evaluate("fit == 30 && intent == -5 && lead.consent == 'withdrawn'"),
            Truth::kHolds);
}

TEST(ConditionTest, AttributeCannotPoseAsAScore) {
  Asked lead(FactsWith({{"fit", int64_t{1000}}, {"consent", std::string("granted")}}));
  EXPECT_EQ(lead.Evaluate("fit == 30 && lead.consent == 'unknown'"), Truth::kHolds);
}

TEST(ConditionTest, AbsentAttributeIsAnErrorThatHasAvoids) {
  Asked lead{Facts()};
  EXPECT_EQ(lead.Evaluate("lead.country == 'DE'"), Truth::kErrs);
  EXPECT_EQ(lead.error(), "no such key: lead.country");
  EXPECT_EQ(lead.Evaluate("has(lead.country) && lead.country == 'DE'"), Truth::kFails);
}

TEST(ConditionTest, FalseOutweighsAnErrorBeforeOrAfterIt) {
  Asked lead(German());
  EXPECT_EQ(lead.Evaluate("lead.vip && lead.country == 'FR'"), Truth::kFails);
  EXPECT_EQ(lead.Evaluate("lead.country == 'FR' && lead.vip"), Truth::kFails);
  EXPECT_EQ(lead.Evaluate("lead.vip && lead.country == 'DE'"), Truth::kErrs);
}

TEST(ConditionTest, NumbersStandForEachOtherIfNothingIsLost) {
  Asked lead(FactsWith({{"employees", 300.0}, {"budget", int64_t{2}}}));
  EXPECT_EQ(lead.Evaluate("lead.employees % 2 == 0 && lead.budget + 0.5 == 2.5"), Truth::kHolds);
  Asked half(FactsWith({{"employees", 300.5}}));
  EXPECT_EQ(half.Evaluate("lead.employees > 5"), Truth::kErrs);
  EXPECT_EQ(half.error(), "lead.employees is of type double, declared int");
}

TEST(ConditionTest, ValueOfAnotherTypeIsAnErrorButPresent) {
  Asked lead(FactsWith({{"country", Texts{"DE", "AT"}}, {"employees", std::string("many")}}));
  EXPECT_EQ(lead.Evaluate("lead.country == 'DE'"), Truth::kErrs);
  EXPECT_EQ(lead.error(), "lead.country is of type list(string), declared string");
  EXPECT_EQ(lead.Found("lead.country != 'DE'"), "DE, AT (of type list(string), declared string)");
  EXPECT_EQ(lead.Found("lead.employees > 1"), "many (of type string, declared int)");
  EXPECT_EQ(lead.Evaluate("has(lead.country)"), Truth::kHolds);
}

TEST(ConditionTest, ExplainsEachPartWithTheValuesFound) {
  Asked lead(German());
  EXPECT_EQ(
      lead.Explain("lead.country == 'DE' && (lead.employees < 5 || has(lead.vip)) && lead.vip",
                   Condition::Extent::kAllTests),
      (std::vector<ConditionResult>{
          {"lead.country == 'DE'", "DE", true},
          {"(lead.employees < 5 || has(lead.vip))", "lead.employees 300, lead.vip (absent)", false},
          {"lead.vip", "(absent)", false, "no such key: lead.vip"}}));
  EXPECT_EQ(lead.truth(), Truth::kFails);
}

TEST(ConditionTest, ExplainsUpToThePartThatIsFalse) {
  Asked lead(German());
  const auto results = lead.Explain("lead.vip && lead.employees > 500 && lead.country == 'DE'",
                                    Condition::Extent::kUntilFalse);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].error, "no such key: lead.vip");
  EXPECT_EQ(results[1].found, "300");
}

TEST(ConditionTest, ShowsValuesOfEachType) {
  Asked lead(FactsWith({{"country", std::string(1000, 'x')},
                        {"employees", int64_t{-7}},
                        {"budget", 1234567.25},
                        {"vip", true},
                        {"tags", Texts{"a", "b"}}}));
  EXPECT_EQ(lead.Found("lead.employees > 0"), "-7");
  EXPECT_EQ(lead.Found("lead.budget > 0.0"), "1234567.25");
  EXPECT_EQ(lead.Found("lead.vip"), "true");
  EXPECT_EQ(lead.Found("'a' in lead.tags"), "a, b");
  EXPECT_EQ(lead.Found("lead.country == ''").size(), kFoundBytesMax);
  EXPECT_EQ(lead.Found("1 > 2"), "");
}

// Three page views: two days ago, yesterday, and today (a Sunday, 09:00).
Facts Visitor() {
  Facts facts;
  for (int day = 0; day < 3; ++day) {
    Fold(Activity("e" + std::to_string(day), "page_view", kNow - day * kDayMs), facts);
  }
  return facts;
}

TEST(LeadFunctionsTest, CountAddsTheDaysThatTheWindowTouches) {
  Asked lead(Visitor());
  EXPECT_EQ(lead.Evaluate("count('page_view', duration('1h')) == 1"), Truth::kHolds);
  EXPECT_EQ(lead.Evaluate("count('page_view', duration('10h')) == 2"), Truth::kHolds);
  EXPECT_EQ(lead.Evaluate("count('page_view', duration('168h')) == 3"), Truth::kHolds);
  EXPECT_EQ(lead.Evaluate("count('webinar', duration('168h')) == 0"), Truth::kHolds);
}

TEST(LeadFunctionsTest, LastIsTheStartOfTheLatestDay) {
  Asked lead(Visitor());
  EXPECT_EQ(lead.Evaluate("last('page_view') == timestamp('2026-03-01T00:00:00Z') && "
                          "now - last('page_view') == duration('9h')"),
            Truth::kHolds);
  EXPECT_EQ(lead.Evaluate("last('webinar') < now"), Truth::kErrs);
  EXPECT_EQ(lead.error(), "no such activity: webinar");
}

TEST(LeadFunctionsTest, BusinessMinutesAreThoseOfTheCalendar) {
  Asked lead(Visitor());
  // From Friday noon: six hours until it closes.
  EXPECT_EQ(lead.Evaluate("business_minutes(now - duration('46h'), now, 'dach') == 360"),
            Truth::kHolds);
  EXPECT_EQ(lead.Evaluate("business_minutes(now, now - duration('46h'), 'dach') == 0"),
            Truth::kHolds);
  EXPECT_EQ(lead.Problem("business_minutes(now, now, 'dahc') > 5"),
            "1:1: there is no calendar 'dahc' among spec.calendars; did you mean 'dach'?\n"
            " | business_minutes(now, now, 'dahc') > 5\n"
            " | ^");
  EXPECT_EQ(lead.Evaluate("business_minutes(now, now, 'da' + 'x') > 5"), Truth::kErrs);
  EXPECT_THAT(lead.error(), HasSubstr("there is no calendar 'dax'"));
}

TEST(LeadFunctionsTest, ExplanationsShowWhatTheySaid) {
  Asked lead(Visitor());
  EXPECT_EQ(lead.Found("count('page_view', duration('168h')) >= 5"), "count(page_view) 3");
  EXPECT_EQ(lead.Found("fit > 5 || count('x', duration('1h')) > 0"), "30") << "not called";
}

TEST(LeadFunctionsTest, DomainIsThatOfAnAddressInOneSpelling) {
  Asked lead(Visitor());
  EXPECT_EQ(lead.Evaluate("domain('Ada@WWW.Acme.Example.') == 'acme.example'"), Truth::kHolds);
  EXPECT_EQ(lead.Evaluate("domain('a@büro.example') == 'xn--bro-hoa.example'"), Truth::kHolds);
  EXPECT_EQ(lead.Found("domain('a@acme.example') == 'x'"),
            "domain(a@acme.example) \"acme.example\"");
  for (const char* none : {"acme.example", "a@", "a@localhost", "a@10.0.0.1", ""}) {
    EXPECT_EQ(lead.Evaluate(absl::StrCat("domain('", none, "') != 'x'")), Truth::kErrs) << none;
  }
  EXPECT_EQ(lead.error(), "no address with a domain: \"\"");
}

TEST(LeadFunctionsTest, FreeMailIsToldFromAnAddressOrADomain) {
  Asked lead(Visitor());
  for (const char* free : {"a@GMAIL.com", "gmail.com", "a@mail.gmail.com", "a@poczta.onet.pl"}) {
    EXPECT_EQ(lead.Evaluate(absl::StrCat("is_freemail('", free, "')")), Truth::kHolds) << free;
  }
  for (const char* other : {"a@acme.example", "a@notgmail.com", "a@com", "n/a", "a@", ""}) {
    EXPECT_EQ(lead.Evaluate(absl::StrCat("is_freemail('", other, "')")), Truth::kFails) << other;
  }
}

TEST(ConditionTest, MustBeTrueOrFalse) {
  Asked lead(German());
  EXPECT_EQ(lead.Problem("lead.employees"),
            "1:1: a condition is true or false, this is int\n | lead.employees\n | ^");
  EXPECT_EQ(lead.Evaluate("[true, 5][1]"), Truth::kErrs);
  EXPECT_EQ(lead.error(), "neither true nor false but of type int");
}

TEST(ConditionTest, ProblemsHaveTheirPlaceInTheWhole) {
  Asked lead{Facts()};
  EXPECT_EQ(lead.Problem("lead.vip && lead.contry == 'DE'"),
            "1:18: there is no lead.contry; did you mean 'country'?\n"
            " | lead.vip && lead.contry == 'DE'\n"
            " |                  ^");
}

}  // namespace
}  // namespace baton::core
