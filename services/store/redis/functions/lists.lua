-- Arguments of commands, gathered by key, so that what many leads change in one key is one
-- command.

local SLICE = 500 -- arguments of one command, far below what Lua can unpack; even

-- The items of `list` at `from` to `to`, as a list.
function baton.slice(list, from, to)
  if to - from < SLICE then
    return {unpack(list, from, to)}
  end
  local slice = {}
  for i = from, to do
    slice[#slice + 1] = list[i]
  end
  return slice
end

function baton.list_of(lists, key)
  local list = lists[key]
  if not list then
    list = {}
    lists[key] = list
  end
  return list
end

function baton.send(command, key, list)
  for from = 1, #list, SLICE do
    redis.call(command, key, unpack(list, from, math.min(from + SLICE - 1, #list)))
  end
end

function baton.send_all(command, lists)
  for key, list in pairs(lists) do
    baton.send(command, key, list)
  end
end
