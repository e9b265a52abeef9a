// One phone: it asks for news, draws what is new, and tells what its person does.
'use strict';

import { japan } from './days.js';
import { button, drawMessage, make } from './draw.js';
import { openPicker } from './picker.js';

const channel = location.pathname.split('/')[2] || '-';

// While mornings pass by themselves, nobody can read faster than this, in milliseconds.
const GLANCE = 120;
// Somebody who reads this close to the end, in pixels, reads the end.
const NEAR = 8;

export async function tell(path, body) {
  const answer = await fetch(`/phone/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.message || 'うまくいきませんでした。');
  return said;
}

// `section` is the phone in the page, `suffix` ends the ids in it, `me` names its person, and `heard` is
// told the news before they are drawn.
export function startPhone({ section, suffix, me, empty, heard }) {
  const $ = (id) => section.querySelector(`#${id}${suffix}`);
  const talk = $('talk');
  const seen = { version: null, count: 0, day: '', quick: '', menu: '', first: true, forward: false };
  // Bubbles before `from` are old; later ones came in one go, the last of them at `at`.
  const burst = { from: 0, at: 0 };
  let menuOpen = true;
  let toastTimer = 0;
  // Whoever reads the end keeps reading the end when the room for it changes.
  let reading = true;
  // Until then it is the page that scrolls, not the reader.
  let gliding = 0;

  function toast(text) {
    const box = $('toast');
    box.textContent = text;
    box.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { box.hidden = true; }, 4000);
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

  // ---- touching ----------------------------------------------------------------------------------

  function touch(place, id, action) {
    const tap = () => act('tap', { place, id, action });
    switch (action.type) {
      case 'datetimepicker':
        return pick(action, (value) => act('pick', { place, id, action, value }));
      case 'uri':
        toast(whatOpens(action.uri));
        return tap();
      case 'clipboard':
        copy(action.clipboardText);
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

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      toast(`コピーしました：${text}`);
    } catch {
      toast(`コピーできませんでした。書きうつしてください：${text}`);
    }
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

  // ---- the talk ----------------------------------------------------------------------------------

  function drawBubble(bubble) {
    const at = japan(bubble.at_ms);
    separateDay(at);
    const row = make('article', `row ${bubble.from}`);
    row.dataset.id = bubble.id;
    row.dataset.day = at.iso;
    row.setAttribute('aria-label', bubble.from === 'bot' ? '相手' : '自分');
    const content = make('div', 'content');
    content.append(drawMessage(bubble.message, (action) => touch('message', bubble.id, action)));
    const foot = make('div', 'foot');
    const time = make('time', 'time', at.time);
    time.dateTime = new Date(bubble.at_ms).toISOString();
    foot.append(time);
    if (bubble.from === 'bot') addJson(foot, content, bubble.message);
    row.append(content, foot);
    if (!seen.first && !seen.forward) row.classList.add('fresh');
    talk.append(row);
  }

  function addJson(foot, content, message) {
    const opens = make('button', 'json', 'JSON');
    opens.type = 'button';
    opens.setAttribute('aria-expanded', 'false');
    let shown = null;
    opens.onclick = () => {
      if (shown) { shown.remove(); shown = null; } else {
        shown = make('pre', 'raw', JSON.stringify(message, null, 2));
        shown.tabIndex = 0;
        content.append(shown);
        shown.scrollIntoView({ block: 'nearest' });
      }
      opens.setAttribute('aria-expanded', String(Boolean(shown)));
    };
    foot.append(opens);
  }

  function separateDay(at) {
    if (at.iso === seen.day) return;
    seen.day = at.iso;
    // A day on which nobody said anything leaves no trace.
    const last = talk.lastElementChild;
    if (last?.classList.contains('day')) last.textContent = at.day;
    else talk.append(make('p', 'day', at.day));
  }

  function markUnsent(id) {
    const row = talk.querySelector(`.row[data-id="${CSS.escape(id)}"]`);
    if (!row || row.classList.contains('unsent')) return;
    row.classList.add('unsent');
    row.querySelector('.content').replaceChildren(make('p', 'plain', 'メッセージの送信を取り消しました'));
  }

  function drawLoading(loading) {
    const old = talk.querySelector('.loading');
    if (old) old.remove();
    if (!loading) return;
    const dots = make('div', 'row bot loading');
    dots.append(make('div', 'say-box', '入力しています'));
    talk.append(dots);
  }

  // ---- around the talk ---------------------------------------------------------------------------

  function drawQuick(quick) {
    const key = quick ? JSON.stringify(quick) : '';
    if (key === seen.quick) return;
    seen.quick = key;
    const chips = $('chips');
    chips.replaceChildren();
    for (const item of quick ? quick.items : []) {
      chips.append(button('chip', item.action, (action) => touch('quick', quick.id, action)));
    }
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
    $('face').textContent = [...news.name][0] || '';
    $('add').disabled = news.friend;
    $('add').hidden = news.blocked;
    $('block').disabled = !news.friend && !news.blocked;
    $('block').textContent = news.blocked ? 'ブロック解除' : 'ブロック';
    $('text').disabled = news.blocked;
    $('send').disabled = news.blocked;
    $('text').placeholder = news.blocked ? 'ブロックしています' : 'メッセージ';
  }

  function draw(news) {
    // Whoever lets mornings pass by themselves wants to see them.
    if (news.forward && !seen.forward) reading = true;
    seen.forward = Boolean(news.forward);
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
    if (!news.count && !talk.querySelector('.empty')) talk.append(make('p', 'empty', empty));
    else if (news.count) talk.querySelector('.empty')?.remove();
    seen.version = news.version;
    if (seen.first) burst.from = seen.count;
    if (news.forward) follow();
    else if (seen.first || news.bubbles.length) scrollToNew();
    else if (reading) talk.scrollTop = talk.scrollHeight;
    seen.first = false;
  }

  // What comes after a silence of some seconds is a new matter.
  function newBurst() {
    const now = performance.now();
    if (now - burst.at > 3000) burst.from = seen.count;
    burst.at = now;
  }

  // While mornings pass by themselves, the last one stands at the end; whoever turns back to read is
  // left in peace.
  function follow() {
    if (!reading) return;
    gliding = performance.now() + 50;
    talk.scrollTop = talk.scrollHeight;
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

  function atEnd() {
    return talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR;
  }

  // ---- the person --------------------------------------------------------------------------------

  function grow() {
    const text = $('text');
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight + 2, 120)}px`;
    text.style.overflowY = text.scrollHeight > 120 ? 'auto' : 'hidden';
  }

  $('add').onclick = () => act('add_friend');
  $('block').onclick = () => act($('block').textContent === 'ブロック解除' ? 'unblock' : 'block');
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
  talk.addEventListener('scroll', () => { if (performance.now() > gliding) reading = atEnd(); }, { passive: true });
  new ResizeObserver(() => { if (reading) talk.scrollTop = talk.scrollHeight; }).observe(talk);

  async function listen() {
    for (;;) {
      try {
        const query = new URLSearchParams({ user: me, from: seen.count });
        if (seen.version !== null) query.set('version', seen.version);
        const answer = await fetch(`/phone/api/${channel}/news?${query}`);
        if (!answer.ok) throw new Error('no news');
        const news = await answer.json();
        heard(news);
        draw(news);
        if (news.forward) await new Promise((resume) => { setTimeout(resume, GLANCE); });
      } catch {
        await new Promise((resume) => { setTimeout(resume, 1000); });
      }
    }
  }

  listen();
  return { me, toast, fromNowOn: () => { burst.from = seen.count; } };
}

function whatOpens(uri) {
  if (/^tel:/i.test(uri)) return `電話：${decode(uri.slice(4), decodeURIComponent)}（ここでは、かかりません）`;
  return `ページを開く：${decode(uri, decodeURI)}（ここでは、開きません）`;
}

function decode(uri, how) {
  try { return how(uri); } catch { return uri; }
}
