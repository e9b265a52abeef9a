// Days and times in words.
'use strict';

export const WEEKDAYS = ['日', '月', '火', '水', '木', '金', '土'];

// The account's days are Japan's, wherever the browser is.
export function japan(ms) {
  const at = new Date(ms + 9 * 3600 * 1000);
  const two = (n) => String(n).padStart(2, '0');
  return {
    iso: `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`,
    day: `${at.getUTCFullYear()}年${at.getUTCMonth() + 1}月${at.getUTCDate()}日（${WEEKDAYS[at.getUTCDay()]}）`,
    time: `${at.getUTCHours()}:${two(at.getUTCMinutes())}`,
  };
}

// What a date field holds, as it is read.
export function readDate(text) {
  return text.replace('T', ' ').replace(/^(\d+)-0?(\d+)-0?(\d+)/, '$1年$2月$3日');
}
