/* The card of one feature: its columns, its state on the day shown, and the findings about it. */
(function () {
  const h = GP.h,
    card = GP.card,
    MOST = 40;

  function about(source, id) {
    const f = GP.findings,
      out = [];
    for (let k = 0; k < f.n && out.length < MOST; k++)
      if ((f.layer[k] === source && f.id[k] === id) || (f.olayer[k] === source && f.oid[k] === id)) out.push(k);
    return out;
  }
  function columns(layer, i) {
    const labels = layer.spec.labels,
      row = c => {
        const v = layer.text(i, c),
          [zh, en, unit, words] = labels[c];
        if (v === null || v === '') return null;
        const told = words && words[v] ? GP.pick({ zh: words[v][0], en: words[v][1] }) : v,
          text = (typeof told === 'number' ? GP.num(told) : told) + (unit ? ' ' + unit : '');
        return h('div', { class: 'gp-fact' }, h('dt', { text: GP.pick({ zh, en }) }), h('dd', { text }));
      };
    const named = Object.keys(layer.data.cols).filter(c => c !== 'id' && c !== 'name' && labels[c]);
    return h('dl', {}, named.map(row));
  }
  function state(layer, i) {
    if (GP.state.day === null || (!layer.start && !layer.finish)) return null;
    const key = ['planned', 'building', 'built'][layer.status(i, GP.state.day)];
    return h('p', { class: 'gp-hint', text: GP.t(key) });
  }
  /* What else lies under the finger. */
  function alsoHere(sel, layer, i) {
    const others = (GP.hits || []).filter(x => sel.stay && !(x.layer === layer && x.i === i)).slice(0, 6);
    if (!others.length) return null;
    const link = x => {
      if (!x.layer.spec.finding) return card.link(x.layer.spec.source, x.layer.text(x.i, 'id'));
      const f = GP.evidenceOf(x),
        click = () => GP.open({ f, stay: true });
      return h('button', { type: 'button', class: 'gp-link', text: GP.findings.code[f], on: { click } });
    };
    return h('section', { class: 'gp-para' }, h('h3', { text: GP.t('also_here') }), h('p', {}, others.map(link)));
  }
  GP.featureCard = function (host, sel) {
    const layer = GP.byId[sel.layer],
      i = layer ? layer.find(sel.id) : -1;
    if (i < 0) {
      host.append(card.head('info', '', sel.id, false), h('p', { text: GP.t('no_place') }));
      return;
    }
    const name = layer.text(i, 'name'),
      title = name && name !== sel.id ? sel.id + ' ' + name : sel.id,
      found = about(layer.spec.source, sel.id),
      none = h('p', { class: 'gp-soft', text: GP.t('no_related') });
    GP.add(
      host,
      h(
        'header',
        { class: 'gp-dhead' },
        h('span', { class: 'gp-badge' }, GP.pick(layer.spec)),
        h('span', { class: 'gp-grow' }),
        GP.button('back', 'close', () => GP.open(null)),
        h('h2', { text: title }),
      ),
      state(layer, i),
      columns(layer, i),
      GP.oddsOf(layer.spec.source, sel.id),
      GP.edits ? GP.edits.form(layer, i) : null,
      h(
        'section',
        { class: 'gp-para' },
        h('h3', { text: GP.t('related') }),
        found.length ? card.findings(found) : none,
      ),
      alsoHere(sel, layer, i),
    );
    GP.announce(GP.pick(layer.spec) + ' ' + title);
  };
})();
