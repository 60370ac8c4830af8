#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "store/redis/errors.h"
#include "store/redis/lead_codec.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/shard_codec.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::ShardKeys;

namespace {

constexpr absl::Duration kWaitMax = absl::Seconds(30);
constexpr size_t kTopicLengthMax = 249;

// A whole number as text; absent: 0.
absl::StatusOr<int64_t> DecodeNumber(const Reply& reply) {
  int64_t number = 0;
  if (!reply.is_nil() && !absl::SimpleAtoi(reply.text, &number)) {
    return redis::Unreadable("a number");
  }
  return number;
}

std::string TotalsKey(InputFlow flow) {
  return flow == InputFlow::kMarketing ? redis::InputTotalsKey() : redis::SalesTotalsKey();
}

// "topic" or "topic#generation"
absl::Status CheckInput(const std::string& input) {
  const std::string topic = input.substr(0, input.find('#'));
  const bool valid = !topic.empty() && topic.size() <= kTopicLengthMax &&
                     std::all_of(topic.begin(), topic.end(), [](char character) {
                       return absl::ascii_isalnum(static_cast<unsigned char>(character)) ||
                              character == '.' || character == '_' || character == '-';
                     });
  return valid ? absl::OkStatus() : core::FieldError("input", "not a name that Kafka allows");
}

// XREAD of one shard's answer: {key, entries}. Entries end in front of one that cannot be read.
absl::Status DecodeStream(const Reply& stream, int shard, std::vector<OutboxEntry>& entries) {
  for (const Reply& element : stream.elements[1].elements) {
    absl::StatusOr<OutboxEntry> entry = redis::DecodeOutbox(element);
    if (!entry.ok() && !entries.empty()) return absl::OkStatus();
    if (!entry.ok()) {
      return StateUnreadable(absl::StrCat("the outbox of shard ", shard),
                             std::string(entry.status().message()));
    }
    entries.push_back(*std::move(entry));
  }
  return absl::OkStatus();
}

// What a workspace had at its turn, as functions/shares.lua says it.
bool AddTurn(const std::vector<Reply>& turn, DueTimers& due) {
  constexpr size_t kHead = 3;
  if (turn.size() < kHead) return false;
  const auto workspace = core::WorkspaceId::Trusted(turn[0].text);
  if (turn[2].integer != 0) due.more[workspace] = static_cast<int>(turn[1].integer);
  for (size_t i = kHead; i + 1 < turn.size(); i += 2) {
    due.timers.push_back({{workspace, core::LeadId::Trusted(turn[i].text)}, turn[i + 1].integer});
  }
  return true;
}

}  // namespace

absl::StatusOr<DueTimers> RedisStore::Due(int shard, int max, const PassedOver& passed_over) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  const ShardKeys keys(shard);
  std::vector<std::string> args = {absl::StrCat(ClampPageSize(max)), SimulatedClock()};
  for (const auto& [workspace, count] : passed_over) {
    args.push_back(workspace.str());
    args.push_back(absl::StrCat(count));
  }
  const absl::StatusOr<Reply> reply =
      RunOne(library_.Call("due_timers", {keys.Meta(), keys.Timers()}, std::move(args)));
  if (!reply.ok()) return reply.status();
  const std::vector<Reply>& answer = reply->elements;
  if (answer.size() < 2) return redis::Unreadable("an answer of due_timers");
  DueTimers due;
  due.now_ms = answer[0].integer;
  due.next_due_at_ms = answer[1].integer;
  for (size_t i = 2; i < answer.size(); ++i) {
    if (!AddTurn(answer[i].elements, due)) return redis::Unreadable("a turn of due_timers");
  }
  std::sort(due.timers.begin(), due.timers.end());
  return due;
}

