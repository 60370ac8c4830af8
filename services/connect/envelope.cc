#include "connect/envelope.h"

#include "connect/refusal.h"

namespace baton::connect {

std::string Seal(uint8_t flags, absl::string_view message) {
  std::string frame(1, static_cast<char>(flags));
  for (const int shift : {24, 16, 8, 0}) {
    frame.push_back(static_cast<char>((message.size() >> shift) & 0xFF));
  }
  frame.append(message.data(), message.size());
  return frame;
}

absl::StatusOr<std::vector<Envelope>> ReadEnvelopes(absl::string_view bytes) {
  std::vector<Envelope> frames;
  while (!bytes.empty()) {
    if (bytes.size() < kEnvelopeBytes) return UnreadableMessage("the last envelope is cut off");
    size_t length = 0;
    for (size_t i = 1; i < kEnvelopeBytes; ++i) {
      length = length << 8 | static_cast<uint8_t>(bytes[i]);
    }
    if (bytes.size() - kEnvelopeBytes < length) {
      return UnreadableMessage("the last message is shorter than its envelope says");
    }
    frames.push_back({static_cast<uint8_t>(bytes[0]), bytes.substr(kEnvelopeBytes, length)});
    bytes.remove_prefix(kEnvelopeBytes + length);
  }
  return frames;
}

}  // namespace baton::connect
