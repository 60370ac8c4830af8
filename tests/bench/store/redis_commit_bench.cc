// How many handoffs per second the Redis store commits: new leads with ten facts, qualified and
// assigned to one of the reps of a queue, many calls per round trip on one connection. Beside it a
// trivial function (HSET + XADD), which is what the machine's Redis can do at all.
//
// Starts a redis-server of its own for each setting of appendfsync. Figures of one machine mean
// little; compare the columns of one run.
#include <cstdio>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench_store/handoffs.h"
#include "platform/redis/client.h"
#include "store/redis/redis_store.h"
#include "support/redis_server.h"

namespace baton::bench {
namespace {

using platform::redis::Client;
using platform::redis::Command;
using platform::redis::Reply;

constexpr char kTrivialLibrary[] =
    "#!lua name=trivial\n"
    "redis.register_function('trivial', function(keys, args)\n"
    "  redis.call('HSET', keys[1], 'a', args[1], 'b', args[2])\n"
    "  redis.call('XADD', keys[2], '*', 'e', args[1])\n"
    "  return 1\n"
    "end)\n";

struct Settings {
  int handoffs = 20'000;
  int depth = 64;
  int reps = 8;
};

struct Figures {
  double per_second = 0;  // by the wall clock, seen from one connection
  double redis_us = 0;    // of Redis's processor for one call
};

Figures MeasureHandoffs(Client& client, store::Store& store, const Settings& settings) {
  const core::WorkspaceId workspace = core::WorkspaceId::Trusted("bench");
  Prepare(store, workspace, settings.reps);
  absl::Duration spent;
  double redis_us = 0;
  int done = 0;
  while (done < settings.handoffs) {
    std::vector<core::Plan> plans;
    for (int i = 0; i < settings.depth; ++i) plans.push_back(Handoff(workspace, done + i));
    const double used = UsedMicroseconds(client);
    const absl::Time begin = absl::Now();
    const std::vector<store::CommitResult> results = Must(store.Commit(plans));
    spent += absl::Now() - begin;
    redis_us += UsedMicroseconds(client) - used;
    std::vector<core::Plan> releases;
    for (const store::CommitResult& result : results) {
      if (result.record.stage != core::Stage::kOffered) std::puts("a lead was not assigned");
      releases.push_back(Release(result.record));
    }
    Must(store.Commit(releases));
    done += settings.depth;
  }
  return {done / absl::ToDoubleSeconds(spent), redis_us / done};
}

Figures MeasureTrivial(Client& client, const Settings& settings) {
  Must(client.Run({{"FUNCTION", "LOAD", kTrivialLibrary}}));
  const double used = UsedMicroseconds(client);
  absl::Duration spent;
  int done = 0;
  while (done < settings.handoffs) {
    std::vector<Command> commands;
    for (int i = 0; i < settings.depth; ++i, ++done) {
      commands.push_back({"FCALL", "trivial", "2", absl::StrCat("{b00}:t:", done), "{b00}:stream",
                          absl::StrCat("value ", done), "another value"});
    }
    const absl::Time begin = absl::Now();
    Must(client.Run(commands));
    spent += absl::Now() - begin;
  }
  return {done / absl::ToDoubleSeconds(spent), (UsedMicroseconds(client) - used) / done};
}

void Measure(support::AppendFsync fsync, const char* name, const Settings& settings) {
  const auto server = Must(support::RedisServer::Start({fsync, {}}));
  store::RedisStoreOptions options;
  options.url = server->url();
  options.limits.outbox_max = 10'000'000;
  const auto store = Must(store::RedisStore::Open(options));
  platform::redis::ClientOptions client_options;
  client_options.url = server->url();
  const auto client = Must(Client::Create(
      client_options, [](platform::redis::Connection&) { return absl::OkStatus(); }));
  const Figures handoffs = MeasureHandoffs(*client, *store, settings);
  const Figures trivial = MeasureTrivial(*client, settings);
  std::printf("%-10s handoff %8.0f/s %6.1f us of Redis   trivial %8.0f/s %6.1f us   ratio %.2f\n",
              name, handoffs.per_second, handoffs.redis_us, trivial.per_second, trivial.redis_us,
              handoffs.per_second / trivial.per_second);
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  baton::bench::Settings settings;
  CLI::App app("Handoffs per second that the Redis store commits");
  app.add_option("--handoffs", settings.handoffs, "Handoffs to commit")->check(CLI::PositiveNumber);
  app.add_option("--depth", settings.depth, "Calls per round trip")->check(CLI::Range(1, 1000));
  app.add_option("--reps", settings.reps, "Reps in the queue")->check(CLI::Range(1, 10'000));
  CLI11_PARSE(app, argc, argv);
  std::printf("%d handoffs, %d per round trip, %d reps\n", settings.handoffs, settings.depth,
              settings.reps);
  baton::bench::Measure(baton::support::AppendFsync::kEverySecond, "everysec", settings);
  baton::bench::Measure(baton::support::AppendFsync::kAlways, "always", settings);
  return 0;
}
