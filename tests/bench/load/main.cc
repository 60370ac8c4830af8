// bench-load: the load of tests/bench/run, and what looks at Baton from outside meanwhile. Each
// subcommand prints one line of JSON.
#include <functional>

#include "CLI/CLI.hpp"
#include "load/commands.h"

namespace baton::bench {
namespace {

std::function<int()> chosen;

CLI::App& Add(CLI::App& app, const char* name, const char* what, std::function<int()> run) {
  CLI::App* command = app.add_subcommand(name, what);
  command->callback([run = std::move(run)] { chosen = run; });
  return *command;
}

void AddTopicCommands(CLI::App& app) {
  static FillOptions fill;
  CLI::App& filling = Add(app, "fill", "publish lead events", [] { return Fill(fill); });
  filling.add_option("--brokers", fill.brokers)->required();
  filling.add_option("--workspace", fill.workspace)->required();
  filling.add_option("--leads", fill.leads)->check(CLI::PositiveNumber);
  filling.add_option("--events-per-lead", fill.events_per_lead)->check(CLI::PositiveNumber);
  filling.add_option("--qualified-percent", fill.qualified_percent)->check(CLI::Range(0, 100));
  filling.add_option("--interleaved", fill.interleaved)->check(CLI::PositiveNumber);

  static ObserveOptions observe;
  CLI::App& observing =
      Add(app, "observe", "count what comes out", [] { return Observe(observe); });
  observing.add_option("--brokers", observe.brokers)->required();
  observing.add_option("--topic", observe.topic)->required();
  observing.add_option("--key-prefix", observe.key_prefix);
  observing.add_option("--type-suffix", observe.type_suffix);
  observing.add_option("--records", observe.records)->required();
  observing.add_option("--patience-s", observe.patience_s);

  static std::string brokers, topic;
  CLI::App& making =
      Add(app, "make-topic", "create a topic", [] { return MakeTopic(brokers, topic); });
  making.add_option("--brokers", brokers)->required();
  making.add_option("--topic", topic)->required();
}

void AddStreamCommands(CLI::App& app) {
  static LatencyOptions latency;
  CLI::App& timing =
      Add(app, "latency", "from Kafka to the rep's stream", [] { return Latency(latency); });
  timing.add_option("--brokers", latency.brokers)->required();
  timing.add_option("--server", latency.server)->required();
  timing.add_option("--workspace", latency.workspace)->required();
  timing.add_option("--reps", latency.reps);
  timing.add_option("--rate", latency.rate);
  timing.add_option("--seconds", latency.seconds);

  static FreedOptions freed;
  CLI::App& freeing =
      Add(app, "freed", "from a rep's room to its next lead", [] { return Freed(freed); });
  freeing.add_option("--server", freed.server)->required();
  freeing.add_option("--workspace", freed.workspace)->required();
  freeing.add_option("--rep", freed.rep);
  freeing.add_option("--times", freed.times)->check(CLI::PositiveNumber);

  static StreamsOptions streams;
  CLI::App& opening = Add(app, "streams", "keep streams open", [] { return Streams(streams); });
  opening.add_option("--server", streams.server)->required();
  opening.add_option("--workspace", streams.workspace)->required();
  opening.add_option("--first-rep", streams.first_rep);
  opening.add_option("--reps", streams.reps);
  opening.add_option("--streams", streams.streams);
}

void AddCallCommands(CLI::App& app) {
  static AcceptOptions accept;
  for (CLI::App* calling :
       {&Add(app, "accept", "accept what is offered", [] { return Accept(accept); }),
        &Add(app, "call-bare", "accept against a bare server", [] { return CallBare(accept); })}) {
    calling->add_option("--server", accept.server)->required();
    calling->add_option("--workspace", accept.workspace)->required();
    calling->add_option("--in-flight", accept.in_flight);
    calling->add_option("--calls-max", accept.calls_max);
  }
  static std::string address;
  Add(app, "serve", "be a bare gRPC server", [] { return Serve(address); })
      .add_option("--address", address)
      ->required();
}

}  // namespace
}  // namespace baton::bench

int main(int argc, char** argv) {
  CLI::App app("The load of tests/bench/run");
  app.require_subcommand(1);
  baton::bench::AddTopicCommands(app);
  baton::bench::AddStreamCommands(app);
  baton::bench::AddCallCommands(app);
  CLI11_PARSE(app, argc, argv);
  return baton::bench::chosen();
}
