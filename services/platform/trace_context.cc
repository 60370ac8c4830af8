#include "platform/trace_context.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::platform {
namespace {

constexpr size_t kTraceIdSize = 32;
constexpr size_t kSpanIdSize = 16;
constexpr size_t kTraceIdAt = 3;
constexpr size_t kSpanIdAt = kTraceIdAt + kTraceIdSize + 1;
constexpr size_t kFlagsAt = kSpanIdAt + kSpanIdSize + 1;
constexpr std::string_view kShape = "hh-hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh-hhhhhhhhhhhhhhhh-hh";

bool IsHexadecimal(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

bool IsZero(std::string_view digits) {
  return digits.find_first_not_of('0') == std::string_view::npos;
}

thread_local std::string current_trace_id;

}  // namespace

std::optional<TraceContext> ParseTraceparent(std::string_view text) {
  const bool shaped = text.size() == kShape.size() &&
                      std::equal(text.begin(), text.end(), kShape.begin(), [](char is, char shape) {
                        return shape == 'h' ? IsHexadecimal(is) : is == shape;
                      });
  if (!shaped || text.substr(0, 2) == "ff") return std::nullopt;
  const std::string_view trace_id = text.substr(kTraceIdAt, kTraceIdSize);
  const std::string_view span_id = text.substr(kSpanIdAt, kSpanIdSize);
  if (IsZero(trace_id) || IsZero(span_id)) return std::nullopt;
  const char last = text[kFlagsAt + 1];  // bit 0 of it: sampled
  const int digit = last <= '9' ? last - '0' : last - 'a' + 10;
  return TraceContext{std::string(trace_id), std::string(span_id), digit % 2 == 1};
}

std::string FormatTraceparent(const TraceContext& context) {
  return absl::StrCat("00-", context.trace_id, "-", context.span_id,
                      context.sampled ? "-01" : "-00");
}

TraceScope::TraceScope(std::string_view traceparent) : outer_(current_trace_id) {
  const std::optional<TraceContext> context = ParseTraceparent(traceparent);
  current_trace_id = context ? context->trace_id : "";
}

TraceScope::~TraceScope() {
  current_trace_id = outer_;
}

const std::string& CurrentTraceId() {
  return current_trace_id;
}

}  // namespace baton::platform
