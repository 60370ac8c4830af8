-- put_fits: which profiles meet a requirement of leads (fits.lua). When there are many
-- requirements, those that no waiting lead has are removed first: a lead that comes back to a queue
-- brings its own again.
-- KEYS: 1 workspace, 2 fits
-- ARGV: 1 version that was read, 2 requirement, then the profiles
-- Returns: {OUTCOME.done}, {OUTCOME.mismatch} (version), {OUTCOME.full}
-- Idempotency: by the version.

local OUTCOME, LIMIT = baton.OUTCOME, baton.LIMIT
local SWEEP_FROM = 64
local NUMBERS = {version = true, sweep_at = true, sweep_profiles_at = true}

-- The requirements of leads that wait.
local function needed(workspace)
  local used = {}
  for _, queue in ipairs(redis.call('SMEMBERS', baton.waiting_key(workspace))) do
    local lanes = redis.call('HGETALL', baton.lanes_key(workspace, queue))
    for i = 2, #lanes, 2 do
      used[baton.requirement_in(string.match(lanes[i], '^[^|]*')) or ''] = true
    end
  end
  return used
end

-- Those that can go, and how many stay.
local function unused(keys)
  local used, list, kept = needed(keys[1]), {}, 0
  for _, field in ipairs(redis.call('HKEYS', keys[2])) do
    if not NUMBERS[field] then
      if used[field] then
        kept = kept + 1
      else
        list[#list + 1] = field
      end
    end
  end
  return list, kept
end

local function put_fits(keys, args)
  baton.expect_count(keys, 2, 'keys')
  local version = baton.whole(args[1], 'version', 0, LIMIT.number)
  if not args[2] or baton.requirement_in(args[2]) ~= args[2] then
    baton.refuse('requirement is not readable')
  end
  local profiles = {}
  for i = 3, #args do
    profiles[#profiles + 1] = baton.profile_in(args[i]) or baton.refuse('no profile')
  end
  if baton.fits_number(keys[2], 'version', 0) ~= version then
    return {OUTCOME.mismatch}
  end
  local gone, sweep_at = {}, baton.fits_number(keys[2], 'sweep_at', SWEEP_FROM)
  if redis.call('HLEN', keys[2]) >= math.min(sweep_at, LIMIT.requirements) then
    local kept
    gone, kept = unused(keys)
    sweep_at = math.max(SWEEP_FROM, kept * 2)
    if kept >= LIMIT.requirements then
      return {OUTCOME.full}
    end
  end
  baton.send('HDEL', keys[2], gone)
  redis.call('HSET', keys[2], args[2], table.concat(profiles, ','), 'sweep_at',
    string.format('%d', sweep_at), 'version', string.format('%d', version + 1))
  return {OUTCOME.done}
end

baton.register('put_fits', put_fits)
