// Draws message objects as LINE shows them. What is touched is told to `on`, with its action.
'use strict';

export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// ---- messages ------------------------------------------------------------------------------------

export function drawMessage(message, on) {
  switch (message.type) {
    case 'text': return textBubble(message.text, message.sender);
    case 'textV2': return textBubble(message.text.replaceAll('{{', '{').replaceAll('}}', '}'), message.sender);
    case 'template': return drawTemplate(message.template, on);
    case 'flex': return drawFlex(message.contents, on);
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

// A button that does what `on` does with its action.
export function button(className, action, on) {
  const node = make('button', className, action.label || '');
  node.type = 'button';
  node.onclick = () => on(action);
  return node;
}

// A part of a card that can be touched as a whole.
function touchable(node, action, on) {
  if (!action) return node;
  node.classList.add('touchable');
  node.setAttribute('role', 'button');
  node.tabIndex = 0;
  if (action.label) node.setAttribute('aria-label', action.label);
  node.onclick = (event) => { event.stopPropagation(); on(action); };
  node.onkeydown = (event) => {
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); node.onclick(event); }
  };
  return node;
}

function drawTemplate(template, on) {
  if (template.type === 'carousel' || template.type === 'image_carousel') {
    const strip = make('div', 'strip');
    strip.tabIndex = 0;
    strip.setAttribute('role', 'group');
    strip.setAttribute('aria-label', '横に並んだカード');
    for (const column of template.columns) strip.append(drawCard(column, 'card column', on));
    return strip;
  }
  return drawCard(template, template.type === 'confirm' ? 'card confirm' : 'card', on);
}

function drawCard(card, className, on) {
  const box = make('div', className);
  if (card.thumbnailImageUrl || card.imageUrl) box.append(picture('画像'));
  const words = make('div', 'words');
  if (card.title) words.append(make('h3', '', card.title));
  if (card.text) words.append(make('p', '', card.text));
  if (card.title || card.text) box.append(touchable(words, card.defaultAction, on));
  const actions = make('div', 'actions');
  for (const action of card.actions || (card.action ? [card.action] : [])) actions.append(button('', action, on));
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

function drawFlex(contents, on) {
  if (contents.type !== 'carousel') return drawFlexBubble(contents, on);
  const strip = make('div', 'strip');
  strip.tabIndex = 0;
  strip.setAttribute('role', 'group');
  strip.setAttribute('aria-label', '横に並んだカード');
  for (const one of contents.contents) strip.append(drawFlexBubble(one, on));
  return strip;
}

function drawFlexBubble(bubble, on) {
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
    block.append(drawPart(bubble[name], 'vertical', on));
    card.append(block);
  }
  return touchable(card, bubble.action, on);
}

function hasPadding(box) {
  return ['paddingAll', 'paddingTop', 'paddingBottom', 'paddingStart', 'paddingEnd'].some((key) => box[key]);
}

function drawPart(part, layout, on) {
  const node = partNode(part, on);
  const style = node.style;
  const margin = length(part.margin, SPACE);
  if (margin) style[layout === 'vertical' ? 'marginTop' : 'marginInlineStart'] = margin;
  place(part, style, layout);
  return part.type === 'button' ? node : touchable(node, part.action, on);
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

function partNode(part, on) {
  switch (part.type) {
    case 'box': return drawBox(part, on);
    case 'text': return drawText(part);
    case 'button': return drawButton(part, on);
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

function drawBox(part, on) {
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
    const node = drawPart(inner, part.layout, on);
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

function drawButton(part, on) {
  const node = button(`flex-button ${part.style || 'link'} ${part.height || 'md'}`, part.action, on);
  if (part.color) node.style[(part.style || 'link') === 'link' ? 'color' : 'backgroundColor'] = part.color;
  return node;
}
