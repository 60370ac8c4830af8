-- A queue: hash with the fields m and v (members.lua, member_rows.lua), g and r (ledger:
-- gains.lua), l (MessagePack map from rep to when it last got a lead, kept while the strategy is
-- longest_idle), p (of the active policy: "mode|accept_within|retry_after|skills", then, since
-- queues have strategies, "|strategy|count_owned|widen|max_wait|escalate_to|credit_returned|
-- age_every|age_by|age_max") and s (settings: "revision|paused|display name").

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

-- Field by field; the first four change often.
baton.QUEUE_FIELDS = {'p', 's', 'l', 'v', 'm', 'g', 'r'}

-- What is read anew in every call. `call`: see kept.lua.
function baton.begin_queue(queue, stored, call)
  queue.call, queue.open, queue.owners = call, call.open, {}
  queue.policy, queue.last = parse_policy(stored[1]), unpack_map(stored[3])
  queue.paused = stored[2] and string.find(stored[2], '^%d+|1|') ~= nil
  queue.candidates, queue.able, queue.checked = {}, {}, {}
  queue.charged, queue.noted, queue.unranked = false, false, false
  return queue
end

-- The queue without its members.
function baton.open_queue(workspace, id, call)
  local key = baton.queue_key(workspace, id)
  local stored = redis.call('HMGET', key, unpack(baton.QUEUE_FIELDS))
  local queue = {id = id, key = key, workspace = workspace, mark = stored[4], rows = stored[5],
    ranked = stored[7] ~= false, owed = baton.read_owed(workspace, id, stored[6], stored[7])}
  return baton.begin_queue(queue, stored, call)
end

-- Writes what choices have changed of the queue.
function baton.write_ledger(queue)
  if queue.charged then
    baton.write_owed(queue)
  end
  if queue.noted then
    redis.call('HSET', queue.key, 'l', cmsgpack.pack(queue.last))
  end
end

-- False: its leads wait to be claimed, or until it is resumed.
function baton.gives_out(queue)
  return not queue.paused and queue.policy.mode ~= baton.MODE.pull
end

function baton.anyone_has_room(queue)
  if queue.ranks then
    return queue.ranks.able > 0
  end
  for _, member in ipairs(queue.members) do
    if baton.eligibility(member, queue.open[member.rep], nil) == baton.REASON.fairness then
      return true
    end
  end
  return false
end
