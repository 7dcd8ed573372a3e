/* The first view: each verdict as a word and the sentence it stands on, what to bring, and the scores after them.
   What a verdict was on a day was worked out in Python; here the moment of the slider's stop is looked up. */
(function () {
  const h = GP.h,
    SIGN = { fail: 'close', pass: 'check', unknown: 'question' };
  let host;

  /* The stop of the slider that a day belongs to; -1 where all dates are shown or a finding set the date. */
  GP.stopOf = function () {
    const { day, auto } = GP.state,
      stops = GP.model.stops || [];
    if (day === null || auto || !stops.length) return -1;
    const at = stops.findIndex(d => d >= day);
    return at < 0 ? stops.length - 1 : at;
  };
  /* State, sentence, number and worst finding of a verdict as the slider stands. */
  GP.verdictNow = function (item) {
    const stop = GP.stopOf();
    let now = null;
    if (stop >= 0) for (const moment of item.through) if (moment[0] <= stop) now = moment;
    if (now) return { state: now[1], text: now[2], worst: now[3], errors: now[4] };
    return { state: item.state, text: item.brief, worst: item.worst, errors: item.errors };
  };
  GP.overallNow = function () {
    const v = GP.model.verdict,
      stop = GP.stopOf();
    return stop >= 0 && v.overall_through.length ? v.overall_through[stop] : v.overall;
  };
  GP.stateWord = state => GP.pick(GP.model.verdict.words[state]);
  /* How many findings of a severity are so on the day shown; null for what has no date. */
  GP.countNow = function (kind) {
    const counts = GP.model.verdict.counts,
      stop = GP.stopOf();
    return stop >= 0 && counts && counts[kind] ? counts[kind][stop] : null;
  };

  function verdict(item) {
    const now = GP.verdictNow(item),
      worst = now.worst !== null && now.worst !== undefined,
      open = () => (worst ? GP.open({ f: now.worst }) : GP.showVerdict(item.name)),
      list = () => GP.showVerdict(item.name),
      all = GP.t('all_of', { n: GP.num(now.errors, 0) });
    return h(
      'article',
      { class: 'gp-verdict gp-v-' + now.state, 'data-name': item.name },
      h(
        'div',
        { class: 'gp-vhead' },
        h('h2', { class: 'gp-vname', text: GP.pick(item.title) }),
        now.errors
          ? h('button', { type: 'button', class: 'gp-vmore', on: { click: list } }, all, GP.icon('next', 11))
          : null,
        h('b', {}, GP.icon(SIGN[now.state], 12), GP.stateWord(now.state)),
      ),
      h('button', { type: 'button', class: 'gp-vline', on: { click: open }, text: GP.pick(now.text) }),
    );
  }
  function bring() {
    const lines = GP.pick(GP.model.verdict.bring) || [];
    if (!lines.length) return null;
    return h(
      'section',
      { class: 'gp-bring' },
      h('h3', { text: GP.t('bring') }),
      h(
        'ul',
        {},
        lines.map(text => h('li', { text })),
      ),
    );
  }
  function score(key) {
    const name = key.toUpperCase(),
      value = GP.model.scores[name],
      click = () => {
        GP.set({ tab: 'figures' });
        const e = document.getElementById('gp-fig-' + key);
        if (!e) return;
        e.open = true;
        e.scrollIntoView({ block: 'nearest' });
      };
    return h(
      'button',
      { type: 'button', class: 'gp-score', on: { click } },
      h('b', { text: value === null ? GP.t('no_score') : GP.scoreSpan(name, value) }),
      h('span', { text: name + ' ' + GP.t(key) }),
    );
  }
  function draw() {
    if (GP.state.tab !== 'verdict') return;
    const v = GP.model.verdict,
      top = host.scrollTop;
    GP.clear(host);
    host.append(h('section', { class: 'gp-verdicts' }, v.items.map(verdict)));
    GP.add(host, bring());
    host.append(
      h(
        'section',
        { class: 'gp-bring' },
        h('h3', { text: GP.t('scores') }),
        h('div', { class: 'gp-scores' }, ['s1', 's2', 's3'].map(score)),
      ),
    );
    host.scrollTop = top;
  }
  /* The line under the title: the word over all, how many are what, and the day it is told for. */
  GP.overallLine = function () {
    const v = GP.model.verdict,
      state = GP.overallNow(),
      states = v.items.map(item => GP.verdictNow(item).state),
      counts = ['fail', 'unknown', 'pass']
        .map(s => [s, states.filter(x => x === s).length])
        .filter(([, n]) => n)
        .map(([s, n]) => GP.t('state_n', { state: GP.stateWord(s), n })),
      stop = GP.stopOf();
    return h(
      'p',
      { class: 'gp-overall gp-v-' + state },
      h('span', { class: 'gp-soft', text: GP.t('verdict') }),
      h('b', { text: GP.stateWord(state) }),
      h('span', { class: 'gp-soft', text: counts.join(GP.t('comma')) }),
      stop >= 0 ? h('span', { class: 'gp-asof', text: GP.t('as_of') + ' ' + GP.iso(GP.model.stops[stop]) }) : null,
    );
  };
  GP.setupVerdict = function (to) {
    host = to;
    GP.on('lang tab', draw);
    GP.on('day auto', () => GP.nextFrame('verdict', draw));
    draw();
  };
})();
