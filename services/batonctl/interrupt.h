// Ctrl-C (and SIGTERM) of commands that go on until they are stopped: they end well, with what they
// have printed. A second one ends the process as always.
#ifndef BATON_BATONCTL_INTERRUPT_H_
#define BATON_BATONCTL_INTERRUPT_H_

#include "absl/time/time.h"

namespace baton::batonctl {

// From now on the signals are taken note of. Before this they end the process.
void CatchInterrupts();
bool Interrupted();
// Returns early once interrupted.
void SleepUnlessInterrupted(absl::Duration duration);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_INTERRUPT_H_
