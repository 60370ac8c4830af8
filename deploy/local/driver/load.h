// The demo's load without its audit, for the fault tests: what they watch themselves, they check
// themselves.
#ifndef BATON_DEMO_LOAD_H_
#define BATON_DEMO_LOAD_H_

#include "absl/status/status.h"
#include "demo/reps.h"
#include "demo/topics.h"

namespace baton::demo {

// Enlists the reps, publishes and plays until standard input ends. Meanwhile prints lines
// {"published":N,"total":N,"done":false,"failures":[]} on standard output; published counts what
// Kafka acknowledged, done says that all was handed over.
absl::Status RunLoad(Publisher& publisher, Reps& reps);

}  // namespace baton::demo

#endif  // BATON_DEMO_LOAD_H_
