// Which partitions have records and give none. A client can lose a resume or a seek without a word
// (confluentinc/librdkafka issue 5591, open); its partition would stay silent until the next
// rebalance. Pure; not thread-safe.
#ifndef BATON_INTAKE_SILENT_PARTITIONS_H_
#define BATON_INTAKE_SILENT_PARTITIONS_H_

#include <cstdint>
#include <map>
#include <set>

#include "absl/time/time.h"

namespace baton::intake {

class SilentPartitions {
 public:
  // patience: how long a partition may be silent.
  explicit SilentPartitions(absl::Duration patience) : patience_(patience) {}

  // A poll gave records of these. `drained`: afterwards none were left in the client.
  void Polled(const std::set<int32_t>& gave, bool drained, absl::Time now);
  void Forget() { silences_.clear(); }  // nothing is expected of any for now
  void Forget(int32_t partition);       // it is somebody else's

  // unread: partition -> end of its log, of those whose log goes on behind what is settled. Returns
  // those that have been so, and silent, for longer than the patience although the client has
  // nothing left; each once for an end, since behind the last record there may be only marks of
  // transactions, which nobody gets to see.
  std::set<int32_t> Look(const std::map<int32_t, int64_t>& unread, absl::Time now);

 private:
  const absl::Duration patience_;
  std::map<int32_t, absl::Time> silences_;  // partition -> since when
  std::map<int32_t, int64_t> said_;         // partition -> the end for which it was returned
  absl::Time drained_at_ = absl::InfinitePast();
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_SILENT_PARTITIONS_H_
