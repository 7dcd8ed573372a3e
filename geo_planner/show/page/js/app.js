/* Puts the page together: the frame first, then the blocks as they are decoded, then the state from the address. */
GP.start = async function (map) {
  const h = GP.h, root = document.documentElement;
  const read = id => JSON.parse(document.getElementById(id).textContent);
  const m = GP.model = read('gp-model'), loader = gpLoader(), load = id => loader.load(document.getElementById(id));
  const told = m.findings ? load(m.findings.blob) : null, blocks = Promise.all(m.layers.map(spec => load(spec.blob)));
  const f = GP.findings = GP.unpackFindings(await told, m.findings ? m.findings.said : []);
  GP.state.off = { ok: true };
  GP.state.lang = m.lang;
  if (matchMedia('(prefers-color-scheme: dark)').matches) GP.state.theme = 'dark';
  try { const kept = JSON.parse(localStorage.getItem('geo-planner') || '{}'); if (kept.theme) GP.state.theme = kept.theme; } catch (e) { /* nothing is kept here */ }
  Object.assign(GP.state, GP.hash.read());

  // frame
  GP.live = h('div', { 'class': 'gp-sr', 'aria-live': 'polite', role: 'status', id: 'gp-live' });
  const tabs = ['findings', 'layers', 'figures'], bodies = {}, nav = h('div', { 'class': 'gp-tabs', role: 'tablist' });
  tabs.forEach(k => {
    bodies[k] = h('section', { 'class': 'gp-panel gp-panel-' + k, role: 'tabpanel', id: 'gp-p-' + k, 'aria-labelledby': 'gp-t-' + k });
    nav.append(GP.say(h('button', { type: 'button', role: 'tab', id: 'gp-t-' + k, 'aria-controls': 'gp-p-' + k, on: { click: () => GP.set({ tab: k }), keydown: e => { const to = { ArrowRight: 1, ArrowLeft: -1 }[e.key]; if (to) { const n = tabs[(tabs.indexOf(k) + to + 3) % 3]; GP.set({ tab: n }); document.getElementById('gp-t-' + n).focus(); } } } }), k));
  });
  const title = h('h1'), sub = h('p', { 'class': 'gp-sub' }), scores = h('div', { 'class': 'gp-scores' }), foot = h('footer', { 'class': 'gp-foot' });
  const lang = h('button', { type: 'button', 'class': 'gp-text-b', id: 'gp-lang', on: { click: () => GP.set({ lang: GP.state.lang === 'zh' ? 'en' : 'zh' }) } }, GP.icon('lang', 14), GP.say(h('span'), 'language'));
  const theme = GP.button('theme', 'moon', () => GP.set({ theme: GP.state.theme === 'dark' ? 'light' : 'dark' }), { id: 'gp-theme' });
  const side = GP.parts.side = h('aside', { 'class': 'gp-side', id: 'gp-side' },
    h('header', { 'class': 'gp-top' }, h('div', { 'class': 'gp-brand' }, h('div', { 'class': 'gp-grow' }, title, sub), lang, theme), scores), nav, ...Object.values(bodies), foot);
  const detail = h('article', { 'class': 'gp-detail', hidden: true }), dock = h('section', { 'class': 'gp-dock' }), banner = m.meta.schematic ? GP.say(h('div', { 'class': 'gp-banner', role: 'note' }), 'schematic') : null;
  const stage = h('main', { 'class': 'gp-stage' }), box = map.getContainer();
  document.body.prepend(GP.say(h('a', { 'class': 'gp-skip', href: '#gp-list', on: { click: e => { e.preventDefault(); GP.set({ tab: 'findings' }); document.getElementById('gp-list').focus(); } } }), 'skip_link'));
  const holder = h('div', { 'class': 'gp-map' });
  box.replaceWith(stage);
  holder.append(box);
  stage.append(holder, dock);
  if (banner) holder.append(banner);
  holder.append(detail);
  document.body.append(side, GP.live);
  document.body.insertBefore(side, stage);
  document.body.classList.add('gp');
  root.dataset.theme = GP.state.theme;
  map.invalidateSize({ pan: false });
  const v = GP.state.view;
  if (v) map.setView([v[0], v[1]], v[2], { animate: false });
  else map.fitBounds([[m.bounds[1], m.bounds[0]], [m.bounds[3], m.bounds[2]]], { animate: false, padding: [24, 24] });
  GP.setupMap(map);

  // data
  const loaded = await blocks;
  loader.done();
  m.layers.forEach((spec, i) => { const l = new GP.Layer(spec, loaded[i]); GP.layers.push(l); GP.byId[spec.id] = l; });
  GP.mainLayer = (source, id) => {                // one source layer may be packed as several: by kind of pipe or of geometry
    if (GP.byId[source]) return source;
    for (const l of GP.layers) if (l.spec.source === source && l.find(id) >= 0) return l.id;
    return source;
  };
  GP.evidence = Array.from({ length: f.n }, () => []);
  for (const l of GP.layers) if (l.spec.finding) for (let i = 0; i < l.data.n; i++) GP.evidence[l.data.cols.f.d[i]].push({ layer: l, i });
  GP.evidenceOf = hit => hit.layer.data.cols.f.d[hit.i];
  for (const id in GP.state.hidden) if (GP.byId[id] && GP.state.hidden[id]) GP.byId[id].shown = GP.state.hidden[id] === 2;
  for (const id in GP.state.style) if (GP.byId[id]) GP.byId[id].useStyle(GP.state.style[id]);

  // parts
  if (GP.setupReview) GP.setupReview();
  GP.setupDetail(detail);
  GP.setupList(bodies.findings);
  GP.setupLayers(bodies.layers);
  GP.setupTime(dock);
  GP.setupFigures(bodies.figures);
  if (GP.setupPrint) GP.setupPrint();
  const behind = { plan_first: 's1', underground_first: 's2', industry_first: 's3' };
  function card(item, lead) {                     // a verdict: the word first, then what it is about
    const open = () => {
      GP.set({ tab: 'figures' });
      const e = document.getElementById('gp-fig-' + (behind[item.name] || 'verdict'));
      if (e) { e.open = true; e.scrollIntoView({ block: 'nearest' }); }
    };
    return h('button', { type: 'button', 'class': 'gp-score gp-v-' + item.state + (lead ? ' gp-lead' : ''), title: item.line ? GP.pick(item.line) : '', on: { click: open } },
      h('b', { text: GP.pick(item.word) }), h('span', { text: lead ? GP.t('verdict') : GP.pick(item.title) }));
  }
  function words() {
    root.lang = GP.state.lang === 'zh' ? 'zh-CN' : 'en';
    const name = GP.pick(m.meta.title) || m.meta.name;
    document.title = name + ' · ' + GP.t('app');
    title.textContent = name;
    title.classList.toggle('gp-long', name.length > (GP.state.lang === 'zh' ? 14 : 26));
    sub.textContent = GP.t('app') + (m.meta.asOf ? ' · ' + GP.t('as_of') + ' ' + m.meta.asOf : '') + (m.meta.profile ? ' · ' + m.meta.profile : '');
    GP.clear(scores).append(...(m.verdict.items.length ? [card({ name: 'verdict', state: m.verdict.overall, word: m.verdict.word }, true), ...m.verdict.items.map(v => card(v))] : []));
    GP.clear(foot).append(...[['plan_digest', m.meta.planDigest.slice(0, 12)], ['profile_digest', m.meta.profileDigest.slice(0, 12)], ['version', m.meta.version]].map(([k, x]) => h('span', { title: k === 'plan_digest' ? m.meta.planDigest : k === 'profile_digest' ? m.meta.profileDigest : '' }, GP.t(k) + ' ', h('code', { text: x }))));
    for (const [e, attribute, key] of GP.said) GP.relabel(e, attribute, key);
  }
  function tab() { tabs.forEach(k => { const on = GP.state.tab === k; bodies[k].hidden = !on; const b = document.getElementById('gp-t-' + k); b.setAttribute('aria-selected', String(on)); b.tabIndex = on ? 0 : -1; }); }
  GP.on('lang', words);
  GP.on('tab', tab);
  GP.on('theme', () => { GP.surface.refresh(); root.dataset.theme = GP.state.theme; GP.clear(theme).append(GP.icon(GP.state.theme === 'dark' ? 'sun' : 'moon')); try { localStorage.setItem('geo-planner', JSON.stringify({ theme: GP.state.theme })); } catch (e) { /* nothing is kept here */ } });
  if (!tabs.includes(GP.state.tab)) GP.state.tab = 'findings';
  words(); tab(); if (GP.drawTime) GP.drawTime(); if (GP.state.tab === 'figures') GP.drawFigures();
  window.addEventListener('hashchange', () => GP.set(Object.assign({ select: null }, GP.hash.read())));
  GP.surface.addTo(map);
  GP.labels = new GP.Labels().addTo(map);
  GP.tell();
  if (GP.state.select) { if (v) GP.state.select.stay = true; GP.fly(!v); }   // a link that names a view keeps it
  window.gpReady = true;
};
