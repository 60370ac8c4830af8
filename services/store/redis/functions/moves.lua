-- Where a lead stands: in its owner's open set, in a backlog, in the shard's timers. A step says
-- where it leaves and joins; its backlogs are checked before the first write.
-- step.left_rep, left_queue, joined_rep, joined_queue: ids, or nil.

-- Takes the lead out of its owner's open set and out of its backlog. Returns true if the owner's
-- set really had it.
function baton.leave(step)
  local before, owned = step.before, false
  if before.rep ~= '' then
    step.left_rep = before.rep
    local open = baton.open_key(step.workspace_key, before.rep)
    owned = redis.call('ZSCORE', open, step.id) ~= false
  end
  if before.stage == baton.STAGE.QUEUED then
    step.left_queue = before.queue
  end
  return owned
end

-- A key of a wrong type stops the call here, before its first write.
function baton.check_backlog(workspace, queue)
  redis.call('ZCARD', baton.backlog_key(workspace, queue))
  redis.call('SCARD', baton.waiting_key(workspace))
end

local function write_backlogs(step)
  local workspace = step.workspace_key
  local waiting = baton.waiting_key(workspace)
  if step.left_queue then
    local backlog = baton.backlog_key(workspace, step.left_queue)
    redis.call('ZREM', backlog, step.id)
    if redis.call('ZCARD', backlog) == 0 then
      redis.call('SREM', waiting, step.left_queue)
    end
  end
  if step.joined_queue then
    local backlog = baton.backlog_key(workspace, step.joined_queue)
    redis.call('ZADD', backlog, baton.score_of(step.lead.priority, step.lead.queued_at), step.id)
    redis.call('SADD', waiting, step.joined_queue)
  end
end

function baton.write_moves(step, timers)
  local workspace = step.workspace_key
  if step.left_rep then
    redis.call('ZREM', baton.open_key(workspace, step.left_rep), step.id)
  end
  if step.joined_rep then
    redis.call('ZADD', baton.open_key(workspace, step.joined_rep), '0', step.id)
  end
  if step.left_queue or step.joined_queue then
    write_backlogs(step)
  end
  local due = step.lead.due_at
  if step.before.due_at ~= due then
    local member = step.workspace .. '/' .. step.id
    if due ~= 0 then
      redis.call('ZADD', timers, string.format('%d', due), member)
    else
      redis.call('ZREM', timers, member)
    end
  end
end
