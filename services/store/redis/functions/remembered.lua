-- What texts say that come again and again; each is read once and its result shared, so read only.
function baton.remembered(read)
  local known, count = {}, 0
  return function(text)
    local result = known[text or '']
    if not result then
      result = read(text or '')
      if count == 1000 then
        known, count = {}, 0
      end
      known[text], count = result, count + 1
    end
    return result
  end
end

-- A whole number as text. Most come again, and Lua's string.format takes longer than the rest of
-- what writes a lead.
baton.digits = baton.remembered(function(number)
  return string.format('%d', number)
end)
