-- The choice of choose.lua among ranks (ranks.lua).

local KEPT, TIE, BASIS = baton.LIMIT.candidates, baton.TIE, baton.BASIS

-- Whether there are ranks now, which are made if there are none.
local function has_ranks(queue)
  while not queue.ranks and not queue.unranked and not baton.rank(queue) do
    queue.unranked = not baton.forgo_demand(queue.demands)
  end
  return queue.ranks ~= nil
end

-- The reasons of those asked, as owners.lua has them, who are no members.
local function strangers_among(queue, asked)
  local reasons, places = {}, baton.places_of(queue)
  for i = 1, #asked, 6 do
    reasons[#reasons + 1] = not places[asked[i]] and asked[i + 1] or nil
  end
  return reasons
end

-- The queue as the lead sees it, those who stepped aside for it, and the strangers; nil: the choice
-- is not made among ranks, as where one of the strangers might be among the nearest.
local function see(queue, lead, asked)
  local demand = baton.demand_of(queue, lead)
  local aside = demand and has_ranks(queue) and not demand.crowded and
    baton.step_aside(queue, lead.passed)
  if not aside or not queue.ranks then
    return nil
  end
  local view, strangers = baton.view_of(queue.ranks, demand), strangers_among(queue, asked)
  baton.share_out(view)
  if #strangers > 0 and view.able < KEPT then
    baton.come_back(queue, aside)
    return nil
  end
  return view, aside, strangers
end

-- The place of the one who claims most, and whether another claims as much; nil: there is none.
-- Only the first two of a group can be among the first two of all.
local function most_owed(view)
  local best, second = math.huge, math.huge
  for _, entry in ipairs(view.sharing) do
    local front, lift = entry.group.front, entry.lift
    for i = 1, math.min(2, #front) do
      local key = front[i] - lift
      if key < best then
        best, second = key, best
      elseif key < second then
        second = key
      end
    end
  end
  if best < math.huge then
    return baton.place_of(best), second < math.huge and baton.are_tied(best, second)
  end
end

-- The owner's place, if that member has a share.
local function turn_of(queue, view, owner)
  local place = queue.places[owner]
  for _, entry in ipairs(view.sharing) do
    if entry.group == queue.ranks.of[place] then
      return place
    end
  end
end

-- As baton.choose_member, but the candidates are what the lead keeps of them. asked: owners.lua;
-- owner: the member who gets the lead if it has a share, nil: who is owed most. choice.place, view
-- and aside are for the charge. nil: the choice is not made among ranks.
function baton.choose_ranked(queue, lead, asked, owner)
  local view, aside, strangers = see(queue, lead, asked)
  if not view then
    return nil
  end
  local place, tied
  if owner then
    place = turn_of(queue, view, owner)
  else
    place, tied = most_owed(view)
  end
  if owner and not place then
    baton.come_back(queue, aside)
    return {}, nil
  end
  baton.find_nearest(view)
  local candidates = baton.pack_ranked(queue, view, place, owner ~= nil, strangers)
  baton.come_back(queue, aside)
  return candidates, place and {rep = queue.members[place].rep, weights = view.weights,
    basis = owner and BASIS.owner or BASIS.weighted_fair, tie = tied and TIE.id or TIE.none,
    place = place, view = view, aside = aside}
end
