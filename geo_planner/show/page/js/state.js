/* One state, heard by all parts; elements from text nodes only; words, dates and numbers in the reader's language. */
const GP = { NO_DAY: -2147483648, parts: {}, layers: [], byId: {} };

GP.h = function (tag, attributes, ...children) {
  const svg = tag.startsWith('svg:'),
    e = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag.slice(4)) : document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (v === null || v === undefined || v === false) continue;
    if (k === 'text') e.textContent = v;
    else if (k === 'on') for (const [type, f] of Object.entries(v)) e.addEventListener(type, f);
    else if (k === 'style') for (const [s, x] of Object.entries(v)) e.style.setProperty(s, x);
    else e.setAttribute(k, v === true ? '' : v);
  }
  for (const c of children.flat()) if (c !== null && c !== undefined && c !== false) e.append(c);
  return e;
};
GP.add = (host, ...children) => {
  for (const c of children) if (c) host.append(c);
  return host;
};
GP.clear = e => {
  e.textContent = '';
  return e;
};
GP.icon = function (name, size) {
  const s = size || 16,
    svg = GP.h('svg:svg', { viewBox: '0 0 16 16', width: s, height: s, 'aria-hidden': 'true', class: 'gp-icon' });
  svg.append(
    GP.h('svg:path', {
      d: GP.ICONS[name],
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 1.5,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
  return svg;
};
GP.ICONS = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  home: 'M2.5 7.5 8 3l5.5 4.5M4 6.5V13h8V6.5',
  play: 'M5 3.5 12 8l-7 4.5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  prev: 'M10 3.5 5.5 8 10 12.5',
  next: 'M6 3.5 10.5 8 6 12.5',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5 14 14',
  sun:
    'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4' +
    'M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z',
  print:
    'M4.5 6V2.5h7V6M4.5 11.5H3a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v3.5a1 1 0 0 1-1 1h-1.5M4.5 9.5h7v4h-7z',
  ruler: 'M2 10.5 10.5 2 14 5.5 5.5 14zM5 8l1.5 1.5M7 6l1 1M9 4l1.5 1.5',
  check: 'M3 8.5 6.5 12 13 4.500',
  question: 'M5.500 6a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.700M8 12.500v.1',
  up: 'M3.5 10 8 5.5l4.5 4.5',
  down: 'M3.5 6 8 10.5 12.5 6',
  save: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10',
  link: 'M6.5 9.5 9.5 6.5M7 4.5 8.5 3a3 3 0 0 1 4.5 4.2L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.800L4.500 7',
  target: 'M8 12.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM8 1.500v3M8 11.500v3M1.500 8h3M11.500 8h3',
  lang:
    'M2 4.500h7M5.500 2.500v2M3.500 4.500c.5 3 2.500 5 5 6M7.500 4.500c-.5 3-2.500 5-5 6' +
    'M8.500 13.500 11 7.500l2.500 6M9.400 11.500h3.200',
};

// ---- state ----------------------------------------------------------------------------------------------------
GP.state = {
  lang: 'zh',
  theme: 'light',
  day: null,
  select: null,
  tab: 'verdict',
  query: '',
  group: 'verdict',
  auto: false, // whether the day was set by opening a finding and not by the reader
  off: {},
  hidden: {},
  style: {},
  dock: false,
  view: null,
  ground: 60,
  by: 'park',
};
GP.ears = [];
GP.on = (keys, f) => {
  GP.ears.push([keys.split(' '), f]);
  return f;
};
GP.set = function (patch) {
  const changed = Object.keys(patch).filter(k => GP.state[k] !== patch[k]);
  if (!changed.length) return;
  Object.assign(GP.state, patch);
  for (const [keys, f] of GP.ears) if (keys.some(k => changed.includes(k))) f(changed);
  GP.hash.later();
};

/* What the page is told besides its layers. */
GP.readModel = async function () {
  const element = document.getElementById('gp-model'),
    text = element.textContent.trim();
  element.remove();
  const m = (GP.model = await gpCodec().json(text));
  for (const c of m.causes || []) if (c.f) c.f = GP.fromSteps(c.f);
  return m;
};
/* Whole numbers from the steps between them. */
GP.fromSteps = steps => {
  let at = 0;
  return steps.map(step => (at += step));
};

/* Work for the next frame of the screen, once, however often it was wished for since the last. */
GP.nextFrame = function (name, work) {
  const waits = (GP.waits = GP.waits || new Map());
  if (!waits.size)
    requestAnimationFrame(() => {
      GP.waits = new Map();
      for (const f of waits.values()) f();
    });
  waits.set(name, work);
};

/* The state in the address, so that a link opens what its sender saw. */
GP.hash = {
  timer: 0,
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), 200);
  },
  text() {
    const s = GP.state,
      q = [],
      add = (k, v) => {
        if (v !== null && v !== undefined && v !== '') q.push(k + '=' + encodeURIComponent(v));
      };
    if (s.select && s.select.f !== undefined) add('f', GP.findings.name(s.select.f));
    else if (s.select && s.select.layer) add('o', s.select.layer + '~' + s.select.id);
    if (s.day !== null && !s.auto) add('t', GP.iso(s.day));
    add('l', s.lang);
    if (s.theme === 'dark') add('d', 1);
    if (s.tab !== 'verdict') add('p', s.tab);
    if (s.group !== 'verdict') add('g', s.group);
    if (s.dock) add('c', 1);
    if (s.ground !== 60) add('b', s.ground);
    add('q', s.query);
    add(
      'x',
      Object.keys(s.off)
        .filter(k => s.off[k])
        .join(','),
    );
    add(
      's',
      Object.entries(s.hidden)
        .filter(e => e[1])
        .map(e => (e[1] === 2 ? '' : '-') + e[0])
        .join(','),
    );
    add(
      'y',
      Object.entries(s.style)
        .filter(e => e[1])
        .map(e => e[0] + '.' + e[1])
        .join(','),
    );
    if (s.view) add('v', s.view.join(','));
    return '#' + q.join('&');
  },
  write() {
    try {
      history.replaceState(null, '', this.text());
    } catch (e) {
      /* some shells forbid it on file:// */
    }
  },
  read() {
    const out = {},
      q = {};
    for (const pair of location.hash.slice(1).split('&')) {
      const at = pair.indexOf('=');
      try {
        if (at > 0) q[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1));
      } catch (e) {
        /* a damaged link opens the plain page */
      }
    }
    if (q.l === 'zh' || q.l === 'en') out.lang = q.l;
    if (q.d) out.theme = 'dark';
    if (q.t && !isNaN(Date.parse(q.t))) out.day = Math.round(Date.parse(q.t) / 864e5);
    if (q.p) out.tab = q.p;
    if (q.g) out.group = q.g;
    if (q.c) out.dock = true;
    if (q.b && +q.b >= 0 && +q.b <= 100) out.ground = +q.b;
    if (q.q) out.query = q.q;
    if (q.x) out.off = Object.fromEntries(q.x.split(',').map(k => [k, true]));
    if (q.s) out.hidden = Object.fromEntries(q.s.split(',').map(k => (k[0] === '-' ? [k.slice(1), 1] : [k, 2])));
    if (q.y) out.style = Object.fromEntries(q.y.split(',').map(k => [k.split('.')[0], +k.split('.')[1] || 0]));
    if (q.v) {
      const v = q.v.split(',').map(Number);
      if (v.length === 3 && v.every(isFinite)) out.view = v;
    }
    if (q.f) {
      const f = GP.findings.fp.indexOf(q.f);
      if (f >= 0) out.select = { f };
    }
    if (q.o && q.o.includes('~')) out.select = { layer: q.o.split('~')[0], id: q.o.slice(q.o.indexOf('~') + 1) };
    return out;
  },
};

