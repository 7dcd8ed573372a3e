/* One score opened: its formula, what it is made of, its curve, and the checks behind it. */
(function () {
  const h = GP.h,
    MOST = 1500;
  const act = (text, click) =>
    h('button', { type: 'button', class: 'gp-text-b', on: { click } }, GP.icon('target', 14), text);

  function rules(family) {
    const ran = code => GP.model.runs.some(r => r.code === code);
    return Object.keys(GP.model.rules)
      .filter(code => GP.family(code) === family && ran(code))
      .sort();
  }
  /* Features of a layer by their ids, found in one pass. */
  function many(source, ids) {
    const wanted = new Set(ids),
      out = [];
    for (const l of GP.layers)
      if (l.spec.source === source)
        for (let i = 0; i < l.data.n && out.length < MOST; i++) if (wanted.has(l.text(i, 'id'))) out.push([l, i]);
    return out;
  }
  /* A share behind a score: what passed of what was judged, and who failed. */
  function part(p) {
    const k = p.unit === 'm' ? 1e3 : 1e4,
      unit = p.unit === 'm' ? 'km' : 'ha',
      share = p.total ? (p.good / p.total).toFixed(3) : '–';
    const show = (ids, n, key) => {
      if (!n) return '';
      const text = GP.t(key, { n: GP.num(n, 0) });
      return act(text, () => {
        GP.set({ select: { many: many(p.layer, ids) } });
        GP.announce(text);
      });
    };
    const sum = GP.t(`part_${p.name}`) + ' ' + GP.num(p.good / k, 1) + ' ÷ ' + GP.num(p.total / k, 1) + ' ' + unit;
    return h(
      'div',
      { class: 'gp-part' },
      h('p', {}, sum + ' = ', h('b', { text: share })),
      h('p', { class: 'gp-acts2' }, show(p.failed, p.fails, 'failing'), show(p.open, p.opens, 'left_out')),
    );
  }

  // ---- the lead of homes and shops ----------------------------------------------------------------------------
  const dayOf = row => Date.parse(row[0]) / 864e5;
  /* The row of the greatest lead, and the excess over what is allowed, summed over homes and shops. */
  function excess(rows, allowed) {
    let top = rows[0],
      sum = 0;
    rows.forEach((r, i) => {
      if (r[2] - r[1] > top[2] - top[1]) top = r;
      const before = i ? rows[i - 1][2] : 0,
        over = share => Math.pow(Math.max(0, share - r[1] - allowed), 2);
      sum += (over(r[2]) - over(before)) / 2;
    });
    return { top, sum };
  }
  function curves(rows, top) {
    const a = dayOf(rows[0]),
      e = dayOf(rows[rows.length - 1]),
      x = r => (((dayOf(r) - a) / (e - a)) * 340).toFixed(1),
      y = v => (74 - v * 70).toFixed(1),
      path = k => rows.map((r, i) => (i ? 'H' + x(r) + 'V' : 'M' + x(r) + ' ') + y(r[k])).join('');
    return h(
      'svg:svg',
      { viewBox: '0 0 340 78', class: 'gp-lead-chart', role: 'img', 'aria-label': GP.t('lead_chart') },
      h('svg:path', { d: 'M0 74H340', class: 'gp-grid' }),
      h('svg:path', { d: path(1), class: 'gp-c-industry', fill: 'none' }),
      h('svg:path', { d: path(2), class: 'gp-c-housing', fill: 'none' }),
      h('svg:path', { d: `M${x(top)} ${y(top[1])}V${y(top[2])}`, stroke: 'currentColor' }),
    );
  }
  /* S3 as a picture: the two curves, and the day on which the lead is greatest. */
  function lead(rows) {
    if (!rows || rows.length < 2) return null;
    const allowed = GP.model.scores.tolerance || 0,
      { top, sum } = excess(rows, allowed),
      percent = (v, digits) => GP.num(v * 100, digits) + '%',
      most = GP.t('lead_most', { v: percent(top[2] - top[1], 1), d: top[0], t: percent(allowed, 0) });
    return h(
      'div',
      { class: 'gp-part' },
      curves(rows, top),
      h('p', { text: GP.t('lead_mean', { v: GP.num(sum, 4), scope: GP.model.scores.leadScope }) }),
      h(
        'p',
        { class: 'gp-acts2' },
        act(most, () => GP.set({ day: Math.round(dayOf(top)), auto: false })),
      ),
    );
  }

  // ---- the checks behind it -----------------------------------------------------------------------------------
  function outcome(run) {
    const said = [GP.t(run.outcome === 'found' ? 'findings' : run.outcome) + (run.found ? ' ' + run.found : '')];
    if (run.judged) said.push(GP.t('judged', { n: GP.num(run.judged) }));
    if (run.unknown) said.push(GP.t('not_judged', { n: GP.num(run.unknown) }));
    return h('span', { class: 'gp-soft', text: ' ' + said.join(' · ') });
  }
  function check(code) {
    const f = GP.findings,
      hits = [],
      run = GP.model.runs.find(r => r.code === code);
    for (let i = 0; i < f.n; i++) if (f.code[i] === code) hits.push(i);
    const click = () => {
      GP.set({ tab: 'findings', query: code });
      const all = hits.flatMap(i => GP.evidence(i).map(e => [e.layer, e.i]));
      if (all.length) GP.set({ select: { many: all.slice(0, 300) } });
    };
    const name = h('button', { type: 'button', class: 'gp-link', on: { click } }, code + ' ' + GP.title(code));
    return h('li', {}, name, outcome(run));
  }
  /* The formula and its reasons, a paragraph each. */
  function how(key) {
    const said = GP.model.scores.how && GP.model.scores.how[key];
    return said
      ? GP.pick(said)
          .split('\n')
          .map(text => h('p', { text }))
      : [];
  }
  /* What is proven good, and what is not proven bad where that is more. */
  GP.scoreSpan = function (key, v) {
    const top = (GP.model.scores.upper || {})[key];
    return v.toFixed(3) + (top - v >= 5e-4 ? '–' + top.toFixed(3) : '');
  };
  GP.scoreCard = function (key, v, family) {
    const name = key.toUpperCase(),
      { reasons, parts } = GP.model.scores,
      behind = rules(family),
      summary = h(
        'summary',
        {},
        h('span', { class: 'gp-grow', text: name + ' ' + GP.t(key) }),
        h('b', { text: v === null ? GP.t('no_score') : GP.scoreSpan(name, v) }),
      ),
      card = h('details', { class: 'gp-fig', id: 'gp-fig-' + key }, summary, ...how(name));
    if (reasons[name]) card.append(h('p', { class: 'gp-hint', text: GP.pick(reasons[name]) }));
    card.append(...((parts || {})[name] || []).map(part));
    if (key === 's3' && v !== null) GP.add(card, lead(GP.model.scores.lead));
    if (behind.length)
      card.append(h('h4', { text: GP.t('checks_behind') }), h('ul', { class: 'gp-plain' }, behind.map(check)));
    return card;
  };
})();
