-- Checks of arguments and of what is stored. All run before a function's first write: an error
-- that Redis meets later would leave the writes before it in place.

function baton.refuse(what)
  error({err = 'BATONREFUSED ' .. what})
end

-- The whole number in `text`, between `low` and `high`. Numbers stay below 2^53, so exact.
function baton.whole(text, what, low, high)
  local number = text and string.find(text, '^-?%d+$') and tonumber(text)
  if not number or number < low or number > high then
    baton.refuse(what .. ' is not a whole number in range')
  end
  return number
end

-- An id as core/ids.h allows it: nothing else may become part of a key.
function baton.id(text, what)
  if not text or #text > 64 or not string.find(text, '^[%w_-]+$') then
    baton.refuse(what .. ' is not an id')
  end
  return text
end

-- `text` if it is a key of `names`.
function baton.one_of(text, names, what)
  if not text or names[text] == nil then
    baton.refuse(what .. ' is unknown')
  end
  return text
end

function baton.expect_count(list, expected, what)
  if #list ~= expected then
    baton.refuse('wrong number of ' .. what)
  end
end

-- Byte order of ids, as in sorted sets and in C++; Lua's own "<" follows the server's locale.
function baton.is_before(one, other)
  for i = 1, math.min(#one, #other) do
    local mine, theirs = string.byte(one, i), string.byte(other, i)
    if mine ~= theirs then
      return mine < theirs
    end
  end
  return #one < #other
end
