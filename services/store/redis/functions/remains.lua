-- What stays of a lead that was erased (core/erasure.h): a line in which there is nothing of the
-- person, under the lead's mark, a keyed hash of its id: a hash (mark -> the lead's text, as in
-- lead.lua) and a sorted set of the marks by when they were made; the oldest go when there are too
-- many.

local STAGE = baton.STAGE

-- There is such a lead.
function baton.is_there(lead)
  return lead.revision > 0 and lead.stage ~= STAGE.ERASED
end

-- "mark|email": keyed hashes of the lead's id ('' where it is not needed) and of its e-mail address
-- ('': it has none).
function baton.hashes_of(text)
  local mark, email = string.match(text or '', '^(%x*)|(%x*)$')
  if not mark or #text > 2 * 64 + 1 then
    baton.refuse('hashes are not readable')
  end
  return {mark = mark, email = email}
end

-- What is left of a lead, false: nothing. A key of a wrong type stops the plan here, before its
-- first write.
function baton.read_remains(workspace, mark)
  baton.check_sorted(workspace, baton.erased_order_key(workspace.key))
  return mark ~= '' and redis.call('HGET', baton.erased_key(workspace.key), mark)
end

-- The lead of a plan without its past.
function baton.blank(lead)
  lead.queued_at, lead.offered_at, lead.priority, lead.journeyed = 0, 0, 0, 0
  lead.chosen_by, lead.choice, lead.email = baton.BASIS.none, '', ''
  return lead
end

-- Whether a plan lets the lead come to be, or come back.
function baton.is_new(plan, before)
  return not baton.is_there(before) and plan.stage ~= STAGE.ERASED
end

-- What the step means for the workspace's list of leads, `leads`. Nothing here can fail.
function baton.note_member(step, plan, workspace, leads)
  if baton.is_new(plan, step.before) then
    step.new_in = leads
    workspace.leads = workspace.leads + 1
  elseif step.erasure then
    step.gone_from = leads
    step.erasure.sequence = string.format('%d', step.shard.sequence)
    baton.forget_shadow(workspace, step.id)
    workspace.leads = workspace.leads and workspace.leads - 1
  end
end
