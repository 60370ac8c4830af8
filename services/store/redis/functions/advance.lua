-- advance: moves input checkpoints forward and counts what was read (InputStore::Advance).
-- KEYS: 1 checkpoints of the input (hash: partition -> next offset), 2 input (totals), 3 meta of
--       the first shard
-- ARGV: 1 epoch that the caller has seen; then for each partition: partition, the checkpoint from
--       which was counted (0: none), next offset, records, dead-lettered records
-- Returns: number of checkpoints moved; -1 and no change if the epoch or a checkpoint is another
-- Idempotency: a checkpoint that is at the next offset already stays, and nothing is counted.

local WIDTH = 5

-- {partition, from, next offset, records, dead-lettered} at args[i] and behind.
local function parse_advance(args, i)
  local advance = {
    partition = string.format('%d', baton.whole(args[i], 'partition', 0, baton.LIMIT.partition)),
    from = baton.whole(args[i + 1], 'from', 0, baton.LIMIT.number),
    next = baton.whole(args[i + 2], 'offset', 0, baton.LIMIT.number),
    records = baton.whole(args[i + 3], 'records', 0, baton.LIMIT.number),
    dead = baton.whole(args[i + 4], 'dead-lettered', 0, baton.LIMIT.number),
  }
  if advance.next <= advance.from then
    baton.refuse('next offset is not ahead')
  end
  return advance
end

local function advance(keys, args)
  baton.expect_count(keys, 3, 'keys')
  if #args < 1 + WIDTH or #args % WIDTH ~= 1 then
    baton.refuse('wrong number of arguments')
  end
  local epoch = baton.whole(args[1], 'epoch', 0, baton.LIMIT.number)
  local totals = redis.call('HMGET', keys[2], 'input', 'dead_lettered')
  local input = baton.whole(totals[1] or '0', 'stored total', 0, baton.LIMIT.number)
  local dead = baton.whole(totals[2] or '0', 'stored total', 0, baton.LIMIT.number)
  local shard = baton.parse_shard(redis.call('GET', keys[3]))
  if not shard or shard.epoch ~= epoch then
    return -1
  end
  local moves = {}
  for i = 2, #args, WIDTH do
    local move = parse_advance(args, i)
    local stored = baton.whole(redis.call('HGET', keys[1], move.partition) or '0',
      'stored offset', 0, baton.LIMIT.number)
    if stored == move.from then
      moves[#moves + 1] = move
    elseif stored ~= move.next then
      return -1
    end
  end
  for _, move in ipairs(moves) do
    redis.call('HSET', keys[1], move.partition, string.format('%d', move.next))
    input, dead = input + move.records, dead + move.dead
  end
  if #moves > 0 then
    redis.call('HSET', keys[2], 'input', string.format('%d', input), 'dead_lettered',
      string.format('%d', dead))
  end
  return #moves
end

baton.register('advance', advance)
