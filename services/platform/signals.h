// The signals of a server process.
#ifndef BATON_PLATFORM_SIGNALS_H_
#define BATON_PLATFORM_SIGNALS_H_

namespace baton::platform {

// A peer that closes its socket makes a write fail instead of ending the process (SIGPIPE). Leaves
// a handler alone that the program has set. Thread-safe, idempotent.
void IgnoreBrokenPipes();

// SIGTERM and SIGINT as something to wait for. Construct it first thing in main: it blocks them in
// this thread and in all that are started later, so that only Wait sees them.
class StopSignals {
 public:
  StopSignals();

  // Returns the signal's number when the first one comes.
  int Wait();

  // From now on the next one ends the process at once, with 128 + its number.
  void ExitOnNext();
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_SIGNALS_H_
