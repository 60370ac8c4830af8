-- put_account: an account as it was decided, with the index of its domains and its group
-- (AccountStore::CommitAccounts).
-- KEYS: 1 meta, 2 workspace, 3 accounts (hash: account -> text, see account.lua), 4 account ids
--       (sorted set of those that exist), 5 domains (hash: domain -> account)
-- ARGV: 1 account, 2 expected revision, 3 exists (0 or 1), 4 group (empty: none), 5 domains
--       (separated by commas), 6 events applied so far, 7 blob, 8 inputs applied, 9 duplicates,
--       10 cap of accounts, 11 clock
-- Returns: {OUTCOME.done, revision}, {OUTCOME.no_workspace}, {OUTCOME.mismatch, found revision},
--          {OUTCOME.full, accounts there are}, {OUTCOME.taken, domain, its account},
--          {OUTCOME.group_full, members there are}
-- Idempotency: by the expected revision.

local OUTCOME, LIMIT = baton.OUTCOME, baton.LIMIT

local function read_change(args)
  baton.expect_count(args, 11, 'arguments')
  if not string.find(args[5], '^[%w_.,-]*$') then
    baton.refuse('domains are not readable')
  end
  return {
    id = baton.id(args[1], 'account'), expected = baton.whole(args[2], 'revision', 0, LIMIT.number),
    exists = baton.whole(args[3], 'exists', 0, 1),
    group = args[4] ~= '' and baton.id(args[4], 'group') or '',
    domains = baton.domains_of(args[5]), seen = baton.whole(args[6], 'events', 0, LIMIT.number),
    applied = baton.whole(args[8], 'applied', 0, LIMIT.batch),
    duplicates = baton.whole(args[9], 'duplicates', 0, LIMIT.batch),
    cap = baton.whole(args[10], 'cap', 0, LIMIT.number),
  }
end

-- The first of the domains that another account has, and that account.
local function taken(key, change)
  for _, domain in ipairs(change.domains) do
    local holder = redis.call('HGET', key, domain)
    if holder and holder ~= change.id then
      return domain, holder
    end
  end
end

-- Nothing here can fail.
local function write_account(keys, args, change, before)
  for _, domain in ipairs(before.domains) do
    redis.call('HDEL', keys[5], domain)
  end
  for _, domain in ipairs(change.domains) do
    redis.call('HSET', keys[5], domain, change.id)
  end
  if before.group ~= '' then
    redis.call('ZREM', baton.group_key(keys[2], before.group), change.id)
  end
  if change.group ~= '' then
    redis.call('ZADD', baton.group_key(keys[2], change.group), '0', change.id)
  end
  if change.exists == 1 then
    redis.call('ZADD', keys[4], '0', change.id)
  else
    redis.call('ZREM', keys[4], change.id)
  end
  redis.call('HSET', keys[3], change.id, string.format('1|%d|%d|%s|%s|%d\n', before.revision + 1,
    change.exists, change.group, args[5], change.seen) .. args[7])
end

local function put_account(keys, args)
  baton.expect_count(keys, 5, 'keys')
  local change = read_change(args)
  local shard = baton.read_shard(keys[1], args[11])
  if not redis.call('HGET', keys[2], 'policy') then
    return {OUTCOME.no_workspace}
  end
  local before = baton.parse_account(redis.call('HGET', keys[3], change.id))
  redis.call('ZCARD', keys[4])
  local accounts = redis.call('HLEN', keys[3])
  if change.expected ~= before.revision then
    return {OUTCOME.mismatch, before.revision}
  elseif before.revision == 0 and accounts >= change.cap then
    return {OUTCOME.full, accounts}
  end
  local domain, holder = taken(keys[5], change)
  local members = baton.full_group(keys[2], change.group, change.id)
  if domain then
    return {OUTCOME.taken, domain, holder}
  elseif members then
    return {OUTCOME.group_full, members}
  end
  if before.group ~= '' then
    redis.call('ZCARD', baton.group_key(keys[2], before.group))
  end
  redis.call('HLEN', keys[5])
  shard.applied = shard.applied + change.applied
  shard.duplicates = shard.duplicates + change.duplicates
  write_account(keys, args, change, before)
  baton.write_shard(keys[1], shard)
  return {OUTCOME.done, before.revision + 1}
end

baton.register('put_account', put_account)
