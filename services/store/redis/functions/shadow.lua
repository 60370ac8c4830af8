-- The run of a draft that is judged beside the active revision (ShadowStore). The workspace's field
-- "shadow" says that one lasts: "run|revision|fingerprint". What it counts is in a hash of its own:
-- run, revision, name (escaped), hash (fingerprint), by and at (who started it when), beside (the
-- revision active then), ended ("at|why|principal"), "c:<word>" for each count, "a:<queue>" and
-- "s:<queue>" for the MQLs of a queue by the active revision and by the draft, and noted (the last
-- number given to a difference). Differences are a hash lead -> ShadowDifference, and a sorted set
-- says which are the latest.
-- A step of a run rides on a plan and never stands in its way: of a run that has ended, or whose
-- keys cannot be read, nothing is counted.

local WORD = '^(%d+)|(%d+)|(%x*)$'
local STEP = '^(%d+)|([%w_-]*)|([%w_-]*)|([01])|([%w=,-]*)\n()'

-- The run that lasts: its number and the draft's; nil: there is none.
function baton.running_shadow(workspace)
  local text = redis.call('HGET', workspace, 'shadow')
  if not text then
    return nil
  end
  local run, revision = string.match(text, WORD)
  if not run then
    baton.refuse('stored shadow is not readable')
  end
  return {run = run, revision = tonumber(revision)}
end

-- Ends the run that lasts. why: "stopped" ...; now: text. Cannot fail.
function baton.write_shadow_end(workspace, why, now, principal)
  local key = baton.shadow_key(workspace)
  local readable = type(redis.pcall('HLEN', key)) == 'number'
  redis.call('HDEL', workspace, 'shadow')
  if readable then
    redis.call('HSET', key, 'ended', string.format('%s|%s|%s', now, why, principal))
  end
end

-- What a plan says of the run (ShadowStep), nil: nothing. `text`: "run|active queue|shadow queue|
-- agreed|counts", as "leads=1,gained=1", end of line, difference.
function baton.read_shadow_step(text)
  if text == '' then
    return nil
  end
  local run, active, shadow, agreed, counts, start = string.match(text or '', STEP)
  if not run or #active > 64 or #shadow > 64 then
    baton.refuse('shadow of a plan is not readable')
  end
  local step = {run = run, queues = {}, agreed = agreed == '1', counts = {},
    difference = string.sub(text, start)}
  for word, number in string.gmatch(counts, '(%l+)=(-?1)') do
    baton.one_of(word, baton.SHADOW_COUNT, 'count')
    step.counts['c:' .. word] = tonumber(number)
  end
  step.queues.a, step.queues.s = active ~= '' and active or nil, shadow ~= '' and shadow or nil
  return step
end

-- Remembers that a queue is counted by its name.
function baton.name_queue(run, kind, queue)
  if kind ~= 'c' and not run.named[queue] then
    run.named[queue], run.queues = true, run.queues + 1
  end
end

-- The run's hash as counts by field; false: it cannot be read, or has ended.
local function read_run(key)
  local stored = redis.pcall('HGETALL', baton.shadow_key(key))
  if stored.err or type(redis.pcall('ZCARD', baton.differing_key(key))) ~= 'number' or
      type(redis.pcall('HLEN', baton.differences_key(key))) ~= 'number' then
    return false
  end
  local run = {counts = {}, named = {}, queues = 0, noted = 0, written = {}, notes = {},
    agreed = {}}
  for i = 1, #stored, 2 do
    local field, value = stored[i], stored[i + 1]
    local kind, name = string.match(field, '^([acs]):(.*)$')
    local number = string.find(value, '^-?%d+$') and tonumber(value)
    if field == 'run' then
      run.run = value
    elseif field == 'ended' or ((kind or field == 'noted') and not number) then
      return false
    elseif kind then
      run.counts[field] = number
      baton.name_queue(run, kind, name)
    elseif field == 'noted' then
      run.noted = number
    end
  end
  return run
end

-- The run that lasts, if it is the step's; read once in a call.
function baton.shadow_of(workspace, step)
  if not step then
    return nil
  elseif workspace.shadow == nil then
    workspace.shadow = read_run(workspace.key)
  end
  return workspace.shadow and workspace.shadow.run == step.run and workspace.shadow or nil
end
