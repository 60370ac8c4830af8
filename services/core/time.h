// Time as the core sees it: passed in, never read. Milliseconds since the Unix epoch, UTC, because
// that is what travels through Redis, Lua and Kafka unchanged (below 2^53 until the year 287396).
#ifndef BATON_CORE_TIME_H_
#define BATON_CORE_TIME_H_

#include <cstdint>

namespace baton::core {

using TimeMs = int64_t;      // an instant
using DurationMs = int64_t;  // a span

inline constexpr DurationMs kSecondMs = 1000;
inline constexpr DurationMs kMinuteMs = 60 * kSecondMs;
inline constexpr DurationMs kHourMs = 60 * kMinuteMs;
inline constexpr DurationMs kDayMs = 24 * kHourMs;

// 0001-01-01 .. 9999-12-31: what google.protobuf.Timestamp can say. Instants outside are refused.
inline constexpr TimeMs kTimeMsMin = -62'135'596'800'000;
inline constexpr TimeMs kTimeMsMax = 253'402'300'799'999;

}  // namespace baton::core

#endif  // BATON_CORE_TIME_H_
