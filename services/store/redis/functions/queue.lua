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

-- All that a choice needs; `open[i]` is the number of leads that members[i] owns now.
function baton.read_queue(workspace, queue)
  local key = baton.queue_key(workspace, queue)
  local stored = redis.call('HMGET', key, 'm', 'g', 'p', 's')
  local members, open = baton.parse_members(stored[1]), {}
  local open_prefix = baton.open_key(workspace, '')
  for i = 1, #members do
    open[i] = redis.call('ZCARD', open_prefix .. members[i].rep)
  end
  return {
    id = queue, key = key, members = members, open = open,
    owed = baton.parse_ledger(stored[2]), policy = parse_policy(stored[3]),
    paused = stored[4] and string.find(stored[4], '^%d+|1|') ~= nil,
  }
end

-- Writes the ledgers of `queue` and of `other` (each may be nil) if something was charged.
function baton.write_ledgers(queue, other)
  if queue and queue.charged then
    redis.call('HSET', queue.key, 'g', cmsgpack.pack(queue.owed))
  end
  if other and other ~= queue then
    redis.call('HSET', other.key, 'g', cmsgpack.pack(other.owed))
  end
end

function baton.anyone_has_room(queue)
  for i, member in ipairs(queue.members) do
    if member.presence == baton.PRESENCE.online and queue.open[i] < member.capacity then
      return true
    end
  end
  return false
end

-- The member `rep` is about to lose one lead: count it out before somebody is chosen.
function baton.forget_open(queue, rep)
  for i, member in ipairs(queue.members) do
    if member.rep == rep then
      queue.open[i] = queue.open[i] - 1
    end
  end
end
