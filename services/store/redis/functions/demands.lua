-- What the leads of a great queue ask of their reps: skills, and what it requires (fits.lua). Ranks
-- tell members apart by these demands alone (ranks.lua), however much else sets reps apart.
-- queue.demands: {turns, demand ...}, known as long as the queue is kept, also when its members
-- change. A demand is what a lead wants, {skills, requirement, met}, and used: the turn of its last
-- lead; crowded: to tell members apart by it made too many groups, so its leads are not ranked.

local DEMANDS_MAX, IDLE = 16, 1000 -- IDLE: so many turns later another demand may take its place

function baton.new_demands(before)
  local demands = before or {turns = 0}
  for _, demand in ipairs(demands) do
    demand.crowded = nil
  end
  return demands
end

local function find(demands, skills)
  for _, demand in ipairs(demands) do
    if demand.skills == skills then
      return demand
    end
  end
end

local function has_room(demands)
  local oldest = 1
  for i = 2, #demands do
    oldest = demands[i].used < demands[oldest].used and i or oldest
  end
  if #demands < DEMANDS_MAX then
    return true
  elseif demands.turns - demands[oldest].used < IDLE then
    return false
  end
  table.remove(demands, oldest)
  return true
end

-- What the lead asks; nil: its choice is not made among ranks. Where a demand is new, or other
-- members meet it, what was ranked is settled.
function baton.demand_of(queue, lead)
  local demands = queue.demands
  demands.turns = demands.turns + 1
  if lead.skills == '' then
    return baton.ANY_DEMAND
  end
  local demand = find(demands, lead.skills)
  if not demand then
    if not has_room(demands) then
      return nil
    end
    demand = {skills = lead.skills, requirement = lead.requirement, met = lead.met}
    demands[#demands + 1] = demand
    baton.settle(queue)
  elseif demand.met ~= lead.met then
    demand.met = lead.met -- another profile may have been added that no member has
    if queue.ranks and not baton.are_still(queue.ranks.signatures, demand) then
      baton.settle(queue)
    end
  end
  demand.used = demands.turns
  return not demand.crowded and demand or nil
end

-- There are too many groups: the last demand is told apart no more. False: there is none.
function baton.forgo_demand(demands)
  for i = #demands, 1, -1 do
    if not demands[i].crowded then
      demands[i].crowded = true
      return true
    end
  end
  return false
end
