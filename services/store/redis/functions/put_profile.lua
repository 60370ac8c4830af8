-- put_profile: a profile of reps with its attributes, and the requirements that it meets
-- (fits.lua). When there are many profiles, those that no rep has are removed first.
-- KEYS: 1 workspace, 2 fits, 3 profiles, 4 reps
-- ARGV: 1 version that was read, 2 profile, 3 attributes, then the requirements
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.mismatch} (version),
--          {OUTCOME.full, profiles of reps there are}
-- Idempotency: by the version.

local OUTCOME, LIMIT = baton.OUTCOME, baton.LIMIT
local SWEEP_FROM = 64

-- The profiles that no rep has, and how many stay.
local function unused(keys)
  local used, list, kept = {}, {}, 0
  local reps = redis.call('HGETALL', keys[4])
  for i = 2, #reps, 2 do
    used[baton.profile_in(reps[i]) or ''] = true
  end
  for _, profile in ipairs(redis.call('HKEYS', keys[3])) do
    if used[profile] then
      kept = kept + 1
    else
      list[#list + 1] = profile
    end
  end
  return list, kept
end

-- The new texts of the requirements, by requirement; of those that were removed meanwhile none.
local function texts_of(keys, args)
  local texts = {}
  for i = 4, #args do
    local text = redis.call('HGET', keys[2], args[i])
    if text then
      texts[args[i]] = text == '' and args[2] or text .. ',' .. args[2]
    end
  end
  return texts
end

local function put_profile(keys, args)
  baton.expect_count(keys, 4, 'keys')
  local version = baton.whole(args[1], 'version', 0, LIMIT.number)
  if not args[3] or baton.profile_in(args[2]) ~= args[2] then
    baton.refuse('profile is not readable')
  end
  if not redis.call('HGET', keys[1], 'policy') then
    return {OUTCOME.no_workspace}
  elseif baton.fits_number(keys[2], 'version', 0) ~= version then
    return {OUTCOME.mismatch}
  end
  local gone, sweep_at = {}, baton.fits_number(keys[2], 'sweep_profiles_at', SWEEP_FROM)
  if redis.call('HLEN', keys[3]) >= math.min(sweep_at, LIMIT.profiles) then
    local kept
    gone, kept = unused(keys)
    sweep_at = math.max(SWEEP_FROM, kept * 2)
    if kept >= LIMIT.profiles then
      return {OUTCOME.full, kept}
    end
  end
  local texts = texts_of(keys, args)
  baton.send('HDEL', keys[3], gone)
  redis.call('HSET', keys[3], args[2], args[3])
  for requirement, text in pairs(texts) do
    redis.call('HSET', keys[2], requirement, text)
  end
  redis.call('HSET', keys[2], 'sweep_profiles_at', string.format('%d', sweep_at), 'version',
    string.format('%d', version + 1))
  return {OUTCOME.done}
end

baton.register('put_profile', put_profile)
