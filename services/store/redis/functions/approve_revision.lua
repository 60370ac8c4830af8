-- approve_revision: gives a principal's approval of a draft, or takes it back
-- (PolicyStore::ApproveRevision, RevokeApproval).
-- KEYS: 1 meta, 2 workspace
-- ARGV: 1 revision, 2 fingerprint of the document ('': any), 3 principal, 4 role ('': take it
--       back), 5 clock
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.absent}, {OUTCOME.changed} (another
--          document), {OUTCOME.closed} (no draft), {OUTCOME.other_role}, {OUTCOME.full, approvals}
-- Idempotency: an approval that is there or gone already stays so.

local OUTCOME = baton.OUTCOME

-- How the call ends without a change; nil: it has one to make.
local function ending(revision, fingerprint, principal, role)
  if not revision then
    return OUTCOME.absent
  elseif fingerprint ~= '' and fingerprint ~= revision.hash then
    return OUTCOME.changed
  elseif not baton.is_draft(revision) then
    return OUTCOME.closed
  end
  local given = revision.approvals[principal] or ''
  if given == role then
    return OUTCOME.done
  elseif role == '' then
    return nil
  elseif given ~= '' then
    return OUTCOME.other_role
  elseif revision.approved >= baton.LIMIT.approvals then
    return OUTCOME.full
  end
  return nil
end

local function approve_revision(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 5, 'arguments')
  local number = baton.whole(args[1], 'revision', 1, baton.LIMIT.number)
  local principal, role = baton.principal(args[3]), args[4]
  if role ~= '' then
    baton.one_of(role, baton.ROLE, 'role')
  end
  local now = baton.read_shard(keys[1], args[5]).now
  if not baton.read_policies(keys[2]) then
    return {OUTCOME.no_workspace}
  end
  local revision = baton.read_revision(keys[2], number)
  local code = ending(revision, args[2], principal, role)
  if code then
    return {code, code == OUTCOME.full and revision.approved or nil}
  end
  if role == '' then
    redis.call('HDEL', revision.key, 'a:' .. principal)
  else
    redis.call('HSET', revision.key, 'a:' .. principal, string.format('%s|%d', role, now))
  end
  return {OUTCOME.done}
end

baton.register('approve_revision', approve_revision)
