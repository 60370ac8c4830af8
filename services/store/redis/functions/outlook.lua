-- outlook: what would be decided now for a lead that waits (RosterStore::OutlookOf). It asks the
-- same rules as drain.lua, so that no explanation can say what no choice would do.
-- KEYS: 1 meta, 2 workspace, 3 lead
-- ARGV: 1 clock
-- Returns: {} unless the lead waits; {mode, paused (0 or 1), it waits for its owners alone (0 or
--          1), candidates as a lead keeps them ('' if nobody is chosen for leads of the queue),
--          then the requirement of the lead if it is not known who meets it (fits.lua)}
-- Idempotency: only reads.

-- Whether one of those asked first has not passed and nobody else is to be asked.
local function awaits_owners(queue, lead)
  for _, owner in ipairs(lead.owners_only and baton.first_asked(queue, lead) or {}) do
    if not baton.has_passed(lead.passed, owner.rep) then
      return true
    end
  end
  return false
end

local function outlook(keys, args)
  baton.expect_count(keys, 3, 'keys')
  baton.expect_count(args, 1, 'arguments')
  local lead = baton.parse_lead(redis.call('GET', keys[3]))
  if lead.stage ~= baton.STAGE.QUEUED then
    return {}
  end
  local shard = baton.read_shard(keys[1], args[1])
  local queue = baton.read_queue(keys[2], lead.queue, baton.new_call(shard, keys[2]))
  local mode, paused, call = queue.policy.mode, queue.paused, queue.call
  local answer = {mode, paused and 1 or 0, 0, ''}
  if not paused and mode ~= baton.MODE.pull then
    baton.read_owners(queue, lead)
    baton.read_fits(keys[2], lead, call)
    answer[3] = awaits_owners(queue, lead) and 1 or 0
    answer[4] = baton.pack_pool((baton.choose(queue, lead)))
  end
  baton.add_unknown(answer, call)
  baton.keep(shard)
  return answer
end

baton.register('outlook', outlook, {'no-writes'})
