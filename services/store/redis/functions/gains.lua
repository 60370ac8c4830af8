-- The ledger of a queue as it is stored. Field "g" of the queue's hash: a MessagePack map from rep
-- to nano-leads owed; it keeps reps that left. While a queue has ranks, "g" is what was owed when
-- they were last written whole, field "r" who was in which of their groups then ("rep,rep,...;" for
-- each), and a hash of its own what has changed since: "=1" -> what each in group 1 has gained, and
-- rep -> "moved|group": what this one got beyond "g" and the gain of that group, 0: of none. So a
-- choice changes a field for each group that gains and one for who is chosen. Who is owed what:
-- g + moved + gain of the group.

-- rep -> number of its group.
local function groups_in(text)
  local groups, number = {}, 0
  for ids in string.gmatch(text, '([^;]*);') do
    number = number + 1
    for rep in string.gmatch(ids, '[^,]+') do
      groups[rep] = number
    end
  end
  return groups
end

local function read_moves(owed, groups, fields)
  local gains = {}
  for i = 1, #fields, 2 do
    local field, number = fields[i], tonumber(string.match(fields[i], '^=(%d+)$'))
    if number then
      gains[number] = tonumber(fields[i + 1]) or baton.refuse('a stored gain is not readable')
    else
      local moved, group = string.match(fields[i + 1], '^(-?%d+)|(%d+)$')
      if not moved then
        baton.refuse('a stored move of a ledger is not readable')
      end
      owed[field], groups[field] = (owed[field] or 0) + tonumber(moved), tonumber(group)
    end
  end
  return gains
end

-- What each rep is owed. ledger, ranked: the fields "g" and "r" of the queue, false: none.
function baton.read_owed(workspace, id, ledger, ranked)
  local owed = ledger and cmsgpack.unpack(ledger) or {}
  if ranked then
    local groups = groups_in(ranked)
    local gains = read_moves(owed, groups, redis.call('HGETALL', baton.gains_key(workspace, id)))
    for rep, number in pairs(groups) do
      owed[rep] = (owed[rep] or 0) + (gains[number] or 0)
    end
  end
  return owed
end
