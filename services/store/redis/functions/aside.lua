-- Members of a great queue who passed a lead: while its rep is chosen and pays they are ranked as
-- such (ranks.lua).

local NOBODY = {}

-- Returns their places.
function baton.step_aside(queue, passed)
  if passed == '' then
    return NOBODY
  end
  local aside = {}
  for rep in string.gmatch(passed, '[^,]+') do
    local place = queue.ranks and queue.places[rep]
    if place then
      aside[#aside + 1] = place
      baton.move_in_ranks(queue, place, 0, baton.REASON.passed)
    end
  end
  return aside
end

function baton.come_back(queue, aside)
  for _, place in ipairs(aside) do
    if queue.ranks then
      local member = queue.members[place]
      baton.move_in_ranks(queue, place, 0,
        baton.eligibility(member, queue.open[member.rep], nil))
    end
  end
end
