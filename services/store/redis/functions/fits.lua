-- Who meets requirements of leads (core/requirement.h): a hash from each requirement, as it stands
-- among the skills of leads, to the profiles that meet it, separated by commas. A profile stands
-- for the attributes of a rep; a second hash has the attributes of each but NONE. Requirements can
-- be evaluated in C++ alone, which puts here what it found; everything here is true for ever, but
-- what is not here is not known, and who is not known to meet a requirement does not get the lead.
-- Of every requirement here it is known for every profile here: either is only added with what it
-- says of the others, and by who has seen the latest version of both. Fields of the first hash that
-- are no requirements: version, sweep_at, sweep_profiles_at (sizes at which unused ones go).

local SIGN, PROFILE, NONE = '?', '@%x+', '@0'

local profiles_of = baton.remembered(function(text)
  local set = {}
  for profile in string.gmatch(text, '[^,]+') do
    set[profile] = true
  end
  return set
end)

-- The requirement among skills; nil: there is none.
function baton.requirement_in(skills)
  local at = string.find(skills, SIGN, 1, true)
  return at and string.match(skills, '^[^,]*', at)
end

-- The profile among the skills of a rep; nil: it has no attributes.
function baton.profile_in(skills)
  return string.match(skills, PROFILE)
end

function baton.has_met(wants, member)
  return wants.met[member.profile or NONE]
end

-- Notes in `wants`, a lead or what a lane asks for, its requirement and which profiles meet it;
-- in call.unknown the requirements of which nobody knows.
function baton.read_fits(workspace, wants, call)
  local requirement = baton.requirement_in(wants.skills)
  wants.requirement, wants.met = requirement, nil
  if not requirement then
    return
  end
  local text = redis.call('HGET', baton.fits_key(workspace), requirement)
  wants.met = profiles_of(text or '')
  if not text then
    call.unknown = call.unknown or {}
    call.unknown[requirement] = true
  end
end

-- Adds to an answer the requirements that were not known.
function baton.add_unknown(answer, call)
  for requirement in pairs(call.unknown or {}) do
    answer[#answer + 1] = requirement
  end
  return answer
end

-- The number in a field of the hash, `otherwise` if there is none.
function baton.fits_number(fits, field, otherwise)
  local text = redis.call('HGET', fits, field)
  return text and baton.whole(text, 'a stored number', 0, baton.LIMIT.number) or otherwise
end
