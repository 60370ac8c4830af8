redis.replicate_commands()
local call=redis.call
call('ZADD','reps',0,'r1',0,'r2',0,'r3',0,'r4',0,'r5',0,'r6',0,'r7',0,'r8')
for i=1,1000 do local id='lead-'..(tonumber(ARGV[1])+i); local k='lead:'..id
 if call('HGET', k, 'eid') == 'x' then else
  local p = call('ZPOPMIN', 'reps'); local rep = p[1]; call('ZADD', 'reps', p[2] + 1, rep)
  call('HMSET', k, 'eid', id, 'ts', '1800000000000', 'id', id, 'src', 'web', 'email', 'a@example.com', 'region', 'emea', 'score', '55', 'rep', rep)
  call('ZADD', 'sla', '1800000000000', id); call('XADD', 'audit', 'MAXLEN', '~', '100000', '*', 'rep', rep, 'p', string.rep('p',300)) end end
