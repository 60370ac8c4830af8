// Every setting of the program: one struct per part, the default and the reason beside each field.
// Names, ranges and help texts are in config.cc; `baton --help` prints them.
#ifndef BATON_BATON_CONFIG_H_
#define BATON_BATON_CONFIG_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "dispatch/call_limits.h"
#include "identity/authority.h"
#include "platform/config.h"
#include "platform/grpc/connection_count.h"
#include "platform/redis/sentinels.h"
#include "platform/redis/tls.h"
#include "platform/tls_files.h"
#include "store/store.h"

namespace baton {

struct RedisConfig {
  std::string url = "redis://127.0.0.1:6379";
  std::string password_file;        // wins over a password in the URL
  platform::redis::TlsOptions tls;  // of rediss:// and rediss+sentinel://
  platform::redis::SentinelLogin sentinel;
  int shards = 16;              // fixed at installation
  int min_replica_acks = 0;     // replicas that must have a change before anybody is told of it
  bool allow_everysec = false;  // a power cut may then take back the last second
  std::string known_holes = "warn";  // refuse: a version that has some is not ready
  int connections_max = 16;
};

struct KafkaSettings {
  std::string brokers = "127.0.0.1:9092";
  std::string topic_prefix = "baton";
  std::map<std::string, std::string> properties;  // librdkafka's, for TLS and SASL
  std::string properties_file;                    // wins over them
};

struct GrpcConfig {
  std::string address = "127.0.0.1:7400";
  platform::TlsFiles tls;        // without a certificate: see the two settings below
  bool allow_plaintext = false;  // something in front of it, such as a mesh, ends TLS
  std::string insecure = "no";   // loopback: no TLS needed, and callers are believed
  bool reflection = false;
  int streams_per_connection_max = 1000;
  platform::rpc::ConnectionLimits connections;
  std::string token_secret_file;  // empty: the installation's own secret, kept in the store
};

struct ConnectConfig {
  std::string address = "127.0.0.1:7402";  // "off": no API by HTTP
  std::string cors_origins;                // of web pages that may call; empty: none
  int connections_max = 1000;
  int body_bytes_max = 256 * 1024;
};

struct HttpConfig {
  std::string address = "127.0.0.1:7401";
  platform::TlsFiles tls;  // without a certificate: plaintext
};

struct IntakeConfig {
  std::string group = "baton-intake";
  int batch_max = 2000;  // the more, the more events of a lead are folded into one write
  int input_generation = 1;
  int sales_input_generation = 1;
  std::string sales_mapping;  // file; empty: CloudEvents only
  std::string workspaces;     // that events of the two topics may be about; empty: all
};

struct ReportsConfig {
  absl::Duration keep = absl::Hours(400 * 24);  // cycles, behind their latest change
  int64_t cycles_max = 1'500'000;               // in the memory of dispatch, about 400 bytes each
};

struct RelayConfig {
  std::string group = "baton-relay";
  int batch_max = 2000;
  int64_t keep = 10'000;  // published entries kept per shard for watchers that resume
  absl::Duration purge_after = absl::Minutes(1);  // of erased leads not longer than this
};

struct WebhooksConfig {
  std::string hosts;              // empty: no webhooks
  std::string internal_networks;  // that may be reached although they are internal
  std::string ca_file;            // empty: the system's CAs
  std::string group = "baton-webhooks";
  absl::Duration timeout = absl::Seconds(15);
  absl::Duration retry_first = absl::Seconds(5);
  absl::Duration retry_most = absl::Hours(1);
  absl::Duration park_after = absl::Hours(24);
  int pending_max = 1000;  // of a webhook in memory; further changes wait in Kafka
  int in_flight_max = 8;   // of a webhook
};

struct ClockConfig {
  absl::Duration tick = absl::Milliseconds(100);
  absl::Duration retention_every = absl::Hours(1);  // between two walks through all leads
};

struct OtelConfig {
  std::string endpoint;      // empty: no traces
  std::string headers_file;  // lines "name: value", such as a token
  std::string ca_file;       // empty: the system's CAs
  std::string service_name = "baton";
  int root_percent = 0;  // of what comes without a trace
};

// Words in place of a role for what is done once, by a user of Redis that may do it.
inline constexpr char kLoadFunctions[] = "load-functions";
inline constexpr char kDeleteOldFunctions[] = "delete-old-functions";

struct BatonConfig {
  std::string role = "all";  // intake, dispatch, clock, relay, all; or one of the words above
  RedisConfig redis;
  KafkaSettings kafka;
  GrpcConfig grpc;
  identity::AuthoritySettings auth;  // who may call the API
  ConnectConfig connect;             // the same API, with the same TLS, by HTTP
  HttpConfig http;
  IntakeConfig intake;
  RelayConfig relay;
  ReportsConfig reports;
  ClockConfig clock;
  WebhooksConfig webhooks;
  OtelConfig otel;
  store::StoreLimits limits;
  dispatch::CallLimits call_limits;
  std::string log_level = "info";
  absl::Duration shutdown_grace = absl::Seconds(10);

  bool Runs(const std::string& one) const { return role == "all" || role == one; }
};

// Flags, environment and file into `config`; all errors at once, also those between fields.
platform::Settings::Loaded LoadConfig(const std::vector<std::string>& arguments,
                                      const platform::Settings::Environment& environment,
                                      BatonConfig* config);

}  // namespace baton

#endif  // BATON_BATON_CONFIG_H_
