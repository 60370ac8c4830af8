-- What a lead keeps of a choice among ranks (pool.lua), in a form that is put together from texts
-- that many choices have in common. Behind the byte RANKED a flat list, in MessagePack, of the rep
-- chosen ('': nobody), the sum of all shares, the number of groups; for each group the reason of
-- its members, what they were owed beyond their base, their share and how many of them are kept;
-- the number of reasons, and each with the number of all who have it; rep, base, open and capacity
-- of each kept, by group. The chosen one's own reason is that it was chosen.

local REASON, NEAR = baton.REASON, baton.LIMIT.candidates
-- Nothing in MessagePack begins with the first; the last is ''.
local RANKED, ARRAY, NOBODY = 0xc1, 0xdc, 0xa0

function baton.is_ranked_pool(blob)
  return string.byte(blob) == RANKED
end

function baton.has_chosen_ranked(blob)
  return string.byte(blob, 5) ~= NOBODY
end

local function add_group(head, reason, entry, kept)
  local at = #head
  head[at + 1], head[at + 2], head[at + 3] = reason, entry.group.gained, entry.share
  head[at + 4], head[3] = kept, head[3] + 1
end

-- shared: the reason of those who have a share.
local function add_entries(head, pieces, counts, entries, shared)
  for _, entry in ipairs(entries) do
    local reason = shared or entry.reason
    counts[reason] = (counts[reason] or 0) + entry.group.size
    if entry.near > 0 then
      add_group(head, reason, entry, entry.near)
      baton.add_pieces(pieces, entry.group.texts, entry.near)
    end
  end
end

local function add_counts(head, counts)
  local at = #head + 1
  head[at] = 0
  for reason, count in pairs(counts) do
    if count > 0 then
      head[at], head[#head + 1], head[#head + 2] = head[at] + 1, reason, count
    end
  end
end

-- Of the choice of the member at place `chosen`, nil: of nobody. owned: it is the lead's owner.
-- strangers: the reasons of candidates who are no members, none of whom is kept. The nearest have
-- been found. Returns pieces of the whole: who writes it down puts it together, as part of what is
-- written. size: of all.
function baton.pack_ranked(queue, view, chosen, owned, strangers)
  local counts, shared = {}, owned and REASON.not_owner or REASON.fairness
  local head, pieces = {chosen and queue.members[chosen].rep or '', view.paid, 0}, {'', ''}
  local beside = chosen and owned and baton.keep_beside(queue.ranks, view, chosen)
  if beside then
    add_group(head, shared, beside, 1)
    pieces[3] = baton.text_of_member(queue, chosen)
  end
  add_entries(head, pieces, counts, view.sharing, shared)
  add_entries(head, pieces, counts, view.others)
  if chosen then
    counts[REASON.chosen], counts[shared] = 1, counts[shared] - 1
  end
  for _, reason in ipairs(strangers) do
    counts[reason] = (counts[reason] or 0) + 1
  end
  add_counts(head, counts)
  local items = #head + 4 * NEAR
  pieces[1] = string.char(RANKED, ARRAY, math.floor(items / 256), items % 256)
  pieces[2] = cmsgpack.pack(unpack(head))
  pieces.size = 0
  for _, piece in ipairs(pieces) do
    pieces.size = pieces.size + #piece
  end
  return pieces
end

-- The candidates kept, and the sum of all shares.
function baton.unpack_ranked(blob)
  local values, list = cmsgpack.unpack(string.sub(blob, 2)), {}
  local chosen, paid, groups = values[1], values[2], values[3]
  local at = 5 + groups * 4 + values[4 + groups * 4] * 2
  for group = 0, groups - 1 do
    local reason, gained, share, kept = unpack(values, 4 + group * 4, 7 + group * 4)
    for _ = 1, kept do
      local rep, base, open, capacity = unpack(values, at, at + 3)
      list[#list + 1], list[#list + 2] = rep, rep == chosen and REASON.chosen or reason
      list[#list + 1], list[#list + 2] = base + gained, share
      list[#list + 1], list[#list + 2] = open, capacity
      at = at + 4
    end
  end
  return list, paid
end
