-- Adds a page of readers to an index that is being made.
--
-- KEYS: 1 lock, 2 readers of the account by time
-- ARGV: 1 our mark in the lock, 2 how long the lock is ours without a page (ms), then pairs of an id and a time (ms)
--
-- Whoever is there already came by a hint, which is newer than the page. Answers 1, or 0 when the lock is
-- no longer ours.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for at = 3, #ARGV, 2 do redis.call('ZADD', KEYS[2], 'NX', ARGV[at + 1], ARGV[at]) end
return 1
