/* Puts the page together: the frame first, then the blocks as they are decoded, then the state from the address. */
(function () {
  const h = GP.h,
    root = document.documentElement,
    tabs = ['verdict', 'worklist', 'findings', 'layers', 'figures', 'about'],
    bodies = {};
  let title, sub, scores, theme;

  function settings(m) {
    GP.state.off = { ok: true };
    GP.state.lang = m.lang;
    if (matchMedia('(prefers-color-scheme: dark)').matches) GP.state.theme = 'dark';
    try {
      const kept = JSON.parse(localStorage.getItem('geo-planner') || '{}');
      if (kept.theme) GP.state.theme = kept.theme;
    } catch (e) {
      /* nothing is kept here */
    }
    Object.assign(GP.state, GP.hash.read());
    if (!m.verdict.items.length) tabs.splice(0, 2);
    if (!tabs.includes(GP.state.tab)) GP.state.tab = tabs[0];
  }

  // ---- frame --------------------------------------------------------------------------------------------------
  function tabButton(k) {
    const keydown = e => {
      const to = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (!to) return;
      const next = tabs[(tabs.indexOf(k) + to + tabs.length) % tabs.length];
      GP.set({ tab: next });
      document.getElementById('gp-t-' + next).focus();
    };
    const button = h('button', {
      type: 'button',
      role: 'tab',
      id: 'gp-t-' + k,
      'aria-controls': 'gp-p-' + k,
      on: { click: () => GP.set({ tab: k }), keydown },
    });
    return GP.say(button, k === 'verdict' ? 'verdict_tab' : k);
  }
  function panels() {
    const nav = h('div', { class: 'gp-tabs', role: 'tablist' });
    tabs.forEach(k => {
      const about = { class: 'gp-panel gp-panel-' + k, role: 'tabpanel', id: 'gp-p-' + k };
      bodies[k] = h('section', Object.assign(about, { 'aria-labelledby': 'gp-t-' + k }));
      nav.append(tabButton(k));
    });
    return nav;
  }
  function brand() {
    const click = () => GP.set({ lang: GP.state.lang === 'zh' ? 'en' : 'zh' });
    const lang = h(
      'button',
      { type: 'button', class: 'gp-text-b', id: 'gp-lang', on: { click } },
      GP.icon('lang', 14),
      GP.say(h('span'), 'language'),
    );
    theme = GP.button('theme', 'moon', () => GP.set({ theme: GP.state.theme === 'dark' ? 'light' : 'dark' }), {
      id: 'gp-theme',
    });
    title = h('h1');
    sub = h('p', { class: 'gp-sub' });
    scores = h('div', { class: 'gp-word-over-all' });
    const names = h('div', { class: 'gp-grow' }, title, sub);
    return h('header', { class: 'gp-top' }, h('div', { class: 'gp-brand' }, names, lang, theme), scores);
  }
  function skipLink() {
    const click = e => {
      e.preventDefault();
      GP.set({ tab: 'findings' });
      document.getElementById('gp-list').focus();
    };
    return GP.say(h('a', { class: 'gp-skip', href: '#gp-list', on: { click } }), 'skip_link');
  }
  /* The page around the map; returns the hosts that parts are put into later. */
  function frame(map, m) {
    GP.live = h('div', { class: 'gp-sr', 'aria-live': 'polite', role: 'status', id: 'gp-live' });
    const nav = panels(),
      side = h('aside', { class: 'gp-side', id: 'gp-side' }, brand(), nav, ...Object.values(bodies)),
      hosts = { detail: h('article', { class: 'gp-detail', hidden: true }), dock: h('section', { class: 'gp-dock' }) },
      stage = h('main', { class: 'gp-stage' }),
      holder = h('div', { class: 'gp-map' }),
      box = map.getContainer();
    GP.parts.side = side;
    document.body.prepend(skipLink());
    box.replaceWith(stage);
    holder.append(box);
    stage.append(holder, hosts.dock);
    if (m.meta.schematic) holder.append(GP.say(h('div', { class: 'gp-banner', role: 'note' }), 'schematic'));
    holder.append(hosts.detail);
    document.body.append(side, GP.live);
    document.body.insertBefore(side, stage);
    document.body.classList.add('gp');
    root.dataset.theme = GP.state.theme;
    return hosts;
  }
  function firstView(map, m) {
    map.invalidateSize({ pan: false });
    const v = GP.state.view,
      corners = [
        [m.bounds[1], m.bounds[0]],
        [m.bounds[3], m.bounds[2]],
      ];
    if (v) map.setView([v[0], v[1]], v[2], { animate: false });
    else map.fitBounds(corners, { animate: false, padding: [24, 24] });
  }

  // ---- data ---------------------------------------------------------------------------------------------------
  /* Which evidence is about a park, or as wide as the plan. */
  function wideRows(layer) {
    const { n, bb, cols } = layer.data,
      m = GP.model.bounds,
      most = (((m[2] - m[0]) * 0.4) / 360) * GP.WORLD, // boxes narrower than this need no closer look
      out = new Uint8Array(n);
    for (let i = 0; i < n; i++)
      if (GP.findings.layer[cols.f.d[i]] === 'parks' || bb[i * 4 + 2] - bb[i * 4] > most)
        out[i] = GP.findings.layer[cols.f.d[i]] === 'parks' || GP.isWide(layer.bounds(i)) ? 1 : 0;
    return out;
  }
  function take(m, loaded) {
    const severity = GP.findings.cols && GP.findings.cols.severity;
    m.layers.forEach((spec, i) => {
      if (spec.borrows) loaded[i] = GP.borrow(loaded[i], loaded[m.layers.findIndex(s => s.id === spec.borrows)]);
      const { cols } = loaded[i];
      if (spec.finding) cols.severity = Object.assign({}, severity, { d: cols.f.d.map(f => severity.d[f]) });
      const layer = new GP.Layer(spec, loaded[i]);
      GP.layers.push(layer);
      GP.byId[spec.id] = layer;
    });
    for (const l of GP.layers.filter(x => x.spec.finding)) l.wide = wideRows(l);
    const { hidden, style } = GP.state;
    for (const id in hidden) if (GP.byId[id] && hidden[id]) GP.byId[id].shown = hidden[id] === 2;
    for (const id in style) if (GP.byId[id]) GP.byId[id].useStyle(style[id]);
  }
  GP.evidenceOf = hit => hit.layer.data.cols.f.d[hit.i];
  /* One source layer may be packed as several: by kind of pipe or of geometry. */
  GP.mainLayer = (source, id) => {
    if (GP.byId[source]) return source;
    for (const l of GP.layers) if (l.spec.source === source && l.find(id) >= 0) return l.id;
    return source;
  };

  // ---- words and looks ----------------------------------------------------------------------------------------
  function overall() {
    GP.clear(scores);
    if (GP.model.verdict.items.length) scores.append(GP.overallLine());
  }
  function words() {
    const m = GP.model,
      name = GP.pick(m.meta.title) || m.meta.name;
    root.lang = GP.state.lang === 'zh' ? 'zh-CN' : 'en';
    document.title = name + ' · ' + GP.t('app');
    title.textContent = name;
    title.classList.toggle('gp-long', name.length > (GP.state.lang === 'zh' ? 14 : 26));
    sub.textContent = GP.t('app') + (m.meta.asOf ? ' · ' + GP.t('as_of') + ' ' + m.meta.asOf : '');
    overall();
    for (const [e, attribute, key] of GP.said) GP.relabel(e, attribute, key);
  }
  function showTab() {
    tabs.forEach(k => {
      const on = GP.state.tab === k,
        b = document.getElementById('gp-t-' + k);
      bodies[k].hidden = !on;
      b.setAttribute('aria-selected', String(on));
      b.tabIndex = on ? 0 : -1;
    });
  }
  function repaint() {
    GP.surface.refresh();
    root.dataset.theme = GP.state.theme;
    GP.clear(theme).append(GP.icon(GP.state.theme === 'dark' ? 'sun' : 'moon'));
    try {
      localStorage.setItem('geo-planner', JSON.stringify({ theme: GP.state.theme }));
    } catch (e) {
      /* nothing is kept here */
    }
  }
  function listen() {
    GP.on('lang', words);
    GP.on('day auto', () => GP.nextFrame('overall', overall));
    GP.on('tab', showTab);
    GP.on('theme', repaint);
    window.addEventListener('hashchange', () => GP.set(Object.assign({ select: null }, GP.hash.read())));
    words();
    showTab();
  }
  function parts(hosts) {
    GP.setupReview();
    GP.setupEdits();
    GP.setupDetail(hosts.detail);
    if (bodies.verdict) GP.setupVerdict(bodies.verdict);
    if (bodies.worklist) GP.setupWorklist(bodies.worklist);
    GP.setupList(bodies.findings);
    GP.setupLayers(bodies.layers);
    GP.setupTime(hosts.dock);
    GP.setupLegend();
    GP.setupFigures(bodies.figures);
    GP.setupAbout(bodies.about);
    GP.setupPrint();
  }
  const tooOld = () => {
    const said = h('p', { class: 'gp-old', role: 'alert' }, GP.t('too_old'));
    document.body.prepend(said);
  };

  GP.start = async function (map) {
    if (typeof DecompressionStream === 'undefined') return tooOld();
    const m = await GP.readModel();
    const loader = gpLoader(),
      load = id => loader.load(document.getElementById(id)),
      told = m.findings ? load(m.findings.blob) : null,
      blocks = Promise.all(m.layers.map(spec => load(spec.blob)));
    GP.findings = GP.unpackFindings(await told, m.findings ? m.findings.said : []);
    settings(m);
    const hosts = frame(map, m),
      sent = GP.state.view; // a link that names a view keeps it
    firstView(map, m);
    GP.setupMap(map);
    take(m, await blocks);
    loader.done();
    parts(hosts);
    listen();
    if (GP.drawTime) GP.drawTime();
    if (GP.state.tab === 'figures') GP.drawFigures();
    GP.surface.addTo(map);
    GP.labels = new GP.Labels().addTo(map);
    GP.tell();
    if (GP.state.select) {
      if (sent) GP.state.select.stay = true;
      GP.fly(!sent);
    }
    window.gpReady = true;
  };
})();
