-- open_shard: makes a shard ready for this incarnation of the server, named by its replication id.
-- After a failover or a restart the latest writes may be gone although somebody saw them. The epoch
-- is the instant of the opening in milliseconds, and sequences go on from epoch * 1024, so that two
-- incarnations that begin from the same state (both sides of a failover) or from nothing (all was
-- lost) give no sequence and no event id twice, as long as less than 1024 changes a millisecond are
-- made. Should the clock have gone back, both still grow.
-- KEYS: 1 meta, 2 outbox
-- ARGV: 1 replication id of the server, 2 clock
-- Returns: epoch
-- Idempotency: by the replication id.

local PER_MILLISECOND = 1024
local GAP = 2 ^ 20 -- more entries than can have been lost

local function last_id(outbox)
  local newest = redis.call('XREVRANGE', outbox, '+', '-', 'COUNT', '1')
  return newest[1] and tonumber(string.match(newest[1][1], '^%d+')) or 0
end

local function open_shard(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 2, 'arguments')
  if not string.find(args[1], '^%x+$') then
    baton.refuse('replication id is not hexadecimal')
  end
  local shard = baton.parse_shard(redis.call('GET', keys[1])) or
    {epoch = 0, sequence = 0, now = 0, applied = 0, duplicates = 0, rest = ''}
  local opened_for, extra = string.match(shard.rest, '^(%x*)(.*)$')
  if opened_for ~= args[1] then
    local now, last = baton.clock(args[2]), math.max(shard.sequence, last_id(keys[2]))
    shard.epoch = math.max(shard.epoch + 1, now)
    shard.sequence = math.max(last > 0 and last + GAP or 0, now * PER_MILLISECOND)
    shard.rest = args[1] .. extra
    baton.write_shard(keys[1], shard)
  end
  return shard.epoch
end

baton.register('open_shard', open_shard)
