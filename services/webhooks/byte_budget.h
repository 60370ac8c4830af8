// The memory that the deliveries of all webhooks may take together. Not thread-safe.
#ifndef BATON_WEBHOOKS_BYTE_BUDGET_H_
#define BATON_WEBHOOKS_BYTE_BUDGET_H_

#include <cstddef>

namespace baton::webhooks {

// Of a process. What is under way is held by the sender once more, so that at worst all is twice
// this; a pod of the relay has 256 Mi.
inline constexpr size_t kDeliveryBytesMax = size_t{32} * 1024 * 1024;
// Each queue may hold so much, and always one delivery, although the budget is used up: nobody
// waits for the room of others.
inline constexpr size_t kQueueBytesOwn = size_t{64} * 1024;

class ByteBudget {
 public:
  explicit ByteBudget(size_t max) : max_(max) {}

  size_t used() const { return used_; }
  bool HasRoom(size_t bytes) const { return used_ + bytes <= max_; }
  bool is_half_free() const { return used_ <= max_ / 2; }
  void Take(size_t bytes) { used_ += bytes; }  // also beyond the limit
  void GiveBack(size_t bytes) { used_ -= bytes; }

 private:
  const size_t max_;
  size_t used_ = 0;
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_BYTE_BUDGET_H_
