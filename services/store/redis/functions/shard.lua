-- The shard's own record: a string "1|epoch|sequence|clock|applied|duplicates|replication id" (the
-- last sequence of the outbox, the instant of the latest change, inputs counted). What a later
-- release appends behind it is kept.

local PATTERN = '^1|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%x.*)$'
local SEQUENCE_MAX = baton.LIMIT.number - baton.LIMIT.batch -- what a call adds stays exact
local FORMAT = '1|%d|%d|%d|%d|%d|%s'

-- nil: the shard was never opened. `rest`: replication id and what follows it.
function baton.parse_shard(text)
  if not text then
    return nil
  end
  local epoch, sequence, clock, applied, duplicates, rest = string.match(text, PATTERN)
  if not epoch or tonumber(sequence) > SEQUENCE_MAX then
    baton.refuse('stored shard is not readable')
  end
  return {
    epoch = tonumber(epoch), sequence = tonumber(sequence), now = tonumber(clock),
    applied = tonumber(applied), duplicates = tonumber(duplicates), rest = rest,
  }
end

function baton.write_shard(meta, shard)
  redis.call('SET', meta, string.format(FORMAT, shard.epoch, shard.sequence, shard.now,
    shard.applied, shard.duplicates, shard.rest))
end

-- The time in milliseconds: `simulated`, or the server's if that is ''.
function baton.clock(simulated)
  if simulated ~= '' then
    return baton.whole(simulated, 'clock', 0, baton.LIMIT.clock)
  end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The shard with `now` as its clock says, but never back behind the latest change.
function baton.read_shard(meta, simulated)
  local shard = baton.parse_shard(redis.call('GET', meta))
  if not shard then
    error({err = 'BATONCLOSED shard is not open'})
  end
  shard.now = math.max(shard.now, baton.clock(simulated))
  return shard
end