absl::StatusOr<OutboxBounds> RedisStore::Bounds(int shard) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  const ShardKeys keys(shard);
  // In this order: an entry appended in between is then the first one behind the last one.
  const absl::StatusOr<Replies> replies = Run({{"GET", keys.Meta()},
                                               {"XRANGE", keys.Outbox(), "-", "+", "COUNT", "1"},
                                               {"XREVRANGE", keys.Outbox(), "+", "-", "COUNT", "1"},
                                               {"XLEN", keys.Outbox()}});
  if (!replies.ok()) return replies.status();
  const absl::StatusOr<redis::ShardRecord> record = redis::DecodeShard((*replies)[0]);
  if (!record.ok()) return record.status();
  OutboxBounds bounds{record->epoch, record->sequence + 1, record->sequence};
  bounds.entries = (*replies)[3].integer;
  const std::pair<const Reply&, int64_t&> ends[] = {{(*replies)[1], bounds.first_sequence},
                                                    {(*replies)[2], bounds.newest_sequence}};
  for (const auto& [reply, end] : ends) {
    if (reply.elements.empty()) continue;
    const absl::StatusOr<int64_t> sequence = redis::DecodeSequence(reply.elements[0]);
    if (!sequence.ok()) return sequence.status();
    end = *sequence;
  }
  return bounds;
}

absl::StatusOr<std::map<int, std::vector<OutboxEntry>>> RedisStore::Read(
    const std::map<int, int64_t>& after, int max, absl::Duration wait) {
  std::map<int, std::vector<OutboxEntry>> read;
  if (after.empty()) return read;
  Command command = {"XREAD", "COUNT", absl::StrCat(ClampPageSize(max))};
  const int64_t wait_ms = absl::ToInt64Milliseconds(std::min(wait, kWaitMax));
  if (wait_ms > 0) command.insert(command.end(), {"BLOCK", absl::StrCat(wait_ms)});
  command.push_back("STREAMS");
  std::map<std::string, int> shard_of;
  for (const auto& [shard, sequence] : after) {
    if (absl::Status status = CheckShard(shard); !status.ok()) return status;
    shard_of[ShardKeys(shard).Outbox()] = shard;
    command.push_back(ShardKeys(shard).Outbox());
  }
  for (const auto& [shard, sequence] : after) {
    command.push_back(absl::StrCat(std::max<int64_t>(sequence, 0), "-0"));
  }
  platform::redis::Client& client = wait_ms > 0 ? *readers_ : *client_;
  const absl::StatusOr<Replies> replies =
      client.Run({std::move(command)},
                 absl::Milliseconds(std::max<int64_t>(wait_ms, 0)) + options_.command_timeout);
  if (!replies.ok()) return redis::FromClient(replies.status());
  if (replies->front().is_error()) return redis::FromReply(replies->front());
  for (const Reply& stream : replies->front().elements) {
    const auto shard =
        stream.elements.size() == 2 ? shard_of.find(stream.elements[0].text) : shard_of.end();
    if (shard == shard_of.end()) return redis::Unreadable("an answer of XREAD");
    absl::Status status = DecodeStream(stream, shard->second, read[shard->second]);
    if (!status.ok()) return status;
  }
  return read;
}

absl::Status RedisStore::Trim(int shard, int64_t upto, int64_t keep) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  const ShardKeys keys(shard);
  return RunOne(library_.Call("trim_outbox", {keys.Meta(), keys.Outbox()},
                              {absl::StrCat(std::max<int64_t>(upto, 0)),
                               absl::StrCat(std::max<int64_t>(keep, 0))}))
      .status();
}

absl::StatusOr<int64_t> RedisStore::Purge(int shard, int64_t upto, core::TimeMs erased_before_ms) {
  if (absl::Status status = CheckShard(shard); !status.ok()) return status;
  const ShardKeys keys(shard);
  const absl::StatusOr<Reply> reply =
      RunOne(library_.Call("purge_outbox", {keys.Meta(), keys.Outbox(), keys.Purges()},
                           {absl::StrCat(std::max<int64_t>(upto, 0)),
                            absl::StrCat(std::max<core::TimeMs>(erased_before_ms, 0))}));
  if (!reply.ok()) return reply.status();
  return reply->integer;
}

absl::StatusOr<InputCheckpoints> RedisStore::Checkpoints(const std::string& input) {
  if (absl::Status status = CheckInput(input); !status.ok()) return status;
  // In this order: a store that goes back in between is found to have done so at the next look.
  const absl::StatusOr<Replies> replies =
      Run({{"GET", ShardKeys(0).Meta()}, {"HGETALL", redis::CheckpointsKey(input)}});
  if (!replies.ok()) return replies.status();
  const absl::StatusOr<redis::ShardRecord> shard = redis::DecodeShard((*replies)[0]);
  if (!shard.ok()) return shard.status();
  InputCheckpoints checkpoints{shard->epoch, {}};
  const std::vector<Reply>& pairs = (*replies)[1].elements;
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    int32_t partition = 0;
    int64_t offset = 0;
    if (!absl::SimpleAtoi(pairs[i].text, &partition) ||
        !absl::SimpleAtoi(pairs[i + 1].text, &offset)) {
      return redis::Unreadable("a checkpoint");
    }
    checkpoints.offsets[partition] = offset;
  }
  return checkpoints;
}

