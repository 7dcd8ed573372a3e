/* The layer panel, which is also the legend. */
GP.swatch = function (kind, c) {
  const s = GP.h('svg:svg', { viewBox: '0 0 22 14', width: 22, height: 14, class: 'gp-sw', 'aria-hidden': 'true' }),
    add = (t, a) => s.append(GP.h('svg:' + t, a));
  if (kind === 'polygon')
    add('rect', {
      x: 1,
      y: 1,
      width: 20,
      height: 12,
      rx: 2,
      fill: c.fill,
      'fill-opacity': c.alpha === undefined ? 0.6 : Math.max(c.alpha, 0.08),
      stroke: c.line || c.fill,
      'stroke-width': 1.2,
      'stroke-dasharray': c.dash ? '3 2' : null,
    });
  else if (kind === 'line') {
    if (c.casing) add('path', { d: 'M1 7h20', stroke: c.casing, 'stroke-width': 5 });
    add('path', {
      d: 'M1 7h20',
      stroke: c.line,
      'stroke-width': Math.min(4, Math.max(2, c.width || 2)),
      'stroke-dasharray': c.dash ? c.dash.join(' ') : null,
    });
  } else {
    const d = {
      square: 'M6.500 2.500h9v9h-9z',
      diamond: 'M11 1.500 16.500 7 11 12.500 5.500 7z',
      triangle: 'M11 1.800l5.500 10h-11z',
    }[c.shape];
    if (d) add('path', { d, fill: c.fill, stroke: '#fff', 'stroke-width': 1 });
    else add('circle', { cx: 11, cy: 7, r: 5, fill: c.fill, stroke: '#fff', 'stroke-width': 1 });
  }
  return s;
};

