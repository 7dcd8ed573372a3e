/* The list: verdicts, causes, findings; only the rows in view exist. One search over findings and places. */
(function () {
  const h = GP.h,
    ROW = 50,
    HEAD = 34,
    GROUPS = ['verdict', 'code', 'severity', 'layer'],
    MANY = 3, // more rows than this that could not be judged begin folded
    closed = {},
    orders = {};
  let items, chips, search, by, count, view, pad;
  let rows = [],
    tops = [],
    total = 0,
    at = -1,
    drawn = '',
    stale = false;

  // ---- filter -------------------------------------------------------------------------------------------------
  function chip(kind) {
    const n = items.reduce((s, x) => s + (x.kind === kind ? 1 : 0), 0);
    if (!n && kind === 'crashed') return null;
    const click = () => GP.set({ off: Object.assign({}, GP.state.off, { [kind]: !GP.state.off[kind] }) });
    return h(
      'button',
      { type: 'button', class: 'gp-chip gp-k-' + kind, 'data-kind': kind, 'data-n': n, on: { click } },
      h('i', { class: 'gp-dot' }),
      GP.say(h('span'), kind),
      h('b', { text: GP.num(n) }),
    );
  }
  function tellChip(c) {
    const now = GP.countNow(c.dataset.kind);
    c.setAttribute('aria-pressed', String(!GP.state.off[c.dataset.kind]));
    c.querySelector('b').textContent = GP.num(now === null ? +c.dataset.n : now, 0);
  }
  function build(host) {
    chips = h('div', { class: 'gp-chips', role: 'group' }, GP.SEV.map(chip));
    const input = () => GP.set({ query: search.value });
    search = h('input', {
      type: 'search',
      class: 'gp-search',
      autocomplete: 'off',
      spellcheck: 'false',
      on: { input },
    });
    GP.say(GP.say(search, 'search', 'placeholder'), 'search', 'aria-label');
    const options = GROUPS.map(k => GP.say(h('option', { value: k }), 'by_' + k));
    by = h('select', { class: 'gp-select', on: { change: () => GP.set({ group: by.value }) } }, options);
    GP.say(by, 'group_by', 'aria-label');
    count = h('span', { class: 'gp-count' });
    view = h('div', { class: 'gp-rows', role: 'listbox', tabindex: '0', id: 'gp-list' });
    pad = h('div', { class: 'gp-pad' });
    GP.say(view, 'findings', 'aria-label');
    view.append(pad);
    const box = h('label', { class: 'gp-searchbox' }, GP.icon('search', 14), search);
    host.append(h('div', { class: 'gp-filter' }, chips, h('div', { class: 'gp-line' }, box, by), count), view);
  }

  // ---- groups -------------------------------------------------------------------------------------------------
  const causeAt = x => (x.c !== undefined ? x.c : x.f !== undefined ? GP.causeOf[x.f] : -1);
  const order = list => x => {
    const k = list.indexOf(x);
    return k < 0 ? list.length : k;
  };
  function rankOf(x) {
    if (GP.state.group === 'verdict') {
      const names = [...GP.model.verdict.items.map(v => v.name), ...GP.FAMILIES];
      return [order(names)(x.verdict), x.f === undefined && x.c === undefined ? 1 : 0, causeAt(x), x.code];
    }
    const first = { code: 0, severity: GP.SEV.indexOf(x.kind), layer: x.layer || '~' }[GP.state.group];
    return [first, x.code, GP.SEV.indexOf(x.kind), 0];
  }
  function keysOf(x) {
    if (GP.state.group === 'code') return [x.code];
    if (GP.state.group === 'severity') return [x.kind, x.code];
    if (GP.state.group === 'layer') return [x.layer || '-', x.code];
    const k = causeAt(x);
    if (k < 0) return x.f === undefined ? [x.verdict, '~open'] : [x.verdict, x.code];
    return GP.model.causes[k].f.length > 1 ? [x.verdict, k] : [x.verdict];
  }
  function nameOf(head) {
    const { key, level } = head,
      group = GP.state.group;
    if (key === '~open') return GP.t('not_decided');
    if (level === 1 || group === 'code') return key + ' ' + GP.title(key);
    if (group === 'verdict') return GP.verdictName(key);
    return group === 'severity' ? GP.t(key) : key === '-' ? '–' : GP.layerName(key);
  }
  /* Items in the order of each grouping, sorted once. */
  function ordered() {
    const group = GP.state.group;
    if (orders[group]) return orders[group];
    const ranked = items.map((x, k) => ({ x, rank: [...rankOf(x), k] }));
    ranked.sort((a, b) => {
      for (let k = 0; k < 5; k++) if (a.rank[k] !== b.rank[k]) return a.rank[k] < b.rank[k] ? -1 : 1;
      return 0;
    });
    return (orders[group] = ranked.map(r => r.x));
  }
  function isShut(path, head) {
    if (closed[path] !== undefined) return closed[path];
    if (GP.state.query) return false;
    return GP.state.group === 'verdict' && (typeof head.key === 'number' || (head.key === '~open' && head.many));
  }

  // ---- rows ---------------------------------------------------------------------------------------------------
  function passes(x, q) {
    const { off, day, auto } = GP.state,
      f = GP.findings;
    if (off[x.kind]) return false;
    if (day !== null && !auto && x.f !== undefined && !f.lasts(x.f, day)) return false;
    if (!q) return true;
    const k = causeAt(x),
      cause = k < 0 ? '' : GP.pick(GP.model.causes[k].title) + ' ' + GP.pick(GP.model.causes[k].place),
      other = x.f === undefined ? '' : f.oid[x.f];
    return [x.code, x.id, other, GP.itemText(x), GP.title(x.code), cause].join(' ').toLowerCase().includes(q);
  }
  /* Places whose id or name holds the words searched for, as rows of the same list. */
  function places(q) {
    const hits = [];
    if (q.length < 2) return hits;
    for (const layer of GP.layers) {
      if (layer.spec.finding || layer.spec.ground || layer.data.n > 2e5) continue;
      for (let i = 0; i < layer.data.n && hits.length < 12; i++) {
        const id = layer.text(i, 'id') || '',
          name = layer.text(i, 'name') || '';
        if (id.toLowerCase().includes(q) || name.toLowerCase().includes(q)) hits.push({ layer, id, name, place: true });
      }
    }
    return hits;
  }
  function put(x, state) {
    const keys = keysOf(x),
      { last, heads: kept } = state;
    if (keys.length !== last.length || keys.some((key, level) => key !== last[level])) {
      let path = '',
        same = true;
      state.heads = [];
      state.shut = false;
      keys.forEach((key, level) => {
        path += '/' + key;
        same = same && last[level] === key;
        const head = same ? kept[level] : { head: path, key, level, n: 0, many: state.open[x.verdict] > MANY };
        state.heads.push(head);
        if (!same && !state.shut) rows.push(head);
        if (isShut(path, head)) state.shut = true;
      });
      state.last = keys;
    }
    for (const head of state.heads) head.n++;
    if (!state.shut) rows.push(x);
  }
  const heightOf = r => (r.head && typeof r.key !== 'number' ? HEAD : r.place ? HEAD : ROW);
  function compute() {
    const q = GP.state.query.trim().toLowerCase(),
      shown = ordered().filter(x => passes(x, q)),
      open = {};
    for (const x of shown) if (keysOf(x)[1] === '~open') open[x.verdict] = (open[x.verdict] || 0) + 1;
    rows = places(q);
    const state = { last: [], heads: [], shut: false, open };
    for (const x of shown) put(x, state);
    tops = [];
    total = 0;
    for (const r of rows) {
      tops.push(total);
      total += heightOf(r);
    }
    pad.style.height = total + 'px';
    count.textContent = GP.t('shown', { n: GP.num(shown.length, 0), all: GP.num(items.length, 0) });
    for (const c of chips.children) tellChip(c);
    if (search.value !== GP.state.query) search.value = GP.state.query;
    by.value = GP.state.group;
    locate();
  }

  // ---- drawing ------------------------------------------------------------------------------------------------
  function selects(r) {
    if (r.place) return { layer: r.layer.id, id: r.id };
    if (r.head) return typeof r.key === 'number' ? { c: r.key } : null;
    if (r.f !== undefined) return { f: r.f };
    if (r.c !== undefined) return { c: r.c };
    return r.run !== undefined ? { run: r.run } : { u: r.u };
  }
  function chosen(r, s) {
    const own = s && selects(r);
    return !!own && Object.keys(own).every(k => own[k] === s[k]);
  }
  function locate() {
    at = rows.findIndex(r => chosen(r, GP.state.select));
    paint();
  }
  const frame = (i, more) =>
    Object.assign(
      {
        role: 'option',
        id: 'gp-r' + i,
        'aria-selected': String(i === at),
        style: { top: tops[i] + 'px', height: heightOf(rows[i]) + 'px' },
      },
      more,
    );
  function wordOf(item) {
    const { state } = GP.verdictNow(item);
    return h('span', { class: 'gp-word gp-v-' + state }, h('b', { text: GP.stateWord(state) }));
  }
  function headRow(r, i) {
    const shut = isShut(r.head, r),
      more = {
        class: 'gp-row gp-head gp-level' + r.level,
        'aria-expanded': String(!shut),
        on: { click: () => toggle(i) },
      },
      item = GP.state.group === 'verdict' && !r.level && GP.model.verdict.items.find(v => v.name === r.key);
    return h(
      'div',
      frame(i, more),
      GP.icon(shut ? 'next' : 'down', 12),
      h('span', { class: 'gp-name', text: nameOf(r) }),
      item ? wordOf(item) : null,
      h('b', { text: GP.num(r.n) }),
    );
  }
  function causeRow(r, i) {
    const c = GP.model.causes[r.key],
      shut = isShut(r.head, r),
      fold = e => {
        e.stopPropagation();
        toggle(i);
      };
    const more = {
      class: 'gp-row gp-cause gp-k-' + c.severity + (i === at ? ' gp-on' : ''),
      'aria-expanded': String(!shut),
      on: { click: () => choose(i) },
    };
    return h(
      'div',
      frame(i, more),
      h('span', { class: 'gp-fold', on: { click: fold } }, GP.icon(shut ? 'next' : 'down', 12)),
      h('i', { class: 'gp-dot' }),
      h('span', { class: 'gp-text', text: GP.pick(c.title) }),
      h('span', { class: 'gp-state gp-state-' + c.state, text: GP.t('state_' + c.state) }),
    );
  }
  function placeRow(r, i) {
    const more = { class: 'gp-row gp-place' + (i === at ? ' gp-on' : ''), on: { click: () => choose(i) } },
      name = r.name && r.name !== r.id ? ' ' + r.name : '';
    return h(
      'div',
      frame(i, more),
      GP.icon('target', 12),
      h('span', { class: 'gp-grow', text: r.id + name }),
      h('span', { class: 'gp-code', text: GP.layerName(r.layer.spec.source) }),
    );
  }
  function itemRow(r, i) {
    const mark = GP.review.of(r),
      more = {
        class: 'gp-row gp-item gp-k-' + r.kind + (i === at ? ' gp-on' : '') + (mark ? ' gp-m-' + mark : ''),
        'aria-setsize': String(rows.length),
        'aria-posinset': String(i + 1),
        on: { click: () => choose(i) },
      };
    return h(
      'div',
      frame(i, more),
      h('i', { class: 'gp-dot' }),
      h('span', { class: 'gp-text', text: GP.itemText(r) }),
      h('span', { class: 'gp-code', text: mark ? GP.t(mark) : GP.t(r.kind) }),
    );
  }
  function row(r, i) {
    if (r.place) return placeRow(r, i);
    if (!r.head) return itemRow(r, i);
    return typeof r.key === 'number' ? causeRow(r, i) : headRow(r, i);
  }
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

  // ---- moving -------------------------------------------------------------------------------------------------
  function reveal(i) {
    const y = tops[i],
      e = y + ROW;
    if (y - HEAD < view.scrollTop) view.scrollTop = Math.max(0, y - HEAD);
    else if (e > view.scrollTop + view.clientHeight) view.scrollTop = e - view.clientHeight;
  }
  function choose(i) {
    GP.open(selects(rows[i]));
    reveal(i);
  }
  function toggle(i) {
    const r = rows[i];
    closed[r.head] = !isShut(r.head, r);
    compute();
  }
  function step(way, from) {
    if (stale) compute();
    let i = from === undefined ? at : from;
    do i += way;
    while (rows[i] && !selects(rows[i]));
    if (rows[i]) choose(i);
  }
  function fold() {
    for (let i = at; i >= 0; i--)
      if (rows[i].head) {
        toggle(i);
        return;
      }
  }
  function toCard() {
    const first = GP.parts.detail.querySelector('button');
    if (first) first.focus();
  }
  function keydown(e) {
    const page = Math.max(1, (view.clientHeight / ROW) | 0),
      far = way => {
        for (let k = 0; k < page; k++) step(way);
      };
    const moves = {
      ArrowDown: () => step(1),
      ArrowUp: () => at >= 0 && step(-1),
      PageDown: () => far(1),
      PageUp: () => far(-1),
      Home: () => step(1, -1),
      End: () => step(-1, rows.length),
      ArrowLeft: () => at >= 0 && fold(),
      ArrowRight: () => at >= 0 && rows[at].head && toggle(at),
      Enter: () => at >= 0 && toCard(),
    };
    if (!moves[e.key]) return;
    moves[e.key]();
    e.preventDefault();
  }
  /* The list opened at a verdict. */
  GP.showVerdict = function (name) {
    GP.set({ tab: 'findings', group: 'verdict', query: '' });
    closed['/' + name] = false;
    compute();
    const i = rows.findIndex(r => r.head === '/' + name);
    if (i >= 0) view.scrollTop = tops[i];
    view.focus({ preventScroll: true });
  };
  GP.stepFinding = step;
  /* A list that nobody sees waits with its work until its tab is opened; its chips count all the same. */
  function later() {
    stale = GP.state.tab !== 'findings';
    if (stale) for (const c of chips.children) tellChip(c);
    else compute();
  }
  GP.refreshList = () => compute();
  GP.setupList = function (host) {
    items = GP.items = GP.buildItems();
    closed['/ok'] = true;
    if (!GROUPS.includes(GP.state.group)) GP.state.group = 'verdict';
    build(host);
    view.addEventListener('scroll', () => paint(true), { passive: true });
    view.addEventListener('keydown', keydown);
    GP.on('query off group lang', compute);
    GP.on('day', () => GP.nextFrame('list', later));
    GP.on('tab', () => stale && later());
    GP.on('select', () => {
      locate();
      if (at >= 0) reveal(at);
    });
    new ResizeObserver(() => paint()).observe(view);
    later();
  };
})();
