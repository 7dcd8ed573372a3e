/* The figures of a comparison: those of all scenarios side by side, and each of A and B with what it comes from. */
(function () {
  const h = GP.h,
    MORE = { S1: 1, S2: 1, S3: 1, findings_error: -1, findings_warning: -1, findings_info: -1 }, // what is better
    known = r => r.before !== null || r.after !== null;

  /* How a figure is written: a count, a share in per cent, or a score. */
  function looks(name) {
    const share = name.endsWith('_share'),
      count = name.startsWith('findings');
    return { share, count, k: share ? 100 : 1, unit: share ? '%' : '', digits: count ? 0 : share ? 1 : 3 };
  }
  function written(name, v) {
    const { k, unit, digits } = looks(name);
    return v === null || v === undefined ? '–' : GP.num(v * k, digits) + unit;
  }
  GP.compareSection = (key, ...parts) => h('section', { class: 'gp-para' }, h('h3', { text: GP.t(key) }), ...parts);
  GP.signed = (v, digits) => (v > 0 ? '+' : v < 0 ? '−' : '') + GP.num(Math.abs(v), digits);

  // ---- all scenarios ------------------------------------------------------------------------------------------
  function pick(c, p, k) {
    const name = c.label(p.b),
      about = { type: 'button', class: 'gp-pick', 'aria-pressed': String(k === GP.state.pair), 'data-pair': k };
    Object.assign(about, { title: name, 'aria-label': name, on: { click: () => GP.set({ pair: k }) } });
    return h('th', { scope: 'col' }, h('button', about, 'B' + (k + 1)));
  }
  function matrixRow(c, name) {
    const before = c.m.indicators.find(r => r.name === name).before,
      values = c.all.pairs.map(p => (p.indicators.find(r => r.name === name) || {}).after),
      worth = v => Math.round(v * 1e3) * (MORE[name] || 0),
      rank = values.filter(v => v !== null && v !== undefined).map(worth),
      top = Math.max(...rank),
      best = v => MORE[name] && v !== null && v !== undefined && worth(v) === top && new Set(rank).size > 1,
      looked = (v, k) => (k === GP.state.pair ? 'gp-now ' : '') + (best(v) ? 'gp-better' : '');
    return h(
      'tr',
      {},
      h('th', { scope: 'row', text: GP.t('ind_' + name) }),
      h('td', { text: written(name, before) }),
      values.map((v, k) => h('td', { class: looked(v, k), text: written(name, v) })),
    );
  }
  /* The figures of all scenarios side by side; a column's head looks at it. */
  GP.compareMatrix = function (c) {
    const { pairs } = c.all;
    if (pairs.length < 2) return '';
    const first = h('th', { scope: 'col', title: c.label(c.all.a), text: 'A' }),
      head = h('tr', {}, h('th', {}), first, pairs.map((p, k) => pick(c, p, k))),
      rows = c.m.indicators.filter(known).map(r => matrixRow(c, r.name)),
      named = (mark, x) => h('li', {}, h('b', { text: mark + ' ' }), c.label(x)),
      names = [named('A', c.all.a), ...pairs.map((p, k) => named('B' + (k + 1), p.b))];
    return GP.compareSection(
      'all_scenarios',
      h('table', { class: 'gp-matrix' }, h('thead', {}, head), h('tbody', {}, rows)),
      h('ul', { class: 'gp-plain gp-names' }, names),
    );
  };

  // ---- A and B ------------------------------------------------------------------------------------------------
  function change(r) {
    const { k, unit, digits } = looks(r.name),
      size = Math.abs(r.delta) * k,
      small = size < 0.5 / Math.pow(10, digits);
    if (r.delta === null) return ['–', ''];
    if (Math.abs(r.delta) < 1e-9) return ['=', ''];
    if (small) return ['≈0', ''];
    const way = r.delta * (MORE[r.name] || 0);
    return [(r.delta > 0 ? '+' : '−') + GP.num(size, digits) + unit, way < 0 ? 'gp-worse' : way > 0 ? 'gp-better' : ''];
  }
  function because(c, r, why) {
    const { share } = looks(r.name),
      one = x =>
        h(
          'li',
          { class: 'gp-cause' },
          c.go(GP.layerName(x.layer) + ' ' + x.id + (x.because ? ' · ' + x.because : ''), [[x.layer, x.id]]),
          h('b', { text: share ? GP.signed(x.delta * 100) + '%' : GP.signed(x.delta, 4) }),
        );
    return h(
      'div',
      {},
      h('h4', { text: GP.t('causes') }),
      h('ul', { class: 'gp-plain' }, why.slice(0, 60).map(one)),
      h('p', {}, c.go(GP.t('show_these'), why.map(x => [x.layer, x.id]))),
    );
  }
  function indicator(c, r) {
    const why = c.m.contributions.filter(x => x.indicator === r.name),
      severity = looks(r.name).count ? r.name.slice(9) : null,
      open = severity ? c.m.findings.filter(f => f.state !== 'same' && f.severity === severity) : [],
      [text, look] = change(r),
      none = () => h('p', { class: 'gp-soft', text: GP.t('no_causes') });
    return h(
      'details',
      { class: 'gp-fig', id: 'gp-ind-' + r.name },
      h(
        'summary',
        {},
        h('span', { class: 'gp-grow', text: GP.t('ind_' + r.name) }),
        h('span', { class: 'gp-soft', text: written(r.name, r.before) + ' → ' }),
        h('span', { text: written(r.name, r.after) }),
        h('b', { class: 'gp-delta ' + look, text }),
      ),
      why.length ? because(c, r, why) : open.length ? GP.compareFound(c, open) : none(),
    );
  }
  GP.compareIndicators = c => GP.compareSection('indicators', c.m.indicators.filter(known).map(r => indicator(c, r)));

  /* Findings that are new or gone, each a line that shows its feature. */
  GP.compareFound = function (c, rows) {
    const line = f => {
      const about = { type: 'button', class: 'gp-relb gp-k-' + f.severity };
      about.on = { click: () => c.show([[f.layer, f.id]]) };
      const text = (f.state === 'gone' ? '− ' : '+ ') + GP.pick(f.text);
      return h('li', {}, h('button', about, h('i', { class: 'gp-dot' }), h('span', { text })));
    };
    return h('ul', { class: 'gp-rel' }, rows.slice(0, 200).map(line));
  };
})();
