-- put_queue: settings of a queue that sales changes by day (RosterStore::PutQueue).
-- KEYS: 1 workspace, 2 settings (set of the queues that have settings), 3 queue
-- ARGV: 1 queue, 2 expected revision (-1: any), 3 paused (0 or 1), 4 display name (escaped), 5 cap
-- Returns: {OUTCOME.done, revision}, {OUTCOME.no_workspace}, {OUTCOME.mismatch, found revision},
--          {OUTCOME.full, queues that have settings}
-- Idempotency: by the expected revision.

local OUTCOME = baton.OUTCOME

local function put_queue(keys, args)
  baton.expect_count(keys, 3, 'keys')
  baton.expect_count(args, 5, 'arguments')
  local queue = baton.id(args[1], 'queue')
  local expected = baton.whole(args[2], 'revision', -1, baton.LIMIT.number)
  baton.whole(args[3], 'paused', 0, 1)
  local cap = baton.whole(args[5], 'cap', 1, baton.LIMIT.queues)
  if string.find(args[4], '|', 1, true) then
    baton.refuse('display name is not escaped')
  elseif not redis.call('HGET', keys[1], 'policy') then
    return {OUTCOME.no_workspace}
  end
  local settings = redis.call('HGET', keys[3], 's')
  local revision = settings and baton.whole(string.match(settings, '^(%d+)|'), 'stored revision',
    1, baton.LIMIT.number) or 0
  local queues = redis.call('SCARD', keys[2])
  if expected ~= -1 and expected ~= revision then
    return {OUTCOME.mismatch, revision}
  elseif not settings and queues >= cap then
    return {OUTCOME.full, queues}
  end
  redis.call('HSET', keys[3], 's', string.format('%d|%s|%s', revision + 1, args[3], args[4]))
  redis.call('SADD', keys[2], queue)
  return {OUTCOME.done, revision + 1}
end

baton.register('put_queue', put_queue)
