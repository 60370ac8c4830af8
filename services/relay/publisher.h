// One batch, one Kafka transaction: the records and the offsets that say they are published.
#ifndef BATON_RELAY_PUBLISHER_H_
#define BATON_RELAY_PUBLISHER_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/kafka/kafka.h"

namespace baton::relay {

// Belongs to one thread.
class Publisher {
 public:
  // `patience` says how long a step may still wait; zero: give up. It is asked before each attempt.
  Publisher(std::unique_ptr<platform::kafka::Producer> producer,
            std::function<absl::Duration()> patience);

  // Once, before Publish. On UNAVAILABLE call it again; on anything else make a new Publisher.
  absl::Status Init();

  // OK: everything is published and the offsets of `group` are moved. Any other status: forget what
  // is known of the offsets and read them again; if Usable() is false then a new Publisher with the
  // same transactional id must be initialised first, which settles an undecided transaction.
  absl::Status Publish(const std::vector<platform::kafka::OutRecord>& records,
                       const std::vector<platform::kafka::Position>& offsets,
                       platform::kafka::Consumer& group);

  bool Usable() const { return usable_; }

 private:
  absl::Status Fill(const std::vector<platform::kafka::OutRecord>& records,
                    const std::vector<platform::kafka::Position>& offsets,
                    platform::kafka::Consumer& group);
  absl::Status Enqueue(const platform::kafka::OutRecord& record);
  absl::Status Commit();
  void Abort();

  std::unique_ptr<platform::kafka::Producer> producer_;
  std::function<absl::Duration()> patience_;
  bool usable_ = true;
};

}  // namespace baton::relay

#endif  // BATON_RELAY_PUBLISHER_H_
