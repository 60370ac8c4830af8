-- list_queues: queues of the active policy and those in which leads still wait
-- (RosterStore::ListQueues).
-- KEYS: 1 workspace
-- ARGV: none
-- Returns: for each queue, in no order: {id, settings, policy, members, ledger ('' where absent),
--          number waiting, earliest queued_at of these or 0}
-- Idempotency: only reads.

local function list_queues(keys, args)
  baton.expect_count(keys, 1, 'keys')
  baton.expect_count(args, 0, 'arguments')
  local seen, ids = {}, redis.call('SMEMBERS', baton.waiting_key(keys[1]))
  for _, queue in ipairs(ids) do
    seen[queue] = true
  end
  for queue in string.gmatch(redis.call('HGET', keys[1], 'queues') or '', '[^,]+') do
    if not seen[queue] then
      ids[#ids + 1] = queue
    end
  end
  local result = {}
  for _, queue in ipairs(ids) do
    local stored = redis.call('HMGET', baton.queue_key(keys[1], queue), 's', 'p', 'm', 'g',
      'r')
    local backlog = baton.backlog_key(keys[1], queue)
    local owed = cmsgpack.pack(baton.read_owed(keys[1], queue, stored[4], stored[5]))
    result[#result + 1] = {
      queue, stored[1] or '', stored[2] or '', stored[3] or '', owed,
      redis.call('ZCARD', backlog), baton.oldest_of(backlog),
    }
  end
  return result
end

baton.register('list_queues', list_queues, {'no-writes'})
