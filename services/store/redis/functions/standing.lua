-- Who waits in a queue while the plans of a call are applied: its lanes (heads.lua), read at most
-- once, and what the call's steps have moved since, which is written at its end alone (writes.lua).
-- call.standing: queue -> {lanes: nil as long as they have not been read; gone: lead -> true, of
-- those who left; joined: what leads ask -> the first of those who joined, {lead, score, asks: the
-- lead, whose owners and requirement have been read}}.

local function standing_in(call, queue)
  local standing = call.standing[queue]
  if not standing then
    standing = {gone = {}, joined = {}}
    call.standing[queue] = standing
  end
  return standing
end

-- Reads the lanes of the queue, and what says to whom their leads may go.
function baton.read_standing(queue)
  local standing = standing_in(queue.call, queue.id)
  if standing.lanes then
    return
  end
  local lanes = baton.open_lanes(queue.workspace, queue.id)
  for _, lane in ipairs(lanes) do
    baton.read_owners(queue, lane.asks)
    baton.read_fits(queue.workspace, lane.asks, queue.call)
  end
  standing.lanes = lanes
end

-- The lead does not wait in the queue any more, or never did.
function baton.note_left(call, queue, lead)
  standing_in(call, queue).gone[lead] = true
end

-- Where the lead of the step waited, and where it waits now.
function baton.note_moves(call, step)
  if step.left_queue then
    baton.note_left(call, step.left_queue, step.id)
  end
  if not step.joined_queue then
    return
  end
  local joined, asks = standing_in(call, step.joined_queue).joined, baton.asks_of(step.lead)
  local front = {lead = step.id, score = tonumber(step.place), asks = step.lead}
  if not joined[asks] or baton.stands_before(front, joined[asks]) then
    joined[asks] = front
  end
end

-- All that was noted has been written.
function baton.forget_standing(call)
  call.standing = {}
end

-- Of all who wait in the queue, which has been read, the first ones of those who ask the same.
function baton.first_waiting(queue)
  local standing, fronts = standing_in(queue.call, queue.id), {}
  for _, lane in ipairs(standing.lanes) do
    while lane.lead and standing.gone[lane.lead] do
      baton.go_on(lane)
    end
    fronts[#fronts + 1] = lane.lead and lane or nil
  end
  for _, front in pairs(standing.joined) do
    fronts[#fronts + 1] = front
  end
  return fronts
end
