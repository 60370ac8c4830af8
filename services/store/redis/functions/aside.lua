-- Members of a great queue who passed a lead: while its rep is chosen they are ranked as such
-- (ranks.lua), and they have no share in it.

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

-- Rep -> the share of its group (views.lua), of those who had stepped aside for the choice.
function baton.forgone_by(queue, choice)
  local shares = {}
  for _, place in ipairs(choice.aside) do
    for _, entry in ipairs(choice.view.sharing) do
      if entry.group == queue.ranks.of[place] then
        shares[queue.members[place].rep] = entry.share
      end
    end
  end
  return shares
end
