/* The list of findings: only the rows in view exist. What was skipped or cannot be judged stands among the faults. */
GP.SEV = ['error', 'warning', 'info', 'crashed', 'skipped', 'unknown', 'ok'];
GP.FAMILIES = ['pb', 'ug', 'in', 'ba', 'nw', 'ec', 'st', 'da', 'xx'];

/* One row for each finding, each skipped or crashed check, each feature that could not be judged, each check passed. */
GP.buildItems = function () {
  const m = GP.model,
    f = GP.findings,
    items = [];
  for (let i = 0; i < f.n; i++)
    items.push({ kind: f.severity[i], f: i, code: f.code[i], layer: f.layer[i], id: f.id[i] });
  m.runs.forEach((r, i) => {
    if (r.outcome === 'skipped' || r.outcome === 'crashed' || r.outcome === 'ok')
      items.push({ kind: r.outcome, run: i, code: r.code, layer: '', id: '' });
  });
  const open = {}; // what one check cannot judge for one reason is one row; its features stand in the detail
  GP.unknown = [];
  m.unknown.id.forEach((id, i) => {
    const key = [m.unknown.code[i], m.unknown.layer[i], m.unknown.reason[i]].join('|');
    if (open[key] === undefined) {
      open[key] = GP.unknown.length;
      GP.unknown.push({ code: m.unknown.code[i], layer: m.unknown.layer[i], reason: m.unknown.reason[i], ids: [] });
    }
    GP.unknown[open[key]].ids.push(id);
  });
  GP.unknown.forEach((u, i) =>
    items.push({ kind: 'unknown', u: i, code: u.code, layer: u.layer, id: u.ids.join(' '), n: u.ids.length }),
  );
  items.forEach(x => {
    const fam = GP.family(x.code);
    x.family = GP.FAMILIES.includes(fam) ? fam : 'xx';
  });
  return items;
};
GP.itemText = function (x) {
  if (x.f !== undefined) return GP.findings.text(x.f);
  if (x.run !== undefined)
    return x.kind === 'ok'
      ? GP.t('judged', { n: GP.num(GP.model.runs[x.run].judged) })
      : GP.pick(GP.model.runs[x.run].reason);
  const u = GP.unknown[x.u],
    why = GP.pick(GP.model.reasons[u.reason]);
  return u.layer ? GP.t('open_rows', { n: GP.num(u.ids.length), layer: GP.layerName(u.layer), why }) : why;
};
GP.title = code => {
  const r = GP.model.rules[code];
  return r ? GP.pick({ zh: r.zh.title, en: r.en.title }) : code;
};
GP.layerName = id => {
  const n = GP.model.names[id];
  return n ? GP.pick(n) : id;
};

