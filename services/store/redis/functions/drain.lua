-- drain: gives waiting leads of a queue, in backlog order, to reps with room (RosterStore::Drain).
-- KEYS: 1 meta, 2 outbox, 3 timers, 4 workspace
-- ARGV: 1 workspace, 2 queue, 3 max, 4 score and 5 lead of the place to go on behind ('' and '':
--       from the front), 6 clock, 7 outbox_max
-- Returns: {assigned, priority, queued_at, lead}: the last lead looked at if leads stand behind it;
--          {assigned} if the backlog was seen to its end or nobody has room
-- Idempotency: each assignment is a step of its own; a repetition goes on with who still waits.

local function read_args(keys, args)
  baton.expect_count(keys, 4, 'keys')
  baton.expect_count(args, 7, 'arguments')
  local from = {queue = baton.id(args[2], 'queue')}
  baton.id(args[1], 'workspace')
  from.max = baton.whole(args[3], 'max', 1, baton.LIMIT.drain_scan)
  if args[5] ~= '' then
    baton.whole(args[4], 'score', 0, baton.LIMIT.number)
    from.score = args[4]
    from.lead = baton.id(args[5], 'lead')
  end
  from.outbox_max = baton.whole(args[7], 'outbox_max', 0, baton.LIMIT.number)
  return from
end

-- The lead at the place; complains if the backlog and the lead disagree.
local function read_waiting(keys, names, shard, queue, text)
  local lead_key = baton.lead_key(keys[4], names[2])
  local before, lead = baton.parse_lead(text), baton.parse_lead(text)
  if before.stage ~= baton.STAGE.QUEUED or before.queue ~= queue then
    baton.refuse('lead ' .. names[2] .. ' waits in ' .. queue .. ' but is ' .. before.stage)
  end
  local journey_key = baton.journey_key(keys[4], names[2])
  return baton.new_step({lead_key, journey_key, keys[4]}, names, shard, before, lead)
end

local function try(step, queue)
  local candidates, chosen = baton.choose(queue, step.lead)
  if not chosen then
    return false
  end
  local lead = step.lead
  lead.revision, lead.due_at, lead.timer = lead.revision + 1, 0, baton.TIMER.none
  baton.leave(step)
  baton.check_journey(step)
  baton.assign(step, queue, candidates, chosen, baton.DETAILS.own)
  baton.finish(step)
  return true
end

local function write(keys, steps, queue, shard)
  if #steps == 0 then
    return
  end
  baton.write_steps(keys[2], keys[3], steps)
  baton.write_ledger(queue)
  baton.write_shard(keys[1], shard)
end

local function drain(keys, args)
  local from = read_args(keys, args)
  local shard = baton.read_shard(keys[1], args[6])
  if not redis.call('HGET', keys[4], 'policy') or
      redis.call('XLEN', keys[2]) >= from.outbox_max then
    return {0}
  end
  local queue = baton.read_queue(keys[4], from.queue, {})
  if queue.paused then
    return {0}
  end
  baton.check_backlog(keys[4], from.queue)
  redis.call('ZCARD', keys[3])
  local backlog, scan = baton.backlog_key(keys[4], from.queue), baton.LIMIT.drain_scan
  local first = from.lead and baton.rank_behind(backlog, from.score, from.lead) or 0
  local page = redis.call('ZRANGE', backlog, first, first + scan, 'WITHSCORES')
  local steps, looked_at, hopeless = {}, 0, {}
  while page[looked_at * 2 + 1] and baton.anyone_has_room(queue) do
    if looked_at == scan or #steps == from.max then
      write(keys, steps, queue, shard)
      local priority, queued_at = baton.place_of(tonumber(page[looked_at * 2]))
      return {#steps, priority, queued_at, page[looked_at * 2 - 1]}
    end
    looked_at = looked_at + 1
    local name = page[looked_at * 2 - 1]
    local text = redis.call('GET', baton.lead_key(keys[4], name))
    if not baton.is_hopeless(text, queue, hopeless) then
      local step = read_waiting(keys, {args[1], name}, shard, from.queue, text)
      if try(step, queue) then
        steps[#steps + 1], hopeless = step, {}
      end
    end
  end
  write(keys, steps, queue, shard)
  return {#steps}
end

baton.register('drain', drain)
