-- commit: applies one plan to one lead, wholly or not at all (LeadStore::Commit).
-- KEYS: 1 meta, 2 outbox, 3 timers, 4 workspace, 5 leads, 6 lead, 7 journey
-- ARGV: see plan.lua
-- Returns: {code}; {CODE.committed, line of the lead, its candidates} as stored then
-- Idempotency: the plan names the revision it was made for; a repetition finds another one and
-- changes nothing (CODE.stale_revision).

local function commit(keys, args)
  baton.expect_count(keys, 7, 'keys')
  local reads = baton.new_reads(keys, args[4])
  local result = baton.apply(reads, {keys[4], keys[5], keys[6], keys[7]}, args)
  baton.write_reads(reads)
  return result
end

baton.register('commit', commit)
