-- What becomes of a queue's ledger by choices: the rules of core/roster.h and candidate_pool.h
-- (ChargeLedger, RefundLedger). While a queue has ranks (ranks.lua) it is they that say what its
-- members are owed. queue.charged: it is to be written.

local REASON = baton.REASON

local function owe(queue, rep, more)
  local ranks = queue.ranks
  local place = ranks and queue.places[rep]
  if place then
    return baton.move_in_ranks(queue, place, more, ranks.of[place].reason)
  elseif ranks then
    ranks.changed[rep] = true
  end
  queue.owed[rep] = (queue.owed[rep] or 0) + more
end

-- What a choice moved in the ledger, times `sign`: 1 charges, -1 refunds, then with `more` on top
-- of each share. Returns whether there was such a thing.
local function move_ledger(queue, candidates, sign, more)
  local owed, ranks, is_chosen, paid, chosen = queue.owed, queue.ranks, REASON.chosen, 0, nil
  for i = 1, #candidates, 6 do
    local rep, share = candidates[i], candidates[i + 3]
    if share ~= 0 then
      share = share + more
      paid = paid + share
      if ranks then
        owe(queue, rep, sign * share)
      else
        owed[rep] = (owed[rep] or 0) + sign * share
      end
    end
    if candidates[i + 1] == is_chosen then
      chosen = rep
    end
  end
  if not chosen or paid == 0 then
    return false
  end
  owe(queue, chosen, -sign * paid)
  queue.charged = true
  return true
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

-- A choice among ranks: those who have a share gain it, and the chosen one pays them all.
local function pay(queue, choice)
  local member, forgone = queue.members[choice.place], baton.forgone_by(queue, choice)
  local fits = baton.gain_shares(choice.view)
  baton.move_in_ranks(queue, choice.place, -choice.view.paid,
    baton.eligibility(member, queue.open[member.rep], nil))
  for rep, share in pairs(forgone) do
    owe(queue, rep, -share)
  end
  queue.charged = true
  if not fits then
    baton.settle(queue)
  end
end

-- queue.open knows already that the rep of the choice has the lead. Returns whether the ledger
-- counts it.
function baton.charge(queue, candidates, choice)
  if not choice.place then
    return move_ledger(queue, candidates, 1, 0)
  end
  pay(queue, choice)
  return true
end

-- Gives the charge of a choice among `charged` back to the ledger of the queue in which it was
-- made. `paid`: as unpack_pool says.
function baton.refund(queue, charged, paid)
  move_ledger(queue, charged, -1, baton.more_of(charged, paid))
end

-- The number of leads of the rep has changed: where it is ranked it may be full now, or have room.
-- `knows`: the queue that has been told, or nil.
function baton.note_open(call, rep, knows)
  for _, queue in pairs(call.great) do
    local ranks = queue ~= knows and queue.ranks
    local place = ranks and queue.places[rep]
    if place then
      baton.move_in_ranks(queue, place, 0,
        baton.eligibility(queue.members[place], call.open[rep], nil))
    end
  end
end
