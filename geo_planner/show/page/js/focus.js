/* What is selected, on the map: its parties drawn again on top and named, all else dimmed, and the flight to them. */
(function () {
  const MOST = 60,
    ROLES = ['subject', 'other', 'evidence'],
    ORDER = ['source', 'blocking', 'subject', 'other'];

  let named = [];

  function show(layerId, id, role, bounds) {
    const layer = GP.byId[GP.mainLayer(layerId, id)],
      i = layer && id ? layer.find(id) : -1;
    if (i < 0) return;
    GP.mark(layer, i, role);
    bounds.extend(layer.bounds(i));
    if (!named.some(one => one.id === id)) named.push({ layer, i, role, id, text: id });
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
  /* The ways that a proof names, each with what came last on it and its source. */
  function ways(s, bounds) {
    const roles = new Set();
    for (const { layer, i, role } of GP.ways(GP.proofOf(s))) {
      GP.mark(layer, i, role);
      named.push({ layer, i, role, id: layer.text(i, 'id'), text: GP.t('role_' + role) + ' ' + layer.text(i, 'id') });
      bounds.extend(layer.bounds(i));
      roles.add(role).add('path');
    }
    GP.keyOf(s && (s.c !== undefined || s.f !== undefined) ? [...ROLES, ...roles] : []);
  }
  function highlight() {
    named = [];
    const bounds = marked();
    ways(GP.state.select, bounds);
    named.sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
    GP.nameParties(named);
    return bounds;
  }
  function marked() {
    const s = GP.state.select,
      bounds = L.latLngBounds([]);
    GP.marks.clearLayers();
    const dim = !!s && (s.f !== undefined || (s.c !== undefined && GP.model.causes[s.c].f.length > 0));
    GP.map.getContainer().classList.toggle('gp-dim', dim);
    if (!s) return bounds;
    if (s.c !== undefined) findings(GP.model.causes[s.c].f, bounds);
    else if (s.f !== undefined) findings([s.f], bounds);
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
