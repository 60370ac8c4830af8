-- end_revision: withdraws a draft, or forgets a revision that is withdrawn or superseded
-- (PolicyStore::WithdrawRevision, DeleteRevision).
-- KEYS: 1 meta, 2 workspace, 3 policies (hash: revision -> document), 4 drafts (set of revisions)
-- ARGV: 1 revision, 2 principal who withdraws it ('': forget it), 3 clock
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.absent}, {OUTCOME.closed} (it is not in
--          a state for this)
-- Idempotency: a withdrawn revision stays as it is; one that is forgotten is absent.

local OUTCOME = baton.OUTCOME

local function end_revision(keys, args)
  baton.expect_count(keys, 4, 'keys')
  baton.expect_count(args, 3, 'arguments')
  local number = baton.whole(args[1], 'revision', 1, baton.LIMIT.number)
  local principal = args[2] ~= '' and baton.principal(args[2]) or nil
  local now = baton.read_shard(keys[1], args[3]).now
  local policies = baton.read_policies(keys[2])
  if not policies then
    return {OUTCOME.no_workspace}
  end
  local revision = baton.read_revision(keys[2], number)
  if not revision then
    return {OUTCOME.absent}
  end
  redis.call('HLEN', keys[3])
  redis.call('SCARD', keys[4])
  local text, draft = string.format('%d', number), baton.is_draft(revision)
  if principal and not draft then
    return {revision.withdrawn and OUTCOME.done or OUTCOME.closed}
  elseif not principal and (draft or number == policies.active) then
    return {OUTCOME.closed}
  end
  if principal then
    local running = baton.running_shadow(keys[2])
    redis.call('SREM', keys[4], text)
    redis.call('HSET', revision.key, 'withdrawn', string.format('%d|%s', now, principal))
    if running and running.revision == number then
      baton.write_shadow_end(keys[2], baton.SHADOW_END.withdrawn, string.format('%d', now),
        principal)
    end
  else
    redis.call('HDEL', keys[3], text)
    redis.call('HDEL', revision.key, unpack(revision.fields))
  end
  return {OUTCOME.done}
end

baton.register('end_revision', end_revision)
