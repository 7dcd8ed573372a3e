/* Pieces that every card is made of. Text only through text nodes. */
(function () {
  const h = GP.h;
  GP.card = {
    fact(key, ...value) {
      if (!value.some(v => v !== null && v !== undefined && v !== '')) return null;
      return h('div', { class: 'gp-fact' }, h('dt', { text: GP.t(key) }), h('dd', {}, ...value));
    },
    link(layer, id) {
      const click = () => GP.open({ layer: GP.mainLayer(layer, id), id });
      return h('button', { type: 'button', class: 'gp-link', on: { click } }, GP.layerName(layer) + ' ' + id);
    },
    period(a, b) {
      const N = GP.NO_DAY;
      if (a === N && b === N) return GP.t('always');
      if (b === N) return GP.t('from_on', { a: GP.iso(a) });
      return a === N ? GP.t('until', { b: GP.iso(b) }) : GP.t('between', { a: GP.iso(a), b: GP.iso(b) });
    },
    para(key, text) {
      return text ? h('section', { class: 'gp-para' }, h('h3', { text: GP.t(key) }), h('p', { text })) : null;
    },
    act(key, icon, click) {
      return h('button', { type: 'button', class: 'gp-text-b', on: { click } }, GP.icon(icon, 14), GP.t(key));
    },
    head(kind, code, title, steps) {
      const badge = h('span', { class: 'gp-badge gp-k-' + kind }, h('i', { class: 'gp-dot' }), GP.t(kind));
      return h(
        'header',
        { class: 'gp-dhead' },
        badge,
        code ? h('span', { class: 'gp-soft', text: code }) : null,
        h('span', { class: 'gp-grow' }),
        steps === false ? null : GP.button('previous', 'up', () => GP.stepFinding(-1)),
        steps === false ? null : GP.button('following', 'down', () => GP.stepFinding(1)),
        GP.button('back', 'close', () => GP.open(null)),
        h('h2', { text: title }),
      );
    },
    /* Findings as a list of links, with what they say. */
    findings(list) {
      const f = GP.findings,
        one = i =>
          h(
            'button',
            { type: 'button', class: 'gp-relb gp-k-' + f.severity[i], on: { click: () => GP.open({ f: i }) } },
            h('i', { class: 'gp-dot' }),
            h('span', { text: f.text(i) }),
          );
      return h(
        'ul',
        { class: 'gp-rel' },
        list.map(i => h('li', {}, one(i))),
      );
    },
    thresholds(rule) {
      const params = rule ? rule.params : [];
      if (!params.length) return null;
      const one = p => {
        const name = h('span', { text: GP.pick({ zh: p.zh, en: p.k.replace(/_/g, ' ') }) });
        return h(
          'div',
          { class: 'gp-param' },
          h('div', {}, name, h('b', { text: ' ' + GP.pick(p.said) }), ' ', GP.trust(p.level)),
          h('div', { class: 'gp-soft' }, GP.pick(p.source)),
        );
      };
      return h('details', { class: 'gp-more' }, h('summary', { text: GP.t('thresholds') }), ...params.map(one));
    },
  };

  /* Open a cause, a finding or a feature, on the day a finding begins; the reader's own day comes back afterwards. */
  GP.open = function (select) {
    const patch = { select },
      since = select && GP.sinceOf(select);
    if (since !== null && since !== undefined && GP.model.days) {
      if (!GP.state.auto) GP.dayBefore = GP.state.day;
      Object.assign(patch, { day: since, auto: true });
    } else if (GP.state.auto) Object.assign(patch, { day: GP.dayBefore, auto: false });
    GP.set(patch);
  };
  /* The first day of a finding, or of the gravest finding of a cause that has one. */
  GP.sinceOf = function (select) {
    const list = select.f !== undefined ? [select.f] : select.c !== undefined ? GP.model.causes[select.c].f : [],
      day = list.map(i => GP.findings.from[i]).find(d => d !== GP.NO_DAY);
    return day === undefined ? null : day;
  };
})();
