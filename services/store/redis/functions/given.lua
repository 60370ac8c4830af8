-- How many leads reps with a daily cap were given in their day. `call`: see at_work.lua.

-- Changes while the call goes on.
function baton.given_of(workspace, call, rep, day)
  local given = call.given[rep]
  if not given then
    local text = redis.call('HGET', baton.given_key(workspace), rep)
    local at, count = string.match(text or '', '^(%d+)|(%d+)$')
    if text and not at then
      baton.refuse('stored count of a day is not readable')
    end
    given = {day = day, count = tonumber(at) == day and tonumber(count) or 0}
    call.given[rep] = given
  end
  return given
end

-- One lead more for a rep of the call.
function baton.count_given(call, rep)
  local given = call.given[rep]
  if given then
    given.count, given.changed = given.count + 1, true
  end
end

function baton.write_given(workspace, call)
  for rep, given in pairs(call.given) do
    if given.changed then
      redis.call('HSET', baton.given_key(workspace), rep,
        string.format('%d|%d', given.day, given.count))
    end
  end
end
