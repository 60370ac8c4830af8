// What retention has left of a topic. It removes the oldest records of a partition, in the order of
// their offsets, so what was published later than the first that is left is there. Who looks for a
// record that is not there asks here whether it may be among those that are gone. Not thread-safe.
#ifndef BATON_VERIFY_KEPT_RECORDS_H_
#define BATON_VERIFY_KEPT_RECORDS_H_

#include <cstdint>
#include <map>

namespace baton::verify {

// Partition -> first offset that the topic still has.
using Begins = std::map<int32_t, int64_t>;

// So far clocks of different writers may be apart, and a record may wait to be written.
inline constexpr int64_t kClocksApartMaxMs = 60 * 60 * 1000;

class KeptRecords {
 public:
  explicit KeptRecords(const Begins& begins);

  // Records that are there, those of a partition in order. `published_ms`: as Kafka has it; not
  // above 0: it does not.
  void Add(int32_t partition, int64_t published_ms);

  // Older records are gone: of the partition, of any.
  bool BeginsLate(int32_t partition) const { return whole_since_ms_.contains(partition); }
  bool begins_late() const { return !whole_since_ms_.empty(); }
  // A record that was published then may be gone. The second form: nobody knows its partition.
  // After all records. Of a partition of which nothing is left everything may be gone.
  bool MayLack(int32_t partition, int64_t published_ms) const;
  bool MayLack(int64_t published_ms) const;

 private:
  std::map<int32_t, int64_t> whole_since_ms_;  // of partitions that begin late
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_KEPT_RECORDS_H_
