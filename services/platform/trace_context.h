// W3C Trace Context: which trace of the caller's something belongs to.
#ifndef BATON_PLATFORM_TRACE_CONTEXT_H_
#define BATON_PLATFORM_TRACE_CONTEXT_H_

#include <optional>
#include <string>
#include <string_view>

namespace baton::platform {

struct TraceContext {
  std::string trace_id;  // 32 hexadecimal digits, lower case
  std::string span_id;   // 16
  bool sampled = false;
};

// Of "00-<trace id>-<span id>-<flags>"; nullopt for anything that is none, ids of zeros included.
std::optional<TraceContext> ParseTraceparent(std::string_view text);
std::string FormatTraceparent(const TraceContext& context);

// While it lives, what this thread logs says so ("trace_id"). Scopes nest; text that is no
// traceparent is no trace.
class TraceScope {
 public:
  explicit TraceScope(std::string_view traceparent);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  const std::string outer_;
};

// Of the innermost scope of this thread; empty: none.
const std::string& CurrentTraceId();

}  // namespace baton::platform

#endif  // BATON_PLATFORM_TRACE_CONTEXT_H_
