-- One step of one lead. A function collects in it what it will write; nothing is written before
-- all steps of the call are complete. Order of writing: first the outbox, because XADD is the only
-- write that could be refused (by an id that is not above the last one) and the first of a call
-- then still leaves everything as it was.

-- keys: {lead, journey, workspace}; names: {workspace, lead}; before: the lead as stored.
function baton.new_step(keys, names, shard, before, lead)
  return {
    lead_key = keys[1], journey_key = keys[2], workspace_key = keys[3],
    workspace = names[1], id = names[2], shard = shard, before = before, lead = lead,
    entries = {}, journey = {}, fields = {},
  }
end

-- Publishes a change under the lead's next version. `what`: "type|stage|queue|rep|generation";
-- `details`: ChangeDetails; `due`: until when the offer stands, 0: none.
function baton.publish(step, what, details, due)
  local lead, shard = step.lead, step.shard
  lead.version = lead.version + 1
  shard.sequence = shard.sequence + 1
  local body = string.format('%d|%d|%s', lead.version, shard.now, what)
  step.entries[#step.entries + 1] = {
    string.format('%d-0', shard.sequence),
    string.format('%s|%s|%d|%d|%d', step.workspace, step.id, shard.epoch, due, lead.cycle),
    body, details,
  }
  step.journey[#step.journey + 1] = 'C' .. body .. '\n' .. details
end

-- Reads each key once that write_step writes to: a key of a wrong type is found here. Also counts
-- the journey. Call it when the step is complete.
function baton.check_step(step)
  if #step.journey > 0 then
    redis.call('LLEN', step.journey_key)
    step.lead.journeyed = step.lead.journeyed + #step.journey
  end
end

-- outbox: key; origin, scores: blobs that go with each entry.
function baton.write_entries(outbox, step, origin, scores)
  for _, entry in ipairs(step.entries) do
    redis.call('XADD', outbox, entry[1], 'h', entry[2], 'b', entry[3], 'd', entry[4],
      's', origin, 'j', scores, 't', step.lead.traceparent)
  end
end

local SLICE = 500 -- arguments of one call, far below what Lua can unpack

local function write_journey(step)
  local lines, kept = step.journey, baton.LIMIT.journey
  for from = 1, #lines, SLICE do
    redis.call('RPUSH', step.journey_key, unpack(lines, from, math.min(from + SLICE - 1, #lines)))
  end
  if step.lead.journeyed > kept then
    redis.call('LTRIM', step.journey_key, string.format('%d', -kept), '-1')
  end
end

-- Writes the lead with `step.fields` (flat list of further fields and values) and its journey.
function baton.write_lead(step)
  local text = baton.format_lead(step.lead)
  redis.call('HSET', step.lead_key, 'h', text, unpack(step.fields))
  if #step.journey > 0 then
    write_journey(step)
  end
  return text
end
