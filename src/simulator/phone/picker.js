// The picker for dates and times.
'use strict';

import { WEEKDAYS, readDate } from './days.js';

const $ = (id) => document.getElementById(id);

export function openPicker(title, field, done) {
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

function rangeText(field) {
  if (field.min && field.max) return `${readDate(field.min)}から ${readDate(field.max)}まで選べます。`;
  if (field.min) return `${readDate(field.min)}から選べます。`;
  return field.max ? `${readDate(field.max)}まで選べます。` : '';
}

$('picker-cancel').onclick = () => $('picker').close('');
$('picker').querySelector('form').onsubmit = (event) => { event.preventDefault(); $('picker').close('ok'); };
