-- Changing the text of a queue's members (members.lua) without reading it all. Whoever writes it
-- gives it another mark, field "v": who knows members with a mark need not read them again.

local ROW_MIN = #'a|1|0|away|' -- no row is shorter, even without the separator

function baton.write_members(queue_key, text)
  redis.call('HSET', queue_key, 'm', text, 'v', baton.new_mark())
end

-- Start and rep of the first row that begins at `position` or behind it; nil if there is none.
local function row_from(text, position)
  local start = 1
  if position > 1 then
    local separator = string.find(text, ';', position - 1, true)
    start = separator and separator + 1
  end
  return start, start and string.match(text, '^[%w_-]+', start)
end

-- Start and rep of the first row that does not come before that of `rep`; nil if there is none.
local function place_of(text, rep)
  local low, high = 1, #text + 1
  while low < high do -- find the first position behind which no row comes before `rep`
    local middle = math.floor((low + high) / 2)
    local _, found = row_from(text, middle)
    if found and baton.is_before(found, rep) then
      low = middle + 1
    else
      high = middle
    end
  end
  return row_from(text, low)
end

-- Whether another rep finds no room, and how many there are then.
function baton.is_full(text, rep)
  local most, _, found = baton.LIMIT.reps_per_queue, place_of(text, rep)
  if found == rep or #text < most * ROW_MIN then
    return false
  end
  local _, separators = string.gsub(text, ';', ';')
  return separators + 1 >= most, separators + 1
end

-- The text with the row of `rep` replaced by `row`, or without it if `row` is nil.
function baton.replace_member(text, rep, row)
  local start, found = place_of(text, rep)
  local rows = {}
  if found then
    rows[1] = start > 1 and string.sub(text, 1, start - 2) or nil
    rows[#rows + 1] = row
    local rest = start
    if found == rep then
      rest = (string.find(text, ';', start, true) or #text) + 1
    end
    rows[#rows + 1] = rest <= #text and string.sub(text, rest) or nil
  else
    rows[1] = text ~= '' and text or nil
    rows[#rows + 1] = row
  end
  return table.concat(rows, ';')
end
