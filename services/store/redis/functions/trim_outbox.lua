-- trim_outbox: drops entries that were published, but keeps the newest ones (OutboxStore::Trim).
-- KEYS: 1 meta, 2 outbox
-- ARGV: 1 sequence up to which to drop, 2 number of entries to keep
-- Returns: number of entries dropped
-- Idempotency: what is gone stays gone.

local function trim_outbox(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 2, 'arguments')
  local upto = baton.whole(args[1], 'sequence', 0, baton.LIMIT.number)
  local keep = baton.whole(args[2], 'keep', 0, baton.LIMIT.number)
  local last = baton.read_shard(keys[1], '').sequence
  local first_kept = math.min(upto, last - keep) + 1
  if first_kept < 1 then
    return 0
  end
  return redis.call('XTRIM', keys[2], 'MINID', '=', string.format('%d', first_kept))
end

baton.register('trim_outbox', trim_outbox)
