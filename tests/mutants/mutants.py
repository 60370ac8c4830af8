"""The planted bugs: what is broken, how, and which tests must notice. `old` stands once in `file`.

A catcher is ("test", PROGRAM, FILTER) or ("fault", EXPERIMENT): the first that says that something
is wrong has caught it.
"""

from dataclasses import dataclass

LUA = "services/store/redis/functions/"

CONTRACT = ("test", "store_contract_test", "*")
FUNCTIONS = ("test", "redis_functions_test", "-*Fuzz*")
SENTINELS = ("test", "redis_store_test", "RedisSentinelTest.*")
DIFFERENTIAL = ("test", "store_differential_test", "*")
KEPT_QUEUES = ("test", "store_kept_queues_test", "*")
CORE = ("test", "core_test", "*")
INTAKE = ("test", "intake_test", "*")
RELAY = ("test", "relay_test", "*")
CLOCK = ("test", "clock_test", "*")
DISPATCH = ("test", "dispatch_test", "*")
API = ("test", "dispatch_api_test", "*")


@dataclass(frozen=True)
class Mutant:
    name: str
    breaks: str
    file: str
    old: str
    new: str
    catchers: tuple


MUTANTS = [
    Mutant("no-dedupe", "an event sent twice counts twice", "services/core/facts.cc",
           "if (std::find(recent.begin(), recent.end(), fingerprint) != recent.end()) {",
           "if (recent.size() > 1'000'000) {", (("fault", "F14"),)),
    Mutant("no-redelivery-check", "a record read again is applied again",
           "services/core/facts.cc", "if (position.offset <= entry->second) return false;", "",
           (CORE, INTAKE, ("fault", "F4"))),
    Mutant("checkpoint-early", "the checkpoint moves before its records are applied",
           "services/intake/intake_worker.cc",
           "  const absl::Status applied = handler_->Apply(batch, partitions_.epoch());",
           "  InputBatch settled = batch;\n"
           "  settled.accounts.clear();\n  settled.leads.clear();\n  settled.sales.clear();\n"
           "  if (absl::Status early = partitions_.Advance(settled); !early.ok()) return early;\n"
           "  const absl::Status applied = handler_->Apply(batch, partitions_.epoch());",
           (INTAKE, ("fault", "F4"), ("fault", "F1"))),
    Mutant("checkpoint-far", "the checkpoint passes what is delayed behind a refused record",
           "services/intake/partition_progress.cc",
           "if (end != unsettled.end() && record.offset >= end->second) continue;",
           "if (end != unsettled.end() && record.offset < 0) continue;",
           (INTAKE,)),
    Mutant("refused-then-done", "a refused event of sales is decided again upon what came behind",
           "services/intake/sales_handler.cc", "  if (work.behind.has_value()) {",
           "  if (work.waits) {", (INTAKE,)),
    Mutant("sales-forgotten", "an event of sales acts again when the lead has forgotten it",
           "services/core/decide_sales_event.cc",
           "if (event.occurred_at_ms > record.sales_forgotten_ms) return absl::OkStatus();",
           "if (!event.id.empty()) return absl::OkStatus();", (CORE,)),
    Mutant("sales-undone", "an event of sales that met another change is counted, but not done",
           "services/intake/sales_handler.cc",
           "    case store::CommitCode::kStalePolicy:\n      metrics_.retried_commits.Add();",
           "    case store::CommitCode::kStalePolicy:\n      metrics_.retried_commits.Add();\n"
           "      Finish(SalesFate::kApplied, work, batch);", (INTAKE,)),
    Mutant("sales-too-early", "after a failover sales acts on leads that are not yet read again",
           "services/intake/sales_handler.cc",
           "  if (loaded->epoch != epoch) return absl::AbortedError("
           "\"the store is another incarnation\");",
           "  static_cast<void>(epoch);", (INTAKE,)),
    Mutant("workspaces-mixed", "a lead goes to who owns its domain in another workspace",
           "services/intake/matched_accounts.cc", "std::pair(workspace, domains.front())",
           "std::pair(core::WorkspaceId(), domains.front())", (INTAKE,)),
    Mutant("lost-dead-letter", "a record that cannot be used is counted, but its letter dropped",
           "services/intake/intake_worker.cc", "    letters_.Add(\n        events::MakeDeadLetter(",
           "    static_cast<void>(\n        events::MakeDeadLetter(", (("fault", "F15"),)),
    Mutant("epoch-ignored", "a batch that a failover rolled back is checkpointed",
           LUA + "advance.lua", "if not shard or shard.epoch ~= epoch then",
           "if not shard then", (FUNCTIONS,)),
    Mutant("counted-twice", "two members that hold one partition both count its records",
           LUA + "advance.lua", "elseif stored ~= move.next then\n      return -1",
           "elseif stored ~= move.next then\n      moves[#moves + 1] = move", (FUNCTIONS,)),
    Mutant("cursor-outside", "the relay's cursor is not part of its transaction",
           "services/relay/publisher.cc",
           "    status = producer_->SendOffsets(offsets, group, std::clamp(patience_(), kStepMin, "
           "kStep));",
           "    static_cast<void>(group), static_cast<void>(offsets);", (("fault", "F26"),)),
    Mutant("trim-ahead", "entries are trimmed before they are published",
           LUA + "trim_outbox.lua", "math.min(upto, last - keep) + 1", "last + 1",
           (FUNCTIONS, ("fault", "F10"))),
    Mutant("sequence-again", "a restarted store gives sequences a second time",
           LUA + "open_shard.lua",
           "shard.sequence = math.max(last > 0 and last + GAP or 0, now * PER_MILLISECOND)",
           "shard.sequence = math.max(last - 10, 0)", (FUNCTIONS,)),
    Mutant("no-revision-check", "a plan made for an older state of the lead is applied",
           LUA + "apply.lua", "if plan.expected ~= before.revision then", "if false then",
           (CONTRACT, ("fault", "F25"))),
    Mutant("no-generation-check", "who lost a lead may still act on it",
           "services/core/action_checks.cc",
           "if (mine && action.generation == record.generation && !over)", "if (mine && !over)",
           (CORE, ("fault", "F25"))),
    Mutant("answers-forgotten", "a repeated request acts a second time",
           "services/core/decide_action.cc",
           "if (answer != nullptr && IsRepeated(*answer, action)) return *answer;",
           "static_cast<void>(&IsRepeated);",
           (CORE,)),
    Mutant("timer-early", "a timer fires an hour early", LUA + "due_timers.lua",
           "local now = baton.read_shard(keys[1], args[2]).now",
           "local now = baton.read_shard(keys[1], args[2]).now + 3600000", (CONTRACT,)),
    Mutant("no-turns", "a workspace that had its turn at due timers is first again",
           LUA + "timers.lua", "ipairs(crowded and turns or {})", "ipairs({})", (CONTRACT,)),
    Mutant("timer-stays", "an accepted lead keeps its timer", LUA + "moves.lua",
           "if baton.due_of(step.before) ~= due then",
           "if baton.due_of(step.before) ~= due and due ~= 0 then",
           (FUNCTIONS, CONTRACT)),
    Mutant("timer-lost", "an offer gets no timer", LUA + "moves.lua",
           "if baton.due_of(step.before) ~= due then",
           "if baton.due_of(step.before) ~= due and due == 0 then",
           (CONTRACT, ("fault", "F16"))),
    Mutant("stays-waiting", "a lead that got a rep still stands in the backlog",
           LUA + "lanes.lua", "lane.left[#lane.left + 1] = id, id",
           "lane.left[#lane.left + 1] = 'another', 'another'",
           (CONTRACT,)),
    Mutant("stays-open", "a rep keeps the place of a lead that has left", LUA + "moves.lua",
           "local list = baton.list_of(moves.removed, baton.open_key(workspace, step.left_rep))",
           "local list = {}",
           (CONTRACT, ("fault", "F25"))),
    Mutant("one-too-many", "a rep gets one lead above the capacity", LUA + "eligible.lua",
           "elseif open >= member.capacity then", "elseif open > member.capacity then",
           (CONTRACT, ("fault", "F25"))),
    Mutant("asked-again", "who has passed is asked again at once", LUA + "eligible.lua",
           "return REASON.passed", "return REASON.fairness", (CONTRACT,)),
    Mutant("never-charged", "a choice costs nothing, so one rep gets all", LUA + "ledger.lua",
           "move_ledger(queue, candidates, 1, 0)", "return", (CONTRACT,)),
    Mutant("never-refunded", "a lead that was given back stays charged", LUA + "ledger.lua",
           "move_ledger(queue, charged, -1, baton.more_of(charged, paid))", "",
           (CONTRACT,)),
    Mutant("stays-ranked", "a rep of a great queue who is full is still ranked as if it had room",
           LUA + "ledger.lua",
           "baton.eligibility(queue.members[place], call.open[rep], nil)",
           "ranks.of[place].reason", (KEPT_QUEUES, DIFFERENTIAL)),
    Mutant("skill-for-all", "in a great queue who lacks a skill gains by leads that need it",
           LUA + "signatures.lua",
           "if not demand.crowded and baton.has_skills(member, demand) then",
           "if not demand.crowded then", (KEPT_QUEUES, CONTRACT)),
    Mutant("aside-gains", "who passed a lead of a great queue gains by it",
           LUA + "ledger.lua", "owe(queue, rep, -share)", "", (KEPT_QUEUES, CONTRACT)),
    Mutant("newest-first", "the backlog is drained from its end", LUA + "backlog.lua",
           "(PRIORITY_MAX - band) * SPAN + at)",
           "(PRIORITY_MAX - band) * SPAN + SPAN - 1 - at)", (CONTRACT,)),
    Mutant("queue-jumped", "a new lead gets the rep that one in front of it could have",
           LUA + "place.lua", "if choice and not step.waits_turn then", "if choice then",
           (CONTRACT, DIFFERENTIAL)),
    Mutant("never-leaves", "who left the queue in the same call is waited for all the same",
           LUA + "standing.lua", "while lane.lead and standing.gone[lane.lead] do",
           "while false do", (CONTRACT, DIFFERENTIAL)),
    Mutant("turn-untold", "a lead waits its turn, and nobody drains its queue",
           "services/intake/to_drain.cc",
           "if (committed.waits_turn) noted_[workspace].queues.push_back(after.queue);", "",
           (INTAKE,)),
    Mutant("version-stands", "two changes share one version", LUA + "step.lua",
           "lead.version = lead.version + 1", "lead.version = math.max(lead.version, 1)",
           (CONTRACT,)),
    Mutant("change-untold", "a lead is touched and nobody hears of it",
           LUA + "writes.lua",
           "for i = 1, #entries, 2 do",
           "for i = 1, string.find(entries[2] or '', '|touched|', 1, true) and 0 or #entries, 2 do",
           (DIFFERENTIAL, ("fault", "F25"))),
    Mutant("outbox-last", "a lead is written before the outbox could refuse its change",
           LUA + "writes.lua", "    write_entries(outbox, step)\n  end\n",
           "    write_lead(step)\n  end\n"
           "  for _, step in ipairs(steps) do\n    write_entries(outbox, step)\n  end\n",
           (FUNCTIONS,)),
    Mutant("neighbours-told", "a stream that catches up is told of other workspaces of its shard",
           "services/dispatch/watch_source.cc",
           "  if (entry.key.workspace != scope.workspace) return false;\n", "", (API,)),
    Mutant("stream-too-early", "a rep is shown an offer that a failover may take back",
           "services/dispatch/watch_hub.cc", "  if (!read->empty() && !IsDurable(incarnation)) {",
           "  if (incarnation < -1 && !IsDurable(incarnation)) {", (DISPATCH,)),
    Mutant("change-too-early", "a caller is told of a change that a failover may take back",
           "services/dispatch/call_runner.h",
           "return durable.ok() ? std::move(done) : durable;", "return done;", (API,)),
    Mutant("wrong-witness", "a server that took over confirms what another one said",
           "services/store/redis/redis_pipes.cc", "  if (Incarnation() != incarnation) {",
           "  if (incarnation < 0) {", (SENTINELS,)),
    Mutant("witness-too-late", "the server to confirm a change is chosen once it is made",
           "services/dispatch/call_runner.h", "durable_.ConfirmDurable(incarnation)",
           "durable_.ConfirmDurable(incarnation < -1 ? 0 : durable_.Incarnation())", (API,)),
    Mutant("lost-submission", "events that Kafka did not take are said to be accepted",
           "services/dispatch/event_publisher.cc", "        done(std::move(status));",
           "        done(absl::OkStatus());", (API,)),
    Mutant("one-for-all", "all actions of a batch are decided by the policy of its first workspace",
           "services/dispatch/action_batcher.cc", "(*policies)[i]", "(*policies)[0]", (DISPATCH,)),
    Mutant("one-for-all-timers", "timers are decided by the policy of another workspace",
           "services/clock/timer_sweep.cc", "std::move((*found)[i])", "(*found)[0]", (CLOCK,)),
    Mutant("one-key", "one approval activates a policy", LUA + "activate_policy.lua",
           "return missing > 0 and {OUTCOME.unapproved, missing} or nil",
           "return missing > 2 and {OUTCOME.unapproved, missing} or nil", (CONTRACT,)),
    Mutant("activation-late", "of two activations both win", LUA + "activate_policy.lua",
           "elseif wish.number ~= policies.activations + 1 then", "elseif false then",
           (CONTRACT,)),
    Mutant("policy-unchecked", "a plan made under an older policy is applied",
           LUA + "apply.lua",
           "elseif plan.policy ~= 0 and plan.policy ~= tonumber(workspace.policy) then",
           "elseif false then", (CONTRACT,)),
    Mutant("erased-returns", "what was recorded before an erasure brings the person back",
           "services/core/erasure.cc", "  return event.occurred_at_ms <= record.erased_at_ms ||",
           "  return false && event.occurred_at_ms <= record.erased_at_ms &&", (CORE,)),
    Mutant("breached-again", "a broken service level is said to be at every look",
           "services/core/sla.cc", "if (threshold.percent <= said) continue;",
           "if (threshold.percent < said) continue;", (CORE, ("fault", "F32"))),
]
