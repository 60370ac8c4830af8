#include "intake/batch_spans.h"

#include "absl/strings/str_cat.h"
#include "platform/spans.h"

namespace baton::intake {

void EmitEventSpans(const InputBatch& batch, size_t record, const std::string& traceparent,
                    const core::LeadKey& key, const RoundTimes& times) {
  using platform::SpanKind;
  if (!platform::SpansAreTaken()) return;
  const platform::kafka::Record& source = batch.records[record];
  const std::string own =
      platform::EmitSpan(traceparent,
                         {SpanKind::kConsumer, absl::StrCat("process ", source.topic),
                          batch.polled_at, times.committed},
                         {{"messaging.system", "kafka"},
                          {"messaging.destination.name", source.topic},
                          {"messaging.destination.partition.id", absl::StrCat(source.partition)},
                          {"messaging.kafka.offset", absl::StrCat(source.offset)},
                          {"baton.workspace", key.workspace.str()},
                          {"baton.lead", key.lead.str()}});
  if (own.empty()) return;
  platform::EmitSpan(own, {SpanKind::kInternal, "decide", times.begun, times.decided}, {});
  platform::EmitSpan(own, {SpanKind::kInternal, "commit", times.decided, times.committed}, {});
}

}  // namespace baton::intake
