-- The part of a lead that functions read and write: field "h" of its hash, one line of text
-- "1|revision|version|stage|cycle|queue|rep|generation|queued_at|offered_at|due_at|timer|priority|
-- accepted_at|journeyed|passed|skills|traceparent". The other fields are blobs that pass through:
-- c candidates, f facts, s origin, j scores, k judgment, r rest (record.proto).
-- What a later release appends behind the last known item is kept.

local PATTERN = '^1|(%d+)|(%d+)|(%u+)|(%d+)|([%w_-]*)|([%w_-]*)|(%d+)|(%d+)|(%d+)|(%d+)|' ..
  '([%l_]+)|(%d+)|(%d+)|(%d+)|([^|]*)|([^|]*)|([^|]*)(.*)$'
local FORMAT = '1|%d|%d|%s|%d|%s|%s|%d|%d|%d|%d|%s|%d|%d|%d|%s|%s|%s%s'

-- A lead that does not exist yet.
local function nobody()
  return {
    revision = 0, version = 0, stage = baton.STAGE.NEW, cycle = 0, queue = '', rep = '',
    generation = 0, queued_at = 0, offered_at = 0, due_at = 0, timer = baton.TIMER.none,
    priority = 0, accepted_at = 0, journeyed = 0, passed = '', skills = '', traceparent = '',
    extra = '',
  }
end

-- `text`: as stored, or false for a lead that does not exist.
function baton.parse_lead(text)
  if not text then
    return nobody()
  end
  local revision, version, stage, cycle, queue, rep, generation, queued_at, offered_at, due_at,
    timer, priority, accepted_at, journeyed, passed, skills, traceparent, extra =
    string.match(text, PATTERN)
  if not revision then
    baton.refuse('stored lead is not readable')
  end
  return {
    revision = tonumber(revision), version = tonumber(version), stage = stage,
    cycle = tonumber(cycle), queue = queue, rep = rep, generation = tonumber(generation),
    queued_at = tonumber(queued_at), offered_at = tonumber(offered_at),
    due_at = tonumber(due_at), timer = timer, priority = tonumber(priority),
    accepted_at = tonumber(accepted_at), journeyed = tonumber(journeyed), passed = passed,
    skills = skills, traceparent = traceparent, extra = extra,
  }
end

function baton.format_lead(lead)
  return string.format(FORMAT, lead.revision, lead.version, lead.stage, lead.cycle, lead.queue,
    lead.rep, lead.generation, lead.queued_at, lead.offered_at, lead.due_at, lead.timer,
    lead.priority, lead.accepted_at, lead.journeyed, lead.passed, lead.skills, lead.traceparent,
    lead.extra)
end
