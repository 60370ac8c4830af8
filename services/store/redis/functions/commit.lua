-- commit: applies plans of one shard, each wholly or not at all and whatever becomes of the
-- others (LeadStore::Commit).
-- KEYS: 1 meta, 2 outbox, 3 timers, then for each plan: workspace, leads, lead, journey
-- ARGV: 1 clock, then for each plan: number of its arguments, and those (see plan.lua)
-- Returns: for each plan {code}, or {CODE.committed, line of the lead as stored then, whether it
--          waits its turn (0 or 1)}, or the error for which nothing of it was done
-- Idempotency: a plan names the revision it was made for; a repetition finds another one and
-- changes nothing (CODE.stale_revision).

local SHARED, EACH = 3, 4

-- The arguments of the plan that begins at `at`, and where the next one begins.
local function cut(args, at)
  local count = baton.whole(args[at], 'number of arguments', 1, baton.LIMIT.batch)
  if at + count > #args then
    baton.refuse('arguments of a plan are missing')
  end
  return baton.slice(args, at + 1, at + count), at + count + 1
end

-- A plan whose keys or arguments are wrong has written nothing, but it may have counted.
local function try(reads, keys, args)
  local shard = reads.shard
  local sequence, applied, duplicates = shard.sequence, shard.applied, shard.duplicates
  local done, result = pcall(baton.apply, reads, keys, args)
  if done then
    return result
  end
  shard.sequence, shard.applied, shard.duplicates = sequence, applied, duplicates
  shard.broken = true
  return type(result) == 'table' and {err = result.err} or {err = tostring(result)}
end

local function commit(keys, args)
  if #keys <= SHARED or (#keys - SHARED) % EACH ~= 0 then
    baton.refuse('wrong number of keys')
  end
  local plans, at = {}, 2
  for i = SHARED + 1, #keys, EACH do
    plans[#plans + 1], at = cut(args, at)
    plans[#plans].keys = {keys[i], keys[i + 1], keys[i + 2], keys[i + 3]}
  end
  if at ~= #args + 1 then
    baton.refuse('wrong number of arguments')
  end
  local reads, results = baton.new_reads(keys, args[1]), {}
  for i, plan in ipairs(plans) do
    results[i] = try(reads, plan.keys, plan)
  end
  baton.write_reads(reads)
  baton.keep(reads.shard)
  return results
end

baton.register('commit', commit)
