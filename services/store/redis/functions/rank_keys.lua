-- Keys of members of great queues (ranks.lua): of two the lesser one is owed more or, as much,
-- comes first. A base and a place are exact in one number, also with a gain on top.

local PLACES, AMOUNT_MAX = 2 ^ 15, 2 ^ 36

function baton.key_of(base, place)
  return place - base * PLACES
end

-- How much less a key is of somebody who is owed so much more.
function baton.lift_of(amount)
  return amount * PLACES
end

-- Whether those with the keys are owed as much.
function baton.are_tied(key, other)
  return key - key % PLACES == other - other % PLACES
end

function baton.place_of(key)
  return key % PLACES
end

-- Whether a key can say it.
function baton.is_amount(number)
  return math.abs(number) < AMOUNT_MAX
end
