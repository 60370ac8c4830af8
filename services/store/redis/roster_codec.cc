#include "store/redis/roster_codec.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "core/policy.h"
#include "nlohmann/json.hpp"
#include "store/redis/names.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

// functions/backlog.lua
constexpr int64_t kPrioritySpan = int64_t{1} << 45;

absl::Status DecodeSettings(const std::string& text, core::QueueSettings& settings) {
  if (text.empty()) return absl::OkStatus();
  Items items(text, "stored queue settings");
  settings.revision = items.Number();
  settings.paused = items.Number() != 0;
  settings.display_name = items.Unescaped();
  return items.status();
}

absl::Status DecodeQueuePolicy(const std::string& text, core::QueuePolicy& policy) {
  if (text.empty()) return absl::OkStatus();
  Items items(text, "a stored queue policy");
  const std::optional<core::QueueMode> mode = ValueIn(kModeNames, items.Word());
  if (!mode.has_value()) items.Fail();
  policy.mode = mode.value_or(core::QueueMode::kOffer);
  policy.accept_within_ms = items.Number();
  policy.retry_after_ms = items.Number();
  policy.skills = items.List();
  return items.status();
}

absl::Status DecodeLedger(const std::string& blob, std::map<core::RepId, int64_t>& owed_nano) {
  if (blob.empty()) return absl::OkStatus();
  const nlohmann::json ledger = nlohmann::json::from_msgpack(blob, true, false);
  if (ledger.is_array() && ledger.empty()) return absl::OkStatus();  // how Lua packs {}
  if (!ledger.is_object()) return Unreadable("a ledger");
  for (const auto& [rep, owed] : ledger.items()) {
    if (!owed.is_number_integer()) return Unreadable("a ledger");
    if (owed != 0) owed_nano[core::RepId::Trusted(rep)] = owed.get<int64_t>();
  }
  return absl::OkStatus();
}

void DecodeMembers(const std::string& text, std::vector<core::RepId>& members) {
  for (const absl::string_view row : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const absl::string_view id = row.substr(0, row.find('|'));
    members.push_back(core::RepId::Trusted({id.data(), id.size()}));
  }
}

}  // namespace

std::string EncodeRep(const core::Rep& rep) {
  return absl::StrCat(rep.weight, "|", rep.capacity, "|", NameIn(kPresenceNames, rep.presence), "|",
                      JoinIds(rep.queues), "|", JoinEscaped(rep.skills), "|",
                      Escape(rep.display_name));
}

absl::StatusOr<core::Rep> DecodeRep(const std::string& id, const std::string& stored) {
  Items items(stored, "a stored rep");
  core::Rep rep;
  rep.id = core::RepId::Trusted(id);
  rep.revision = items.Number();
  rep.weight = static_cast<int32_t>(items.Number());
  rep.capacity = static_cast<int32_t>(items.Number());
  const std::optional<core::Presence> presence = ValueIn(kPresenceNames, items.Word());
  if (!presence.has_value()) items.Fail();
  rep.presence = presence.value_or(core::Presence::kOffline);
  rep.queues = SplitIds<core::QueueId>(items.Word());
  rep.skills = items.List();
  rep.display_name = items.Unescaped();
  if (!items.status().ok()) return items.status();
  return rep;
}

std::string EncodeQueuePolicy(const core::QueuePolicy& policy) {
  return absl::StrCat(policy.id.str(), "|", NameIn(kModeNames, policy.mode), "|",
                      policy.accept_within_ms, "|", policy.retry_after_ms, "|",
                      JoinEscaped(policy.skills));
}

absl::StatusOr<QueueState> DecodeQueue(const platform::redis::Reply& reply) {
  if (reply.elements.size() != 7) return Unreadable("an answer of list_queues");
  const auto text = [&reply](size_t i) -> const std::string& { return reply.elements[i].text; };
  QueueState queue;
  queue.settings.id = core::QueueId::Trusted(text(0));
  queue.policy.id = queue.settings.id;
  absl::Status status = DecodeSettings(text(1), queue.settings);
  if (status.ok()) status = DecodeQueuePolicy(text(2), queue.policy);
  if (status.ok()) status = DecodeLedger(text(4), queue.owed_nano);
  if (!status.ok()) return status;
  DecodeMembers(text(3), queue.members);
  queue.waiting = reply.elements[5].integer;
  queue.oldest_queued_at_ms = reply.elements[6].integer;
  return queue;
}

absl::StatusOr<DrainPlace> DecodeCursor(const std::string& cursor) {
  const std::vector<std::string> parts = absl::StrSplit(cursor, '/');
  int32_t priority = 0;
  core::TimeMs queued_at_ms = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &priority) || priority < 0 ||
      priority > core::kPriorityMax || !absl::SimpleAtoi(parts[1], &queued_at_ms) ||
      queued_at_ms < 0 || queued_at_ms >= kPrioritySpan || !core::IsValidId(parts[2])) {
    return core::FieldError("cursor", "not a cursor of this store");
  }
  return DrainPlace{(core::kPriorityMax - priority) * kPrioritySpan + queued_at_ms, parts[2]};
}

}  // namespace baton::store::redis
