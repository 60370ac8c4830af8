-- Those of a great queue who are nearest to getting its next lead (ranks.lua): as many as a lead
-- keeps candidates, of each group the first ones.

local NEAR, first_in, raised, place_of = baton.LIMIT.candidates, baton.first_in, baton.raised,
  baton.place_of

local function text_of(queue, place)
  local member = queue.members[place]
  return baton.pack_ranked_member(member.rep, queue.ranks.base[place], queue.open[member.rep],
    member.capacity)
end

-- The member at `place`, whose base has been set, is in its group.
function baton.put_in(ranks, place)
  baton.add_sorted(ranks.of[place].rest, baton.key_of(ranks.base[place], place))
end

local function go_back(ranks, group)
  local last = #group.near
  baton.add_sorted(group.rest, group.near[last])
  group.near[last], group.texts[last], group.text = nil, nil, nil
  ranks.near = ranks.near - 1
end

-- The member at `place` is in no list of its group any more.
function baton.take_out(ranks, place)
  local group, key = ranks.of[place], baton.key_of(ranks.base[place], place)
  local near = group.near
  for i = 1, #near do
    if near[i] == key then
      table.remove(near, i)
      table.remove(group.texts, i)
      group.text = nil
      ranks.near = ranks.near - 1
      return
    end
  end
  baton.remove_sorted(group.rest, key)
end

local function come_near(queue, group)
  local key, near = first_in(group.rest), group.near
  baton.remove_sorted(group.rest, key)
  local at = #near + 1
  while at > 1 and near[at - 1] > key do
    at = at - 1
  end
  table.insert(near, at, key)
  table.insert(group.texts, at, text_of(queue, place_of(key)))
  group.text = nil
  queue.ranks.near = queue.ranks.near + 1
end

-- Of the groups the one whose first member behind the nearest ranks first, the one whose last of
-- the nearest ranks last, and whether the first should change places with the last.
local function compare(groups)
  local coming, first, leaving, last
  for i = 1, #groups do
    local group = groups[i]
    local next_one, near = first_in(group.rest), group.near
    if next_one then
      local rank = raised(next_one, group.claimed)
      if not coming or rank < first then
        coming, first = group, rank
      end
    end
    if near[1] then
      local rank = raised(near[#near], group.claimed)
      if not leaving or rank > last then
        leaving, last = group, rank
      end
    end
  end
  return coming, leaving, coming and leaving and first < last
end

-- The nearest are again those who rank first. All shares have been set.
function baton.find_nearest(queue)
  local ranks = queue.ranks
  for _, group in ipairs(ranks.groups) do
    group.claimed = group.gained + group.share
  end
  while true do
    local coming, leaving, change = compare(ranks.groups)
    if ranks.near < NEAR then
      come_near(queue, coming)
    elseif change then
      go_back(ranks, leaving)
    else
      return
    end
  end
end
