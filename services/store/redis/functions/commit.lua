-- commit: applies one plan to one lead, wholly or not at all (LeadStore::Commit).
-- KEYS: 1 meta, 2 outbox, 3 timers, 4 workspace, 5 leads, 6 lead, 7 journey
-- ARGV: see plan.lua
-- Returns: {code}; {CODE.committed, line of the lead, its candidates} as stored then
-- Idempotency: the plan names the revision it was made for; a repetition finds another one and
-- changes nothing (CODE.stale_revision).

local CODE, STAGE, PLACEMENT = baton.CODE, baton.STAGE, baton.PLACEMENT

local function is_outbox_full(keys, plan)
  local publishes = plan.changes > 0 or plan.placement ~= PLACEMENT.keep
  return publishes and redis.call('XLEN', keys[2]) >= plan.outbox_max
end

local function verdict(keys, plan, before, shard, active)
  if plan.expected ~= before.revision then
    return CODE.stale_revision
  elseif plan.policy ~= 0 and plan.policy ~= tonumber(active) then
    return CODE.stale_policy
  elseif shard.now < plan.not_before then
    return CODE.not_due
  elseif is_outbox_full(keys, plan) then
    return CODE.outbox_full
  elseif before.revision == 0 and redis.call('ZCARD', keys[5]) >= plan.leads_max then
    return CODE.too_many_leads
  end
  return CODE.committed
end

-- Only writes from here on, and only such as cannot fail.
local function write(keys, plan, step)
  local shard = step.shard
  shard.applied = shard.applied + plan.applied
  shard.duplicates = shard.duplicates + plan.duplicates
  baton.write_entries(keys[2], step)
  local line = baton.write_step(step)
  if step.before.revision == 0 then
    redis.call('ZADD', keys[5], '0', step.id)
  end
  baton.write_moves(step, keys[3])
  baton.write_shard(keys[1], shard)
  return {CODE.committed, line, step.lead.candidates}
end

local function commit(keys, args)
  baton.expect_count(keys, 7, 'keys')
  local plan = baton.read_plan(args)
  local shard = baton.read_shard(keys[1], plan.clock)
  local active = redis.call('HGET', keys[4], 'policy')
  if not active then
    return {CODE.unknown_workspace}
  end
  local before = baton.parse_lead(redis.call('GET', keys[6]))
  local code = verdict(keys, plan, before, shard, active)
  if code ~= CODE.committed then
    return {code}
  end
  local step = baton.new_step({keys[6], keys[7], keys[4]}, args, shard, before,
    baton.merge(before, plan, args, shard.now))
  local queue = plan.placement == PLACEMENT.offer and baton.read_queue(keys[4], plan.queue) or nil
  local refunded = plan.refund and baton.refund(before, queue, keys[4]) or nil
  local owned = plan.placement ~= PLACEMENT.keep and baton.leave(step)
  baton.publish_plan(plan, args, step)
  if queue then
    if owned then
      baton.forget_open(queue, before.rep)
    end
    local said = before.stage == STAGE.QUEUED or plan.last_stage == STAGE.QUEUED
    baton.offer(step, queue, said, args[11])
  end
  baton.check_step(step)
  baton.check_moves(step, keys[3])
  local result = write(keys, plan, step)
  baton.write_ledgers(queue, refunded)
  return result
end

baton.register('commit', commit)
