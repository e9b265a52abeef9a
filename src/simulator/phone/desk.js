// The desk with its two phones, the clock both live by, and 「早送り」.
// Nothing is fetched from anywhere but the page's own host.
'use strict';

import { japan } from './days.js';
import { startPhone, tell } from './phone.js';
import { openPicker } from './picker.js';

const $ = (id) => document.getElementById(id);
const channel = location.pathname.split('/')[2] || '-';

let clock = { now_ms: 0, at: 0 };

// ---- the phones ----------------------------------------------------------------------------------

// A browser is a family: its phones are numbered, and the address says which number is the first.
function keys() {
  let key = localStorage.getItem('phone');
  if (!key) {
    key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
    localStorage.setItem('phone', key);
  }
  const asked = new URLSearchParams(location.search).get('user') || '1';
  const number = asked.replace(/[^0-9A-Za-z]/g, '').slice(0, 20);
  const next = /^\d{1,9}$/.test(number) ? String(Number(number) + 1) : `${number}2`;
  return [`${key}-${number}`, `${key}-${next}`];
}

// The second phone is the first one again; what is called `talk` in the one is `talk-2` in the other.
function secondPhone() {
  const copy = $('phone-1').cloneNode(true);
  copy.id = 'phone-2';
  copy.setAttribute('aria-label', 'ふたつ目の電話');
  for (const node of copy.querySelectorAll('[id]')) node.id += '-2';
  for (const node of copy.querySelectorAll('[for]')) node.htmlFor += '-2';
  $('phone-1').after(copy);
  return copy;
}

const [mine, theirs] = keys();
const second = secondPhone();
const phones = [
  startPhone({
    section: $('phone-1'), suffix: '', me: mine, heard,
    empty: 'まだ何もありません。「友だち追加」を押すと始まります。',
  }),
  startPhone({
    section: second, suffix: '-2', me: theirs, heard,
    empty: '家族のための、もうひとつの電話です。「友だち追加」を押すと始まります。',
  }),
];

// Where there is room for one phone only, one of them lies on top.
function putOnTop(number) {
  document.body.dataset.top = String(number);
  for (const at of [1, 2]) $(`show-${at}`).setAttribute('aria-pressed', String(at === number));
}

for (const at of [1, 2]) $(`show-${at}`).onclick = () => putOnTop(at);
putOnTop(1);

// ---- the clock -----------------------------------------------------------------------------------

function nowMs() {
  return clock.now_ms + (performance.now() - clock.at);
}

function heard(news) {
  // The phones hear at different times; the clock never goes back.
  if (news.now_ms >= nowMs() - 1000) clock = { now_ms: news.now_ms, at: performance.now() };
  document.title = `${news.name}（ためしの電話）`;
  $('clock-buttons').hidden = !news.clock;
  drawForward(news.forward);
  tick();
}

function tick() {
  if (!clock.now_ms) return;
  const now = japan(nowMs());
  const text = `${now.day} ${now.time}`;
  if ($('now').textContent !== text) $('now').textContent = text;
  $('now').dateTime = new Date(nowMs()).toISOString();
}

let turning = false;
let forwarding = false;

function drawButtons() {
  for (const id of ['next-morning', 'jump', 'forward']) $(id).disabled = turning || forwarding;
}

async function turn(body) {
  turning = true;
  drawButtons();
  phones.forEach((phone) => phone.fromNowOn());
  try {
    await tell('clock', body);
    return true;
  } catch (error) {
    phones[0].toast(error.message);
    return false;
  } finally {
    turning = false;
    drawButtons();
  }
}

$('next-morning').onclick = () => turn({ command: 'next_morning' });
$('jump').onclick = () => {
  const tomorrow = japan(nowMs() + 24 * 3600 * 1000).iso;
  openPicker('この日の朝へ進む', { type: 'date', min: tomorrow, value: tomorrow }, (to) => turn({ to }));
};

// ---- mornings that pass by themselves ------------------------------------------------------------

function drawForward(forward) {
  forwarding = Boolean(forward);
  $('passing').hidden = !forwarding;
  if (forward) {
    const share = (clock.now_ms - forward.from_ms) / (forward.to_ms - forward.from_ms);
    $('passed').value = Math.max(0, Math.min(1, share));
    $('passing-until').textContent = `${japan(forward.to_ms).day}まで`;
  }
  drawButtons();
}

async function forward(until) {
  let halted = false;
  $('halt').onclick = () => { halted = true; tell('clock', { command: 'halt' }).catch(() => {}); };
  putOnTop(1);
  const passed = await turn({ command: 'forward', until, channel, user: phones[0].me });
  if (passed && !halted && until === 'due_date') {
    phones[0].toast('予定日の朝です。「生まれた」と送ると、その日からの便りが届きます。');
  }
}

$('forward').onclick = () => $('forward-dialog').showModal();
$('forward-cancel').onclick = () => $('forward-dialog').close('');
$('forward-dialog').querySelector('form').onsubmit = (event) => {
  event.preventDefault();
  $('forward-dialog').close('ok');
  forward(new FormData(event.target).get('until'));
};

setInterval(tick, 500);
