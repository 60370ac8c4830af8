-- Who can have a lead: the reasons of core/roster.h, in its order.

local REASON = baton.REASON

-- wants: {skills}, and of a requirement among these what read_fits found out.
function baton.has_skills(member, wants)
  for skill in string.gmatch(wants.skills, '[^,]+') do
    local has
    if skill == wants.requirement then
      has = baton.has_met(wants, member)
    else
      has = member.skills[skill]
    end
    if not has then
      return false
    end
  end
  return true
end

-- True if `rep` is in the list of those who passed.
function baton.has_passed(passed, rep)
  return passed ~= '' and string.find(',' .. passed .. ',', ',' .. rep .. ',', 1, true) ~= nil
end

-- What a lead asks of its rep: {passed, skills ...}; nil: nothing.
function baton.wants_of(lead)
  return (lead.passed ~= '' or lead.skills ~= '') and lead or nil
end

-- Why this member cannot have a lead with these wants; fairness: nothing is in the way.
function baton.eligibility(member, open, wants)
  if wants and baton.has_passed(wants.passed, member.rep) then
    return REASON.passed
  elseif member.absent then
    return member.absent
  elseif wants and wants.skills ~= '' and not baton.has_skills(member, wants) then
    return REASON.missing_skill
  elseif open >= member.capacity then
    return REASON.at_capacity
  elseif member.given and member.given.count >= member.work.cap then
    return REASON.daily_cap
  end
  return REASON.fairness
end
