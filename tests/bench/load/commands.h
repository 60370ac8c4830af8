// What bench-load can do. Each function carries out one subcommand, prints one line of JSON on
// standard output and returns the exit code; errors go to standard error.
#ifndef BATON_BENCH_COMMANDS_H_
#define BATON_BENCH_COMMANDS_H_

#include <cstdint>
#include <string>

namespace baton::bench {

struct FillOptions {
  std::string brokers, workspace;
  int64_t leads = 10'000;
  int events_per_lead = 1;
  int qualified_percent = 100;  // of the leads
  int interleaved = 1000;       // leads whose events alternate
};
// Publishes the events as fast as Kafka takes them.
int Fill(const FillOptions& options);

struct ObserveOptions {
  std::string brokers, topic;
  std::string key_prefix;   // only records whose key begins with it
  std::string type_suffix;  // and whose ce_type ends with it; empty: any
  int64_t records = 0;
  int patience_s = 60;
};
// Counts the records of an output topic, from where the last `observe` of it ended, until all have
// come: their rate from the first batch to the last. Says {"ready": true} first, then reads from
// standard input the pid (0: none) of the process whose processor time it measures meanwhile.
int Observe(const ObserveOptions& options);

// Creates a topic with twelve partitions, if it is not there.
int MakeTopic(const std::string& brokers, const std::string& topic);

struct LatencyOptions {
  std::string brokers, server, workspace;
  int reps = 32;  // "rep-000" ...
  int rate = 1000;
  int seconds = 10;
};
// Publishes qualifying leads at a rate and watches every rep's stream: from handing an event to
// the Kafka client until the assignment was read from the stream.
int Latency(const LatencyOptions& options);

struct FreedOptions {
  std::string server, workspace;
  int rep = 0;  // "rep-000", whose queue has more leads waiting than it is given
  int times = 100;
};
// Gives the rep, who may have one lead, room again and again: from the call that does to the next
// lead on its stream.
int Freed(const FreedOptions& options);

struct AcceptOptions {
  std::string server, workspace;
  int in_flight = 64;
  int calls_max = 10'000;
};
// Accepts what is offered in a workspace.
int Accept(const AcceptOptions& options);

// A bare gRPC callback server that answers AcceptAssignment at once, until standard input ends.
int Serve(const std::string& address);
// AcceptAssignment against `address`, whatever it answers.
int CallBare(const AcceptOptions& options);

struct StreamsOptions {
  std::string server, workspace;
  int first_rep = 0;  // "rep-000"
  int reps = 32;
  int streams = 1000;
};
// Opens streams of the reps in turn, says so when each has its snapshot, and keeps reading them
// until standard input ends.
int Streams(const StreamsOptions& options);

}  // namespace baton::bench

#endif  // BATON_BENCH_COMMANDS_H_
