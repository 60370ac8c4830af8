-- The choice of a rep: the rule of core/roster.h (ChooseRep, ChargeLedger, RefundLedger), in whole
-- numbers below 2^53, so that both compute the same.
-- Candidates are one flat list, six items each: rep, reason, deviation, share, open, capacity.

local NANO_PER_LEAD = 1e9
local REASON, PRESENCE = baton.REASON, baton.PRESENCE

local function has_all(skills, wanted)
  for skill in string.gmatch(wanted, '[^,]+') do
    if not skills[skill] then
      return false
    end
  end
  return true
end

-- Why this member cannot have the lead; fairness: nothing is in the way.
local function eligibility(member, open, lead)
  if lead.passed ~= '' and
      string.find(',' .. lead.passed .. ',', ',' .. member.rep .. ',', 1, true) then
    return REASON.passed
  elseif member.presence == PRESENCE.offline then
    return REASON.offline
  elseif member.presence == PRESENCE.away then
    return REASON.away
  elseif lead.skills ~= '' and not has_all(member.skills, lead.skills) then
    return REASON.missing_skill
  elseif open >= member.capacity then
    return REASON.at_capacity
  end
  return REASON.fairness
end

local function anyone_can(queue, lead)
  for _, member in ipairs(queue.members) do
    if eligibility(member, queue.open[member.rep], lead) == REASON.fairness then
      return true
    end
  end
  return false
end

-- True if nobody can have the lead; kept in `hopeless` for all leads that want the same.
function baton.is_hopeless(text, queue, hopeless)
  local wants = baton.wants_of(text)
  local key = wants.skills .. '|' .. wants.passed
  if hopeless[key] == nil then
    hopeless[key] = not anyone_can(queue, wants)
  end
  return hopeless[key]
end

-- What a choice moved in the ledger `owed`, times `sign`: 1 charges, -1 refunds.
function baton.move_ledger(owed, candidates, sign)
  local paid, chosen = 0, nil
  for i = 1, #candidates, 6 do
    local rep, share = candidates[i], candidates[i + 3]
    if share ~= 0 then
      owed[rep] = (owed[rep] or 0) + sign * share
      paid = paid + share
    end
    if candidates[i + 1] == REASON.chosen then
      chosen = rep
    end
  end
  if chosen then
    owed[chosen] = (owed[chosen] or 0) - sign * paid
  end
end

-- Returns the candidates and the index of the member chosen (nil: nobody).
function baton.choose(queue, lead)
  local members, open, owed, candidates = queue.members, queue.open, queue.owed, {}
  local weights, best, best_claim = 0, nil, nil
  for i = 1, #members do
    local member, at = members[i], i * 6 - 5
    local reason = eligibility(member, open[member.rep], lead)
    if reason == REASON.fairness then
      weights = weights + member.weight
    end
    candidates[at], candidates[at + 1] = member.rep, reason
    candidates[at + 2], candidates[at + 3] = owed[member.rep] or 0, 0
    candidates[at + 4], candidates[at + 5] = open[member.rep], member.capacity
  end
  for i = 1, #members do
    local at = i * 6 - 5
    if candidates[at + 1] == REASON.fairness then
      local share = math.floor(NANO_PER_LEAD * members[i].weight / weights)
      local claim = candidates[at + 2] + share
      candidates[at + 3] = share
      if not best or claim > best_claim then -- at a tie the smaller id stays
        best, best_claim = i, claim
      end
    end
  end
  if best then
    candidates[best * 6 - 4] = REASON.chosen
  end
  return candidates, best
end
