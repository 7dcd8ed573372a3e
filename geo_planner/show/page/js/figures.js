/* The panel of figures behind the verdicts: what each score is made of, the balance, doubts of the import. */
(function () {
  const h = GP.h;
  let host;

  const rules = fam =>
    Object.keys(GP.model.rules)
      .filter(c => GP.family(c) === fam && GP.model.runs.some(r => r.code === c))
      .sort();
  function many(source, ids) {
    // features of a layer by their ids, found in one pass
    const wanted = new Set(ids),
      out = [];
    for (const l of GP.layers)
      if (l.spec.source === source)
        for (let i = 0; i < l.data.n && out.length < 1500; i++) if (wanted.has(l.text(i, 'id'))) out.push([l, i]);
    return out;
  }
  function part(p) {
    // a share behind a score: what passed of what was judged, and who failed
    const k = p.unit === 'm' ? 1e3 : 1e4,
      unit = p.unit === 'm' ? 'km' : 'ha',
      share = p.total ? p.good / p.total : null;
    const show = (ids, n, key) =>
      n
        ? h(
            'button',
            {
              type: 'button',
              class: 'gp-text-b',
              on: {
                click: () => {
                  const hits = many(p.layer, ids);
                  GP.set({ select: { many: hits } });
                  GP.announce(GP.t(key, { n: GP.num(n, 0) }));
                },
              },
            },
            GP.icon('target', 14),
            GP.t(key, { n: GP.num(n, 0) }),
          )
        : '';
    return h(
      'div',
      { class: 'gp-part' },
      h(
        'p',
        {},
        GP.t(`part_${p.name}`) + ' ' + GP.num(p.good / k, 1) + ' ÷ ' + GP.num(p.total / k, 1) + ' ' + unit + ' = ',
        h('b', { text: share === null ? '–' : share.toFixed(3) }),
      ),
      h('p', { class: 'gp-acts2' }, show(p.failed, p.fails, 'failing'), show(p.open, p.opens, 'left_out')),
    );
  }
  function lead(rows) {
    // S3 as a picture: the two curves, and the day on which the lead is greatest
    if (!rows || rows.length < 2) return null;
    const day = r => Date.parse(r[0]) / 864e5,
      a = day(rows[0]),
      e = day(rows[rows.length - 1]),
      x = d => ((d - a) / (e - a)) * 340,
      y = v => 74 - v * 70,
      tol = 0.1;
    const path = k =>
      rows
        .map((r, i) => (i ? 'H' + x(day(r)).toFixed(1) + 'V' : 'M' + x(day(r)).toFixed(1) + ' ') + y(r[k]).toFixed(1))
        .join('');
    let top = rows[0],
      sum = 0;
    rows.forEach((r, i) => {
      if (r[2] - r[1] > top[2] - top[1]) top = r;
      if (i + 1 < rows.length) sum += Math.max(0, r[2] - r[1] - tol) * (day(rows[i + 1]) - day(r));
    });
    const svg = h(
      'svg:svg',
      { viewBox: '0 0 340 78', class: 'gp-lead-chart', role: 'img', 'aria-label': GP.t('lead_chart') },
      h('svg:path', { d: 'M0 74H340', class: 'gp-grid' }),
      h('svg:path', { d: path(1), class: 'gp-c-industry', fill: 'none' }),
      h('svg:path', { d: path(2), class: 'gp-c-housing', fill: 'none' }),
      h('svg:path', {
        d: `M${x(day(top)).toFixed(1)} ${y(top[1]).toFixed(1)}V${y(top[2]).toFixed(1)}`,
        stroke: 'currentColor',
      }),
    );
    return h(
      'div',
      { class: 'gp-part' },
      svg,
      h('p', { text: GP.t('lead_mean', { v: GP.num(sum / (e - a), 4) }) }),
      h(
        'p',
        { class: 'gp-acts2' },
        h(
          'button',
          { type: 'button', class: 'gp-text-b', on: { click: () => GP.set({ day: Math.round(day(top)) }) } },
          GP.icon('target', 14),
          GP.t('lead_most', { v: GP.num((top[2] - top[1]) * 100, 1) + '%', d: top[0], t: '10%' }),
        ),
      ),
    );
  }
  function scoreCard(key, v, fam) {
    const reason = GP.model.scores.reasons[key.toUpperCase()],
      f = GP.findings,
      behind = fam ? rules(fam) : [];
    return h(
      'details',
      { class: 'gp-fig', id: 'gp-fig-' + key },
      h(
        'summary',
        {},
        h('span', { class: 'gp-grow', text: (fam ? key.toUpperCase() + ' ' : '') + GP.t(key) }),
        h('b', { text: v === null ? GP.t('no_score') : v.toFixed(3) }),
      ),
      h('p', { text: GP.t(key + '_how') }),
      reason ? h('p', { class: 'gp-hint', text: GP.pick(reason) }) : null,
      ...((GP.model.scores.parts || {})[key.toUpperCase()] || []).map(part),
      key === 's3' && v !== null ? lead(GP.model.scores.lead) : null,
      behind.length ? h('h4', { text: GP.t('checks_behind') }) : null,
      behind.length
        ? h(
            'ul',
            { class: 'gp-plain' },
            behind.map(c => {
              const run = GP.model.runs.find(r => r.code === c),
                hits = [];
              for (let i = 0; i < f.n; i++) if (f.code[i] === c) hits.push(i);
              return h(
                'li',
                {},
                h(
                  'button',
                  {
                    type: 'button',
                    class: 'gp-link',
                    on: {
                      click: () => {
                        GP.set({ tab: 'findings', query: c });
                        if (hits.length)
                          GP.set({
                            select: { many: hits.flatMap(i => GP.evidence[i].map(e => [e.layer, e.i])).slice(0, 300) },
                          });
                      },
                    },
                  },
                  c + ' ' + GP.title(c),
                ),
                h('span', {
                  class: 'gp-soft',
                  text:
                    ' ' +
                    GP.t(run.outcome === 'found' ? 'findings' : run.outcome) +
                    (run.found ? ' ' + run.found : '') +
                    (run.judged ? ' · ' + GP.t('judged', { n: GP.num(run.judged) }) : '') +
                    (run.unknown ? ' · ' + GP.t('not_judged', { n: GP.num(run.unknown) }) : ''),
                }),
              );
            }),
          )
        : null,
    );
  }
  function shares() {
    // computed from the parcels of the page itself, on the day shown
    const sums = GP.shareOn ? GP.shareOn(GP.state.day) : null;
    if (!sums) return null;
    const total = sums.production + sums.living + sums.ecology || 1;
    return h(
      'section',
      { class: 'gp-para' },
      h('h3', { text: GP.t('balance') }),
      GP.model.graded ? h('p', { class: 'gp-hint', text: GP.t('graded_hint') }) : null,
      h(
        'div',
        { class: 'gp-stack', role: 'img', 'aria-label': GP.t('shares') },
        ['production', 'living', 'ecology'].map(k =>
          h('i', { class: 'gp-p-' + k, style: { width: (sums[k] / total) * 100 + '%' } }),
        ),
      ),
      ['production', 'living', 'ecology', 'shared', 'unclassified']
        .filter(k => sums[k] > 0)
        .map(k =>
          h(
            'details',
            { class: 'gp-fig' },
            h(
              'summary',
              {},
              h('i', { class: 'gp-p-' + k + ' gp-key' }),
              h('span', { class: 'gp-grow', text: GP.t(k) }),
              h('span', { class: 'gp-soft', text: GP.num(sums[k] / 1e4) + ' ha' }),
              h('b', { text: k === 'unclassified' || k === 'shared' ? '' : GP.num((sums[k] / total) * 100, 1) + '%' }),
            ),
            h('p', {
              text:
                k === 'shared'
                  ? GP.t('shared_how')
                  : k === 'unclassified'
                    ? GP.t('unclassified_how')
                    : GP.t('share') + ' = ' + GP.num(sums[k] / 1e4) + ' ÷ ' + GP.num(total / 1e4) + ' ha',
            }),
            h(
              'p',
              {},
              h(
                'button',
                {
                  type: 'button',
                  class: 'gp-text-b',
                  on: { click: () => GP.set({ select: { many: GP.parcelsOf(k).slice(0, 1500) } }) },
                },
                GP.icon('target', 14),
                GP.t('show_these') + ' · ' + GP.t('parcels_n', { n: GP.num(sums.count[k]) }),
              ),
            ),
          ),
        ),
    );
  }
  function numbers() {
    const rows = GP.model.numbers;
    return rows.length
      ? h(
          'section',
          { class: 'gp-para' },
          rows.map(r =>
            h(
              'details',
              { class: 'gp-fig' },
              h(
                'summary',
                {},
                h('span', { class: 'gp-grow', text: GP.pick(r) }),
                h('b', {
                  text: typeof r.value === 'number' ? GP.num(r.value) + (r.unit ? ' ' + r.unit : '') : String(r.value),
                }),
              ),
              r.how ? h('p', { text: GP.pick(r.how) }) : null,
              r.inputs ? h('p', { class: 'gp-soft', text: r.inputs }) : null,
            ),
          ),
        )
      : null;
  }
  function imported() {
    // what the import doubted, repaired and set aside
    const rows = GP.model.imported || [],
      mark = { warning: '!', error: '!', repair: '+' };
    if (!rows.length) return null;
    const line = r => h('li', { text: `${mark[r.severity]} ${r.layer} ${r.code} ${GP.pick(r)}` });
    return h(
      'section',
      { class: 'gp-para', id: 'gp-imported' },
      h('h3', { text: GP.t('imported') }),
      h('ul', { class: 'gp-plain' }, rows.map(line)),
    );
  }
  function verdicts() {
    // the seven words with the sentence each stands on
    const v = GP.model.verdict;
    return v.items.length
      ? h(
          'details',
          { class: 'gp-fig', id: 'gp-fig-verdict' },
          h('summary', {}, h('span', { class: 'gp-grow', text: GP.t('verdict') }), h('b', { text: GP.pick(v.word) })),
          h(
            'ul',
            { class: 'gp-plain' },
            v.items.map(x => h('li', { text: GP.pick(x.line) })),
          ),
        )
      : null;
  }
  function draw() {
    const s = GP.model.scores,
      open = [...host.querySelectorAll('details[open]')].map(e => e.id).filter(Boolean);
    GP.clear(host).append(
      verdicts() || '',
      scoreCard('s1', s.S1, 'pb'),
      scoreCard('s2', s.S2, 'ug'),
      scoreCard('s3', s.S3, 'in'),
      shares() || '',
      GP.courseSection(),
      numbers() || '',
      imported() || '',
    );
    open.forEach(id => {
      const e = document.getElementById(id);
      if (e) e.open = true;
    });
  }
  GP.setupFigures = function (to) {
    host = to;
    GP.on('lang day by tab', () => {
      if (GP.state.tab === 'figures') draw();
    });
    GP.drawFigures = draw;
  };
})();
