-- When a lead is to be looked at besides its timer, for its clocks: the end of its line (lead.lua).

local PATTERN = '^|(%d+)|([01])|([%w_@/+-]*)|?(%x*)(.*)$'

-- `text`: what the line has behind the choice; '' before leads had clocks.
function baton.add_clocks(lead, text)
  lead.clock_at, lead.watched, lead.hours, lead.email, lead.extra = 0, false, '', '', ''
  if text ~= '' then
    local clock_at, watched, hours, email, extra = string.match(text, PATTERN)
    if not clock_at then
      baton.refuse('stored lead is not readable')
    end
    lead.clock_at, lead.watched = tonumber(clock_at), watched == '1'
    lead.hours, lead.email, lead.extra = hours, email, extra
  end
end

-- When something of the lead is due first, its timer or a look at its clocks; 0: nothing is.
function baton.due_of(lead)
  local due, clock = lead.due_at, lead.clock_at
  return (clock == 0 or (due ~= 0 and due < clock)) and due or clock
end
