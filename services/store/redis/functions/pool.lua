-- What a lead keeps of a choice (core/candidate_pool.h), MessagePack: the candidates, of more than
-- KEPT the nearest ones and as last item {sum of all shares, reason, number of all with it, ...}.

local KEPT, ITEMS, REASON = baton.LIMIT.candidates, 6, baton.REASON

-- Puts `at` in its place among the nearest ones seen so far. claims: in the order of `places`.
local function insert(places, claims, at, claim)
  local low, high = 1, #places + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if claim > claims[middle] then
      high = middle
    else
      low = middle + 1
    end
  end
  table.insert(places, low, at)
  table.insert(claims, low, claim)
end

-- Adds the `wanted` ones with the greatest claims, of those with a share or of those without, but
-- not the one at `chosen`.
local function add_nearest(list, candidates, wanted, with_share, chosen)
  local places, claims, least = {}, {}, nil
  for at = 1, #candidates, ITEMS do
    local share = candidates[at + 3]
    if (share ~= 0) == with_share and at ~= chosen then
      local claim = candidates[at + 2] + share
      if not least or claim > least then -- at a tie the first ones stay
        insert(places, claims, at, claim)
        places[wanted + 1], claims[wanted + 1] = nil, nil
        least = claims[wanted]
      end
    end
  end
  for i = 1, #places do
    list[#list + 1] = places[i]
  end
end

-- The places of the nearest KEPT, in their order; all: {sum of the shares, reason, number, ...}.
local function nearest(candidates)
  local counts, paid, places, chosen = {}, 0, {}, nil
  for at = 1, #candidates, ITEMS do
    local reason = candidates[at + 1]
    counts[reason] = (counts[reason] or 0) + 1
    paid = paid + candidates[at + 3]
    chosen = reason == REASON.chosen and at or chosen
  end
  places[1] = chosen
  add_nearest(places, candidates, KEPT - #places, true, chosen)
  if #places < KEPT then
    add_nearest(places, candidates, KEPT - #places, false, chosen)
  end
  table.sort(places)
  local all = {paid}
  for reason, count in pairs(counts) do
    all[#all + 1], all[#all + 2] = reason, count
  end
  return places, all
end

-- `candidates`: of all members, or pieces of what is packed already (ranked_pool.lua), which have
-- a size and are returned as they are.
function baton.pack_pool(candidates)
  if candidates.size or #candidates <= KEPT * ITEMS then
    return candidates.size and candidates or cmsgpack.pack(candidates)
  end
  local places, all = nearest(candidates)
  local list = {}
  for _, at in ipairs(places) do
    for item = at, at + ITEMS - 1 do
      list[#list + 1] = candidates[item]
    end
  end
  list[#list + 1] = all
  return cmsgpack.pack(list)
end

-- The candidates kept, and the sum of all shares if they are not all.
function baton.unpack_pool(blob)
  if baton.is_ranked_pool(blob) then
    return baton.unpack_ranked(blob)
  end
  local list = blob ~= '' and cmsgpack.unpack(blob) or {}
  if type(list[#list]) == 'table' then
    return list, table.remove(list)[1]
  end
  return list
end

-- What each of those kept who had a share gives back beyond it; see core::RefundLedger.
function baton.more_of(list, paid)
  local kept, sharers = 0, 0
  for at = 1, #list, ITEMS do
    kept = kept + list[at + 3]
    sharers = sharers + (list[at + 3] ~= 0 and 1 or 0)
  end
  return paid and sharers > 0 and math.floor((paid - kept) / sharers) or 0
end
