-- Strategies of a queue: which of those who can have a lead are left to the ledger (core/roster.h).

local REASON, BASIS = baton.REASON, baton.BASIS

-- By strategy: {basis, reason of those who are not left, measure: the least are left}.
local MEASURED = {
  [baton.STRATEGY.least_loaded] = {BASIS.least_loaded, REASON.busier, function(queue, rep)
    return queue.open[rep]
  end},
  [baton.STRATEGY.longest_idle] = {BASIS.longest_idle, REASON.less_idle, function(queue, rep)
    return queue.last[rep] or 0
  end},
}

function baton.narrows(strategy)
  return MEASURED[strategy] ~= nil
end

-- Leaves of the members at `able`, who weigh `weights`, those whom the strategy wants, and gives
-- the others their reason. Returns the places left, their weights, and the basis.
function baton.narrow(queue, strategy, able, weights)
  local measured = MEASURED[strategy]
  if not measured then
    return able, weights, BASIS.weighted_fair
  end
  local basis, reason, measure = measured[1], measured[2], measured[3]
  local least
  for i = 1, #able do
    local value = measure(queue, queue.members[able[i]].rep)
    least = least and math.min(least, value) or value
  end
  local kept, kept_weights = {}, 0
  for i = 1, #able do
    local member = queue.members[able[i]]
    if measure(queue, member.rep) == least then
      kept[#kept + 1] = able[i]
      kept_weights = kept_weights + member.weight
    else
      queue.candidates[able[i] * 6 - 4] = reason
    end
  end
  return kept, kept_weights, basis
end

-- Notes that the rep got a lead of the queue now.
function baton.note_assigned(queue, rep, now)
  if queue.policy.strategy == baton.STRATEGY.longest_idle then
    queue.last[rep] = now
    queue.noted = true
  end
end
