-- The reps whom a lead with owners asks first, read into its queue: queue.owners, by id; false: no
-- such rep.

-- Reads a rep, with how many leads it owns, into the queue's owners; false: there is none.
local function read_owner(queue, rep)
  if queue.owners[rep] == nil then
    queue.owners[rep] = baton.rep_at_work(queue.workspace, rep, queue.call) or false
    queue.open[rep] = queue.open[rep] or
      redis.call('ZCARD', baton.open_key(queue.workspace, rep))
  end
  return queue.owners[rep]
end

-- Reads those owners of the lead that are reps, and the delegates of those on leave.
function baton.read_owners(queue, lead)
  for rep in string.gmatch(lead.owners, '[^,]+') do
    local owner = read_owner(queue, rep)
    if owner and owner.delegate then
      read_owner(queue, owner.delegate)
    end
  end
end

-- Those who are asked first: the owners, and behind each who is on leave the delegate; each once.
function baton.first_asked(queue, lead)
  local all, known = {}, {}
  for rep in string.gmatch(lead.owners, '[^,]+') do
    local owner = queue.owners[rep]
    for _, one in ipairs({owner or nil, owner and queue.owners[owner.delegate] or nil}) do
      all[#all + 1] = not known[one.rep] and one or nil
      known[one.rep] = true
    end
  end
  return all
end
