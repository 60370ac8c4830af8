// The traceparent of whoever calls.
#include <string>

#include "fuzz/fuzz.h"
#include "platform/trace_context.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton;  // NOLINT: two of its folders
  const std::string_view text = fuzz::Text(data, size);
  const auto context = platform::ParseTraceparent(text);
  {
    const platform::TraceScope scope(text);
    fuzz::Require(platform::CurrentTraceId() == (context ? context->trace_id : ""),
                  "what is logged is the trace of the text, or none");
  }
  fuzz::Require(platform::CurrentTraceId().empty(), "a scope ends");
  if (!context) return 0;
  for (const std::string& id : {context->trace_id, context->span_id}) {
    fuzz::Require(id.find_first_not_of("0123456789abcdef") == std::string::npos, "ids are digits");
    fuzz::Require(id.find_first_not_of('0') != std::string::npos, "an id is not zero");
  }
  const auto again = platform::ParseTraceparent(platform::FormatTraceparent(*context));
  fuzz::Require(again && again->trace_id == context->trace_id &&
                    again->span_id == context->span_id && again->sampled == context->sampled,
                "what is passed on is what came");
  return 0;
}
