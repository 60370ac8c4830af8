-- A lead: one string, so that it costs one key and one write: a line of text, items separated by
-- "|": 1 (format), revision, version, stage, cycle, queue, rep, generation, queued_at, offered_at,
-- due_at, timer, priority, accepted_at, journeyed, passed, skills, traceparent, and the sizes of
-- the six blobs that follow the line (record.proto) and pass through functions unread: candidates,
-- origin, scores, facts, judgment, rest; then (since leads have owners) owners, owners_only,
-- wait_until, chosen_by; and (since decisions are recorded) the choice: "policy revision,at,
-- weights,basis,tie", empty for none; and (since leads have clocks) clock_at, watched (0 or 1: it
-- has clocks) and hours (of the owner, HoursName); and (since people can be erased) email (keyed
-- hash of its e-mail address, or ''). What a later release appends is kept.

local PATTERN = '^1|(%d+)|(%d+)|(%u+)|(%d+)|([%w_-]*)|([%w_-]*)|(%d+)|(%d+)|(%d+)|(%d+)|' ..
  '([%l_]+)|(%d+)|(%d+)|(%d+)|([^|]*)|([^|]*)|([^|]*)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)' ..
  '([^\n]*)\n()'
local WAITING = '^|([%w_,-]*)|([01])|(%d+)|([%l_]+)|?([%w_,]*)(.*)$'
local digits = baton.digits

-- A lead that does not exist yet: read only.
local NOBODY = {
  revision = 0, version = 0, stage = baton.STAGE.NEW, cycle = 0, queue = '', rep = '',
  generation = 0, queued_at = 0, offered_at = 0, due_at = 0, timer = baton.TIMER.none,
  priority = 0, accepted_at = 0, journeyed = 0, passed = '', skills = '', traceparent = '',
  owners = '', owners_only = false, wait_until = 0, chosen_by = baton.BASIS.none, choice = '',
  clock_at = 0, watched = false, hours = '', email = '', extra = '', candidates = '', origin = '',
  scores = '', facts = '', judgment = '', rest = '',
}

-- Cuts the blobs, whose sizes are given in their order, out of `text` from `start` on.
local function cut(lead, text, start, sizes)
  local names = {'candidates', 'origin', 'scores', 'facts', 'judgment', 'rest'}
  for i = 1, 6 do
    local stop = start + tonumber(sizes[i])
    lead[names[i]] = string.sub(text, start, stop - 1)
    start = stop
  end
  if start ~= #text + 1 then
    baton.refuse('stored lead has a wrong size')
  end
end

-- What the line has behind the sizes.
local function add_waiting(lead, text)
  if text == '' then
    lead.owners, lead.owners_only, lead.wait_until = '', false, 0
    lead.chosen_by, lead.choice = baton.BASIS.none, ''
    return baton.add_clocks(lead, '')
  end
  local owners, only, wait_until, chosen_by, choice, extra = string.match(text, WAITING)
  if not owners then
    baton.refuse('stored lead is not readable')
  end
  lead.owners, lead.owners_only, lead.wait_until = owners, only == '1', tonumber(wait_until)
  lead.chosen_by, lead.choice = chosen_by, choice
  return baton.add_clocks(lead, extra)
end

-- `text`: as stored, or false for a lead that does not exist, which is read only.
function baton.parse_lead(text)
  if not text then
    return NOBODY
  end
  local revision, version, stage, cycle, queue, rep, generation, queued_at, offered_at, due_at,
    timer, priority, accepted_at, journeyed, passed, skills, traceparent, candidates, origin,
    scores, facts, judgment, rest, extra, start = string.match(text, PATTERN)
  if not revision then
    baton.refuse('stored lead is not readable')
  end
  local lead = {
    revision = tonumber(revision), version = tonumber(version), stage = stage,
    cycle = tonumber(cycle), queue = queue, rep = rep, generation = tonumber(generation),
    queued_at = tonumber(queued_at), offered_at = tonumber(offered_at),
    due_at = tonumber(due_at), timer = timer, priority = tonumber(priority),
    accepted_at = tonumber(accepted_at), journeyed = tonumber(journeyed), passed = passed,
    skills = skills, traceparent = traceparent,
  }
  add_waiting(lead, extra)
  cut(lead, text, start, {candidates, origin, scores, facts, judgment, rest})
  return lead
end

-- The line of a lead, without its end. The candidates may be pieces (texts.lua).
function baton.format_line(lead)
  return '1|' .. digits(lead.revision) .. '|' .. digits(lead.version) .. '|' .. lead.stage ..
    '|' .. digits(lead.cycle) .. '|' .. lead.queue .. '|' .. lead.rep ..
    '|' .. digits(lead.generation) .. '|' .. digits(lead.queued_at) ..
    '|' .. digits(lead.offered_at) .. '|' .. digits(lead.due_at) .. '|' .. lead.timer ..
    '|' .. digits(lead.priority) .. '|' .. digits(lead.accepted_at) ..
    '|' .. digits(lead.journeyed) .. '|' .. lead.passed .. '|' .. lead.skills ..
    '|' .. lead.traceparent .. '|' .. digits(baton.size_of(lead.candidates)) ..
    '|' .. digits(#lead.origin) .. '|' .. digits(#lead.scores) .. '|' .. digits(#lead.facts) ..
    '|' .. digits(#lead.judgment) .. '|' .. digits(#lead.rest) .. '|' .. lead.owners ..
    (lead.owners_only and '|1|' or '|0|') .. digits(lead.wait_until) .. '|' .. lead.chosen_by ..
    '|' .. lead.choice .. '|' .. digits(lead.clock_at) .. (lead.watched and '|1|' or '|0|') ..
    lead.hours .. '|' .. lead.email .. lead.extra
end
