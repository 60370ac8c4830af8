// Spans: what the process did for a trace of its callers, and when. They go to whoever takes them,
// as in platform/otlp; to nobody at first, which costs a look at one variable.
#ifndef BATON_PLATFORM_SPANS_H_
#define BATON_PLATFORM_SPANS_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "platform/trace_context.h"

namespace baton::platform {

enum class SpanKind { kInternal, kServer, kClient, kProducer, kConsumer };

struct Span {
  TraceContext context;        // its trace and its own id
  std::string parent_span_id;  // empty: it begins the trace
  SpanKind kind = SpanKind::kInternal;
  std::string name;
  absl::Time begin, end;
  std::vector<std::pair<std::string, std::string>> attributes;
  bool failed = false;
};

class SpanTaker {
 public:
  virtual ~SpanTaker() = default;
  // Thread-safe, never blocks.
  virtual void Take(Span span) = 0;
  // How much of what no caller has begun a trace for is traced: 0 to 1.
  virtual double root_ratio() const = 0;
};

// Of the whole process; nullptr: nobody. Whoever was set before is no longer called once all that
// emit spans have stopped.
void SetSpanTaker(SpanTaker* taker);

struct SpanData {
  SpanKind kind = SpanKind::kInternal;
  std::string_view name;  // of a small fixed set
  absl::Time begin, end;
  bool failed = false;
};

// Something that was done for `traceparent`, if that is sampled; without one by root_ratio. Returns
// the traceparent of the span for what was done within it, empty if it is not traced. Attributes
// hold no personal data.
std::string EmitSpan(std::string_view traceparent, const SpanData& data,
                     std::initializer_list<std::pair<std::string_view, std::string>> attributes);

// Whether EmitSpan could do anything: to leave out work for its arguments.
bool SpansAreTaken();

}  // namespace baton::platform

#endif  // BATON_PLATFORM_SPANS_H_
