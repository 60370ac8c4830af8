// Gives the past to the webhooks of a directory whose places are behind the consumer. One reader
// goes through it for all of them, in rounds: from the earliest place until everybody has met the
// consumer or is without room. Where those who are left have only later places it goes on from
// there, so that a webhook that leaves for want of room holds up nobody. Belongs to one thread.
#ifndef BATON_WEBHOOKS_CATCH_UP_H_
#define BATON_WEBHOOKS_CATCH_UP_H_

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "platform/kafka/partition_reader.h"
#include "webhooks/directory.h"

namespace baton::webhooks {

class CatchUp {
 public:
  using Places = platform::kafka::Offsets;

  // `live`: the partitions that are owned, and where the consumer is in each; a lane is live when
  // it has got there. References outlive this.
  CatchUp(Directory& directory, const Places& live) : directory_(directory), live_(live) {}

  // Goes on with the round, or begins one if somebody is behind and has room. An error ends the
  // round; the next one begins where everybody is.
  absl::Status Step(platform::kafka::PartitionReader& reader);
  bool under_way() const { return !round_.empty(); }
  // The partition is no longer owned.
  void Drop(int32_t partition) { round_.erase(partition); }
  void DropAll();

  // The next change that the lane has not got.
  int64_t PlaceIn(const Lane& lane, int32_t partition) const;
  // Webhooks that have not caught up.
  int behind() const { return behind_; }

 private:
  absl::Status BeginRound(platform::kafka::PartitionReader& reader);
  absl::Status FitToKept(platform::kafka::PartitionReader& reader, Places& from);
  void Take(const platform::kafka::PartitionReader::Batch& batch);
  Places PlacesWanted();
  absl::Status GoOn(platform::kafka::PartitionReader& reader);
  void EndRound();

  Directory& directory_;
  const Places& live_;
  Places round_;  // where the reader is; empty: nobody is catching up
  int behind_ = 0;
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_CATCH_UP_H_
