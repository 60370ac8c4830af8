-- The members of a great queue in the order in which they are owed, kept for as long as nothing
-- else changes them (kept.lua), so that a choice has to look at the nearest ones alone
-- (choose_ranked.lua).
-- queue.ranks: {groups, of: place -> group, base, reason: of every place, counts: reason -> number
-- of members, able, weights, near: how many are nearest; stored, changed: see gains.lua}. A group
-- is the members of one weight who can have a lead: {number, weight, gained, since, share, size,
-- near, texts, text, rest}, the keys of the nearest (nearest.lua), what a lead keeps of these, one
-- by one and together, and the keys of the others, in order. Each is owed base + gained; for keys
-- see rank_keys.lua.

local FAIRNESS, GROUPS_MAX, NEAR = baton.REASON.fairness, 16, baton.LIMIT.candidates

-- nil: there are too many weights.
local function group_of(ranks, weight)
  local groups = ranks.groups
  for i = 1, #groups do
    if groups[i].weight == weight then
      return groups[i]
    end
  end
  if #groups == GROUPS_MAX then
    return nil
  end
  groups[#groups + 1] = {number = #groups + 1, weight = weight, gained = 0, since = 0, share = 0,
    size = 0, near = {}, texts = {}, rest = {}}
  return groups[#groups]
end

-- False: the member cannot be ranked.
local function enter(queue, ranks, place)
  local member = queue.members[place]
  local group = group_of(ranks, member.weight)
  local base = group and (queue.owed[member.rep] or 0) - group.gained
  if not base or not baton.is_amount(base) then
    return false
  end
  ranks.of[place], ranks.base[place], group.size = group, base, group.size + 1
  ranks.able, ranks.weights = ranks.able + 1, ranks.weights + member.weight
  return true
end

local function places_of(members)
  local places = {}
  for place = 1, #members do
    places[members[place].rep] = place
  end
  return places
end

-- nil: the queue is better looked at as a whole.
function baton.rank(queue)
  local members, open = queue.members, queue.open
  local ranks = {groups = {}, of = {}, base = {}, reason = {}, counts = {}, able = 0,
    weights = 0, near = 0, changed = {}}
  local counts = ranks.counts
  for place = 1, #members do
    local member = members[place]
    local reason = baton.eligibility(member, open[member.rep], nil)
    ranks.reason[place], counts[reason] = reason, (counts[reason] or 0) + 1
    if reason == FAIRNESS then
      if not enter(queue, ranks, place) then
        return nil
      end
      local keys = ranks.of[place].rest
      keys[#keys + 1] = baton.key_of(ranks.base[place], place)
    end
  end
  if ranks.able <= NEAR then
    return nil
  end
  for _, group in ipairs(ranks.groups) do
    table.sort(group.rest)
    group.rest = baton.new_sorted(group.rest)
  end
  queue.places = queue.places or places_of(members)
  return ranks
end

-- The member at `place` now is owed so much more, and `reason` says whether it can have a lead.
function baton.move_in_ranks(queue, place, more, reason)
  local ranks, rep = queue.ranks, queue.members[place].rep
  local group, before = ranks.of[place], ranks.reason[place]
  ranks.changed[rep] = true
  if group then
    baton.take_out(ranks, place)
    queue.owed[rep], ranks.of[place] = ranks.base[place] + group.gained, nil
    group.size, ranks.able = group.size - 1, ranks.able - 1
    ranks.weights = ranks.weights - group.weight
  end
  queue.owed[rep] = (queue.owed[rep] or 0) + more
  ranks.counts[before] = ranks.counts[before] - 1
  ranks.counts[reason], ranks.reason[place] = (ranks.counts[reason] or 0) + 1, reason
  if reason == FAIRNESS then
    if not enter(queue, ranks, place) then
      return baton.settle(queue)
    end
    baton.put_in(ranks, place)
  end
end
