-- Counting what plans say of a run (shadow.lua), and writing it at the end of the call.

local function add(run, field, number)
  run.counts[field] = (run.counts[field] or 0) + number
  run.written[field] = true
end

-- The lead's step of the run. Nothing here can fail.
function baton.count_shadow(run, step, lead)
  for field, number in pairs(step.counts) do
    add(run, field, number)
  end
  for kind, queue in pairs(step.queues) do
    if not run.named[queue] and run.queues >= baton.LIMIT.shadow_queues then
      queue = ''
    end
    baton.name_queue(run, kind, queue)
    add(run, kind .. ':' .. queue, 1)
  end
  if step.difference ~= '' then
    run.noted = run.noted + 1
    run.notes[lead] = {number = run.noted, text = step.difference}
    run.agreed[lead] = nil
  elseif step.agreed then
    run.notes[lead], run.agreed[lead] = nil, true
  end
end

-- A lead that is erased is noted no more.
function baton.forget_shadow(workspace, lead)
  if workspace.shadow then
    workspace.shadow.notes[lead] = nil
  end
end

local function forget(workspace, leads)
  baton.send('ZREM', baton.differing_key(workspace), leads)
  baton.send('HDEL', baton.differences_key(workspace), leads)
end

-- The oldest ones that are too many.
local function trim(workspace)
  local key = baton.differing_key(workspace)
  local excess = redis.call('ZCARD', key) - baton.LIMIT.shadow_differences
  if excess > 0 then
    forget(workspace, redis.call('ZRANGE', key, '0', string.format('%d', excess - 1)))
  end
end

-- workspace: as in reads.lua.
function baton.write_shadow(workspace)
  local run, fields = workspace.shadow, {}
  if not run then
    return
  end
  for field in pairs(run.written) do
    fields[#fields + 1], fields[#fields + 2] = field, string.format('%d', run.counts[field])
  end
  local places, texts, agreed = {}, {}, {}
  for lead, note in pairs(run.notes) do
    places[#places + 1], places[#places + 2] = string.format('%d', note.number), lead
    texts[#texts + 1], texts[#texts + 2] = lead, note.text
  end
  for lead in pairs(run.agreed) do
    agreed[#agreed + 1] = lead
  end
  if #places > 0 then
    fields[#fields + 1], fields[#fields + 2] = 'noted', string.format('%d', run.noted)
  end
  baton.send('HSET', baton.shadow_key(workspace.key), fields)
  forget(workspace.key, agreed)
  baton.send('ZADD', baton.differing_key(workspace.key), places)
  baton.send('HSET', baton.differences_key(workspace.key), texts)
  trim(workspace.key)
end
