#include "platform/log.h"

#include <memory>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "platform/trace_context.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace baton::platform {
namespace {

constexpr size_t kValueBytesMax = 4096;  // one line stays readable whatever an error message quotes

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

// Never destroyed: threads of client libraries may log while the process ends.
spdlog::logger& Logger() {
  static spdlog::logger& logger = *[] {
    auto* made = new spdlog::logger("baton", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    return made;
  }();
  return logger;
}

}  // namespace

void SetLogLevel(LogLevel level) {
  Logger().set_level(ToSpdlog(level));
}

void Log(LogLevel level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, std::string>> fields) {
  if (!Logger().should_log(ToSpdlog(level))) return;
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  line["level"] = LevelName(level);
  line["event"] = event;
  if (!CurrentTraceId().empty()) line["trace_id"] = CurrentTraceId();
  for (const auto& [name, value] : fields) {
    line[std::string(name)] = value.substr(0, kValueBytesMax);
  }
  // ASCII alone, so that no terminal finds an escape sequence in it; bytes that are no UTF-8 become
  // U+FFFD instead of an exception.
  Logger().log(ToSpdlog(level), spdlog::string_view_t(line.dump(
                                    -1, ' ', true, nlohmann::json::error_handler_t::replace)));
}

}  // namespace baton::platform
