-- stop_shadow: ends the run of a draft beside the active revision (ShadowStore::StopShadow).
-- KEYS: 1 meta, 2 workspace
-- ARGV: 1 principal, 2 clock
-- Returns: {OUTCOME.done}, {OUTCOME.no_workspace}
-- Idempotency: a run that has ended stays as it is.

local OUTCOME = baton.OUTCOME

local function stop_shadow(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 2, 'arguments')
  local principal = baton.principal(args[1])
  local now = baton.read_shard(keys[1], args[2]).now
  if not baton.read_policies(keys[2]) then
    return {OUTCOME.no_workspace}
  end
  if baton.running_shadow(keys[2]) then
    baton.write_shadow_end(keys[2], baton.SHADOW_END.stopped, string.format('%d', now), principal)
  end
  return {OUTCOME.done}
end

baton.register('stop_shadow', stop_shadow)
