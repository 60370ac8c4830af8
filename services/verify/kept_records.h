// What retention has left of a topic. It removes the oldest records of a partition, in the order of
// their offsets, so what was published later than the first that is left is there; and nothing
// before its time, so what was published within that is there, too, where it goes by time only. Who
// looks for a record that is not there asks here whether it may be among those that are gone. Not
// thread-safe.
#ifndef BATON_VERIFY_KEPT_RECORDS_H_
#define BATON_VERIFY_KEPT_RECORDS_H_

#include <cstdint>
#include <limits>
#include <map>

#include "platform/kafka/topic_settings.h"

namespace baton::verify {

// Partition -> first offset that the topic still has.
using Begins = std::map<int32_t, int64_t>;

// So far clocks of different writers may be apart, and a record may wait to be written.
inline constexpr int64_t kClocksApartMaxMs = 60 * 60 * 1000;

inline constexpr int64_t kNobodyKnows = std::numeric_limits<int64_t>::max();

// What a topic still has, by its brokers.
struct Kept {
  Begins begins;
  int64_t gone_until_ms = kNobodyKnows;  // what was published later is there
};

// Kept::gone_until_ms at `now_ms`, by the settings of the topic; kNobodyKnows where it also loses
// records by size, where it keeps all (then somebody removed them), and where `settings` lacks it.
// What went under other settings, or was removed by hand, it knows nothing of.
int64_t GoneUntilMs(const platform::kafka::TopicSettings& settings, int64_t now_ms);

class KeptRecords {
 public:
  explicit KeptRecords(const Kept& kept);

  // Records that are there, those of a partition in order. `published_ms`: as Kafka has it; not
  // above 0: it does not.
  void Add(int32_t partition, int64_t published_ms);

  // Older records are gone: of the partition, of any.
  bool BeginsLate(int32_t partition) const { return whole_since_ms_.contains(partition); }
  bool begins_late() const { return !whole_since_ms_.empty(); }
  // A record that was published then may be gone. The second form: nobody knows its partition.
  // After all records.
  bool MayLack(int32_t partition, int64_t published_ms) const;
  bool MayLack(int64_t published_ms) const;

 private:
  bool IsBefore(int64_t published_ms, int64_t whole_since_ms) const;

  int64_t gone_until_ms_;
  std::map<int32_t, int64_t> whole_since_ms_;  // of partitions that begin late
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_KEPT_RECORDS_H_
