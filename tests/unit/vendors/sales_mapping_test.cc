#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "vendor_records.h"

namespace baton::vendors {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kMapping[] = R"(apiVersion: baton.dev/v1
kind: SalesMapping
spec:
  tables: {why: {small: NOT_ICP_SIZE}}
  let: [{name: deal, is: event.deal}]
  workspace: '"acme"'
  source: '"/crm"'
  id: event.id
  time: event.at
  leads: event.leads
  rep: event.by
  actions:
    - {name: no, action: rejected, when: deal.state == "no", fields: {reason: 'why[deal.why]'}}
    - {name: win, action: won, when: deal.state == "won", fields: {amountMinor: deal.amount}}
)";

std::string Errors(const std::string& yaml) {
  auto parsed = SalesMapping::Parse(yaml, "m.yaml");
  const auto* errors = std::get_if<std::vector<policy::DocumentError>>(&parsed);
  if (errors == nullptr) return "";
  return absl::StrJoin(*errors, "\n", [](std::string* out, const policy::DocumentError& error) {
    out->append(policy::ToString(error));
  });
}

MappedActions MapWith(const std::string& yaml, const std::string& json) {
  EXPECT_EQ(Errors(yaml), "");
  auto parsed = SalesMapping::Parse(yaml, "m.yaml");
  return std::get<std::shared_ptr<const SalesMapping>>(parsed)->Map(RecordOf(json));
}

MappedActions Map(const std::string& json) {
  return MapWith(kMapping, json);
}

std::string Json(const std::string& deal, const std::string& rest = R"("by":"ada")") {
  return absl::StrCat(R"({"id":"7","at":"2026-03-01T08:00:00Z","leads":"l1",)", rest, R"(,"deal":)",
                      deal, "}");
}

TEST(SalesMappingTest, TablesAndNamesMakeFields) {
  const auto actions = ActionsOf(Map(Json(R"({"state":"no","why":"small"})")));
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].action.reason, "NOT_ICP_SIZE");
  EXPECT_EQ(actions[0].id, "7/no");
  EXPECT_EQ(actions[0].rep.str(), "ada");
}

TEST(SalesMappingTest, WhatIsMissingMakesConditionsFalseAndFieldsWrong) {
  EXPECT_TRUE(ActionsOf(Map(Json("{}"))).empty());
  EXPECT_EQ(RefusedAs(Map(Json("{}"))), "ok");
  EXPECT_TRUE(ActionsOf(Map("{}")).empty());
  EXPECT_THAT(RefusedAs(Map(Json(R"({"state":"no","why":"other"})"))),
              HasSubstr("bad_value mapping.actions[0].fields.reason: "));
}

TEST(SalesMappingTest, ValuesOfAnotherKindAreRefusedWithTheirPlace) {
  EXPECT_THAT(RefusedAs(Map(Json(R"({"state":"won","amount":"12"})"))),
              HasSubstr("mapping.actions[1].fields.amountMinor: is string, which amountMinor"));
  EXPECT_THAT(RefusedAs(Map(Json(R"({"state":"won","amount":1.5})"))), HasSubstr("amountMinor"));
  const auto actions = ActionsOf(Map(Json(R"({"state":"won","amount":12.0})")));
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].action.amount_minor, 12);
}

TEST(SalesMappingTest, WhoIsMeantMustBeSaid) {
  EXPECT_THAT(RefusedAs(Map(Json(R"({"state":"won","amount":1})", R"("by":null)"))),
              HasSubstr("missing_field data.rep"));
  EXPECT_THAT(RefusedAs(Map(Json(R"({"state":"won","amount":1})", R"("by":"a b")"))),
              HasSubstr("bad_value data.rep"));
}

TEST(SalesMappingTest, LeadsAreOneOrManyValidIds) {
  const auto with = [](const std::string& leads) {
    return Map(absl::StrCat(R"({"id":"7","at":1772355600000,"by":"ada","deal":{"state":"won",)",
                            R"("amount":1},"leads":)", leads, "}"));
  };
  EXPECT_EQ(ActionsOf(with(R"(["a","b","c"])")).size(), 3u);
  EXPECT_THAT(RefusedAs(with("[]")), HasSubstr("mapping.leads: names no lead"));
  EXPECT_THAT(RefusedAs(with(R"(["a","{b}"])")), HasSubstr("mapping.leads"));
  std::string many = "[\"l0\"";
  for (int i = 1; i <= 256; ++i) absl::StrAppend(&many, ",\"l", i, "\"");
  EXPECT_THAT(RefusedAs(with(many + "]")), HasSubstr("too_large mapping.leads"));
}

