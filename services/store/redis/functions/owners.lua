-- Owners of a lead: asked before the members of its queue (core/roster.h, ChooseFrom).

local REASON, BASIS, TIE = baton.REASON, baton.BASIS, baton.TIE

local function add(asked, queue, owner, reason)
  local rep = owner.rep
  local owed = baton.owed_of(queue, rep)
  for _, item in ipairs({rep, reason, owed, 0, queue.open[rep], owner.capacity}) do
    asked[#asked + 1] = item
  end
end

-- Those asked that are not in the queue, then its members. A packed choice, which has a size, has
-- them already.
local function strangers_first(asked, members)
  if #asked == 0 or members.size then
    return members
  end
  local known, all = {}, {}
  for i = 1, #members, 6 do
    known[members[i]] = true
  end
  for i = 1, #asked do
    if not known[asked[i - (i - 1) % 6]] then
      all[#all + 1] = asked[i]
    end
  end
  for i = 1, #members do
    all[#all + 1] = members[i]
  end
  return all
end

-- Place of the owner among the candidates, if it could have been chosen.
local function turn_of(candidates, owner)
  for i = 1, #candidates, 6 do
    if candidates[i] == owner and candidates[i + 3] ~= 0 then
      return i
    end
  end
end

-- To the last one asked; as a turn of that rep, if the members could have chosen it.
local function give(queue, lead, asked)
  local last = #asked - 5
  local choice = {rep = asked[last], basis = BASIS.owner, tie = TIE.none, weights = 0}
  asked[last + 1] = REASON.chosen
  local candidates, other = {}, nil
  if queue.policy.count_owned and baton.places_of(queue)[choice.rep] then
    candidates, other = baton.choose_member(queue, lead, nil, asked, choice.rep)
  end
  if candidates.size then
    return candidates, other
  end
  local turn = turn_of(candidates, choice.rep)
  if not turn then
    return asked, choice
  end
  for i = 1, #candidates, 6 do
    if candidates[i + 3] ~= 0 then
      candidates[i + 1] = i == turn and REASON.chosen or REASON.not_owner
    end
  end
  choice.weights = other.weights
  return strangers_first(asked, candidates), choice
end

-- As baton.choose_member, but first among the lead's owners, who have been read.
function baton.choose(queue, lead)
  local asked, awaited = {}, false
  for _, owner in ipairs(baton.first_asked(queue, lead)) do
    local open = queue.open[owner.rep]
    local reason = baton.eligibility(owner, open, {passed = lead.passed, skills = ''})
    add(asked, queue, owner, reason)
    if reason == REASON.fairness then
      return give(queue, lead, asked)
    end
    awaited = awaited or reason ~= REASON.passed
  end
  if lead.owners_only and awaited then
    return asked, nil
  end
  local candidates, choice = baton.choose_member(queue, lead, queue.policy.strategy, asked)
  return strangers_first(asked, candidates), choice
end
