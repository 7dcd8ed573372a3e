/* One A3 sheet: the view drawn in high resolution, with title, legend, scale, north, source and the first findings. */
GP.setupPrint = function () {
  const h = GP.h,
    sheet = h('section', { class: 'gp-sheet', 'aria-hidden': 'true' });
  document.body.append(sheet);
  function picture(w, ht) {
    const map = GP.map,
      z = map.getZoom(),
      k = (Math.pow(2, z) * 256) / GP.WORLD,
      size = map.getSize(),
      b = map.getPixelBounds(),
      scale = Math.min(w / size.x, ht / size.y);
    const canvas = h('canvas', { class: 'gp-sheet-map' }),
      W = w / scale,
      H = ht / scale,
      ratio = scale * 2;
    canvas.width = Math.round(W * ratio);
    canvas.height = Math.round(H * ratio);
    const cx = (b.min.x + b.max.x) / 2,
      cy = (b.min.y + b.max.y) / 2,
      g = canvas.getContext('2d');
    g.fillStyle = '#f6f4ef';
    g.fillRect(0, 0, canvas.width, canvas.height);
    GP.map.eachLayer(l => {
      // a picture below the plan; tiles of a server may not be copied by a page
      if (!(l instanceof L.ImageOverlay) || !GP.state.ground) return;
      const a = GP.map.project(l.getBounds().getNorthWest(), z),
        e = GP.map.project(l.getBounds().getSouthEast(), z);
      g.globalAlpha = GP.state.ground / 100;
      g.drawImage(
        l.getElement(),
        (a.x - cx + W / 2) * ratio,
        (a.y - cy + H / 2) * ratio,
        (e.x - a.x) * ratio,
        (e.y - a.y) * ratio,
      );
      g.globalAlpha = 1;
    });
    GP.surface.draw(g, (cx - W / 2) / k, (cy - H / 2) / k, k, W, H, ratio);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.paper = true;
    GP.drawLabels(g, GP.surface.layers, (cx - W / 2) / k, (cy - H / 2) / k, k, W, H);
    const s = GP.state.select,
      more = s && s.f !== undefined ? GP.evidence[s.f] : [];
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.strokeStyle = '#e0004d';
    g.lineWidth = 3;
    for (const e of more) {
      g.beginPath();
      GP.surface.trace(
        g,
        e.layer.data,
        e.i,
        (cx - W / 2) / k - e.layer.data.x0,
        (cy - H / 2) / k - e.layer.data.y0,
        k,
        e.layer.data.kind === 'polygon',
      );
      g.stroke();
    }
    const metres = (40075016.7 * GP.surface.squash) / (256 * Math.pow(2, z)) / scale;
    return { canvas, metres };
  }
  function scaleBar(metres) {
    // metres a sheet pixel
    const want = metres * 170,
      base = Math.pow(10, Math.floor(Math.log10(want))),
      step = [5, 2, 1].find(x => x * base <= want) * base;
    return h(
      'div',
      { class: 'gp-sheet-scale' },
      h('i', { style: { width: step / metres + 'px' } }),
      h('span', { text: step >= 1000 ? step / 1000 + ' km' : step + ' m' }),
    );
  }
  function build() {
    const m = GP.model,
      f = GP.findings,
      pic = picture(1060, 760),
      rows = [];
    GP.clear(sheet);
    for (let i = 0; i < f.n && rows.length < 14; i++) if (f.severity[i] === 'error' || f.n < 15) rows.push(i);
    const legend = h('div', { class: 'gp-sheet-legend' }, h('h3', { text: GP.t('legend') }));
    m.panel.forEach(p => {
      const l = GP.byId[p.ids[0]];
      if (!l || !p.ids.some(id => GP.byId[id].shown)) return;
      const seen = new Uint8Array(256);
      if (l.codes) for (let i = 0; i < l.data.n; i++) seen[l.classOf[l.codes[i]]] = 1;
      else seen[0] = 1;
      const used = l.style.classes.filter((c, k) => seen[k] && !l.off[c.key]);
      used
        .slice(0, 14)
        .forEach(c =>
          legend.append(h('div', {}, GP.swatch(l.data.kind, c), h('span', { text: GP.pick(c) || GP.pick(p) }))),
        );
    });
    sheet.append(
      h(
        'header',
        {},
        h('h1', { text: (GP.pick(m.meta.title) || m.meta.name) + ' · ' + GP.t('sheet_title') }),
        h('p', {
          text: [
            m.meta.schematic ? GP.t('schematic') : '',
            GP.state.day === null ? GP.t('all_dates') : GP.iso(GP.state.day),
            m.meta.asOf ? GP.t('as_of') + ' ' + m.meta.asOf : '',
          ]
            .filter(Boolean)
            .join(' · '),
        }),
      ),
      h(
        'div',
        { class: 'gp-sheet-body' },
        h(
          'div',
          { class: 'gp-sheet-frame' },
          pic.canvas,
          h(
            'div',
            { class: 'gp-sheet-north' },
            GP.h(
              'svg:svg',
              { viewBox: '0 0 30 40', width: 30, height: 40 },
              GP.h('svg:path', { d: 'M15 2 24 32 15 26 6 32z', fill: '#222' }),
            ),
            h('span', { text: GP.t('north') }),
          ),
          scaleBar(pic.metres),
        ),
        h(
          'aside',
          {},
          h(
            'div',
            { class: 'gp-sheet-scores' },
            m.verdict.items.map(v =>
              h('div', {}, h('b', { text: GP.pick(v.word) }), h('span', { text: GP.pick(v.title) })),
            ),
          ),
          legend,
        ),
      ),
      rows.length
        ? h(
            'div',
            { class: 'gp-sheet-list' },
            h('h3', { text: GP.t('printed', { n: rows.length }) }),
            h(
              'ol',
              {},
              rows.map(i => h('li', {}, h('b', { text: f.code[i] + ' ' }), f.text(i))),
            ),
          )
        : '',
      h(
        'footer',
        {},
        h('span', {
          text:
            GP.t('sources') +
            GP.t('colon') +
            m.sources
              .slice(0, 6)
              .map(x => x.split(' (')[0].split(': ').pop())
              .join(GP.t('comma')) +
            (m.sources.length > 6 ? ' … (' + m.sources.length + ')' : '') +
            ' · ' +
            (m.meta.profile ? GP.t('profile') + ' ' + m.meta.profile + ' · ' : '') +
            GP.t('plan_digest') +
            ' ' +
            m.meta.planDigest.slice(0, 16) +
            ' · ' +
            GP.t('profile_digest') +
            ' ' +
            m.meta.profileDigest.slice(0, 16) +
            ' · ' +
            GP.t('version') +
            ' ' +
            m.meta.version,
        }),
      ),
    );
  }
  window.addEventListener('beforeprint', build);
  window.addEventListener('afterprint', () => GP.clear(sheet));
  GP.buildSheet = build;
};
