-- activate_policy: makes a revision the active one, with what the placement needs of its queues
-- (PolicyStore::ActivateRevision).
-- KEYS: 1 meta, 2 workspace, 3 policies (hash: revision -> document), 4 drafts (set of revisions)
-- ARGV: 1 revision, 2 fingerprint of its document, 3 number that the activation is to have, 4 kind,
--       5 principal, 6 reason (escaped), 7 clock, then "queue|" and its policy as in queue.lua for
--       each queue, ordered by id
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.absent}, {OUTCOME.changed} (another
--          document), {OUTCOME.mismatch, last activation}, {OUTCOME.closed} (no draft; for a
--          rollback: never active), {OUTCOME.unapproved, missing roles}
-- Idempotency: by the number of the activation.

local OUTCOME, ACTIVATION, QUEUES_FROM = baton.OUTCOME, baton.ACTIVATION, 8

local function read_wish(args)
  local wish = {
    revision = baton.whole(args[1], 'revision', 1, baton.LIMIT.number), hash = args[2],
    number = baton.whole(args[3], 'activation', 0, baton.LIMIT.number),
    kind = baton.one_of(args[4], ACTIVATION, 'kind'), principal = baton.principal(args[5]),
  }
  if not args[6] or string.find(args[6], '|', 1, true) then
    baton.refuse('reason is not escaped')
  end
  return wish
end

-- How the call ends without a change; nil: the revision may become active.
local function ending(policies, revision, wish)
  if not revision then
    return {OUTCOME.absent}
  elseif revision.hash ~= wish.hash then
    return {OUTCOME.changed}
  elseif wish.number == policies.activations and wish.revision == policies.active then
    return {OUTCOME.done}
  elseif wish.number ~= policies.activations + 1 then
    return {OUTCOME.mismatch, policies.activations}
  elseif wish.kind == ACTIVATION.rollback then
    return revision.activated == 0 and {OUTCOME.closed} or nil
  elseif not baton.is_draft(revision) then
    return {OUTCOME.closed}
  end
  local missing = baton.missing_roles(revision)
  return missing > 0 and {OUTCOME.unapproved, missing} or nil
end

local function activate_policy(keys, args)
  baton.expect_count(keys, 4, 'keys')
  local wish = read_wish(args)
  local ids, rows = baton.read_queue_policies(args, QUEUES_FROM)
  local now = baton.read_shard(keys[1], args[7]).now
  local policies = baton.read_policies(keys[2])
  if not policies then
    return {OUTCOME.no_workspace}
  end
  local revision = baton.read_revision(keys[2], wish.revision)
  local code = ending(policies, revision, wish)
  if code then
    return code
  end
  local before = policies.active > 0 and baton.read_revision(keys[2], policies.active)
  local dropped = baton.check_queues(keys[2], policies.queues, ids, rows)
  redis.call('SCARD', keys[4])
  local running = baton.running_shadow(keys[2])
  local document = redis.call('HGET', keys[3], args[1])
  if not document or redis.sha1hex(document) ~= revision.hash then
    baton.refuse('stored document is not the one that was approved')
  end
  local now_text = string.format('%d', now)
  if running and running.revision == wish.revision then
    baton.write_shadow_end(keys[2], baton.SHADOW_END.activated, now_text, wish.principal)
  end
  baton.write_activation({
    workspace = keys[2], drafts = keys[4], wish = wish, revision = revision, before = before,
    reason = args[6], now = now_text, ids = ids, rows = rows, dropped = dropped,
  })
  return {OUTCOME.done}
end

baton.register('activate_policy', activate_policy)
