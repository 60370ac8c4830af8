-- put_hours: what the calendars of reps say of the next days (RosterStore::PutHours).
-- KEYS: 1 workspace, 2 hours (hash: name -> text, see work.lua)
-- ARGV: 1 policy revision that must be active (-1: any), 2 only these (0 or 1), then name and text
--       for each
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.mismatch, active revision},
--          {OUTCOME.full, names there are}
-- Idempotency: a repetition writes the same.

local OUTCOME = baton.OUTCOME

local function check(args)
  for i = 3, #args, 2 do
    if #args[i] > 130 or not string.find(args[i], '^[%w_@/+-]+$') then
      baton.refuse('name of hours is not readable')
    elseif not args[i + 1] or not string.find(args[i + 1], '^[%d,]*|[%d,-]*%l*$') then
      baton.refuse('hours are not readable')
    end
  end
end

-- How many names there will be.
local function count(key, args, only_these)
  local names, seen = only_these and 0 or redis.call('HLEN', key), {}
  for i = 3, #args, 2 do
    local is_new = only_these or not redis.call('HGET', key, args[i])
    names = names + (is_new and not seen[args[i]] and 1 or 0)
    seen[args[i]] = true
  end
  return names
end

local function put_hours(keys, args)
  baton.expect_count(keys, 2, 'keys')
  local expected = baton.whole(args[1], 'revision', -1, baton.LIMIT.number)
  local only_these = baton.whole(args[2], 'only these', 0, 1) == 1
  check(args)
  local policy = redis.call('HGET', keys[1], 'policy')
  if not policy then
    return {OUTCOME.no_workspace}
  end
  local active = baton.whole(policy, 'stored revision', 0, baton.LIMIT.number)
  if expected ~= -1 and expected ~= active then
    return {OUTCOME.mismatch, active}
  end
  local names = redis.call('HLEN', keys[2])
  if count(keys[2], args, only_these) > baton.LIMIT.hours then
    return {OUTCOME.full, names}
  end
  if only_these then
    redis.call('DEL', keys[2])
  end
  for i = 3, #args, 2 do
    redis.call('HSET', keys[2], args[i], args[i + 1])
  end
  return {OUTCOME.done}
end

baton.register('put_hours', put_hours)
