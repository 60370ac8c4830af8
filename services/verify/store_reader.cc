#include "verify/store_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/redis/redis_keys.h"

namespace baton::verify {
namespace {

using platform::redis::Command;
using platform::redis::Reply;
using store::redis::ShardKeys;
using store::redis::WorkspaceKeys;

constexpr size_t kCommandsPerRoundTrip = 500;
constexpr int64_t kLeadsPerPage = 5000;

absl::Status Unreadable(const std::string& what) {
  return absl::InternalError(absl::StrCat(what, " is not readable in the store"));
}

int64_t Number(absl::string_view text) {
  int64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? number : 0;
}

// Members of a sorted set with their scores.
std::vector<std::pair<std::string, int64_t>> Scores(const Reply& reply) {
  std::vector<std::pair<std::string, int64_t>> scores;
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    scores.emplace_back(reply.elements[i].text, Number(reply.elements[i + 1].text));
  }
  return scores;
}

std::map<std::string, int64_t> MapOf(const Reply& scores) {
  const auto pairs = Scores(scores);
  return {pairs.begin(), pairs.end()};
}

Command ReadTimers(const WorkspaceKeys& keys) {
  return {"ZRANGE", keys.Timers(), "0", "-1", "WITHSCORES"};
}

// What the active policy says of a queue, functions/queue.lua: its last four items.
void ParseRules(const std::string& row, StoredQueue& queue) {
  constexpr size_t kItems = 13;
  const std::vector<std::string> items = absl::StrSplit(row, '|');
  if (items.size() < kItems) return;
  queue.credit_returned = items[kItems - 4] == "1";
  queue.age.every_ms = Number(items[kItems - 3]);
  queue.age.by = static_cast<int32_t>(Number(items[kItems - 2]));
  queue.age.max = static_cast<int32_t>(Number(items[kItems - 1]));
}

WorkspaceKeys KeysOf(int shard, const std::string& workspace) {
  return WorkspaceKeys(shard, core::WorkspaceId::Trusted(workspace));
}

bool ParseAttributes(const std::string& text,
                     std::map<std::string, core::AttributeValue>& attributes) {
  if (text.empty()) return true;
  const nlohmann::json all = nlohmann::json::parse(PercentDecoded(text), nullptr, false);
  for (const auto& [name, value] : all.items()) {
    if (value.is_boolean()) attributes[name] = value.get<bool>();
    if (value.is_number_integer()) attributes[name] = value.get<int64_t>();
    if (value.is_number_float()) attributes[name] = value.get<double>();
    if (value.is_string()) attributes[name] = value.get<std::string>();
    if (value.is_array()) {
      std::vector<std::string> items;
      for (const nlohmann::json& item : value) items.push_back(item.is_string() ? item : "");
      attributes[name] = std::move(items);
    }
  }
  return all.is_object();
}

// "activate|at|principal|reason" (functions/revision.lua); 0: nothing was activated.
int64_t ActivatedAt(const std::string& activation) {
  const std::vector<std::string> items = absl::StrSplit(activation, '|');
  return items.size() < 2 ? 0 : Number(items[1]);
}

// Whom "...,leave=from:until:delegate" (functions/work.lua) names.
std::vector<std::string> DelegatesIn(const std::string& work) {
  std::vector<std::string> delegates;
  for (const absl::string_view rule : absl::StrSplit(work, ',')) {
    const std::vector<std::string> leave = absl::StrSplit(rule, ':');
    if (absl::StartsWith(rule, "leave=") && leave.size() == 3) delegates.push_back(leave[2]);
  }
  return delegates;
}

std::vector<std::pair<std::string, std::string>> PairsOf(const Reply& hash) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (size_t i = 0; i + 1 < hash.elements.size(); i += 2) {
    pairs.emplace_back(hash.elements[i].text, hash.elements[i + 1].text);
  }
  return pairs;
}

// A hash of partition -> next offset.
std::map<int32_t, int64_t> CheckpointsOf(const Reply& hash) {
  std::map<int32_t, int64_t> checkpoints;
  for (size_t i = 0; i + 1 < hash.elements.size(); i += 2) {
    checkpoints[static_cast<int32_t>(Number(hash.elements[i].text))] =
        Number(hash.elements[i + 1].text);
  }
  return checkpoints;
}

}  // namespace

bool ParseRep(const std::string& text, StoredRep& rep) {
  const std::vector<std::string> items = absl::StrSplit(text, '|');
  if (items.size() < 7) return false;
  rep.revision = Number(items[0]);
  rep.capacity = static_cast<int32_t>(Number(items[2]));
  rep.online = items[3] == "online";
  rep.skills = absl::StrSplit(items[5], ',', absl::SkipEmpty());
  if (items.size() > 7) rep.delegates = DelegatesIn(items[7]);
  const bool read = items.size() < 9 || ParseAttributes(items[8], rep.attributes);
  return read && rep.revision > 0;
}

