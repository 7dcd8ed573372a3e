/* The panel of figures behind the verdicts: what each score is made of, the balance, doubts of the import. */
(function () {
  const h = GP.h,
    PURPOSES = ['production', 'living', 'ecology'],
    MOST = 1500;
  let host;

  function purpose(k, sums, total) {
    const counted = PURPOSES.includes(k),
      area = GP.num(sums[k] / 1e4),
      how = counted ? GP.t('share') + ' = ' + area + ' ÷ ' + GP.num(total / 1e4) + ' ha' : GP.t(k + '_how'),
      click = () => GP.set({ select: { many: GP.parcelsOf(k).slice(0, MOST) } });
    const show = h(
      'button',
      { type: 'button', class: 'gp-text-b', on: { click } },
      GP.icon('target', 14),
      GP.t('show_these') + ' · ' + GP.t('parcels_n', { n: GP.num(sums.count[k]) }),
    );
    return h(
      'details',
      { class: 'gp-fig' },
      h(
        'summary',
        {},
        h('i', { class: 'gp-p-' + k + ' gp-key' }),
        h('span', { class: 'gp-grow', text: GP.t(k) }),
        h('span', { class: 'gp-soft', text: area + ' ha' }),
        h('b', { text: counted ? GP.num((sums[k] / total) * 100, 1) + '%' : '' }),
      ),
      h('p', { text: how }),
      h('p', {}, show),
    );
  }
  /* Computed from the parcels of the page itself, on the day shown. */
  function shares() {
    const sums = GP.shareOn ? GP.shareOn(GP.state.day) : null;
    if (!sums) return null;
    const total = PURPOSES.reduce((sum, k) => sum + sums[k], 0) || 1,
      part = k => h('i', { class: 'gp-p-' + k, style: { width: (sums[k] / total) * 100 + '%' } });
    return h(
      'section',
      { class: 'gp-para' },
      h('h3', { text: GP.t('balance') }),
      GP.model.graded ? h('p', { class: 'gp-hint', text: GP.t('graded_hint') }) : null,
      h('div', { class: 'gp-stack', role: 'img', 'aria-label': GP.t('shares') }, PURPOSES.map(part)),
      [...PURPOSES, 'shared', 'unclassified'].filter(k => sums[k] > 0).map(k => purpose(k, sums, total)),
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
      GP.scoreCard('s1', s.S1, 'pb'),
      GP.scoreCard('s2', s.S2, 'ug'),
      GP.scoreCard('s3', s.S3, 'in'),
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
