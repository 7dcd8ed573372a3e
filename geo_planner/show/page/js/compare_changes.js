/* What was changed from A to B: the flow of land between uses, the dates that moved, and every feature that changed. */
(function () {
  const h = GP.h,
    WIDTH = 350,
    GAP = 14,
    MOST = 200;
  const name = (c, k) => (k === '' ? GP.t('outside') : c.m.codes[k] ? k + ' ' + GP.pick(c.m.codes[k]) : k);
  const ink = (c, ...keys) => (keys.map(k => c.m.codes[k]).find(Boolean) || {}).fill || '#8a8f96';
  const soft = text => h('p', { class: 'gp-soft', text });

  // ---- land ---------------------------------------------------------------------------------------------------
  function short(c, k) {
    const t = name(c, k);
    return t.length > 16 ? t.slice(0, 15) + '…' : t;
  }
  function sums(flows, side) {
    const out = {};
    for (const t of flows) out[t[side]] = (out[t[side]] || 0) + t.area;
    return out;
  }
  /* Where each use begins on its side, the largest first. */
  function places(sum, scale) {
    const at = {};
    let y = 4;
    for (const k of Object.keys(sum).sort((p, q) => sum[q] - sum[p] || (p < q ? -1 : 1))) {
      at[k] = { y, used: 0, h: Math.max(2, sum[k] * scale) };
      y += at[k].h + GAP;
    }
    return at;
  }
  function flow(c, t, [a, b], scale) {
    const w = Math.max(1, t.area * scale),
      y0 = a.y + a.used + w / 2,
      y1 = b.y + b.used + w / 2,
      said = name(c, t.from) + ' → ' + name(c, t.to) + ' ' + GP.num(t.area / 1e4) + ' ha';
    a.used += w;
    b.used += w;
    const about = { d: `M132 ${y0}C172 ${y0} 178 ${y1} 218 ${y1}`, 'stroke-width': w, stroke: ink(c, t.from, t.to) },
      acts = { class: 'gp-flow', tabindex: '0', role: 'button', 'aria-label': said },
      path = h('svg:path', Object.assign(about, acts), h('svg:title', { text: said }));
    const parcels = c.m.changes.filter(x => x.layer === 'parcels'),
      mine = parcels.filter(x => x.column === 'code' && x.before === t.from && x.after === t.to),
      act = () => c.show((mine.length ? mine : parcels).map(x => ['parcels', x.id]));
    path.addEventListener('click', act);
    path.addEventListener('keydown', e => e.key === 'Enter' && act());
    return path;
  }
  function ends(c, at, sum, right) {
    return Object.entries(at).flatMap(([k, p]) => [
      h('svg:rect', { x: right ? 218 : 128, y: p.y, width: 4, height: p.h, fill: ink(c, k) }),
      h('svg:text', {
        x: right ? 226 : 124,
        y: p.y + Math.min(p.h / 2 + 4, p.h + 4) + 1,
        'text-anchor': right ? 'start' : 'end',
        text: short(c, k) + ' ' + GP.num(sum[k] / 1e4),
      }),
    ]);
  }
  GP.compareFlow = function (c) {
    const flows = c.m.transitions.filter(t => t.from !== t.to),
      same = c.m.transitions.filter(t => t.from === t.to).reduce((s, t) => s + t.area, 0);
    if (!flows.length) return '';
    const left = sums(flows, 'from'),
      right = sums(flows, 'to'),
      n = Math.max(Object.keys(left).length, Object.keys(right).length),
      H = Math.max(90, n * 26 + 40),
      scale = (H - GAP * n) / flows.reduce((s, t) => s + t.area, 0),
      A = places(left, scale),
      B = places(right, scale),
      about = { viewBox: `0 0 ${WIDTH} ${H + 8}`, class: 'gp-sankey', role: 'img', 'aria-label': GP.t('land_flow') },
      sorted = flows.slice().sort((p, q) => q.area - p.area),
      svg = h('svg:svg', about, sorted.map(t => flow(c, t, [A[t.from], B[t.to]], scale)));
    svg.append(...ends(c, A, left, false), ...ends(c, B, right, true));
    return GP.compareSection('land_flow', svg, soft(GP.t('kept_land', { n: GP.num(same / 1e4) })));
  };

  // ---- dates --------------------------------------------------------------------------------------------------
  function movedRow(c, r, top) {
    const dates = (r.before || '–') + ' → ' + (r.after || '–'),
      late = r.days > 0,
      style = { width: (Math.abs(r.days || 0) / top) * 50 + '%', [late ? 'left' : 'right']: '50%' },
      n = GP.num(Math.abs(r.days), 0),
      by = r.days === null ? GP.t('date_set') : GP.t(late ? 'days_later' : 'days_earlier', { n });
    return h(
      'button',
      { type: 'button', class: 'gp-moverow', title: dates, on: { click: () => c.show([[r.layer, r.id]]) } },
      h('span', { text: GP.layerName(r.layer) + ' ' + r.id + ' · ' + GP.pick(r) }),
      h('span', { class: 'gp-soft', text: dates }),
      h('span', { class: 'gp-shift' }, h('i', { class: late ? 'gp-late' : 'gp-early', style })),
      h('b', { text: by }),
    );
  }
  const more = n => (n > MOST ? soft(GP.t('more', { n: GP.num(n - MOST) })) : '');
  GP.compareMoved = function (c) {
    const rows = c.m.moved,
      top = Math.max(1, ...rows.map(r => Math.abs(r.days || 0)));
    if (!rows.length) return GP.compareSection('moved', soft(GP.t('no_moved')));
    const shown = rows.slice(0, MOST).map(r => movedRow(c, r, top));
    return GP.compareSection('moved', shown, more(rows.length));
  };

  // ---- features -----------------------------------------------------------------------------------------------
  function changed(c, x) {
    const text = GP.pick(x) + GP.t('colon') + (x.before || '–') + ' → ' + (x.after || '–'),
      what = x.column ? h('span', { class: 'gp-soft', text }) : '';
    return h('li', {}, c.go(GP.layerName(x.layer) + ' ' + x.id, [[x.layer, x.id]]), what);
  }
  function group(c, k, rows) {
    const look = c.m.diff.find(x => x.key === k),
      name_ = h('span', { class: 'gp-grow', text: GP.t(k) });
    return h(
      'details',
      { class: 'gp-fig', id: 'gp-changed-' + k },
      h('summary', {}, GP.swatch('polygon', look), name_, h('b', { text: GP.num(rows.length) })),
      h('ul', { class: 'gp-plain' }, rows.slice(0, MOST).map(x => changed(c, x))),
      more(rows.length),
    );
  }
  GP.compareChanges = function (c) {
    const groups = {};
    for (const x of c.m.changes) (groups[x.change] = groups[x.change] || []).push(x);
    if (!c.m.changes.length) return GP.compareSection('changes', soft(GP.t('no_changes')));
    return GP.compareSection('changes', Object.keys(groups).map(k => group(c, k, groups[k])));
  };
})();
