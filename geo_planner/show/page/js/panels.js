/* The layer panel, which is also the legend, and the panel of figures behind the scores. */
GP.swatch = function (kind, c) {
  const s = GP.h('svg:svg', { viewBox: '0 0 22 14', width: 22, height: 14, 'class': 'gp-sw', 'aria-hidden': 'true' }), add = (t, a) => s.append(GP.h('svg:' + t, a));
  if (kind === 'polygon') add('rect', { x: 1, y: 1, width: 20, height: 12, rx: 2, fill: c.fill, 'fill-opacity': c.alpha === undefined ? 0.6 : Math.max(c.alpha, 0.08), stroke: c.line || c.fill, 'stroke-width': 1.2, 'stroke-dasharray': c.dash ? '3 2' : null });
  else if (kind === 'line') {
    if (c.casing) add('path', { d: 'M1 7h20', stroke: c.casing, 'stroke-width': 5 });
    add('path', { d: 'M1 7h20', stroke: c.line, 'stroke-width': Math.min(4, Math.max(2, c.width || 2)), 'stroke-dasharray': c.dash ? c.dash.join(' ') : null });
  } else {
    const d = { square: 'M6.500 2.500h9v9h-9z', diamond: 'M11 1.500 16.500 7 11 12.500 5.500 7z', triangle: 'M11 1.800l5.500 10h-11z' }[c.shape];
    if (d) add('path', { d, fill: c.fill, stroke: '#fff', 'stroke-width': 1 }); else add('circle', { cx: 11, cy: 7, r: 5, fill: c.fill, stroke: '#fff', 'stroke-width': 1 });
  }
  return s;
};

GP.setupLayers = function (host) {
  const h = GP.h, groups = ['base_group', 'net_group', 'more_group', 'find_group'];
  function toggleLayer(ids, on) {
    const hidden = Object.assign({}, GP.state.hidden);
    for (const id of ids) { const normal = GP.byId[id].spec.shown !== false; hidden[id] = on === normal ? 0 : on ? 2 : 1; }
    GP.set({ hidden });
  }
  function toggleClass(layer, key) { layer.off[key] = !layer.off[key]; GP.surface.refresh(); draw(); }
  function ground(g) {                            // the base map: on or off, how strong, and what to know of it
    const box = h('input', { type: 'checkbox', id: 'gp-ground', on: { change: e => GP.set({ ground: e.target.checked ? 60 : 0 }) } }), part = h('input', { type: 'range', min: 0, max: 100, step: 5, id: 'gp-ground-o', 'class': 'gp-opacity', on: { input: e => GP.set({ ground: +e.target.value }) } });
    box.checked = GP.state.ground > 0; part.value = GP.state.ground;
    part.setAttribute('aria-label', GP.t('opacity'));
    return h('section', {}, h('h3', { 'class': 'gp-h3', text: GP.t('ground_group') }), h('div', { 'class': 'gp-layer' }, h('label', { 'class': 'gp-lrow' }, box, h('span', { 'class': 'gp-grow', text: g.name }), part), h('p', { 'class': g.warn ? 'gp-warn' : 'gp-soft gp-note', text: GP.pick(g.note) })));
  }
  function groundShown() {
    const pane = GP.map.getPane('gp-ground'), part = GP.state.ground;
    if (pane) pane.style.opacity = part / 100;
    for (const layer of GP.layers) if (layer.spec.ground) { layer.shown = part > 0; layer.fade = part / 100; }
    GP.surface.refresh();
  }
  if (GP.model.ground) { GP.on('ground', () => { groundShown(); if (document.activeElement.id !== 'gp-ground-o') draw(); else document.getElementById('gp-ground').checked = GP.state.ground > 0; }); groundShown(); }
  function draw() {
    if (GP.state.tab !== 'layers') return;
    const top = host.scrollTop, focus = document.activeElement && document.activeElement.id;
    GP.clear(host);
    groups.forEach(g => {
      const mine = GP.model.panel.filter(p => p.group === g && p.ids.some(id => GP.byId[id]));
      if (!mine.length) return;
      host.append(h('h3', { 'class': 'gp-h3', text: GP.t(g) }));
      mine.forEach(p => {
        const ids = p.ids.filter(id => GP.byId[id]), first = GP.byId[ids[0]], on = ids.some(id => GP.byId[id].shown), n = ids.reduce((s, id) => s + GP.byId[id].data.n, 0);
        const box = h('input', { type: 'checkbox', id: 'gp-l-' + p.ids[0], on: { change: e => toggleLayer(ids, e.target.checked) } });
        box.checked = on;
        const styles = first.spec.styles, st = first.style, one = st.classes.length === 1;
        const item = h('div', { 'class': 'gp-layer' + (on ? '' : ' gp-offl') }, h('label', { 'class': 'gp-lrow' }, box, one ? GP.swatch(first.data.kind, st.classes[0]) : null, h('span', { 'class': 'gp-grow', text: GP.pick(p) }), h('span', { 'class': 'gp-soft', text: GP.num(p.count === undefined ? n : p.count) })));
        if (styles.length > 1 && on) {
          const pick = h('select', { 'class': 'gp-select', id: 'gp-y-' + p.ids[0], 'aria-label': GP.t('show_as'), on: { change: e => GP.set({ style: Object.assign({}, GP.state.style, { [ids[0]]: +e.target.value }) }) } }, styles.map((s, k) => h('option', { value: k, text: GP.pick(s) })));
          pick.value = String(first.styleAt);
          item.append(h('div', { 'class': 'gp-lstyle' }, h('span', { 'class': 'gp-soft', text: GP.t('show_as') }), pick));
        }
        if (!one && on) {
          const used = new Set();
          if (first.codes) { const seen = new Uint8Array(256); for (let i = 0; i < first.data.n; i++) seen[first.classOf[first.codes[i]]] = 1; seen.forEach((v, k) => { if (v) used.add(k); }); }
          item.append(h('ul', { 'class': 'gp-classes' }, st.classes.map((c, k) => !used.size || used.has(k) ? h('li', {}, h('button', { type: 'button', id: 'gp-c-' + first.id + k, 'aria-pressed': String(!first.off[c.key]), on: { click: () => { for (const id of ids) if (id !== first.id) GP.byId[id].off[c.key] = !first.off[c.key]; toggleClass(first, c.key); } } }, GP.swatch(first.data.kind, c), h('span', { text: GP.pick(c) }))) : null)));
        }
        host.append(item);
      });
    });
    if (GP.model.ground) host.append(ground(GP.model.ground));
    host.scrollTop = top;
    if (focus) { const e = document.getElementById(focus); if (e) e.focus({ preventScroll: true }); }
  }
  GP.on('hidden style', () => {
    for (const layer of GP.layers) {
      const v = GP.state.hidden[layer.id];
      if (!layer.spec.ground) layer.shown = v ? v === 2 : layer.spec.shown !== false;
      const k = GP.state.style[layer.id] || 0;
      if (layer.styleAt !== k) layer.useStyle(k);
    }
    GP.surface.refresh(); draw();
  });
  GP.on('lang tab', draw);
  draw();
};

