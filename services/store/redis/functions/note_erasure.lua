-- note_erasure: remembers what a request to erase asked for (LeadStore::NoteErasure).
-- KEYS: 1 workspace, 2 requests (list of the latest, "hash of the id|hash of the fingerprint")
-- ARGV: 1 hash of the request's id, 2 hash of its fingerprint
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.reused}
-- Idempotency: a request is noted once.

local OUTCOME = baton.OUTCOME

-- What is noted of the request with that id; nil: nothing.
local function noted(key, id)
  for _, text in ipairs(redis.call('LRANGE', key, '0', '-1')) do
    local known, fingerprint = string.match(text, '^(%x+)|(%x+)$')
    if not known then
      baton.refuse('a stored request is not readable')
    elseif known == id then
      return fingerprint
    end
  end
end

local function note_erasure(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 2, 'arguments')
  local id, fingerprint = args[1], args[2]
  if not string.find(id, '^%x+$') or not string.find(fingerprint, '^%x+$') then
    baton.refuse('request is not readable')
  elseif not redis.call('HGET', keys[1], 'policy') then
    return {OUTCOME.no_workspace}
  end
  local known = noted(keys[2], id)
  if known then
    return {known == fingerprint and OUTCOME.done or OUTCOME.reused}
  end
  redis.call('RPUSH', keys[2], id .. '|' .. fingerprint)
  redis.call('LTRIM', keys[2], string.format('%d', -baton.LIMIT.erasure_requests), '-1')
  return {OUTCOME.done}
end

baton.register('note_erasure', note_erasure)
