#include "baton/app.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "agreement/policy_cache.h"
#include "baton/store_watch.h"
#include "baton/token_secrets.h"
#include "clock/clock_service.h"
#include "clock/hours_service.h"
#include "clock/retention_service.h"
#include "connect/connect_service.h"
#include "dispatch/dispatch_service.h"
#include "events/handoff_event_codec.h"
#include "identity/authority.h"
#include "intake/intake_service.h"
#include "platform/http_server.h"
#include "platform/kafka/properties_file.h"
#include "platform/lifecycle.h"
#include "platform/log.h"
#include "platform/metrics.h"
#include "platform/otlp/otlp_sender.h"
#include "platform/otlp/span_queue.h"
#include "platform/process.h"
#include "platform/reloader.h"
#include "relay/relay_service.h"
#include "store/redis/redis_store.h"
#include "vendors/sales_mapping.h"
#include "webhooks/webhook_service.h"

namespace baton {
namespace {

constexpr size_t kPoliciesCompiledMax = 10'000;
constexpr int64_t kFilesForOthers = 256;  // open files that are no connections of callers
constexpr absl::Duration kSecretPatience = absl::Seconds(10);

platform::LogLevel ParseLogLevel(const std::string& name) {
  if (name == "debug") return platform::LogLevel::kDebug;
  if (name == "warning") return platform::LogLevel::kWarning;
  if (name == "error") return platform::LogLevel::kError;
  return platform::LogLevel::kInfo;
}

store::RedisStoreOptions StoreOptions(const BatonConfig& config) {
  store::RedisStoreOptions options;
  options.url = config.redis.url;
  options.password_file = config.redis.password_file;
  options.tls = config.redis.tls;
  options.sentinel = config.redis.sentinel;
  options.shards = config.redis.shards;
  options.limits = config.limits;
  options.min_replica_acks = config.redis.min_replica_acks;
  options.allow_everysec = config.redis.allow_everysec;
  options.refuse_known_holes = config.redis.known_holes == "refuse";
  options.connections_max = config.redis.connections_max;
  return options;
}

store::RedisStoreOptions StoreOptions(const BatonConfig& config, platform::Metrics& metrics) {
  store::RedisStoreOptions options = StoreOptions(config);
  auto& full = metrics.AddCounter(
      "baton_requirements_full_total",
      "Looks for reps that were put off because too many different requirements wait");
  options.on_requirements_full = [&full] { full.Add(); };
  auto& holes =
      metrics.AddGauge("baton_redis_known_holes",
                       "1: Redis has a version with known holes, unless its package was mended");
  options.on_known_holes = [&holes, told = std::string()](const std::string& known) mutable {
    holes.Set(known.empty() ? 0 : 1);
    if (!known.empty() && known != told) {
      platform::LogWarning("redis.known_holes", {{"reason", known}});
    }
    told = known;
  };
  return options;
}

// What the role is when it is none of those that stay.
absl::Status ChangeFunctions(const BatonConfig& config) {
  const bool loads = config.role == kLoadFunctions;
  const auto there = loads ? store::RedisStore::LoadFunctions(StoreOptions(config))
                           : store::RedisStore::DeleteOldFunctions(StoreOptions(config));
  if (!there.ok()) return there.status();
  platform::LogInfo(loads ? "functions.loaded" : "functions.deleted",
                    {{"in_redis", absl::StrJoin(*there, ", ")}});
  return absl::OkStatus();
}

absl::StatusOr<platform::kafka::KafkaConfig> OpenKafka(const KafkaSettings& kafka) {
  platform::kafka::KafkaConfig config{kafka.brokers, kafka.properties, nullptr};
  if (kafka.properties_file.empty()) return config;
  auto file = platform::kafka::PropertiesFile::Open(kafka.properties_file, kafka.properties);
  if (!file.ok()) {
    return absl::Status(file.status().code(),
                        absl::StrCat("--kafka-properties-file ", file.status().message()));
  }
  config.file = *std::move(file);
  return config;
}

// The secrets of page and resume tokens: the file's, or the installation's.
absl::StatusOr<std::vector<std::string>> TokenSecrets(const BatonConfig& config,
                                                      store::StoreHealth& store) {
  const std::string& path = config.grpc.token_secret_file;
  if (!path.empty()) return ReadTokenSecrets(path);
  const absl::Time give_up = absl::Now() + kSecretPatience;
  for (bool told = false;; told = true) {
    absl::StatusOr<std::string> secret = store.InstallationSecret();
    if (secret.ok()) return std::vector<std::string>{*std::move(secret)};
    if (!absl::IsUnavailable(secret.status()) || absl::Now() > give_up) return secret.status();
    if (!told) {
      platform::LogWarning("store.awaited", {{"reason", std::string(secret.status().message())},
                                             {"patience", absl::FormatDuration(kSecretPatience)}});
    }
    absl::SleepFor(absl::Milliseconds(200));
  }
}

dispatch::PolicySource PoliciesFrom(agreement::PolicyCache& cache) {
  return [&cache](absl::Span<const core::WorkspaceId> workspaces)
             -> absl::StatusOr<std::vector<absl::StatusOr<dispatch::SharedPolicy>>> {
    const auto active = cache.Active(workspaces);
    if (!active.ok()) return active.status();
    std::vector<absl::StatusOr<dispatch::SharedPolicy>> policies;
    policies.reserve(active->size());
    for (const absl::StatusOr<agreement::ActivePolicy>& one : *active) {
      if (one.ok()) {
        policies.emplace_back(one->policy);
      } else {
        policies.emplace_back(one.status());
      }
    }
    return policies;
  };
}

// As configured, or fewer where the system allows too few open files: Redis, Kafka and HTTP need
// some as well.
platform::rpc::ConnectionLimits ConnectionsOf(const BatonConfig& config) {
  platform::rpc::ConnectionLimits limits = config.grpc.connections;
  const int64_t others = config.connect.connections_max + kFilesForOthers;
  const int64_t room = std::max<int64_t>(1, platform::RaiseOpenFilesMax() - others);
  if (room < limits.all_max) {
    platform::LogWarning("grpc.few_open_files", {{"connections_max", absl::StrCat(room)},
                                                 {"why", "RLIMIT_NOFILE allows no more"}});
    limits.all_max = static_cast<int>(room);
  }
  return limits;
}

absl::StatusOr<webhooks::EgressRules> EgressRulesOf(const BatonConfig& config) {
  return webhooks::EgressRules::Parse(config.webhooks.hosts, config.webhooks.internal_networks);
}

// For the clock, which does without a policy that cannot be read.
clock::PolicySource ReadablePoliciesFrom(agreement::PolicyCache& cache) {
  return
      [&cache](absl::Span<const core::WorkspaceId> workspaces) -> absl::StatusOr<clock::Policies> {
        const auto active = cache.Active(workspaces);
        if (!active.ok()) return active.status();
        clock::Policies policies;
        policies.reserve(active->size());
        for (const absl::StatusOr<agreement::ActivePolicy>& one : *active) {
          policies.push_back(one.ok() ? one->policy : nullptr);
        }
        return policies;
      };
}

}  // namespace

struct App::Parts {
  explicit Parts(absl::Duration grace) : lifecycle(grace) {}

