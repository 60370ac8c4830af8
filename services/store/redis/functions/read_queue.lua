-- Reading a queue with its members. A great one, of more members than a lead keeps candidates, may
-- be kept from an earlier call (kept.lua).

-- How long the mark of members that are kept is trusted: releases before marks change members, too.
local COMPARED_MS = 1000
local MARK, MEMBERS = 4, 5

local function has_hours(workspace, hours)
  for name, text in pairs(hours) do
    if redis.call('HGET', baton.hours_key(workspace), name) ~= text then
      return false
    end
  end
  return true
end

-- The queue as it is kept, nil: it is not or has changed.
local function kept_queue(workspace, id, call)
  local queue, fields = call.great[id], baton.QUEUE_FIELDS
  if not queue or queue.members.until_ms <= call.now or
      not has_hours(workspace, queue.members.hours) then
    return nil
  end
  local stored = redis.call('HMGET', queue.key, unpack(fields, 1, MARK))
  local mark = stored[MARK]
  if not mark or mark ~= queue.mark or call.now - queue.compared_at >= COMPARED_MS then
    if redis.call('HGET', queue.key, fields[MEMBERS]) ~= queue.rows then
      return nil
    end
    queue.mark, queue.compared_at = mark, call.now
  end
  return baton.begin_queue(queue, stored, call)
end

local function new_queue(workspace, id, call)
  local queue = baton.open_queue(workspace, id, call)
  queue.members = baton.members_now(workspace, baton.parse_members(queue.rows), call)
  local open, open_prefix = call.open, baton.open_key(workspace, '')
  for i = 1, #queue.members do
    local rep = queue.members[i].rep
    open[rep] = open[rep] or redis.call('ZCARD', open_prefix .. rep)
  end
  if #queue.members > baton.LIMIT.candidates then
    redis.call('HLEN', baton.gains_key(workspace, id))
    local before = call.great[id]
    queue.compared_at = call.now
    queue.demands = baton.new_demands(before and before.demands)
    return queue, queue
  end
  return queue, nil
end

-- All that a choice needs; the reps of this queue are added to call.open.
function baton.read_queue(workspace, id, call)
  local queue = kept_queue(workspace, id, call)
  if not queue then
    queue, call.great[id] = new_queue(workspace, id, call)
  end
  baton.note_use(queue)
  return queue
end
