/* Scenarios on one page, each against the base: the difference first, then swipe, A or B; flows of land, moved dates,
   causes of each change; of several scenarios their figures side by side. */
GP.startCompare = async function (map) {
  const h = GP.h,
    root = document.documentElement,
    all = await GP.readModel();
  let m = Object.assign({}, all, all.pairs[0]);
  GP.findings = { n: 0, fp: [] };
  GP.state.lang = m.lang;
  GP.layerName = id => (m.names[id] ? GP.pick(m.names[id]) : id);
  if (matchMedia('(prefers-color-scheme: dark)').matches) GP.state.theme = 'dark';
  root.dataset.theme = GP.state.theme;
  Object.assign(GP.state, { view2: 'diff', swipe: 50, pair: 0 });
  GP.hash.write = () => {};

  GP.live = h('div', { class: 'gp-sr', 'aria-live': 'polite', role: 'status', id: 'gp-live' });
  const title = h('h1'),
    sub = h('p', { class: 'gp-sub' }),
    body = h('div', { class: 'gp-panel gp-panel-figures' }),
    foot = h('footer', { class: 'gp-foot' }),
    box = map.getContainer(),
    stage = h('main', { class: 'gp-stage' }),
    holder = h('div', { class: 'gp-map' });
  const lang = h(
    'button',
    {
      type: 'button',
      class: 'gp-text-b',
      id: 'gp-lang',
      on: { click: () => GP.set({ lang: GP.state.lang === 'zh' ? 'en' : 'zh' }) },
    },
    GP.icon('lang', 14),
    GP.say(h('span'), 'language'),
  );
  const theme = GP.button('theme', 'moon', () => GP.set({ theme: GP.state.theme === 'dark' ? 'light' : 'dark' }));
  const side = (GP.parts.side = h(
    'aside',
    { class: 'gp-side' },
    h(
      'header',
      { class: 'gp-top' },
      h('div', { class: 'gp-brand' }, h('div', { class: 'gp-grow' }, title, sub), lang, theme),
    ),
    body,
    foot,
  ));
  const modes = h('div', { class: 'gp-modes', role: 'radiogroup' });
  ['diff', 'swipe', 'a', 'b'].forEach(k =>
    modes.append(
      h(
        'button',
        { type: 'button', role: 'radio', 'data-mode': k, on: { click: () => GP.set({ view2: k }) } },
        GP.say(h('span'), 'view_' + k),
      ),
    ),
  );
  const bar = h('input', {
      type: 'range',
      min: 0,
      max: 100,
      class: 'gp-swipe',
      id: 'gp-swipe',
      hidden: true,
      on: { input: () => GP.set({ swipe: +bar.value }) },
    }),
    line = h('div', { class: 'gp-swipeline', hidden: true });
  GP.say(bar, 'swipe_at', 'aria-label');
  box.replaceWith(stage);
  holder.append(box, modes, line, bar, h('div', { class: 'gp-difflegend' }));
  if (m.schematic) holder.append(GP.say(h('div', { class: 'gp-banner gp-low', role: 'note' }), 'schematic'));
  stage.append(holder);
  document.body.append(side, stage, GP.live);
  document.body.classList.add('gp');
  map.invalidateSize({ pan: false });
  map.fitBounds(
    [
      [m.bounds[1], m.bounds[0]],
      [m.bounds[3], m.bounds[2]],
    ],
    { animate: false, padding: [24, 24] },
  );

  const loader = gpLoader(),
    loaded = await Promise.all(m.layers.map(s => loader.load(document.getElementById(s.blob)))),
    packs = {};
  loader.done();
  m.layers.forEach((spec, i) => {
    const l = new GP.Layer(spec, loaded[i]);
    (packs[spec.side] = packs[spec.side] || []).push(l);
  });
  const pale = l =>
    Object.assign(Object.create(GP.Layer.prototype), l, {
      mark: new Uint32Array(l.data.n),
      found: new Int32Array(l.found.length),
      style: {
        by: null,
        classes: [
          {
            key: '',
            fill: '#9aa0a6',
            line: '#9aa0a6',
            alpha: l.spec.source === 'parks' ? 0.04 : 0.1,
            width: 0.7,
            lineAlpha: 0.5,
          },
        ],
      },
      codes: null,
      off: {},
    });
  GP.byId = {};
  GP.mainLayer = s => s;
  for (const k of ['a', 'b']) {
    map.createPane('gp-' + k).style.zIndex = k === 'a' ? 201 : 202;
  }
  GP.layers = packs.diff0 || [];
  GP.setupMap(map);
  const squash = Math.cos((map.getCenter().lat * Math.PI) / 180),
    paneA = map.getPane('gp-a'),
    paneB = map.getPane('gp-b');
  const make = (layers, pane) => {
    const s = new GP.Surface(layers, { pane });
    s.squash = squash;
    return s;
  };
  const one = make(packs.a || [], 'gp-a');
  const views = all.pairs.map((p, k) => {
    // what is drawn of each scenario
    const sides = { a: packs.a || [], b: packs['b' + k] || [], diff: packs['diff' + k] || [] },
      base = sides.b.filter(l => ['parks', 'parcels', 'roads'].includes(l.spec.source)).map(pale);
    return { sides, diff: make([...base, ...sides.diff], 'tilePane'), two: make(sides.b, 'gp-b') };
  });
  let sides = views[0].sides,
    diff = views[0].diff,
    two = views[0].two;
  GP.surface = diff;
  function clip() {
    const at = GP.state.view2 === 'swipe' ? (box.clientWidth * GP.state.swipe) / 100 : 0,
      nw = map.containerPointToLayerPoint([0, 0]),
      se = map.containerPointToLayerPoint(map.getSize());
    paneB.style.clip = GP.state.view2 === 'swipe' ? `rect(${nw.y}px,${se.x}px,${se.y}px,${nw.x + at}px)` : '';
    paneA.style.clip = GP.state.view2 === 'swipe' ? `rect(${nw.y}px,${nw.x + at}px,${se.y}px,${nw.x}px)` : '';
    line.style.left = at + 'px';
  }
  function mode() {
    const v = GP.state.view2,
      put = (s, on) => {
        if (on && !map.hasLayer(s)) s.addTo(map);
        if (!on && map.hasLayer(s)) s.remove();
      };
    views.forEach(w => {
      put(w.diff, w.diff === diff && v === 'diff');
      put(w.two, w.two === two && (v === 'b' || v === 'swipe'));
    });
    put(one, v === 'a' || v === 'swipe');
    GP.surface = v === 'diff' ? diff : v === 'a' ? one : two;
    bar.hidden = line.hidden = v !== 'swipe';
    bar.value = GP.state.swipe;
    for (const b of modes.children) b.setAttribute('aria-checked', String(b.dataset.mode === v));
    holder.querySelector('.gp-difflegend').hidden = v !== 'diff';
    clip();
  }
  GP.idle = () => [one, ...views.flatMap(w => [w.diff, w.two])].every(s => !map.hasLayer(s) || s.idle());
  map.on('move zoomend resize', clip);
  GP.on('view2 swipe', mode);
  GP.on('pair', () => {
    const k = GP.state.pair;
    m = Object.assign({}, all, all.pairs[k]);
    sides = views[k].sides;
    diff = views[k].diff;
    two = views[k].two;
    GP.marks.clearLayers();
    draw();
    mode();
    GP.announce(label(m.b));
  });

  const find = id => {
    for (const k of ['diff', 'b', 'a'])
      for (const l of sides[k]) {
        if (l.spec.source !== id[0] && k !== 'diff') continue;
        const i = l.find(k === 'diff' ? id.join('~') : id[1]);
        if (i >= 0) return [l, i];
      }
    return null;
  };
  function show(list, keep) {
    // mark features on the map and fly to them
    const b = L.latLngBounds([]);
    GP.marks.clearLayers();
    for (const id of list.slice(0, 400)) {
      const at = find(id);
      if (at) {
        GP.mark(at[0], at[1], 'subject');
        b.extend(at[0].bounds(at[1]));
      }
    }
    if (b.isValid() && !keep) GP.flyTo(b);
    GP.announce(
      list
        .slice(0, 3)
        .map(x => GP.layerName(x[0]) + ' ' + x[1])
        .join(', '),
    );
  }
  const go = (text, list, extra) =>
    h('button', { type: 'button', class: 'gp-link', on: { click: () => show(list) } }, text, extra || '');
  const section = (key, ...parts) => h('section', { class: 'gp-para' }, h('h3', { text: GP.t(key) }), ...parts);
  const sign = (v, digits) => (v > 0 ? '+' : v < 0 ? '−' : '') + GP.num(Math.abs(v), digits);

  const heads = [all.a, ...all.pairs.map(p => p.b)],
    plainTitle = x => GP.pick(x.title) || x.name;
  const label = x =>
    heads.some(o => o !== x && plainTitle(o) === plainTitle(x))
      ? plainTitle(x) + (GP.state.lang === 'zh' ? '（' + x.name + '）' : ' (' + x.name + ')')
      : plainTitle(x);
  // what is better: more, or less
  const more = { S1: 1, S2: 1, S3: 1, findings_error: -1, findings_warning: -1, findings_info: -1 };
  function written(name, v) {
    const share = name.endsWith('_share'),
      count = name.startsWith('findings');
    return v === null ? '–' : GP.num(share ? v * 100 : v, count ? 0 : share ? 1 : 3) + (share ? '%' : '');
  }
  function matrix() {
    // the figures of all scenarios side by side; a column's head looks at it
    if (all.pairs.length < 2) return '';
    const names = m.indicators.filter(r => r.before !== null || r.after !== null).map(r => r.name),
      value = (k, name) => (all.pairs[k].indicators.find(r => r.name === name) || {}).after;
    const head = h(
      'tr',
      {},
      h('th', {}),
      h('th', { scope: 'col', title: label(all.a), text: 'A' }),
      all.pairs.map((p, k) =>
        h(
          'th',
          { scope: 'col' },
          h(
            'button',
            {
              type: 'button',
              class: 'gp-pick',
              'aria-pressed': String(k === GP.state.pair),
              'data-pair': k,
              title: label(p.b),
              'aria-label': label(p.b),
              on: { click: () => GP.set({ pair: k }) },
            },
            'B' + (k + 1),
          ),
        ),
      ),
    );
    const rows = names.map(name => {
      const before = m.indicators.find(r => r.name === name).before,
        values = all.pairs.map((p, k) => value(k, name)),
        worth = v => Math.round(v * 1e3) * (more[name] || 0),
        rank = values.filter(v => v !== null && v !== undefined).map(worth),
        top = Math.max(...rank);
      return h(
        'tr',
        {},
        h('th', { scope: 'row', text: GP.t('ind_' + name) }),
        h('td', { text: written(name, before) }),
        values.map((v, k) =>
          h(
            'td',
            {
              class:
                (k === GP.state.pair ? 'gp-now ' : '') +
                (more[name] && v !== null && v !== undefined && worth(v) === top && new Set(rank).size > 1
                  ? 'gp-better'
                  : ''),
            },
            written(name, v === undefined ? null : v),
          ),
        ),
      );
    });
    return section(
      'all_scenarios',
      h('table', { class: 'gp-matrix' }, h('thead', {}, head), h('tbody', {}, rows)),
      h(
        'ul',
        { class: 'gp-plain gp-names' },
        h('li', {}, h('b', { text: 'A ' }), label(all.a)),
        all.pairs.map((p, k) => h('li', {}, h('b', { text: 'B' + (k + 1) + ' ' }), label(p.b))),
      ),
    );
  }
  function indicators() {
    return section(
      'indicators',
      m.indicators
        .filter(r => r.before !== null || r.after !== null)
        .map(r => {
          const share = r.name.endsWith('_share'),
            count = r.name.startsWith('findings'),
            k = share ? 100 : 1,
            unit = share ? '%' : '',
            digits = count ? 0 : share ? 1 : 3;
          const why = m.contributions.filter(c => c.indicator === r.name),
            bad = count ? r.delta > 0 : ['S1', 'S2', 'S3'].includes(r.name) ? r.delta < 0 : false,
            good = count ? r.delta < 0 : ['S1', 'S2', 'S3'].includes(r.name) ? r.delta > 0 : false;
          const open = r.name.startsWith('findings')
            ? m.findings.filter(f => f.state !== 'same' && f.severity === r.name.slice(9))
            : [];
          return h(
            'details',
            { class: 'gp-fig', id: 'gp-ind-' + r.name },
            h(
              'summary',
              {},
              h('span', { class: 'gp-grow', text: GP.t('ind_' + r.name) }),
              h('span', {
                class: 'gp-soft',
                text: GP.num(r.before === null ? null : r.before * k, digits) + unit + ' → ',
              }),
              h('span', { text: GP.num(r.after === null ? null : r.after * k, digits) + unit }),
              h('b', {
                class:
                  'gp-delta ' +
                  (Math.abs(r.delta) * k < 0.5 / Math.pow(10, digits)
                    ? ''
                    : bad
                      ? 'gp-worse'
                      : good
                        ? 'gp-better'
                        : ''),
                text:
                  r.delta === null
                    ? '–'
                    : Math.abs(r.delta) < 1e-9
                      ? '='
                      : Math.abs(r.delta) * k < 0.5 / Math.pow(10, digits)
                        ? '≈0'
                        : (r.delta > 0 ? '+' : '−') + GP.num(Math.abs(r.delta) * k, digits) + unit,
              }),
            ),
            why.length
              ? h(
                  'div',
                  {},
                  h('h4', { text: GP.t('causes') }),
                  h(
                    'ul',
                    { class: 'gp-plain' },
                    why
                      .slice(0, 60)
                      .map(c =>
                        h(
                          'li',
                          { class: 'gp-cause' },
                          go(GP.layerName(c.layer) + ' ' + c.id + (c.because ? ' · ' + c.because : ''), [
                            [c.layer, c.id],
                          ]),
                          h('b', { text: share ? sign(c.delta * 100) + '%' : sign(c.delta, 4) }),
                        ),
                      ),
                  ),
                  h(
                    'p',
                    {},
                    go(
                      GP.t('show_these'),
                      why.map(c => [c.layer, c.id]),
                    ),
                  ),
                )
              : open.length
                ? foundList(open)
                : h('p', { class: 'gp-soft', text: GP.t('no_causes') }),
          );
        }),
    );
  }
  function foundList(rows) {
    return h(
      'ul',
      { class: 'gp-rel' },
      rows
        .slice(0, 200)
        .map(f =>
          h(
            'li',
            {},
            h(
              'button',
              { type: 'button', class: 'gp-relb gp-k-' + f.severity, on: { click: () => show([[f.layer, f.id]]) } },
              h('i', { class: 'gp-dot' }),
              h('span', { text: (f.state === 'gone' ? '− ' : '+ ') + GP.pick(f.text) }),
            ),
          ),
        ),
    );
  }
  function sankey() {
    const flows = m.transitions.filter(t => t.from !== t.to),
      same = m.transitions.filter(t => t.from === t.to).reduce((s, t) => s + t.area, 0);
    const out = section('land_flow');
    if (!flows.length) {
      out.append(h('p', { class: 'gp-soft', text: GP.t('no_flow') }));
      return out;
    }
    const W = 350,
      total = flows.reduce((s, t) => s + t.area, 0),
      left = {},
      right = {};
    flows.forEach(t => {
      left[t.from] = (left[t.from] || 0) + t.area;
      right[t.to] = (right[t.to] || 0) + t.area;
    });
    const n = Math.max(Object.keys(left).length, Object.keys(right).length),
      H = Math.max(90, n * 26 + 40),
      gap = 14,
      scale = (H - gap * n) / total;
    const place = side => {
      const at = {};
      let y = 4;
      Object.keys(side)
        .sort((p, q) => side[q] - side[p] || (p < q ? -1 : 1))
        .forEach(k => {
          at[k] = { y, used: 0, h: Math.max(2, side[k] * scale) };
          y += at[k].h + gap;
        });
      return at;
    };
    const A = place(left),
      B = place(right),
      svg = h('svg:svg', {
        viewBox: `0 0 ${W} ${H + 8}`,
        class: 'gp-sankey',
        role: 'img',
        'aria-label': GP.t('land_flow'),
      });
    flows
      .slice()
      .sort((p, q) => q.area - p.area)
      .forEach(t => {
        const a = A[t.from],
          b = B[t.to],
          w = Math.max(1, t.area * scale),
          y0 = a.y + a.used + w / 2,
          y1 = b.y + b.used + w / 2;
        a.used += w;
        b.used += w;
        const path = h(
          'svg:path',
          {
            d: `M132 ${y0}C172 ${y0} 178 ${y1} 218 ${y1}`,
            'stroke-width': w,
            stroke: (m.codes[t.from] || m.codes[t.to] || {}).fill || '#8a8f96',
            class: 'gp-flow',
            tabindex: '0',
            role: 'button',
            'aria-label': name(t.from) + ' → ' + name(t.to) + ' ' + GP.num(t.area / 1e4) + ' ha',
          },
          h('svg:title', { text: name(t.from) + ' → ' + name(t.to) + ' ' + GP.num(t.area / 1e4) + ' ha' }),
        );
        const parcels = m.changes.filter(c => c.layer === 'parcels'),
          mine = parcels.filter(c => c.column === 'code' && c.before === t.from && c.after === t.to),
          act = () => show((mine.length ? mine : parcels).map(c => ['parcels', c.id]));
        path.addEventListener('click', act);
        path.addEventListener('keydown', e => {
          if (e.key === 'Enter') act();
        });
        svg.append(path);
      });
    [
      [A, 0, 'end', left],
      [B, 1, 'start', right],
    ].forEach(([side, s, anchor, sum]) =>
      Object.entries(side).forEach(([k, p]) =>
        svg.append(
          h('svg:rect', {
            x: s ? 218 : 128,
            y: p.y,
            width: 4,
            height: p.h,
            fill: (m.codes[k] || {}).fill || '#8a8f96',
          }),
          h('svg:text', {
            x: s ? 226 : 124,
            y: p.y + Math.min(p.h / 2 + 4, p.h + 4) + 1,
            'text-anchor': anchor,
            text: short(k) + ' ' + GP.num(sum[k] / 1e4),
          }),
        ),
      ),
    );
    out.append(svg, h('p', { class: 'gp-soft', text: GP.t('kept_land', { n: GP.num(same / 1e4) }) }));
    return out;
  }
  const short = k => {
    const t = name(k);
    return t.length > 16 ? t.slice(0, 15) + '…' : t;
  };
  const name = k => (k === '' ? GP.t('outside') : m.codes[k] ? k + ' ' + GP.pick(m.codes[k]) : k);
  function moved() {
    const out = section('moved'),
      top = Math.max(1, ...m.moved.map(r => Math.abs(r.days || 0)));
    if (!m.moved.length) {
      out.append(h('p', { class: 'gp-soft', text: GP.t('no_moved') }));
      return out;
    }
    m.moved.slice(0, 200).forEach(r =>
      out.append(
        h(
          'button',
          {
            type: 'button',
            class: 'gp-moverow',
            title: (r.before || '–') + ' → ' + (r.after || '–'),
            on: { click: () => show([[r.layer, r.id]]) },
          },
          h('span', { text: GP.layerName(r.layer) + ' ' + r.id + ' · ' + GP.pick(r) }),
          h('span', { class: 'gp-soft', text: (r.before || '–') + ' → ' + (r.after || '–') }),
          h(
            'span',
            { class: 'gp-shift' },
            h('i', {
              class: r.days > 0 ? 'gp-late' : 'gp-early',
              style: { width: (Math.abs(r.days || 0) / top) * 50 + '%', [r.days > 0 ? 'left' : 'right']: '50%' },
            }),
          ),
          h('b', {
            text:
              r.days === null
                ? GP.t('date_set')
                : GP.t(r.days > 0 ? 'days_later' : 'days_earlier', { n: GP.num(Math.abs(r.days), 0) }),
          }),
        ),
      ),
    );
    if (m.moved.length > 200)
      out.append(h('p', { class: 'gp-soft', text: GP.t('more', { n: GP.num(m.moved.length - 200) }) }));
    return out;
  }
  function changes() {
    const out = section('changes'),
      groups = {};
    m.changes.forEach(c => {
      (groups[c.change] = groups[c.change] || []).push(c);
    });
    if (!m.changes.length) out.append(h('p', { class: 'gp-soft', text: GP.t('no_changes') }));
    Object.keys(groups).forEach(k =>
      out.append(
        h(
          'details',
          { class: 'gp-fig' },
          h(
            'summary',
            {},
            GP.swatch(
              'polygon',
              m.diff.find(c => c.key === k),
            ),
            h('span', { class: 'gp-grow', text: GP.t(k) }),
            h('b', { text: GP.num(groups[k].length) }),
          ),
          h(
            'ul',
            { class: 'gp-plain' },
            groups[k].slice(0, 200).map(c =>
              h(
                'li',
                {},
                go(GP.layerName(c.layer) + ' ' + c.id, [[c.layer, c.id]]),
                c.column
                  ? h('span', {
                      class: 'gp-soft',
                      text: GP.pick(c) + GP.t('colon') + (c.before || '–') + ' → ' + (c.after || '–'),
                    })
                  : '',
              ),
            ),
          ),
          groups[k].length > 200
            ? h('p', { class: 'gp-soft', text: GP.t('more', { n: GP.num(groups[k].length - 200) }) })
            : '',
        ),
      ),
    );
    return out;
  }
  function draw() {
    root.lang = GP.state.lang === 'zh' ? 'zh-CN' : 'en';
    const a = label(m.a),
      b = label(m.b);
    document.title = a + ' → ' + b + ' · ' + GP.t('compare');
    title.textContent = a + ' → ' + b;
    title.classList.toggle('gp-long', title.textContent.length > (GP.state.lang === 'zh' ? 14 : 26));
    sub.textContent = GP.t('compare');
    const open = [...body.querySelectorAll('details[open]')].map(e => e.id).filter(Boolean),
      fresh = m.findings.filter(f => f.state === 'new'),
      gone = m.findings.filter(f => f.state === 'gone');
    GP.clear(body).append(
      ...GP.compareHead(m, go),
      matrix(),
      indicators(),
      m.transitions.some(t => t.from !== t.to) ? sankey() : '',
      GP.folded(moved(), m.moved.length, 'gp-moved'),
      GP.folded(section('found_new', foundList(fresh)), fresh.length, 'gp-new'),
      GP.folded(section('found_gone', foundList(gone)), gone.length, 'gp-gone'),
      h('p', { class: 'gp-soft', text: GP.t('found_same', { n: GP.num(m.same) }) }),
      changes(),
    );
    open.forEach(id => {
      const e = document.getElementById(id);
      if (e) e.open = true;
    });
    GP.clear(foot).append(
      h('span', { text: 'A ' }, h('code', { text: m.a.digest.slice(0, 12) })),
      h('span', { text: 'B ' }, h('code', { text: m.b.digest.slice(0, 12) })),
      h('span', {}, GP.t('version') + ' ', h('code', { text: m.version })),
    );
    const used = new Set([...m.changes.map(c => c.change), ...m.moved.map(() => 'retimed')]);
    GP.clear(holder.querySelector('.gp-difflegend')).append(
      ...m.diff.filter(c => used.has(c.key)).map(c => h('span', {}, GP.swatch('polygon', c), GP.t(c.key))),
    );
    for (const [e, attribute, key] of GP.said) GP.relabel(e, attribute, key);
  }
  GP.on('lang', draw);
  GP.on('theme', () => {
    root.dataset.theme = GP.state.theme;
    [one, ...views.flatMap(w => [w.diff, w.two])].forEach(s => s.refresh());
    GP.clear(theme).append(GP.icon(GP.state.theme === 'dark' ? 'sun' : 'moon'));
  });
  draw();
  mode();
  GP.compareShow = show;
  window.gpReady = true;
};
