// The part of a target behind its "?". Pure function; thread-safe.
#ifndef BATON_CONNECT_QUERY_H_
#define BATON_CONNECT_QUERY_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "connect/headers.h"

namespace baton::connect {

// "a=1&b=%7B%7D" -> a: 1, b: {}. A plus is a space. INVALID_ARGUMENT for a broken percent sign.
absl::StatusOr<Headers> ParseQuery(absl::string_view text);

}  // namespace baton::connect

#endif  // BATON_CONNECT_QUERY_H_
