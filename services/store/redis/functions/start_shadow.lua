-- start_shadow: begins a run of a draft beside the active revision, and forgets the one before
-- (ShadowStore::StartShadow).
-- KEYS: 1 meta, 2 workspace
-- ARGV: 1 revision, 2 principal, 3 clock
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.absent}, {OUTCOME.closed} (no draft),
--          {OUTCOME.no_policy} (none is active), {OUTCOME.taken, revision} (another draft runs)
-- Idempotency: a draft that runs already goes on.

local OUTCOME = baton.OUTCOME

-- How the call ends without a change; nil: a run begins.
local function ending(policies, revision, number, running)
  if not policies then
    return {OUTCOME.no_workspace}
  elseif not revision then
    return {OUTCOME.absent}
  elseif not baton.is_draft(revision) then
    return {OUTCOME.closed}
  elseif policies.active == 0 then
    return {OUTCOME.no_policy}
  elseif running then
    return running.revision == number and {OUTCOME.done} or {OUTCOME.taken, running.revision}
  end
  return nil
end

local function start_shadow(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 3, 'arguments')
  local number = baton.whole(args[1], 'revision', 1, baton.LIMIT.number)
  local principal, workspace = baton.principal(args[2]), keys[2]
  local now = baton.read_shard(keys[1], args[3]).now
  local policies = baton.read_policies(workspace)
  local revision = policies and baton.read_revision(workspace, number)
  local running = policies and baton.running_shadow(workspace)
  local code = ending(policies, revision, number, running)
  if code then
    return code
  end
  local last = redis.call('HGET', workspace, 'shadows') or '0'
  local run = string.format('%d', baton.whole(last, 'stored number of runs', 0,
    baton.LIMIT.number) + 1)
  local key, text = baton.shadow_key(workspace), string.format('%d', number)
  for _, old in ipairs({key, baton.differing_key(workspace), baton.differences_key(workspace)}) do
    redis.call('DEL', old)
  end
  redis.call('HSET', key, 'run', run, 'revision', text, 'name', revision.name, 'hash',
    revision.hash, 'by', principal, 'at', string.format('%d', now), 'beside',
    string.format('%d', policies.active))
  redis.call('HSET', workspace, 'shadows', run, 'shadow',
    string.format('%s|%s|%s', run, text, revision.hash))
  return {OUTCOME.done}
end

baton.register('start_shadow', start_shadow)
