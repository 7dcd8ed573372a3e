/* The worklist: a row a cause in order of gravity: what to do, who is in charge, by when, what reviewers said. */
(function () {
  const h = GP.h,
    MOST = 300;
  let host,
    bureau = '';

  /* How many findings of a cause a reviewer has answered, and how, where all alike. */
  function status(c) {
    const marks = c.f.map(f => GP.review.of({ f })).filter(Boolean),
      kinds = new Set(marks);
    if (!marks.length) return '';
    return kinds.size === 1 && marks.length === c.f.length ? GP.t(marks[0]) : GP.t('answered_part');
  }
  function row(c, k) {
    const kind = c.f.length ? c.severity : 'unknown',
      soft = [GP.pick(c.place), GP.pick(c.bureau), c.by_when ? GP.t('by_when') + ' ' + c.by_when : ''],
      answer = status(c),
      about = { type: 'button', class: 'gp-work-title', on: { click: () => GP.open({ c: k }) } };
    return h(
      'li',
      { class: 'gp-work gp-k-' + kind },
      h('span', { class: 'gp-work-n', text: String(k + 1) }),
      h(
        'div',
        { class: 'gp-grow' },
        h('button', about, h('i', { class: 'gp-dot' }), GP.pick(c.title)),
        h('p', { text: GP.capital(GP.pick(c.remedy)) }),
        h(
          'p',
          { class: 'gp-soft gp-work-state' },
          h('span', { class: 'gp-state gp-state-' + c.state, text: GP.t('state_' + c.state) }),
          answer ? h('span', { class: 'gp-state', text: answer }) : null,
          h('span', { text: soft.filter(Boolean).join(' · ') }),
        ),
      ),
    );
  }
  function chooser() {
    const names = [...new Set(GP.model.causes.map(c => GP.pick(c.bureau)))].filter(Boolean).sort(),
      change = e => {
        bureau = e.target.value;
        draw();
      },
      about = { class: 'gp-select', id: 'gp-bureau', 'aria-label': GP.t('bureau'), on: { change } },
      option = (value, text) => h('option', { value, text }),
      out = h('select', about, option('', GP.t('all_bureaus')), names.map(name => option(name, name)));
    if (!names.includes(bureau)) bureau = '';
    out.value = bureau;
    return out;
  }
  function draw() {
    if (GP.state.tab !== 'worklist') return;
    const pick = chooser(), // first, for a bureau of the other language is none of this one
      all = GP.model.causes.map((c, k) => [c, k]).filter(([c]) => !bureau || GP.pick(c.bureau) === bureau),
      count = h('span', { class: 'gp-soft', text: GP.t('works_n', { n: GP.num(all.length, 0) }) }),
      more = all.length - MOST;
    GP.clear(host).append(
      h('div', { class: 'gp-line gp-work-head' }, count, pick),
      all.length
        ? h('ol', { class: 'gp-plain' }, all.slice(0, MOST).map(([c, k]) => row(c, k)))
        : h('p', { class: 'gp-soft', text: GP.t('works_none') }),
      more > 0 ? h('p', { class: 'gp-soft', text: GP.t('more', { n: GP.num(more, 0) }) }) : '',
    );
  }
  GP.tellReviewed = () => {};
  GP.setupWorklist = function (to) {
    host = to;
    GP.on('lang tab', draw);
    GP.tellReviewed = draw;
    draw();
  };
})();
