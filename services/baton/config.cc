#include "baton/config.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "connect/cors.h"
#include "intake/workspace_filter.h"
#include "platform/redis/url.h"
#include "platform/this_machine.h"
#include "policy/parse_policy.h"
#include "vendors/sales_mapping.h"
#include "webhooks/egress_rules.h"

namespace baton {
namespace {

constexpr std::string_view kOff = "off";

void AddConnections(platform::Settings& settings, BatonConfig& config) {
  RedisConfig& redis = config.redis;
  settings.AddText("redis.url",
                   "Redis, redis[s]://[user[:password]@]host:port[/db], or where Sentinels say: "
                   "redis[s]+sentinel://[user[:password]@]host:port,host:port/primary[/db]",
                   &redis.url, platform::CheckNotEmpty, platform::Secrecy::kUrlPassword);
  settings.AddText("redis.password_file", "file with Redis' password", &redis.password_file);
  settings.AddText("redis.sentinel_user", "who asks the Sentinels; empty: their default user",
                   &redis.sentinel.user);
  settings.AddText("redis.sentinel_password_file", "file with the Sentinels' password",
                   &redis.sentinel.password_file);
  settings.AddText("redis.tls_ca_file", "PEM with the CAs of rediss servers; empty: the system's",
                   &redis.tls.ca_file);
  settings.AddText("redis.tls_cert_file", "PEM with the certificate that Redis is shown",
                   &redis.tls.cert_file);
  settings.AddText("redis.tls_key_file", "PEM with its key", &redis.tls.key_file);
  settings.AddNumber("redis.shards", "virtual shards, fixed at installation", &redis.shards, 1,
                     1024);
  settings.AddNumber("redis.min_replica_acks", "replicas to confirm a change before it is told",
                     &redis.min_replica_acks, 0, 16);
  settings.AddSwitch("redis.allow_everysec",
                     "accept appendfsync everysec: a power cut may take back a second",
                     &redis.allow_everysec);
  settings.AddChoice("redis.known_holes",
                     "a Redis or Valkey whose version has known holes is a warning, or refused: a "
                     "reason not to be ready",
                     &redis.known_holes, {"warn", "refuse"});
  settings.AddNumber("redis.connections_max", "connections to Redis", &redis.connections_max, 4,
                     256);
  KafkaSettings& kafka = config.kafka;
  settings.AddText("kafka.brokers", "Kafka, host:port,host:port", &kafka.brokers,
                   platform::CheckNotEmpty);
  settings.AddText("kafka.topic_prefix", "first part of every topic's name", &kafka.topic_prefix,
                   platform::CheckNotEmpty);
  settings.AddPairs("kafka.properties", "--kafka-property",
                    "a property of librdkafka, for TLS and SASL", &kafka.properties);
  settings.AddText("kafka.properties_file",
                   "properties of librdkafka that are secret: a file of lines NAME=VALUE, or a "
                   "folder with a file for each; wins over kafka.properties, and a changed user "
                   "name and password are taken without restart",
                   &kafka.properties_file);
}

std::string CheckAddressOrOff(std::string_view text) {
  return text == kOff ? "" : platform::CheckAddress(text);
}

void AddListeners(platform::Settings& settings, BatonConfig& config) {
  GrpcConfig& grpc = config.grpc;
  settings.AddText("grpc.address", "where the API listens (dispatch)", &grpc.address,
                   platform::CheckAddress);
  settings.AddText("grpc.tls_cert_file", "PEM with the API's certificate and its chain",
                   &grpc.tls.cert_file);
  settings.AddText("grpc.tls_key_file", "PEM with its key", &grpc.tls.key_file);
  settings.AddText("grpc.tls_client_ca_file",
                   "PEM with the CAs of clients' certificates, for mutual TLS",
                   &grpc.tls.client_ca_file);
  settings.AddSwitch("grpc.allow_plaintext",
                     "serve without TLS, because something in front of it ends TLS",
                     &grpc.allow_plaintext);
  settings.AddChoice(
      "grpc.insecure",
      "take callers at their word and need no TLS, on loopback only, where everybody "
      "on this machine may then do everything",
      &grpc.insecure, {"no", "loopback"});
  settings.AddSwitch("grpc.reflection", "let clients list the services", &grpc.reflection);
  settings.AddNumber("grpc.streams_per_connection_max", "concurrent calls per connection",
                     &grpc.streams_per_connection_max, 1, 100'000);
  settings.AddNumber("grpc.connections_max", "connections by gRPC; further ones are closed at once",
                     &grpc.connections.all_max, 1, 1'000'000);
  settings.AddNumber("grpc.connections_per_address_max",
                     "of these from one address, which may be a load balancer's",
                     &grpc.connections.per_address_max, 1, 1'000'000);
  settings.AddText(
      "grpc.token_secret_file",
      "file with secrets of at least 16 bytes, one a line, the same for every replica: the first "
      "signs page and resume tokens, each opens them; empty: the installation's own, kept in Redis",
      &grpc.token_secret_file);
  ConnectConfig& connect = config.connect;
  settings.AddText("connect.address", "where the API listens for HTTP and JSON (dispatch); or off",
                   &connect.address, CheckAddressOrOff);
  settings.AddText("connect.cors_origins",
                   "origins of web pages that may call, such as https://app.acme.example, "
                   "comma-separated; * is all; empty: none",
                   &connect.cors_origins);
  settings.AddNumber("connect.connections_max", "connections for HTTP and JSON",
                     &connect.connections_max, 1, 100'000);
  settings.AddNumber("connect.body_bytes_max", "bytes of one message by HTTP",
                     &connect.body_bytes_max, 1024, 4 * 1024 * 1024);
  settings.AddText("http.address", "where /metrics, /healthz and /readyz listen",
                   &config.http.address, platform::CheckAddress);
  settings.AddText("http.tls_cert_file", "PEM with its certificate and its chain; empty: no TLS",
                   &config.http.tls.cert_file);
  settings.AddText("http.tls_key_file", "PEM with its key", &config.http.tls.key_file);
  settings.AddText("http.tls_client_ca_file",
                   "PEM with the CAs of those who may read /metrics, by their certificates",
                   &config.http.tls.client_ca_file);
}

void AddAuth(platform::Settings& settings, BatonConfig& config) {
  identity::AuthoritySettings& auth = config.auth;
  settings.AddText("auth.jwks_file", "JSON Web Key Set with the keys that sign tokens",
                   &auth.key_set_file);
  identity::KeySource& source = auth.key_source;
  settings.AddText("auth.jwks_url",
                   "where the issuer publishes that set instead, https://; fetched again and again",
                   &source.url);
  settings.AddText("auth.jwks_ca_file", "PEM with the CAs of that URL; empty: the system's",
                   &source.ca_file);
  settings.AddDuration("auth.jwks_refresh", "how often it is fetched", &source.refresh,
                       absl::Seconds(1), absl::Hours(24));
  settings.AddDuration("auth.jwks_ask_interval",
                       "shortest time between two fetches because of tokens of unknown keys",
                       &source.ask_interval, absl::Seconds(1), absl::Hours(1));
  settings.AddText("auth.issuer", "what tokens say in iss", &auth.token_rules.issuer);
  settings.AddText("auth.audience", "what tokens say in aud", &auth.token_rules.audience);
  settings.AddText("auth.principal_claim", "the claim that names the principal",
                   &auth.token_rules.principal_claim, platform::CheckNotEmpty);
  settings.AddDuration("auth.leeway", "how far the clocks of issuer and server may differ",
                       &auth.token_rules.leeway, absl::ZeroDuration(), absl::Minutes(5));
  settings.AddDuration("auth.stale_max",
                       "how long the last good keys serve once their file is broken or a fetch "
                       "from their URL has failed",
                       &auth.stale_max, absl::Seconds(1), absl::Hours(24 * 7));
  settings.AddText("auth.clients_file", "YAML: which principal each client certificate is",
                   &auth.clients_file);
  settings.AddText("auth.methods_file", "YAML: which roles may call which method; empty: built in",
                   &auth.methods_file);
}

void AddRoles(platform::Settings& settings, BatonConfig& config) {
  settings.AddText("intake.group", "consumer group of intake", &config.intake.group,
                   platform::CheckNotEmpty);
  settings.AddNumber("intake.batch_max", "records decided together", &config.intake.batch_max, 1,
                     10'000);
  settings.AddNumber("intake.input_generation",
                     "raise it by one after the input topic was deleted and made anew: offsets "
                     "then mean other records",
                     &config.intake.input_generation, 1, 1'000'000);
  settings.AddNumber("intake.sales_input_generation", "the same of the topic of sales",
                     &config.intake.sales_input_generation, 1, 1'000'000);
  settings.AddText("intake.sales_mapping",
                   "file with what a CRM's own JSON means as actions of reps; empty: CloudEvents "
                   "only",
                   &config.intake.sales_mapping);
  settings.AddText("intake.workspaces",
                   "workspaces that events of the input topics may be about, comma-separated; "
                   "events about others become dead letters; empty: all",
                   &config.intake.workspaces);
  settings.AddText("relay.group", "consumer group of relay", &config.relay.group,
                   platform::CheckNotEmpty);
  settings.AddNumber("relay.batch_max", "entries in one Kafka transaction", &config.relay.batch_max,
                     1, 10'000);
  settings.AddNumber("relay.keep", "published entries kept per shard for watchers that resume",
                     &config.relay.keep, 0, 1'000'000);
  settings.AddDuration("relay.purge_after",
                       "entries of erased leads are kept no longer than this behind the erasure",
                       &config.relay.purge_after, absl::Seconds(1), absl::Hours(24));
  settings.AddDuration("reports.keep",
                       "so long handoff cycles count in reports after their latest change",
                       &config.reports.keep, absl::Hours(24), absl::Hours(24 * 3660));
  settings.AddNumber("reports.cycles_max",
                     "handoff cycles in the memory of dispatch, about 400 bytes each",
                     &config.reports.cycles_max, 1000, 100'000'000);
  settings.AddDuration("clock.tick", "longest time between two looks at the timers",
                       &config.clock.tick, absl::Milliseconds(10), absl::Seconds(10));
  settings.AddDuration("clock.retention_every",
                       "pause between two walks through all leads that erase whom a policy's "
                       "retention no longer wants",
                       &config.clock.retention_every, absl::Seconds(1), absl::Hours(24 * 7));
}

void AddWebhooks(platform::Settings& settings, WebhooksConfig& webhooks) {
  settings.AddText("webhooks.hosts",
                   "hosts that webhooks may be sent to, comma-separated; *.acme.example is every "
                   "name below acme.example; empty: no webhooks",
                   &webhooks.hosts);
  settings.AddText("webhooks.internal_networks",
                   "networks that webhooks may reach although they are internal, such as "
                   "10.1.0.0/16, comma-separated; there also by http://",
                   &webhooks.internal_networks);
  settings.AddText("webhooks.ca_file",
                   "PEM with the CAs of receivers' certificates; empty: the system's",
                   &webhooks.ca_file);
  settings.AddText("webhooks.group", "consumer group of webhooks", &webhooks.group,
                   platform::CheckNotEmpty);
  settings.AddDuration("webhooks.timeout", "how long a receiver may take to answer",
                       &webhooks.timeout, absl::Milliseconds(100), absl::Minutes(1));
  settings.AddDuration("webhooks.retry_first",
                       "wait after a first failure; each further one waits four times as long",
                       &webhooks.retry_first, absl::Milliseconds(10), absl::Hours(1));
  settings.AddDuration("webhooks.retry_most", "longest wait between two attempts",
                       &webhooks.retry_most, absl::Milliseconds(10), absl::Hours(6));
  settings.AddDuration("webhooks.park_after",
                       "how long a webhook may fail without a success before it is parked",
                       &webhooks.park_after, absl::Milliseconds(100), absl::Hours(24 * 7));
  settings.AddNumber("webhooks.pending_max",
                     "changes of one webhook in memory; further ones wait in Kafka",
                     &webhooks.pending_max, 1, 100'000);
  settings.AddNumber("webhooks.in_flight_max", "attempts of one webhook at once",
                     &webhooks.in_flight_max, 1, 100);
}

void AddOtel(platform::Settings& settings, OtelConfig& otel) {
  settings.AddText("otel.endpoint",
                   "collector that gets traces over OTLP/HTTP, http[s]://host:port; empty: none",
                   &otel.endpoint);
  settings.AddText("otel.headers_file", "file with headers for it, name: value each line",
                   &otel.headers_file);
  settings.AddText("otel.ca_file", "PEM with the CAs of its certificate; empty: the system's",
                   &otel.ca_file);
  settings.AddText("otel.service_name", "what traces call this service", &otel.service_name,
                   platform::CheckNotEmpty);
  settings.AddNumber("otel.root_percent",
                     "how much of what comes without a trace gets one; what comes with one is "
                     "traced if its sender says so",
                     &otel.root_percent, 0, 100);
}

void AddLimits(platform::Settings& settings, BatonConfig& config) {
  store::StoreLimits& limits = config.limits;
  settings.AddNumber("limits.leads_per_workspace_max", "leads of one workspace",
                     &limits.leads_per_workspace_max, 1, 1'000'000'000);
  settings.AddNumber("limits.accounts_per_workspace_max", "accounts of one workspace",
                     &limits.accounts_per_workspace_max, 1, 100'000'000);
  settings.AddNumber("limits.reps_per_workspace_max", "reps of one workspace",
                     &limits.reps_per_workspace_max, 1, static_cast<int64_t>(store::kRepsMax));
  settings.AddNumber("limits.queues_per_workspace_max",
                     "queues of one workspace: with settings, and of a new policy revision",
                     &limits.queues_per_workspace_max, 1, static_cast<int64_t>(store::kQueuesMax));
  settings.AddNumber("limits.rules_per_workspace_max",
                     "rules of one workspace's new policy revision",
                     &limits.rules_per_workspace_max, 1, static_cast<int64_t>(policy::kRulesMax));
  settings.AddNumber("limits.workspaces_max", "workspaces", &limits.workspaces_max, 1, 1'000'000);
  settings.AddNumber("limits.outbox_max",
                     "unpublished changes per shard before new work is refused", &limits.outbox_max,
                     1000, 100'000'000);
  settings.AddNumber("limits.outbox_reserve", "further ones for rep actions and timers",
                     &limits.outbox_reserve, 0, 100'000'000);
  dispatch::CallLimits& calls = config.call_limits;
  settings.AddNumber("limits.principal_calls_per_second_max",
                     "calls a second of one principal, to one replica",
                     &calls.principal_calls_per_second_max, 1, 1'000'000);
  settings.AddNumber("limits.workspace_calls_per_second_max",
                     "calls a second about one workspace, to one replica",
                     &calls.workspace_calls_per_second_max, 1, 1'000'000);
  settings.AddNumber("limits.principal_connections_max",
                     "connections by gRPC on which one principal calls, at one replica",
                     &config.grpc.connections.per_principal_max, 1, 1'000'000);
  settings.AddNumber("limits.principal_streams_max",
                     "streams that one principal has open, at one replica",
                     &calls.principal_streams_max, 1, 100'000);
  settings.AddNumber("limits.workspace_streams_max",
                     "streams about one workspace that are open, at one replica",
                     &calls.workspace_streams_max, 1, 100'000);
}

bool TakesTokens(const identity::AuthoritySettings& auth) {
  return !auth.key_set_file.empty() || !auth.key_source.url.empty();
}

// `listener` as its flags begin: "--grpc".
void CheckTlsFiles(std::string_view listener, const platform::TlsFiles& tls,
                   std::vector<std::string>& errors) {
  const std::string flags = std::string(listener) + "-tls";
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    errors.push_back(absl::StrCat(flags, "-cert-file and ", flags, "-key-file: give both or none"));
  }
  if (!tls.client_ca_file.empty() && tls.cert_file.empty()) {
    errors.push_back(absl::StrCat(flags, "-client-ca-file needs ", flags, "-cert-file"));
  }
}

void CheckTls(const GrpcConfig& grpc, std::vector<std::string>& errors) {
  const platform::TlsFiles& tls = grpc.tls;
  CheckTlsFiles("--grpc", tls, errors);
  if (!tls.cert_file.empty() && grpc.allow_plaintext) {
    errors.push_back("--grpc-allow-plaintext with --grpc-tls-cert-file: choose one of them");
  }
  if (tls.cert_file.empty() && !grpc.allow_plaintext && grpc.insecure == "no") {
    errors.push_back(
        "the API has no TLS: give --grpc-tls-cert-file and --grpc-tls-key-file, or say "
        "--grpc-allow-plaintext if something in front of it ends TLS; to try Baton on this "
        "machine: --grpc-insecure loopback");
  }
}

void CheckRedis(const RedisConfig& redis, std::vector<std::string>& errors) {
  const absl::StatusOr<platform::redis::Location> location = platform::redis::ParseUrl(redis.url);
  if (!location.ok()) {
    errors.push_back(absl::StrCat("--redis-url: ", location.status().message()));
    return;
  }
  const platform::redis::SentinelLogin& sentinel = redis.sentinel;
  if (location->sentinels.empty() && (!sentinel.user.empty() || !sentinel.password_file.empty())) {
    errors.push_back(
        "--redis-sentinel-user and --redis-sentinel-password-file need --redis-url "
        "redis+sentinel://");
  }
  const platform::redis::TlsOptions& tls = redis.tls;
  if (tls.cert_file.empty() != tls.key_file.empty()) {
    errors.push_back("--redis-tls-cert-file and --redis-tls-key-file: give both or none");
  }
  const bool any = !tls.ca_file.empty() || !tls.cert_file.empty();
  if (any && !location->server.tls) {
    errors.push_back("--redis-tls-ca-file and --redis-tls-cert-file need --redis-url rediss://");
  }
}

void CheckCredentials(const BatonConfig& config, std::vector<std::string>& errors) {
  const identity::AuthoritySettings& auth = config.auth;
  const std::string& url = auth.key_source.url;
  if (!TakesTokens(auth) && auth.clients_file.empty()) {
    errors.push_back(
        "nobody could call the API: give --auth-jwks-file or --auth-jwks-url for tokens, or "
        "--auth-clients-file for client certificates");
  }
  if (!auth.key_set_file.empty() && !url.empty()) {
    errors.push_back("--auth-jwks-file with --auth-jwks-url: choose one of them");
  }
  if (absl::Status fit = url.empty() ? absl::OkStatus() : identity::CheckKeyUrl(url); !fit.ok()) {
    errors.push_back(absl::StrCat("--auth-jwks-url ", url, " ", fit.message()));
  }
  if (!auth.key_source.ca_file.empty() && url.empty()) {
    errors.push_back("--auth-jwks-ca-file needs --auth-jwks-url");
  }
  const bool rules = !auth.token_rules.issuer.empty() && !auth.token_rules.audience.empty();
  if (TakesTokens(auth) && !rules) {
    errors.push_back("--auth-jwks-file and --auth-jwks-url need --auth-issuer and --auth-audience");
  }
  if (auth.clients_file.empty() != config.grpc.tls.client_ca_file.empty()) {
    errors.push_back("--auth-clients-file and --grpc-tls-client-ca-file: give both or none");
  }
}

// The API is open to strangers only where the operator says so.
void CheckFrontDoor(const BatonConfig& config, std::vector<std::string>& errors) {
  CheckTls(config.grpc, errors);
  if (config.grpc.insecure == "no") return CheckCredentials(config, errors);
  if (TakesTokens(config.auth) || !config.auth.clients_file.empty()) {
    errors.push_back(
        "--grpc-insecure loopback believes every caller: leave out --auth-jwks-file, "
        "--auth-jwks-url and --auth-clients-file, or say --grpc-insecure no");
  }
  const std::pair<const char*, std::string> addresses[] = {
      {"--grpc-address", config.grpc.address}, {"--connect-address", config.connect.address}};
  for (const auto& [flag, address] : addresses) {
    if (address == kOff || platform::IsThisMachine(address)) continue;
    errors.push_back(absl::StrCat("--grpc-insecure loopback: ", flag, " ", address,
                                  " is not loopback; give TLS and tokens (to try Baton: "
                                  "batonctl dev-identity DIR makes both)"));
  }
}

void CheckIntake(const IntakeConfig& intake, std::vector<std::string>& errors) {
  const auto mapping = vendors::ReadSalesMapping(intake.sales_mapping);
  if (!mapping.ok()) {
    errors.push_back(absl::StrCat("--intake-sales-mapping: ", mapping.status().message()));
  }
  const auto filter = intake::WorkspaceFilter::Parse(intake.workspaces);
  if (!filter.ok()) {
    errors.push_back(absl::StrCat("--intake-workspaces: ", filter.status().message()));
  }
}

void CheckConnect(const ConnectConfig& connect, std::vector<std::string>& errors) {
  const auto pages = connect::Cors::Parse(connect.cors_origins);
  if (!pages.ok()) {
    errors.push_back(absl::StrCat("--connect-cors-origins: ", pages.status().message()));
  }
}

}  // namespace

platform::Settings::Loaded LoadConfig(const std::vector<std::string>& arguments,
                                      const platform::Settings::Environment& environment,
                                      BatonConfig* config) {
  platform::Settings settings(
      "baton",
      "Passes leads from marketing to sales: lead events in from Kafka, one rep for each, "
      "every decision and outcome back to Kafka.",
      "BATON_");
  settings.AddRole(
      "the role to run; or to change the functions in Redis and end", &config->role,
      {"all", "intake", "dispatch", "clock", "relay", kLoadFunctions, kDeleteOldFunctions});
  AddConnections(settings, *config);
  AddListeners(settings, *config);
  AddAuth(settings, *config);
  AddRoles(settings, *config);
  AddWebhooks(settings, config->webhooks);
  AddOtel(settings, config->otel);
  AddLimits(settings, *config);
  settings.AddChoice("log.level", "least severe line that is written", &config->log_level,
                     {"debug", "info", "warning", "error"});
  settings.AddDuration("shutdown.grace", "time to finish what is begun after SIGTERM",
                       &config->shutdown_grace, absl::Seconds(1), absl::Minutes(10));
  platform::Settings::Loaded loaded = settings.Load(arguments, environment);
  config->auth.believe = config->grpc.insecure != "no";
  if (loaded.print.empty()) CheckTlsFiles("--http", config->http.tls, loaded.errors);
  if (loaded.print.empty() && config->Runs("dispatch")) {
    CheckFrontDoor(*config, loaded.errors);
    CheckConnect(config->connect, loaded.errors);
  }
  if (loaded.print.empty()) CheckRedis(config->redis, loaded.errors);
  if (loaded.print.empty() && config->Runs("intake")) CheckIntake(config->intake, loaded.errors);
  const WebhooksConfig& hooks = config->webhooks;
  const auto rules = webhooks::EgressRules::Parse(hooks.hosts, hooks.internal_networks);
  if (loaded.print.empty() && !rules.ok()) {
    loaded.errors.push_back(
        absl::StrCat("--webhooks-hosts, --webhooks-internal-networks: ", rules.status().message()));
  }
  if (loaded.print.empty() && config->relay.keep >= config->limits.outbox_max) {
    loaded.errors.push_back("--relay-keep must be below --limits-outbox-max: kept entries count");
  }
  return loaded;
}

}  // namespace baton
