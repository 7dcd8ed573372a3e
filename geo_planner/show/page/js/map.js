/* The map itself: flying without lost wishes, the highlight, hovering, picking, and the round buttons. */
(function () {
  const h = GP.h;
  let map, box, tip;

  // ---- flying -------------------------------------------------------------------------------------------------
  // Leaflet drops setView and fitBounds while a zoom animation runs: the last wish is kept and granted afterwards.
  let busy = false,
    wish = null;
  function listenToZoom() {
    map.on('zoomanim', () => {
      busy = true;
    });
    map.on('zoomend', () => {
      busy = false;
      if (!wish) return;
      const kept = wish;
      wish = null;
      setTimeout(() => GP.flyTo(kept), 0);
    });
  }
  GP.flyTo = function (bounds) {
    if (busy) {
      wish = bounds;
      return;
    }
    const open = GP.parts.detail && !GP.parts.detail.hidden && window.innerWidth > 800,
      m = GP.model.bounds,
      part = (bounds.getEast() - bounds.getWest()) / (m[2] - m[0] || 1); // what spans the plan needs no air around it
    map.fitBounds(bounds.pad(part > 0.4 ? 0.04 : part > 0.12 ? 0.2 : 0.8), {
      animate: !GP.calm(),
      maxZoom: 19,
      paddingTopLeft: [60, 40],
      paddingBottomRight: [open ? 390 : 24, 40],
    });
  };
  GP.home = () => {
    const [west, south, east, north] = GP.model.bounds;
    GP.flyTo(L.latLngBounds([south, west], [north, east]).pad(-0.28));
  };

  /* Draw one feature again on top, as SVG; `role` is subject, other or evidence. */
  GP.mark = function (layer, i, role) {
    const { kind } = layer.data,
      o = { className: 'gp-hl gp-' + role, interactive: false, fill: kind === 'polygon', pane: 'overlayPane' },
      shape = layer.shape(i);
    if (kind === 'polygon') L.polygon(shape, o).addTo(GP.marks);
    else if (kind === 'line') L.polyline(shape, Object.assign(o, { fill: false })).addTo(GP.marks);
    else for (const p of shape) L.circleMarker(p[0], Object.assign({ radius: 11 }, o)).addTo(GP.marks);
  };

  // ---- hovering and picking -----------------------------------------------------------------------------------
  function label(hit) {
    if (hit.layer.spec.finding) return GP.findings.text(GP.evidenceOf(hit));
    const name = hit.layer.text(hit.i, 'name'),
      id = hit.layer.text(hit.i, 'id');
    return GP.pick(hit.layer.spec) + ' ' + id + (name && name !== id ? ' ' + name : '');
  }
  /* The tip stays within the map and left of an open card. */
  function placeTip(p) {
    const card = GP.parts.detail,
      beside = card && !card.hidden && card.offsetTop < 60 && window.innerWidth > 800,
      right = (beside ? card.offsetLeft : box.clientWidth) - tip.offsetWidth - 8;
    tip.style.left = Math.max(8, Math.min(p.x + 14, right)) + 'px';
    tip.style.top = Math.max(8, Math.min(p.y + 14, box.clientHeight - tip.offsetHeight - 8)) + 'px';
  }
  function hover() {
    let last = null,
      waiting = false;
    const show = () => {
      waiting = false;
      if (!last || GP.measuring) return;
      const hits = GP.surface.pick(last.latlng, 5);
      tip.hidden = !hits.length;
      box.style.cursor = hits.length ? 'pointer' : '';
      if (!hits.length) return;
      tip.textContent = label(GP.meant(hits));
      placeTip(last.containerPoint);
    };
    map.on('mousemove', e => {
      last = e;
      if (!waiting) requestAnimationFrame(show);
      waiting = true;
    });
    map.on('mouseout', () => {
      tip.hidden = true;
      last = null;
    });
  }
  function click(e) {
    if (GP.measuring) return;
    const hits = (GP.hits = GP.surface.pick(e.latlng, 6)),
      top = GP.meant(hits);
    tip.hidden = true;
    if (!top) GP.open(null);
    else if (top.layer.spec.finding) GP.open({ f: GP.evidenceOf(top), stay: true });
    else GP.open({ layer: top.layer.id, id: top.layer.text(top.i, 'id'), stay: true });
  }

  // ---- buttons ------------------------------------------------------------------------------------------------
  function tools() {
    const look = h(
      'div',
      { class: 'gp-set' },
      GP.button('zoom_in', 'plus', () => map.zoomIn(1)),
      GP.button('zoom_out', 'minus', () => map.zoomOut(1)),
      GP.button('whole', 'home', GP.home),
    );
    GP.parts.measure = GP.button('measure', 'ruler', GP.toggleMeasure, { 'aria-pressed': 'false' });
    const print = GP.button('print', 'print', () => window.print()),
      bar = h(
        'div',
        { class: 'gp-tools', role: 'toolbar' },
        look,
        h('div', { class: 'gp-set' }, GP.parts.measure, print),
      );
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.disableScrollPropagation(bar);
    return bar;
  }
  /* Escape closes what is open, wherever the focus is: the ruler, the card, a search, the charts. */
  function escape(e) {
    if (e.key !== 'Escape' || e.defaultPrevented) return;
    if (GP.measuring) GP.toggleMeasure();
    else if (GP.state.select) GP.open(null);
    else if (GP.state.query) GP.set({ query: '' });
    else if (GP.state.dock) GP.set({ dock: false });
  }
  /* Charts take room from the map: a park that was in view whole stays so. */
  function refit() {
    const [west, south, east, north] = GP.model.bounds,
      park = L.latLngBounds([south, west], [north, east]),
      whole = map.getBounds().contains(park);
    map.invalidateSize();
    if (whole && !GP.state.select) map.fitBounds(park, { animate: false });
  }
  GP.setupMap = function (to) {
    GP.map = map = to;
    box = map.getContainer();
    box.setAttribute('role', 'application');
    GP.say(box, 'map', 'aria-label');
    L.control.scale({ imperial: false, maxWidth: 120, position: 'bottomright' }).addTo(map);
    GP.marks = L.layerGroup().addTo(map);
    GP.surface = new GP.Surface();
    GP.surface.squash = Math.cos((map.getCenter().lat * Math.PI) / 180);
    listenToZoom();
    tip = h('div', { class: 'gp-tip', hidden: true });
    box.append(tip, tools());
    hover();
    map.on('click', click);
    map.on('moveend', () => {
      const c = map.getCenter();
      GP.set({ view: [+c.lat.toFixed(5), +c.lng.toFixed(5), map.getZoom()] });
    });
    document.addEventListener('keydown', escape);
    GP.on('dock', () => setTimeout(refit, 0));
  };
})();

