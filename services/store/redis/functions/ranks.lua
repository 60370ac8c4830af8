-- The members of a great queue in the order in which they are owed, for as long as a call goes on:
-- so that not every choice of the call has to look at all of them (choose_ranked.lua).
-- queue.ranks: {groups, of: place -> group, base, back: places in a group's `returned`, counts:
-- reason -> number of members, able, weights}. A group is the members of one weight who can have a
-- lead: {weight, gained, size, order, returned}, the last two the places of those who were there at
-- the beginning and of those who got a lead since, both in order; each is owed base + gained.

local KEPT, FAIRNESS = baton.LIMIT.candidates, baton.REASON.fairness
local GROUPS_MAX = 16
local PLACES, BASE_MAX = 2 ^ 15, 2 ^ 37 -- a base and a place are exact in one number

local function is_before(ranks, one, other)
  local first, second = ranks.base[one], ranks.base[other]
  return first > second or (first == second and one < other)
end

-- The places by their bases; nil if one of these is too great.
local function sorted(ranks, places)
  for i = 1, #places do
    local base = ranks.base[places[i]]
    if math.abs(base) >= BASE_MAX then
      return nil
    end
    places[i] = places[i] - base * PLACES
  end
  table.sort(places)
  for i = 1, #places do
    places[i] = places[i] % PLACES
  end
  return places
end

-- nil: the queue is better looked at as a whole.
function baton.rank(queue)
  local members, open, owed = queue.members, queue.open, queue.owed
  local ranks = {groups = {}, of = {}, base = {}, back = {}, counts = {}, able = 0, weights = 0}
  local by_weight, groups, counts = {}, ranks.groups, ranks.counts
  for place = 1, #members do
    local member = members[place]
    local reason = baton.eligibility(member, open[member.rep], nil)
    counts[reason] = (counts[reason] or 0) + 1
    if reason == FAIRNESS then
      local group = by_weight[member.weight]
      if not group then
        group = {weight = member.weight, gained = 0, size = 0, order = {}, returned = {}}
        by_weight[member.weight], groups[#groups + 1] = group, group
      end
      group.size = group.size + 1
      group.order[group.size] = place
      ranks.of[place], ranks.base[place] = group, owed[member.rep] or 0
      ranks.able, ranks.weights = ranks.able + 1, ranks.weights + member.weight
    end
  end
  if ranks.able <= KEPT or #groups > GROUPS_MAX then
    return nil
  end
  for _, group in ipairs(groups) do
    if not sorted(ranks, group.order) then
      return nil
    end
  end
  return ranks
end

local function take_out(ranks, place)
  local returned = ranks.of[place].returned
  for i = 1, ranks.back[place] and #returned or 0 do
    if returned[i] == place then
      table.remove(returned, i)
      break
    end
  end
end

-- The member now is owed so much less.
function baton.lower(ranks, place, amount)
  take_out(ranks, place)
  ranks.base[place], ranks.back[place] = ranks.base[place] - amount, true
  local returned, at = ranks.of[place].returned, 1
  while returned[at] and is_before(ranks, returned[at], place) do
    at = at + 1
  end
  table.insert(returned, at, place)
end

-- The member can have no more leads, for that reason.
function baton.leave_ranks(queue, place, reason)
  local ranks, member = queue.ranks, queue.members[place]
  local group, counts = ranks.of[place], ranks.counts
  take_out(ranks, place)
  queue.owed[member.rep], ranks.of[place] = ranks.base[place] + group.gained, nil
  counts[FAIRNESS], counts[reason] = counts[FAIRNESS] - 1, (counts[reason] or 0) + 1
  group.size, ranks.able = group.size - 1, ranks.able - 1
  ranks.weights = ranks.weights - member.weight
end
