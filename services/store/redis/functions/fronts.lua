-- The members of a group of ranks (ranks.lua) by what they are owed: front, the keys of the first
-- ones, as many as a lead keeps candidates, in order; texts, what a lead keeps of each of these
-- (texts.lua); rest, the keys of the others (sorted.lua). For keys see rank_keys.lua.

local FRONT, place_in = baton.LIMIT.candidates, baton.place_in

-- What a lead keeps of the member (ranked_pool.lua).
function baton.text_of_member(queue, place)
  local member = queue.members[place]
  return cmsgpack.pack(member.rep, queue.ranks.base[place], queue.open[member.rep],
    member.capacity)
end

-- group.rest is a list of all keys as yet.
function baton.begin_front(queue, group)
  local keys = group.rest
  table.sort(keys)
  group.front = baton.slice(keys, 1, math.min(FRONT, #keys))
  group.rest = baton.new_sorted(baton.slice(keys, FRONT + 1, #keys))
  local texts = {}
  for i = 1, #group.front do
    texts[i] = baton.text_of_member(queue, baton.place_of(group.front[i]))
  end
  group.texts = baton.new_texts(texts)
end

-- The member at `place`, whose group and base have been set, is in its group.
function baton.put_in(queue, place)
  local ranks = queue.ranks
  local group, key = ranks.of[place], baton.key_of(ranks.base[place], place)
  local front, texts = group.front, group.texts
  local last = #front
  if last == FRONT and key > front[last] then
    return baton.add_sorted(group.rest, key)
  end
  local at = place_in(front, key)
  table.insert(front, at, key)
  baton.insert_text(texts, at, baton.text_of_member(queue, place))
  if last == FRONT then
    baton.add_sorted(group.rest, front[FRONT + 1])
    front[FRONT + 1] = nil
    baton.remove_text(texts, FRONT + 1)
  end
end

-- The member at `place` is in its group no more.
function baton.take_out(queue, place)
  local ranks = queue.ranks
  local group, key = ranks.of[place], baton.key_of(ranks.base[place], place)
  local front, texts = group.front, group.texts
  local last = #front
  if key > front[last] then
    return baton.remove_sorted(group.rest, key)
  end
  local at, next_one = place_in(front, key), baton.first_in(group.rest)
  table.remove(front, at)
  baton.remove_text(texts, at)
  if next_one then
    baton.remove_sorted(group.rest, next_one)
    front[last] = next_one
    baton.insert_text(texts, last, baton.text_of_member(queue, baton.place_of(next_one)))
  end
end
