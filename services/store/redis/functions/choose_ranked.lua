-- The choice of choose.lua among ranks (ranks.lua), for leads that ask nothing of their rep.

local KEPT, TIE = baton.LIMIT.candidates, baton.TIE
local NANO_PER_LEAD = 1e9

-- Whether the choice for the lead can be made among ranks, which are made if there are none.
function baton.is_ranked(queue, lead, strategy)
  if #queue.members <= KEPT or baton.narrows(strategy) or lead.owners ~= '' or
      baton.wants_of(lead) then
    return false
  elseif not queue.ranks and not queue.unranked then
    queue.ranks = baton.rank(queue)
    queue.unranked = not queue.ranks
  end
  return queue.ranks ~= nil and queue.ranks.able > KEPT
end

-- Hands out the shares of a lead; returns their sum.
local function share_out(ranks)
  local paid = 0
  for _, group in ipairs(ranks.groups) do
    group.share = math.floor(NANO_PER_LEAD * group.weight / ranks.weights)
    paid = paid + group.size * group.share
  end
  return paid
end

-- The place of the one who claims most, and whether another claims as much. Only the first two of a
-- group can be among the first two of all.
local function most_owed(ranks)
  local best, best_claim, tied = nil, nil, false
  for _, group in ipairs(ranks.groups) do
    for i = 1, math.min(2, #group.near) do
      local place = baton.place_of(group.near[i])
      local claim = ranks.base[place] + group.claimed
      if not best or claim > best_claim then
        best, best_claim, tied = place, claim, false
      elseif claim == best_claim then
        best, tied = math.min(best, place), true
      end
    end
  end
  return best, tied
end

-- As baton.choose_member, but the candidates are what the lead keeps of them. choice.place and
-- choice.paid are for the charge.
function baton.choose_ranked(queue)
  local ranks = queue.ranks
  local paid = share_out(ranks)
  baton.find_nearest(queue)
  local chosen, tied = most_owed(ranks)
  return baton.pack_ranked(queue, chosen, paid), {rep = queue.members[chosen].rep,
    basis = baton.BASIS.weighted_fair, tie = tied and TIE.id or TIE.none, weights = ranks.weights,
    place = chosen, paid = paid}
end
