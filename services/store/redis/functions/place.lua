-- Placing a lead: it gets a rep of its queue, or waits in the backlog. Decides only; the writing is
-- done by step.lua and moves.lua.

local STAGE, TIMER, DETAILS = baton.STAGE, baton.TIMER, baton.DETAILS
local NOBODY = {weights = 0, basis = baton.BASIS.none, tie = baton.TIE.none}

local function announcement(change, lead)
  return change .. '|' .. lead.stage .. '|' .. lead.queue .. '|' .. lead.rep .. '|' ..
    baton.digits(lead.generation)
end

-- When, under what and by what a choice of the queue was made (nil: it found nobody), for the
-- line of the lead.
local function note_of(queue, choice, now)
  local found = choice or NOBODY
  return queue.revision .. ',' .. baton.digits(now) .. ',' .. baton.digits(found.weights) .. ',' ..
    found.basis .. ',' .. found.tie
end

-- Gives the lead to the rep of the choice. `details`: who did it and why (ChangeDetails).
function baton.assign(step, queue, candidates, choice, details)
  local lead, now, mode = step.lead, step.shard.now, queue.policy.mode
  lead.rep, lead.chosen_by = choice.rep, choice.basis
  queue.open[lead.rep] = queue.open[lead.rep] + 1
  baton.note_assigned(queue, lead.rep, now)
  baton.count_given(queue.call, lead.rep)
  local charged = baton.charge(queue, candidates, choice)
  baton.note_open(queue.call, lead.rep, choice.place and queue or nil)
  lead.generation = lead.generation + 1
  lead.offered_at = now
  step.joined_rep = lead.rep
  if lead.watched then
    lead.clock_at, lead.hours = now, baton.hours_name(queue.workspace, lead.rep)
  end
  lead.candidates, lead.choice = baton.pack_pool(candidates), note_of(queue, choice, now)
  if mode == baton.MODE.offer then
    lead.stage, lead.timer = STAGE.OFFERED, TIMER.offer_expiry
    lead.due_at = now + queue.policy.accept_within
  else
    lead.stage, lead.accepted_at, lead.due_at, lead.timer = STAGE.ACCEPTED, now, 0, TIMER.none
  end
  details = details .. DETAILS[mode] .. DETAILS['strategy_' .. choice.basis]
  if choice.tie ~= baton.TIE.none then
    details = details .. DETAILS['tie_' .. choice.tie]
  end
  if not charged then
    details = details .. DETAILS.uncharged
  end
  baton.publish(step, announcement(baton.CHANGE.assigned, lead), details, lead.due_at)
end

-- The timer of a lead that waits: who passed is asked again, or waiting has a consequence.
local function start_timer(lead, queue, now)
  local retry_at = lead.passed ~= '' and now + queue.policy.retry_after
  local wait_until = lead.wait_until > 0 and math.max(lead.wait_until, now)
  if wait_until and not (retry_at and retry_at <= wait_until) then
    lead.timer, lead.due_at = TIMER.wait, wait_until
  elseif retry_at then
    lead.timer, lead.due_at = TIMER.retry, retry_at
  end
end

-- Puts the lead into the backlog of its queue. `announce`: as a change of its own.
local function wait(step, queue, announce, details)
  local lead = step.lead
  lead.stage = STAGE.QUEUED
  step.joined_queue = lead.queue
  step.place = baton.score_of(lead.priority, lead.queued_at, queue.policy)
  start_timer(lead, queue, step.shard.now)
  if announce then
    baton.publish(step, announcement(baton.CHANGE.queued, lead), details, 0)
  end
end

-- `said_queued`: the plan has already announced that the lead waits. step.waits_turn: for others in
-- front of it (turns.lua), and so nobody was chosen.
function baton.offer(step, queue, said_queued, details)
  local lead = step.lead
  if baton.gives_out(queue) then
    local candidates, choice = baton.choose(queue, lead)
    step.waits_turn = choice and baton.would_overtake(queue, step.id, lead, choice.rep)
    if choice and not step.waits_turn then
      return baton.assign(step, queue, candidates, choice, details)
    elseif not choice then
      lead.candidates = baton.pack_pool(candidates)
      lead.choice = note_of(queue, nil, step.shard.now)
    end
  end
  return wait(step, queue, not said_queued, details)
end
