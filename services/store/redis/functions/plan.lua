-- A plan as `commit` gets it (core/plan.h).
-- ARGV: 1 workspace, 2 lead, 3 plan (text, see PATTERN), 4 limits "outbox_max|outbox_reserve|
-- leads_max", 5 rest, 6 facts, 7 origin, 8 scores, 9 judgment (blobs; 6-7 and 8-9 are used only if
-- the plan says that they changed), 10 details of the change that the placement makes, then for each
-- change "type|stage|queue|rep|generation" and its details, then one JourneyInput for each input.

local FIXED = 10
-- expected revision, policy revision, placement, refund, not before, may use reserve, applied,
-- duplicates, facts changed, judgment changed, stage, cycle, queue, due, timer, accepted at,
-- priority, passed, skills, traceparent, number of changes
local PATTERN = '^(-?%d+)|(-?%d+)|(%l+)|([01])|(-?%d+)|([01])|(%d+)|(%d+)|([01])|([01])|(%u+)|' ..
  '(%d+)|([%w_-]*)|(%d+)|([%l_]+)|(%d+)|(%d+)|([%w_,-]*)|([^|]*)|([^|]*)|(%d+)$'
local CHANGE = '^([%l_]+)|(%u+)|[%w_-]*|[%w_-]*|%d+$'

local function read_text(text)
  local expected, policy, placement, refund, not_before, reserve, applied, duplicates, facts,
    judgment, stage, cycle, queue, due_at, timer, accepted_at, priority, passed, skills,
    traceparent, changes = string.match(text or '', PATTERN)
  if not expected then
    baton.refuse('plan is not readable')
  end
  return {
    expected = tonumber(expected), policy = tonumber(policy), placement = placement,
    refund = refund == '1', not_before = tonumber(not_before), reserve = reserve == '1',
    applied = tonumber(applied), duplicates = tonumber(duplicates), facts = facts == '1',
    judgment = judgment == '1', stage = stage, cycle = tonumber(cycle), queue = queue,
    due_at = tonumber(due_at), timer = timer, accepted_at = tonumber(accepted_at),
    priority = tonumber(priority), passed = passed, skills = skills, traceparent = traceparent,
    changes = tonumber(changes),
  }
end

-- What the pattern cannot say: numbers that would not stay exact, words that nobody knows.
local function check(plan)
  local limit = baton.LIMIT
  if plan.applied > limit.batch or plan.duplicates > limit.batch or plan.changes > limit.batch or
      plan.cycle > limit.cycle or plan.due_at > limit.clock or plan.accepted_at > limit.clock or
      plan.priority > limit.priority then
    baton.refuse('a number of the plan is too great')
  end
  baton.one_of(plan.placement, baton.PLACEMENT, 'placement')
  baton.one_of(plan.stage, baton.STAGE, 'stage')
  baton.one_of(plan.timer, baton.TIMER, 'timer')
end

local function read_changes(plan, args)
  for i = 1, plan.changes do
    local change, stage = string.match(args[FIXED + i * 2 - 1] or '', CHANGE)
    baton.one_of(change, baton.CHANGE, 'change')
    plan.last_stage = baton.one_of(stage, baton.STAGE, 'stage of a change')
  end
  if #args < FIXED + plan.changes * 2 then
    baton.refuse('details of a change are missing')
  end
end

function baton.read_plan(args)
  local plan = read_text(args[3])
  check(plan)
  baton.id(args[1], 'workspace')
  baton.id(args[2], 'lead')
  if plan.placement == baton.PLACEMENT.offer then
    baton.id(plan.queue, 'queue')
  elseif #plan.queue > 64 then
    baton.refuse('queue is not an id')
  end
  local outbox_max, reserve, leads_max = string.match(args[4] or '', '^(%d+)|(%d+)|(%d+)$')
  if not outbox_max then
    baton.refuse('limits are not readable')
  end
  plan.outbox_max = tonumber(outbox_max) + (plan.reserve and tonumber(reserve) or 0)
  plan.leads_max = tonumber(leads_max)
  read_changes(plan, args)
  return plan
end

-- Publishes the plan's changes and notes its inputs in the journey, inputs first.
function baton.publish_plan(plan, args, step)
  for i = FIXED + plan.changes * 2 + 1, #args do
    step.journey[#step.journey + 1] = 'I' .. args[i]
  end
  for i = FIXED + 1, FIXED + plan.changes * 2, 2 do
    baton.publish(step, args[i], args[i + 1], 0)
  end
end
