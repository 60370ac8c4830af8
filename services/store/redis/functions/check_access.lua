-- check_access: whether the connection's user may do all that functions do. A denial in the middle
-- of a function would leave its earlier writes in place, so it is found out before the first call.
-- KEYS: 1 meta, 2 outbox (any shard)
-- ARGV: none
-- Returns: the commands that are denied; empty if all is well
-- Idempotency: only asks.

local COMMANDS = {
  {'TIME'}, {'GET'}, {'SET', 'v'}, {'DEL'},
  {'HGET', 'f'}, {'HMGET', 'f'}, {'HGETALL'}, {'HLEN'}, {'HKEYS'}, {'HSET', 'f', 'v'},
  {'HDEL', 'f'},
  {'HINCRBY', 'f', '1'},
  {'LLEN'}, {'LRANGE', '0', '-1'}, {'RPUSH', 'v'}, {'LTRIM', '0', '-1'}, {'LREM', '0', 'v'},
  {'SCARD'}, {'SMEMBERS'},
  {'SADD', 'm'},
  {'SREM', 'm'}, {'XLEN'}, {'XADD', '1-0', 'f', 'v'}, {'XTRIM', 'MINID', '1'},
  {'XREVRANGE', '+', '-'}, {'ZADD', '0', 'm'}, {'ZREM', 'm'}, {'ZCARD'}, {'ZSCORE', 'm'},
  {'ZRANGE', '0', '1'}, {'ZRANGEBYSCORE', '0', '1'},
}

local function check_access(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 0, 'arguments')
  local workspace = baton.workspace_key(baton.tag_of(keys[1]), 'any')
  local denied = {}
  for _, command in ipairs(COMMANDS) do
    for _, key in ipairs({keys[1], keys[2], workspace, baton.open_key(workspace, 'any')}) do
      local allowed
      if command[1] == 'TIME' then
        allowed = redis.acl_check_cmd('TIME')
      else
        allowed = redis.acl_check_cmd(command[1], key, unpack(command, 2))
      end
      if not allowed then
        denied[#denied + 1] = command[1] .. ' ' .. key
      end
    end
  end
  return denied
end

baton.register('check_access', check_access, {'no-writes'})
