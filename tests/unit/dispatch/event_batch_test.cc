#include "dispatch/event_batch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/v1/lead_service.pb.h"
#include "core/errors.h"

namespace baton::dispatch {
namespace {

// In slices of `size` bytes, as a network may hand them over.
::grpc::ByteBuffer BytesOf(const std::string& text, size_t size) {
  std::vector<::grpc::Slice> slices;
  for (size_t at = 0; at < text.size(); at += size) slices.emplace_back(text.substr(at, size));
  return ::grpc::ByteBuffer(slices.data(), slices.size());
}

std::string Batch(int events) {
  ::baton::v1::SubmitLeadEventsRequest request;
  request.set_parent("workspaces/acme");
  for (int i = 0; i < events; ++i) request.add_events()->set_id(std::to_string(i));
  request.set_validate_only(true);
  return request.SerializeAsString();
}

absl::StatusOr<::baton::v1::SubmitLeadEventsRequest> Read(const ::grpc::ByteBuffer& bytes) {
  ::baton::v1::SubmitLeadEventsRequest request;
  if (absl::Status read = ReadEventBatch(bytes, request); !read.ok()) return read;
  return request;
}

TEST(EventBatchTest, ReadsWhatWasSent) {
  for (const size_t size : {1, 7, 1000'000}) {
    const auto read = Read(BytesOf(Batch(kEventsMax), size));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->SerializeAsString(), Batch(kEventsMax));
  }
  EXPECT_TRUE(Read(::grpc::ByteBuffer()).ok()) << "an empty request has no bytes";
}

TEST(EventBatchTest, TooManyEventsAreRefusedBeforeTheyAreRead) {
  EXPECT_EQ(Read(BytesOf(Batch(kEventsMax + 1), 1000)).status(), WrongNumberOfEvents());
  std::string empty_events(4'000'000, '\0');
  for (size_t i = 0; i < empty_events.size(); i += 2) empty_events[i] = '\x12';
  EXPECT_EQ(Read(BytesOf(empty_events, 16'384)).status(), WrongNumberOfEvents());
}

TEST(EventBatchTest, BytesThatAreNoRequestAreAnError) {
  const std::string sound = Batch(3);
  for (const std::string& bytes :
       {sound.substr(0, sound.size() - 1), sound + "\x12\x7f", std::string("\x0a\x02\xff\xff"),
        std::string("\x0f"), std::string(1000, '\x0b')}) {
    const auto read = Read(BytesOf(bytes, 5));
    EXPECT_EQ(core::ErrorReason(read.status()), "INVALID_FIELD") << read.status();
  }
}

}  // namespace
}  // namespace baton::dispatch
