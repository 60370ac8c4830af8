-- What the plans of one call share: read once, kept as the call changes it, written back once at
-- the end, like the steps of its leads. The longer the batch, the less of this a lead costs.

-- keys: {meta, outbox, timers}; clock: as in shard.lua.
function baton.new_reads(keys, clock)
  local shard = baton.read_shard(keys[1], clock)
  redis.call('ZCARD', keys[3])
  return {
    meta = keys[1], outbox = keys[2], timers = keys[3], shard = shard,
    length = redis.call('XLEN', keys[2]), workspaces = {}, changed = false, steps = {},
    pending = {},
  }
end

-- Keeps a complete step until the end.
function baton.add_step(reads, step)
  reads.steps[#reads.steps + 1] = step
  reads.pending[step.lead_key] = true
  reads.length = reads.length + #step.entries / 2
  reads.changed = true
end

local function write_steps(reads)
  baton.write_steps(reads.outbox, reads.timers, reads.steps)
  reads.steps, reads.pending = {}, {}
  for _, workspace in pairs(reads.workspaces) do
    baton.forget_standing(workspace)
  end
end

-- The lead as stored, or what is left of it, with what the call has done to it so far.
function baton.lead_of(reads, key, workspace, mark)
  if reads.pending[key] then
    write_steps(reads)
  end
  return baton.parse_lead(redis.call('GET', key) or baton.read_remains(workspace, mark))
end

-- A key of a wrong type, of a sorted set of the workspace, stops the plan here, before its first
-- write. The call itself changes no type, so it asks once.
function baton.check_sorted(workspace, key)
  if not workspace.checked[key] then
    redis.call('ZCARD', key)
    workspace.checked[key] = true
  end
end

-- policy: the active revision, false if there is no such workspace; leads: their number, nil until
-- it is asked for; silent, away: see rep_care.lua; queues: by id; checked: keys of a right type;
-- shadow: see shadow.lua, nil until it is asked for; the rest: see kept.lua.
function baton.workspace_of(reads, key)
  local workspace = reads.workspaces[key]
  if not workspace then
    workspace = baton.new_call(reads.shard, key)
    workspace.policy, workspace.queues = redis.call('HGET', key, 'policy'), {}
    workspace.silent, workspace.away, workspace.checked = {}, {}, {}
    reads.workspaces[key] = workspace
  end
  return workspace
end

function baton.count_leads(workspace, leads)
  workspace.leads = workspace.leads or redis.call('ZCARD', leads)
  return workspace.leads
end

function baton.queue_of(workspace, id)
  local queue = workspace.queues[id]
  if not queue then
    queue = baton.read_queue(workspace.key, id, workspace)
    queue.revision = workspace.policy
    workspace.queues[id] = queue
  end
  return queue
end

function baton.write_reads(reads)
  if not reads.changed then
    return
  end
  write_steps(reads)
  for _, workspace in pairs(reads.workspaces) do
    for _, queue in pairs(workspace.queues) do
      baton.write_ledger(queue)
    end
    baton.write_given(workspace.key, workspace)
    baton.write_care(workspace)
    baton.write_shadow(workspace)
  end
  baton.write_shard(reads.meta, reads.shard)
end
