// Frames of Connect's streams: a byte of flags, four bytes of length, then so many bytes. Pure
// functions; thread-safe.
#ifndef BATON_CONNECT_ENVELOPE_H_
#define BATON_CONNECT_ENVELOPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::connect {

inline constexpr size_t kEnvelopeBytes = 5;    // in front of each message
inline constexpr uint8_t kCompressed = 0x01;   // the message is compressed
inline constexpr uint8_t kEndOfStream = 0x02;  // the last frame: how the stream ended

struct Envelope {
  uint8_t flags = 0;
  absl::string_view message;  // of the bytes that were read
};

std::string Seal(uint8_t flags, absl::string_view message);

// All frames of `bytes`. INVALID_ARGUMENT when the last one is not whole.
absl::StatusOr<std::vector<Envelope>> ReadEnvelopes(absl::string_view bytes);

}  // namespace baton::connect

#endif  // BATON_CONNECT_ENVELOPE_H_
