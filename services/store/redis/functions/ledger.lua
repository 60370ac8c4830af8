-- What becomes of a queue's ledger by choices: the rules of core/roster.h and candidate_pool.h
-- (ChargeLedger, RefundLedger). While a queue has ranks (ranks.lua) it is they that are charged.

local REASON = baton.REASON

-- What a choice moved in the ledger `owed`, times `sign`: 1 charges, -1 refunds, then with `more`
-- on top of each share.
function baton.move_ledger(owed, candidates, sign, more)
  local paid, chosen = 0, nil
  for i = 1, #candidates, 6 do
    local rep, share = candidates[i], candidates[i + 3]
    if share ~= 0 then
      share = share + more
      owed[rep] = (owed[rep] or 0) + sign * share
      paid = paid + share
    end
    if candidates[i + 1] == REASON.chosen then
      chosen = rep
    end
  end
  if chosen and paid ~= 0 then
    owed[chosen] = (owed[chosen] or 0) - sign * paid
  end
end

-- Writes what the ranked are owed into the ledger; the next choice ranks them anew.
function baton.settle(queue)
  local ranks = queue.ranks
  if not ranks then
    return
  end
  for place, group in pairs(ranks.of) do
    queue.owed[queue.members[place].rep] = ranks.base[place] + group.gained
  end
  queue.ranks = nil
end

function baton.charge(queue, candidates, choice)
  local ranks = queue.ranks
  if ranks and choice.place then
    for _, group in ipairs(ranks.groups) do
      group.gained = group.gained + group.share
    end
    return baton.lower(ranks, choice.place, choice.paid)
  end
  baton.settle(queue)
  baton.move_ledger(queue.owed, candidates, 1, 0)
end

local function place_of(members, rep)
  local low, high = 1, #members
  while low < high do
    local middle = math.floor((low + high) / 2)
    if baton.is_before(members[middle].rep, rep) then
      low = middle + 1
    else
      high = middle
    end
  end
  return members[low] and members[low].rep == rep and low or nil
end

-- The rep has got a lead of the queue: where it is ranked, it may now be full.
function baton.note_fuller(queue, rep)
  for _, one in pairs(queue.call.queues or {[queue.id] = queue}) do
    local place = one.ranks and place_of(one.members, rep)
    if place and one.ranks.of[place] then
      local reason = baton.eligibility(one.members[place], one.open[rep], nil)
      if reason ~= REASON.fairness then
        baton.leave_ranks(one, place, reason)
      end
    end
  end
end

-- A rep of the workspace has got room: nobody knows where.
function baton.settle_all(workspace)
  for _, queue in pairs(workspace.queues) do
    baton.settle(queue)
  end
end
