-- Placing a lead: it gets a rep of its queue, or waits in the backlog. Decides only; the writing is
-- done by step.lua and moves.lua.

local STAGE, TIMER = baton.STAGE, baton.TIMER

local function announcement(change, lead)
  return change .. '|' .. lead.stage .. '|' .. lead.queue .. '|' .. lead.rep .. '|' ..
    string.format('%d', lead.generation)
end

-- Gives the lead to member `chosen` of the queue. `details`: who did it and why (ChangeDetails).
function baton.assign(step, queue, candidates, chosen, details)
  local lead, now, direct = step.lead, step.shard.now, queue.policy.mode == baton.MODE.direct
  baton.move_ledger(queue.owed, candidates, 1)
  queue.charged = true
  lead.rep = queue.members[chosen].rep
  queue.open[lead.rep] = queue.open[lead.rep] + 1
  lead.generation = lead.generation + 1
  lead.offered_at = now
  step.joined_rep = lead.rep
  lead.candidates = cmsgpack.pack(candidates)
  if direct then
    lead.stage, lead.accepted_at, lead.due_at, lead.timer = STAGE.ACCEPTED, now, 0, TIMER.none
    details = details .. baton.DETAILS.direct
  else
    lead.stage, lead.timer = STAGE.OFFERED, TIMER.offer_expiry
    lead.due_at = now + queue.policy.accept_within
    details = details .. baton.DETAILS.offer
  end
  baton.publish(step, announcement(baton.CHANGE.assigned, lead), details, lead.due_at)
end

-- Puts the lead into the backlog of its queue. `announce`: as a change of its own.
local function wait(step, queue, announce, details)
  local lead = step.lead
  lead.stage = STAGE.QUEUED
  step.joined_queue = lead.queue
  if lead.passed ~= '' then
    lead.timer = TIMER.retry
    lead.due_at = step.shard.now + queue.policy.retry_after
  end
  if announce then
    baton.publish(step, announcement(baton.CHANGE.queued, lead), details, 0)
  end
end

-- `said_queued`: the plan has already announced that the lead waits.
function baton.offer(step, queue, said_queued, details)
  local candidates, chosen = {}, nil
  if not queue.paused then
    candidates, chosen = baton.choose(queue, step.lead)
  end
  if chosen then
    return baton.assign(step, queue, candidates, chosen, details)
  end
  step.lead.candidates = cmsgpack.pack(candidates)
  return wait(step, queue, not said_queued, details)
end
