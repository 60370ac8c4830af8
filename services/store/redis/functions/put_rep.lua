-- put_rep: creates or replaces a rep and its rows in the queues it joins, keeps and leaves
-- (RosterStore::PutRep). Open sets and ledgers are not touched.
-- KEYS: 1 workspace, 2 reps (hash: rep -> "revision|" .. what ARGV 3 says)
-- ARGV: 1 rep, 2 expected revision (-1: any), 3 "weight|capacity|presence|queues|skills|name", and
--       "|work|attributes" for who has some of these (work.lua), 4 cap of reps
-- Returns: {OUTCOME.done, revision}, {OUTCOME.no_workspace}, {OUTCOME.mismatch, found revision},
--          {OUTCOME.full, reps there are}, {OUTCOME.queue_full, members there are},
--          {OUTCOME.unfitted}: the rep's profile is not known (put_profile.lua)
-- Idempotency: by the expected revision.

local OUTCOME = baton.OUTCOME
-- No part may be left out in either: a pattern that has to try where its parts end takes minutes
-- over a long text.
local HEAD, REST = '^(%d+)|(%d+)|(%l+)|([%w_,-]*)|([^|;]*)|[^|]*()', '^|([^|;]*)|[^|]*$'

local function read_rep(text)
  local weight, capacity, presence, queues, skills, rest_at = string.match(text, HEAD)
  baton.whole(weight, 'weight', 1, baton.LIMIT.weight)
  baton.whole(capacity, 'capacity', 0, baton.LIMIT.capacity)
  baton.one_of(presence, baton.PRESENCE, 'presence')
  local set, count = {}, 0
  for queue in string.gmatch(queues, '[^,]+') do
    set[baton.id(queue, 'queue')] = true
    count = count + 1
  end
  if count > baton.LIMIT.queues_per_rep then
    baton.refuse('too many queues')
  end
  local row = string.format('%s|%s|%s|%s', weight, capacity, presence, skills)
  local rest = string.sub(text, rest_at)
  local work = rest == '' and '' or string.match(rest, REST) or baton.refuse('rep is not readable')
  return set, baton.parse_work(work) and row .. '|' .. work or row, baton.profile_in(skills)
end

-- The queues of a rep as stored, or none.
local function queues_of(text)
  return text and read_rep(string.match(text, '^%d+|(.*)$') or '') or {}
end

-- New texts of the member lists that change, by key; nil and how many it has if a queue is full.
local function new_members(workspace, rep, old, new, row)
  local texts = {}
  for queue in pairs(new) do
    local key = baton.queue_key(workspace, queue)
    local text = redis.call('HGET', key, 'm') or ''
    local full, members = baton.is_full(text, rep)
    if full then
      return nil, members
    end
    texts[key] = baton.replace_member(text, rep, rep .. '|' .. row)
  end
  for queue in pairs(old) do
    if not new[queue] then
      local key = baton.queue_key(workspace, queue)
      texts[key] = baton.replace_member(redis.call('HGET', key, 'm') or '', rep)
    end
  end
  return texts
end

local function put_rep(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 4, 'arguments')
  local rep = baton.id(args[1], 'rep')
  local expected = baton.whole(args[2], 'revision', -1, baton.LIMIT.number)
  local queues, row, profile = read_rep(args[3])
  local cap, reps = baton.whole(args[4], 'cap', 1, baton.LIMIT.reps), redis.call('HLEN', keys[2])
  if not redis.call('HGET', keys[1], 'policy') then
    return {OUTCOME.no_workspace}
  end
  local old = redis.call('HGET', keys[2], rep)
  local revision = old and baton.whole(string.match(old, '^%d+'), 'stored revision', 1,
    baton.LIMIT.number) or 0
  if expected ~= -1 and expected ~= revision then
    return {OUTCOME.mismatch, revision}
  elseif not old and reps >= cap then
    return {OUTCOME.full, reps}
  elseif profile and not redis.call('HGET', baton.profiles_key(keys[1]), profile) then
    return {OUTCOME.unfitted}
  end
  local texts, members = new_members(keys[1], rep, queues_of(old), queues, row)
  if not texts then
    return {OUTCOME.queue_full, members}
  end
  redis.call('HLEN', baton.silent_key(keys[1]))
  for key, text in pairs(texts) do
    baton.write_members(key, text)
  end
  redis.call('HDEL', baton.silent_key(keys[1]), rep)
  redis.call('HSET', keys[2], rep, string.format('%d|%s', revision + 1, args[3]))
  return {OUTCOME.done, revision + 1}
end

baton.register('put_rep', put_rep)