GP.setupFigures = function (host) {
  const h = GP.h;
  const rules = fam => Object.keys(GP.model.rules).filter(c => GP.family(c) === fam && GP.model.runs.some(r => r.code === c)).sort();
  function many(source, ids) {                    // features of a layer by their ids, found in one pass
    const wanted = new Set(ids), out = [];
    for (const l of GP.layers) if (l.spec.source === source) for (let i = 0; i < l.data.n && out.length < 1500; i++) if (wanted.has(l.text(i, 'id'))) out.push([l, i]);
    return out;
  }
  function part(p) {                              // a share behind a score: what passed of what was judged, and who failed
    const k = p.unit === 'm' ? 1e3 : 1e4, unit = p.unit === 'm' ? 'km' : 'ha', share = p.total ? p.good / p.total : null;
    const show = (ids, n, key) => n ? h('button', { type: 'button', 'class': 'gp-text-b', on: { click: () => { const hits = many(p.layer, ids); GP.set({ select: { many: hits } }); GP.announce(GP.t(key, { n: GP.num(n, 0) })); } } }, GP.icon('target', 14), GP.t(key, { n: GP.num(n, 0) })) : '';
    return h('div', { 'class': 'gp-part' }, h('p', {}, GP.t(`part_${p.name}`) + ' ' + GP.num(p.good / k, 1) + ' ÷ ' + GP.num(p.total / k, 1) + ' ' + unit + ' = ', h('b', { text: share === null ? '–' : share.toFixed(3) })), h('p', { 'class': 'gp-acts2' }, show(p.failed, p.fails, 'failing'), show(p.open, p.opens, 'left_out')));
  }
  function lead(rows) {                           // S3 as a picture: the two curves, and the day on which the lead is greatest
    if (!rows || rows.length < 2) return null;
    const day = r => Date.parse(r[0]) / 864e5, a = day(rows[0]), e = day(rows[rows.length - 1]), x = d => (d - a) / (e - a) * 340, y = v => 74 - v * 70, tol = GP.model.scores.tolerance || 0;
    const path = k => rows.map((r, i) => (i ? 'H' + x(day(r)).toFixed(1) + 'V' : 'M' + x(day(r)).toFixed(1) + ' ') + y(r[k]).toFixed(1)).join('');
    let top = rows[0], sum = 0;
    rows.forEach((r, i) => { if (r[2] - r[1] > top[2] - top[1]) top = r; const b = i ? rows[i - 1][2] : 0, over = p => Math.max(0, p - r[1] - tol) ** 2; sum += (over(r[2]) - over(b)) / 2; });
    const svg = h('svg:svg', { viewBox: '0 0 340 78', 'class': 'gp-lead-chart', role: 'img', 'aria-label': GP.t('lead_chart') }, h('svg:path', { d: 'M0 74H340', 'class': 'gp-grid' }), h('svg:path', { d: path(1), 'class': 'gp-c-industry', fill: 'none' }), h('svg:path', { d: path(2), 'class': 'gp-c-housing', fill: 'none' }), h('svg:path', { d: `M${x(day(top)).toFixed(1)} ${y(top[1]).toFixed(1)}V${y(top[2]).toFixed(1)}`, stroke: 'currentColor' }));
    return h('div', { 'class': 'gp-part' }, svg, h('p', { text: GP.t('lead_mean', { v: GP.num(sum, 4), scope: GP.model.scores.leadScope }) }), h('p', { 'class': 'gp-acts2' }, h('button', { type: 'button', 'class': 'gp-text-b', on: { click: () => GP.set({ day: Math.round(day(top)) }) } }, GP.icon('target', 14), GP.t('lead_most', { v: GP.num((top[2] - top[1]) * 100, 1) + '%', d: top[0], t: GP.num(tol * 100, 0) + '%' }))));
  }
  function how(key) {                             // the formula and its reasons, a paragraph each
    const said = GP.model.scores.how && GP.model.scores.how[key.toUpperCase()];
    return said ? GP.pick(said).split('\n').map(text => h('p', { text })) : [];
  }
  function span(key, v) {                         // what is proven good, and what is not proven bad where that is more
    const top = (GP.model.scores.upper || {})[key.toUpperCase()];
    return v.toFixed(3) + (top - v >= 5e-4 ? '–' + top.toFixed(3) : '');
  }
  function scoreCard(key, v, fam) {
    const reason = GP.model.scores.reasons[key.toUpperCase()], f = GP.findings, behind = fam ? rules(fam) : [];
    return h('details', { 'class': 'gp-fig', id: 'gp-fig-' + key }, h('summary', {}, h('span', { 'class': 'gp-grow', text: (fam ? key.toUpperCase() + ' ' : '') + GP.t(key) }), h('b', { text: v === null ? GP.t('no_score') : span(key, v) })),
      ...how(key), reason ? h('p', { 'class': 'gp-hint', text: GP.pick(reason) }) : null,
      ...(((GP.model.scores.parts || {})[key.toUpperCase()] || []).map(part)), key === 's3' && v !== null ? lead(GP.model.scores.lead) : null,
      behind.length ? h('h4', { text: GP.t('checks_behind') }) : null,
      behind.length ? h('ul', { 'class': 'gp-plain' }, behind.map(c => { const run = GP.model.runs.find(r => r.code === c), hits = []; for (let i = 0; i < f.n; i++) if (f.code[i] === c) hits.push(i);
        return h('li', {}, h('button', { type: 'button', 'class': 'gp-link', on: { click: () => { GP.set({ tab: 'findings', query: c }); if (hits.length) GP.set({ select: { many: hits.flatMap(i => GP.evidence[i].map(e => [e.layer, e.i])).slice(0, 300) } }); } } }, c + ' ' + GP.title(c)),
          h('span', { 'class': 'gp-soft', text: ' ' + GP.t(run.outcome === 'found' ? 'findings' : run.outcome) + (run.found ? ' ' + run.found : '') + (run.judged ? ' · ' + GP.t('judged', { n: GP.num(run.judged) }) : '') + (run.unknown ? ' · ' + GP.t('not_judged', { n: GP.num(run.unknown) }) : '') })); })) : null);
  }
  function shares() {                             // computed from the parcels of the page itself, on the day shown
    const sums = GP.shareOn ? GP.shareOn(GP.state.day) : null;
    if (!sums) return null;
    const total = sums.production + sums.living + sums.ecology || 1;
    return h('section', { 'class': 'gp-para' }, h('h3', { text: GP.t('balance') }), GP.model.graded ? h('p', { 'class': 'gp-hint', text: GP.t('graded_hint') }) : null, h('div', { 'class': 'gp-stack', role: 'img', 'aria-label': GP.t('shares') }, ['production', 'living', 'ecology'].map(k => h('i', { 'class': 'gp-p-' + k, style: { width: sums[k] / total * 100 + '%' } }))),
      ['production', 'living', 'ecology', 'shared', 'unclassified'].filter(k => sums[k] > 0).map(k => h('details', { 'class': 'gp-fig' }, h('summary', {}, h('i', { 'class': 'gp-p-' + k + ' gp-key' }), h('span', { 'class': 'gp-grow', text: GP.t(k) }), h('span', { 'class': 'gp-soft', text: GP.num(sums[k] / 1e4) + ' ha' }), h('b', { text: k === 'unclassified' || k === 'shared' ? '' : GP.num(sums[k] / total * 100, 1) + '%' })),
        h('p', { text: k === 'shared' ? GP.t('shared_how') : k === 'unclassified' ? GP.t('unclassified_how') : GP.t('share') + ' = ' + GP.num(sums[k] / 1e4) + ' ÷ ' + GP.num(total / 1e4) + ' ha' }), h('p', {}, h('button', { type: 'button', 'class': 'gp-text-b', on: { click: () => GP.set({ select: { many: GP.parcelsOf(k).slice(0, 1500) } }) } }, GP.icon('target', 14), GP.t('show_these') + ' · ' + GP.t('parcels_n', { n: GP.num(sums.count[k]) }))))));
  }
  function numbers() {
    const rows = GP.model.numbers;
    return rows.length ? h('section', { 'class': 'gp-para' }, rows.map(r => h('details', { 'class': 'gp-fig' }, h('summary', {}, h('span', { 'class': 'gp-grow', text: GP.pick(r) }), h('b', { text: typeof r.value === 'number' ? GP.num(r.value) + (r.unit ? ' ' + r.unit : '') : String(r.value) })), r.how ? h('p', { text: GP.pick(r.how) }) : null, r.inputs ? h('p', { 'class': 'gp-soft', text: r.inputs }) : null))) : null;
  }
  function imported() {                           // what the import doubted, repaired and set aside
    const rows = GP.model.imported || [], mark = { warning: '!', error: '!', repair: '+' };
    if (!rows.length) return null;
    const line = r => h('li', { text: `${mark[r.severity]} ${r.layer} ${r.code} ${GP.pick(r)}` });
    return h('section', { 'class': 'gp-para', id: 'gp-imported' },
      h('h3', { text: GP.t('imported') }), h('ul', { 'class': 'gp-plain' }, rows.map(line)));
  }
  function verdicts() {                           // the seven words with the sentence each stands on
    const v = GP.model.verdict;
    return v.items.length ? h('details', { 'class': 'gp-fig', id: 'gp-fig-verdict' }, h('summary', {}, h('span', { 'class': 'gp-grow', text: GP.t('verdict') }), h('b', { text: GP.pick(v.word) })),
      h('ul', { 'class': 'gp-plain' }, v.items.map(x => h('li', { text: GP.pick(x.line) })))) : null;
  }
  function draw() {
    const s = GP.model.scores, open = [...host.querySelectorAll('details[open]')].map(e => e.id).filter(Boolean);
    GP.clear(host).append(verdicts() || '', scoreCard('s1', s.S1, 'pb'), scoreCard('s2', s.S2, 'ug'), scoreCard('s3', s.S3, 'in'), shares() || '', GP.courseSection(), numbers() || '',
      h('section', { 'class': 'gp-para' }, h('h3', { text: GP.t('sources') }), h('ul', { 'class': 'gp-plain gp-mono' }, GP.model.sources.map(x => h('li', { text: x })))),
      imported() || '');
    open.forEach(id => { const e = document.getElementById(id); if (e) e.open = true; });
  }
  GP.on('lang', () => { if (GP.state.tab === 'figures') draw(); });
  GP.on('day by', () => { if (GP.state.tab === 'figures') draw(); });
  GP.on('tab', () => { if (GP.state.tab === 'figures') draw(); });
  GP.drawFigures = draw;
};
