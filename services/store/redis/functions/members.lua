-- The members of a queue, field "m" of its hash: one row per member, ordered by rep id,
-- "rep|weight|capacity|presence|skill,skill,profile" (fits.lua), and "|work" for who has rules of
-- work (work.lua), rows separated by ";". Weights are read in thousandths, as at_work.lua needs.

local PATTERN = '^([%w_-]+)|(%d+)|(%d+)|(%l+)|([^|;]*)|?([^|;]*)$'
-- As put_rep.lua stores it.
local REP = '^%d+|(%d+)|(%d+)|(%l+)|[%w_,-]*|([^|;]*)|[^|]*|?([^|;]*)'

-- Why a member who is not online gets no lead.
local ABSENT = {
  [baton.PRESENCE.offline] = baton.REASON.offline, [baton.PRESENCE.away] = baton.REASON.away,
}

-- Reading members costs more than the choice itself and they seldom change, so the result is kept
-- for as long as the text is the same. The text is the key: nothing can be stale.
local known, known_rows = {}, 0
local KNOWN_ROWS_MAX = 20000

local skills_of = baton.remembered(function(list)
  local skills = {}
  for skill in string.gmatch(list, '[^,]+') do
    skills[skill] = true
  end
  return skills
end)

local function make(rep, weight, capacity, presence, list, work)
  return {
    rep = rep, weight = weight * 1000, capacity = tonumber(capacity), presence = presence,
    skills = skills_of(list), profile = baton.profile_in(list), absent = ABSENT[presence],
    work = baton.parse_work(work),
  }
end

-- A rep as stored in the hash of reps.
function baton.member_of(rep, text)
  local weight, capacity, presence, list, work = string.match(text, REP)
  if not weight then
    baton.refuse('stored rep is not readable')
  end
  return make(rep, weight, capacity, presence, list, work)
end

-- working: the places of those with rules of work; until_ms, hours: see at_work.lua.
local function parse(text)
  local members = {working = {}, until_ms = math.huge, hours = {}}
  for row in string.gmatch(text, '[^;]+') do
    local rep, weight, capacity, presence, list, work = string.match(row, PATTERN)
    if not rep then
      baton.refuse('stored members are not readable')
    end
    members[#members + 1] = make(rep, weight, capacity, presence, list, work)
    if work ~= '' then
      members.working[#members.working + 1] = #members
    end
  end
  return members
end

-- `text`: as stored, or false for none. The result is shared: read only.
function baton.parse_members(text)
  local members = known[text or '']
  if not members then
    members = parse(text or '')
    if known_rows + #members > KNOWN_ROWS_MAX then
      known, known_rows = {}, 0
    end
    known[text or ''], known_rows = members, known_rows + #members
  end
  return members
end
