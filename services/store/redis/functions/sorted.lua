-- Different numbers in ascending order, in chunks: adding or removing one costs little wherever it
-- stands, and how many there are hardly matters.

local CHUNK = 64

-- The first place of `chunk` whose number is not below `number`.
local function place_in(chunk, number)
  local low, high = 1, #chunk + 1
  if high > 1 and number <= chunk[1] then -- mostly so
    return 1
  end
  while low < high do
    local middle = (low + high - (low + high) % 2) / 2
    if chunk[middle] < number then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

-- The first chunk that does not end below `number`, or one place behind the last.
local function chunk_in(sorted, number)
  local low, high = 1, #sorted + 1
  local first, last = sorted[1], sorted[#sorted]
  if first and number <= first[#first] then -- mostly it is in the first one or the last
    return 1
  elseif last and number > last[1] then
    return number > last[#last] and high or high - 1
  end
  while low < high do
    local middle = (low + high - (low + high) % 2) / 2
    local chunk = sorted[middle]
    if chunk[#chunk] < number then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

baton.place_in = place_in

-- `numbers`: in order.
function baton.new_sorted(numbers)
  local sorted = {}
  for from = 1, #numbers, CHUNK do
    local chunk = {}
    for i = from, math.min(from + CHUNK - 1, #numbers) do
      chunk[#chunk + 1] = numbers[i]
    end
    sorted[#sorted + 1] = chunk
  end
  return sorted
end

-- nil: there is none.
function baton.first_in(sorted)
  return sorted[1] and sorted[1][1]
end

local function split(sorted, i)
  local chunk, rest = sorted[i], {}
  for j = CHUNK + 1, #chunk do
    rest[j - CHUNK], chunk[j] = chunk[j], nil
  end
  table.insert(sorted, i + 1, rest)
end

function baton.add_sorted(sorted, number)
  local i = math.min(chunk_in(sorted, number), math.max(#sorted, 1))
  local chunk = sorted[i] or {}
  sorted[i] = chunk
  table.insert(chunk, place_in(chunk, number), number)
  if #chunk >= CHUNK * 2 then
    split(sorted, i)
  end
end

-- `number` is there.
function baton.remove_sorted(sorted, number)
  local i = chunk_in(sorted, number)
  local chunk = sorted[i]
  table.remove(chunk, place_in(chunk, number))
  if #chunk == 0 then
    table.remove(sorted, i)
  end
end
