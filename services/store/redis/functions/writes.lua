-- Writing the steps of a call, at its end. First the outbox, because XADD is the only write that
-- could be refused (by an id that is not above the last one) and the first of a call then still
-- leaves everything as it was. What several steps change in one key goes there together.

local ERASED = baton.STAGE.ERASED

local function write_entries(outbox, step)
  local entries = step.entries
  for i = 1, #entries, 2 do
    redis.call('XADD', outbox, entries[i], 'e', entries[i + 1])
  end
end

local function write_journey(step)
  local kept = baton.LIMIT.journey
  baton.send('RPUSH', step.journey_key, step.journey)
  if step.lead.journeyed > kept then
    redis.call('LTRIM', step.journey_key, string.format('%d', -kept), '-1')
  end
end

-- The lead as stored (lead.lua).
local function text_of(line, l)
  local pieces = l.candidates
  if type(pieces) == 'string' then
    return line .. '\n' .. pieces .. l.origin .. l.scores .. l.facts .. l.judgment .. l.rest
  end
  local texts, at = {line, '\n', unpack(pieces)}, #pieces + 2
  texts[at + 1], texts[at + 2], texts[at + 3] = l.origin, l.scores, l.facts
  texts[at + 4], texts[at + 5] = l.judgment, l.rest
  return table.concat(texts)
end

local function write_lead(step)
  local text = text_of(step.line, step.lead)
  if step.lead.stage == ERASED then
    return baton.write_remains(step, text)
  elseif step.before.stage == ERASED then
    baton.write_return(step)
  end
  redis.call('SET', step.lead_key, text)
  write_journey(step)
end

-- timers: of the shard; steps: complete, of different leads.
function baton.write_steps(outbox, timers, steps)
  local moves = {timed = {}, added = {}, removed = {}, backlogs = {}}
  for _, step in ipairs(steps) do
    write_entries(outbox, step)
  end
  for _, step in ipairs(steps) do
    write_lead(step)
    if step.past then
      baton.write_past(step.past)
    end
    baton.gather(moves, step)
  end
  baton.send_all('ZREM', moves.removed)
  baton.send_all('ZADD', moves.added)
  baton.write_places(timers, moves.timed)
  baton.write_backlogs(moves.backlogs)
end
