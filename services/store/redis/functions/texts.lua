-- Texts in an order, in chunks that are kept joined: where few of them change, their text is put
-- together from few pieces. (Redis looks at each byte of each string that Lua makes, which for 2 KB
-- takes longer than a choice.)
-- Pieces, a list of texts with their size, stand for the text that they are together.
-- texts: a list of chunks, none of them empty: {text, text, ..., joined: all of these; first: the
-- first `count` of them, joined}; nil: unknown.

local CHUNK = 12

function baton.new_texts(list)
  local texts = {}
  for from = 1, #list, CHUNK do
    texts[#texts + 1] = baton.slice(list, from, math.min(from + CHUNK - 1, #list))
  end
  return texts
end

-- The number of the chunk with place `at`, and the place in it.
local function find(texts, at)
  local i = 1
  while texts[i] and at > #texts[i] do
    at, i = at - #texts[i], i + 1
  end
  return i, at
end

local function split(texts, i)
  local chunk = texts[i]
  texts[i] = baton.slice(chunk, 1, CHUNK)
  table.insert(texts, i + 1, baton.slice(chunk, CHUNK + 1, #chunk))
end

-- At most one place behind the last.
function baton.insert_text(texts, at, text)
  local i, place = find(texts, at)
  if not texts[i] then
    i, place = math.max(i - 1, 1), nil
    texts[i] = texts[i] or {}
  end
  local chunk = texts[i]
  table.insert(chunk, place or #chunk + 1, text)
  chunk.joined, chunk.first = nil, nil
  if #chunk >= CHUNK * 2 then
    split(texts, i)
  end
end

function baton.remove_text(texts, at)
  local i, place = find(texts, at)
  local chunk = texts[i]
  table.remove(chunk, place)
  chunk.joined, chunk.first = nil, nil
  if #chunk == 0 then
    table.remove(texts, i)
  end
end

function baton.size_of(text)
  return type(text) == 'table' and text.size or #text
end

function baton.joined(text)
  return type(text) == 'table' and table.concat(text) or text
end

-- Adds the first `count` texts to `pieces`.
function baton.add_pieces(pieces, texts, count)
  local i, at = 1, #pieces
  while count > 0 do
    local chunk = texts[i]
    if #chunk <= count then
      chunk.joined = chunk.joined or table.concat(chunk)
      pieces[at + i] = chunk.joined
    else
      if not chunk.first or chunk.count ~= count then
        chunk.first, chunk.count = table.concat(chunk, '', 1, count), count
      end
      pieces[at + i] = chunk.first
    end
    count, i = count - #chunk, i + 1
  end
end
