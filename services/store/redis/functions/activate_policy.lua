-- activate_policy: stores a document as the next revision and makes it active, with what the
-- placement needs of its queues (WorkspaceStore::ActivatePolicy).
-- KEYS: 1 workspace, 2 policies (hash: revision -> document)
-- ARGV: 1 expected revision (-1: any), 2 document, then "queue|" and its policy as in queue.lua
--       for each queue, ordered by id
-- Returns: {OUTCOME.done, active revision} (the same one if the document is the active one),
--          {OUTCOME.no_workspace}, {OUTCOME.mismatch, active revision}
-- Idempotency: by the expected revision.

local OUTCOME = baton.OUTCOME
local ROW = '^([%w_-]+)|((%l+)|%d+|%d+|[^|]*|[%l_]+|[01]|[%w_>,-]*|%d+|[%w_-]*)$'

-- The queues' ids in order and their rows by id.
local function read_queues(args)
  local ids, rows = {}, {}
  for i = 3, #args do
    local queue, row, mode = string.match(args[i], ROW)
    baton.one_of(mode, baton.MODE, 'mode')
    ids[#ids + 1], rows[baton.id(queue, 'queue')] = queue, row
  end
  return ids, rows
end

local function activate_policy(keys, args)
  baton.expect_count(keys, 2, 'keys')
  local expected = baton.whole(args[1], 'revision', -1, baton.LIMIT.number)
  local document = args[2] or baton.refuse('no document')
  local ids, rows = read_queues(args)
  local stored = redis.call('HMGET', keys[1], 'policy', 'queues')
  if not stored[1] then
    return {OUTCOME.no_workspace}
  end
  local active = baton.whole(stored[1], 'stored revision', 0, baton.LIMIT.number)
  if expected ~= -1 and expected ~= active then
    return {OUTCOME.mismatch, active}
  elseif active > 0 and redis.call('HGET', keys[2], stored[1]) == document then
    return {OUTCOME.done, active}
  end
  local dropped = {}
  for queue in string.gmatch(stored[2] or '', '[^,]+') do
    if not rows[queue] then
      dropped[#dropped + 1] = baton.queue_key(keys[1], queue)
      redis.call('HLEN', dropped[#dropped])
    end
  end
  for _, queue in ipairs(ids) do
    redis.call('HLEN', baton.queue_key(keys[1], queue))
  end
  redis.call('HLEN', keys[2])
  for _, key in ipairs(dropped) do
    redis.call('HDEL', key, 'p')
  end
  for _, queue in ipairs(ids) do
    redis.call('HSET', baton.queue_key(keys[1], queue), 'p', rows[queue])
  end
  local revision = string.format('%d', active + 1)
  redis.call('HSET', keys[2], revision, document)
  redis.call('HSET', keys[1], 'policy', revision, 'policy_hash', redis.sha1hex(document),
    'queues', table.concat(ids, ','))
  return {OUTCOME.done, active + 1}
end

baton.register('activate_policy', activate_policy)
