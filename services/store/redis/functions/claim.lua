-- claim: gives a rep the first lead that it may claim in queues of mode pull
-- (RosterStore::ClaimNext).
-- KEYS: 1 meta, 2 outbox, 3 timers, 4 workspace, 5 reps, 6 claims of the rep (list of its latest
--       claims, "request id|fingerprint|lead|generation")
-- ARGV: 1 workspace, 2 rep, 3 clock, 4 outbox_max, 5 request id (escaped; empty: none),
--       6 fingerprint, 7 details of the change, then the queues named (none: all of the rep's)
-- Returns: {OUTCOME.done, lead or '', generation, repeated (0 or 1), {leads that were passed over,
--          since what is stored of them cannot be read}, then the requirements of waiting leads of
--          which it is not known who meets them}, {OUTCOME.no_workspace}, {OUTCOME.absent},
--          {OUTCOME.reused}, {OUTCOME.unavailable}, {OUTCOME.at_capacity, open},
--          {OUTCOME.daily_cap}, {OUTCOME.not_a_member, queue}, {OUTCOME.not_pulled, queue},
--          {OUTCOME.outbox_full}
-- Idempotency: by the request id, for as long as the claim is remembered.

local OUTCOME, REMEMBERED = baton.OUTCOME, baton.LIMIT.claims

-- The queues to look into, or why a named one is none of them.
local function queues_of(workspace, text, named, call)
  local own = string.match(text, '^%d+|%d+|%d+|%l+|([%w_,-]*)|')
  local ids, queues = named, {}
  if #named == 0 then
    ids = {}
    for id in string.gmatch(own, '[^,]+') do
      ids[#ids + 1] = id
    end
  end
  for _, id in ipairs(ids) do
    if not string.find(',' .. own .. ',', ',' .. id .. ',', 1, true) then
      return nil, {OUTCOME.not_a_member, id}
    end
    local queue = baton.open_queue(workspace, id, call)
    if queue.policy.mode ~= baton.MODE.pull and #named > 0 then
      return nil, {OUTCOME.not_pulled, id}
    elseif queue.policy.mode == baton.MODE.pull and not queue.paused then
      queues[#queues + 1] = queue
    end
  end
  return queues
end

local function read_args(keys, args)
  baton.expect_count(keys, 6, 'keys')
  baton.id(args[1], 'workspace')
  local from = {
    rep = baton.id(args[2], 'rep'), outbox_max = baton.whole(args[4], 'outbox_max', 0,
      baton.LIMIT.number),
    request = args[5], details = args[7] or baton.refuse('no details'), named = {},
  }
  for i = 8, #args do
    from.named[i - 7] = baton.id(args[i], 'queue')
  end
  if not string.find(args[6], '^%d+$') or string.find(args[5], '[|\n]') then
    baton.refuse('request is not readable')
  end
  return from
end

local function try(from, keys, args, shard, revision, text)
  local call = baton.new_call(shard, keys[4])
  local member, open = baton.rep_at_work(keys[4], from.rep, call), call.open
  open[from.rep] = redis.call('ZCARD', baton.open_key(keys[4], from.rep))
  local answer = baton.answered_claim(keys[6], from.request, args[6]) or
    baton.unable(member, open[from.rep])
  if answer then
    return answer
  end
  local queues, refusal = queues_of(keys[4], text, from.named, call)
  if not queues then
    return refusal
  elseif redis.call('XLEN', keys[2]) >= from.outbox_max then
    return {OUTCOME.outbox_full}
  end
  local unreadable, lead, generation = baton.take_first(keys, args[1], member, queues,
    {shard = shard, call = call, revision = revision, details = from.details})
  if lead and from.request ~= '' then
    redis.call('RPUSH', keys[6], string.format('%s|%s|%s|%d', from.request, args[6], lead,
      generation))
    redis.call('LTRIM', keys[6], string.format('%d', -REMEMBERED), '-1')
  end
  return baton.add_unknown({OUTCOME.done, lead or '', generation or 0, 0, unreadable}, call)
end

local function claim(keys, args)
  local from, shard = read_args(keys, args), baton.read_shard(keys[1], args[3])
  local revision = redis.call('HGET', keys[4], 'policy')
  local text = revision and redis.call('HGET', keys[5], from.rep)
  if not text then
    return {revision and OUTCOME.absent or OUTCOME.no_workspace}
  end
  local answer = try(from, keys, args, shard, revision, text)
  baton.keep(shard)
  return answer
end

baton.register('claim', claim)
