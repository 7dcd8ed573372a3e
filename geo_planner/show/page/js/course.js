/* The balance through time: each park, phase or district on the day shown, and its coordination degree. */
GP.courseSection = function () {
  const h = GP.h,
    course = GP.model.course || {},
    kinds = ['park', 'phase', 'district'].filter(k => course[k] && Object.keys(course[k]).length);
  if (!kinds.length) return '';
  const by = kinds.includes(GP.state.by) ? GP.state.by : kinds[0],
    day = GP.state.day;
  const at = rows => {
    let found = null;
    for (const r of rows) if (r[0] === null || day === null || Date.parse(r[0]) / 864e5 <= day) found = r;
    return found;
  };
  const pick = h(
    'select',
    {
      class: 'gp-select',
      id: 'gp-by',
      'aria-label': GP.t('balance_by'),
      on: { change: e => GP.set({ by: e.target.value }) },
    },
    kinds.map(k => h('option', { value: k, text: GP.t(`by_${k}`) })),
  );
  pick.value = by;
  const units = Object.keys(course[by]).map(name => {
    const r = at(course[by][name]);
    if (!r || r[1] === null)
      return h(
        'div',
        { class: 'gp-unit' },
        h('span', { class: 'gp-grow', text: name }),
        h('span', { class: 'gp-soft', text: GP.t('not_yet') }),
      );
    return h(
      'div',
      { class: 'gp-unit' },
      h('span', { class: 'gp-grow', text: name }),
      h('span', {
        class: 'gp-soft',
        text: GP.t('evenness') + ' ' + GP.num(r[4], 2) + ' · ' + GP.t('off_target') + ' ' + GP.num(r[5], 2),
      }),
      h(
        'div',
        {
          class: 'gp-stack',
          role: 'img',
          'aria-label': ['production', 'living', 'ecology']
            .map((k, i) => GP.t(k) + ' ' + GP.num(r[i + 1] * 100, 0) + '%')
            .join(', '),
        },
        ['production', 'living', 'ecology'].map((k, i) =>
          h('i', {
            class: 'gp-p-' + k,
            style: { width: r[i + 1] * 100 + '%' },
            title: GP.t(k) + ' ' + GP.num(r[i + 1] * 100, 1) + '%',
          }),
        ),
      ),
    );
  });
  const pairs = Object.keys(course.coordination || {}).map(park => {
    const rows = course.coordination[park].filter(r => r[0] !== null && r[1] !== null),
      now = at(course.coordination[park]);
    if (rows.length < 2) return '';
    const a = Date.parse(rows[0][0]),
      e = Date.parse(rows[rows.length - 1][0]),
      x = r => ((Date.parse(r[0]) - a) / (e - a)) * 340,
      y = v => 52 - v * 48;
    const line = k =>
      rows.map((r, i) => (i ? 'H' + x(r).toFixed(1) + 'V' : 'M' + x(r).toFixed(1) + ' ') + y(r[k]).toFixed(1)).join('');
    const cursor = day === null ? null : Math.max(0, Math.min(340, ((day * 864e5 - a) / (e - a)) * 340));
    return h(
      'div',
      { class: 'gp-part' },
      h('p', {
        text:
          park +
          ' ' +
          GP.t('coordination') +
          (now && now[1] !== null
            ? ' D = ' +
              GP.num(now[1], 3) +
              ' (' +
              GP.t('std_form') +
              ' ' +
              GP.num(now[2], 3) +
              ', T = ' +
              GP.num(now[3], 3) +
              ')'
            : ' · ' + GP.t('not_yet')),
      }),
      h(
        'svg:svg',
        { viewBox: '0 0 340 56', class: 'gp-lead-chart', role: 'img', 'aria-label': GP.t('coordination') },
        h('svg:path', { d: 'M0 52H340', class: 'gp-grid' }),
        h('svg:path', { d: line(2), fill: 'none', stroke: 'currentColor', 'stroke-opacity': 0.35 }),
        h('svg:path', { d: line(1), fill: 'none', stroke: 'currentColor' }),
        cursor === null
          ? null
          : h('svg:path', { d: `M${cursor.toFixed(1)} 0V52`, class: 'gp-cursor', stroke: 'currentColor' }),
      ),
      h('p', { class: 'gp-soft', text: GP.t('low_couples') }),
    );
  });
  return h(
    'section',
    { class: 'gp-para' },
    h('h3', {}, GP.t('balance_time') + ' '),
    h('div', { class: 'gp-lstyle gp-by' }, h('span', { class: 'gp-soft', text: GP.t('balance_by') }), pick),
    units,
    pairs,
  );
};
