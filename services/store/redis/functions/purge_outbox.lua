-- purge_outbox: drops published entries, although watchers could still resume at them, if some of
-- them are of leads that were erased a while ago (OutboxStore::Purge). What is dropped from within
-- a node of a stream stays there as bytes until the whole node is gone, so an erasure is done with
-- only when a node more is dropped behind it, or the stream is empty.
-- KEYS: 1 meta, 2 outbox, 3 purges (sorted set of the sequences of erasures, by when)
-- ARGV: 1 sequence up to which to drop, 2 erased until then (ms)
-- Returns: number of entries dropped
-- Idempotency: what is gone stays gone.

local function purge_outbox(keys, args)
  baton.expect_count(keys, 3, 'keys')
  baton.expect_count(args, 2, 'arguments')
  local upto = baton.whole(args[1], 'sequence', 0, baton.LIMIT.number)
  baton.whole(args[2], 'erased until', 0, baton.LIMIT.clock)
  baton.read_shard(keys[1], '')
  local due = redis.call('ZRANGEBYSCORE', keys[3], '-inf', args[2], 'LIMIT', '0', '1000')
  local first, done = nil, {}
  for _, sequence in ipairs(due) do
    local number = baton.whole(sequence, 'stored sequence', 0, baton.LIMIT.number)
    first = math.min(first or number, number)
  end
  if not first or first > upto then
    return 0
  end
  local kept = #redis.call('XREVRANGE', keys[2], '+', string.format('%d-1', upto), 'COUNT', '1')
  for _, sequence in ipairs(due) do
    local behind = upto - tonumber(sequence)
    if behind >= baton.LIMIT.stream_node or (kept == 0 and behind >= 0) then
      done[#done + 1] = sequence
    end
  end
  local dropped = redis.call('XTRIM', keys[2], 'MINID', '=', string.format('%d', upto + 1))
  baton.send('ZREM', keys[3], done)
  return dropped
end

baton.register('purge_outbox', purge_outbox)
