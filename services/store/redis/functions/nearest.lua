-- The members of a great queue who are nearest to getting a lead, in the order of
-- core/candidate_pool.h: as many as a lead keeps candidates, of each group of a view (views.lua)
-- the first ones. From choice to choice they hardly change.

local NEAR = baton.LIMIT.candidates

-- Of the groups the one whose first member behind the nearest ranks first, the one whose last of
-- the nearest ranks last, and whether these should change places.
local function compare(entries)
  local coming, first, leaving, last
  for _, entry in ipairs(entries) do
    local front, near, lift = entry.group.front, entry.near, entry.lift
    local next_one, last_one = front[near + 1], front[near]
    if next_one and (not first or next_one - lift < first) then
      coming, first = entry, next_one - lift
    end
    if last_one and (not last or last_one - lift > last) then
      leaving, last = entry, last_one - lift
    end
  end
  return coming, leaving, coming and leaving and first < last
end

-- Of the entries' members those who rank first, `wanted` of them, are their nearest again.
local function find(entries, wanted)
  local near = 0
  for _, entry in ipairs(entries) do
    entry.near = wanted > 0 and math.min(entry.near, #entry.group.front) or 0
    near = near + entry.near
  end
  while wanted > 0 do
    local coming, leaving, change = compare(entries)
    if near == wanted and not change then
      return
    end
    if near <= wanted then
      coming.near, near = coming.near + 1, near + 1
    end
    if near > wanted then
      leaving.near, near = leaving.near - 1, near - 1
    end
  end
end

-- Shares have been handed out.
function baton.find_nearest(view)
  local sharers = math.min(view.able, NEAR)
  find(view.sharing, sharers)
  find(view.others, NEAR - sharers)
end

-- The member at `place`, who has a share, is kept with the nearest NEAR - 1. Returns its group's
-- entry if it is none of the nearest, the last of whom makes room then.
function baton.keep_beside(ranks, view, place)
  local group, key, own = ranks.of[place], baton.key_of(ranks.base[place], place), nil
  for _, entry in ipairs(view.sharing) do
    own = entry.group == group and entry or own
  end
  if own.near > 0 and key <= group.front[own.near] then
    return nil
  end
  local _, leaving = compare(view.sharing)
  leaving.near = leaving.near - 1
  return own
end
