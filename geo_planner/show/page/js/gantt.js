/* The Gantt of all works, by park, phase or utility: bars before and after a repair, the critical ones, and what
   the selected work waits for. A canvas paints only the rows in sight; map and slider are linked both ways. */
(function () {
  const h = GP.h,
    ROW = 17,
    HEAD = 18,
    LABEL = 150,
    WAYS = ['park', 'phase', 'kind'],
    look = { way: 'park', only: '', closed: {}, wide: false };
  let works = null, // columns of all works
    lines = [], // rows shown: { group, n } or { i }
    place = {}, // work -> its line
    span = [0, 1],
    links = {}, // work -> [[other, rule, whether the other comes first]]
    parts = null; // elements

  // ---- data ---------------------------------------------------------------------------------------------------
  function unpack(data) {
    const c = data.cols,
      word = k => Array.from(c[k].d, v => c[k].words[v] || ''),
      from = after => (after || c.from).d, // dates after a repair stand in the page only where there is one
      to = after => (after || c.to).d;
    works = { n: data.n, id: GP.textsOf(c.id), from: c.from.d, to: c.to.d, a: from(c.new_from), b: to(c.new_to) };
    for (const k of ['layer', 'park', 'phase', 'kind', 'critical']) works[k] = word(k);
    works.at = {};
    for (let i = 0; i < works.n; i++) works.at[works.layer[i] + '/' + works.id[i]] = i;
    if (c.before) {
      const rule = word('rule'),
        add = (i, entry) => (links[i] || (links[i] = [])).push(entry);
      c.before.d.forEach((i, k) => {
        add(i, [c.after.d[k], rule[k], false]);
        add(c.after.d[k], [i, rule[k], true]);
      });
    }
    works.odds = works.id.map((id, i) => GP.oddsAt(works.layer[i], id));
    const late = works.odds.filter(o => o && o.p90 !== null).map(o => o.p90),
      dates = [works.from, works.to, works.a, works.b, late],
      known = dates.flatMap(d => Array.from(d).filter(v => v !== GP.NO_DAY));
    span = known.length ? known.reduce(([a, e], v) => [Math.min(a, v), Math.max(e, v)], [known[0], known[0]]) : [0, 1];
    if (span[1] - span[0] < 30) span = [span[0] - 15, span[1] + 15];
  }
  const moved = i => works.from[i] !== works.a[i] || works.to[i] !== works.b[i];
  const groupOf = i => works[look.way][i];
  function groupName(key) {
    if (!key) return GP.t('gantt_rest');
    if (look.way !== 'kind') return GP.t('by_' + look.way) + ' ' + key;
    const layer = GP.byId['pipes-' + key] || GP.byId[key];
    return layer ? GP.pick(layer.spec) : GP.layerName(key);
  }
  /* The rows in the order shown: groups by name, works by their first day. */
  function order() {
    const groups = new Map();
    for (let i = 0; i < works.n; i++) {
      if (look.only === 'moved' && !moved(i)) continue;
      if (look.only === 'critical' && !works.critical[i]) continue;
      const key = groupOf(i);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(i);
    }
    const day = i => (works.a[i] === GP.NO_DAY ? works.b[i] : works.a[i]);
    lines = [];
    place = {};
    for (const key of [...groups.keys()].sort((a, b) => (a === '') - (b === '') || a.localeCompare(b, 'zh'))) {
      const list = groups.get(key).sort((i, j) => day(i) - day(j) || i - j);
      lines.push({ group: key, n: list.length });
      if (look.closed[look.way + key]) continue;
      for (const i of list) {
        place[i] = lines.length;
        lines.push({ i });
      }
    }
  }

  // ---- drawing ------------------------------------------------------------------------------------------------
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  function colour(i) {
    const layer = GP.byId[GP.mainLayer(works.layer[i], works.id[i])] || GP.byId['pipes-' + works.kind[i]],
      c = layer ? layer.style.classes[0] : null;
    return GP.ink((c && (c.line || c.fill)) || '#5b7f95');
  }
  const inks = {};
  const ink = i => {
    const key = works.layer[i] + works.kind[i] + GP.state.theme;
    return inks[key] || (inks[key] = colour(i));
  };
  function chosen() {
    const s = GP.state.select;
    if (!works || !s || !s.layer) return -1;
    const source = GP.byId[s.layer] ? GP.byId[s.layer].spec.source : s.layer,
      i = works.at[source + '/' + s.id];
    return i === undefined ? -1 : i;
  }
  function bar(c, i, y, x) {
    const N = GP.NO_DAY,
      draw = (a, b, top, height, fill) => {
        const from = a === N ? b : a,
          to = b === N ? a : b;
        if (from === N) return;
        c.fillStyle = fill;
        c.fillRect(x(from), y + top, Math.max(2, x(to) - x(from)), height);
      };
    if (moved(i)) draw(works.from[i], works.to[i], 11, 3, css('--soft') || '#888');
    draw(works.a[i], works.b[i], 4, 7, ink(i));
    whisker(c, works.odds[i], y, x);
    if (!works.critical[i]) return;
    c.fillStyle = '#c62828';
    c.fillRect(x(works.a[i] === N ? works.b[i] : works.a[i]) - 2, y + 4, 2, 7);
  }
  /* When a parcel opens with its services: a line from P10 to P90 with a tick at P50. */
  function whisker(c, odds, y, x) {
    if (!odds || odds.p10 === null || odds.p90 <= odds.p10) return;
    c.fillStyle = css('--ink') || '#222';
    c.fillRect(x(odds.p10), y + 7, x(odds.p90) - x(odds.p10), 1);
    c.fillRect(x(odds.p50), y + 4, 1.5, 7);
  }
  function axis(c, width, height, x) {
    c.fillStyle = css('--panel') || '#fff';
    c.fillRect(0, 0, width, HEAD);
    c.fillStyle = css('--soft') || '#777';
    const first = new Date(span[0] * 864e5).getUTCFullYear() + 1,
      last = new Date(span[1] * 864e5).getUTCFullYear(),
      every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, (width - LABEL) / 44)));
    for (let year = first; year <= last; year += every) {
      const at = x(Date.UTC(year, 0, 1) / 864e5);
      c.fillText(String(year), at + 2, 12);
      c.globalAlpha = 0.25;
      c.fillRect(at, 0, 1, height);
      c.globalAlpha = 1;
    }
  }
  /* What the selected work waits for and what waits for it, as lines from bar to bar. */
  function arrows(c, i, top, x) {
    const N = GP.NO_DAY,
      y = j => HEAD + place[j] * ROW + 8 - top,
      end = j => x(works.b[j] === N ? works.a[j] : works.b[j]),
      begin = j => x(works.a[j] === N ? works.b[j] : works.a[j]);
    c.strokeStyle = css('--accent') || '#1565c0';
    for (const [j, , before] of links[i] || []) {
      if (place[j] === undefined || place[i] === undefined) continue;
      const [one, two] = before ? [j, i] : [i, j];
      c.beginPath();
      c.moveTo(end(one), y(one));
      c.bezierCurveTo(end(one) + 18, y(one), begin(two) - 18, y(two), begin(two), y(two));
      c.stroke();
    }
  }
  function paint() {
    if (!parts || !works || !parts.view.isConnected) return;
    const { view, canvas } = parts,
      ratio = window.devicePixelRatio || 1,
      width = view.clientWidth,
      height = view.clientHeight,
      top = view.scrollTop,
      x = d => LABEL + ((d - span[0]) / (span[1] - span[0])) * (width - LABEL - 6);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = width + 'px';
    canvas.style.height = height + 'px';
    const c = canvas.getContext('2d');
    c.scale(ratio, ratio);
    c.font = '11px system-ui, sans-serif';
    rows(c, { top, width, height, x });
    axis(c, width, height, x);
    if (GP.state.day !== null) {
      c.fillStyle = css('--accent') || '#1565c0';
      c.fillRect(x(Math.max(span[0], Math.min(span[1], GP.state.day))), 0, 1.5, height);
    }
  }
  function rows(c, { top, width, height, x }) {
    const at = chosen(),
      first = Math.max(0, Math.floor(top / ROW)),
      last = Math.min(lines.length, first + Math.ceil(height / ROW) + 1);
    for (let k = first; k < last; k++) {
      const line = lines[k],
        y = HEAD + k * ROW - top;
      c.fillStyle = css('--ink') || '#222';
      if (line.i === undefined) {
        c.font = '600 11px system-ui, sans-serif';
        const sign = look.closed[look.way + line.group] ? '▸ ' : '▾ ';
        c.fillText(sign + groupName(line.group) + ' · ' + GP.num(line.n), 4, y + 12);
        c.font = '11px system-ui, sans-serif';
        continue;
      }
      if (line.i === at) {
        c.globalAlpha = 0.14;
        c.fillRect(0, y, width, ROW);
        c.globalAlpha = 1;
      }
      c.fillText(works.id[line.i], 14, y + 12, LABEL - 20);
      bar(c, line.i, y, x);
    }
    if (at >= 0) arrows(c, at, top, x);
  }

  // ---- hands --------------------------------------------------------------------------------------------------
  function select(i) {
    GP.set({ select: { layer: GP.mainLayer(works.layer[i], works.id[i]), id: works.id[i] } });
  }
  function click(e) {
    const box = parts.view.getBoundingClientRect(),
      px = e.clientX - box.left,
      py = e.clientY - box.top;
    if (py < HEAD) {
      const share = (px - LABEL) / (parts.view.clientWidth - LABEL - 6);
      if (share >= 0) GP.set({ day: Math.round(span[0] + share * (span[1] - span[0])) });
      return;
    }
    const line = lines[Math.floor((py - HEAD + parts.view.scrollTop) / ROW)];
    if (!line) return;
    if (line.i !== undefined) return select(line.i);
    look.closed[look.way + line.group] = !look.closed[look.way + line.group];
    arrange();
  }
  function step(e) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!by || !lines.length) return;
    e.preventDefault();
    let k = chosen() >= 0 && place[chosen()] !== undefined ? place[chosen()] + by : 0;
    while (lines[k] && lines[k].i === undefined) k += by;
    if (lines[k]) select(lines[k].i);
  }
  function reveal() {
    const k = place[chosen()];
    if (k === undefined || !parts) return;
    const y = k * ROW,
      { view } = parts;
    if (y < view.scrollTop || y > view.scrollTop + view.clientHeight - HEAD - ROW)
      view.scrollTop = Math.max(0, y - view.clientHeight / 2);
  }
  /* The selected work in words: its dates before and after, and each link with its rule. */
  function tell() {
    const i = chosen(),
      { said } = parts;
    GP.clear(said);
    if (i < 0) return said.append(GP.t('gantt_hint'));
    const dates = (a, b) => GP.day(a) + ' – ' + GP.day(b);
    said.append(works.id[i] + ' ' + dates(works.a[i], works.b[i]));
    if (moved(i)) said.append(' · ' + GP.t('gantt_before') + ' ' + dates(works.from[i], works.to[i]));
    for (const [j, rule, before] of (links[i] || []).slice(0, 12)) {
      const text = GP.t(before ? 'gantt_waits' : 'gantt_holds') + ' ' + works.id[j] + ' (' + rule + ')',
        on = { click: () => select(j) };
      said.append(' ', h('button', { type: 'button', class: 'gp-link', text, on }));
    }
  }
  function arrange() {
    order();
    parts.room.style.height = HEAD + lines.length * ROW + 'px';
    tell();
    paint();
  }

  // ---- the panel ----------------------------------------------------------------------------------------------
  function choose(id, label, options, change) {
    const pick = h('select', { class: 'gp-select', id, 'aria-label': GP.t(label), on: { change } });
    for (const [value, key] of options) pick.append(h('option', { value, text: GP.t(key) }));
    return pick;
  }
  function bars() {
    const about = GP.model.gantt,
      only = [['', 'gantt_all_works']];
    if (about.moved) only.push(['moved', 'gantt_moved']);
    if (about.critical) only.push(['critical', 'gantt_critical']);
    const way = choose('gp-gantt-by', 'gantt_by', WAYS.map(w => [w, 'by_' + w]), e => {
      look.way = e.target.value;
      arrange();
    });
    const some = choose('gp-gantt-only', 'gantt_only', only, e => {
      look.only = e.target.value;
      arrange();
    });
    way.value = look.way;
    some.value = look.only;
    const wide = GP.button('gantt_wide', 'up', () => {
      look.wide = !look.wide;
      size();
    });
    return h('div', { class: 'gp-gantt-bar' }, way, only.length > 1 ? some : null, wide);
  }
  function size() {
    const charts = parts.host.closest('.gp-charts');
    parts.host.classList.toggle('gp-wide', look.wide);
    if (charts) charts.classList.toggle('gp-charts-wide', look.wide);
    paint();
  }
  function build() {
    const canvas = h('canvas', { class: 'gp-gantt-canvas' }),
      room = h('div', { class: 'gp-gantt-room' }, canvas),
      about = { class: 'gp-gantt-view', tabindex: '0', role: 'application' },
      view = h('div', Object.assign(about, { on: { scroll: paint, click, keydown: step } }), room),
      said = h('p', { class: 'gp-soft gp-gantt-said', 'aria-live': 'polite' }),
      head = h('div', {}, bars()),
      host = h('div', { class: 'gp-gantt-all' }, head, view, said);
    GP.say(view, 'gantt_works', 'aria-label');
    parts = { canvas, room, view, said, head, host };
    new ResizeObserver(paint).observe(view);
  }
  async function open() {
    const element = document.getElementById(GP.model.gantt.blob);
    if (!element) return; // another call is unpacking it
    const loader = gpLoader();
    unpack(await loader.load(element));
    loader.done();
    arrange();
    reveal();
  }
  /* The Gantt as an element that stays the same; null where the page has no works to show in it. */
  GP.ganttOfAll = function () {
    if (!GP.model.gantt) return null;
    if (!parts) build();
    const scroll = parts.view.scrollTop;
    requestAnimationFrame(() => {
      parts.view.scrollTop = scroll;
      if (!works) open();
      else {
        reveal();
        tell();
        size();
      }
    });
    return parts.host;
  };
  GP.on('lang', () => {
    if (!parts) return;
    GP.clear(parts.head).append(bars());
    if (works) arrange();
  });
  /* For tests and scripts: how many works, rows and links there are, and where a work is drawn. */
  GP.ganttState = () => ({
    works: works ? works.n : 0,
    rows: lines.length,
    links: Object.keys(links).length,
    chosen: works && chosen() >= 0 ? works.id[chosen()] : null,
    at: id => {
      const i = works ? works.id.indexOf(id) : -1;
      return i < 0 || place[i] === undefined ? null : HEAD + place[i] * ROW + ROW / 2 - parts.view.scrollTop;
    },
  });
})();
