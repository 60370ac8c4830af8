-- The shard's own record: a string "1|epoch|sequence|clock|applied|duplicates|replication id|mark"
-- (the last sequence of the outbox, the instant of the latest change, inputs counted). What a later
-- release appends behind it is kept. The mark makes that no two texts of it are ever the same;
-- records of earlier releases have none.

local PATTERN = '^1|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%x.*)$'
local SEQUENCE_MAX = baton.LIMIT.number - baton.LIMIT.batch -- what a call adds stays exact
local FORMAT = '1|%d|%d|%d|%d|%d|%s|%s%s'

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

local marks = 0

-- A text that there never was before.
function baton.new_mark()
  local time = redis.call('TIME')
  marks = marks + 1
  return string.format('%s.%s.%d', time[1], time[2], marks)
end

function baton.write_shard(meta, shard)
  local id, rest = string.match(shard.rest, '^(%x*)|?[^|]*(.*)$')
  shard.text = string.format(FORMAT, shard.epoch, shard.sequence, shard.now, shard.applied,
    shard.duplicates, id, baton.new_mark(), rest)
  redis.call('SET', meta, shard.text)
end

-- The time in milliseconds: `simulated`, or the server's if that is ''.
function baton.clock(simulated)
  if simulated ~= '' then
    return baton.whole(simulated, 'clock', 0, baton.LIMIT.clock)
  end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The shard with `now` as its clock says, but never back behind the latest change. meta, read,
-- text: its key and its text, as read and as it is by now.
function baton.read_shard(meta, simulated)
  local text = redis.call('GET', meta)
  local shard = baton.parse_shard(text)
  if not shard then
    error({err = 'BATONCLOSED shard is not open'})
  end
  shard.meta, shard.read, shard.text = meta, text, text
  shard.now = math.max(shard.now, baton.clock(simulated))
  return shard
end
