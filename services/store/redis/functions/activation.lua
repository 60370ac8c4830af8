-- What an activation reads of the queues, and what it writes after all that could fail is read
-- (activate_policy.lua).

local ROW = '^([%w_-]+)|((%l+)|%d+|%d+|[^|]*|[%l_]+|[01]|[%w_>,-]*|%d+|[%w_-]*|' ..
  '[01]|%d+|%d+|%d+)$'

-- The queues' ids in order and their rows by id, from the arguments that begin at `first`.
function baton.read_queue_policies(args, first)
  local ids, rows = {}, {}
  for i = first, #args do
    local queue, row, mode = string.match(args[i], ROW)
    baton.one_of(mode, baton.MODE, 'mode')
    ids[#ids + 1], rows[baton.id(queue, 'queue')] = queue, row
  end
  return ids, rows
end

-- Looks at all keys, so that writing them cannot fail. Returns those of the queues that only the
-- policy before had (`before`: their ids, joined).
function baton.check_queues(workspace, before, ids, rows)
  local dropped = {}
  for queue in string.gmatch(before, '[^,]+') do
    if not rows[queue] then
      dropped[#dropped + 1] = baton.queue_key(workspace, queue)
      redis.call('HLEN', dropped[#dropped])
    end
  end
  for _, queue in ipairs(ids) do
    redis.call('HLEN', baton.queue_key(workspace, queue))
  end
  return dropped
end

-- now: text; wish: revision, number, kind, principal; before: the revision active until now, or
-- false; ids, rows: of the queues; dropped: keys of queues that only the policy before had.
function baton.write_activation(activation)
  local wish, revision, now = activation.wish, activation.revision, activation.now
  for _, key in ipairs(activation.dropped) do
    redis.call('HDEL', key, 'p')
  end
  for _, queue in ipairs(activation.ids) do
    redis.call('HSET', baton.queue_key(activation.workspace, queue), 'p', activation.rows[queue])
  end
  if activation.before then
    redis.call('HSET', activation.before.key, 'superseded', now)
  end
  redis.call('HDEL', revision.key, 'superseded')
  if revision.activated >= baton.LIMIT.activations then
    redis.call('HDEL', revision.key, string.format('n:%d', revision.first))
  end
  redis.call('HSET', revision.key, string.format('n:%d', wish.number),
    string.format('%s|%s|%s|%s', wish.kind, now, wish.principal, activation.reason))
  redis.call('SREM', activation.drafts, string.format('%d', wish.revision))
  redis.call('HSET', activation.workspace, 'policy', string.format('%d', wish.revision),
    'policy_hash', revision.hash, 'activations', string.format('%d', wish.number),
    'queues', table.concat(activation.ids, ','))
end
