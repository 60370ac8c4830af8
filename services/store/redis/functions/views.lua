-- A great queue as leads with one demand see it (demands.lua): which groups of its ranks share in
-- such a lead, and who of all is nearest to getting it (nearest.lua).
-- queue.ranks.views: bit of a demand -> {known: how many groups it has looked at, sharing,
-- others}, the latter lists of {group, reason: of its members, near: how many of its first ones
-- are among the nearest, share, lift: see rank_keys.lua, by its gain and share}.

local REASON, NANO_PER_LEAD = baton.REASON, 1e9

-- Groups without a signature have a reason that stands before missing_skill.
local function reason_in(group, demand)
  local lacks = group.signature > 0 and not baton.meets(group.signature, demand)
  return lacks and REASON.missing_skill or group.reason
end

function baton.view_of(ranks, demand)
  local view = ranks.views[demand.bit]
  if not view then
    view = {known = 0, sharing = {}, others = {}}
    ranks.views[demand.bit] = view
  end
  for i = view.known + 1, #ranks.groups do
    local group = ranks.groups[i]
    local reason = reason_in(group, demand)
    local list = reason == REASON.fairness and view.sharing or view.others
    list[#list + 1] = {group = group, reason = reason, near = 0, share = 0}
  end
  view.known = #ranks.groups
  return view
end

-- Hands out the shares of a lead. view.able, weights, paid: how many have one, and the sums.
function baton.share_out(view)
  local able, weights, paid = 0, 0, 0
  for _, entry in ipairs(view.sharing) do
    local group = entry.group
    able, weights = able + group.size, weights + group.size * group.weight
  end
  for _, entry in ipairs(view.sharing) do
    local group = entry.group
    entry.share = group.size > 0 and math.floor(NANO_PER_LEAD * group.weight / weights) or 0
    entry.lift, paid = baton.lift_of(group.gained + entry.share), paid + group.size * entry.share
  end
  for _, entry in ipairs(view.others) do
    entry.lift = baton.lift_of(entry.group.gained)
  end
  view.able, view.weights, view.paid = able, weights, paid
end

-- Those who have a share gain it. False: a group's gain cannot be ranked any more (rank_keys.lua).
function baton.gain_shares(view)
  local fits = true
  for _, entry in ipairs(view.sharing) do
    local group = entry.group
    group.gained = group.gained + entry.share
    fits = fits and baton.is_amount(group.gained)
  end
  return fits
end
