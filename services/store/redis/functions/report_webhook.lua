-- report_webhook: notes what became of deliveries (WebhookStore::ReportWebhook).
-- KEYS: 1 meta, 2 webhooks (see put_webhook.lua), 3 progress (hash: generation, truncated,
--       delivered, given_up, delivered_at, failing_since, parked_at, parked_round, error, error_at,
--       ping, ping_outcome), 4 offsets (hash: partition -> next offset)
-- ARGV: 1 id, 2 generation, 3 round, 4 truncated (0 or 1), 5 delivered, 6 given up, 7 latest
--       attempt (none, succeeded, failed), 8 error (escaped), 9 park after ms, 10 ping,
--       11 its outcome (escaped), 12 clock, then partition, offset ...
-- Returns: {OUTCOME.done, 1 if it is parked in this round else 0}, {OUTCOME.absent},
--          {OUTCOME.mismatch, stored generation}
-- Idempotency: offsets only grow; counts may count twice what was delivered twice.

local OUTCOME, LIMIT = baton.OUTCOME, baton.LIMIT
local LATEST = {none = true, succeeded = true, failed = true}

-- Partition, offset ... that are ahead of those stored.
local function read_offsets(key, args, same)
  local ahead = {}
  redis.call('HLEN', key)
  for i = 13, #args, 2 do
    baton.whole(args[i], 'partition', 0, LIMIT.partition)
    local offset = baton.whole(args[i + 1], 'offset', 0, LIMIT.number)
    local stored = same and redis.call('HGET', key, args[i]) or '0'
    if offset >= baton.whole(stored, 'stored offset', 0, LIMIT.number) then
      ahead[#ahead + 1] = args[i]
      ahead[#ahead + 1] = args[i + 1]
    end
  end
  return ahead
end

local function add(changes, ...)
  for _, word in ipairs({...}) do
    changes[#changes + 1] = word
  end
end

local function stored_number(key, field)
  return baton.whole(redis.call('HGET', key, field) or '0', 'stored ' .. field, 0, LIMIT.number)
end

-- What the latest attempt changes, and the round in which the webhook is parked then.
local function judge(key, args, round, now, changes)
  local failing, parked = stored_number(key, 'failing_since'), stored_number(key, 'parked_round')
  local park_after = baton.whole(args[9], 'park after', 0, LIMIT.number)
  local text = string.format('%d', now)
  if args[7] == 'succeeded' then
    add(changes, 'failing_since', '0', 'delivered_at', text)
  elseif args[7] == 'failed' then
    local since = failing == 0 and now or failing
    add(changes, 'failing_since', string.format('%d', since), 'error', args[8], 'error_at', text)
    if now - since >= park_after and parked ~= round then
      parked = round
      add(changes, 'parked_at', text, 'parked_round', args[3])
    end
  end
  return parked
end

local function report_webhook(keys, args)
  baton.expect_count(keys, 4, 'keys')
  if #args < 12 or #args % 2 == 1 then
    baton.refuse('wrong number of arguments')
  end
  local id, now = baton.id(args[1], 'webhook'), baton.read_shard(keys[1], args[12]).now
  local generation = baton.whole(args[2], 'generation', 1, LIMIT.number)
  local round = baton.whole(args[3], 'round', 1, LIMIT.number)
  local truncated = baton.whole(args[4], 'truncated', 0, 1)
  local delivered = baton.whole(args[5], 'delivered', 0, LIMIT.webhook_reported)
  local given_up = baton.whole(args[6], 'given up', 0, LIMIT.webhook_reported)
  baton.one_of(args[7], LATEST, 'latest attempt')
  local stored = baton.webhook(keys[2], id)
  if not stored then
    return {OUTCOME.absent}
  elseif stored.generation ~= generation then
    return {OUTCOME.mismatch, stored.generation}
  end
  local same = stored_number(keys[3], 'generation') == generation
  local offsets, changes = read_offsets(keys[4], args, same), {'generation', args[2]}
  local parked = judge(keys[3], args, round, now, changes)
  if truncated == 1 or not same then
    add(changes, 'truncated', args[4])
  end
  add(changes, 'delivered', string.format('%d', stored_number(keys[3], 'delivered') + delivered),
    'given_up', string.format('%d', stored_number(keys[3], 'given_up') + given_up))
  if args[10] ~= '' then
    add(changes, 'ping', baton.id(args[10], 'ping'), 'ping_outcome', args[11])
  end
  if not same then
    redis.call('DEL', keys[4])
  end
  baton.send('HSET', keys[3], changes)
  baton.send('HSET', keys[4], offsets)
  return {OUTCOME.done, parked == round and 1 or 0}
end

baton.register('report_webhook', report_webhook)
