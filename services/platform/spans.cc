#include "platform/spans.h"

#include <atomic>
#include <optional>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"

namespace baton::platform {
namespace {

std::atomic<SpanTaker*> span_taker = nullptr;

absl::BitGen& Random() {
  thread_local absl::BitGen random;
  return random;
}

// 16 hexadecimal digits, not all zeros.
std::string NewSpanId() {
  return absl::StrFormat("%016x",
                         absl::Uniform<uint64_t>(absl::IntervalOpenOpen, Random(), 0, UINT64_MAX));
}

// Of the span to be made below `traceparent`; nullopt: there is to be none.
std::optional<TraceContext> ContextBelow(const std::optional<TraceContext>& parent,
                                         const SpanTaker& taker) {
  if (parent) {
    if (!parent->sampled) return std::nullopt;
    return TraceContext{parent->trace_id, NewSpanId(), true};
  }
  if (!absl::Bernoulli(Random(), taker.root_ratio())) return std::nullopt;
  return TraceContext{NewSpanId() + NewSpanId(), NewSpanId(), true};
}

}  // namespace

void SetSpanTaker(SpanTaker* taker) {
  span_taker = taker;
}

bool SpansAreTaken() {
  return span_taker.load(std::memory_order_relaxed) != nullptr;
}

std::string EmitSpan(std::string_view traceparent, const SpanData& data,
                     std::initializer_list<std::pair<std::string_view, std::string>> attributes) {
  SpanTaker* const taker = span_taker;
  if (taker == nullptr) return "";
  const std::optional<TraceContext> parent = ParseTraceparent(traceparent);
  std::optional<TraceContext> context = ContextBelow(parent, *taker);
  if (!context) return "";
  Span span;
  span.context = *std::move(context);
  if (parent) span.parent_span_id = parent->span_id;
  span.kind = data.kind;
  span.name = std::string(data.name);
  span.begin = data.begin;
  span.end = data.end;
  span.failed = data.failed;
  for (const auto& [name, value] : attributes) span.attributes.emplace_back(name, value);
  std::string own = FormatTraceparent(span.context);
  taker->Take(std::move(span));
  return own;
}

}  // namespace baton::platform
