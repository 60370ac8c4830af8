// proto/events and proto/asyncapi.yaml name all that the code reads and writes, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "event_records.h"
#include "events/cloud_events.h"
#include "events/dead_letter.h"
#include "events/event_fields.h"
#include "events/handoff_event_codec.h"
#include "events/sales_actions.h"
#include "support/source_tree.h"

namespace baton::events {
namespace {

using core::ToAbsl;
using ::testing::ContainerEq;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using Names = std::set<std::string>;

std::string FileOf(const std::string& path) {
  return support::SourceText(absl::StrCat("proto/", path));
}

// What stands at a JSON pointer of a schema.
class Schema {
 public:
  explicit Schema(const std::string& name)
      : text_(FileOf(absl::StrCat("events/", name, ".schema.json"))), root_(parser_.parse(text_)) {}

  Names Enum(const std::string& pointer) {
    Names names;
    for (const auto item : root_.at_pointer(pointer).get_array()) {
      names.emplace(item.get_string().value());
    }
    return names;
  }
  Names Keys(const std::string& pointer) {
    Names names;
    for (const auto& [key, value] : root_.at_pointer(pointer).get_object()) names.emplace(key);
    return names;
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::padded_string text_;
  simdjson::dom::element root_;
};

// The names that `name` gives to 0, 1 ... until it gives none.
template <typename Enumerator>
Names AllOf(std::string_view (*name)(Enumerator)) {
  Names names;
  for (int i = 0; !name(static_cast<Enumerator>(i)).empty(); ++i) {
    names.emplace(name(static_cast<Enumerator>(i)));
  }
  return names;
}

Names Types(const Names& words, std::string_view prefix) {
  Names types;
  for (const std::string& word : words) {
    types.insert(absl::StrCat(ToAbsl(prefix), word, ".", ToAbsl(kTypeVersion)));
  }
  return types;
}

Names SalesWords() {
  Names words;
  for (const SalesAction& action : SalesActions()) words.emplace(action.word);
  return words;
}

TEST(EventSchemasTest, EveryChangeThatBatonPublishesHasASchema) {
  const Names changes = AllOf(&core::ChangeTypeName);
  EXPECT_THAT(Schema("handoff-events").Enum("/definitions/word/enum"), ContainerEq(changes));
  EXPECT_THAT(Schema("headers").Enum("/definitions/change/properties/ce_type/enum"),
              ContainerEq(Types(changes, kLeadTypePrefix)));
  const std::string asyncapi = FileOf("asyncapi.yaml");
  for (const std::string& type : Types(changes, kLeadTypePrefix)) {
    EXPECT_THAT(asyncapi, HasSubstr(absl::StrCat("name: ", type, "\n")));
  }
}

TEST(EventSchemasTest, EveryStageAndEveryClassOfDeadLettersIsKnown) {
  EXPECT_THAT(Schema("handoff-events").Enum("/definitions/stage/enum"),
              ContainerEq(AllOf(&core::StageName)));
  EXPECT_THAT(Schema("headers").Enum("/definitions/deadLetter/properties/baton-error-class/enum"),
              ContainerEq(AllOf(&DeadLetterClassName)));
}

TEST(EventSchemasTest, EveryEventThatBatonReadsHasASchema) {
  const Names leads = AllOf(&EventTypeWord);
  EXPECT_THAT(Schema("lead-events").Keys("/definitions"), ContainerEq(leads));
  const Names accounts = {"deleted", "upserted"};
  EXPECT_THAT(Schema("account-events").Keys("/definitions"), ContainerEq(accounts));
  Names types = Types(leads, kLeadTypePrefix);
  types.merge(Types(accounts, kAccountTypePrefix));
  EXPECT_THAT(Schema("headers").Enum("/definitions/marketing/properties/ce_type/enum"),
              ContainerEq(types));
  const Names sales = Types(SalesWords(), kSalesTypePrefix);
  EXPECT_THAT(Schema("headers").Enum("/definitions/sales/properties/ce_type/enum"),
              ContainerEq(sales));
  types.insert(sales.begin(), sales.end());
  const std::string asyncapi = FileOf("asyncapi.yaml");
  for (const std::string& type : types) {
    EXPECT_THAT(asyncapi, HasSubstr(absl::StrCat("name: ", type, "\n")));
  }
}

TEST(EventSchemasTest, ActionsOfSalesHaveTheFieldsThatTheCodecReads) {
  Schema schema("sales-events");
  EXPECT_THAT(schema.Keys("/definitions"), ContainerEq(SalesWords()));
  for (const SalesAction& action : SalesActions()) {
    Names fields;
    for (const SalesField& field : SalesFields()) {
      if (HasField(action, field)) fields.emplace(field.name);
    }
    EXPECT_THAT(schema.Keys(absl::StrCat("/definitions/", ToAbsl(action.word), "/properties")),
                ContainerEq(fields))
        << action.word;
  }
}

TEST(EventSchemasTest, EveryTopicIsAChannel) {
  const TopicNames topics = MakeTopicNames("baton");
  const std::string asyncapi = FileOf("asyncapi.yaml");
  for (const std::string& topic :
       {topics.lead_events, topics.dead_letters, topics.sales_events, topics.sales_events + ".dlq",
        topics.assignments, topics.feedback, topics.lead_state}) {
    EXPECT_THAT(asyncapi, HasSubstr(absl::StrCat("address: ", topic, "\n")));
  }
}

TEST(EventSchemasTest, EveryHeaderThatBatonWritesIsDescribed) {
  store::OutboxEntry entry;
  entry.key = {core::WorkspaceId::Trusted("acme"), core::LeadId::Trusted("l1")};
  entry.change.cause = "e1";
  entry.traceparent = "t";
  Names headers;
  for (const auto& record : EncodeHandoffEvent(entry, MakeTopicNames("baton"))) {
    for (const auto& [name, value] : record.headers) headers.insert(name);
  }
  EXPECT_THAT(Schema("headers").Keys("/definitions/change/properties"), ContainerEq(headers));
  EXPECT_THAT(Schema("headers").Keys("/definitions/state/properties"), ContainerEq(headers));
  Names letter;
  for (const auto& [name, value] :
       MakeDeadLetter(MakeRecord("{}", {}), DeadLetter(), "g").headers) {
    letter.insert(name);
  }
  EXPECT_THAT(letter, IsSubsetOf(Schema("headers").Keys("/definitions/deadLetter/properties")));
}

}  // namespace
}  // namespace baton::events
