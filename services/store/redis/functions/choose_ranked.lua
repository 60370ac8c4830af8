-- The choice of choose.lua among ranks (ranks.lua), for leads that ask nothing of their rep. Its
-- candidates are those that a lead keeps (pool.lua), not all.

local KEPT, REASON, TIE = baton.LIMIT.candidates, baton.REASON, baton.TIE
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

-- Moves the cursor of a group to the next one who is owed most there.
local function go_on(ranks, cursor)
  local order, returned, base = cursor.order, cursor.returned, ranks.base
  local i, j = cursor.i, cursor.j
  while order[i] and (ranks.back[order[i]] or not ranks.of[order[i]]) do
    i = i + 1
  end
  local one, other = order[i], returned[j]
  if one and (not other or base[one] > base[other] or base[one] == base[other] and one < other) then
    cursor.place, i = one, i + 1
  else
    cursor.place, j = other, j + 1
  end
  cursor.i, cursor.j = i, j
  cursor.claim = cursor.place and base[cursor.place] + cursor.more
end

-- Places of the KEPT who claim most, from the first on, and whether the first two claim the same.
local function most_owed(ranks)
  local cursors, places, claims = {}, {}, {}
  for i, group in ipairs(ranks.groups) do
    group.share = math.floor(NANO_PER_LEAD * group.weight / ranks.weights)
    cursors[i] = {order = group.order, returned = group.returned, i = 1, j = 1,
      more = group.gained + group.share}
    go_on(ranks, cursors[i])
  end
  while #places < KEPT do
    local best
    for i = 1, #cursors do
      local cursor, place = cursors[i], cursors[i].place
      if place and (not best or cursor.claim > best.claim or
          cursor.claim == best.claim and place < best.place) then
        best = cursor
      end
    end
    places[#places + 1], claims[#places + 1] = best.place, best.claim
    go_on(ranks, best)
  end
  return places, claims[1] == claims[2]
end

local function pool_of(queue, places, chosen)
  local ranks, list, paid = queue.ranks, {}, 0
  table.sort(places)
  for _, place in ipairs(places) do
    local member, group = queue.members[place], ranks.of[place]
    local reason = place == chosen and REASON.chosen or REASON.fairness
    for _, item in ipairs({member.rep, reason, ranks.base[place] + group.gained, group.share,
      queue.open[member.rep], member.capacity}) do
      list[#list + 1] = item
    end
  end
  for _, group in ipairs(ranks.groups) do
    paid = paid + group.size * group.share
  end
  local all = {paid, REASON.chosen, 1}
  for reason, count in pairs(ranks.counts) do
    count = reason == REASON.fairness and count - 1 or count
    if count > 0 then
      all[#all + 1], all[#all + 2] = reason, count
    end
  end
  list[#list + 1] = all
  return list, paid
end

-- As baton.choose_member; choice.place and choice.paid are for the charge.
function baton.choose_ranked(queue)
  local places, tied = most_owed(queue.ranks)
  local chosen = places[1]
  local candidates, paid = pool_of(queue, places, chosen)
  return candidates, {rep = queue.members[chosen].rep, basis = baton.BASIS.weighted_fair,
    tie = tied and TIE.id or TIE.none, weights = queue.ranks.weights, place = chosen, paid = paid}
end
