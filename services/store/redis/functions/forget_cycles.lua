-- forget_cycles: drops the oldest rows of reports (ReportStore::ForgetCycles).
-- KEYS: 1 cycles, 2 cycle order
-- ARGV: 1 sequence up to which to drop, 2 how many at most
-- Returns: number of rows dropped
-- Idempotency: what is gone stays gone.

local function forget_cycles(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 2, 'arguments')
  local upto = baton.whole(args[1], 'sequence', 0, baton.LIMIT.number)
  local max = baton.whole(args[2], 'rows', 1, baton.LIMIT.batch)
  redis.call('HLEN', keys[1]) -- an error if it is something else
  local names = redis.call('ZRANGE', keys[2], '-inf', string.format('%d', upto), 'BYSCORE',
    'LIMIT', '0', string.format('%d', max))
  baton.send('HDEL', keys[1], names)
  baton.send('ZREM', keys[2], names)
  return #names
end

baton.register('forget_cycles', forget_cycles)