  std::unique_ptr<platform::Metrics> metrics = platform::NewMetrics();
  std::unique_ptr<store::RedisStore> store;
  std::unique_ptr<agreement::PolicyCache> policies;
  platform::kafka::KafkaConfig kafka;
  std::shared_ptr<identity::Authority> authority;  // dispatch only
  std::vector<std::unique_ptr<platform::Service>> services;
  platform::Lifecycle lifecycle;

  void Add(std::unique_ptr<platform::Service> service) {
    lifecycle.Add(*service);
    services.push_back(std::move(service));
  }
  absl::Status AddTraces(const BatonConfig& config);
  absl::Status AddIntake(const BatonConfig& config, const events::TopicNames& topics);
  void AddClock(const BatonConfig& config);
  void AddRelay(const BatonConfig& config, const events::TopicNames& topics);
  absl::Status AddWebhooks(const BatonConfig& config, const events::TopicNames& topics);
  absl::Status AddDispatch(const BatonConfig& config, const events::TopicNames& topics);
  absl::Status AddConnect(const BatonConfig& config, dispatch::DispatchService& api);
};

absl::Status App::Parts::AddTraces(const BatonConfig& config) {
  const OtelConfig& otel = config.otel;
  if (otel.endpoint.empty()) return absl::OkStatus();
  auto sender = platform::otlp::NewOtlpSender(
      {otel.endpoint, otel.headers_file, otel.ca_file, otel.service_name, config.role});
  if (!sender.ok()) return sender.status();
  platform::otlp::SpanQueueOptions options;
  options.root_ratio = otel.root_percent / 100.0;
  Add(std::make_unique<platform::otlp::SpanQueue>(options, *std::move(sender), *metrics));
  return absl::OkStatus();
}

absl::Status App::Parts::AddIntake(const BatonConfig& config, const events::TopicNames& topics) {
  const intake::IntakePorts ports{*store, *store, *store, *store, *policies};
  const auto filter = intake::WorkspaceFilter::Parse(config.intake.workspaces);
  if (!filter.ok()) return filter.status();
  intake::IntakeServiceOptions options;
  options.topic = topics.lead_events;
  options.group = config.intake.group;
  options.batch_max = config.intake.batch_max;
  options.input_generation = config.intake.input_generation;
  Add(std::make_unique<intake::IntakeService>(*store, intake::HandleMarketing(ports, *filter),
                                              kafka, options, *metrics));
  const auto mapping = vendors::ReadSalesMapping(config.intake.sales_mapping);
  if (!mapping.ok()) return mapping.status();
  options.name = "sales-intake";
  options.topic = topics.sales_events;
  options.flow = store::InputFlow::kSales;
  options.group = config.intake.group + "-sales";
  options.input_generation = config.intake.sales_input_generation;
  const auto decode = [mapping = *mapping](const platform::kafka::Record& record) {
    return vendors::DecodeSalesRecord(record, mapping.get());
  };
  Add(std::make_unique<intake::IntakeService>(*store, intake::HandleSales(ports, decode, *filter),
                                              kafka, options, *metrics));
  return absl::OkStatus();
}

void App::Parts::AddClock(const BatonConfig& config) {
  clock::ClockOptions options;
  options.tick = config.clock.tick;
  const auto now = [] { return absl::ToUnixMillis(absl::Now()); };
  Add(std::make_unique<clock::ClockService>(*store, *store, *store, ReadablePoliciesFrom(*policies),
                                            now, options, *metrics));
  Add(std::make_unique<clock::HoursService>(*store, *store, *policies, now, *metrics));
  clock::RetentionOptions retention;
  retention.every = config.clock.retention_every;
  Add(std::make_unique<clock::RetentionService>(*store, *store, *policies, retention, *metrics));
}

void App::Parts::AddRelay(const BatonConfig& config, const events::TopicNames& topics) {
  relay::RelayOptions options;
  options.group = config.relay.group;
  options.transactional_id_prefix = config.kafka.topic_prefix;
  options.batch_max = config.relay.batch_max;
  options.keep = config.relay.keep;
  options.purge_after = config.relay.purge_after;
  auto counting = std::make_unique<relay::ReportCounting>(*store, *store, *store,
                                                          config.reports.keep, *metrics);
  Add(std::make_unique<relay::RelayService>(*store, *store, std::move(counting), kafka, topics,
                                            options, *metrics));
}

absl::Status App::Parts::AddWebhooks(const BatonConfig& config, const events::TopicNames& topics) {
  auto rules = EgressRulesOf(config);
  if (!rules.ok()) return rules.status();
  if (rules->off()) return absl::OkStatus();
  webhooks::WebhookOptions options;
  options.rules = *std::move(rules);
  options.topic = topics.feedback;
  options.group = config.webhooks.group;
  options.ca_file = config.webhooks.ca_file;
  options.timeout = config.webhooks.timeout;
  options.park_after = config.webhooks.park_after;
  options.limits.pending_max = static_cast<size_t>(config.webhooks.pending_max);
  options.limits.in_flight_max = config.webhooks.in_flight_max;
  options.limits.retry.first = config.webhooks.retry_first;
  options.limits.retry.most = config.webhooks.retry_most;
  Add(std::make_unique<webhooks::WebhookService>(*store, *store, kafka, options, *metrics));
  return absl::OkStatus();
}

absl::Status App::Parts::AddDispatch(const BatonConfig& config, const events::TopicNames& topics) {
  const auto secrets = TokenSecrets(config, *store);
  if (!secrets.ok()) return secrets.status();
  dispatch::DispatchOptions options;
  options.server.address = config.grpc.address;
  options.reports_keep = config.reports.keep;
  options.report_cycles_max = config.reports.cycles_max;
  options.server.tls = config.grpc.tls;
  options.call_limits = config.call_limits;
  auto opened = identity::Authority::Open(config.auth);
  if (!opened.ok()) return opened.status();
  authority = *std::move(opened);
  lifecycle.Add(*authority);
  options.authority = authority;
  options.server.reflection = config.grpc.reflection;
  options.server.concurrent_streams_max = config.grpc.streams_per_connection_max;
  options.connections = ConnectionsOf(config);
  options.token_secrets = *secrets;
  options.lead_events_topic = topics.lead_events;
  auto rules = EgressRulesOf(config);
  if (!rules.ok()) return rules.status();
  options.egress = *std::move(rules);
  auto producers = [kafka = kafka] {
    return platform::kafka::Producer::Create(kafka, platform::kafka::ProducerOptions{});
  };
  auto api = std::make_unique<dispatch::DispatchService>(options, *store, PoliciesFrom(*policies),
                                                         std::move(producers), *metrics);
  dispatch::DispatchService& behind = *api;
  Add(std::move(api));
  if (const std::string& path = config.grpc.token_secret_file; !path.empty()) {
    auto use = [&behind](auto changed) { behind.UseTokenSecrets(std::move(changed)); };
    Add(std::make_unique<platform::Reloader>("token_secrets",
                                             LookAtTokenSecrets(path, *secrets, std::move(use))));
  }
  return AddConnect(config, behind);
}

absl::Status App::Parts::AddConnect(const BatonConfig& config, dispatch::DispatchService& api) {
  if (config.connect.address == "off") return absl::OkStatus();
  connect::ConnectOptions options;
  options.address = config.connect.address;
  options.tls = config.grpc.tls;
  auto pages = connect::Cors::Parse(config.connect.cors_origins);
  if (!pages.ok()) return pages.status();
  options.cors = *std::move(pages);
  options.limits.connections_max = static_cast<size_t>(config.connect.connections_max);
  options.limits.body_bytes_max = static_cast<size_t>(config.connect.body_bytes_max);
  options.local_hosts_only = config.grpc.insecure == "loopback";
  const auto backend = [&api] {
    return connect::Backend{api.InProcessChannel(), &api.voucher(), api.service_names()};
  };
  Add(std::make_unique<connect::ConnectService>(std::move(options), backend, *metrics));
  return absl::OkStatus();
}

App::App(BatonConfig config) : config_(std::move(config)) {}
App::~App() = default;

absl::Status App::Run(platform::StopSignals& signals) {
  platform::SetLogLevel(ParseLogLevel(config_.log_level));
  platform::IgnoreBrokenPipes();
  if (config_.role == kLoadFunctions || config_.role == kDeleteOldFunctions) {
    return ChangeFunctions(config_);
  }
  parts_ = std::make_unique<Parts>(config_.shutdown_grace);
  Parts& parts = *parts_;
  auto store = store::RedisStore::Open(StoreOptions(config_, *parts.metrics));
  if (!store.ok()) return store.status();
  parts.store = *std::move(store);
  parts.policies =
      std::make_unique<agreement::PolicyCache>(*parts.store, *parts.store, kPoliciesCompiledMax);
  const events::TopicNames topics = events::MakeTopicNames(config_.kafka.topic_prefix);

  auto kafka = OpenKafka(config_.kafka);
  if (!kafka.ok()) return kafka.status();
  parts.kafka = *std::move(kafka);

  // Stopped in reverse: the API first, so that its callers go elsewhere while the pipes finish.
  parts.Add(std::make_unique<platform::HttpServer>(config_.http.address, config_.http.tls,
                                                   *parts.metrics,
                                                   [&parts] { return parts.lifecycle.States(); }));
  if (absl::Status status = parts.AddTraces(config_); !status.ok()) return status;
  parts.Add(std::make_unique<StoreWatch>(*parts.store));
  if (const auto& file = parts.kafka.file; file != nullptr) {
    parts.Add(
        std::make_unique<platform::Reloader>("kafka_properties", [file] { return file->Look(); }));
  }
  if (config_.Runs("relay")) {
    parts.AddRelay(config_, topics);
    if (absl::Status status = parts.AddWebhooks(config_, topics); !status.ok()) return status;
  }
  if (config_.Runs("clock")) parts.AddClock(config_);
  if (config_.Runs("intake")) {
    if (absl::Status status = parts.AddIntake(config_, topics); !status.ok()) return status;
  }
  if (config_.Runs("dispatch")) {
    if (absl::Status status = parts.AddDispatch(config_, topics); !status.ok()) return status;
  }
  platform::LogInfo("baton.starting", {{"role", config_.role},
                                       {"api", config_.grpc.address},
                                       {"connect", config_.connect.address},
                                       {"http", config_.http.address}});
  if (config_.Runs("dispatch") && config_.auth.believe) {
    platform::LogWarning("baton.insecure", {{"api", config_.grpc.address},
                                            {"why", "grpc.insecure: callers are believed"}});
  }
  return parts.lifecycle.Run(signals);
}

}  // namespace baton