// ---- words ----------------------------------------------------------------------------------------------------
GP.t = function (key, slots) {
  const found = GP.WORDS[key];
  if (!found) throw new Error('no words for ' + key);
  let text = found[GP.state.lang === 'zh' ? 0 : 1];
  for (const k in slots || {}) text = text.split('{' + k + '}').join(slots[k]);
  return text;
};
/* An English sentence begins with a capital; of Chinese there is none. */
GP.capital = text => text.charAt(0).toUpperCase() + text.slice(1);
GP.pick = o => (o ? o[GP.state.lang] || o.zh || o.en || '' : '');
GP.said = []; // [element, attribute or '', key]: relabelled when the language changes
GP.say = function (element, key, attribute) {
  GP.said.push([element, attribute || '', key]);
  GP.relabel(element, attribute || '', key);
  return element;
};
GP.relabel = (e, attribute, key) => {
  if (attribute) e.setAttribute(attribute, GP.t(key));
  else e.textContent = GP.t(key);
};
GP.button = function (key, icon, f, more) {
  // an icon button with its name in both languages
  const b = GP.h('button', Object.assign({ type: 'button', class: 'gp-b', on: { click: f } }, more), GP.icon(icon));
  GP.say(b, key, 'aria-label');
  return GP.say(b, key, 'title');
};
GP.iso = day => new Date(day * 864e5).toISOString().slice(0, 10);
GP.day = d => (d === GP.NO_DAY || d === null || d === undefined ? GP.t('unknown_date') : GP.iso(d));
GP.cuts = {};
GP.num = function (v, digits) {
  if (v === null || v === undefined || !isFinite(v)) return '–';
  const d = digits !== undefined ? digits : Math.abs(v) >= 100 ? 0 : Math.abs(v) >= 10 ? 1 : Math.abs(v) >= 1 ? 2 : 3;
  const key = GP.state.lang + d,
    cut =
      GP.cuts[key] ||
      (GP.cuts[key] = new Intl.NumberFormat(GP.state.lang === 'zh' ? 'zh-CN' : 'en', { maximumFractionDigits: d }));
  return cut.format(v);
};
/* The unit of a finding in words; signs that are the same in both languages stay. */
GP.unit = unit => {
  if (unit === 'ratio' || unit === 'year') return ''; // a number that needs none
  const words = GP.UNITS[unit];
  return words ? words[GP.state.lang === 'zh' ? 0 : 1] : unit;
};
GP.ink = c => {
  if (GP.state.theme !== 'dark' || !c) return c;
  const m = parseInt(c.slice(1), 16);
  return (m >> 16) * 2 + ((m >> 8) & 255) * 5 + (m & 255) < 560 ? '#c3ccd4' : c;
};
GP.announce = text => {
  GP.live.textContent = '';
  GP.live.textContent = text;
};
GP.calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
GP.family = code => code.slice(0, 2).toLowerCase();