GP.setupList = function (host) {
  const h = GP.h,
    ROW = 50,
    HEAD = 34,
    items = (GP.items = GP.buildItems()),
    closed = { ok: true };
  let rows = [],
    tops = [],
    total = 0,
    at = -1;

  // chips that count and filter
  const chips = h('div', { class: 'gp-chips', role: 'group' });
  GP.SEV.forEach(kind => {
    const n = items.reduce((s, x) => s + (x.kind === kind ? x.n || 1 : 0), 0);
    if (!n && kind === 'crashed') return;
    const b = h(
      'button',
      {
        type: 'button',
        class: 'gp-chip gp-k-' + kind,
        'data-kind': kind,
        on: { click: () => GP.set({ off: Object.assign({}, GP.state.off, { [kind]: !GP.state.off[kind] }) }) },
      },
      h('i', { class: 'gp-dot' }),
      GP.say(h('span'), kind),
      h('b', { text: GP.num(n) }),
    );
    chips.append(b);
  });
  const search = h('input', {
    type: 'search',
    class: 'gp-search',
    autocomplete: 'off',
    spellcheck: 'false',
    on: { input: () => GP.set({ query: search.value }) },
  });
  GP.say(GP.say(search, 'search', 'placeholder'), 'search', 'aria-label');
  const by = h(
    'select',
    { class: 'gp-select', on: { change: () => GP.set({ group: by.value }) } },
    ['family', 'code', 'severity', 'layer'].map(k => GP.say(h('option', { value: k }), k)),
  );
  GP.say(by, 'group_by', 'aria-label');
  const count = h('span', { class: 'gp-count' });
  const found = h('ul', { class: 'gp-found', hidden: true });
  const view = h('div', { class: 'gp-rows', role: 'listbox', tabindex: '0', id: 'gp-list' }),
    pad = h('div', { class: 'gp-pad' });
  GP.say(view, 'findings', 'aria-label');
  view.append(pad);
  host.append(
    h(
      'div',
      { class: 'gp-filter' },
      chips,
      h('div', { class: 'gp-line' }, h('label', { class: 'gp-searchbox' }, GP.icon('search', 14), search), by),
      count,
      found,
    ),
    view,
  );

  const groupOf = x =>
    GP.state.group === 'family'
      ? [x.family, x.code]
      : GP.state.group === 'code'
        ? [x.code]
        : GP.state.group === 'severity'
          ? [x.kind, x.code]
          : [x.layer || '-', x.code];
  const nameOf = (key, level) => {
    if (level === 1 || GP.state.group === 'code') return key + ' ' + GP.title(key);
    return GP.state.group === 'family' || GP.state.group === 'severity'
      ? GP.t(key)
      : key === '-'
        ? '–'
        : GP.layerName(key);
  };
  const orders = {}; // items in the order of each grouping, sorted once: by lots that are alike
  function ordered() {
    const by = GP.state.group;
    if (orders[by]) return orders[by];
    const rank = {
        family: x => GP.FAMILIES.indexOf(x.family),
        code: () => 0,
        severity: x => GP.SEV.indexOf(x.kind),
        layer: x => x.layer || '~',
      }[by],
      lots = {};
    for (const x of items) {
      const key = rank(x) + '|' + x.code + '|' + x.kind,
        lot = lots[key] || (lots[key] = { by: [rank(x), x.code, GP.SEV.indexOf(x.kind)], items: [] });
      lot.items.push(x);
    }
    const sorted = Object.values(lots).sort((a, b) => {
      for (let k = 0; k < 3; k++) if (a.by[k] !== b.by[k]) return a.by[k] < b.by[k] ? -1 : 1;
      return 0;
    });
    return (orders[by] = sorted.flatMap(lot => lot.items));
  }
  function compute() {
    const q = GP.state.query.trim().toLowerCase(),
      off = GP.state.off,
      day = GP.state.day,
      f = GP.findings,
      N = GP.NO_DAY;
    const shown = x => {
      if (off[x.kind]) return false;
      if (
        day !== null &&
        x.f !== undefined &&
        ((f.from[x.f] !== N && f.from[x.f] > day) || (f.to[x.f] !== N && f.to[x.f] < day))
      )
        return false;
      return (
        !q ||
        (
          x.code +
          ' ' +
          x.id +
          ' ' +
          (x.f !== undefined ? f.oid[x.f] + ' ' : '') +
          GP.itemText(x) +
          ' ' +
          GP.title(x.code)
        )
          .toLowerCase()
          .includes(q)
      );
    };
    rows = [];
    let passed = 0,
      last = [],
      heads = [],
      shut = false;
    for (const x of ordered()) {
      if (!shown(x)) continue;
      passed++;
      const keys = groupOf(x);
      if (keys.length !== last.length || keys.some((key, level) => key !== last[level])) {
        const kept = heads;
        let path = '',
          same = true;
        heads = [];
        shut = false;
        keys.forEach((key, level) => {
          path += '/' + key;
          same = same && last[level] === key;
          heads.push(same ? kept[level] : { head: path, key, level, n: 0, worst: x.kind });
          if (!same && !shut) rows.push(heads[level]);
          if (closed[path]) shut = true;
        });
        last = keys;
      }
      for (const head of heads) head.n++;
      if (!shut) rows.push(x);
    }
    tops = [];
    total = 0;
    rows.forEach(r => {
      tops.push(total);
      total += r.head ? HEAD : ROW;
    });
    pad.style.height = total + 'px';
    count.textContent = GP.t('shown', { n: GP.num(passed), all: GP.num(items.length) });
    for (const c of chips.children) c.setAttribute('aria-pressed', String(!off[c.dataset.kind]));
    if (search.value !== GP.state.query) search.value = GP.state.query;
    by.value = GP.state.group;
    locate();
    features(q);
  }
  function features(q) {
    // the search also finds features by id and name
    GP.clear(found);
    const hits = [];
    if (q.length > 1)
      for (const layer of GP.layers) {
        if (layer.spec.finding || layer.data.n > 2e5) continue;
        for (let i = 0; i < layer.data.n && hits.length < 6; i++) {
          const id = layer.text(i, 'id') || '',
            name = layer.text(i, 'name') || '';
          if (id.toLowerCase().includes(q) || name.toLowerCase().includes(q)) hits.push([layer, id, name]);
        }
      }
    found.hidden = !hits.length;
    hits.forEach(([layer, id, name]) =>
      found.append(
        h(
          'li',
          {},
          h(
            'button',
            { type: 'button', on: { click: () => GP.set({ select: { layer: layer.id, id } }) } },
            h('span', { class: 'gp-soft', text: GP.layerName(layer.spec.source) }),
            ' ' + id + (name && name !== id ? ' ' + name : ''),
          ),
        ),
      ),
    );
  }
  const same = (x, s) =>
    s && (x.f !== undefined ? x.f === s.f : x.run !== undefined ? x.run === s.run : x.u !== undefined && x.u === s.u);
  function locate() {
    at = rows.findIndex(r => !r.head && same(r, GP.state.select));
    paint();
  }
  function row(r, i) {
    const style = { top: tops[i] + 'px', height: (r.head ? HEAD : ROW) + 'px' };
    if (r.head) {
      const shut = !!closed[r.head];
      return h(
        'div',
        {
          class: 'gp-row gp-head gp-level' + r.level,
          role: 'option',
          id: 'gp-r' + i,
          'aria-expanded': String(!shut),
          'aria-selected': String(i === at),
          style,
          on: { click: () => toggle(i) },
        },
        GP.icon(shut ? 'next' : 'down', 12),
        h('span', { class: 'gp-name', text: nameOf(r.key, r.level) }),
        h('b', { text: GP.num(r.n) }),
      );
    }
    const mark = GP.review ? GP.review.of(r) : null;
    return h(
      'div',
      {
        class: 'gp-row gp-item gp-k-' + r.kind + (i === at ? ' gp-on' : '') + (mark ? ' gp-m-' + mark : ''),
        role: 'option',
        id: 'gp-r' + i,
        'aria-selected': String(i === at),
        'aria-setsize': String(rows.length),
        'aria-posinset': String(i + 1),
        style,
        on: { click: () => choose(i) },
      },
      h('i', { class: 'gp-dot' }),
      h('span', { class: 'gp-text', text: GP.itemText(r) }),
      h('span', { class: 'gp-code', text: mark ? GP.t(mark) : GP.t(r.kind) }),
    );
  }
  let drawn = '';
  function paint(force) {
    const a0 = view.scrollTop,
      a1 = a0 + (view.clientHeight || 400);
    let lo = 0,
      hi = rows.length;
    while (lo < hi) {
      const m = (lo + hi) >> 1;
      if (tops[m] < a0 - 150) lo = m + 1;
      else hi = m;
    }
    let end = lo;
    while (end < rows.length && tops[end] < a1 + 150) end++;
    const key = lo + '-' + end + '-' + at;
    if (key === drawn && force === true) return;
    drawn = key;
    GP.clear(pad);
    if (!rows.length) {
      pad.append(h('p', { class: 'gp-empty', text: GP.t(items.length ? 'none' : 'clean') }));
      return;
    }
    for (let i = lo; i < end; i++) pad.append(row(rows[i], i));
    if (at >= 0) view.setAttribute('aria-activedescendant', 'gp-r' + at);
    else view.removeAttribute('aria-activedescendant');
  }
  function reveal(i) {
    const y = tops[i],
      e = y + ROW,
      top = HEAD;
    if (y - top < view.scrollTop) view.scrollTop = Math.max(0, y - top);
    else if (e > view.scrollTop + view.clientHeight) view.scrollTop = e - view.clientHeight;
  }
  function choose(i) {
    const r = rows[i];
    GP.set({ select: r.f !== undefined ? { f: r.f } : r.run !== undefined ? { run: r.run } : { u: r.u } });
    reveal(i);
  }
  function toggle(i) {
    const k = rows[i].head;
    closed[k] = !closed[k];
    compute();
  }
  function step(by, from) {
    let i = from === undefined ? at : from;
    do i += by;
    while (rows[i] && rows[i].head);
    if (rows[i]) choose(i);
  }
  GP.stepFinding = step;
  view.addEventListener('scroll', () => paint(true), { passive: true });
  view.addEventListener('keydown', e => {
    const page = Math.max(1, (view.clientHeight / ROW) | 0);
    if (e.key === 'ArrowDown') step(1);
    else if (e.key === 'ArrowUp') {
      if (at >= 0) step(-1);
    } else if (e.key === 'PageDown') {
      for (let k = 0; k < page; k++) step(1);
    } else if (e.key === 'PageUp') {
      for (let k = 0; k < page; k++) step(-1);
    } else if (e.key === 'Home') step(1, -1);
    else if (e.key === 'End') step(-1, rows.length);
    else if (e.key === 'ArrowLeft' && at >= 0) {
      for (let i = at; i >= 0; i--)
        if (rows[i].head) {
          toggle(i);
          break;
        }
    } else if (e.key === 'Enter' && at >= 0) {
      const b = GP.parts.detail.querySelector('button');
      if (b) b.focus();
    } else if (e.key === 'Escape') GP.set({ select: null });
    else return;
    e.preventDefault();
  });
  GP.on('query off group day lang', compute);
  GP.on('select', () => {
    locate();
    if (at >= 0) reveal(at);
  });
  GP.refreshList = compute;
  new ResizeObserver(() => paint()).observe(view);
  compute();
};
