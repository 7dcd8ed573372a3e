/* The balance through time: each park, phase or district on the day shown, and its coordination degree. */
(function () {
  const h = GP.h,
    PURPOSES = ['production', 'living', 'ecology'];

  /* The last row that holds on the day shown. */
  function at(rows) {
    const day = GP.state.day;
    let found = null;
    for (const r of rows) if (r[0] === null || day === null || Date.parse(r[0]) / 864e5 <= day) found = r;
    return found;
  }
  function unit(name, r) {
    const label = h('span', { class: 'gp-grow', text: name }),
      soft = text => h('span', { class: 'gp-soft', text });
    if (!r || r[1] === null) return h('div', { class: 'gp-unit' }, label, soft(GP.t('not_yet')));
    const share = (k, i, digits) => GP.t(k) + ' ' + GP.num(r[i + 1] * 100, digits) + '%',
      part = (k, i) => h('i', { class: 'gp-p-' + k, style: { width: r[i + 1] * 100 + '%' }, title: share(k, i, 1) }),
      said = PURPOSES.map((k, i) => share(k, i, 0)).join(', ');
    return h(
      'div',
      { class: 'gp-unit' },
      label,
      soft(GP.t('evenness') + ' ' + GP.num(r[4], 2) + ' · ' + GP.t('off_target') + ' ' + GP.num(r[5] * 100, 1) + '%'),
      h('div', { class: 'gp-stack', role: 'img', 'aria-label': said }, PURPOSES.map(part)),
    );
  }
  function curves(rows) {
    const a = Date.parse(rows[0][0]),
      e = Date.parse(rows[rows.length - 1][0]),
      x = time => ((time - a) / (e - a)) * 340,
      y = v => (52 - v * 48).toFixed(1),
      to = (r, i) => (i ? 'H' : 'M') + x(Date.parse(r[0])).toFixed(1) + (i ? 'V' : ' '),
      line = k => rows.map((r, i) => to(r, i) + y(r[k])).join('');
    const svg = h(
      'svg:svg',
      { viewBox: '0 0 340 56', class: 'gp-lead-chart', role: 'img', 'aria-label': GP.t('coordination') },
      h('svg:path', { d: 'M0 52H340', class: 'gp-grid' }),
      h('svg:path', { d: line(2), fill: 'none', stroke: 'currentColor', 'stroke-opacity': 0.35 }),
      h('svg:path', { d: line(1), fill: 'none', stroke: 'currentColor' }),
    );
    if (GP.state.day !== null) {
      const now = Math.max(0, Math.min(340, x(GP.state.day * 864e5)));
      svg.append(h('svg:path', { d: `M${now.toFixed(1)} 0V52`, class: 'gp-cursor', stroke: 'currentColor' }));
    }
    return svg;
  }
  function coordination(park, all) {
    const rows = all.filter(r => r[0] !== null && r[1] !== null),
      now = at(all);
    if (rows.length < 2) return '';
    const other = r => ' (' + GP.t('std_form') + ' ' + GP.num(r[2], 3) + ', T = ' + GP.num(r[3], 3) + ')',
      degree = now && now[1] !== null ? ' D = ' + GP.num(now[1], 3) + other(now) : ' · ' + GP.t('not_yet');
    return h(
      'div',
      { class: 'gp-part' },
      h('p', { text: park + ' ' + GP.t('coordination') + degree }),
      curves(rows),
      h('p', { class: 'gp-soft', text: GP.t('low_couples') }),
    );
  }
  GP.courseSection = function () {
    const course = GP.model.course || {},
      kinds = ['park', 'phase', 'district'].filter(k => course[k] && Object.keys(course[k]).length);
    if (!kinds.length) return '';
    const by = kinds.includes(GP.state.by) ? GP.state.by : kinds[0],
      change = e => GP.set({ by: e.target.value }),
      options = kinds.map(k => h('option', { value: k, text: GP.t(`by_${k}`) })),
      about = { class: 'gp-select', id: 'gp-by', 'aria-label': GP.t('balance_by'), on: { change } },
      pick = h('select', about, options);
    pick.value = by;
    return h(
      'section',
      { class: 'gp-para' },
      h('h3', {}, GP.t('balance_time') + ' '),
      h('div', { class: 'gp-lstyle gp-by' }, h('span', { class: 'gp-soft', text: GP.t('balance_by') }), pick),
      Object.entries(course[by]).map(([name, rows]) => unit(name, at(rows))),
      Object.entries(course.coordination || {}).map(([park, rows]) => coordination(park, rows)),
    );
  };
})();
