-- put_table: keeps a lookup table (TableStore::PutTable).
-- KEYS: 1 meta, 2 workspace, 3 tables (hash: "name@sha256" -> "rows|bytes|columns|by|at", columns
--       escaped and separated by commas), 4 table texts (hash: "name@sha256" -> document)
-- ARGV: 1 name, 2 sha256, 3 document, 4 rows, 5 columns, 6 principal, 7 clock
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.full, tables there are},
--          {OUTCOME.too_large, bytes that they have together}
-- Idempotency: a repetition finds the table.

local OUTCOME, LIMIT = baton.OUTCOME, baton.LIMIT

local function put_table(keys, args)
  baton.expect_count(keys, 4, 'keys')
  baton.expect_count(args, 7, 'arguments')
  local id = baton.table_id(args[1], args[2])
  local rows = baton.whole(args[4], 'rows', 1, LIMIT.number)
  local principal, bytes = baton.principal(args[6]), #args[3]
  if string.find(args[5], '|', 1, true) then
    baton.refuse('columns are not escaped')
  end
  local now = baton.read_shard(keys[1], args[7]).now
  if not redis.call('HGET', keys[2], 'policy') then
    return {OUTCOME.no_workspace}
  elseif redis.call('HGET', keys[3], id) then
    return {OUTCOME.done}
  end
  local tables = redis.call('HLEN', keys[3])
  if tables >= LIMIT.tables then
    return {OUTCOME.full, tables}
  end
  local all = 0
  local stored = redis.call('HGETALL', keys[3])
  for i = 2, #stored, 2 do
    all = all + baton.whole(string.match(stored[i], '^%d+|(%d+)|'), 'stored bytes', 0, LIMIT.number)
  end
  if all + bytes > LIMIT.table_bytes then
    return {OUTCOME.too_large, all}
  end
  redis.call('HLEN', keys[4])
  redis.call('HSET', keys[4], id, args[3])
  redis.call('HSET', keys[3], id,
    string.format('%d|%d|%s|%s|%d', rows, bytes, args[5], principal, now))
  return {OUTCOME.done}
end

baton.register('put_table', put_table)
