-- drain: gives waiting leads of a queue, in backlog order, to reps with room (RosterStore::Drain).
-- KEYS: 1 meta, 2 outbox, 3 timers, 4 workspace
-- ARGV: 1 workspace, 2 queue, 3 max, 4 clock, 5 outbox_max
-- Returns: {number of leads assigned (max: there may be more), {leads that were passed over, since
--          what is stored of them cannot be read}, while leads wait the first instant at which time
--          alone may give a member more (0: none is known), then the requirements of waiting leads
--          of which it is not known who meets them (fits.lua)}
-- Idempotency: each assignment is a step of its own; a repetition goes on with who still waits.

local function read_args(keys, args)
  baton.expect_count(keys, 4, 'keys')
  baton.expect_count(args, 5, 'arguments')
  baton.id(args[1], 'workspace')
  return {
    queue = baton.id(args[2], 'queue'),
    max = baton.whole(args[3], 'max', 1, baton.LIMIT.drain),
    outbox_max = baton.whole(args[5], 'outbox_max', 0, baton.LIMIT.number),
  }
end

local function try(step, queue)
  baton.read_owners(queue, step.lead)
  baton.read_fits(queue.workspace, step.lead, queue.call)
  local candidates, choice = baton.choose(queue, step.lead)
  if not choice then
    return false
  end
  local lead = step.lead
  lead.revision, lead.due_at, lead.timer = lead.revision + 1, 0, baton.TIMER.none
  if baton.leave(step) then
    baton.forget_open(queue.call, step.before.rep)
  end
  baton.check_backlog(step.workspace_key, queue.id, step.before)
  baton.assign(step, queue, candidates, choice, baton.DETAILS.own)
  baton.finish(step)
  return true
end

local function write(keys, steps, queue, shard)
  if #steps == 0 then
    return
  end
  baton.write_steps(keys[2], keys[3], steps)
  baton.write_ledger(queue)
  baton.write_given(keys[4], queue.call)
  baton.write_shard(keys[1], shard)
end

-- `assigned`: how many leads have just left the queue, which has been read.
local function next_chance(keys, queue, assigned)
  local waiting = redis.call('ZCARD', baton.backlog_key(keys[4], queue.id)) - assigned
  return waiting > 0 and baton.next_work_of(queue) or 0
end

local function drain(keys, args)
  local from = read_args(keys, args)
  local shard = baton.read_shard(keys[1], args[4])
  local revision = redis.call('HGET', keys[4], 'policy')
  if not revision or
      redis.call('XLEN', keys[2]) >= from.outbox_max then
    return {0, {}, 0}
  end
  local queue = baton.read_queue(keys[4], from.queue, baton.new_call(shard, keys[4]))
  queue.revision = revision
  if not baton.gives_out(queue) then
    baton.keep(shard)
    return {0, {}, 0}
  end
  redis.call('ZCARD', keys[3])
  baton.check_timers(shard, keys[4])
  local steps, unreadable, lanes = {}, {}, baton.open_lanes(keys[4], from.queue)
  while #steps < from.max do
    local lane = baton.first_lane(lanes, queue)
    if not lane then
      break
    end
    local step = baton.read_front(keys, args[1], lane, shard, from.queue, unreadable)
    if step and try(step, queue) then
      steps[#steps + 1] = step
      baton.go_on(lane)
    elseif step then
      lane.lead = nil -- nobody can have any of its leads
    end
  end
  local next_work = next_chance(keys, queue, #steps)
  write(keys, steps, queue, shard)
  local answer = baton.add_unknown({#steps, unreadable, next_work}, queue.call)
  baton.keep(shard)
  return answer
end

baton.register('drain', drain)
