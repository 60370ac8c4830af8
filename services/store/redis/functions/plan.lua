-- A plan as `commit` gets it (core/plan.h).
-- ARGV: 1 workspace, 2 lead, 3 plan, 4 limits "outbox_max|outbox_reserve|leads_max", 5 traceparent,
-- 6 rest, 7 facts, 8 origin, 9 scores, 10 judgment (blobs; 7-8 and 9-10 only if they changed), 11
-- details of the placement's change, 12 step of a draft (shadow.lua), 13 hashes (remains.lua), then
-- for each change "type|stage|queue|rep|generation" and its details, then JourneyInputs.

local FIXED = 13
-- expected revision, policy revision, placement, refund, not before, may use reserve, applied,
-- duplicates, facts changed, judgment changed, stage, cycle, queue, due, timer, accepted at,
-- priority, passed, skills, owners, owners only, wait until, clock at, watched, silent max,
-- answered, away, number of changes
local PATTERN = '^(-?%d+)|(-?%d+)|(%l+)|([01])|(-?%d+)|([01])|(%d+)|(%d+)|([01])|([01])|(%u+)|' ..
  '(%d+)|([%w_-]*)|(%d+)|([%l_]+)|(%d+)|(%d+)|([%w_,-]*)|([^|]*)|' ..
  '([%w_,-]*)|([01])|(%d+)|(%d+)|([01])|(%d+)|([01])|([%w_-]*)|(%d+)$'
local CHANGE = '^([%l_]+)|(%u+)|[%w_-]*|[%w_-]*|%d+$'

-- What the pattern cannot say: numbers that would not stay exact, words that nobody knows.
local function check(plan)
  local limit = baton.LIMIT
  local latest = math.max(plan.due_at, plan.accepted_at, plan.wait_until, plan.clock_at)
  if math.max(plan.applied, plan.duplicates, plan.changes) > limit.batch or
      plan.cycle > limit.cycle or latest > limit.clock or plan.priority > limit.priority then
    baton.refuse('a number of the plan is too great')
  end
  baton.one_of(plan.placement, baton.PLACEMENT, 'placement')
  baton.one_of(plan.stage, baton.STAGE, 'stage')
  baton.one_of(plan.timer, baton.TIMER, 'timer')
  if plan.placement == baton.PLACEMENT.offer then
    baton.id(plan.queue, 'queue')
  elseif #plan.queue > 64 or #plan.away > 64 then
    baton.refuse('queue or rep is not an id')
  end
  return plan
end

local plan_of = baton.remembered(function(text)
  local expected, policy, placement, refund, not_before, reserve, applied, duplicates, facts,
    judgment, stage, cycle, queue, due_at, timer, accepted_at, priority, passed, skills, owners,
    only, wait_until, clock_at, watched, silent_max, answered, away, changes =
    string.match(text, PATTERN)
  if not expected then
    baton.refuse('plan is not readable')
  end
  local plan = {
    expected = tonumber(expected), policy = tonumber(policy), placement = placement,
    refund = refund == '1', not_before = tonumber(not_before), reserve = reserve == '1',
    applied = tonumber(applied), duplicates = tonumber(duplicates), facts = facts == '1',
    judgment = judgment == '1', stage = stage, cycle = tonumber(cycle), queue = queue,
    due_at = tonumber(due_at), timer = timer, accepted_at = tonumber(accepted_at),
    priority = tonumber(priority), passed = passed, skills = skills, owners = owners,
    owners_only = only == '1', wait_until = tonumber(wait_until), clock_at = tonumber(clock_at),
    watched = watched == '1', silent_max = tonumber(silent_max), answered = answered == '1',
    away = away, changes = tonumber(changes),
  }
  return check(plan)
end)

local limits_of = baton.remembered(function(text)
  local outbox_max, reserve, leads_max = string.match(text, '^(%d+)|(%d+)|(%d+)$')
  if not outbox_max then
    baton.refuse('limits are not readable')
  end
  return {outbox_max = tonumber(outbox_max), reserve = tonumber(reserve),
    leads_max = tonumber(leads_max)}
end)

-- The stage that a change names.
local stage_of = baton.remembered(function(text)
  local change, stage = string.match(text, CHANGE)
  baton.one_of(change, baton.CHANGE, 'change')
  return baton.one_of(stage, baton.STAGE, 'stage of a change')
end)

-- The plan, the limits, the stage of the last change (nil: there is none), the step of a draft
-- beside the active revision (likewise), and the hashes.
function baton.read_plan(args)
  local plan, limits, last_stage = plan_of(args[3]), limits_of(args[4]), nil
  baton.id(args[1], 'workspace')
  baton.id(args[2], 'lead')
  if not args[5] or string.find(args[5], '[|\n]') then
    baton.refuse('traceparent is not readable')
  end
  for i = 1, plan.changes do
    last_stage = stage_of(args[FIXED + i * 2 - 1])
  end
  if #args < FIXED + plan.changes * 2 then
    baton.refuse('details of a change are missing')
  end
  return plan, limits, last_stage, baton.read_shadow_step(args[12]), baton.hashes_of(args[13])
end

-- Publishes the plan's changes; its inputs stand before them in the journey.
function baton.publish_plan(plan, args, step)
  for i = FIXED + plan.changes * 2 + 1, #args do
    step.journey[#step.journey + 1] = 'I' .. args[i]
  end
  for i = FIXED + 1, FIXED + plan.changes * 2, 2 do
    baton.publish(step, args[i], args[i + 1], 0)
  end
end
