-- create_workspace: a workspace without policy (WorkspaceStore::CreateWorkspace).
-- KEYS: 1 meta, 2 workspaces (set of the shard's workspaces), 3 workspace
-- ARGV: 1 workspace, 2 display name, 3 number of workspaces on other shards, 4 cap, 5 clock
-- Returns: {OUTCOME.done, created_at}, {OUTCOME.exists}, {OUTCOME.full, workspaces there are}
-- Idempotency: a repetition finds the workspace.

local OUTCOME = baton.OUTCOME

local function create_workspace(keys, args)
  baton.expect_count(keys, 3, 'keys')
  baton.expect_count(args, 5, 'arguments')
  local workspace = baton.id(args[1], 'workspace')
  local others = baton.whole(args[3], 'number of workspaces', 0, baton.LIMIT.number)
  local max = baton.whole(args[4], 'cap', 0, baton.LIMIT.number)
  local now = baton.read_shard(keys[1], args[5]).now
  local here = redis.call('SCARD', keys[2])
  if redis.call('HGET', keys[3], 'policy') then
    return {OUTCOME.exists}
  elseif here + others >= max then
    return {OUTCOME.full, here + others}
  end
  redis.call('HSET', keys[3], 'policy', '0', 'name', args[2], 'created_at',
    string.format('%d', now))
  redis.call('SADD', keys[2], workspace)
  return {OUTCOME.done, now}
end

baton.register('create_workspace', create_workspace)
