-- Moves readers to their next moment, or takes them out.
--
-- KEYS: 1 writes, 2 readers of the account by time
-- ARGV: pairs of an id and a time (ms); an empty time takes the reader out
--
-- Answers the number of writes.
for at = 1, #ARGV, 2 do
  if ARGV[at + 1] == '' then
    redis.call('ZREM', KEYS[2], ARGV[at])
  else
    redis.call('ZADD', KEYS[2], ARGV[at + 1], ARGV[at])
  end
end
return redis.call('INCR', KEYS[1])
