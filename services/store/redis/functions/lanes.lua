-- Lanes of a queue: the leads that wait for reps of the same kind stand in one lane, a sorted set
-- in the order in which they are served (backlog.lua), so that nobody has to look at leads behind
-- one whom nobody can have. A hash of the queue names the lanes that are not empty: lane -> what
-- its leads ask for, "skills|passed|owners|owners_only"; a lane's name is the hash of that.
-- A move is a lead that leaves or joins a queue: {workspace, queue, lead}.

local hash_of = baton.remembered(function(asks)
  return redis.sha1hex(asks)
end)

-- What the lead asks of its rep, as text.
function baton.asks_of(lead)
  return lead.skills .. '|' .. lead.passed .. '|' .. lead.owners .. '|' ..
    (lead.owners_only and '1' or '0')
end

-- A key of a wrong type stops the call here, before its first write.
function baton.check_backlog(workspace, queue, lead)
  local lane = hash_of(baton.asks_of(lead))
  redis.call('ZCARD', baton.backlog_key(workspace, queue))
  redis.call('SCARD', baton.waiting_key(workspace))
  redis.call('HLEN', baton.lanes_key(workspace, queue))
  redis.call('ZCARD', baton.lane_key(workspace, queue, lane))
  for rep in string.gmatch(lead.owners, '[^,]+') do
    redis.call('HLEN', baton.awaited_key(workspace, rep))
  end
end

-- The same for a queue that has been read: once for the leads that ask for the same.
function baton.check_place(queue, lead)
  local asks = baton.asks_of(lead)
  if not queue.checked[asks] then
    baton.check_backlog(queue.workspace, queue.id, lead)
    queue.checked[asks] = true
  end
end

local function new_backlog(workspace, queue)
  return {workspace = workspace, queue = queue, left = {}, joined = {}, lanes = {}, owned = {}}
end

-- The lead leaves the queue, or joins it at `place`, in the backlogs noted.
function baton.move(backlogs, workspace, queue, id, lead, place)
  local key = baton.backlog_key(workspace, queue)
  backlogs[key] = backlogs[key] or new_backlog(workspace, queue)
  local backlog, asks = backlogs[key], baton.asks_of(lead)
  local lane = backlog.lanes[asks] or {left = {}, joined = {}}
  backlog.lanes[asks] = lane
  if place then
    local all, own = backlog.joined, lane.joined
    all[#all + 1], all[#all + 2] = string.format('%d', lead.queued_at), id
    own[#own + 1], own[#own + 2] = place, id
  else
    backlog.left[#backlog.left + 1], lane.left[#lane.left + 1] = id, id
  end
  for rep in string.gmatch(lead.owners, '[^,]+') do
    backlog.owned[rep] = (backlog.owned[rep] or 0) + (place and 1 or -1)
  end
end

local function write_lane(backlog, asks, lane)
  local name = hash_of(asks)
  local key = baton.lane_key(backlog.workspace, backlog.queue, name)
  local lanes = baton.lanes_key(backlog.workspace, backlog.queue)
  baton.send('ZREM', key, lane.left)
  baton.send('ZADD', key, lane.joined)
  if #lane.joined > 0 then
    redis.call('HSET', lanes, name, asks)
  elseif redis.call('ZCARD', key) == 0 then
    redis.call('HDEL', lanes, name)
  end
end

-- How many leads that wait in the queue belong to each rep.
local function write_owned(backlog)
  for rep, more in pairs(backlog.owned) do
    local key = baton.awaited_key(backlog.workspace, rep)
    if more ~= 0 and redis.call('HINCRBY', key, backlog.queue, more) <= 0 then
      redis.call('HDEL', key, backlog.queue)
    end
  end
end

function baton.write_backlogs(backlogs)
  for key, backlog in pairs(backlogs) do
    baton.send('ZREM', key, backlog.left)
    baton.send('ZADD', key, backlog.joined)
    for asks, lane in pairs(backlog.lanes) do
      write_lane(backlog, asks, lane)
    end
    write_owned(backlog)
    local waiting = baton.waiting_key(backlog.workspace)
    if #backlog.joined > 0 then
      redis.call('SADD', waiting, backlog.queue)
    elseif redis.call('ZCARD', key) == 0 then
      redis.call('SREM', waiting, backlog.queue)
    end
  end
end
