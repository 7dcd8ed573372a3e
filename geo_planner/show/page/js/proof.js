/* Proof in time: every party of one or more findings as a bar, and the broken gap between them in red with its days. */
(function () {
  const h = GP.h,
    WIDTH = 324,
    ROW = 30,
    TOP = 6,
    MOST_ROWS = 10,
    MOST_FINDINGS = 4;

  function ink(layer, i) {
    const c = layer.style.classes[layer.cls(i)];
    return c.line || c.fill;
  }
  function approvalName(kind) {
    const layer = GP.byId.approvals,
      label = layer && layer.spec.labels.kind,
      words = label && label[3] && label[3][kind];
    return words ? GP.pick({ zh: words[0], en: words[1] }) : GP.layerName('approvals');
  }
  function party(layerId, id) {
    const layer = GP.byId[GP.mainLayer(layerId, id)],
      i = layer && id ? layer.find(id) : -1;
    if (i < 0) return null;
    const on = column => (column ? column[i] : GP.NO_DAY),
      start = on(layer.start),
      finish = on(layer.finish);
    if (start === GP.NO_DAY && finish === GP.NO_DAY) return null;
    return { layer: layerId, id, label: GP.pick(layer.spec) + ' ' + id, fill: ink(layer, i), start, finish, gaps: [] };
  }
  /* The approvals of a parcel, each on its day. */
  function approvals(id) {
    const layer = GP.byId.approvals;
    if (!layer || !layer.start) return [];
    return layer
      .where('parcel', id)
      .map(i => {
        const about = { layer: 'approvals', id: layer.text(i, 'id'), fill: ink(layer, i), gaps: [], point: true };
        return Object.assign(about, {
          label: approvalName(layer.text(i, 'kind')),
          start: layer.start[i],
          finish: layer.start[i],
        });
      })
      .filter(r => r.start !== GP.NO_DAY)
      .sort((a, b) => a.start - b.start);
  }
  function rowsOf(list) {
    const f = GP.findings,
      rows = new Map();
    const add = row => {
      if (row && rows.size < MOST_ROWS && !rows.has(row.layer + row.id)) rows.set(row.layer + row.id, row);
      return row ? rows.get(row.layer + row.id) : null;
    };
    for (const i of list.slice(0, MOST_FINDINGS)) {
      const subject = add(party(f.layer[i], f.id[i]));
      if (f.layer[i] === 'parcels' && GP.family(f.code[i]) === 'pb') approvals(f.id[i]).forEach(add);
      const other = add(party(f.olayer[i], f.oid[i])),
        late = other || subject; // the gap stands on the bar of the party that came too late
      if (late && f.from[i] !== GP.NO_DAY) late.gaps.push({ from: f.from[i], to: f.to[i] });
    }
    return [...rows.values()];
  }
  // ---- rows of a cause, as Python told them: its bars, its gaps and its dates after a repair ---------------------
  const dayOf = iso => (iso ? Math.round(Date.parse(iso) / 864e5) : GP.NO_DAY);
  const span2 = bar => ({ start: dayOf(bar.from), finish: dayOf(bar.to) });
  function told(p) {
    if (!p.bar) return null;
    const layer = GP.byId['pipes-' + p.kind] || GP.byId[p.layer],
      row = { layer: p.of.layer, id: p.of.id, label: GP.pick(p.label), gaps: [], point: p.bar.from === p.bar.to };
    row.fill = layer ? ink(layer, 0) : '#5b7f95';
    if (p.gap) row.gaps.push({ from: dayOf(p.gap.from), to: dayOf(p.gap.to), days: p.gap.days });
    if (p.after) row.after = span2(p.after);
    return Object.assign(row, span2(p.bar));
  }
  /* The proof of what is selected: of a cause, or of a finding that is the gravest of its cause. */
  GP.proofOf = function (s) {
    if (!s) return null;
    const k = s.c !== undefined ? s.c : s.f !== undefined ? GP.causeOf[s.f] : -1,
      proof = k >= 0 ? GP.model.proofs[GP.model.causes[k].key] : null;
    return proof && (s.c !== undefined || proof.finding === GP.findings.name(s.f)) ? proof : null;
  };

  // ---- drawing ------------------------------------------------------------------------------------------------
  function span(rows) {
    const more = r => (r.after ? [r.after.start, r.after.finish] : []),
      days = rows.flatMap(r => [r.start, r.finish, ...more(r), ...r.gaps.flatMap(g => [g.from, g.to])]),
      known = days.filter(d => d !== GP.NO_DAY),
      a = Math.min(...known),
      e = Math.max(...known),
      pad = Math.max(45, (e - a) * 0.06);
    return [a - pad, e + pad];
  }
  function axis(svg, x, a, e, height) {
    const from = new Date(a * 864e5).getUTCFullYear() + 1,
      to = new Date(e * 864e5).getUTCFullYear(),
      every = Math.max(1, Math.ceil((to - from + 1) / 6));
    for (let y = from; y <= to; y += every) {
      const at = x(Date.UTC(y, 0, 1) / 864e5);
      svg.append(h('svg:path', { d: `M${at.toFixed(1)} 0V${height - 16}`, class: 'gp-grid' }));
      if (at > 16 && at < WIDTH - 16)
        svg.append(h('svg:text', { x: at, y: height - 3, 'text-anchor': 'middle', text: String(y) }));
    }
  }
  function bar(r, y, x, e) {
    const a = r.start === GP.NO_DAY ? r.finish : r.start,
      b = r.finish === GP.NO_DAY ? e : r.finish,
      open = r.start !== GP.NO_DAY && r.finish === GP.NO_DAY;
    if (r.point || r.start === GP.NO_DAY) {
      const d = `M${x(a).toFixed(1)} ${y + 15}l6 6-6 6-6-6z`;
      return h('svg:path', { d, fill: r.fill, class: 'gp-when-mark' });
    }
    const width = Math.max(2, x(b) - x(a)),
      about = { x: x(a), y: y + 16, width, height: 10, rx: 3, fill: r.fill };
    return h('svg:rect', Object.assign(about, { class: 'gp-party-bar' + (open ? ' gp-open-end' : '') }));
  }
  /* The broken gap: from the day on which the finding begins to the day on which it ends, or on and on. */
  function gap({ from, to, days }, y, x, e) {
    const ends = to !== GP.NO_DAY,
      b = ends ? to : e,
      n = typeof days === 'number' ? days : b - from,
      left = x(from),
      width = Math.max(3, x(b) - left),
      text = ends ? GP.t('gap_days', { n: GP.num(n, 0) }) : GP.t('gap_since', { a: GP.iso(from) }),
      right = left + width + 4 < WIDTH - 70;
    return [
      h('svg:rect', { x: left, y: y + 13, width, height: 16, class: 'gp-gap' + (ends ? '' : ' gp-open-end') }),
      h('svg:text', {
        x: right ? left + width + 4 : Math.max(2, left - 4),
        y: y + 25,
        'text-anchor': right || left < 70 ? 'start' : 'end',
        class: 'gp-gap-text',
        text,
      }),
    ];
  }
  /* The dates after a repair, in green below the bar. */
  function after(r, y, x) {
    if (!r.after) return [];
    const a = x(r.after.start),
      width = Math.max(6, x(r.after.finish) - a),
      days = [...new Set([r.after.start, r.after.finish])].map(GP.iso).join(' – '),
      about = { x: width > 6 ? a : a - 3, y: y + 28, width, height: 3, rx: 1, class: 'gp-after' };
    return [h('svg:rect', about, h('svg:title', { text: GP.t('after_repair') + GP.t('colon') + days }))];
  }
  const opens = r => GP.open({ layer: GP.mainLayer(r.layer, r.id), id: r.id, stay: true });
  /* The same by keys: Enter opens the party, the arrows move it by a day, with Shift by thirty. */
  function keys(g, r) {
    g.addEventListener('keydown', e => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (e.key !== 'Enter' && e.key !== ' ' && !step) return;
      e.preventDefault();
      if (step) GP.edits.shift(r.layer, r.id, step * (e.shiftKey ? 30 : 1));
      else opens(r);
    });
  }
  /* Dragging the bar of a party proposes to move it by whole days; a click without a move opens it. */
  function drag(g, r, scale) {
    let from = null,
      days = 0;
    g.addEventListener('pointerdown', e => {
      from = e.clientX;
      days = 0;
      g.setPointerCapture(e.pointerId);
    });
    g.addEventListener('pointermove', e => {
      if (from === null) return;
      const svg = g.ownerSVGElement.getBoundingClientRect();
      days = Math.round(((e.clientX - from) / svg.width) * scale);
      const moved = g.querySelector('.gp-party-bar, .gp-when-mark');
      if (moved) moved.setAttribute('transform', `translate(${(days / scale) * WIDTH} 0)`);
      g.querySelector('title').textContent = GP.t(days < 0 ? 'days_earlier' : 'days_later', { n: Math.abs(days) });
    });
    g.addEventListener('pointerup', () => {
      if (from !== null && days) GP.edits.shift(r.layer, r.id, days);
      else if (from !== null) opens(r);
      from = null;
    });
  }
  function row(r, k, x, e) {
    const y = TOP + k * ROW,
      dates = [r.start, r.finish]
        .filter((d, n, all) => d !== GP.NO_DAY && all.indexOf(d) === n)
        .map(GP.iso)
        .join(' – '),
      gaps = r.gaps.flatMap(one => gap(one, y, x, e)),
      said = [r.label, dates, ...gaps.map(one => one.textContent)].filter(Boolean).join(GP.t('comma')),
      about = { class: 'gp-proof-row', 'data-id': r.id, tabindex: '0', role: 'button', 'aria-label': said },
      g = h('svg:g', about, h('svg:title', { text: dates }));
    g.append(
      h('svg:rect', { x: 0, y, width: WIDTH, height: ROW, fill: 'transparent' }),
      h('svg:text', { x: 0, y: y + 10, text: r.label }),
      h('svg:text', { x: WIDTH, y: y + 10, 'text-anchor': 'end', class: 'gp-proof-dates', text: dates }),
      bar(r, y, x, e),
      ...gaps,
      ...after(r, y, x),
    );
    drag(g, r, WIDTH / (x(1) - x(0)));
    keys(g, r);
    return g;
  }
  function now(svg, x, height) {
    if (GP.state.day === null) return;
    const at = x(GP.state.day);
    if (at >= 0 && at <= WIDTH)
      svg.append(h('svg:path', { d: `M${at.toFixed(1)} 0V${height - 16}`, class: 'gp-cursor' }));
  }
  /* The proof of what is selected: as Python told it of a cause where it did, else that of its findings. */
  GP.proof = function (list, select) {
    const proof = GP.proofOf(select),
      own = proof ? proof.parties.map(told).filter(Boolean) : [],
      rows = own.length ? own : rowsOf(list);
    if (!rows.length) return null;
    const [a, e] = span(rows),
      x = d => ((d - a) / (e - a)) * WIDTH,
      height = TOP + rows.length * ROW + 20,
      svg = h('svg:svg', { viewBox: `0 0 ${WIDTH} ${height}`, class: 'gp-proof', role: 'group' });
    svg.setAttribute('aria-label', GP.t('proof'));
    axis(svg, x, a, e, height);
    rows.forEach((r, k) => svg.append(row(r, k, x, e)));
    now(svg, x, height);
    const green = rows.some(r => r.after) ? h('p', { class: 'gp-after-key', text: GP.t('after_repair') }) : null;
    return h('section', { class: 'gp-para gp-proof-box' }, h('h3', { text: GP.t('proof') }), svg, green);
  };
})();
