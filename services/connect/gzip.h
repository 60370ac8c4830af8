// gzip of whole messages, within a cap. Pure functions; thread-safe.
#ifndef BATON_CONNECT_GZIP_H_
#define BATON_CONNECT_GZIP_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::connect {

std::string Gzip(absl::string_view bytes);

// INVALID_ARGUMENT for what is not one whole gzip stream; RESOURCE_EXHAUSTED as soon as it would be
// longer than `bytes_max`, whatever it claims to be.
absl::StatusOr<std::string> Gunzip(absl::string_view packed, size_t bytes_max);

}  // namespace baton::connect

#endif  // BATON_CONNECT_GZIP_H_
