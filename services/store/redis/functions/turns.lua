-- Whose turn it is: a lead for whom a rep was found waits all the same while one that waits in
-- front of it could have that rep (LeadStore::Commit).

local FAIRNESS = baton.REASON.fairness

-- Whether somebody has room who might be found for the lead.
local function may_find(queue, lead)
  if baton.anyone_has_room(queue) then
    return true
  end
  for _, owner in ipairs(baton.first_asked(queue, lead)) do
    if baton.eligibility(owner, queue.open[owner.rep], nil) == FAIRNESS then
      return true
    end
  end
  return false
end

-- Reads all that placing the lead of the step in the queue needs. owned: a rep gives it back, and
-- may have room then. Who waits is read only where it matters.
function baton.read_place(queue, step, owned)
  local lead = step.lead
  baton.check_place(queue, lead)
  baton.read_owners(queue, lead)
  baton.read_fits(queue.workspace, lead, queue.call)
  if baton.gives_out(queue) and (owned or may_find(queue, lead)) then
    baton.read_standing(queue)
  end
end

-- Whether the rep may have leads of the queue that ask for `asks`, which has been read. member: the
-- rep as a member of the queue, nil: it is none.
function baton.may_have(queue, rep, member, asks)
  if baton.has_passed(asks.passed, rep) then
    return false
  end
  local awaited = false
  for _, owner in ipairs(baton.first_asked(queue, asks)) do
    if owner.rep == rep then
      return true
    end
    awaited = awaited or not baton.has_passed(asks.passed, owner.rep)
  end
  return member ~= nil and not (asks.owners_only and awaited) and baton.has_skills(member, asks)
end

-- Whether the lead, if it got the rep now, would overtake one that could have it. Who waits in the
-- queue has been read; where the lead itself waits there, that does not count.
function baton.would_overtake(queue, id, lead, rep)
  baton.note_left(queue.call, queue.id, id)
  local fronts = baton.first_waiting(queue)
  if #fronts == 0 then
    return false
  end
  local own = {lead = id,
    score = tonumber(baton.score_of(lead.priority, lead.queued_at, queue.policy))}
  local member = queue.members[baton.places_of(queue)[rep]]
  for _, front in ipairs(fronts) do
    if baton.stands_before(front, own) and baton.may_have(queue, rep, member, front.asks) then
      return true
    end
  end
  return false
end
