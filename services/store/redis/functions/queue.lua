-- A queue: hash with the fields m (members.lua), g (ledger: MessagePack map from rep to nano-leads
-- owed; keeps reps that left), p (of the active policy: "mode|accept_within|retry_after|skills")
-- and s (settings: "revision|paused|display name").

local function parse_policy(text)
  if not text then
    return baton.QUEUE_DEFAULTS
  end
  local mode, accept_within, retry_after = string.match(text, '^(%l+)|(%d+)|(%d+)|')
  if not mode then
    baton.refuse('stored queue policy is not readable')
  end
  return {
    mode = mode, accept_within = tonumber(accept_within), retry_after = tonumber(retry_after),
  }
end

function baton.parse_ledger(text)
  return text and cmsgpack.unpack(text) or {}
end

-- All that a choice needs. `open`: how many leads each rep of the workspace owns now, as far as it
-- is known; the reps of this queue are added to it.
function baton.read_queue(workspace, queue, open)
  local key = baton.queue_key(workspace, queue)
  local stored = redis.call('HMGET', key, 'm', 'g', 'p', 's')
  local members = baton.parse_members(stored[1])
  local open_prefix = baton.open_key(workspace, '')
  for i = 1, #members do
    local rep = members[i].rep
    open[rep] = open[rep] or redis.call('ZCARD', open_prefix .. rep)
  end
  return {
    id = queue, key = key, members = members, open = open,
    owed = baton.parse_ledger(stored[2]), policy = parse_policy(stored[3]),
    candidates = {}, paused = stored[4] and string.find(stored[4], '^%d+|1|') ~= nil,
  }
end

-- Writes the queue's ledger if something was charged.
function baton.write_ledger(queue)
  if queue.charged then
    redis.call('HSET', queue.key, 'g', cmsgpack.pack(queue.owed))
  end
end

function baton.anyone_has_room(queue)
  for _, member in ipairs(queue.members) do
    if member.presence == baton.PRESENCE.online and queue.open[member.rep] < member.capacity then
      return true
    end
  end
  return false
end
