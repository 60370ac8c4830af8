// The bytes of a SubmitLeadEventsRequest, in slices as long as the first byte says.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "baton/v1/lead_service.pb.h"
#include "dispatch/event_batch.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton;  // NOLINT: an entry point outside of the namespace
  if (size == 0) return 0;
  const size_t slice = std::max<size_t>(data[0], 1);
  const std::string bytes(fuzz::Text(data + 1, size - 1));
  std::vector<grpc::Slice> slices;
  for (size_t at = 0; at < bytes.size(); at += slice) slices.emplace_back(bytes.substr(at, slice));
  ::baton::v1::SubmitLeadEventsRequest read;
  const absl::Status status =
      dispatch::ReadEventBatch(grpc::ByteBuffer(slices.data(), slices.size()), read);

  ::baton::v1::SubmitLeadEventsRequest whole;
  const bool parses = whole.ParseFromString(bytes);
  if (status.ok()) {
    fuzz::Require(parses, "what is read is a request");
    fuzz::Require(read.SerializeAsString() == whole.SerializeAsString(), "it is read as it is");
    fuzz::Require(read.events_size() <= dispatch::kEventsMax, "cap of the events");
  } else if (parses) {
    fuzz::Require(status == dispatch::WrongNumberOfEvents(),
                  "a request is refused for its events only");
    fuzz::Require(bytes.size() > 2 * dispatch::kEventsMax, "few bytes have few events");
  }
  return 0;
}
