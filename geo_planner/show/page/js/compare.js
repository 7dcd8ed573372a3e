/* Scenarios on one page, each against the base: the difference first, then swipe, A or B; what it comes to, the causes
   that changed with their proofs, figures with what each comes from, flows of land, moved dates. */
(function () {
  const h = GP.h;

  /* What the parts of the page are told: all, the pair looked at (`m`), names of scenarios, how features are shown. */
  function context(all, v) {
    const c = { all },
      heads = [all.a, ...all.pairs.map(p => p.b)],
      plain = x => GP.pick(x.title) || x.name,
      twice = x => heads.some(o => o !== x && plain(o) === plain(x)),
      bracketed = name => (GP.state.lang === 'zh' ? '（' + name + '）' : ' (' + name + ')');
    c.label = x => (twice(x) ? plain(x) + bracketed(x.name) : plain(x));
    c.look = k => Object.assign(c, { m: Object.assign({}, all, all.pairs[k]), sides: v.views[k].sides });
    c.show = list => show(c, list);
    c.go = (text, list, extra) =>
      h('button', { type: 'button', class: 'gp-link', on: { click: () => show(c, list) } }, text, extra || '');
    return c.look(0);
  }
  function find(c, id) {
    for (const k of ['diff', 'b', 'a'])
      for (const l of c.sides[k]) {
        if (l.spec.source !== id[0] && k !== 'diff') continue;
        const i = l.find(k === 'diff' ? id.join('~') : id[1]);
        if (i >= 0) return [l, i];
      }
    return null;
  }
  /* Mark features on the map and fly to them. */
  function show(c, list) {
    const b = L.latLngBounds([]);
    GP.marks.clearLayers();
    for (const [layer, i] of list.slice(0, 400).map(id => find(c, id)).filter(Boolean)) {
      GP.mark(layer, i, 'subject');
      b.extend(layer.bounds(i));
    }
    if (b.isValid()) GP.flyTo(b);
    const named = list.slice(0, 3).map(x => GP.layerName(x[0]) + ' ' + x[1]);
    GP.announce(named.join(', '));
  }
  function foot(m) {
    const digest = (mark, of) => h('span', { text: mark + ' ' }, h('code', { text: of.digest.slice(0, 12) }));
    return [digest('A', m.a), digest('B', m.b), h('span', {}, GP.t('version') + ' ', h('code', { text: m.version }))];
  }
  function found(c, state) {
    const rows = c.m.findings.filter(f => f.state === state),
      section = GP.compareSection('found_' + state, GP.compareFound(c, rows));
    return GP.folded(section, rows.length, 'gp-' + state);
  }
  function body(c) {
    return [
      ...GP.compareHead(c.m, c.go),
      GP.compareMatrix(c),
      GP.compareIndicators(c),
      GP.compareFlow(c),
      GP.folded(GP.compareMoved(c), c.m.moved.length, 'gp-moved'),
      found(c, 'new'),
      found(c, 'gone'),
      h('p', { class: 'gp-soft', text: GP.t('found_same', { n: GP.num(c.m.same) }) }),
      GP.compareChanges(c),
    ];
  }
  function draw(c, parts) {
    const { m } = c,
      title = c.label(m.a) + ' → ' + c.label(m.b),
      open = [...parts.body.querySelectorAll('details[open]')].map(e => e.id).filter(Boolean),
      used = new Set([...m.changes.map(x => x.change), ...m.moved.map(() => 'retimed')]),
      key = m.diff.filter(x => used.has(x.key)).map(x => h('span', {}, GP.swatch('polygon', x), GP.t(x.key)));
    document.documentElement.lang = GP.state.lang === 'zh' ? 'zh-CN' : 'en';
    document.title = title + ' · ' + GP.t('compare');
    parts.title.textContent = title;
    parts.title.classList.toggle('gp-long', title.length > (GP.state.lang === 'zh' ? 14 : 26));
    parts.sub.textContent = GP.t('compare');
    GP.clear(parts.body).append(...body(c));
    for (const e of open.map(id => document.getElementById(id)).filter(Boolean)) e.open = true;
    GP.clear(parts.foot).append(...foot(m));
    GP.clear(parts.legend).append(...key);
    for (const [e, attribute, word] of GP.said) GP.relabel(e, attribute, word);
  }
  function begin(all) {
    GP.findings = { n: 0, fp: [] };
    GP.state.lang = all.lang;
    GP.layerName = id => (all.names[id] ? GP.pick(all.names[id]) : id);
    if (matchMedia('(prefers-color-scheme: dark)').matches) GP.state.theme = 'dark';
    document.documentElement.dataset.theme = GP.state.theme;
    Object.assign(GP.state, { view2: 'diff', swipe: 50, pair: 0 });
    GP.hash.write = () => {};
  }
  GP.startCompare = async function (map) {
    const all = await GP.readModel();
    begin(all);
    const parts = GP.compareShell(map, all),
      v = await GP.compareViews(map, all),
      c = context(all, v),
      surfaces = [v.one, ...v.views.flatMap(w => [w.diff, w.two])],
      mode = () => GP.compareMode(map, v, parts);
    GP.idle = () => surfaces.every(s => !map.hasLayer(s) || s.idle());
    map.on('move zoomend resize', () => GP.compareClip(map, parts));
    GP.on('view2 swipe', mode);
    GP.on('pair', () => {
      c.look(GP.state.pair);
      GP.marks.clearLayers();
      draw(c, parts);
      mode();
      GP.announce(c.label(c.m.b));
    });
    GP.on('lang', () => draw(c, parts));
    GP.on('theme', () => {
      document.documentElement.dataset.theme = GP.state.theme;
      surfaces.forEach(s => s.refresh());
      GP.clear(parts.theme).append(GP.icon(GP.state.theme === 'dark' ? 'sun' : 'moon'));
    });
    draw(c, parts);
    mode();
    window.gpReady = true;
  };
})();
