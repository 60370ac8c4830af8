-- advance: moves input checkpoints forward and counts what was read (InputStore::Advance).
-- KEYS: 1 checkpoints of the topic (hash: partition -> next offset), 2 input (totals)
-- ARGV: for each partition: partition, next offset, records, dead-lettered records
-- Returns: number of checkpoints moved
-- Idempotency: an advance that is not ahead of the stored checkpoint changes nothing.

local function advance(keys, args)
  baton.expect_count(keys, 2, 'keys')
  if #args == 0 or #args % 4 ~= 0 then
    baton.refuse('wrong number of arguments')
  end
  local totals = redis.call('HMGET', keys[2], 'input', 'dead_lettered')
  local input = baton.whole(totals[1] or '0', 'stored total', 0, baton.LIMIT.number)
  local dead = baton.whole(totals[2] or '0', 'stored total', 0, baton.LIMIT.number)
  local next_offsets, moved = {}, 0
  for i = 1, #args, 4 do
    local partition = string.format('%d',
      baton.whole(args[i], 'partition', 0, baton.LIMIT.partition))
    local offset = baton.whole(args[i + 1], 'offset', 0, baton.LIMIT.number)
    local records = baton.whole(args[i + 2], 'records', 0, baton.LIMIT.number)
    local dead_lettered = baton.whole(args[i + 3], 'dead-lettered', 0, baton.LIMIT.number)
    local stored = next_offsets[partition] or redis.call('HGET', keys[1], partition)
    if not stored or offset > baton.whole(stored, 'stored offset', 0, baton.LIMIT.number) then
      next_offsets[partition], moved = args[i + 1], moved + 1
      input, dead = input + records, dead + dead_lettered
    end
  end
  if moved > 0 then
    for partition, offset in pairs(next_offsets) do
      redis.call('HSET', keys[1], partition, offset)
    end
    redis.call('HSET', keys[2], 'input', string.format('%d', input), 'dead_lettered',
      string.format('%d', dead))
  end
  return moved
end

baton.register('advance', advance)
