#include "dispatch/request_bytes.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "baton/v1/lead_service.pb.h"
#include "baton/v1/table_service.pb.h"
#include "core/errors.h"
#include "dispatch/event_batch.h"

namespace baton::dispatch {
namespace {

namespace v1 = ::baton::v1;

::grpc::ByteBuffer Bytes(const std::string& text) {
  const ::grpc::Slice slice(text);
  return ::grpc::ByteBuffer(&slice, 1);
}

std::string Times(size_t count, const std::string& text) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

// A field whose value is a message of these bytes.
std::string Within(int field, const std::string& bytes) {
  std::string out(1, static_cast<char>(field << 3 | 2));
  for (size_t left = bytes.size(); left > 0 || out.size() == 1; left >>= 7) {
    out.push_back(static_cast<char>(left >= 128 ? left | 128 : left));
  }
  return out + bytes;
}

// Refused, and nothing of it was read.
void ExpectTooLarge(const std::string& bytes, google::protobuf::Message& request) {
  const absl::Status refused = ReadRequest(Bytes(bytes), request);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted) << refused;
  EXPECT_EQ(core::ErrorReason(refused), "MESSAGE_TOO_LARGE");
  EXPECT_EQ(request.ByteSizeLong(), 0u);
}

TEST(RequestBytesTest, FieldsWithinMessagesAreCountedBeforeAnyIsRead) {
  const std::string many = Times(kRequestFieldsMax + 1, std::string("\x0a\0", 2));
  v1::SubmitLeadEventsRequest batch;
  const std::string list = Within(v1::AttributeValue::kListValueFieldNumber, many);
  const std::string attribute = Within(1, "tags") + Within(2, list);
  const std::string event = Within(v1::LeadEvent::kAttributesFieldNumber, attribute);
  ExpectTooLarge(Within(v1::SubmitLeadEventsRequest::kEventsFieldNumber, event), batch);
  v1::CreateTableRequest table;
  const std::string column = Within(v1::Table::kColumnsFieldNumber, "");
  ExpectTooLarge(
      Within(v1::CreateTableRequest::kTableFieldNumber, Times(kRequestFieldsMax + 1, column)),
      table);
}

TEST(RequestBytesTest, FieldsThatNobodyKnowsAreCounted) {
  v1::SubmitLeadEventsRequest batch;
  ExpectTooLarge(Times(kRequestFieldsMax + 1, std::string("\x7a\0", 2)), batch);
  const std::string group =
      "\x7b" + Times(kRequestFieldsMax + 1, std::string("\x78\0", 2)) + "\x7c";
  EXPECT_EQ(core::ErrorReason(ReadRequest(Bytes(group), batch)), "INVALID_FIELD");
  EXPECT_EQ(batch.ByteSizeLong(), 0u);
}

// The most that lead_service.proto lets an event have, but for the items of lists.
TEST(RequestBytesTest, ALargeBatchWithinTheLimitsOfItsEventsIsTaken) {
  v1::SubmitLeadEventsRequest batch;
  batch.set_parent("workspaces/acme");
  for (int i = 0; i < kEventsMax; ++i) {
    v1::LeadEvent& event = *batch.add_events();
    event.set_id(absl::StrCat(i));
    for (int a = 0; a < 64; ++a) {
      (*event.mutable_attributes())[absl::StrCat("attribute_", a)].set_string_value("v");
    }
    for (int a = 0; a < 32; ++a) (*event.mutable_attribution())[absl::StrCat("utm_", a)] = "v";
    for (int a = 0; a < 8; ++a) {
      (*event.mutable_properties())[absl::StrCat("property_", a)].set_string_value("v");
    }
  }
  const std::string bytes = batch.SerializeAsString();
  ASSERT_GT(bytes.size(), 2u * kRequestFieldsMax) << "smaller ones are not counted";
  v1::SubmitLeadEventsRequest read;
  EXPECT_TRUE(ReadRequest(Bytes(bytes), read).ok());
  EXPECT_EQ(read.events_size(), kEventsMax);
  EXPECT_EQ(read.ByteSizeLong(), bytes.size());
}

TEST(RequestBytesTest, ALargeDocumentIsTaken) {
  v1::CreateTableRequest table;
  table.mutable_table()->set_csv(std::string(4'000'000, 'x'));
  v1::CreateTableRequest read;
  EXPECT_TRUE(ReadRequest(Bytes(table.SerializeAsString()), read).ok());
  EXPECT_EQ(read.table().csv().size(), 4'000'000u);
}

TEST(RequestBytesTest, ReadsWhatToBytesWrote) {
  v1::GetLeadRequest request;
  request.set_name("workspaces/acme/leads/l");
  v1::GetLeadRequest read;
  ASSERT_TRUE(ReadRequest(ToBytes(request), read).ok());
  EXPECT_EQ(read.name(), request.name());
}

}  // namespace
}  // namespace baton::dispatch
