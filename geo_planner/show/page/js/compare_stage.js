/* The stage of a comparison: the page around the map, what is drawn of A, of each B and of the difference, and the ways
   of looking at them: the difference, both sides of a line, A or B. */
(function () {
  const h = GP.h,
    MODES = ['diff', 'swipe', 'a', 'b'],
    BASE = ['parks', 'parcels', 'roads'];

  function head(title, sub) {
    const turn = () => GP.set({ lang: GP.state.lang === 'zh' ? 'en' : 'zh' }),
      lang = h('button', { type: 'button', class: 'gp-text-b', id: 'gp-lang', on: { click: turn } }),
      theme = GP.button('theme', 'moon', () => GP.set({ theme: GP.state.theme === 'dark' ? 'light' : 'dark' }));
    lang.append(GP.icon('lang', 14), GP.say(h('span'), 'language'));
    const brand = h('div', { class: 'gp-brand' }, h('div', { class: 'gp-grow' }, title, sub), lang, theme);
    return { top: h('header', { class: 'gp-top' }, brand), theme };
  }
  function modesOf() {
    const out = h('div', { class: 'gp-modes', role: 'radiogroup' });
    for (const k of MODES) {
      const about = { type: 'button', role: 'radio', 'data-mode': k, on: { click: () => GP.set({ view2: k }) } };
      out.append(h('button', about, GP.say(h('span'), 'view_' + k)));
    }
    return out;
  }
  function swipeBar() {
    const bar = h('input', { type: 'range', min: 0, max: 100, class: 'gp-swipe', id: 'gp-swipe', hidden: true });
    bar.addEventListener('input', () => GP.set({ swipe: +bar.value }));
    GP.say(bar, 'swipe_at', 'aria-label');
    return bar;
  }
  /* The page around the map; returns its parts by name. */
  GP.compareShell = function (map, m) {
    GP.live = h('div', { class: 'gp-sr', 'aria-live': 'polite', role: 'status', id: 'gp-live' });
    const parts = {
      title: h('h1'),
      sub: h('p', { class: 'gp-sub' }),
      body: h('div', { class: 'gp-panel gp-panel-figures' }),
      foot: h('footer', { class: 'gp-foot' }),
      box: map.getContainer(),
      modes: modesOf(),
      bar: swipeBar(),
      line: h('div', { class: 'gp-swipeline', hidden: true }),
      legend: h('div', { class: 'gp-difflegend' }),
    };
    const { top, theme } = head(parts.title, parts.sub),
      stage = h('main', { class: 'gp-stage' }),
      holder = h('div', { class: 'gp-map' });
    GP.parts.side = h('aside', { class: 'gp-side' }, top, parts.body, parts.foot);
    parts.box.replaceWith(stage);
    holder.append(parts.box, parts.modes, parts.line, parts.bar, parts.legend);
    if (m.schematic) holder.append(GP.say(h('div', { class: 'gp-banner gp-low', role: 'note' }), 'schematic'));
    stage.append(holder);
    document.body.append(GP.parts.side, stage, GP.live);
    document.body.classList.add('gp');
    const [west, south, east, north] = m.bounds;
    map.invalidateSize({ pan: false });
    map.fitBounds([[south, west], [north, east]], { animate: false, padding: [24, 24] });
    return Object.assign(parts, { theme });
  };

  async function packsOf(layers) {
    const loader = gpLoader(),
      loaded = await Promise.all(layers.map(s => loader.load(document.getElementById(s.blob)))),
      packs = {};
    loader.done();
    layers.forEach((spec, i) => (packs[spec.side] = packs[spec.side] || []).push(new GP.Layer(spec, loaded[i])));
    return packs;
  }
  /* A layer of the plan drawn in grey, below the difference. */
  function pale(l) {
    const grey = { key: '', fill: '#9aa0a6', line: '#9aa0a6', width: 0.7, lineAlpha: 0.5 };
    return Object.assign(Object.create(GP.Layer.prototype), l, {
      mark: new Uint32Array(l.data.n),
      found: new Int32Array(l.found.length),
      style: { by: null, classes: [Object.assign(grey, { alpha: l.spec.source === 'parks' ? 0.04 : 0.1 })] },
      codes: null,
      off: {},
    });
  }
  /* What is drawn of A (`one`) and, of each pair, of B and of the difference. */
  GP.compareViews = async function (map, all) {
    const packs = await packsOf(all.layers);
    GP.byId = {};
    GP.mainLayer = s => s;
    for (const k of ['a', 'b']) map.createPane('gp-' + k).style.zIndex = k === 'a' ? 201 : 202;
    GP.layers = packs.diff0 || [];
    GP.setupMap(map);
    const squash = Math.cos((map.getCenter().lat * Math.PI) / 180),
      make = (layers, pane) => Object.assign(new GP.Surface(layers, { pane }), { squash });
    const views = all.pairs.map((p, k) => {
      const sides = { a: packs.a || [], b: packs['b' + k] || [], diff: packs['diff' + k] || [] },
        base = sides.b.filter(l => BASE.includes(l.spec.source)).map(pale);
      return { sides, diff: make([...base, ...sides.diff], 'tilePane'), two: make(sides.b, 'gp-b') };
    });
    return { one: make(packs.a || [], 'gp-a'), views };
  };

  /* Show what the state asks for: `v` are the views, `parts` the page. */
  GP.compareMode = function (map, v, parts) {
    const { view2, pair } = GP.state,
      now = v.views[pair],
      put = (s, on) => {
        if (on && !map.hasLayer(s)) s.addTo(map);
        if (!on && map.hasLayer(s)) s.remove();
      };
    for (const w of v.views) {
      put(w.diff, w === now && view2 === 'diff');
      put(w.two, w === now && (view2 === 'b' || view2 === 'swipe'));
    }
    put(v.one, view2 === 'a' || view2 === 'swipe');
    GP.surface = { diff: now.diff, a: v.one }[view2] || now.two;
    parts.bar.hidden = parts.line.hidden = view2 !== 'swipe';
    parts.bar.value = GP.state.swipe;
    for (const b of parts.modes.children) b.setAttribute('aria-checked', String(b.dataset.mode === view2));
    parts.legend.hidden = view2 !== 'diff';
    GP.compareClip(map, parts);
  };
  GP.compareClip = function (map, parts) {
    const on = GP.state.view2 === 'swipe',
      at = on ? (parts.box.clientWidth * GP.state.swipe) / 100 : 0,
      nw = map.containerPointToLayerPoint([0, 0]),
      se = map.containerPointToLayerPoint(map.getSize()),
      rect = (left, right) => (on ? `rect(${nw.y}px,${right}px,${se.y}px,${left}px)` : '');
    map.getPane('gp-b').style.clip = rect(nw.x + at, se.x);
    map.getPane('gp-a').style.clip = rect(nw.x, nw.x + at);
    parts.line.style.left = at + 'px';
  };
})();
