/* The way of a utility from its source, drawn on top with heads that show its direction, and the names of parties: at
   any scale the heads stand sixty pixels apart and no name stands on another. */
(function () {
  const APART = 60,
    TALL = 21,
    MOST = 24;
  let lines = [],
    tags = [],
    heads = null;

  const close = (a, b) => Math.hypot(a.lat - b.lat, a.lng - b.lng);
  /* The lines of a path one behind another, each turned so that it begins where the last one ends. */
  function ordered(pieces, start) {
    let last = start;
    return pieces.map(shape => {
      const line = shape.slice().sort((p, q) => q.length - p.length)[0],
        turned = last && close(line[line.length - 1], last) < close(line[0], last) ? line.slice().reverse() : line;
      last = turned[turned.length - 1];
      return turned;
    });
  }
  function head(at, turn) {
    const shape = h => h('svg:path', { d: 'M6 0 -5 -5 -2 0 -5 5z', transform: `rotate(${turn.toFixed(1)})` }),
      svg = GP.h('svg:svg', { viewBox: '-8 -8 16 16', width: 16, height: 16 }, shape(GP.h)),
      icon = L.divIcon({ className: 'gp-way-head', html: svg, iconSize: [16, 16] });
    L.marker(GP.map.containerPointToLatLng(at), { icon, interactive: false, keyboard: false }).addTo(heads);
  }
  function along(line) {
    const points = line.map(p => GP.map.latLngToContainerPoint(p));
    let rest = APART / 2;
    for (let k = 1; k < points.length; k++) {
      const a = points[k - 1],
        b = points[k],
        long = a.distanceTo(b);
      for (; rest < long; rest += APART) {
        const at = L.point(a.x + ((b.x - a.x) * rest) / long, a.y + ((b.y - a.y) * rest) / long);
        if (GP.map.getSize().contains(at) && at.x > 0 && at.y > 0)
          head(at, (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI);
      }
      rest -= long;
    }
  }
  function draw() {
    if (!heads) {
      heads = L.layerGroup().addTo(GP.map);
      GP.map.on('moveend zoomend', draw);
    }
    heads.clearLayers();
    lines.forEach(along);
    named();
  }
  // ---- names --------------------------------------------------------------------------------------------------
  const widthOf = text => [...text].reduce((n, c) => n + (c > '\u2e7f' ? 12 : 7), 14);
  const SIDES = [[0, -18], [0, 18], [1, 0], [-1, 0], [1, -22], [-1, -22], [1, 22], [-1, 22], [0, -42]];
  const boxAt = (at, wide) => L.bounds([at.x - wide / 2, at.y - TALL / 2], [at.x + wide / 2, at.y + TALL / 2]);
  /* Above, below, right or left of a thing, the first place that is free; null where none is. */
  function spot(at, wide, taken) {
    const all = SIDES.map(([right, down]) => boxAt(L.point(at.x + right * (wide / 2 + 12), at.y + down), wide)),
      free = all.find(b => !taken.some(o => o.overlaps(b)));
    if (free) taken.push(free);
    return free ? free.getCenter() : null;
  }
  /* Where no name may stand: below the buttons, the key and the card. */
  function covered() {
    const box = GP.map.getContainer().getBoundingClientRect(),
      over = [...document.querySelectorAll('.gp-tools, .gp-legend, .gp-detail, .gp-banner')].filter(e => !e.hidden);
    return over
      .map(e => e.getBoundingClientRect())
      .map(r => L.bounds([r.left - box.left, r.top - box.top], [r.right - box.left, r.bottom - box.top]));
  }
  function named() {
    const taken = covered();
    for (const { at, text, role } of tags.slice(0, MOST)) {
      const where = spot(GP.map.latLngToContainerPoint(at), widthOf(text), taken);
      if (!where) continue;
      const about = { className: 'gp-party gp-party-' + role, html: GP.h('span', { text }), iconSize: [0, 0] },
        icon = L.divIcon(about),
        place = GP.map.containerPointToLatLng(where);
      L.marker(place, { icon, interactive: false, keyboard: false }).addTo(heads);
    }
  }
  /* Name features, the first before the others: `{ layer, i, role, text }`; a node, never markup. */
  GP.nameParties = function (parties) {
    const seen = new Set();
    tags = parties
      .filter(one => !seen.has(one.layer.id + '|' + one.i) && seen.add(one.layer.id + '|' + one.i))
      .map(({ layer, i, role, text }) => ({ at: layer.bounds(i).getCenter(), role, text }));
    draw();
  };
  const place = (layerId, id) => {
    const layer = GP.byId[GP.mainLayer(layerId, id)],
      i = layer && id ? layer.find(id) : -1;
    return i < 0 ? null : { layer, i };
  };
  /* The way that a proof tells, as features of layers: its pipes from the source on, and its ends by role. */
  GP.wayOf = function (proof) {
    const p = proof ? proof.parties.find(one => one.way) : null;
    if (!p) return { pipes: [], ends: [] };
    const source = place('sources', p.source),
      last = place(p.of.layer, p.of.id),
      ends = [source && Object.assign(source, { role: 'source' }), last && Object.assign(last, { role: 'blocking' })];
    return { pipes: p.path.map(id => place(p.layer, id)).filter(Boolean), ends: ends.filter(Boolean), source };
  };
  /* Draw the way of a proof; returns its ends to be named: what came last, and the source. */
  GP.ways = function (proof) {
    const { pipes, ends, source } = GP.wayOf(proof),
      start = source ? source.layer.bounds(source.i).getCenter() : null;
    pipes.forEach(one => GP.mark(one.layer, one.i, 'path'));
    lines = ordered(pipes.map(one => one.layer.shape(one.i)), start);
    return ends;
  };
})();
