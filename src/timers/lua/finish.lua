-- Ends the making of the index: from here on it can be relied on, under this name.
--
-- KEYS: 1 lock, 2 epoch, 3 writes
-- ARGV: 1 our mark in the lock, 2 the epoch
--
-- Answers the number of writes, or false when the lock is no longer ours.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1])
return redis.call('INCR', KEYS[3])
