-- Decisions that newer ones replace (core/decision.h): a list for each lead, the latest ones at its
-- end. An element is a line and, behind it, blobs as the lead had them:
--   "A|cycle|generation|queue|choice|passed|skills|owners": an assignment, then its candidates.
--   "Q|cycle|size of the scores": a qualification, then scores and judgment.

local ITEMS, REASON, STAGE = 6, baton.REASON, baton.STAGE
local BEFORE_MQL = {[STAGE.NEW] = true, [STAGE.SCORED] = true, [STAGE.NURTURE] = true}

local function has_chosen(blob)
  if blob == '' then
    return false
  elseif baton.is_ranked_pool(blob) then
    return baton.has_chosen_ranked(blob)
  end
  local candidates = baton.unpack_pool(blob)
  for i = 2, #candidates, ITEMS do
    if candidates[i] == REASON.chosen then
      return true
    end
  end
  return false
end

local function assignment_of(before)
  return string.format('A|%d|%d|%s|%s|%s|%s|%s\n', before.cycle, before.generation,
    before.queue, before.choice, before.passed, before.skills, before.owners) .. before.candidates
end

-- The decisions of the lead that the plan replaces, nil: none; for write_past. A key of a wrong
-- type or candidates that cannot be read stop the call here, before its first write.
function baton.replaced(step, plan)
  local before, decisions = step.before, {}
  if plan.judgment or plan.placement == baton.PLACEMENT.offer then
    if has_chosen(before.candidates) then
      decisions[1] = assignment_of(before)
    end
  end
  if plan.judgment and before.cycle > 0 and not BEFORE_MQL[before.stage] then
    decisions[#decisions + 1] = string.format('Q|%d|%d\n', before.cycle, #before.scores) ..
      before.scores .. before.judgment
  end
  if #decisions == 0 then
    return nil
  end
  local key = baton.decisions_key(step.workspace_key, step.id)
  return {key = key, decisions = decisions, kept = redis.call('LLEN', key)}
end

function baton.write_past(past)
  baton.send('RPUSH', past.key, past.decisions)
  if past.kept + #past.decisions > baton.LIMIT.decisions then
    redis.call('LTRIM', past.key, string.format('%d', -baton.LIMIT.decisions), '-1')
  end
end
