-- The choice of a rep among the members of a queue: the rule of core/roster.h (ChooseRep), in
-- whole numbers below 2^53, so that both compute the same.
-- Candidates are one flat list, six items each: rep, reason, deviation, share, open, capacity.

local NANO_PER_LEAD = 1e9
local REASON, BASIS, TIE, eligibility = baton.REASON, baton.BASIS, baton.TIE, baton.eligibility

-- The share of one lead of members with each weight, when those who can have it weigh `weights`.
local function shares_of(queue, weights)
  local shares = queue.shares
  if not shares or shares.weights ~= weights then
    shares = {weights = weights}
    queue.shares = shares
  end
  return shares
end

-- Writes into the candidates why each member cannot have the lead, or fairness. Returns the places
-- of those who can, which stand as long as the candidates, and their weights together.
local function look(queue, lead)
  local members, open, owed = queue.members, queue.open, queue.owed
  local candidates, able, weights, count = queue.candidates, queue.able, 0, 0
  local wants, fairness, at = baton.wants_of(lead), REASON.fairness, 1
  for i = 1, #members do
    local member, reason = members[i], fairness
    local rep, capacity = member.rep, member.capacity
    local owns = open[rep]
    -- Mostly nothing is in the way, and to see that costs less than the call.
    if wants or owns >= capacity or member.absent or member.given then
      reason = eligibility(member, owns, wants)
    end
    if reason == fairness then
      weights, count = weights + member.weight, count + 1
      able[count] = i
    end
    candidates[at] = rep
    candidates[at + 1] = reason
    candidates[at + 2] = owed[rep] or 0
    candidates[at + 3] = 0
    candidates[at + 4] = owns
    candidates[at + 5] = capacity
    at = at + 6
  end
  for i = #able, count + 1, -1 do
    able[i] = nil
  end
  return able, weights
end

-- Of the members at `able` the place of the one who is owed most, and whether another is owed as
-- much.
local function most_owed(queue, able, weights)
  local members, candidates, shares = queue.members, queue.candidates, shares_of(queue, weights)
  local best, best_claim, tied = nil, nil, false
  for i = 1, #able do
    local weight, at = members[able[i]].weight, able[i] * 6 - 5
    local share = shares[weight]
    if not share then
      share = math.floor(NANO_PER_LEAD * weight / weights)
      shares[weight] = share
    end
    local claim = candidates[at + 2] + share
    candidates[at + 3] = share
    if not best or claim > best_claim then -- at a tie the smaller id stays
      best, best_claim, tied = at, claim, false
    else
      tied = tied or claim == best_claim
    end
  end
  return best, tied
end

-- Returns the candidates, which stand until the queue's next choice, and {rep, basis, tie, weights
-- of those with a share}, or nil in its place: nobody. asked, owner: see choose_ranked.lua.
function baton.choose_member(queue, lead, strategy, asked, owner)
  if #queue.members > baton.LIMIT.candidates and not baton.narrows(strategy) then
    local candidates, choice = baton.choose_ranked(queue, lead, asked, owner)
    if candidates then
      return candidates, choice
    end
  end
  baton.settle(queue)
  local able, weights = look(queue, lead)
  local basis
  able, weights, basis = baton.narrow(queue, strategy, able, weights)
  local best, tied = most_owed(queue, able, weights)
  local candidates = queue.candidates
  if not best then
    return candidates, nil
  end
  candidates[best + 1] = REASON.chosen
  local narrowed = basis ~= BASIS.weighted_fair and #able > 1
  local tie = tied and TIE.id or narrowed and TIE.fairness or TIE.none
  return candidates, {rep = candidates[best], basis = basis, tie = tie, weights = weights}
end