absl::StatusOr<std::unique_ptr<StoreReader>> StoreReader::Open(
    const platform::redis::ClientOptions& options) {
  auto client = platform::redis::Client::Create(
      options, [](platform::redis::Connection&) { return absl::OkStatus(); });
  if (!client.ok()) return client.status();
  return std::unique_ptr<StoreReader>(new StoreReader(*std::move(client)));
}

absl::StatusOr<StoreReader::Replies> StoreReader::Run(const std::vector<Command>& commands) {
  Replies all;
  all.reserve(commands.size());
  for (size_t at = 0; at < commands.size(); at += kCommandsPerRoundTrip) {
    const size_t count = std::min(kCommandsPerRoundTrip, commands.size() - at);
    auto replies = client_->Run(absl::MakeConstSpan(commands).subspan(at, count));
    if (!replies.ok()) return replies.status();
    for (Reply& reply : *replies) {
      if (reply.is_error()) {
        return absl::FailedPreconditionError(absl::StrCat("Redis refused to read: ", reply.text));
      }
      all.push_back(std::move(reply));
    }
  }
  return all;
}

// "format=1 shards=16"
absl::StatusOr<int> StoreReader::Shards() {
  const auto replies = Run({{"GET", store::redis::InstallationKey()}});
  if (!replies.ok()) return replies.status();
  const std::string& text = (*replies)[0].text;
  constexpr absl::string_view kFormat = "format=1 shards=";
  int shards = 0;
  if (text.rfind(kFormat.data(), 0) != 0 ||
      !absl::SimpleAtoi(absl::string_view(text).substr(kFormat.size()), &shards) || shards < 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("this Redis holds no installation of Baton that this release can read (",
                     store::redis::InstallationKey(), " is '", text, "')"));
  }
  return shards;
}

absl::StatusOr<StoreState> StoreReader::State(const std::vector<std::string>& inputs,
                                              const std::vector<std::string>& sales_inputs) {
  const absl::StatusOr<int> shards = Shards();
  if (!shards.ok()) return shards.status();
  std::vector<Command> commands = {
      {"HMGET", store::redis::InputTotalsKey(), "input", "dead_lettered"},
      {"HMGET", store::redis::SalesTotalsKey(), "input", "dead_lettered", "applied", "duplicates",
       "ignored"}};
  for (const auto* names : {&inputs, &sales_inputs}) {
    for (const std::string& name : *names) {
      commands.push_back({"HGETALL", store::redis::CheckpointsKey(name)});
    }
  }
  const size_t first_shard = commands.size();
  for (int shard = 0; shard < *shards; ++shard) {
    commands.push_back({"GET", ShardKeys(shard).Meta()});
    commands.push_back({"XREVRANGE", ShardKeys(shard).Outbox(), "+", "-", "COUNT", "1"});
  }
  const auto replies = Run(commands);
  if (!replies.ok()) return replies.status();
  StoreState state;
  for (size_t i = 2; i < first_shard; ++i) {
    auto& of_kind = i < 2 + inputs.size() ? state.checkpoints : state.sales_checkpoints;
    of_kind.push_back(CheckpointsOf((*replies)[i]));
  }
  const std::vector<Reply>& sales = (*replies)[1].elements;
  state.sales_totals = {Number(sales[0].text), Number(sales[2].text), Number(sales[3].text),
                        Number(sales[1].text), Number(sales[4].text)};
  state.totals.input = Number((*replies)[0].elements[0].text);
  state.totals.dead_lettered = Number((*replies)[0].elements[1].text);
  for (int shard = 0; shard < *shards; ++shard) {
    // "1|epoch|sequence|clock|applied|duplicates|replication id"
    const size_t at = first_shard + 2 * static_cast<size_t>(shard);
    const std::string& text = (*replies)[at].text;
    const std::vector<std::string> items = absl::StrSplit(text, '|');
    StoreState::Shard one{0, 0, text};
    if (items.size() >= 7) {
      one.epoch = Number(items[1]);
      state.totals.applied += Number(items[4]);
      state.totals.duplicates += Number(items[5]);
    }
    const std::vector<Reply>& newest = (*replies)[at + 1].elements;
    if (!newest.empty() && !newest[0].elements.empty()) {
      const absl::string_view id = newest[0].elements[0].text;  // "<sequence>-0"
      one.sequence = Number(id.substr(0, id.find('-')));
    }
    state.shards.push_back(std::move(one));
  }
  return state;
}

