-- delete_table: forgets a lookup table that no revision of the policy names
-- (TableStore::DeleteTable).
-- KEYS: 1 workspace, 2 tables, 3 table texts (see put_table.lua), 4 policies (hash: revision ->
--       document)
-- ARGV: 1 name, 2 sha256
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}, {OUTCOME.absent}, {OUTCOME.closed, a revision
--          that names it}
-- Idempotency: one that was forgotten is absent.

local OUTCOME = baton.OUTCOME

local function delete_table(keys, args)
  baton.expect_count(keys, 4, 'keys')
  baton.expect_count(args, 2, 'arguments')
  local id = baton.table_id(args[1], args[2])
  if not redis.call('HGET', keys[1], 'policy') then
    return {OUTCOME.no_workspace}
  elseif not redis.call('HGET', keys[2], id) then
    return {OUTCOME.absent}
  end
  for _, revision in ipairs(redis.call('HKEYS', keys[4])) do
    local number = baton.whole(revision, 'stored revision', 1, baton.LIMIT.number)
    local named = redis.call('HGET', baton.revision_key(keys[1], revision), 'tables')
    if named and string.find(',' .. named .. ',', ',' .. id .. ',', 1, true) then
      return {OUTCOME.closed, number}
    end
  end
  redis.call('HLEN', keys[3])
  redis.call('HDEL', keys[2], id)
  redis.call('HDEL', keys[3], id)
  return {OUTCOME.done}
end

baton.register('delete_table', delete_table)