(function () {
  const h = GP.h,
    groups = ['base_group', 'net_group', 'more_group', 'find_group'];
  let host;

  function toggleLayer(ids, on) {
    const hidden = Object.assign({}, GP.state.hidden);
    for (const id of ids) {
      const normal = GP.byId[id].spec.shown !== false;
      hidden[id] = on === normal ? 0 : on ? 2 : 1;
    }
    GP.set({ hidden });
  }
  function toggleClass(layer, key) {
    layer.off[key] = !layer.off[key];
    GP.surface.refresh();
    draw();
  }
  function ground(g) {
    // the base map: on or off, how strong, and what to know of it
    const box = h('input', {
        type: 'checkbox',
        id: 'gp-ground',
        on: { change: e => GP.set({ ground: e.target.checked ? 60 : 0 }) },
      }),
      part = h('input', {
        type: 'range',
        min: 0,
        max: 100,
        step: 5,
        id: 'gp-ground-o',
        class: 'gp-opacity',
        on: { input: e => GP.set({ ground: +e.target.value }) },
      });
    box.checked = GP.state.ground > 0;
    part.value = GP.state.ground;
    part.setAttribute('aria-label', GP.t('opacity'));
    return h(
      'section',
      {},
      h('h3', { class: 'gp-h3', text: GP.t('ground_group') }),
      h(
        'div',
        { class: 'gp-layer' },
        h('label', { class: 'gp-lrow' }, box, h('span', { class: 'gp-grow', text: g.name }), part),
        h('p', { class: g.warn ? 'gp-warn' : 'gp-soft gp-note', text: GP.pick(g.note) }),
      ),
    );
  }
  function groundShown() {
    const pane = GP.map.getPane('gp-ground'),
      part = GP.state.ground;
    if (pane) pane.style.opacity = part / 100;
    for (const layer of GP.layers)
      if (layer.spec.ground) {
        layer.shown = part > 0;
        layer.fade = part / 100;
      }
    GP.surface.refresh();
  }
  const idsOf = p => p.ids.filter(id => GP.byId[id]);

  /* The classes that any feature of the layer has; all of them where the style has no column. */
  function classesUsed(layer) {
    if (!layer.codes) return layer.style.classes.map((c, k) => k);
    const seen = new Uint8Array(256);
    for (let i = 0; i < layer.data.n; i++) seen[layer.classOf[layer.codes[i]]] = 1;
    return layer.style.classes.map((c, k) => k).filter(k => seen[k]);
  }
  GP.classesUsed = classesUsed;

  function heading(p, ids, first, on) {
    const n = ids.reduce((s, id) => s + GP.byId[id].data.n, 0),
      one = first.style.classes.length === 1;
    const box = h('input', {
      type: 'checkbox',
      id: 'gp-l-' + p.ids[0],
      on: { change: e => toggleLayer(ids, e.target.checked) },
    });
    box.checked = on;
    return h(
      'label',
      { class: 'gp-lrow' },
      box,
      one ? GP.swatch(first.data.kind, first.style.classes[0]) : null,
      h('span', { class: 'gp-grow', text: GP.pick(p) }),
      h('span', { class: 'gp-soft', text: GP.num(p.count === undefined ? n : p.count) }),
    );
  }
  function stylePick(p, ids, first) {
    const pick = h(
      'select',
      {
        class: 'gp-select',
        id: 'gp-y-' + p.ids[0],
        'aria-label': GP.t('show_as'),
        on: { change: e => GP.set({ style: Object.assign({}, GP.state.style, { [ids[0]]: +e.target.value }) }) },
      },
      first.spec.styles.map((s, k) => h('option', { value: k, text: GP.pick(s) })),
    );
    pick.value = String(first.styleAt);
    return h('div', { class: 'gp-lstyle' }, h('span', { class: 'gp-soft', text: GP.t('show_as') }), pick);
  }
  function classRow(ids, first, k) {
    const c = first.style.classes[k],
      click = () => {
        for (const id of ids) if (id !== first.id) GP.byId[id].off[c.key] = !first.off[c.key];
        toggleClass(first, c.key);
      };
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', id: 'gp-c-' + first.id + k, 'aria-pressed': String(!first.off[c.key]), on: { click } },
        GP.swatch(first.data.kind, c),
        h('span', { text: GP.pick(c) }),
      ),
    );
  }
  function layerRow(p) {
    const ids = idsOf(p),
      first = GP.byId[ids[0]],
      on = ids.some(id => GP.byId[id].shown),
      item = h('div', { class: 'gp-layer' + (on ? '' : ' gp-offl') }, heading(p, ids, first, on));
    if (first.spec.styles.length > 1 && on) item.append(stylePick(p, ids, first));
    if (first.style.classes.length > 1 && on)
      item.append(
        h(
          'ul',
          { class: 'gp-classes' },
          classesUsed(first).map(k => classRow(ids, first, k)),
        ),
      );
    return item;
  }
  function draw() {
    if (GP.state.tab !== 'layers') return;
    const top = host.scrollTop,
      focus = document.activeElement && document.activeElement.id;
    GP.clear(host);
    groups.forEach(g => {
      const mine = GP.model.panel.filter(p => p.group === g && idsOf(p).length);
      if (!mine.length) return;
      host.append(h('h3', { class: 'gp-h3', text: GP.t(g) }), ...mine.map(layerRow));
    });
    if (GP.model.ground) host.append(ground(GP.model.ground));
    host.scrollTop = top;
    const again = focus && document.getElementById(focus);
    if (again) again.focus({ preventScroll: true });
  }
  function apply() {
    for (const layer of GP.layers) {
      const v = GP.state.hidden[layer.id];
      if (!layer.spec.ground) layer.shown = v ? v === 2 : layer.spec.shown !== false;
      const k = GP.state.style[layer.id] || 0;
      if (layer.styleAt !== k) layer.useStyle(k);
    }
    const { hexagons, parcels } = GP.byId; // two fills are not laid over each other
    if (parcels) parcels.fade = hexagons && hexagons.shown ? 0.25 : 1;
    GP.surface.refresh();
    draw();
  }
  GP.setupLayers = function (to) {
    host = to;
    if (GP.model.ground) {
      GP.on('ground', () => {
        groundShown();
        if (document.activeElement.id !== 'gp-ground-o') draw();
        else document.getElementById('gp-ground').checked = GP.state.ground > 0;
      });
      groundShown();
    }
    GP.on('hidden style', apply);
    GP.on('lang tab', draw);
    draw();
  };
})();
