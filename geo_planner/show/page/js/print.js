/* One A3 sheet: the view in high resolution, title, legend, scale, north, source, and findings in order of reach. */
(function () {
  const h = GP.h,
    PAPER = '#f6f4ef',
    MOST = 14,
    MOST_CLASSES = 14;
  let sheet;

  // ---- the picture --------------------------------------------------------------------------------------------
  /* What of the world is on the sheet: `X`, `Y` in units, `k` sheet pixels a unit, at `ratio` pixels a pixel. */
  function frameOf(w, ht) {
    const map = GP.map,
      z = map.getZoom(),
      k = (Math.pow(2, z) * 256) / GP.WORLD,
      card = document.body.classList.contains('gp-has-detail') && window.innerWidth > 800 ? 384 : 0,
      size = map.getSize().subtract([card, 0]),
      b = L.bounds(map.getPixelBounds().min, map.getPixelBounds().max.subtract([card, 0])),
      scale = Math.min(w / size.x, ht / size.y),
      W = w / scale,
      H = ht / scale,
      left = (b.min.x + b.max.x) / 2 - W / 2,
      top = (b.min.y + b.max.y) / 2 - H / 2;
    const metres = (40075016.7 * GP.surface.squash) / (256 * Math.pow(2, z)) / scale;
    return { z, k, W, H, left, top, X: left / k, Y: top / k, ratio: scale * 2, metres };
  }
  /* A picture below the plan; tiles of a server may not be copied by a page. */
  function ground(g, v) {
    GP.map.eachLayer(l => {
      if (!(l instanceof L.ImageOverlay) || !GP.state.ground) return;
      const a = GP.map.project(l.getBounds().getNorthWest(), v.z),
        e = GP.map.project(l.getBounds().getSouthEast(), v.z),
        R = v.ratio;
      g.globalAlpha = GP.state.ground / 100;
      g.drawImage(l.getElement(), (a.x - v.left) * R, (a.y - v.top) * R, (e.x - a.x) * R, (e.y - a.y) * R);
      g.globalAlpha = 1;
    });
  }
  function outline(g, v, list, ink, width) {
    g.strokeStyle = ink;
    g.lineWidth = width;
    for (const { layer, i } of list) {
      const d = layer.data;
      g.beginPath();
      GP.surface.trace(g, d, i, v.X - d.x0, v.Y - d.y0, v.k, d.kind === 'polygon');
      g.stroke();
    }
  }
  /* What is selected: its evidence, and the way of its proof with what came last on it. */
  function selected(g, v, s) {
    if (!s) return;
    const rows = s.f !== undefined ? [s.f] : s.c !== undefined ? GP.model.causes[s.c].f : [],
      { pipes, ends } = GP.wayOf(GP.proofOf(s));
    outline(g, v, pipes, '#0d5e66', 4);
    outline(g, v, rows.flatMap(i => GP.evidence(i)), '#e0004d', 3);
    outline(g, v, ends, '#d0021b', 5);
  }
  /* The number of each listed finding at its place. */
  function numbers(g, v, rows) {
    g.font = '600 11px sans-serif';
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    rows.forEach((i, k) => {
      const e = GP.evidence(i)[0];
      if (!e || (e.layer.wide && e.layer.wide[e.i])) return;
      const d = e.layer.data,
        b = d.bb.subarray(e.i * 4, e.i * 4 + 4),
        x = ((b[0] + b[2]) / 2 + d.x0 - v.X) * v.k,
        y = ((b[1] + b[3]) / 2 + d.y0 - v.Y) * v.k;
      g.beginPath();
      g.arc(x, y, 9, 0, 7);
      g.fillStyle = '#b3261e';
      g.fill();
      g.fillStyle = '#ffffff';
      g.fillText(String(k + 1), x, y + 0.5);
    });
  }
  function picture(w, ht, rows) {
    const v = frameOf(w, ht),
      canvas = h('canvas', { class: 'gp-sheet-map' }),
      plain = () => g.setTransform(v.ratio, 0, 0, v.ratio, 0, 0);
    canvas.width = Math.round(v.W * v.ratio);
    canvas.height = Math.round(v.H * v.ratio);
    const g = canvas.getContext('2d'),
      s = GP.state.select;
    g.fillStyle = PAPER;
    g.fillRect(0, 0, canvas.width, canvas.height);
    ground(g, v);
    GP.surface.draw(g, v.X, v.Y, v.k, v.W, v.H, v.ratio);
    plain();
    g.paper = true;
    GP.drawLabels(g, { X: v.X, Y: v.Y, k: v.k, w: v.W, h: v.H });
    plain();
    selected(g, v, s);
    numbers(g, v, rows);
    return { canvas, metres: v.metres };
  }

  // ---- around it ----------------------------------------------------------------------------------------------
  /* `metres` a sheet pixel. */
  function scaleBar(metres) {
    const want = metres * 170,
      base = Math.pow(10, Math.floor(Math.log10(want))),
      step = [5, 2, 1].find(x => x * base <= want) * base,
      text = step >= 1000 ? step / 1000 + ' km' : step + ' m';
    return h(
      'div',
      { class: 'gp-sheet-scale' },
      h('i', { style: { width: step / metres + 'px' } }),
      h('span', { text }),
    );
  }
  function north() {
    const arrow = h('svg:path', { d: 'M15 2 24 32 15 26 6 32z', fill: '#222' }),
      svg = h('svg:svg', { viewBox: '0 0 30 40', width: 30, height: 40 }, arrow);
    return h('div', { class: 'gp-sheet-north' }, svg, h('span', { text: GP.t('north') }));
  }
  function legend() {
    const out = h('div', { class: 'gp-sheet-legend' }, h('h3', { text: GP.t('legend') }));
    const told = new Set();
    for (const p of GP.model.panel) {
      const l = GP.byId[p.ids[0]];
      if (!l || !p.ids.some(id => GP.byId[id].shown)) continue;
      const used = GP.classesUsed(l)
        .map(k => l.style.classes[k])
        .filter(c => !l.off[c.key]);
      for (const c of used.slice(0, MOST_CLASSES)) {
        const text = GP.pick(c) || GP.pick(p); // evidence has three layers of the same three classes
        if (!told.has(text)) out.append(h('div', {}, GP.swatch(l.spec.finding ? 'point' : l.data.kind, c), text));
        told.add(text);
      }
    }
    return out;
  }
  /* The gravest finding of each cause, in the order of the causes; without causes the errors as they come. */
  function listed() {
    const f = GP.findings,
      first = GP.model.causes.filter(c => c.f.length).map(c => c.f[0]),
      all = first.length
        ? first
        : Array.from({ length: f.n }, (_, i) => i).filter(i => f.severity[i] === 'error' || f.n < 15);
    return all.slice(0, MOST);
  }
  function list(rows) {
    if (!rows.length) return '';
    const one = i => h('li', {}, h('b', { text: GP.findings.code[i] + ' ' }), GP.findings.text(i));
    return h(
      'div',
      { class: 'gp-sheet-list' },
      h('h3', { text: GP.t('printed', { n: rows.length }) }),
      h('ol', {}, rows.map(one)),
    );
  }
  function title() {
    const m = GP.model.meta,
      under = [
        m.schematic ? GP.t('schematic') : '',
        GP.state.day === null ? GP.t('all_dates') : GP.iso(GP.state.day),
        m.asOf ? GP.t('as_of') + ' ' + m.asOf : '',
      ];
    return h(
      'header',
      {},
      h('h1', { text: (GP.pick(m.title) || m.name) + ' · ' + GP.t('sheet_title') }),
      h('p', { text: under.filter(Boolean).join(' · ') }),
    );
  }
  function foot() {
    const { meta, sources } = GP.model,
      names = sources.slice(0, 6).map(x => x.split(' (')[0].split(': ').pop()),
      more = sources.length > 6 ? ' … (' + sources.length + ')' : '';
    const parts = [
      GP.t('sources') + GP.t('colon') + names.join(GP.t('comma')) + more,
      meta.profile ? GP.t('profile') + ' ' + meta.profile : '',
      GP.t('plan_digest') + ' ' + meta.planDigest.slice(0, 16),
      GP.t('profile_digest') + ' ' + meta.profileDigest.slice(0, 16),
      GP.t('version') + ' ' + meta.version,
    ];
    return h('footer', {}, h('span', { text: parts.filter(Boolean).join(' · ') }));
  }
  /* The cause that is open, else the gravest whose proof has a gap that is counted in days, else the gravest. */
  function proven() {
    const s = GP.state.select,
      k = !s ? -1 : s.c !== undefined ? s.c : s.f !== undefined ? GP.causeOf[s.f] : -1,
      days = c => ((GP.model.proofs[c.key] || {}).gap || {}).days;
    return k >= 0 ? k : Math.max(0, GP.model.causes.findIndex(days));
  }
  /* Its proof: the still where Python drew one, else the bars. */
  function proof() {
    const k = proven(),
      cause = GP.model.causes[k];
    if (!cause || !cause.f.length) return '';
    const picture = GP.still(GP.model.stills[cause.key]) || GP.proof(cause.f, { c: k }),
      title = GP.t('proof') + GP.t('colon') + GP.pick(cause.title);
    return picture ? h('section', { class: 'gp-sheet-proof' }, h('h3', { text: title }), picture) : '';
  }
  function build() {
    const rows = listed(),
      pic = picture(1060, 760, rows),
      word = v => h('div', {}, h('b', { text: GP.pick(v.word) }), h('span', { text: GP.pick(v.title) })),
      frame = h('div', { class: 'gp-sheet-frame' }, pic.canvas, north(), scaleBar(pic.metres)),
      words = h('div', { class: 'gp-sheet-scores' }, GP.model.verdict.items.map(word));
    GP.clear(sheet).append(
      title(),
      h('div', { class: 'gp-sheet-body' }, frame, h('aside', {}, words, proof(), legend())),
      list(rows),
      foot(),
    );
  }
  GP.setupPrint = function () {
    sheet = h('section', { class: 'gp-sheet', 'aria-hidden': 'true' });
    document.body.append(sheet);
    window.addEventListener('beforeprint', build);
    window.addEventListener('afterprint', () => GP.clear(sheet));
    GP.buildSheet = build;
  };
})();
