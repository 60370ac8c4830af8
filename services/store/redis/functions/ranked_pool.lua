-- What a lead keeps of a choice among ranks (pool.lua), in a form that is put together from texts
-- that many choices have in common. Behind the byte RANKED a flat list, in MessagePack, of the rep
-- chosen, the sum of all shares, the number of groups; for each group what its members were owed
-- beyond their base, their share and how many of them are kept; reason and number of all with it,
-- for each but that of the chosen one, whose reason comes last; rep, base, open and capacity of
-- each kept, by group.

local REASON = baton.REASON
local RANKED, ARRAY = 0xc1, 0xdc -- nothing in MessagePack begins with the first

function baton.is_ranked_pool(blob)
  return string.byte(blob) == RANKED
end

-- What is kept of one member.
function baton.pack_ranked_member(rep, base, open, capacity)
  return cmsgpack.pack(rep, base, open, capacity)
end

-- Of the choice of the member at place `chosen`, who pays `paid`.
function baton.pack_ranked(queue, chosen, paid)
  local ranks = queue.ranks
  local head, body = {queue.members[chosen].rep, paid, #ranks.groups}, {'', ''}
  for _, group in ipairs(ranks.groups) do
    head[#head + 1], head[#head + 2], head[#head + 3] = group.gained, group.share, #group.near
    group.text = group.text or table.concat(group.texts)
    body[#body + 1] = group.text
  end
  for reason, count in pairs(ranks.counts) do
    count = reason == REASON.fairness and count - 1 or count
    if count > 0 then
      head[#head + 1], head[#head + 2] = reason, count
    end
  end
  head[#head + 1] = REASON.chosen
  local items = #head + 4 * ranks.near
  body[1] = string.char(RANKED, ARRAY, math.floor(items / 256), items % 256)
  body[2] = cmsgpack.pack(unpack(head))
  return table.concat(body)
end

-- The candidates kept, and the sum of all shares.
function baton.unpack_ranked(blob)
  local values, list = cmsgpack.unpack(string.sub(blob, 2)), {}
  local chosen, paid, groups = values[1], values[2], values[3]
  local at = 4 + groups * 3
  while values[at] and values[at] ~= REASON.chosen do
    at = at + 2
  end
  for group = 0, groups - 1 do
    local gained, share, kept = unpack(values, 4 + group * 3, 6 + group * 3)
    for _ = 1, kept do
      local rep, base, open, capacity = unpack(values, at + 1, at + 4)
      list[#list + 1], list[#list + 2] = rep, rep == chosen and REASON.chosen or REASON.fairness
      list[#list + 1], list[#list + 2] = base + gained, share
      list[#list + 1], list[#list + 2] = open, capacity
      at = at + 4
    end
  end
  return list, paid
end
