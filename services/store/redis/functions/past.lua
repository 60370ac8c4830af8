-- Decisions that newer ones replace (core/decision.h): a list for each lead, the latest ones at its
-- end. An element is a line and, behind it, blobs as the lead had them:
--   "A|cycle|generation|queue|choice|passed|skills|owners|paid|counts": an assignment, then its
--     candidates. counts: "reason=number,..." of a choice among more than those kept, and paid the
--     sum of its shares; else empty and 0.
--   "Q|cycle|size of the scores": a qualification, then scores and judgment.

local KEPT, ITEMS, REASON = baton.LIMIT.candidates, 6, baton.REASON
local STAGE = baton.STAGE
local BEFORE_MQL = {[STAGE.NEW] = true, [STAGE.SCORED] = true, [STAGE.NURTURE] = true}

local function has_chosen(candidates)
  for i = 2, #candidates, ITEMS do
    if candidates[i] == REASON.chosen then
      return true
    end
  end
  return false
end

-- The chosen one, those with a share, the others.
local function rank(candidates, at)
  return candidates[at + 1] == REASON.chosen and 0 or candidates[at + 3] ~= 0 and 1 or 2
end

-- Of candidates the nearest KEPT ones, in their order; how many there were with each reason; and
-- the sum of the shares.
local function nearest(candidates)
  local places, counts, paid = {}, {}, 0
  for at = 1, #candidates, ITEMS do
    local reason = candidates[at + 1]
    places[#places + 1], counts[reason] = at, (counts[reason] or 0) + 1
    paid = paid + candidates[at + 3]
  end
  table.sort(places, function(a, b)
    local mine, theirs = rank(candidates, a), rank(candidates, b)
    if mine ~= theirs then
      return mine < theirs
    end
    local claim = candidates[a + 2] + candidates[a + 3]
    local other = candidates[b + 2] + candidates[b + 3]
    return claim > other or claim == other and a < b
  end)
  local kept = {}
  for i = 1, KEPT do
    kept[i] = places[i]
  end
  table.sort(kept)
  local list, texts = {}, {}
  for _, at in ipairs(kept) do
    for item = at, at + ITEMS - 1 do
      list[#list + 1] = candidates[item]
    end
  end
  for reason, count in pairs(counts) do
    texts[#texts + 1] = string.format('%d=%d', reason, count)
  end
  return list, table.concat(texts, ','), paid
end

local function assignment_of(before, candidates)
  local blob, counts, paid = before.candidates, '', 0
  if #candidates > KEPT * ITEMS then
    candidates, counts, paid = nearest(candidates)
    blob = cmsgpack.pack(candidates)
  end
  return string.format('A|%d|%d|%s|%s|%s|%s|%s|%d|%s\n', before.cycle, before.generation,
    before.queue, before.choice, before.passed, before.skills, before.owners, paid, counts) .. blob
end

-- The decisions of the lead that the plan replaces, nil: none; for write_past. A key of a wrong
-- type or candidates that cannot be read stop the call here, before its first write.
function baton.replaced(step, plan)
  local before, decisions = step.before, {}
  if plan.judgment or plan.placement == baton.PLACEMENT.offer then
    local candidates = baton.charged_of(before)
    if has_chosen(candidates) then
      decisions[1] = assignment_of(before, candidates)
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
