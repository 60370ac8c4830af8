-- put_webhook: keeps a webhook (WebhookStore::PutWebhook).
-- KEYS: 1 meta, 2 workspace, 3 webhooks (hash: id -> "revision|generation|round|created at|...",
--       see redis_webhooks.cc), 4 webhooks of the shard (hash: workspace -> number)
-- ARGV: 1 workspace, 2 id, 3 expected revision (0: none), 4 generation, 5 round,
--       6 the rest (its words escaped), 7 clock
-- Returns: {OUTCOME.done, revision}, {OUTCOME.no_workspace}, {OUTCOME.mismatch, found revision},
--          {OUTCOME.full, webhooks there are}
-- Idempotency: by the expected revision.

local OUTCOME, LIMIT = baton.OUTCOME, baton.LIMIT

-- The stored revision, generation, and when it was created; nil: there is no such webhook.
function baton.webhook(key, id)
  local text = redis.call('HGET', key, id)
  if not text then
    return nil
  end
  local revision, generation, created = string.match(text, '^(%d+)|(%d+)|%d+|(%d+)|')
  return {
    revision = baton.whole(revision, 'stored revision', 1, LIMIT.number - 1),
    generation = baton.whole(generation, 'stored generation', 1, LIMIT.number),
    created = baton.whole(created, 'stored time', 0, LIMIT.number),
  }
end

-- The number of the workspace's changes, before the one that is about to be made.
function baton.webhook_version(shard_key, workspace)
  return baton.whole(redis.call('HGET', shard_key, workspace) or '0', 'stored version', 0,
    LIMIT.number - 1)
end

local function put_webhook(keys, args)
  baton.expect_count(keys, 4, 'keys')
  baton.expect_count(args, 7, 'arguments')
  local workspace, id = baton.id(args[1], 'workspace'), baton.id(args[2], 'webhook')
  local expected = baton.whole(args[3], 'revision', 0, LIMIT.number - 1)
  local generation = baton.whole(args[4], 'generation', 1, LIMIT.number)
  local round = baton.whole(args[5], 'round', 1, LIMIT.number)
  local now = baton.read_shard(keys[1], args[7]).now
  if not redis.call('HGET', keys[2], 'policy') then
    return {OUTCOME.no_workspace}
  end
  local stored = baton.webhook(keys[3], id)
  local version = baton.webhook_version(keys[4], workspace)
  local webhooks = redis.call('HLEN', keys[3])
  if expected ~= (stored and stored.revision or 0) then
    return {OUTCOME.mismatch, stored and stored.revision or 0}
  elseif not stored and webhooks >= LIMIT.webhooks then
    return {OUTCOME.full, webhooks}
  end
  redis.call('HSET', keys[3], id, string.format('%d|%d|%d|%d|%s', expected + 1, generation, round,
    stored and stored.created or now, args[6]))
  redis.call('HSET', keys[4], workspace, string.format('%d', version + 1))
  return {OUTCOME.done, expected + 1}
end

baton.register('put_webhook', put_webhook)
