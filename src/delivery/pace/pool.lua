-- What idle processes lend of their rate, and what busy ones take of it.
--
-- KEYS: pools, one an account and endpoint
-- ARGV: 1 the most a pool holds (permits), 2 wanted of each (permits), 3 who lends, or empty,
--       4 until when (microseconds, by this clock), 5 how much (permits a second)
--
-- Answers this clock (microseconds since 1970), then what was granted of each pool. The clock is Redis' own:
-- it is the only one that all processes share. What a loan gives flows in until its end and not a moment
-- longer, however late somebody looks.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local answer = { string.format('%.0f', now) }
for _, pool in ipairs(KEYS) do
  local level, at, fields = 0, now, redis.call('HGETALL', pool)
  for i = 1, #fields, 2 do
    if fields[i] == 'level' then level = tonumber(fields[i + 1]) end
    if fields[i] == 'at' then at = tonumber(fields[i + 1]) end
  end
  for i = 1, #fields, 2 do
    local ends, rate = string.match(fields[i + 1], '^(%d+) (%S+)$')
    if ends then
      ends = tonumber(ends)
      level = level + math.max(0, math.min(now, ends) - at) * tonumber(rate) / 1000000
      if ends <= now then redis.call('HDEL', pool, fields[i]) end
    end
  end
  level = math.min(level, tonumber(ARGV[1]))
  if ARGV[3] ~= '' and tonumber(ARGV[4]) > now then
    redis.call('HSET', pool, 'by:' .. ARGV[3], ARGV[4] .. ' ' .. ARGV[5])
  end
  local granted = math.min(math.floor(level), tonumber(ARGV[2]))
  redis.call('HSET', pool, 'level', tostring(level - granted), 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', pool, 10000)
  table.insert(answer, string.format('%.0f', granted))
end
return answer
