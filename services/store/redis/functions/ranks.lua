-- The members of a great queue in the order in which they are owed, kept for as long as nothing
-- else changes them (kept.lua), so that a choice has to look at the nearest ones alone
-- (choose_ranked.lua).
-- queue.ranks: {groups, keys: key -> group, of: place -> group, base: of every place, able: how
-- many can have a lead that asks nothing, gaining: the groups of these; views, signatures: see
-- there; stored, changed: see gains.lua}. A group is the members with one reason why they can or
-- cannot have a lead (fairness: they can), one weight and one signature, as far as these matter:
-- {reason, weight, signature, size, gained, number: among those gaining, 0: none of them; since,
-- said: gained when all was written, and more written since; front, texts, rest: see fronts.lua}.
-- Each is owed base + gained.

local REASON, FAIRNESS, GROUPS_MAX = baton.REASON, baton.REASON.fairness, 64
-- Reasons that stand behind missing_skill.
local LATER = {[FAIRNESS] = true, [REASON.at_capacity] = true, [REASON.daily_cap] = true}

-- nil: there are too many groups.
local function group_of(queue, ranks, member, reason)
  local weight = reason == FAIRNESS and member.weight or 0
  local signature = LATER[reason] and
    baton.signature_of(ranks.signatures, queue.demands, member) or 0
  local key = (signature * 2 ^ 5 + reason) * 2 ^ 20 + weight
  local group = ranks.keys[key]
  if not group and #ranks.groups < GROUPS_MAX then
    group = {reason = reason, weight = weight, signature = signature, size = 0, gained = 0,
      number = 0, since = 0, said = 0, front = {}, texts = {}, rest = {}}
    ranks.keys[key], ranks.groups[#ranks.groups + 1] = group, group
    if reason == FAIRNESS then
      ranks.gaining[#ranks.gaining + 1] = group
      group.number = #ranks.gaining
    end
  end
  return group
end

-- False: the member, who is owed so much, cannot be ranked.
local function enter(queue, ranks, place, reason, owed)
  local group = group_of(queue, ranks, queue.members[place], reason)
  local base = group and owed - group.gained
  if not base or not baton.is_amount(base) then
    return false
  end
  ranks.of[place], ranks.base[place], group.size = group, base, group.size + 1
  ranks.able = ranks.able + (reason == FAIRNESS and 1 or 0)
  return true
end

-- Rep -> place of every member of the queue.
function baton.places_of(queue)
  if not queue.places then
    queue.places = {}
    for place = 1, #queue.members do
      queue.places[queue.members[place].rep] = place
    end
  end
  return queue.places
end

-- nil: the queue is better looked at as a whole.
function baton.rank(queue)
  local members, open, owed = queue.members, queue.open, queue.owed
  local ranks = {groups = {}, keys = {}, of = {}, base = {}, able = 0, gaining = {}, views = {},
    signatures = baton.new_signatures(queue.demands), changed = {}}
  for place = 1, #members do
    local rep = members[place].rep
    local reason = baton.eligibility(members[place], open[rep], nil)
    if not enter(queue, ranks, place, reason, owed[rep] or 0) then
      return nil
    end
    local keys = ranks.of[place].rest
    keys[#keys + 1] = baton.key_of(ranks.base[place], place)
  end
  baton.places_of(queue)
  queue.ranks = ranks
  for _, group in ipairs(ranks.groups) do
    baton.begin_front(queue, group)
  end
  return ranks
end

-- What the rep is owed.
function baton.owed_of(queue, rep)
  local place = queue.ranks and queue.places[rep]
  return place and queue.ranks.base[place] + queue.ranks.of[place].gained or queue.owed[rep] or 0
end

-- The member at `place` now is owed so much more, and `reason` says whether it can have a lead.
function baton.move_in_ranks(queue, place, more, reason)
  local ranks, rep = queue.ranks, queue.members[place].rep
  local group, owed = ranks.of[place], baton.owed_of(queue, rep) + more
  ranks.changed[rep] = true
  baton.take_out(queue, place)
  group.size = group.size - 1
  ranks.able = ranks.able - (group.reason == FAIRNESS and 1 or 0)
  if enter(queue, ranks, place, reason, owed) then
    baton.put_in(queue, place)
  else
    ranks.of[place], queue.owed[rep] = nil, owed
    baton.settle(queue)
  end
end
