-- match_accounts: the accounts of domains, with the others of their groups
-- (AccountStore::MatchAccounts).
-- KEYS: 1 workspace, 2 accounts, 3 domains
-- ARGV: for each query its domains, separated by commas, the best first
-- Returns: for each query {}, or {domain, account, its text, then of each account of its group but
--          itself: account, its text}, or the error of what cannot be read
-- Idempotency: only reads.

local function match(keys, list)
  for domain in string.gmatch(list, '[^,]+') do
    local account = redis.call('HGET', keys[3], domain)
    if account then
      local text = redis.call('HGET', keys[2], account)
      local group = baton.parse_account(text).group
      local found = {domain, account, text}
      local ids = group ~= '' and
        redis.call('ZRANGE', baton.group_key(keys[1], group), '0', '-1') or {}
      for _, sibling in ipairs(ids) do
        if sibling ~= account then
          found[#found + 1] = sibling
          found[#found + 1] = redis.call('HGET', keys[2], sibling)
        end
      end
      return found
    end
  end
  return {}
end

local function match_accounts(keys, args)
  baton.expect_count(keys, 3, 'keys')
  local results = {}
  for i, list in ipairs(args) do
    local ok, result = pcall(match, keys, list)
    results[i] = ok and result or (type(result) == 'table' and result or {err = tostring(result)})
  end
  return results
end

baton.register('match_accounts', match_accounts, {'no-writes'})
