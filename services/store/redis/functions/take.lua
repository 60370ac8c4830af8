-- Taking a waiting lead for the rep who claims it: the first of those that it may have
-- (core::MayClaim).

-- What a claim with this request id was answered; nil: there was none.
function baton.answered_claim(claims, request, fingerprint)
  for _, text in ipairs(request ~= '' and redis.call('LRANGE', claims, '0', '-1') or {}) do
    local id, print, lead, generation = string.match(text, '^([^|]*)|(%d+)|([%w_-]+)|(%d+)$')
    if not id then
      baton.refuse('a stored claim is not readable')
    elseif id == request then
      return print == fingerprint and
        {baton.OUTCOME.done, lead, tonumber(generation), 1, {}} or {baton.OUTCOME.reused}
    end
  end
end

-- Why the rep cannot take a lead at all.
function baton.unable(member, open)
  local reason = baton.eligibility(member, open, nil)
  if reason == baton.REASON.fairness then
    return nil
  elseif reason == baton.REASON.at_capacity then
    return {baton.OUTCOME.at_capacity, open}
  end
  return {reason == baton.REASON.daily_cap and baton.OUTCOME.daily_cap or baton.OUTCOME.unavailable}
end

local function may_claim(queue, member, asks)
  baton.read_owners(queue, asks)
  baton.read_fits(queue.workspace, asks, queue.call)
  return baton.may_have(queue, member.rep, member, asks)
end

local function lanes_of(workspace, queues)
  local all = {}
  for _, queue in ipairs(queues) do
    for _, lane in ipairs(baton.open_lanes(workspace, queue.id)) do
      lane.queue = queue
      all[#all + 1] = lane
    end
  end
  return all
end

-- The lane whose front the rep gets; nil: none.
local function find(lanes, member)
  local first
  for _, lane in ipairs(lanes) do
    local better = lane.lead and (not first or baton.stands_before(lane, first))
    if better and may_claim(lane.queue, member, lane.asks) then
      first = lane
    end
  end
  return first
end

-- A step of the lead that the rep gets, and its queue; nil: nothing waits that it may have.
local function read_first(keys, workspace, member, queues, shard, unreadable)
  local lanes = lanes_of(keys[4], queues)
  while true do
    local lane = find(lanes, member)
    if not lane then
      return nil
    end
    local step = baton.read_front(keys, workspace, lane, shard, lane.queue.id, unreadable)
    if step then
      return step, lane.queue
    end
  end
end

-- keys: {meta, outbox, timers, workspace}; how: {shard, call, revision, details}. Returns the
-- leads that were passed over, since what is stored of them cannot be read; then the lead and the
-- generation of the assignment, nil: nothing waits that the rep may have.
function baton.take_first(keys, workspace, member, queues, how)
  local shard, unreadable = how.shard, {}
  redis.call('ZCARD', keys[3])
  baton.check_timers(shard, keys[4])
  local step, queue = read_first(keys, workspace, member, queues, shard, unreadable)
  if not step then
    return unreadable
  end
  local rep, lead = member.rep, step.lead
  queue.revision = how.revision
  lead.revision, lead.due_at, lead.timer = lead.revision + 1, 0, baton.TIMER.none
  if baton.leave(step) then
    baton.forget_open(queue.call, step.before.rep)
  end
  baton.check_backlog(step.workspace_key, queue.id, step.before)
  local candidates = {rep, baton.REASON.chosen, queue.owed[rep] or 0, 0, queue.open[rep],
    member.capacity}
  baton.assign(step, queue, candidates, {rep = rep, basis = baton.BASIS.claimed,
    tie = baton.TIE.none, weights = 0}, how.details)
  baton.finish(step)
  baton.write_steps(keys[2], keys[3], {step})
  baton.write_ledger(queue)
  baton.write_given(keys[4], how.call)
  baton.write_shard(keys[1], shard)
  return unreadable, step.id, lead.generation
end
