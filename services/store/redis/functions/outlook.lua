-- outlook: what would be decided now for a lead that waits (RosterStore::OutlookOf). It asks the
-- same rules as drain.lua and place.lua, so that no explanation can say what no choice would do.
-- KEYS: 1 meta, 2 workspace, 3 lead
-- ARGV: 1 clock, 2 lead
-- Returns: {} unless the lead waits; {mode, paused (0 or 1), it waits for its owners alone (0 or
--          1), candidates as a lead keeps them ('' if nobody is chosen for leads of the queue), it
--          waits its turn (0 or 1), then the requirements of leads of the queue of which it is not
--          known who meets them (fits.lua)}
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

local function waits_turn(queue, id, lead, rep)
  baton.read_standing(queue)
  return baton.would_overtake(queue, id, lead, rep)
end

local function outlook(keys, args)
  baton.expect_count(keys, 3, 'keys')
  baton.expect_count(args, 2, 'arguments')
  local lead = baton.parse_lead(redis.call('GET', keys[3]))
  if lead.stage ~= baton.STAGE.QUEUED then
    return {}
  end
  local shard = baton.read_shard(keys[1], args[1])
  local queue = baton.read_queue(keys[2], lead.queue, baton.new_call(shard, keys[2]))
  local mode, paused, call = queue.policy.mode, queue.paused, queue.call
  local answer = {mode, paused and 1 or 0, 0, '', 0}
  if baton.gives_out(queue) then
    baton.read_owners(queue, lead)
    baton.read_fits(keys[2], lead, call)
    answer[3] = awaits_owners(queue, lead) and 1 or 0
    local candidates, choice = baton.choose(queue, lead)
    answer[4] = baton.joined(baton.pack_pool(candidates))
    answer[5] = choice and waits_turn(queue, args[2], lead, choice.rep) and 1 or 0
  end
  baton.add_unknown(answer, call)
  baton.keep(shard)
  return answer
end

baton.register('outlook', outlook, {'no-writes'})