absl::Status RedisStore::Advance(const InputId& input, int64_t epoch,
                                 absl::Span<const InputAdvance> advances) {
  if (absl::Status status = CheckInput(input.name); !status.ok()) return status;
  if (absl::Status status = CheckAdvances(advances); !status.ok()) return status;
  const int64_t incarnation = Incarnation();
  if (advances.empty()) return ConfirmDurable(incarnation);
  std::vector<std::string> args = {absl::StrCat(epoch)};
  for (const InputAdvance& advance : advances) {
    for (const int64_t number :
         {int64_t{advance.partition}, advance.from, advance.next_offset, advance.records,
          advance.dead_lettered, advance.applied, advance.duplicates, advance.ignored}) {
      args.push_back(absl::StrCat(number));
    }
  }
  const absl::StatusOr<Reply> moved = RunOne(library_.Call(
      "advance", {redis::CheckpointsKey(input.name), TotalsKey(input.flow), ShardKeys(0).Meta()},
      args));
  if (!moved.ok()) return moved.status();
  if (moved->integer < 0) return CheckpointMoved(input.name);
  return ConfirmDurable(incarnation);
}

// WAIT speaks of the connection's own latest write, hence the fence in the same round trip. One
// Redis replicates in one order: who has the fence has all that was written to it before. To it: a
// server that took over in between would confirm what it never had.
absl::Status RedisStore::ConfirmDurable(int64_t incarnation) {
  if (options_.min_replica_acks == 0) return absl::OkStatus();
  const int64_t wait_ms =
      std::max<int64_t>(1, absl::ToInt64Milliseconds(options_.command_timeout) / 2);
  const absl::StatusOr<Replies> replies =
      Run({{"INCR", redis::FenceKey()},
           {"WAIT", absl::StrCat(options_.min_replica_acks), absl::StrCat(wait_ms)}});
  if (!replies.ok()) return replies.status();
  const int64_t acks = replies->back().integer;
  if (Incarnation() != incarnation) {
    return redis::FromClient(absl::UnavailableError(
        "Redis: another server has taken over, or this one was restarted, since"));
  }
  if (acks >= options_.min_replica_acks) return absl::OkStatus();
  AskSentinels();  // this server may be cut off, and a replica in its place
  return redis::FromClient(absl::UnavailableError(
      absl::StrCat("Redis: ", acks, " of ", options_.min_replica_acks,
                   " replicas have acknowledged the latest writes in time")));
}

absl::StatusOr<InputCounters> RedisStore::Counters(InputFlow flow) {
  std::vector<Command> commands = {
      {"HMGET", TotalsKey(flow), "input", "dead_lettered", "applied", "duplicates", "ignored"}};
  // What marketing's plans apply is counted in their shards.
  const int shards = flow == InputFlow::kMarketing ? options_.shards : 0;
  for (int shard = 0; shard < shards; ++shard) {
    commands.push_back({"GET", ShardKeys(shard).Meta()});
  }
  const absl::StatusOr<Replies> replies = Run(commands);
  if (!replies.ok()) return replies.status();
  const std::vector<Reply>& totals = replies->front().elements;
  InputCounters counters;
  int64_t* const parts[] = {&counters.input, &counters.dead_lettered, &counters.applied,
                            &counters.duplicates, &counters.ignored};
  if (totals.size() != std::size(parts)) return redis::Unreadable("the totals of an input");
  for (size_t i = 0; i < totals.size(); ++i) {
    const absl::StatusOr<int64_t> number = DecodeNumber(totals[i]);
    if (!number.ok()) return number.status();
    *parts[i] = *number;
  }
  for (size_t i = 1; i < replies->size(); ++i) {
    const absl::StatusOr<redis::ShardRecord> shard = redis::DecodeShard((*replies)[i]);
    if (!shard.ok()) return shard.status();
    counters.applied += shard->applied;
    counters.duplicates += shard->duplicates;
  }
  return counters;
}

}  // namespace baton::store