GP.toggleMeasure = function () {
  const map = GP.map,
    on = !GP.measuring;
  GP.measuring = on;
  GP.parts.measure.setAttribute('aria-pressed', String(on));
  if (!GP.ruler) GP.startRuler();
  if (on) {
    GP.ruler.points = [];
    GP.ruler.group.clearLayers();
    map.doubleClickZoom.disable();
  } else map.doubleClickZoom.enable();
  GP.ruler.out.hidden = !on && !GP.ruler.points.length;
  GP.ruler.out.textContent = on ? GP.t('measure_hint') : GP.ruler.out.textContent;
  map.getContainer().classList.toggle('gp-measuring', on);
};
GP.startRuler = function () {
  const map = GP.map,
    r = { points: [], group: L.layerGroup().addTo(map), out: GP.h('output', { class: 'gp-measure' }) };
  GP.ruler = r;
  map.getContainer().append(r.out);
  map.on('click', e => {
    if (!GP.measuring) return;
    r.points.push(e.latlng);
    r.group.clearLayers();
    L.polyline(r.points, { className: 'gp-ruler', interactive: false }).addTo(r.group);
    let m = 0;
    for (let i = 1; i < r.points.length; i++) m += map.distance(r.points[i - 1], r.points[i]);
    r.out.textContent = m < 1000 ? Math.round(m) + ' m' : (m / 1000).toFixed(2) + ' km';
  });
  map.on('dblclick', () => {
    if (GP.measuring) GP.toggleMeasure();
  });
};
