#include "store/redis/msgpack.h"

namespace baton::store::redis {
namespace {

// First bytes of the formats, https://github.com/msgpack/msgpack/blob/master/spec.md
constexpr uint8_t kPositiveFixintMax = 0x7f;
constexpr uint8_t kFixarray = 0x90, kFixarrayMax = 0x9f;
constexpr uint8_t kFixstr = 0xa0, kFixstrMax = 0xbf;
constexpr uint8_t kUint8 = 0xcc, kUint16 = 0xcd, kUint32 = 0xce, kUint64 = 0xcf;
constexpr uint8_t kInt8 = 0xd0, kInt16 = 0xd1, kInt32 = 0xd2, kInt64 = 0xd3;
constexpr uint8_t kStr8 = 0xd9, kStr16 = 0xda, kStr32 = 0xdb;
constexpr uint8_t kArray16 = 0xdc, kArray32 = 0xdd;
constexpr uint8_t kNegativeFixint = 0xe0;

}  // namespace

absl::string_view MsgpackReader::Take(size_t bytes) {
  if (!ok_ || bytes > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const absl::string_view taken = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return taken;
}

uint8_t MsgpackReader::Tag() {
  return static_cast<uint8_t>(BigEndian(1));
}

uint64_t MsgpackReader::BigEndian(size_t bytes) {
  uint64_t value = 0;
  for (const char character : Take(bytes)) value = value << 8 | static_cast<uint8_t>(character);
  return value;
}

int64_t MsgpackReader::Signed(size_t bytes) {
  const size_t unused = 64 - 8 * bytes;
  return static_cast<int64_t>(BigEndian(bytes) << unused) >> unused;
}

uint32_t MsgpackReader::ArraySize() {
  const uint8_t tag = Tag();
  if (tag >= kFixarray && tag <= kFixarrayMax) return tag - kFixarray;
  if (tag == kArray16) return static_cast<uint32_t>(BigEndian(2));
  if (tag == kArray32) return static_cast<uint32_t>(BigEndian(4));
  ok_ = false;
  return 0;
}

absl::string_view MsgpackReader::Text() {
  const uint8_t tag = Tag();
  if (tag >= kFixstr && tag <= kFixstrMax) return Take(tag - kFixstr);
  if (tag == kStr8) return Take(BigEndian(1));
  if (tag == kStr16) return Take(BigEndian(2));
  if (tag == kStr32) return Take(BigEndian(4));
  ok_ = false;
  return {};
}

int64_t MsgpackReader::Whole() {
  const uint8_t tag = Tag();
  if (tag <= kPositiveFixintMax) return tag;
  if (tag >= kNegativeFixint) return static_cast<int8_t>(tag);
  switch (tag) {
    case kUint8:
      return static_cast<int64_t>(BigEndian(1));
    case kUint16:
      return static_cast<int64_t>(BigEndian(2));
    case kUint32:
      return static_cast<int64_t>(BigEndian(4));
    case kUint64:
      return static_cast<int64_t>(BigEndian(8));
    case kInt8:
      return Signed(1);
    case kInt16:
      return Signed(2);
    case kInt32:
      return Signed(4);
    case kInt64:
      return Signed(8);
    default:
      ok_ = false;
      return 0;
  }
}

}  // namespace baton::store::redis
