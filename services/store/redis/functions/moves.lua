-- Where a lead stands: in its owner's open set, in a backlog, among its workspace's timers. A step
-- says where it leaves and joins; its backlogs are checked before the first write.
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

-- One lead less for `rep`, before somebody is chosen.
function baton.forget_open(call, rep)
  local open = call.open
  open[rep] = (open[rep] or redis.call('ZCARD', baton.open_key(call.key, rep))) - 1
  baton.note_open(call, rep)
end

-- Leads by the keyed hash of their e-mail address: "hash/lead".
local function gather_email(moves, step)
  local before, after = step.before.email, step.lead.email
  if before == after then
    return
  end
  local key = baton.emails_key(step.workspace_key)
  if before ~= '' then
    local list = baton.list_of(moves.removed, key)
    list[#list + 1] = before .. '/' .. step.id
  end
  if after ~= '' then
    local list = baton.list_of(moves.added, key)
    list[#list + 1], list[#list + 2] = '0', after .. '/' .. step.id
  end
end

-- Notes in `moves` where the lead of the step leaves and joins.
function baton.gather(moves, step)
  local workspace, due = step.workspace_key, baton.due_of(step.lead)
  if step.new_in then
    local list = baton.list_of(moves.added, step.new_in)
    list[#list + 1], list[#list + 2] = '0', step.id
  end
  if step.gone_from then
    local list = baton.list_of(moves.removed, step.gone_from)
    list[#list + 1] = step.id
  end
  gather_email(moves, step)
  if step.left_rep then
    local list = baton.list_of(moves.removed, baton.open_key(workspace, step.left_rep))
    list[#list + 1] = step.id
  end
  if step.joined_rep then
    local list = baton.list_of(moves.added, baton.open_key(workspace, step.joined_rep))
    list[#list + 1], list[#list + 2] = '0', step.id
  end
  if step.left_queue then
    baton.move(moves.backlogs, workspace, step.left_queue, step.id, step.before)
  end
  if step.joined_queue then
    baton.move(moves.backlogs, workspace, step.joined_queue, step.id, step.lead,
      step.place)
  end
  if baton.due_of(step.before) ~= due then
    local list = baton.list_of(due == 0 and moves.removed or moves.added,
      baton.timers_key(workspace))
    if due ~= 0 then
      list[#list + 1] = baton.digits(due)
    end
    list[#list + 1] = step.id
    moves.timed[workspace] = step
  end
end
