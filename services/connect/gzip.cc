#include "connect/gzip.h"

#include <zlib.h>

#include "connect/refusal.h"

namespace baton::connect {
namespace {

constexpr int kWindowBits = 15 + 16;  // with gzip's header
constexpr int kMemoryLevel = 8;
constexpr size_t kStep = 16 * 1024;

void Feed(z_stream& stream, absl::string_view bytes) {
  // zlib does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
}

void Drain(z_stream& stream, std::string& out, size_t done, size_t room) {
  out.resize(done + room);
  stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
  stream.avail_out = static_cast<uInt>(room);
}

}  // namespace

std::string Gzip(absl::string_view bytes) {
  z_stream stream = {};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowBits, kMemoryLevel,
               Z_DEFAULT_STRATEGY);
  Feed(stream, bytes);
  std::string packed;
  Drain(stream, packed, 0, deflateBound(&stream, bytes.size()));
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

absl::StatusOr<std::string> Gunzip(absl::string_view packed, size_t bytes_max) {
  z_stream stream = {};
  inflateInit2(&stream, kWindowBits);
  Feed(stream, packed);
  std::string bytes;
  int code = Z_OK;
  while (code == Z_OK && bytes.size() <= bytes_max) {
    Drain(stream, bytes, stream.total_out, std::min(kStep, bytes_max + 1 - stream.total_out));
    code = inflate(&stream, Z_NO_FLUSH);
    bytes.resize(stream.total_out);
  }
  const bool whole = code == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (bytes.size() > bytes_max) return MessageTooLarge(bytes_max);
  if (!whole) return UnreadableMessage("the message is said to be gzip, but is not");
  return bytes;
}

}  // namespace baton::connect
