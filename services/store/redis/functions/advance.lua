-- advance: moves input checkpoints forward and counts what was read (InputStore::Advance).
-- KEYS: 1 checkpoints of the input (hash: partition -> next offset), 2 totals of its flow (hash),
--       3 meta of the first shard
-- ARGV: 1 epoch that the caller has seen; then for each partition: partition, the checkpoint from
--       which was counted (0: none), next offset, then numbers of records: all, dead-lettered,
--       applied, duplicates, ignored
-- Returns: number of checkpoints moved; -1 and no change if the epoch or a checkpoint is another
-- Idempotency: a checkpoint that is at the next offset already stays, and nothing is counted.

local COUNTS = {'input', 'dead_lettered', 'applied', 'duplicates', 'ignored'}
local WIDTH = 3 + #COUNTS

-- One partition's arguments, at args[i] and behind.
local function parse_advance(args, i)
  local advance = {
    partition = string.format('%d', baton.whole(args[i], 'partition', 0, baton.LIMIT.partition)),
    from = baton.whole(args[i + 1], 'from', 0, baton.LIMIT.number),
    next = baton.whole(args[i + 2], 'offset', 0, baton.LIMIT.number),
    counts = {},
  }
  for at, name in ipairs(COUNTS) do
    advance.counts[at] = baton.whole(args[i + 2 + at], name, 0, baton.LIMIT.number)
  end
  if advance.next <= advance.from then
    baton.refuse('next offset is not ahead')
  end
  return advance
end

local function stored_totals(key)
  local totals = redis.call('HMGET', key, unpack(COUNTS))
  for at = 1, #COUNTS do
    totals[at] = baton.whole(totals[at] or '0', 'stored total', 0, baton.LIMIT.number)
  end
  return totals
end

local function write(keys, moves, totals)
  for _, move in ipairs(moves) do
    redis.call('HSET', keys[1], move.partition, string.format('%d', move.next))
    for at = 1, #COUNTS do
      totals[at] = totals[at] + move.counts[at]
    end
  end
  for at, name in ipairs(COUNTS) do
    redis.call('HSET', keys[2], name, string.format('%d', totals[at]))
  end
end

local function advance(keys, args)
  baton.expect_count(keys, 3, 'keys')
  if #args < 1 + WIDTH or #args % WIDTH ~= 1 then
    baton.refuse('wrong number of arguments')
  end
  local epoch = baton.whole(args[1], 'epoch', 0, baton.LIMIT.number)
  local totals = stored_totals(keys[2])
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
  if #moves > 0 then
    write(keys, moves, totals)
  end
  return #moves
end

baton.register('advance', advance)
