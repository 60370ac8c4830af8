-- put_cycles: rows of reports, and how far the changes of the shard are counted into them
-- (ReportStore::PutCycles).
-- KEYS: 1 reports
-- ARGV: 1 counted so far, 2 counted then, and for each row: workspace, "lead/cycle" (of a lead that
--       was erased "~sequence/cycle"), sequence, row (empty: it is dropped)
-- Returns: {OUTCOME.done}, {OUTCOME.mismatch}
-- Idempotency: by what is counted.

local OUTCOME, LIMIT = baton.OUTCOME, baton.LIMIT

function baton.cycles_key(workspace)
  return workspace .. ':cycles'
end

function baton.cycle_order_key(workspace)
  return workspace .. ':cycles:order'
end

local function name_of(text)
  if not text or not string.find(text, '^~?[%w_-]+/%d+$') or #text > 80 then
    baton.refuse('cycle has no name')
  end
  return text
end

-- What is to be written, by key.
local function gather(keys, args, from, upto)
  local rows, places, dropped, tag = {}, {}, {}, baton.tag_of(keys[1])
  for i = 3, #args, 4 do
    local workspace = baton.workspace_key(tag, baton.id(args[i], 'workspace'))
    local name = name_of(args[i + 1])
    local sequence = baton.whole(args[i + 2], 'sequence', from + 1, upto)
    if not args[i + 3] then
      baton.refuse('cycle has no row')
    end
    local row = baton.list_of(rows, baton.cycles_key(workspace))
    local place = baton.list_of(places, baton.cycle_order_key(workspace))
    if args[i + 3] == '' then
      local names = baton.list_of(dropped, workspace)
      names[#names + 1] = name
    else
      row[#row + 1], row[#row + 2] = name, args[i + 3]
      place[#place + 1], place[#place + 2] = string.format('%d', sequence), name
    end
  end
  return rows, places, dropped
end

local function put_cycles(keys, args)
  baton.expect_count(keys, 1, 'keys')
  local from = baton.whole(args[1], 'counted', 0, LIMIT.number)
  local upto = baton.whole(args[2], 'counted', from, LIMIT.number)
  local rows, places, dropped = gather(keys, args, from, upto)
  local counted = redis.call('HGET', keys[1], 'counted') or '0'
  if baton.whole(counted, 'stored counted', 0, LIMIT.number) ~= from then
    return {OUTCOME.mismatch}
  end
  for key in pairs(rows) do
    redis.call('HLEN', key) -- an error if it is something else
  end
  for key in pairs(places) do
    redis.call('ZCARD', key)
  end
  for workspace, names in pairs(dropped) do
    baton.send('HDEL', baton.cycles_key(workspace), names)
    baton.send('ZREM', baton.cycle_order_key(workspace), names)
  end
  baton.send_all('HSET', rows)
  baton.send_all('ZADD', places)
  redis.call('HSET', keys[1], 'counted', string.format('%d', upto))
  return {OUTCOME.done}
end

baton.register('put_cycles', put_cycles)
