-- delete_rep: removes a rep that owns no lead, also from its queues, with what it was answered when
-- it claimed leads (RosterStore::DeleteRep). What the ledgers owe it stays.
-- KEYS: 1 workspace, 2 reps
-- ARGV: 1 rep
-- Returns: {OUTCOME.done}, {OUTCOME.absent}, {OUTCOME.owns_leads, number of leads}
-- Idempotency: a repetition finds no such rep.

local OUTCOME = baton.OUTCOME

local function delete_rep(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 1, 'arguments')
  local rep = baton.id(args[1], 'rep')
  local stored = redis.call('HGET', keys[2], rep)
  if not stored then
    return {OUTCOME.absent}
  end
  local open = redis.call('ZCARD', baton.open_key(keys[1], rep))
  if open > 0 then
    return {OUTCOME.owns_leads, open}
  end
  local queues = string.match(stored, '^%d+|%d+|%d+|%l+|([%w_,-]*)|')
  if not queues then
    baton.refuse('stored rep is not readable')
  end
  redis.call('HLEN', baton.given_key(keys[1]))
  redis.call('HLEN', baton.silent_key(keys[1]))
  local texts = {}
  for queue in string.gmatch(queues, '[^,]+') do
    local key = baton.queue_key(keys[1], queue)
    texts[key] = baton.replace_member(redis.call('HGET', key, 'm') or '', rep)
  end
  for key, text in pairs(texts) do
    baton.write_members(key, text)
  end
  redis.call('HDEL', keys[2], rep)
  redis.call('HDEL', baton.given_key(keys[1]), rep)
  redis.call('HDEL', baton.silent_key(keys[1]), rep)
  redis.call('DEL', baton.claims_key(keys[1], rep))
  return {OUTCOME.done}
end

baton.register('delete_rep', delete_rep)
