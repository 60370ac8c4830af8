// Logs: one JSON object per line on stderr. Values are escaped, so a log line is one event whatever
// a stranger put into a name. Never pass e-mail addresses, phone numbers or attribute values.
// Thread-safe.
#ifndef BATON_PLATFORM_LOG_H_
#define BATON_PLATFORM_LOG_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace baton::platform {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

void SetLogLevel(LogLevel level);

// {"time":...,"level":"info","event":"intake.started","topic":"..."}; `event` is a fixed dotted
// name. Within a TraceScope it says "trace_id" as well.
void Log(LogLevel level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, std::string>> fields = {});

inline void LogInfo(std::string_view event,
                    std::initializer_list<std::pair<std::string_view, std::string>> fields = {}) {
  Log(LogLevel::kInfo, event, fields);
}
inline void LogWarning(
    std::string_view event,
    std::initializer_list<std::pair<std::string_view, std::string>> fields = {}) {
  Log(LogLevel::kWarning, event, fields);
}
inline void LogError(std::string_view event,
                     std::initializer_list<std::pair<std::string_view, std::string>> fields = {}) {
  Log(LogLevel::kError, event, fields);
}

}  // namespace baton::platform

#endif  // BATON_PLATFORM_LOG_H_
