-- A lead: one string, so that it costs one key and one write: a line of text, items separated by
-- "|": 1 (format), revision, version, stage, cycle, queue, rep, generation, queued_at, offered_at,
-- due_at, timer, priority, accepted_at, journeyed, passed, skills, traceparent, and the sizes of
-- the six blobs that follow the line (record.proto) and pass through functions unread: candidates,
-- origin, scores, facts, judgment, rest. What a later release appends to the line is kept.

local DUE = '^1|%d+|%d+|%u+|%d+|[%w_-]*|[%w_-]*|%d+|%d+|%d+|(%d+)|'
local PATTERN = '^1|(%d+)|(%d+)|(%u+)|(%d+)|([%w_-]*)|([%w_-]*)|(%d+)|(%d+)|(%d+)|(%d+)|' ..
  '([%l_]+)|(%d+)|(%d+)|(%d+)|([^|]*)|([^|]*)|([^|]*)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)' ..
  '([^\n]*)\n()'
local FORMAT = '1|%d|%d|%s|%d|%s|%s|%d|%d|%d|%d|%s|%d|%d|%d|%s|%s|%s|%d|%d|%d|%d|%d|%d%s'

-- A lead that does not exist yet: read only.
local NOBODY = {
  revision = 0, version = 0, stage = baton.STAGE.NEW, cycle = 0, queue = '', rep = '',
  generation = 0, queued_at = 0, offered_at = 0, due_at = 0, timer = baton.TIMER.none,
  priority = 0, accepted_at = 0, journeyed = 0, passed = '', skills = '', traceparent = '',
  extra = '', candidates = '', origin = '', scores = '', facts = '', judgment = '', rest = '',
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
    skills = skills, traceparent = traceparent, extra = extra,
  }
  cut(lead, text, start, {candidates, origin, scores, facts, judgment, rest})
  return lead
end

local FIVE = '[^|]*|[^|]*|[^|]*|[^|]*|[^|]*|'
local WANTS = '^1|' .. FIVE .. FIVE .. '[^|]*|[^|]*|[^|]*|[^|]*|([^|]*)|([^|]*)|'

-- What a choice asks of a stored lead, without reading the rest: {passed, skills}.
function baton.stored_wants(text)
  local passed, skills = string.match(text or '', WANTS)
  return {passed = passed or baton.refuse('stored lead is not readable'), skills = skills}
end

-- When the timer of a stored lead is due, 0: it has none; nil: there is no such lead.
function baton.due_of(text)
  return text and tonumber(string.match(text, DUE) or baton.refuse('stored lead is not readable'))
end

-- The line of a lead, without its end.
function baton.format_line(lead)
  return string.format(FORMAT, lead.revision, lead.version, lead.stage, lead.cycle, lead.queue,
    lead.rep, lead.generation, lead.queued_at, lead.offered_at, lead.due_at, lead.timer,
    lead.priority, lead.accepted_at, lead.journeyed, lead.passed, lead.skills, lead.traceparent,
    #lead.candidates, #lead.origin, #lead.scores, #lead.facts, #lead.judgment, #lead.rest,
    lead.extra)
end

function baton.write_lead(key, line, lead)
  redis.call('SET', key, line .. '\n' .. lead.candidates .. lead.origin .. lead.scores ..
    lead.facts .. lead.judgment .. lead.rest)
end
