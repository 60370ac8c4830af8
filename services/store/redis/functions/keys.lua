-- Keys that a function derives from a declared one, because the caller cannot know them, as which
-- rep is chosen. Redis asks for declared keys to route by slot; every derived key carries the hash
-- tag of the declared one. redis_keys.h has the same derivations; a test compares the two.

-- "{b07}:" of any key of a shard.
function baton.tag_of(shard_key)
  return string.match(shard_key, '^{b%d+}:') or baton.refuse('key without a shard tag')
end

function baton.workspace_key(tag, workspace)
  return tag .. 'w:' .. workspace
end

function baton.lead_key(workspace, lead)
  return workspace .. ':l:' .. lead
end

function baton.journey_key(workspace, lead)
  return workspace .. ':j:' .. lead
end

function baton.decisions_key(workspace, lead)
  return workspace .. ':d:' .. lead
end

function baton.queue_key(workspace, queue)
  return workspace .. ':q:' .. queue
end

function baton.gains_key(workspace, queue)
  return workspace .. ':e:' .. queue
end

function baton.backlog_key(workspace, queue)
  return workspace .. ':b:' .. queue
end

function baton.open_key(workspace, rep)
  return workspace .. ':o:' .. rep
end

function baton.lanes_key(workspace, queue)
  return workspace .. ':n:' .. queue
end

function baton.lane_key(workspace, queue, lane)
  return workspace .. ':n:' .. queue .. ':' .. lane
end

function baton.awaited_key(workspace, rep)
  return workspace .. ':f:' .. rep
end

function baton.reps_key(workspace)
  return workspace .. ':reps'
end

function baton.hours_key(workspace)
  return workspace .. ':hours'
end

function baton.fits_key(workspace)
  return workspace .. ':fits'
end

function baton.profiles_key(workspace)
  return workspace .. ':profiles'
end

function baton.silent_key(workspace)
  return workspace .. ':silent'
end

function baton.given_key(workspace)
  return workspace .. ':given'
end

function baton.revision_key(workspace, revision)
  return workspace .. ':r:' .. revision
end

function baton.group_key(workspace, group)
  return workspace .. ':g:' .. group
end

function baton.shadow_key(workspace)
  return workspace .. ':shadow'
end

function baton.differing_key(workspace)
  return workspace .. ':shadow:leads'
end

function baton.differences_key(workspace)
  return workspace .. ':shadow:differences'
end

function baton.waiting_key(workspace)
  return workspace .. ':waiting'
end