absl::Status StoreReader::ReadQueues(int shard, const std::set<std::string>& ids,
                                     StoredWorkspace& workspace) {
  const WorkspaceKeys keys = KeysOf(shard, workspace.id);
  std::vector<Command> commands;
  for (const std::string& id : ids) {
    const auto queue = core::QueueId::Trusted(id);
    commands.push_back({"HMGET", keys.Queue(queue), "g", "r", "p"});
    commands.push_back({"HGETALL", keys.Gains(queue)});
    commands.push_back({"ZRANGE", keys.Backlog(queue), "0", "-1", "WITHSCORES"});
    commands.push_back({"HKEYS", keys.Lanes(queue)});
  }
  const auto replies = Run(commands);
  if (!replies.ok()) return replies.status();
  size_t at = 0;
  for (const std::string& id : ids) {
    StoredQueue queue;
    queue.id = id;
    const std::vector<Reply>& fields = (*replies)[at].elements;
    if (fields.size() != 3 || !ReadLedger(fields[0].text, queue.owed_nano) ||
        !AddGains(fields[1].text, PairsOf((*replies)[at + 1]), queue.owed_nano)) {
      return Unreadable("ledger of " + id);
    }
    ParseRules(fields[2].text, queue);
    queue.waiting = Scores((*replies)[at + 2]);
    std::vector<Command> of_lanes;
    for (const Reply& lane : (*replies)[at + 3].elements) {
      of_lanes.push_back(
          {"ZRANGE", keys.Lane(core::QueueId::Trusted(id), lane.text), "0", "-1", "WITHSCORES"});
    }
    const auto lanes = Run(of_lanes);
    if (!lanes.ok()) return lanes.status();
    for (const Reply& lane : *lanes) {
      const auto places = Scores(lane);
      queue.lanes.insert(queue.lanes.end(), places.begin(), places.end());
    }
    at += 4;
    workspace.queues.push_back(std::move(queue));
  }
  return absl::OkStatus();
}

absl::StatusOr<StoredWorkspace> StoreReader::Workspace(int shard, int64_t epoch,
                                                       const std::string& id,
                                                       const KnownNames& known) {
  const WorkspaceKeys keys = KeysOf(shard, id);
  const auto heads = Run({{"HGETALL", keys.Reps()},
                          {"HMGET", keys.Workspace(), "queues", "policy", "activations"},
                          {"SMEMBERS", keys.Waiting()},
                          ReadTimers(keys)});
  if (!heads.ok()) return heads.status();
  StoredWorkspace workspace;
  workspace.id = id;
  workspace.epoch = epoch;
  workspace.timers = MapOf((*heads)[3]);
  std::map<std::string, StoredRep> reps;
  const std::vector<Reply>& rows = (*heads)[0].elements;
  for (size_t i = 0; i + 1 < rows.size(); i += 2) {
    if (!ParseRep(rows[i + 1].text, reps[rows[i].text])) return Unreadable("rep " + rows[i].text);
  }
  if (const auto named = known.reps.find(id); named != known.reps.end()) {
    for (const std::string& rep : named->second) reps.try_emplace(rep);
  }
  const std::vector<Reply>& policy = (*heads)[1].elements;
  if (policy.size() != 3) return Unreadable("policy of " + id);
  const auto activation =
      Run({{"HGET", keys.Revision(Number(policy[1].text)), absl::StrCat("n:", policy[2].text)}});
  if (!activation.ok()) return activation.status();
  workspace.activated_at_ms = ActivatedAt((*activation)[0].text);
  std::set<std::string> queues = absl::StrSplit(policy[0].text, ',', absl::SkipEmpty());
  for (const Reply& queue : (*heads)[2].elements) queues.insert(queue.text);
  if (const auto named = known.queues.find(id); named != known.queues.end()) {
    queues.insert(named->second.begin(), named->second.end());
  }
  std::vector<Command> commands;
  for (const auto& [rep, row] : reps) {
    commands.push_back({"ZRANGE", keys.Open(core::RepId::Trusted(rep)), "0", "-1"});
  }
  const auto open = Run(commands);
  if (!open.ok()) return open.status();
  size_t at = 0;
  for (auto& [rep, row] : reps) {
    row.id = rep;
    for (const Reply& lead : (*open)[at].elements) row.open.push_back(lead.text);
    ++at;
    workspace.reps.push_back(std::move(row));
  }
  if (absl::Status status = ReadQueues(shard, queues, workspace); !status.ok()) return status;
  return workspace;
}

