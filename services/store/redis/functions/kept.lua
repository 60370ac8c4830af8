-- What is known of great queues (queue.lua), kept from call to call: members, the open counts of
-- their workspace's reps, ledger and ranks. It is true as long as nothing else has changed any of
-- it. What changes the open set of a rep or a ledger writes the shard's record, and each writing
-- gives that record a text that there never was before (shard.lua): so what is kept is used only
-- while the record has the text that was written with it, whatever else has happened to server,
-- data or functions. Members are compared as texts. A function that does not keep what it knows
-- when it has written the record makes the next one begin anew: nothing has to be remembered.
-- kept: shard's record -> {text, workspaces: key -> {open, great: id -> queue}}.

local MEMBERS_MAX = 50000 -- of all queues kept; each takes about 1 KB
local kept, members, tick = {}, 0, 0

local function size_of(workspaces)
  local size = 0
  for _, workspace in pairs(workspaces) do
    for _, queue in pairs(workspace.great) do
      size = size + #queue.members
    end
  end
  return size
end

-- What is kept of the shard is this call's now: an error in its middle leaves nothing behind.
local function take(shard)
  if not shard.known then
    local found = kept[shard.meta]
    if found then
      kept[shard.meta], members = nil, members - found.size
    end
    shard.known = found and found.text == shard.read and found.workspaces or {}
  end
  return shard.known
end

-- What the steps of one call share of a workspace: {key, open: how many leads each rep owns now, as
-- far as it is known, great: its great queues, given, now: see at_work.lua, standing: see there}.
function baton.new_call(shard, key)
  local known = take(shard)
  local workspace = known[key] or {open = {}, great = {}}
  known[key] = workspace
  return {key = key, open = workspace.open, great = workspace.great, given = {}, standing = {},
    now = shard.now}
end

function baton.note_use(queue)
  tick = tick + 1
  queue.used = tick
end

local function forget_oldest()
  local oldest, of
  for _, shard in pairs(kept) do
    for _, workspace in pairs(shard.workspaces) do
      for _, queue in pairs(workspace.great) do
        if not oldest or queue.used < oldest.used then
          oldest, of = queue, {shard, workspace.great}
        end
      end
    end
  end
  members, of[1].size = members - #oldest.members, of[1].size - #oldest.members
  of[2][oldest.id] = nil
end

-- The call is at its end, and all that it changed is written.
function baton.keep(shard)
  local workspaces = take(shard)
  if shard.broken then
    return
  end
  for key, workspace in pairs(workspaces) do
    for id, queue in pairs(workspace.great) do
      if queue.members.until_ms <= shard.now then
        workspace.great[id] = nil
      end
      queue.call, queue.candidates, queue.able = nil, nil, nil
      queue.checked, queue.owners = nil, nil
    end
    if not next(workspace.great) then
      workspaces[key] = nil
    end
  end
  local size = size_of(workspaces)
  kept[shard.meta] = {text = shard.text, workspaces = workspaces, size = size}
  members = members + size
  while members > MEMBERS_MAX do
    forget_oldest()
  end
end
