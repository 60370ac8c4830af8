// Carries deliveries: hands out what the queues of a directory let go, signed, and tells queues and
// store what became of it. Belongs to one thread.
#ifndef BATON_WEBHOOKS_COURIER_H_
#define BATON_WEBHOOKS_COURIER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/time/time.h"
#include "platform/metrics.h"
#include "platform/outbound/http_client.h"
#include "webhooks/directory.h"
#include "webhooks/egress_rules.h"

namespace baton::webhooks {

class Courier {
 public:
  struct Options {
    std::string installation_secret;
    EgressRules
        rules;  // an attempt towards a URL that they do not allow fails, and nothing is sent
    absl::Duration park_after;
    int in_flight_max = 1000;  // of all webhooks together
  };
  using PlacesOf = std::function<std::map<int32_t, int64_t>(const Endpoint&)>;

  // All references outlive the courier. `sender` sends, TakeResults gives its ends.
  Courier(Options options, Directory& directory, store::WebhookStore& store,
          platform::HttpClient& sender, PlacesOf places_of, platform::Metrics& metrics);
  // Forgets what is under way: another courier sends it again, pings as well.
  ~Courier();

  // Sends what may go at `now`; with `pings`, also the pings that were asked for. Webhooks take
  // turns: it begins behind the one that got something last, so that many of them do not keep the
  // others from in_flight_max.
  void SendDue(absl::Time now, bool pings);
  // Takes what came to an end.
  void Collect(absl::Time now);
  // Tells the store what is new; places that moved without a delivery only now and then, or at once
  // with `all`. What an error kept from being told is told the next time.
  absl::Status Report(absl::Time now, bool all);

  bool HasInFlight(const std::set<int32_t>& partitions);
  int in_flight() const { return static_cast<int>(under_way_.size()); }

 private:
  struct UnderWay {
    store::WebhookKey key;
    int64_t generation = 0;
    DeliveryQueue::Place place = {-1, -1};  // a ping has none
    std::string id;
    std::string ping;
    std::string traceparent;
    absl::Time begun_at;
    bool sent = false;  // false: refused by the rules
  };
  struct Meters {
    explicit Meters(platform::Metrics& metrics);
    platform::Counter &delivered, &failed, &given_up;
    platform::Histogram& seconds;
  };

  void SendOf(Endpoint& endpoint, absl::Time now, bool pings);
  void Send(const Endpoint& endpoint, const Delivery& delivery, UnderWay under_way, absl::Time now);
  platform::HttpRequest RequestOf(const Endpoint& endpoint, const Delivery& delivery,
                                  absl::Time now) const;
  void End(const platform::HttpResult& result, absl::Time now);
  void EmitDelivery(const UnderWay& what, const platform::HttpResult& result);
  void Settle(Endpoint& endpoint, const UnderWay& what, const platform::HttpResult& result,
              absl::Time now);
  void SettlePing(Endpoint& endpoint, const UnderWay& what, const platform::HttpResult& result);
  absl::Status ReportOne(Endpoint& endpoint, absl::Time now, bool all);
  void NoteParked(Endpoint& endpoint);
  void NotReported(Endpoint& endpoint, const absl::Status& why);

  const Options options_;
  Directory& directory_;
  store::WebhookStore& store_;
  platform::HttpClient& sender_;
  const PlacesOf places_of_;
  Meters meters_;
  absl::BitGen random_;
  uint64_t numbers_ = 0;      // given to requests
  store::WebhookKey served_;  // last
  std::map<uint64_t, UnderWay> under_way_;
  std::vector<platform::HttpResult> refused_;  // ends of what was not sent
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_COURIER_H_
