-- assign: what a handoff needs at the least: recognise a repeated event, give the lead to the rep
-- with the fewest, remember both, set a deadline, leave a trace. The bare loops call it by EVALSHA.
-- KEYS: 1 lead, 2 reps (sorted set: rep -> leads given), 3 deadlines, 4 trace
-- ARGV: 1 event id, 2 event time, 3 lead id, 4 source, 5 email, 6 country, 7 score, 8 trace line
-- Returns: the rep
-- Idempotency: by the event id that the lead remembers.

local known = redis.call('HMGET', KEYS[1], 'event', 'rep')
if known[1] == ARGV[1] then
  return known[2]
end
local rep = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
if not rep then
  return redis.error_reply('nobody can have the lead')
end
redis.call('ZINCRBY', KEYS[2], 1, rep)
redis.call('HSET', KEYS[1], 'event', ARGV[1], 'at', ARGV[2], 'lead', ARGV[3], 'source', ARGV[4],
  'email', ARGV[5], 'country', ARGV[6], 'score', ARGV[7], 'rep', rep)
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[3])
redis.call('XADD', KEYS[4], 'MAXLEN', '~', '100000', '*', 'rep', rep, 'line', ARGV[8])
return rep
