// The phone's only script: it asks for news, draws what is new, and tells what the person does.
// Nothing is fetched from anywhere but the page's own host.
'use strict';

const $ = (id) => document.getElementById(id);
const talk = $('talk');
const channel = location.pathname.split('/')[2] || '-';
const me = ownKey();
const WEEKDAYS = ['日', '月', '火', '水', '木', '金', '土'];

let seen = { version: null, count: 0, day: '', quick: '', menu: '', first: true };
let clock = { now_ms: 0, at: 0 };
// Bubbles before `from` are old; later ones came in one go, the last of them at `at`.
let burst = { from: 0, at: 0 };
let menuOpen = true;
let toastTimer = 0;

function ownKey() {
  let key = localStorage.getItem('phone');
  if (!key) {
    key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
    localStorage.setItem('phone', key);
  }
  const number = (new URLSearchParams(location.search).get('user') || '1').replace(/[^0-9A-Za-z]/g, '');
  return `${key}-${number.slice(0, 20)}`;
}

// ---- small helpers -------------------------------------------------------------------------------

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// The account's days are Japan's, wherever the browser is.
function japan(ms) {
  const at = new Date(ms + 9 * 3600 * 1000);
  const two = (n) => String(n).padStart(2, '0');
  return {
    iso: `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`,
    day: `${at.getUTCFullYear()}年${at.getUTCMonth() + 1}月${at.getUTCDate()}日（${WEEKDAYS[at.getUTCDay()]}）`,
    time: `${at.getUTCHours()}:${two(at.getUTCMinutes())}`,
  };
}

function nowMs() {
  return clock.now_ms + (performance.now() - clock.at);
}

function toast(text) {
  const box = $('toast');
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, 4000);
}

