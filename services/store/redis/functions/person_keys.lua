-- Further keys that are derived (keys.lua): those of erased leads and of e-mail addresses.

function baton.erased_key(workspace)
  return workspace .. ':erased'
end

function baton.erased_order_key(workspace)
  return workspace .. ':erased:order'
end

function baton.emails_key(workspace)
  return workspace .. ':emails'
end

function baton.claims_key(workspace, rep)
  return workspace .. ':c:' .. rep
end

-- `tag`: of the shard.
function baton.purges_key(tag)
  return tag .. 'purges'
end
