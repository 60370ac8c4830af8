-- One step of one lead. A function collects in it what writes.lua will write; nothing is written
-- before all that could fail is read.

local digits = baton.digits

-- keys: {lead, journey, workspace}; names: {workspace, lead}; before: the lead as stored. Stops the
-- call if the workspace's timers are none that can be written. (A table that has to grow is made
-- anew each time: what most steps have finds room from the start.)
function baton.new_step(keys, names, shard, before, lead)
  baton.check_timers(shard, keys[3])
  return {
    lead_key = keys[1], journey_key = keys[2], workspace_key = keys[3],
    workspace = names[1], id = names[2], shard = shard, before = before, lead = lead,
    entries = {nil, nil, nil, nil}, journey = {nil, nil, nil, nil}, line = nil, mark = nil,
    past = nil, waits_turn = nil, new_in = nil, joined_rep = nil, left_rep = nil,
  }
end

-- Publishes a change under the lead's next version. `what`: "type|stage|queue|rep|generation";
-- `details`: ChangeDetails; `due`: until when the offer stands, 0: none.
-- An outbox entry is one text: "workspace|lead|epoch|due|cycle|traceparent|size of the details|
-- version|at|type|stage|queue|rep|generation", end of line, details, origin and scores.
function baton.publish(step, what, details, due)
  local lead, shard = step.lead, step.shard
  lead.version = lead.version + 1
  shard.sequence = shard.sequence + 1
  local change = digits(lead.version) .. '|' .. digits(shard.now) .. '|' .. what .. '\n' .. details
  local journey, entries = step.journey, step.entries
  local at = #entries
  journey[#journey + 1] = 'C' .. change
  entries[at + 1] = string.format('%d-0', shard.sequence)
  entries[at + 2] = step.workspace .. '|' .. step.id .. '|' .. digits(shard.epoch) ..
    '|' .. digits(due) .. '|' .. digits(lead.cycle) .. '|' .. lead.traceparent ..
    '|' .. digits(#details) .. '|' .. change .. lead.origin .. lead.scores
end

-- A key of a wrong type stops the call here, before its first write. (Whoever made the step has
-- read the lead.)
function baton.check_journey(step)
  redis.call('LLEN', step.journey_key)
end

-- The step is complete: returns the lead's line as it will be stored.
function baton.finish(step)
  if step.lead.stage ~= baton.STAGE.ERASED then
    step.lead.journeyed = step.lead.journeyed + #step.journey
  end
  step.line = baton.format_line(step.lead)
  return step.line
end
