-- Names readers who are due, and leaves them to whoever asked for one lease.
--
-- KEYS: 1 epoch, 2 writes, 3 readers of the account by time
-- ARGV: 1 the epoch that is expected, 2 the least number of writes, 3 now (ms), 4 end of the lease (ms), 5 limit
--
-- Answers false when this is not the index that is meant, or when it has forgotten writes; otherwise the
-- number of writes, followed by the ids, the longest due first. It writes each time, so that an index that
-- can no longer be written shows before somebody is due.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
if tonumber(redis.call('GET', KEYS[2]) or '0') < tonumber(ARGV[2]) then return false end
local answer = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[3], 'LIMIT', 0, ARGV[5])
for _, id in ipairs(answer) do redis.call('ZADD', KEYS[3], 'XX', ARGV[4], id) end
table.insert(answer, 1, tostring(redis.call('INCR', KEYS[2])))
return answer
