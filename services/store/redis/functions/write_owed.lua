-- Writing the ledger of a queue, as gains.lua says.

local function write_whole(queue)
  local gains, ranks, owed = baton.gains_key(queue.workspace, queue.id), queue.ranks, queue.owed
  if not ranks then
    redis.call('HSET', queue.key, 'g', cmsgpack.pack(owed))
    if queue.ranked then
      redis.call('HDEL', queue.key, 'r')
      redis.call('DEL', gains)
      queue.ranked = false
    end
    return
  end
  local stored, groups, texts = {}, {}, {}
  for rep, amount in pairs(owed) do
    stored[rep] = amount
  end
  for i, group in ipairs(ranks.gaining) do
    groups[i], group.since, group.said = {}, group.gained, 0
  end
  for place, group in pairs(ranks.of) do
    local rep, ids = queue.members[place].rep, groups[group.number] or {}
    stored[rep], ids[#ids + 1] = ranks.base[place] + group.gained, rep
  end
  for i, ids in ipairs(groups) do
    texts[i] = table.concat(ids, ',') .. ';'
  end
  redis.call('HSET', queue.key, 'g', cmsgpack.pack(stored), 'r', table.concat(texts))
  redis.call('DEL', gains)
  ranks.stored, ranks.changed, queue.ranked = stored, {}, true
end

local function write_moves(queue)
  local ranks, fields = queue.ranks, {}
  for i, group in ipairs(ranks.gaining) do
    local gain = group.gained - group.since
    if gain ~= group.said then
      fields[#fields + 1], fields[#fields + 2] = string.format('=%d', i), string.format('%d', gain)
      group.said = gain
    end
  end
  for rep in pairs(ranks.changed) do
    local place, stored = queue.places[rep], ranks.stored[rep] or 0
    local group = place and ranks.of[place]
    local moved = group and ranks.base[place] + group.since or queue.owed[rep] or 0
    fields[#fields + 1] = rep
    fields[#fields + 1] = string.format('%d|%d', moved - stored, group and group.number or 0)
  end
  baton.send('HSET', baton.gains_key(queue.workspace, queue.id), fields)
  ranks.changed = {}
end

function baton.write_owed(queue)
  if queue.ranks and queue.ranks.stored then
    write_moves(queue)
  else
    write_whole(queue)
  end
end
