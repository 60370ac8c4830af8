// What comes from Kafka for the webhooks of a directory.
//
// The topic's partitions are divided among processes by a consumer group, and whoever owns a
// partition delivers its changes to every webhook. The group's consumer reads on at the end of the
// topic, once for all webhooks that keep up with it. A webhook that begins, that was without room,
// or whose changes another process delivered before, has a place further back: a second reader goes
// through the past for all such webhooks together (catch_up.h), until they have caught up. So one
// webhook that is far behind holds up nobody, and nothing but its place has to be remembered.
// Belongs to one thread.
#ifndef BATON_WEBHOOKS_CHANGE_FEED_H_
#define BATON_WEBHOOKS_CHANGE_FEED_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/kafka/kafka.h"
#include "platform/kafka/partition_reader.h"
#include "webhooks/catch_up.h"
#include "webhooks/directory.h"

namespace baton::webhooks {

class ChangeFeed : private platform::kafka::RebalanceListener {
 public:
  struct Options {
    std::string topic;
    std::string group;
  };
  // `before_revoke` runs while the partitions are still owned: what is in flight comes to an end
  // there and is reported. All references outlive the feed.
  ChangeFeed(Options options, store::WebhookStore& store, Directory& directory,
             std::function<void(const std::set<int32_t>&)> before_revoke);
  ~ChangeFeed() override;

  bool open() const { return consumer_ != nullptr; }
  absl::Status Open(const platform::kafka::KafkaConfig& kafka);
  void Close();  // gives the partitions to others

  // Reads and hands out what there is, waiting up to `wait` for it. After an error call it again;
  // after INTERNAL, Close and Open first.
  absl::Status Step(absl::Duration wait);

  bool Owns(int32_t partition) const { return live_.contains(partition); }
  // The first change that the webhook has not got, in each partition where its place is known.
  std::map<int32_t, int64_t> PlacesOf(const Endpoint& endpoint) const;
  // Webhooks that have not caught up.
  int behind() const { return catch_up_.behind(); }

 private:
  using Records = std::vector<platform::kafka::Record>;

  std::vector<Start> OnAssigned(absl::Span<const platform::kafka::Position> added) override;
  void OnRevoked(absl::Span<const platform::kafka::Position> removed, bool lost) override;

  absl::Status PlaceConsumer();
  absl::Status PlaceEndpoints();
  absl::Status PlaceEndpoint(Endpoint& endpoint);
  void TakeLive(const Records& records);

  const Options options_;
  store::WebhookStore& store_;
  Directory& directory_;
  const std::function<void(const std::set<int32_t>&)> before_revoke_;
  std::unique_ptr<platform::kafka::PartitionReader> reader_;
  std::map<int32_t, int64_t> live_;  // owned partition -> where the consumer is
  std::set<int32_t> unplaced_;       // owned, but the consumer waits for where to begin
  CatchUp catch_up_;
  absl::Time place_again_at_ = absl::InfinitePast();
  std::unique_ptr<platform::kafka::Consumer> consumer_;  // first to go: it calls back
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_CHANGE_FEED_H_
