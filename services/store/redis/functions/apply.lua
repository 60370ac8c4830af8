-- Applying one plan to one lead, wholly or not at all. Its step waits among the reads until
-- write_reads.

local CODE, STAGE, PLACEMENT = baton.CODE, baton.STAGE, baton.PLACEMENT

local function is_outbox_full(reads, plan, limits)
  local publishes = plan.changes > 0 or plan.placement ~= PLACEMENT.keep
  return publishes and
    reads.length >= limits.outbox_max + (plan.reserve and limits.reserve or 0)
end

local function verdict(plan, limits, before, reads, workspace, leads)
  if plan.expected ~= before.revision then
    return CODE.stale_revision
  elseif plan.policy ~= 0 and plan.policy ~= tonumber(workspace.policy) then
    return CODE.stale_policy
  elseif reads.shard.now < plan.not_before then
    return CODE.not_due
  elseif is_outbox_full(reads, plan, limits) then
    return CODE.outbox_full
  elseif baton.is_new(plan, before) and
      baton.count_leads(workspace, leads) >= limits.leads_max then
    return CODE.too_many_leads
  end
  return CODE.committed
end

-- Nothing here can fail.
local function keep(reads, workspace, leads, plan, step)
  local shard = reads.shard
  shard.applied = shard.applied + plan.applied
  shard.duplicates = shard.duplicates + plan.duplicates
  baton.note_member(step, plan, workspace, leads)
  baton.note_moves(workspace, step)
  local line = baton.finish(step)
  baton.add_step(reads, step)
  return {CODE.committed, line, step.waits_turn and 1 or 0}
end

-- keys: {workspace, leads, lead, journey}; args: see plan.lua. Returns {code}, or
-- {CODE.committed, line of the lead as stored then, waits_turn}.
function baton.apply(reads, keys, args)
  local plan, limits, last_stage, shadow, hashes = baton.read_plan(args)
  local workspace = baton.workspace_of(reads, keys[1])
  if not workspace.policy then
    return {CODE.unknown_workspace}
  end
  local before = baton.lead_of(reads, keys[3], workspace, hashes.mark)
  local code = verdict(plan, limits, before, reads, workspace, keys[2])
  if code ~= CODE.committed then
    return {code}
  end
  local step = baton.new_step({keys[3], keys[4], keys[1]}, args, reads.shard, before,
    baton.merge(before, plan, args, reads.shard.now, hashes.email))
  step.mark = hashes.mark
  local queue = plan.placement == PLACEMENT.offer and baton.queue_of(workspace, plan.queue) or nil
  local charged, paid = baton.unpack_pool(plan.refund and before.candidates or '')
  local refunded = #charged > 0 and baton.queue_of(workspace, before.queue) or nil
  local owned = plan.placement ~= PLACEMENT.keep and baton.leave(step)
  if step.left_queue then
    baton.check_backlog(keys[1], step.left_queue, before)
  end
  if queue then
    baton.read_place(queue, step, owned)
  end
  baton.check_journey(step)
  if plan.facts then
    baton.check_sorted(workspace, baton.emails_key(keys[1]))
  end
  if plan.stage == STAGE.ERASED then
    baton.blank(step.lead)
    step.erasure = baton.is_there(before) and baton.read_erasure(step) or nil
  else
    step.past = baton.replaced(step, plan)
  end
  local run = baton.shadow_of(workspace, shadow)
  baton.read_care(workspace, plan, before.rep)
  -- All is read: from here on nothing fails.
  if refunded then
    baton.refund(refunded, charged, paid)
  end
  if owned then
    baton.forget_open(workspace, before.rep)
  end
  baton.publish_plan(plan, args, step)
  if baton.take_care(workspace, plan, before.rep) then
    baton.publish(step, string.format('%s|%s|%s|%s|%d', baton.CHANGE.rep_away, step.lead.stage,
      before.queue, before.rep, before.generation), baton.DETAILS.silent, 0)
  end
  if queue then
    local said = before.stage == STAGE.QUEUED or last_stage == STAGE.QUEUED
    baton.offer(step, queue, said, args[11])
  end
  if run then
    baton.count_shadow(run, shadow, step.id)
  end
  return keep(reads, workspace, keys[2], plan, step)
end
