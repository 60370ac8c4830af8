// RFC 3339 timestamps, as CloudEvents and proto3 JSON write them. Pure functions; thread-safe.
#ifndef BATON_EVENTS_RFC3339_H_
#define BATON_EVENTS_RFC3339_H_

#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace baton::events {

// nullopt unless `text` is an RFC 3339 timestamp within core::kTimeMsMin..kTimeMsMax. What is finer
// than a millisecond is cut off.
std::optional<core::TimeMs> ParseRfc3339(std::string_view text);

// Appends "2026-03-01T09:00:00.250Z": UTC, always three decimals. REQUIRES: at_ms is in the range
// above.
void AppendRfc3339(std::string& out, core::TimeMs at_ms);

}  // namespace baton::events

#endif  // BATON_EVENTS_RFC3339_H_
