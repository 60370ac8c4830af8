-- An account: a line of text "1|revision|exists|group|domains|applied" (1: format; exists 0: it was
-- deleted; domains separated by commas; applied: events so far) and a blob (record.proto) behind
-- it, which passes through unread. What a later release appends to the line is passed over.

local PATTERN = '^1|(%d+)|([01])|([%w_-]*)|([%w_.,-]*)|(%d+)[^\n]*\n'

-- {revision, group, domains}; of an account that was never heard of: revision 0, no domains.
function baton.parse_account(text)
  if not text then
    return {revision = 0, group = '', domains = {}}
  end
  local revision, _, group, domains = string.match(text, PATTERN)
  if not revision then
    baton.refuse('stored account is not readable')
  end
  return {revision = tonumber(revision), group = group, domains = baton.domains_of(domains)}
end

-- The domains of a comma-separated list.
function baton.domains_of(list)
  local domains = {}
  for domain in string.gmatch(list, '[^,]+') do
    domains[#domains + 1] = domain
  end
  if #domains > baton.LIMIT.domains then
    baton.refuse('too many domains')
  end
  return domains
end

-- How many accounts the group has, if it has no room for this one.
function baton.full_group(workspace, group, account)
  local key = baton.group_key(workspace, group)
  if group == '' or redis.call('ZSCORE', key, account) then
    return nil
  end
  local members = redis.call('ZCARD', key)
  return members >= baton.LIMIT.accounts_per_group and members or nil
end
