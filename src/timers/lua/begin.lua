-- Begins to make the index again: from here to the end nobody relies on it.
--
-- KEYS: 1 lock, 2 epoch, then the readers by time of every account
-- ARGV: 1 our mark in the lock, 2 how long the lock is ours without a page (ms)
--
-- Answers 1, or 0 when somebody else is at it. Whoever began and did not hear the answer may begin again.
if redis.call('GET', KEYS[1]) ~= ARGV[1] and not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for at = 2, #KEYS do redis.call('UNLINK', KEYS[at]) end
return 1