TEST(SalesMappingTest, InstantsComeAsTextMillisecondsOrNotAtAll) {
  const auto at = [](const std::string& instant) {
    return Map(
        absl::StrCat(R"({"id":"7","by":"ada","leads":"l","deal":{"state":"won","amount":1},)",
                     R"("at":)", instant, "}"));
  };
  EXPECT_EQ(ActionsOf(at("1772355600000")).at(0).occurred_at_ms, kRecordMs);
  EXPECT_EQ(ActionsOf(at(R"("2026-03-01T09:00:00Z")")).at(0).occurred_at_ms, kRecordMs);
  EXPECT_THAT(RefusedAs(at("true")), HasSubstr("mapping.time: must be an instant"));
  EXPECT_THAT(RefusedAs(at(R"("soon")")), HasSubstr("mapping.time"));
  EXPECT_THAT(RefusedAs(at("1872355600000")), HasSubstr("a day ahead"));
}

TEST(SalesMappingTest, InputIsBounded) {
  EXPECT_THAT(RefusedAs(Map("")), HasSubstr("not_parseable"));
  EXPECT_THAT(RefusedAs(Map("[[[[[[[[[[1]]]]]]]]]]")), HasSubstr("too_deep"));
  EXPECT_THAT(RefusedAs(Map(std::string(70'000, ' '))), HasSubstr("too_large"));
  platform::kafka::Record tombstone = RecordOf("");
  tombstone.has_value = false;
  auto parsed = SalesMapping::Parse(kMapping, "m.yaml");
  EXPECT_THAT(RefusedAs(std::get<0>(parsed)->Map(tombstone)), HasSubstr("empty record"));
}

TEST(SalesMappingTest, AllErrorsAreToldAtOnceWithTheirPlaces) {
  const std::string yaml =
      absl::StrReplaceAll(kMapping, {{"deal.state == \"no\"", "deel.state == 1"},
                                     {"action: won", "action: wonn"},
                                     {"{reason: 'why[deal.why]'}", "{raeson: '1', channel: '2'}"},
                                     {"id: event.id", "id: 'event.id +'"},
                                     {"  rep: event.by", "  rap: event.by"}});
  EXPECT_THAT(Errors(yaml),
              AllOf(HasSubstr("m.yaml:8:"), HasSubstr("there is no deel"),
                    HasSubstr("unknown key 'rap'"), HasSubstr("did you mean 'won'?"),
                    HasSubstr("unknown field 'raeson' in action no; did you mean 'reason'?"),
                    HasSubstr("unknown field 'channel'")));
}

TEST(SalesMappingTest, NamesAndTypesAreChecked) {
  const auto replaced = [](const std::string& from, const std::string& to) {
    return Errors(absl::StrReplaceAll(kMapping, {{from, to}}));
  };
  EXPECT_THAT(replaced("name: deal", "name: event"), HasSubstr("'event' is a name already"));
  EXPECT_THAT(replaced("name: deal", "name: 1x"), HasSubstr("no digit first"));
  EXPECT_THAT(replaced("when: deal.state == \"won\"", "when: '1 + 1'"),
              HasSubstr("must be true or false, this is int"));
  EXPECT_THAT(replaced("name: win", "name: no"), HasSubstr("action no appears twice"));
  EXPECT_THAT(replaced("tables: {why: {small: NOT_ICP_SIZE}}", "tables: {why: [1]}"),
              HasSubstr("tables.why must be a mapping"));
  EXPECT_THAT(replaced("  source: '\"/crm\"'\n", ""), HasSubstr("'source'"));
  EXPECT_THAT(replaced("kind: SalesMapping", "kind: HandoffPolicy"), HasSubstr("kind"));
  EXPECT_THAT(replaced("'why[deal.why]'", "'why[1]'"), HasSubstr("fields.reason"));
}

}  // namespace
}  // namespace baton::vendors