absl::StatusOr<std::vector<StoredWorkspace>> StoreReader::Workspaces(const StoreState& state,
                                                                     const KnownNames& known) {
  std::vector<StoredWorkspace> all;
  for (size_t shard = 0; shard < state.shards.size(); ++shard) {
    const ShardKeys keys(static_cast<int>(shard));
    const auto replies =
        Run({{"SMEMBERS", keys.Workspaces()}, {"ZRANGE", keys.Timers(), "0", "-1", "WITHSCORES"}});
    if (!replies.ok()) return replies.status();
    std::map<std::string, int64_t> places = MapOf((*replies)[1]);
    for (const Reply& id : (*replies)[0].elements) {
      auto workspace =
          Workspace(static_cast<int>(shard), state.shards[shard].epoch, id.text, known);
      if (!workspace.ok()) return workspace.status();
      workspace->timers_place = places[id.text];
      places.erase(id.text);
      all.push_back(*std::move(workspace));
    }
    for (const auto& [id, place] : places) {  // of workspaces that do not exist
      const auto timers = Run({ReadTimers(KeysOf(static_cast<int>(shard), id))});
      if (!timers.ok()) return timers.status();
      all.push_back({id, state.shards[shard].epoch, {}, {}, MapOf((*timers)[0]), place});
    }
  }
  return all;
}

absl::StatusOr<std::vector<std::string>> StoreReader::WorkspacesOf(int shard) {
  const auto replies = Run({{"SMEMBERS", ShardKeys(shard).Workspaces()}});
  if (!replies.ok()) return replies.status();
  std::vector<std::string> ids;
  for (const Reply& id : (*replies)[0].elements) ids.push_back(id.text);
  return ids;
}

absl::StatusOr<int64_t> StoreReader::ReadLeads(int shard, const std::string& workspace,
                                               int64_t from, const LeadTaker& taker) {
  const WorkspaceKeys keys = KeysOf(shard, workspace);
  const auto page =
      Run({{"ZRANGE", keys.Leads(), absl::StrCat(from), absl::StrCat(from + kLeadsPerPage - 1)}});
  if (!page.ok()) return page.status();
  const std::vector<Reply>& leads = (*page)[0].elements;
  std::vector<Command> commands;
  for (const Reply& lead : leads) {
    commands.push_back({"GET", keys.Lead(core::LeadId::Trusted(lead.text))});
    commands.push_back({"LRANGE", keys.Decisions(core::LeadId::Trusted(lead.text)), "0", "-1"});
  }
  const auto values = Run(commands);
  if (!values.ok()) return values.status();
  for (size_t i = 0; i < leads.size(); ++i) {
    auto stored = ParseStoredLead(workspace, leads[i].text, (*values)[2 * i].text);
    if (stored.ok()) {
      for (const Reply& element : (*values)[2 * i + 1].elements)
        stored->past.push_back(element.text);
      taker.take(*stored);
    } else {
      taker.unreadable(workspace + "/" + leads[i].text);
    }
  }
  return static_cast<int64_t>(leads.size());
}

absl::Status StoreReader::ReadAccounts(int shard, const std::string& workspace,
                                       const std::function<void(const StoredAccount&)>& take) {
  const std::string key = KeysOf(shard, workspace).Accounts();
  const auto ids = Run({{"HKEYS", key}});
  if (!ids.ok()) return ids.status();
  const std::vector<Reply>& all = (*ids)[0].elements;
  for (size_t at = 0; at < all.size(); at += kCommandsPerRoundTrip) {
    const size_t count = std::min(kCommandsPerRoundTrip, all.size() - at);
    std::vector<Command> commands;
    for (size_t i = 0; i < count; ++i) commands.push_back({"HGET", key, all[at + i].text});
    const auto values = Run(commands);
    if (!values.ok()) return values.status();
    for (size_t i = 0; i < count; ++i) {
      const auto stored = ParseStoredAccount(workspace, all[at + i].text, (*values)[i].text);
      if (!stored.ok()) return stored.status();
      take(*stored);
    }
  }
  return absl::OkStatus();
}

absl::Status StoreReader::Accounts(const StoreState& state,
                                   const std::function<void(const StoredAccount&)>& take) {
  for (int shard = 0; shard < static_cast<int>(state.shards.size()); ++shard) {
    const auto workspaces = WorkspacesOf(shard);
    if (!workspaces.ok()) return workspaces.status();
    for (const std::string& workspace : *workspaces) {
      if (absl::Status status = ReadAccounts(shard, workspace, take); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status StoreReader::Leads(const StoreState& state, const LeadTaker& taker) {
  for (int shard = 0; shard < static_cast<int>(state.shards.size()); ++shard) {
    const auto workspaces = WorkspacesOf(shard);
    if (!workspaces.ok()) return workspaces.status();
    for (const std::string& workspace : *workspaces) {
      int64_t read = 0, from = 0;
      do {
        const auto count = ReadLeads(shard, workspace, from, taker);
        if (!count.ok()) return count.status();
        read = *count;
        from += read;
      } while (read > 0);
    }
  }
  return absl::OkStatus();
}

}  // namespace baton::verify
