-- The fronts of a queue's lanes (lanes.lua), from which waiting leads are served in order: of all
-- fronts the one with the least score, then the least id.

local UNREADABLE_MAX = baton.LIMIT.drain

-- Moves the lane's front to the lead behind it: lane.lead, nil at its end, and lane.score.
function baton.go_on(lane)
  local rank = string.format('%d', lane.served)
  local front = redis.call('ZRANGE', lane.key, rank, rank, 'WITHSCORES')
  lane.lead, lane.score, lane.served = front[1], tonumber(front[2]), lane.served + 1
end

-- All lanes of the queue. asks: {skills, passed, owners, owners_only}, as of a lead.
function baton.open_lanes(workspace, queue)
  local lanes = {}
  local named = redis.call('HGETALL', baton.lanes_key(workspace, queue))
  for i = 1, #named, 2 do
    local skills, passed, owners, only =
      string.match(named[i + 1], '^([^|]*)|([%w_,-]*)|([%w_,-]*)|([01])$')
    if not skills then
      baton.refuse('a stored lane is not readable')
    end
    local lane = {
      key = baton.lane_key(workspace, queue, named[i]), served = 0,
      asks = {skills = skills, passed = passed, owners = owners, owners_only = only == '1'},
    }
    baton.go_on(lane)
    lanes[#lanes + 1] = lane
  end
  return lanes
end

-- True if the front of `one` is served before that of `other`.
function baton.stands_before(one, other)
  if one.score ~= other.score then
    return one.score < other.score
  end
  return baton.is_before(one.lead, other.lead)
end

-- The lane whose front is served next; nil: none. When no member of the queue has room, only leads
-- with owners can be.
function baton.first_lane(lanes, queue)
  local first, has_room = nil, baton.anyone_has_room(queue)
  for _, lane in ipairs(lanes) do
    local open = lane.lead and (has_room or lane.asks.owners ~= '')
    if open and (not first or baton.stands_before(lane, first)) then
      first = lane
    end
  end
  return first
end

-- A step of a lead that waits; complains if what is stored of it cannot be read or does not wait.
local function read_waiting(keys, names, shard, queue)
  local lead_key = baton.lead_key(keys[4], names[2])
  local text = redis.call('GET', lead_key)
  local before, lead = baton.parse_lead(text), baton.parse_lead(text)
  if before.stage ~= baton.STAGE.QUEUED or before.queue ~= queue then
    baton.refuse('lead ' .. names[2] .. ' waits in ' .. queue .. ' but is ' .. before.stage)
  end
  local journey_key = baton.journey_key(keys[4], names[2])
  local step = baton.new_step({lead_key, journey_key, keys[4]}, names, shard, before, lead)
  baton.check_journey(step)
  return step
end

-- A step of the lead in front of the lane. nil: it cannot be read; then it is noted in `unreadable`
-- and the lane goes on, or, where enough were noted for one call, the lane ends. The workspace's
-- timers have been checked.
function baton.read_front(keys, workspace, lane, shard, queue, unreadable)
  local readable, step = pcall(read_waiting, keys, {workspace, lane.lead}, shard, queue)
  if readable then
    return step
  end
  if #unreadable < UNREADABLE_MAX then
    unreadable[#unreadable + 1] = lane.lead
    baton.go_on(lane)
  else
    lane.lead = nil
  end
end
