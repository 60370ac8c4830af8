-- A queue: hash with the fields m (members.lua), g (ledger: MessagePack map from rep to nano-leads
-- owed; keeps reps that left), l (MessagePack map from rep to when it last got a lead, kept while
-- the strategy is longest_idle), p (of the active policy: "mode|accept_within|retry_after|skills",
-- then, since queues have strategies, "|strategy|count_owned|widen|max_wait|escalate_to|
-- credit_returned|age_every|age_by|age_max") and s (settings: "revision|paused|display name").

local function parse_policy(text)
  if not text then
    return baton.QUEUE_DEFAULTS
  end
  local mode, accept_within, retry_after = string.match(text, '^(%l+)|(%d+)|(%d+)|')
  local strategy, count_owned = string.match(text, '^%l+|%d+|%d+|[^|]*|([%l_]+)|([01])|')
  if not mode then
    baton.refuse('stored queue policy is not readable')
  end
  local every, by, max = string.match(text, '|(%d+)|(%d+)|(%d+)$')
  every, by, max = tonumber(every or 0), tonumber(by), tonumber(max)
  return {
    age_every = strategy and every or 0, age_by = by, age_max = max,
    mode = mode, accept_within = tonumber(accept_within), retry_after = tonumber(retry_after),
    strategy = strategy or baton.QUEUE_DEFAULTS.strategy, count_owned = count_owned ~= '0',
  }
end

local function unpack_map(text)
  return text and cmsgpack.unpack(text) or {}
end

-- The queue without its members. `call`: see at_work.lua; call.open: how many leads each rep of
-- the workspace owns now, as far as it is known.
function baton.open_queue(workspace, id, call)
  local key = baton.queue_key(workspace, id)
  local stored = redis.call('HMGET', key, 'm', 'g', 'p', 's', 'l')
  return {
    id = id, key = key, workspace = workspace, rows = stored[1], open = call.open, call = call,
    owners = {}, owed = unpack_map(stored[2]), policy = parse_policy(stored[3]),
    last = unpack_map(stored[5]), candidates = {}, checked = {},
    paused = stored[4] and string.find(stored[4], '^%d+|1|') ~= nil,
  }
end

-- All that a choice needs; the reps of this queue are added to call.open.
function baton.read_queue(workspace, id, call)
  local queue = baton.open_queue(workspace, id, call)
  queue.members = baton.members_now(workspace, baton.parse_members(queue.rows), call)
  local open, open_prefix = call.open, baton.open_key(workspace, '')
  for i = 1, #queue.members do
    local rep = queue.members[i].rep
    open[rep] = open[rep] or redis.call('ZCARD', open_prefix .. rep)
  end
  return queue
end

-- Writes what choices have changed of the queue.
function baton.write_ledger(queue)
  baton.settle(queue)
  if queue.charged then
    redis.call('HSET', queue.key, 'g', cmsgpack.pack(queue.owed))
  end
  if queue.noted then
    redis.call('HSET', queue.key, 'l', cmsgpack.pack(queue.last))
  end
end

function baton.anyone_has_room(queue)
  if queue.ranks and queue.ranks.able > 0 then
    return true
  end
  for _, member in ipairs(queue.members) do
    if baton.eligibility(member, queue.open[member.rep], nil) == baton.REASON.fairness then
      return true
    end
  end
  return false
end
