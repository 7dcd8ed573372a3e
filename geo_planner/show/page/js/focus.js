/* What is selected, on the map: its parties drawn again on top and named, all else dimmed, and the flight to them. */
(function () {
  const MOST = 60;

  function show(layerId, id, role, bounds) {
    const layer = GP.byId[GP.mainLayer(layerId, id)],
      i = layer && id ? layer.find(id) : -1;
    if (i < 0) return;
    GP.mark(layer, i, role);
    bounds.extend(layer.bounds(i));
    name(layer, i, role);
  }
  /* The name of a party beside it; a node, never markup. */
  function name(layer, i, role) {
    const text = layer.text(i, 'id'),
      icon = L.divIcon({ className: 'gp-party gp-party-' + role, html: GP.h('span', { text }), iconSize: [0, 0] });
    L.marker(layer.bounds(i).getCenter(), { icon, interactive: false, keyboard: false }).addTo(GP.marks);
  }
  function findings(list, bounds) {
    const f = GP.findings,
      seen = new Set(),
      party = (layer, id, role, where) => {
        const key = layer + '|' + id;
        if (!layer || !id || seen.has(key)) return;
        seen.add(key);
        show(layer, id, role, where);
      };
    const parties = L.latLngBounds([]),
      evidence = L.latLngBounds([]);
    for (const i of list.slice(0, MOST)) {
      party(f.layer[i], f.id[i], 'subject', parties);
      party(f.olayer[i], f.oid[i], 'other', parties);
      for (const e of GP.evidence(i)) {
        GP.mark(e.layer, e.i, 'evidence');
        evidence.extend(e.layer.bounds(e.i));
      }
    }
    const wide = parties.isValid() && GP.isWide(parties);
    if (evidence.isValid()) bounds.extend(evidence);
    if (parties.isValid() && (!wide || !evidence.isValid())) bounds.extend(parties);
  }
  /* The way of each utility that a finding of the cause names, from its source on. */
  function paths(c) {
    const proof = GP.model.proofs[c.key],
      named = new Set(c.f.map(i => GP.findings.oid[i]));
    for (const p of proof ? proof.parties : []) {
      if (!p.path || !p.blocking || !named.has(p.blocking.id)) continue;
      for (const id of p.path) {
        const layer = GP.byId[GP.mainLayer(p.layer, id)],
          i = layer ? layer.find(id) : -1;
        if (i >= 0) GP.mark(layer, i, 'path');
      }
    }
  }
  function highlight() {
    const s = GP.state.select,
      bounds = L.latLngBounds([]);
    GP.marks.clearLayers();
    const dim = !!s && (s.f !== undefined || (s.c !== undefined && GP.model.causes[s.c].f.length > 0));
    GP.map.getContainer().classList.toggle('gp-dim', dim);
    if (!s) return bounds;
    if (s.c !== undefined) {
      paths(GP.model.causes[s.c]);
      findings(GP.model.causes[s.c].f, bounds);
    } else if (s.f !== undefined) findings([s.f], bounds);
    else if (s.layer) show(s.layer, s.id, 'subject', bounds);
    else if (s.u !== undefined) {
      const u = GP.unknown[s.u];
      if (u.layer) for (const id of u.ids.slice(0, MOST)) show(u.layer, id, 'subject', bounds);
    } else if (s.many)
      for (const [layer, i] of s.many) {
        GP.mark(layer, i, 'subject');
        bounds.extend(layer.bounds(i));
      }
    return bounds;
  }
  GP.fly = function (always) {
    const bounds = highlight(),
      s = GP.state.select;
    if (bounds.isValid() && (always || !s.stay)) GP.flyTo(bounds);
  };
  /* Whether a box spans so much of the plan that it is about the whole of it and not about a place. */
  GP.isWide = function (bounds) {
    const m = GP.model.bounds;
    return (
      bounds.getEast() - bounds.getWest() > (m[2] - m[0]) * 0.45 &&
      bounds.getNorth() - bounds.getSouth() > (m[3] - m[1]) * 0.45
    );
  };
})();
