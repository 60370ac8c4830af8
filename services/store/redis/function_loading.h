// Which libraries of functions a server has, and how this release's gets there. Who loads may be
// another user than who calls. Thread-safe; safe to race with other processes.
#ifndef BATON_STORE_REDIS_FUNCTION_LOADING_H_
#define BATON_STORE_REDIS_FUNCTION_LOADING_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "platform/redis/reply.h"
#include "store/redis/function_library.h"

namespace baton::store::redis {

// Carries out commands in one round trip.
using Runner = std::function<absl::StatusOr<std::vector<platform::redis::Reply>>(
    absl::Span<const platform::redis::Command>)>;

// The names of Baton's libraries, one for each release that was here, ordered.
absl::StatusOr<std::vector<std::string>> ListLibraries(const Runner& run);

// Loads `library` unless it is there. FAILED_PRECONDITION REDIS_FUNCTIONS_MISSING when the user may
// not: it says what is there instead and who can help.
absl::Status LoadLibrary(const FunctionLibrary& library, const Runner& run);

// Deletes the libraries of all other releases.
absl::Status DeleteOtherLibraries(const FunctionLibrary& library, const Runner& run);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_FUNCTION_LOADING_H_
