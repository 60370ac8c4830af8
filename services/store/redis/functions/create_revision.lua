-- create_revision: keeps a document as a draft (PolicyStore::CreateRevision).
-- KEYS: 1 meta, 2 workspace, 3 policies (hash: revision -> document), 4 drafts (set of revisions),
--       5 tables (see put_table.lua)
-- ARGV: 1 document, 2 name (escaped), 3 principal, 4 clock, 5 tables that it names ("name@sha256",
--       comma-separated), 6 whether it is small enough for a new revision (0 or 1)
-- Returns: {OUTCOME.done, revision}: the new one, or the active one or draft that has this text;
--          {OUTCOME.no_workspace}, {OUTCOME.too_large}, {OUTCOME.full, drafts there are},
--          {OUTCOME.queue_full, revisions there are}, {OUTCOME.no_table, which is not there}
-- Idempotency: by the text.

local OUTCOME = baton.OUTCOME

-- The revision that has this text already.
local function known(workspace_key, policies, drafts, hash)
  if policies.active > 0 and policies.hash == hash then
    return policies.active
  end
  for _, draft in ipairs(drafts) do
    local number = baton.whole(draft, 'stored draft', 1, baton.LIMIT.number)
    local revision = baton.read_revision(workspace_key, number)
    if revision and revision.hash == hash then
      return number
    end
  end
  return nil
end

-- The number of the first table that is not there; nil: all are.
local function missing_table(key, names)
  local number = 0
  for name, sha256 in string.gmatch(names, '([^,@]+)@([^,]+)') do
    number = number + 1
    if not redis.call('HGET', key, baton.table_id(name, sha256)) then
      return number
    end
  end
  return nil
end

local function create_revision(keys, args)
  baton.expect_count(keys, 5, 'keys')
  baton.expect_count(args, 6, 'arguments')
  local document, name, principal = args[1], args[2], baton.principal(args[3])
  if string.find(name, '|', 1, true) then
    baton.refuse('name is not escaped')
  end
  local fits = baton.whole(args[6], 'fits', 0, 1) == 1
  local now = baton.read_shard(keys[1], args[4]).now
  local policies = baton.read_policies(keys[2])
  if not policies then
    return {OUTCOME.no_workspace}
  end
  local drafts, hash = redis.call('SMEMBERS', keys[4]), redis.sha1hex(document)
  local same, revisions = known(keys[2], policies, drafts, hash), redis.call('HLEN', keys[3])
  if same then
    return {OUTCOME.done, same}
  elseif not fits then
    return {OUTCOME.too_large}
  elseif #drafts >= baton.LIMIT.drafts then
    return {OUTCOME.full, #drafts}
  elseif revisions >= baton.LIMIT.revisions then
    return {OUTCOME.queue_full, revisions}
  end
  local missing = missing_table(keys[5], args[5])
  if missing then
    return {OUTCOME.no_table, missing}
  end
  local number = math.max(policies.revisions, policies.active) + 1
  local revision = string.format('%d', number)
  local key = baton.revision_key(keys[2], revision)
  if redis.call('HLEN', key) > 0 then
    baton.refuse('revision ' .. revision .. ' exists already')
  end
  redis.call('HSET', keys[3], revision, document)
  redis.call('HSET', key, 'name', name, 'hash', hash, 'by', principal, 'at',
    string.format('%d', now), 'tables', args[5])
  redis.call('SADD', keys[4], revision)
  redis.call('HSET', keys[2], 'revisions', revision)
  return {OUTCOME.done, number}
end

baton.register('create_revision', create_revision)
