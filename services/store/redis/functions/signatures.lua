-- Which demands the members of a great queue meet (demands.lua): a number, one bit for each demand.
-- Members with the same skills and profile have the same, so it is found out once for all of them.
-- ranks.signatures: skills of a member -> {signature, member}.

-- What leads ask that want nothing: every signature has its bit.
baton.ANY_DEMAND = {bit = 1}

-- Numbers the demands; nobody's signature is known yet.
function baton.new_signatures(demands)
  for i, demand in ipairs(demands) do
    demand.bit = 2 ^ i
  end
  return {}
end

local function sign(demands, member)
  local signature = baton.ANY_DEMAND.bit
  for _, demand in ipairs(demands) do
    if not demand.crowded and baton.has_skills(member, demand) then
      signature = signature + demand.bit
    end
  end
  return signature
end

function baton.signature_of(signatures, demands, member)
  local known = signatures[member.skills]
  if not known then
    known = {sign(demands, member), member}
    signatures[member.skills] = known
  end
  return known[1]
end

function baton.meets(signature, demand)
  return math.floor(signature / demand.bit) % 2 == 1
end

-- Whether the signatures still say who meets the demand.
function baton.are_still(signatures, demand)
  for _, known in pairs(signatures) do
    local meets = not demand.crowded and baton.has_skills(known[2], demand)
    if baton.meets(known[1], demand) ~= meets then
      return false
    end
  end
  return true
end
