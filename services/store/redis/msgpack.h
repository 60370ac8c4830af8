// Reads the flat MessagePack lists that functions write with cmsgpack: text and whole numbers.
#ifndef BATON_STORE_REDIS_MSGPACK_H_
#define BATON_STORE_REDIS_MSGPACK_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace baton::store::redis {

// Items one after the other. After a mistake (another type, an early end) ok() is false and every
// item is empty or zero. Belongs to one thread; `blob` outlives it.
class MsgpackReader {
 public:
  explicit MsgpackReader(absl::string_view blob) : rest_(blob) {}

  uint32_t ArraySize();
  absl::string_view Text();
  int64_t Whole();

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  uint8_t Tag();
  uint64_t BigEndian(size_t bytes);
  int64_t Signed(size_t bytes);
  absl::string_view Take(size_t bytes);

  absl::string_view rest_;
  bool ok_ = true;
};

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_MSGPACK_H_
