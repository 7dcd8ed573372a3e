/* The card of one finding: what it says, value and limit, its proof in time, advice, source and the review. */
(function () {
  const h = GP.h,
    card = GP.card;

  /* Value against limit on one line. */
  function bar(value, limit, unit) {
    if (value === null || limit === null) return null;
    const most = Math.max(Math.abs(value), Math.abs(limit)) * 1.15 || 1,
      at = v => Math.max(0, Math.min(100, (Math.abs(v) / most) * 100)) + '%',
      said = (key, v) => GP.t(key) + ' ' + GP.num(v) + ' ' + unit;
    return h(
      'div',
      { class: 'gp-bar', role: 'img', 'aria-label': said('value', value) + ', ' + said('limit', limit) },
      h('i', { style: { width: at(value) } }),
      h('b', { style: { left: at(limit) } }),
    );
  }
  function measured(i) {
    const f = GP.findings,
      unit = GP.unit(f.unit[i]),
      shown = v => GP.num(v) + (unit ? ' ' + unit : '');
    if (f.value[i] === null && f.limit[i] === null) return null;
    const box = (key, v, more) =>
      h('div', {}, h('small', { text: GP.t(key) }), h('b', Object.assign({ text: shown(v) }, more)));
    return h(
      'div',
      { class: 'gp-compare' },
      box('value', f.value[i], { class: 'gp-k-' + f.severity[i] }),
      box('limit', f.limit[i]),
      bar(f.value[i], f.limit[i], unit),
    );
  }
  function facts(i, rule) {
    const f = GP.findings,
      ids = [
        [f.layer[i], f.id[i]],
        [f.olayer[i], f.oid[i]],
      ],
      lead = rule && (rule.params.find(p => p.value === f.limit[i]) || rule.params[0]),
      links = ids.filter(([layer, id]) => layer && id).map(([layer, id]) => card.link(layer, id));
    return h(
      'dl',
      {},
      card.fact('objects', ...links),
      card.fact('during', card.period(f.from[i], f.to[i])),
      lead
        ? card.fact('source', GP.pick(lead.source), ' ', GP.trust(lead.level))
        : null,
    );
  }
  /* What a planner or the solver would change, each with its feature. */
  function proposed(fixes) {
    if (!fixes) return null;
    const MOST = 12,
      shown = v => (v === null ? '–' : v),
      kinds = { add: 'added', remove: 'removed', reshape: 'reshaped' };
    const moved = r =>
      r.days ? GP.t(r.days > 0 ? 'days_later' : 'days_earlier', { n: GP.num(Math.abs(r.days), 0) }) : '';
    const one = r => {
      const change = r.column
        ? GP.pick(r.column) + GP.t('colon') + shown(r.before) + ' → ' + shown(r.after)
        : GP.t(kinds[r.kind] || 'set');
      return h(
        'li',
        {},
        card.link(r.layer, r.id),
        h('span', { text: change }),
        moved(r) ? h('b', { text: ' ' + moved(r) }) : '',
      );
    };
    return h(
      'section',
      { class: 'gp-para gp-fixes' },
      h('h3', { text: GP.t('proposals') }),
      h('ul', { class: 'gp-plain' }, fixes.slice(0, MOST).map(one)),
      fixes.length > MOST ? h('p', { class: 'gp-soft', text: GP.t('more', { n: fixes.length - MOST }) }) : '',
    );
  }
  /* The cause a finding belongs to, where it has others beside it. */
  function causeOf(i) {
    const k = GP.causeOf[i],
      c = GP.model.causes[k];
    if (!c || c.f.length < 2) return null;
    const click = () => GP.open({ c: k });
    return h(
      'p',
      { class: 'gp-hint' },
      GP.t('belongs_to') + GP.t('colon'),
      h('button', { type: 'button', class: 'gp-link', text: GP.pick(c.title), on: { click } }),
      GP.t('n_findings', { n: GP.num(c.f.length, 0) }),
    );
  }
  function copy() {
    GP.hash.write();
    const field = h('textarea', { class: 'gp-sr' });
    field.value = location.href;
    document.body.append(field);
    field.select();
    try {
      document.execCommand('copy');
      GP.announce(GP.t('copied'));
    } catch (e) {
      /* the address bar holds it as well */
    }
    field.remove();
  }
  GP.findingCard = function (host, i) {
    const f = GP.findings,
      day = GP.state.day,
      rule = GP.model.rules[f.code[i]],
      words = rule ? rule[GP.state.lang] : {},
      place = GP.evidence(i).length ? 'evidence' : 'no_place';
    GP.add(
      host,
      card.head(f.severity[i], f.code[i], GP.title(f.code[i])),
      h('p', { class: 'gp-say', text: f.text(i) }),
      day !== null && !f.lasts(i, day) ? h('p', { class: 'gp-hint', text: GP.t('hidden_now') }) : null,
      causeOf(i),
      measured(i),
      GP.proof([i], { f: i }),
      facts(i, rule),
      card.para('advice', words.advice),
      card.para('trap', words.trap),
      proposed(GP.model.proposals && GP.model.proposals[f.name(i)]),
      GP.review.form({ f: i }),
      card.thresholds(rule),
      h(
        'footer',
        { class: 'gp-acts' },
        card.act(place, 'target', () => GP.fly(true)),
        card.act('permalink', 'link', copy),
      ),
    );
    GP.announce(GP.t('finding_said', { sev: GP.t(f.severity[i]), code: f.code[i], text: f.text(i) }));
  };
})();
