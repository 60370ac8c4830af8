#include "webhooks/courier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "platform/log.h"
#include "platform/spans.h"
#include "webhooks/message.h"
#include "webhooks/signature.h"

namespace baton::webhooks {
namespace {

using Latest = store::WebhookReport::Latest;

constexpr int kGone = 410;
// A place that moved over changes that are not the webhook's: remembered so often, so that not much
// is looked at again after a crash.
constexpr absl::Duration kPlacesEvery = absl::Seconds(10);

platform::Counter& Deliveries(platform::Metrics& metrics, const std::string& outcome) {
  return metrics.AddCounter("baton_webhook_deliveries_total", "Attempts of webhooks, by outcome",
                            {{"outcome", outcome}});
}

// Whether what could not be told never can be: the webhook was deleted or replayed meanwhile, or
// what is stored of it cannot be read. All else passes, such as a password that is being changed.
bool IsForGood(const absl::Status& why) {
  return absl::IsNotFound(why) || absl::IsAborted(why) ||
         core::ErrorReason(why) == "STATE_UNREADABLE";
}

}  // namespace

Courier::Meters::Meters(platform::Metrics& metrics)
    : delivered(Deliveries(metrics, "delivered")),
      failed(Deliveries(metrics, "failed")),
      given_up(Deliveries(metrics, "given_up")),
      seconds(metrics.AddHistogram("baton_webhook_seconds", "How long receivers take to answer")) {}

Courier::Courier(Options options, Directory& directory, store::WebhookStore& store,
                 platform::HttpClient& sender, PlacesOf places_of, platform::Metrics& metrics)
    : options_(std::move(options)),
      directory_(directory),
      store_(store),
      sender_(sender),
      places_of_(std::move(places_of)),
      meters_(metrics) {}

Courier::~Courier() {
  directory_.ForEach([](Endpoint& endpoint) { endpoint.ping_in_flight = false; });
}

platform::HttpRequest Courier::RequestOf(const Endpoint& endpoint, const Delivery& delivery,
                                         absl::Time now) const {
  const int64_t timestamp = absl::ToUnixSeconds(now);
  platform::HttpRequest request;
  request.url = endpoint.webhook.url;
  request.body = delivery.body;
  const auto secrets = SigningSecrets(options_.installation_secret, endpoint.key, endpoint.webhook,
                                      absl::ToUnixMillis(now));
  request.headers = {"content-type: application/json", absl::StrCat("webhook-id: ", delivery.id),
                     absl::StrCat("webhook-timestamp: ", timestamp),
                     absl::StrCat("webhook-signature: ",
                                  SignatureOf(secrets, delivery.id, timestamp, delivery.body))};
  if (!delivery.traceparent.empty()) {
    request.headers.push_back(absl::StrCat("traceparent: ", delivery.traceparent));
  }
  return request;
}

void Courier::Send(const Endpoint& endpoint, const Delivery& delivery, UnderWay under_way,
                   absl::Time now) {
  const uint64_t number = ++numbers_;
  under_way.key = endpoint.key;
  under_way.generation = endpoint.webhook.generation;
  under_way.id = delivery.id;
  under_way.traceparent = delivery.traceparent;
  under_way.begun_at = now;
  // The list of hosts may have become shorter since the URL was accepted.
  const absl::Status allowed = options_.rules.CheckUrl(endpoint.webhook.url);
  under_way.sent = allowed.ok();
  under_way_.emplace(number, std::move(under_way));
  if (!allowed.ok()) {
    const auto why = allowed.message().substr(0, store::kWebhookErrorBytesMax);
    refused_.push_back({.number = number, .problem = std::string(why)});
    return;
  }
  platform::HttpRequest request = RequestOf(endpoint, delivery, now);
  request.number = number;
  sender_.Send(std::move(request));
}

void Courier::SendOf(Endpoint& endpoint, absl::Time now, bool pings) {
  if (pings && endpoint.ping_asked() && !endpoint.ping_in_flight) {
    endpoint.ping_in_flight = true;
    UnderWay ping;
    ping.ping = endpoint.webhook.ping;
    const Delivery delivery = MakePing(endpoint.key, ping.ping, absl::ToUnixMillis(now));
    Send(endpoint, delivery, std::move(ping), now);
  }
  while (in_flight() < options_.in_flight_max) {
    const auto next = endpoint.queue.Take(now);
    if (!next.has_value()) return;
    UnderWay under_way;
    under_way.place = next->first;
    Send(endpoint, *next->second, std::move(under_way), now);
    served_ = endpoint.key;
  }
}

void Courier::SendDue(absl::Time now, bool pings) {
  const store::WebhookKey last = served_;
  for (const bool behind : {true, false}) {
    directory_.ForEach([&](Endpoint& endpoint) {
      if ((last < endpoint.key) == behind) SendOf(endpoint, now, pings);
    });
  }
}

void Courier::EmitDelivery(const UnderWay& what, const platform::HttpResult& result) {
  if (what.traceparent.empty()) return;
  platform::EmitSpan(what.traceparent,
                     {platform::SpanKind::kClient, "POST webhook", what.begun_at,
                      what.begun_at + result.took, !result.delivered()},
                     {{"http.response.status_code", absl::StrCat(result.status)},
                      {"baton.workspace", what.key.workspace.str()},
                      {"baton.webhook", what.key.id}});
}

void Courier::SettlePing(Endpoint& endpoint, const UnderWay& what,
                         const platform::HttpResult& result) {
  endpoint.ping_in_flight = false;
  endpoint.report.ping = what.ping;
  endpoint.report.ping_outcome =
      result.delivered() ? absl::StrCat("status ", result.status) : result.problem;
}

void Courier::Settle(Endpoint& endpoint, const UnderWay& what, const platform::HttpResult& result,
                     absl::Time now) {
  const auto outcome = endpoint.queue.Settle(what.place, result.delivered(), result.retry_after,
                                             now, absl::Uniform<double>(random_, 0, 1));
  if (!outcome.has_value()) return;
  store::WebhookReport& report = endpoint.report;
  if (*outcome == DeliveryQueue::Outcome::kDelivered) {
    meters_.delivered.Add();
    report.delivered = std::min(report.delivered + 1, store::kWebhookReportedMax);
    report.latest = Latest::kSucceeded;
    return;
  }
  meters_.failed.Add();
  // The store hears of a success first, so that failures are counted from the one behind it.
  if (report.latest == Latest::kSucceeded) (void)ReportOne(endpoint, now, false);
  report.latest = Latest::kFailed;
  report.error = result.problem.substr(0, store::kWebhookErrorBytesMax);
  report.park_after_ms =
      result.status == kGone ? 0 : absl::ToInt64Milliseconds(options_.park_after);
  if (*outcome != DeliveryQueue::Outcome::kGivenUp) return;
  meters_.given_up.Add();
  const platform::TraceScope scope(what.traceparent);
  report.given_up = std::min(report.given_up + 1, store::kWebhookReportedMax);
  platform::LogWarning("webhook.given_up", {{"workspace", endpoint.key.workspace.str()},
                                            {"webhook", endpoint.key.id},
                                            {"event", what.id},
                                            {"why", result.problem}});
}

void Courier::End(const platform::HttpResult& result, absl::Time now) {
  const auto found = under_way_.find(result.number);
  if (found == under_way_.end()) return;
  const UnderWay what = std::move(found->second);
  under_way_.erase(found);
  if (what.sent) {
    meters_.seconds.Observe(absl::ToDoubleSeconds(result.took));
    EmitDelivery(what, result);
  }
  Endpoint* endpoint = directory_.Find(what.key);
  if (endpoint == nullptr) return;
  if (!what.ping.empty()) {
    SettlePing(*endpoint, what, result);
  } else if (endpoint->webhook.generation == what.generation) {
    Settle(*endpoint, what, result, now);
  }
}

void Courier::Collect(absl::Time now) {
  for (const platform::HttpResult& result : std::exchange(refused_, {})) End(result, now);
  for (const platform::HttpResult& result : sender_.TakeResults()) End(result, now);
}

void Courier::NoteParked(Endpoint& endpoint) {
  endpoint.progress.parked_round = endpoint.webhook.round;
  endpoint.StopDelivering();
  platform::LogError("webhook.parked", {{"workspace", endpoint.key.workspace.str()},
                                        {"webhook", endpoint.key.id},
                                        {"why", endpoint.progress.error},
                                        {"mend", "batonctl webhook replay"}});
}

// Deleted or replayed meanwhile: the directory hears of it by itself. What cannot be read would
// come again with each delivery, so there are no more until somebody changes the webhook.
void Courier::NotReported(Endpoint& endpoint, const absl::Status& why) {
  if (!absl::IsNotFound(why) && !absl::IsAborted(why)) {
    endpoint.progress.parked_round = endpoint.webhook.round;
    platform::LogError("webhook.not_reported", {{"workspace", endpoint.key.workspace.str()},
                                                {"webhook", endpoint.key.id},
                                                {"why", std::string(why.message())}});
  }
  endpoint.StopDelivering();
}

absl::Status Courier::ReportOne(Endpoint& endpoint, absl::Time now, bool all) {
  const bool due = all || now - endpoint.reported_at >= kPlacesEvery;
  if (!endpoint.HasNews() && !due) return absl::OkStatus();
  const std::map<int32_t, int64_t> places = places_of_(endpoint);
  endpoint.report.offsets.clear();
  for (const auto& [partition, place] : places) {
    const auto told = endpoint.progress.offsets.find(partition);
    if (told == endpoint.progress.offsets.end() || told->second < place) {
      endpoint.report.offsets[partition] = place;
    }
  }
  endpoint.reported_at = now;
  if (!endpoint.HasNews() && endpoint.report.offsets.empty()) return absl::OkStatus();
  const absl::StatusOr<bool> parked = store_.ReportWebhook(endpoint.key, endpoint.report);
  if (!parked.ok()) {
    if (!IsForGood(parked.status())) return parked.status();
    NotReported(endpoint, parked.status());
    return absl::OkStatus();
  }
  if (!endpoint.report.ping.empty()) endpoint.progress.ping = endpoint.report.ping;
  if (!endpoint.report.error.empty()) endpoint.progress.error = endpoint.report.error;
  for (const auto& [partition, place] : endpoint.report.offsets) {
    endpoint.progress.offsets[partition] = place;
  }
  if (endpoint.report.truncated) {
    platform::LogWarning("webhook.truncated", {{"workspace", endpoint.key.workspace.str()},
                                               {"webhook", endpoint.key.id}});
  }
  endpoint.ResetReport();
  if (*parked && endpoint.active()) NoteParked(endpoint);
  return absl::OkStatus();
}

absl::Status Courier::Report(absl::Time now, bool all) {
  absl::Status problem;
  directory_.ForEach([&](Endpoint& endpoint) {
    if (problem.ok()) problem = ReportOne(endpoint, now, all);
  });
  return problem;
}

bool Courier::HasInFlight(const std::set<int32_t>& partitions) {
  bool found = false;
  directory_.ForEach([&](const Endpoint& endpoint) {
    for (const int32_t partition : partitions) {
      found = found || endpoint.queue.HasInFlight(partition);
    }
  });
  return found;
}

}  // namespace baton::webhooks
