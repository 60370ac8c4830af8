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

absl::Status DecodeSettings(const std::string& text, core::QueueSettings& settings) {
  if (text.empty()) return absl::OkStatus();
  Items items(text, "stored queue settings");
  settings.revision = items.Number();
  settings.paused = items.Number() != 0;
  settings.display_name = items.Unescaped();
  return items.status();
}

// "after>queue,after>queue"
void DecodeWidenings(Items& items, std::vector<core::Widening>& widen) {
  for (const absl::string_view one : absl::StrSplit(items.Word(), ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(one, absl::MaxSplits('>', 1));
    core::Widening& widening = widen.emplace_back();
    if (!absl::SimpleAtoi(parts.first, &widening.after_ms)) items.Fail();
    widening.to = core::QueueId::Trusted({parts.second.data(), parts.second.size()});
  }
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
  if (items.at_end()) return items.status();
  const std::optional<core::Strategy> strategy = ValueIn(kStrategyNames, items.Word());
  if (!strategy.has_value()) items.Fail();
  policy.strategy = strategy.value_or(core::Strategy::kWeightedFair);
  policy.count_owned = items.Number() != 0;
  DecodeWidenings(items, policy.widen);
  policy.max_wait_ms = items.Number();
  const absl::string_view escalate_to = items.Word();
  policy.escalate_to = core::QueueId::Trusted({escalate_to.data(), escalate_to.size()});
  policy.credit_returned = items.Number() != 0;
  policy.age.every_ms = items.Number();
  policy.age.by = static_cast<int32_t>(items.Number());
  policy.age.max = static_cast<int32_t>(items.Number());
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

std::string EncodeQueuePolicy(const core::QueuePolicy& policy) {
  return absl::StrCat(policy.id.str(), "|", NameIn(kModeNames, policy.mode), "|",
                      policy.accept_within_ms, "|", policy.retry_after_ms, "|",
                      JoinEscaped(policy.skills), "|", NameIn(kStrategyNames, policy.strategy), "|",
                      policy.count_owned ? "1" : "0", "|",
                      absl::StrJoin(policy.widen, ",",
                                    [](std::string* out, const core::Widening& one) {
                                      absl::StrAppend(out, one.after_ms, ">", one.to.str());
                                    }),
                      "|", policy.max_wait_ms, "|", policy.escalate_to.str(), "|",
                      policy.credit_returned ? "1" : "0", "|", policy.age.every_ms, "|",
                      policy.age.by, "|", policy.age.max);
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

}  // namespace baton::store::redis
