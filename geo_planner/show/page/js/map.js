/* The map itself: flying without lost wishes, the highlight, hovering, picking, measuring and the round buttons. */
GP.setupMap = function (map) {
  const h = GP.h,
    box = map.getContainer();
  GP.map = map;
  box.setAttribute('role', 'application');
  GP.say(box, 'map', 'aria-label');
  L.control.scale({ imperial: false, maxWidth: 120, position: 'bottomright' }).addTo(map);
  GP.marks = L.layerGroup().addTo(map);
  GP.surface = new GP.Surface();
  GP.surface.squash = Math.cos((map.getCenter().lat * Math.PI) / 180);

  // Leaflet drops setView and fitBounds while a zoom animation runs: the last wish is kept and granted afterwards.
  let busy = false,
    wish = null;
  map.on('zoomanim', () => {
    busy = true;
  });
  map.on('zoomend', () => {
    busy = false;
    if (wish) {
      const w = wish;
      wish = null;
      setTimeout(() => GP.flyTo(w), 0);
    }
  });
  GP.flyTo = function (bounds) {
    if (busy) {
      wish = bounds;
      return;
    }
    const open = GP.parts.detail && !GP.parts.detail.hidden && window.innerWidth > 800;
    const m = GP.model.bounds,
      part = (bounds.getEast() - bounds.getWest()) / (m[2] - m[0] || 1); // what spans the plan needs no air around it
    map.fitBounds(bounds.pad(part > 0.4 ? 0.04 : 0.8), {
      animate: !GP.calm(),
      maxZoom: 19,
      paddingTopLeft: [60, 40],
      paddingBottomRight: [open ? 390 : 24, 40],
    });
  };
  GP.home = () =>
    GP.flyTo(
      L.latLngBounds([GP.model.bounds[1], GP.model.bounds[0]], [GP.model.bounds[3], GP.model.bounds[2]]).pad(-0.28),
    );

  /* Draw one feature again on top, as SVG; `role` is subject, other or evidence. */
  GP.mark = function (layer, i, role) {
    const o = {
        className: 'gp-hl gp-' + role,
        interactive: false,
        fill: layer.data.kind === 'polygon',
        pane: 'overlayPane',
      },
      shape = layer.shape(i);
    const drawn =
      layer.data.kind === 'polygon'
        ? L.polygon(shape, o)
        : layer.data.kind === 'line'
          ? L.polyline(shape, Object.assign(o, { fill: false }))
          : L.featureGroup(shape.map(p => L.circleMarker(p[0], Object.assign({ radius: 11 }, o))));
    drawn.addTo(GP.marks);
  };

  const tip = h('div', { class: 'gp-tip', hidden: true });
  box.append(tip);
  let last = null,
    waiting = false;
  const label = hit => {
    if (hit.layer.spec.finding) return GP.findings.text(GP.evidenceOf(hit));
    const name = hit.layer.text(hit.i, 'name'),
      id = hit.layer.text(hit.i, 'id');
    return GP.pick(hit.layer.spec) + ' ' + id + (name && name !== id ? ' ' + name : '');
  };
  map.on('mousemove', e => {
    last = e;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (!last || GP.measuring) return;
      const hits = GP.surface.pick(last.latlng, 5);
      tip.hidden = !hits.length;
      box.style.cursor = hits.length ? 'pointer' : '';
      if (!hits.length) return;
      tip.textContent = label(hits[0]);
      const p = last.containerPoint,
        w = box.clientWidth;
      tip.style.left = Math.min(p.x + 14, w - tip.offsetWidth - 8) + 'px';
      tip.style.top = p.y + 14 + 'px';
    });
  });
  map.on('mouseout', () => {
    tip.hidden = true;
    last = null;
  });
  map.on('click', e => {
    if (GP.measuring) return;
    const hits = GP.surface.pick(e.latlng, 6);
    GP.hits = hits;
    if (!hits.length) {
      GP.set({ select: null });
      return;
    }
    const top = hits[0];
    GP.set({
      select: top.layer.spec.finding
        ? { f: GP.evidenceOf(top), stay: true }
        : { layer: top.layer.id, id: top.layer.text(top.i, 'id'), stay: true },
    });
  });
  map.on('moveend', () => {
    const c = map.getCenter();
    GP.set({ view: [+c.lat.toFixed(5), +c.lng.toFixed(5), map.getZoom()] });
  });

  // buttons
  const bar = h(
    'div',
    { class: 'gp-tools', role: 'toolbar' },
    h(
      'div',
      { class: 'gp-set' },
      GP.button('zoom_in', 'plus', () => map.zoomIn(1)),
      GP.button('zoom_out', 'minus', () => map.zoomOut(1)),
      GP.button('whole', 'home', GP.home),
    ),
    h(
      'div',
      { class: 'gp-set' },
      (GP.parts.measure = GP.button('measure', 'ruler', GP.toggleMeasure, { 'aria-pressed': 'false' })),
      GP.button('print', 'print', () => window.print()),
    ),
  );
  L.DomEvent.disableClickPropagation(bar);
  L.DomEvent.disableScrollPropagation(bar);
  box.append(bar);
};

GP.toggleMeasure = function () {
  const map = GP.map,
    on = !GP.measuring;
  GP.measuring = on;
  GP.parts.measure.setAttribute('aria-pressed', String(on));
  if (!GP.ruler) {
    GP.ruler = { points: [], group: L.layerGroup().addTo(map), out: GP.h('output', { class: 'gp-measure' }) };
    map.getContainer().append(GP.ruler.out);
    map.on('click', e => {
      if (!GP.measuring) return;
      const r = GP.ruler;
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
  }
  if (on) {
    GP.ruler.points = [];
    GP.ruler.group.clearLayers();
    map.doubleClickZoom.disable();
  } else map.doubleClickZoom.enable();
  GP.ruler.out.hidden = !on && !GP.ruler.points.length;
  GP.ruler.out.textContent = on ? GP.t('measure_hint') : GP.ruler.out.textContent;
  GP.map.getContainer().classList.toggle('gp-measuring', on);
};
