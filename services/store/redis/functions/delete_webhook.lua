-- delete_webhook: forgets a webhook and its progress (WebhookStore::DeleteWebhook).
-- KEYS: 1 workspace, 2 webhooks, 3 webhooks of the shard (see put_webhook.lua), 4 progress,
--       5 offsets (see report_webhook.lua)
-- ARGV: 1 workspace, 2 id, 3 expected revision (-1: any)
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.absent},
--          {OUTCOME.mismatch, found revision}
-- Idempotency: one that was forgotten is absent.

local OUTCOME = baton.OUTCOME

local function delete_webhook(keys, args)
  baton.expect_count(keys, 5, 'keys')
  baton.expect_count(args, 3, 'arguments')
  local workspace, id = baton.id(args[1], 'workspace'), baton.id(args[2], 'webhook')
  local expected = baton.whole(args[3], 'revision', -1, baton.LIMIT.number)
  if not redis.call('HGET', keys[1], 'policy') then
    return {OUTCOME.no_workspace}
  end
  local stored = baton.webhook(keys[2], id)
  local version = baton.webhook_version(keys[3], workspace)
  if not stored then
    return {OUTCOME.absent}
  elseif expected ~= -1 and expected ~= stored.revision then
    return {OUTCOME.mismatch, stored.revision}
  end
  redis.call('HDEL', keys[2], id)
  redis.call('DEL', keys[4], keys[5])
  redis.call('HSET', keys[3], workspace, string.format('%d', version + 1))
  return {OUTCOME.done}
end

baton.register('delete_webhook', delete_webhook)