async function tell(path, body) {
  const answer = await fetch(`/phone/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.message || 'うまくいきませんでした。');
  return said;
}

async function act(what, more) {
  burst.from = seen.count;
  try {
    const said = await tell(`${channel}/act`, { user: me, act: what, ...more });
    if (said.status === 0) toast('ボットから返事がありません。');
    else if (said.status >= 300) toast(`ボットが受け取れませんでした（${said.status}）。`);
  } catch (error) {
    toast(error.message);
  }
}

// ---- touching ------------------------------------------------------------------------------------

function touch(place, id, action) {
  const tap = () => act('tap', { place, id, action });
  switch (action.type) {
    case 'datetimepicker':
      return pick(action, (value) => act('pick', { place, id, action, value }));
    case 'uri':
      toast(whatOpens(action.uri));
      return tap();
    case 'clipboard':
      if (navigator.clipboard) navigator.clipboard.writeText(action.clipboardText).catch(() => {});
      toast(`コピーしました：${action.clipboardText}`);
      return tap();
    case 'postback':
      if (action.inputOption === 'openKeyboard') openKeyboard(action.fillInText || '');
      if (action.inputOption === 'openRichMenu') foldMenu(true);
      if (action.inputOption === 'closeRichMenu') foldMenu(false);
      return tap();
    default:
      return tap();
  }
}

function whatOpens(uri) {
  if (/^tel:/i.test(uri)) return `電話：${decode(uri.slice(4), decodeURIComponent)}（ここでは、かかりません）`;
  return `ページを開く：${decode(uri, decodeURI)}（ここでは、開きません）`;
}

function decode(uri, how) {
  try { return how(uri); } catch { return uri; }
}

function openKeyboard(text) {
  $('text').value = text;
  $('text').focus();
  grow();
}

function pick(action, done) {
  const kinds = { date: 'date', time: 'time', datetime: 'datetime-local' };
  openPicker(action.label || '日付', {
    type: kinds[action.mode] || 'date', min: action.min, max: action.max, value: action.initial || action.min || '',
  }, done);
}

function openPicker(title, field, done) {
  const picker = $('picker');
  const input = $('picked');
  input.type = field.type;
  for (const key of ['min', 'max']) {
    if (field[key]) input[key] = field[key]; else input.removeAttribute(key);
  }
  input.value = field.value;
  $('picked').oninput = sayPicked;
  sayPicked();
  $('picker-title').textContent = title;
  $('picker-label').textContent = field.type === 'time' ? '時刻を選ぶ' : '日付を選ぶ';
  $('picker-range').textContent = rangeText(field);
  picker.onclose = () => { if (picker.returnValue === 'ok' && input.value) done(input.value); };
  picker.returnValue = '';
  picker.showModal();
}

// The field itself speaks the browser's language, so what is chosen is said once more in Japanese.
function sayPicked() {
  const value = $('picked').value;
  const weekday = /^\d{4}-/.test(value) ? `（${WEEKDAYS[new Date(`${value.slice(0, 10)}T00:00Z`).getUTCDay()]}）` : '';
  $('picker-said').textContent = value ? readDate(value).replace(/日/, `日${weekday}`) : 'まだ選ばれていません';
}

function readDate(text) {
  return text.replace('T', ' ').replace(/^(\d+)-0?(\d+)-0?(\d+)/, '$1年$2月$3日');
}

function rangeText(field) {
  if (field.min && field.max) return `${readDate(field.min)}から ${readDate(field.max)}まで選べます。`;
  if (field.min) return `${readDate(field.min)}から選べます。`;
  return field.max ? `${readDate(field.max)}まで選べます。` : '';
}

// ---- messages ------------------------------------------------------------------------------------

function drawBubble(bubble) {
  const at = japan(bubble.at_ms);
  separateDay(at);
  const row = make('article', `row ${bubble.from}`);
  row.dataset.id = bubble.id;
  row.dataset.day = at.iso;
  row.setAttribute('aria-label', bubble.from === 'bot' ? '相手' : '自分');
  const content = make('div', 'content');
  content.append(drawMessage(bubble));
  const foot = make('div', 'foot');
  const time = make('time', 'time', at.time);
  time.dateTime = new Date(bubble.at_ms).toISOString();
  foot.append(time);
  if (bubble.from === 'bot') addJson(foot, content, bubble.message);
  row.append(content, foot);
  if (!seen.first) row.classList.add('fresh');
  talk.append(row);
}

function addJson(foot, content, message) {
  const button = make('button', 'json', 'JSON');
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  let shown = null;
  button.onclick = () => {
    if (shown) { shown.remove(); shown = null; } else {
      shown = make('pre', 'raw', JSON.stringify(message, null, 2));
      shown.tabIndex = 0;
      content.append(shown);
      shown.scrollIntoView({ block: 'nearest' });
    }
    button.setAttribute('aria-expanded', String(Boolean(shown)));
  };
  foot.append(button);
}

function separateDay(at) {
  if (at.iso === seen.day) return;
  seen.day = at.iso;
  talk.append(make('p', 'day', at.day));
}

function drawMessage(bubble) {
  const message = bubble.message;
  switch (message.type) {
    case 'text': return textBubble(message.text, message.sender);
    case 'textV2': return textBubble(message.text.replaceAll('{{', '{').replaceAll('}}', '}'), message.sender);
    case 'template': return drawTemplate(bubble.id, message.template);
    case 'flex': return drawFlex(bubble.id, message.contents);
    case 'sticker': return make('p', 'plain', 'スタンプ');
    case 'image': return make('p', 'plain', '写真');
    case 'video': return make('p', 'plain', '動画');
    case 'audio': return make('p', 'plain', '音声');
    case 'location': return make('p', 'plain', `場所：${message.title || ''} ${message.address || ''}`);
    default: return make('p', 'plain', message.altText || message.type);
  }
}

function textBubble(text, sender) {
  const box = make('div', 'say-box');
  if (sender && sender.name) box.append(make('b', 'sender', sender.name));
  box.append(make('p', '', text));
  return box;
}

function button(className, id, action, place) {
  const node = make('button', className, action.label || '');
  node.type = 'button';
  node.onclick = () => touch(place || 'message', id, action);
  return node;
}

// A part of a card that can be touched as a whole.
function touchable(node, id, action) {
  if (!action) return node;
  node.classList.add('touchable');
  node.setAttribute('role', 'button');
  node.tabIndex = 0;
  if (action.label) node.setAttribute('aria-label', action.label);
  node.onclick = (event) => { event.stopPropagation(); touch('message', id, action); };
  node.onkeydown = (event) => {
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); node.onclick(event); }
  };
  return node;
}

function drawTemplate(id, template) {
  if (template.type === 'carousel' || template.type === 'image_carousel') {
    const strip = make('div', 'strip');
    strip.tabIndex = 0;
    strip.setAttribute('role', 'group');
    strip.setAttribute('aria-label', '横に並んだカード');
    for (const column of template.columns) strip.append(drawCard(id, column, 'card column'));
    return strip;
  }
  return drawCard(id, template, template.type === 'confirm' ? 'card confirm' : 'card');
}

function drawCard(id, card, className) {
  const box = make('div', className);
  if (card.thumbnailImageUrl || card.imageUrl) box.append(picture('画像'));
  const words = make('div', 'words');
  if (card.title) words.append(make('h3', '', card.title));
  if (card.text) words.append(make('p', '', card.text));
  if (card.title || card.text) box.append(touchable(words, id, card.defaultAction));
  const actions = make('div', 'actions');
  for (const action of card.actions || (card.action ? [card.action] : [])) actions.append(button('', id, action));
  box.append(actions);
  return box;
}

function picture(text) {
  const box = make('div', 'picture', text);
  box.setAttribute('role', 'img');
  return box;
}

// ---- Flex ----------------------------------------------------------------------------------------

const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, '3xl': 35, '4xl': 48, '5xl': 74 };
const WIDTH = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 360 };

function length(value, words) {
  if (value === undefined) return '';
  if (words && words[value] !== undefined) return `${words[value]}px`;
  return /^-?[\d.]+(px|%)$/.test(value) ? value : '';
}

function drawFlex(id, contents) {
  if (contents.type !== 'carousel') return drawFlexBubble(id, contents);
  const strip = make('div', 'strip');
  strip.tabIndex = 0;
  strip.setAttribute('role', 'group');
  strip.setAttribute('aria-label', '横に並んだカード');
  for (const one of contents.contents) strip.append(drawFlexBubble(id, one));
  return strip;
}

function drawFlexBubble(id, bubble) {
  const card = make('div', 'flex');
  card.style.width = `${WIDTH[bubble.size] || WIDTH.mega}px`;
  if (bubble.direction) card.dir = bubble.direction;
  for (const name of ['header', 'hero', 'body', 'footer']) {
    if (!bubble[name]) continue;
    const block = make('div', `block ${name}`);
    const style = (bubble.styles || {})[name] || {};
    if (style.backgroundColor) block.style.backgroundColor = style.backgroundColor;
    if (style.separator) block.style.borderTop = `1px solid ${style.separatorColor || '#d6d0c2'}`;
    if (hasPadding(bubble[name]) || bubble[name].type !== 'box') block.classList.add('bare');
    block.append(drawPart(id, bubble[name], 'vertical'));
    card.append(block);
  }
  return touchable(card, id, bubble.action);
}

function hasPadding(box) {
  return ['paddingAll', 'paddingTop', 'paddingBottom', 'paddingStart', 'paddingEnd'].some((key) => box[key]);
}

function drawPart(id, part, layout) {
  const node = partNode(id, part);
  const style = node.style;
  const margin = length(part.margin, SPACE);
  if (margin) style[layout === 'vertical' ? 'marginTop' : 'marginInlineStart'] = margin;
  place(part, style, layout);
  return part.type === 'button' ? node : touchable(node, id, part.action);
}

function place(part, style, layout) {
  const flex = part.flex === undefined ? (layout === 'vertical' ? 0 : 1) : part.flex;
  style.flex = flex === 0 ? '0 0 auto' : `${flex} 1 0`;
  if (layout === 'vertical') style.flexBasis = 'auto';
  const sides = { top: 'flex-start', center: 'center', bottom: 'flex-end' };
  if (part.gravity && layout === 'horizontal') style.alignSelf = sides[part.gravity];
  if (part.position === 'absolute') style.position = 'absolute';
  const offsets = { offsetTop: 'top', offsetBottom: 'bottom', offsetStart: 'insetInlineStart', offsetEnd: 'insetInlineEnd' };
  for (const [key, css] of Object.entries(offsets)) if (part[key]) style[css] = length(part[key], SPACE);
}

function partNode(id, part) {
  switch (part.type) {
    case 'box': return drawBox(id, part);
    case 'text': return drawText(part);
    case 'button': return drawButton(id, part);
    case 'separator': {
      const line = make('div', 'line');
      line.setAttribute('role', 'separator');
      if (part.color) line.style.backgroundColor = part.color;
      return line;
    }
    case 'image': case 'video': return picture('画像');
    case 'icon': return make('span', 'icon');
    default: return make('div', 'filler');
  }
}

function drawBox(id, part) {
  const box = make('div', `box ${part.layout}`);
  const style = box.style;
  const gap = length(part.spacing, SPACE);
  const words = { start: 'flex-start', end: 'flex-end', 'flex-start': 'flex-start', 'flex-end': 'flex-end', center: 'center' };
  if (part.backgroundColor) style.backgroundColor = part.backgroundColor;
  if (part.borderWidth && part.borderWidth !== 'none') {
    const widths = { light: 0.5, normal: 1, medium: 2, 'semi-bold': 3, bold: 4 };
    style.border = `${length(part.borderWidth, widths)} solid ${part.borderColor || '#d6d0c2'}`;
  }
  if (part.cornerRadius) style.borderRadius = length(part.cornerRadius, { ...SPACE, xs: 2, sm: 4, md: 6, lg: 10, xl: 16, xxl: 30 });
  const paddings = { paddingAll: 'padding', paddingTop: 'paddingTop', paddingBottom: 'paddingBottom', paddingStart: 'paddingInlineStart', paddingEnd: 'paddingInlineEnd' };
  for (const [key, css] of Object.entries(paddings)) if (part[key]) style[css] = length(part[key], SPACE);
  for (const key of ['width', 'height', 'maxWidth', 'maxHeight']) if (part[key]) style[key] = length(part[key]);
  if (part.justifyContent) style.justifyContent = words[part.justifyContent] || part.justifyContent;
  if (part.alignItems) style.alignItems = words[part.alignItems] || part.alignItems;
  (part.contents || []).forEach((inner, at) => {
    const node = drawPart(id, inner, part.layout);
    if (at > 0 && gap && !inner.margin) {
      node.style[part.layout === 'vertical' ? 'marginTop' : 'marginInlineStart'] = gap;
    }
    box.append(node);
  });
  return box;
}

function drawText(part) {
  const node = make('p', part.wrap ? 'text wrap' : 'text');
  dress(node, part);
  if (part.align) node.style.textAlign = part.align;
  if (part.lineSpacing) node.style.lineHeight = `calc(1.4em + ${length(part.lineSpacing)})`;
  if (part.maxLines) {
    node.classList.add('clamped');
    node.style.setProperty('-webkit-line-clamp', part.maxLines);
  }
  if (!part.contents || !part.contents.length) {
    node.textContent = part.text;
    return node;
  }
  for (const span of part.contents) {
    const piece = make('span', '', span.text);
    dress(piece, span);
    node.append(piece);
  }
  return node;
}

function dress(node, part) {
  const style = node.style;
  if (part.size) style.fontSize = length(part.size, TEXT);
  if (part.weight === 'bold') style.fontWeight = '700';
  if (part.color) style.color = part.color;
  if (part.style === 'italic') style.fontStyle = 'italic';
  if (part.decoration && part.decoration !== 'none') style.textDecoration = part.decoration;
}

function drawButton(id, part) {
  const node = button(`flex-button ${part.style || 'link'} ${part.height || 'md'}`, id, part.action);
  if (part.color) node.style[(part.style || 'link') === 'link' ? 'color' : 'backgroundColor'] = part.color;
  return node;
}

// ---- around the talk -----------------------------------------------------------------------------

function drawQuick(quick) {
  const key = quick ? JSON.stringify(quick) : '';
  if (key === seen.quick) return;
  seen.quick = key;
  const chips = $('chips');
  chips.replaceChildren();
  for (const item of quick ? quick.items : []) chips.append(button('chip', quick.id, item.action, 'quick'));
  chips.hidden = !quick;
}

function drawMenu(menu) {
  const key = menu ? JSON.stringify(menu) : '';
  if (key === seen.menu) return;
  seen.menu = key;
  const box = $('menu');
  box.replaceChildren();
  $('fold').hidden = !menu;
  if (menu) {
    const image = make('img');
    image.src = menu.picture;
    image.alt = '';
    box.style.aspectRatio = `${menu.size.width} / ${menu.size.height}`;
    box.append(image);
    for (const area of menu.areas) box.append(areaButton(menu, area));
    menuOpen = menu.selected !== false;
    $('fold').dataset.text = menu.chatBarText;
  }
  foldMenu(menuOpen);
}

function areaButton(menu, area) {
  const node = make('button', 'area');
  const { x, y, width, height } = area.bounds;
  const share = (part, whole) => `${(100 * part) / whole}%`;
  node.type = 'button';
  node.append(make('span', 'away', area.action.label || area.action.text || 'メニュー'));
  Object.assign(node.style, {
    left: share(x, menu.size.width), top: share(y, menu.size.height),
    width: share(width, menu.size.width), height: share(height, menu.size.height),
  });
  node.onclick = () => touch('menu', '', area.action);
  return node;
}

function foldMenu(open) {
  menuOpen = open;
  const there = Boolean($('menu').children.length);
  $('menu').hidden = !(open && there);
  $('fold').setAttribute('aria-expanded', String(open));
  $('fold').textContent = `${$('fold').dataset.text || 'メニュー'} ${open ? '▾' : '▴'}`;
}

function drawStanding(news) {
  $('name').textContent = news.name;
  $('name').title = news.name;
  document.title = `${news.name}（ためしの電話）`;
  $('face').textContent = [...news.name][0] || '';
  $('add').disabled = news.friend;
  $('add').hidden = news.blocked;
  $('block').disabled = !news.friend && !news.blocked;
  $('block').textContent = news.blocked ? 'ブロック解除' : 'ブロック';
  $('text').disabled = news.blocked;
  $('send').disabled = news.blocked;
  $('text').placeholder = news.blocked ? 'ブロックしています' : 'メッセージ';
  $('clock-buttons').hidden = !news.clock;
}

function drawLoading(loading) {
  const old = talk.querySelector('.loading');
  if (old) old.remove();
  if (!loading) return;
  const dots = make('div', 'row bot loading');
  const box = make('div', 'say-box', '入力しています');
  dots.append(box);
  talk.append(dots);
}

function tick() {
  if (!clock.now_ms) return;
  const now = japan(nowMs());
  const text = `${now.day} ${now.time}`;
  if ($('now').textContent !== text) $('now').textContent = text;
  $('now').dateTime = new Date(nowMs()).toISOString();
}

// Somebody who reads this close to the end, in pixels, reads the end.
const NEAR = 8;

function atEnd() {
  return talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR;
}

function draw(news) {
  clock = { now_ms: news.now_ms, at: performance.now() };
  tick();
  drawStanding(news);
  drawLoading(false);
  if (news.bubbles.length) newBurst();
  news.bubbles.forEach(drawBubble);
  seen.count = news.count;
  for (const id of news.unsent) markUnsent(id);
  const today = japan(news.now_ms);
  if (seen.day && today.iso !== seen.day) separateDay(today);
  drawLoading(news.loading);
  drawQuick(news.quick);
  drawMenu(news.menu);
  if (!news.count && !talk.querySelector('.empty')) {
    talk.append(make('p', 'empty', 'まだ何もありません。「友だち追加」を押すと始まります。'));
  } else if (news.count) {
    talk.querySelector('.empty')?.remove();
  }
  seen.version = news.version;
  if (seen.first) burst.from = seen.count;
  if (seen.first || news.bubbles.length) scrollToNew();
  else if (reading) talk.scrollTop = talk.scrollHeight;
  seen.first = false;
}

// What comes after a silence of some seconds is a new matter.
function newBurst() {
  const now = performance.now();
  if (now - burst.at > 3000) burst.from = seen.count;
  burst.at = now;
}

// What came in one go is read from its first line; of several mornings, the last one. What is short
// enough stands at the end as usual.
function scrollToNew() {
  const bottom = talk.scrollHeight - talk.clientHeight;
  const top = Math.min(beginningOfNew() ?? bottom, bottom);
  // Only a short way is glided, and never while the last one goes on.
  const far = Math.abs(top - talk.scrollTop) > 2 * talk.clientHeight || performance.now() < gliding;
  const still = far || seen.first || matchMedia('(prefers-reduced-motion: reduce)').matches;
  reading = top === bottom;
  gliding = performance.now() + (still ? 50 : 800);
  talk.scrollTo({ top, behavior: still ? 'auto' : 'smooth' });
}

function beginningOfNew() {
  const fresh = [...talk.querySelectorAll('.row:not(.loading)')].slice(burst.from);
  const day = fresh.at(-1)?.dataset.day;
  const first = fresh.find((row) => row.classList.contains('bot') && row.dataset.day === day);
  if (!first) return null;
  const before = first.previousElementSibling;
  // The question or the day above it belongs to it, unless that is long itself.
  return (before && before.offsetHeight < 80 ? before : first).offsetTop - 10;
}

function markUnsent(id) {
  const row = talk.querySelector(`.row[data-id="${CSS.escape(id)}"]`);
  if (!row || row.classList.contains('unsent')) return;
  row.classList.add('unsent');
  row.querySelector('.content').replaceChildren(make('p', 'plain', 'メッセージの送信を取り消しました'));
}

function grow() {
  const text = $('text');
  text.style.height = 'auto';
  text.style.height = `${Math.min(text.scrollHeight + 2, 120)}px`;
  text.style.overflowY = text.scrollHeight > 120 ? 'auto' : 'hidden';
}

async function moveClock(body) {
  const buttons = [$('next-morning'), $('jump')];
  buttons.forEach((one) => { one.disabled = true; });
  burst.from = seen.count;
  try {
    await tell('clock', body);
  } catch (error) {
    toast(error.message);
  }
  buttons.forEach((one) => { one.disabled = false; });
}

// ---- the person ----------------------------------------------------------------------------------

$('add').onclick = () => act('add_friend');
$('block').onclick = () => act($('block').textContent === 'ブロック解除' ? 'unblock' : 'block');
$('next-morning').onclick = () => moveClock({ command: 'next_morning' });
$('jump').onclick = () => {
  const tomorrow = japan(nowMs() + 24 * 3600 * 1000).iso;
  openPicker('この日の朝へ進む', { type: 'date', min: tomorrow, value: tomorrow }, (to) => moveClock({ to }));
};
$('picker-cancel').onclick = () => $('picker').close('');
$('picker').querySelector('form').onsubmit = (event) => { event.preventDefault(); $('picker').close('ok'); };
$('fold').onclick = () => foldMenu(!menuOpen);
$('text').oninput = grow;
$('text').onkeydown = (event) => {
  // A return that confirms a conversion of kana is not meant for us.
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $('say').requestSubmit();
  }
};
$('say').onsubmit = (event) => {
  event.preventDefault();
  const text = $('text').value;
  if (!text.trim()) return;
  $('text').value = '';
  grow();
  act('say', { text });
};

// Whoever reads the end keeps reading the end when the room for it changes.
let reading = true;
// Until then it is the page that scrolls, not the reader.
let gliding = 0;
talk.addEventListener('scroll', () => { if (performance.now() > gliding) reading = atEnd(); }, { passive: true });
new ResizeObserver(() => { if (reading) talk.scrollTop = talk.scrollHeight; }).observe(talk);

async function listen() {
  for (;;) {
    try {
      const query = new URLSearchParams({ user: me, from: seen.count });
      if (seen.version !== null) query.set('version', seen.version);
      const answer = await fetch(`/phone/api/${channel}/news?${query}`);
      if (!answer.ok) throw new Error('no news');
      draw(await answer.json());
    } catch {
      await new Promise((resume) => { setTimeout(resume, 1000); });
    }
  }
}

setInterval(tick, 500);
listen();
