#include "events/envelope.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "events/cloud_events.h"
#include "events/rfc3339.h"
#include "events/sales_actions.h"
#include "platform/trace_context.h"

namespace baton::events {
namespace {

using core::ToAbsl;

// Cuts `prefix` off `text` if it begins so.
bool ConsumePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Refusal BadId(std::string_view field, std::string_view reason) {
  return DeadLetter{DeadLetterClass::kBadId, std::string(field), std::string(reason)};
}

Refusal ReadId(std::string_view field, const std::optional<std::string_view>& text,
               std::string& id) {
  if (!text) return MissingField(field);
  if (!core::IsValidId(*text)) {
    return BadId(field, absl::StrCat(ToAbsl(field), " must be 1 to ", core::kIdLengthMax,
                                     " characters of [A-Za-z0-9_-]"));
  }
  id = std::string(*text);
  return std::nullopt;
}

Refusal ReadText(std::string_view field, const std::optional<std::string_view>& text,
                 size_t bytes_max, std::string& out) {
  if (!text) return MissingField(field);
  if (!IsPrintableText(*text, bytes_max)) {
    return BadId(field, absl::StrCat(ToAbsl(field), " must be 1 to ", bytes_max,
                                     " bytes without control characters"));
  }
  out = std::string(*text);
  return std::nullopt;
}

// "v" and digits, as in "v2".
bool IsVersion(std::string_view text) {
  return text.size() >= 2 && text[0] == 'v' &&
         std::all_of(text.begin() + 1, text.end(), [](char character) {
           return absl::ascii_isdigit(static_cast<unsigned char>(character));
         });
}

// What the word between prefix and version stands for.
using EventTypes = decltype(EventHead::type);

std::optional<EventTypes> TypeOf(std::string_view name, EventFamily family) {
  if (family == EventFamily::kSales) {
    const SalesAction* const action =
        ConsumePrefix(name, kSalesTypePrefix) ? FindSalesAction(name) : nullptr;
    return action == nullptr ? std::nullopt : std::optional<EventTypes>(action);
  }
  if (ConsumePrefix(name, kAccountTypePrefix)) {
    if (name == "upserted") return AccountEventType::kUpserted;
    if (name == "deleted") return AccountEventType::kDeleted;
    return std::nullopt;
  }
  if (!ConsumePrefix(name, kLeadTypePrefix)) return std::nullopt;
  const std::optional<core::EventType> type = ParseEventTypeWord(name);
  return type ? std::optional<EventTypes>(*type) : std::nullopt;
}

std::string KnownTypes(EventFamily family) {
  if (family == EventFamily::kMarketing) {
    return "type must be dev.baton.lead.{captured,updated,activity,consent}.v1 or "
           "dev.baton.account.{upserted,deleted}.v1";
  }
  return absl::StrCat("type must be ", ToAbsl(kSalesTypePrefix), "{", SalesActionWords(), "}.v1");
}

Refusal ReadType(const std::optional<std::string_view>& text, EventFamily family,
                 EventTypes& type) {
  if (!text) return MissingField("type");
  const size_t dot = text->rfind('.');
  const std::string_view version = dot == std::string_view::npos ? "" : text->substr(dot + 1);
  const std::optional<EventTypes> known =
      IsVersion(version) ? TypeOf(text->substr(0, dot), family) : std::nullopt;
  if (!known) {
    return DeadLetter{DeadLetterClass::kUnknownType, "type", KnownTypes(family)};
  }
  if (version != kTypeVersion) {
    return DeadLetter{DeadLetterClass::kUnknownSchemaVersion, "type",
                      "this release knows version v1 of the type"};
  }
  type = *known;
  return std::nullopt;
}

Refusal ReadTime(const std::optional<std::string_view>& text, core::TimeMs record_timestamp_ms,
                 core::TimeMs& at_ms) {
  if (!text) return MissingField("time");
  const auto parsed = ParseRfc3339(*text);
  if (!parsed) return BadValue("time", "time must be an RFC 3339 timestamp");
  if (record_timestamp_ms > 0 && *parsed > record_timestamp_ms + kAheadMax) {
    return BadValue("time", "time is more than a day ahead of the Kafka record's timestamp");
  }
  at_ms = *parsed;
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view>* Envelope::Find(std::string_view name) {
  if (name == "specversion") return &specversion;
  if (name == "id") return &id;
  if (name == "source") return &source;
  if (name == "type") return &type;
  if (name == "subject") return &subject;
  if (name == "time") return &time;
  if (name == "workspace") return &workspace;
  if (name == "traceparent") return &traceparent;
  if (name == "datacontenttype") return &datacontenttype;
  return nullptr;
}

Envelope EnvelopeOfHeaders(const platform::kafka::Headers& headers) {
  Envelope envelope;
  std::string_view plain_traceparent;
  for (const auto& [key, value] : headers) {
    std::string_view name = key;
    if (ConsumePrefix(name, kHeaderPrefix)) {
      // The content type has a header of its own.
      if (name == "datacontenttype") continue;
      if (auto* slot = envelope.Find(name)) *slot = value;
    } else if (absl::EqualsIgnoreCase(key, "content-type")) {
      envelope.datacontenttype = value;
    } else if (name == "traceparent") {
      plain_traceparent = value;
    }
  }
  if (!envelope.traceparent && !plain_traceparent.empty()) {
    envelope.traceparent = plain_traceparent;
  }
  return envelope;
}

Refusal ReadEnvelope(const Envelope& envelope, core::TimeMs record_timestamp_ms, EventFamily family,
                     EventHead& head) {
  if (!envelope.specversion) return MissingField("specversion");
  if (*envelope.specversion != kSpecVersion) {
    return DeadLetter{DeadLetterClass::kUnknownSchemaVersion, "specversion",
                      "specversion must be 1.0"};
  }
  if (Refusal refusal = ReadType(envelope.type, family, head.type)) return refusal;
  if (Refusal refusal = ReadText("id", envelope.id, kEventIdBytesMax, head.id)) return refusal;
  if (Refusal refusal = ReadText("source", envelope.source, kEventSourceBytesMax, head.source)) {
    return refusal;
  }
  std::string workspace;
  if (Refusal refusal = ReadId("workspace", envelope.workspace, workspace)) return refusal;
  head.workspace = core::WorkspaceId::Trusted(workspace);
  if (Refusal refusal = ReadId("subject", envelope.subject, head.subject)) return refusal;
  if (Refusal refusal = ReadTime(envelope.time, record_timestamp_ms, head.occurred_at_ms)) {
    return refusal;
  }
  if (envelope.traceparent && platform::ParseTraceparent(*envelope.traceparent)) {
    head.traceparent = std::string(*envelope.traceparent);
  }
  return std::nullopt;
}

}  // namespace baton::events
