-- A revision of a policy: hash with the fields name (escaped), hash (fingerprint of its document),
-- by and at (who created it when), "a:<principal>" for each approval ("role|at"), "n:<number>" for
-- each activation that is remembered ("activate|at|principal|reason" or "rollback|..."), superseded
-- (at), withdrawn ("at|principal"), and tables ("name@sha256" of each lookup table that the
-- document names, comma-separated). The document is a field of the policies.

local ACTIVATION = {activate = 'activate', rollback = 'rollback'}
baton.ACTIVATION = ACTIVATION

function baton.principal(text)
  if not text or #text > 128 or not string.find(text, '^[%w._@+-]+$') then
    baton.refuse('principal is not readable')
  end
  return text
end

-- What a lookup table is known by.
function baton.table_id(name, sha256)
  if not sha256 or #sha256 ~= 64 or not string.find(sha256, '^[0-9a-f]+$') then
    baton.refuse('sha256 is not readable')
  end
  return baton.id(name, 'table') .. '@' .. sha256
end

-- The active revision (0: none), the last numbers given to revisions and activations, and the
-- queues of the active one; nil: there is no such workspace.
function baton.read_policies(key)
  local stored = redis.call('HMGET', key, 'policy', 'revisions', 'activations', 'queues',
    'policy_hash')
  if not stored[1] then
    return nil
  end
  local max = baton.LIMIT.number
  return {
    active = baton.whole(stored[1], 'stored revision', 0, max),
    revisions = baton.whole(stored[2] or '0', 'stored number of revisions', 0, max),
    activations = baton.whole(stored[3] or '0', 'stored number of activations', 0, max),
    queues = stored[4] or '', hash = stored[5],
  }
end

local function read_field(revision, field, value)
  local kind, name = string.match(field, '^([an]):(.+)$')
  if kind == 'a' then
    local role = string.match(value, '^(%l+)|%d+$')
    revision.approvals[baton.principal(name)] = baton.one_of(role, baton.ROLE, 'stored role')
    revision.approved = revision.approved + 1
  elseif kind == 'n' then
    local number = baton.whole(name, 'stored activation', 1, baton.LIMIT.number)
    revision.activated = revision.activated + 1
    revision.first = math.min(revision.first or number, number)
  else
    revision[field] = value
  end
  revision.fields[#revision.fields + 1] = field
end

-- approvals: role by principal, approved: how many; activated: how many activations are remembered,
-- first: the earliest of them; fields: their names. nil: there is no such revision.
function baton.read_revision(workspace, number)
  local key = baton.revision_key(workspace, string.format('%d', number))
  local stored = redis.call('HGETALL', key)
  if #stored == 0 then
    return nil
  end
  local revision = {key = key, approvals = {}, approved = 0, activated = 0, fields = {}}
  for i = 1, #stored, 2 do
    read_field(revision, stored[i], stored[i + 1])
  end
  if not revision.hash then
    baton.refuse('stored revision is not readable')
  end
  return revision
end

function baton.is_draft(revision)
  return revision.activated == 0 and not revision.withdrawn
end

-- The roles that have not approved, as a number: 1 marketing, 2 sales, 3 both.
function baton.missing_roles(revision)
  local missing = {[baton.ROLE.marketing] = 1, [baton.ROLE.sales] = 2}
  for _, role in pairs(revision.approvals) do
    missing[role] = 0
  end
  return missing[baton.ROLE.marketing] + missing[baton.ROLE.sales]
end
