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
  // What of a partition's log is not settled yet: offsets, `to` exclusive.
  struct Unread {
    int64_t from = 0, to = 0;
  };

  // patience: how long a partition may be silent at first; twice that behind each time that it
  // starts again from the same place and is silent still, up to patience_max. (Behind the last
  // record there may be only marks of transactions, which nobody gets to see; and what is slow to
  // come must not be asked for anew all the time.)
  SilentPartitions(absl::Duration patience, absl::Duration patience_max)
      : patience_(patience), patience_max_(patience_max) {}

  // A poll gave records of these. `drained`: afterwards none were left in the client.
  void Polled(const std::set<int32_t>& gave, bool drained, absl::Time now);
  // Nothing is expected of any for now.
  void Rest();
  void Forget(int32_t partition);  // it is somebody else's

  // unread: of the partitions that have something to read. Returns those to start again: they have
  // been silent for longer than the patience although the client has nothing left.
  std::set<int32_t> Look(const std::map<int32_t, Unread>& unread, absl::Time now);

 private:
  struct Silence {
    int64_t from = -1;  // where it was last started again; -1: it has not been
    absl::Time since;   // InfiniteFuture: it is not silent
    absl::Duration patience;
  };

  const absl::Duration patience_;
  const absl::Duration patience_max_;
  std::map<int32_t, Silence> silences_;
  absl::Time drained_at_ = absl::InfinitePast();
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_SILENT_PARTITIONS_H_
