/* Areas by the quarter in which they are completed, and the charts of them: curves, shares and the works under way. */
(function () {
  const h = GP.h,
    SECTORS = ['industry', 'housing', 'commerce'],
    PURPOSES = ['production', 'living', 'ecology'],
    W = 420,
    H = 132;
  let stops, years, sums, top;

  const px = i => 40 + ((W - 46) * i) / stops.length;
  /* The first stop that is not before a day; as many as there are stops where all are before it. */
  function stopFrom(day) {
    let lo = 0,
      hi = stops.length;
    while (lo < hi) {
      const m = (lo + hi) >> 1;
      if (stops[m] < day) lo = m + 1;
      else hi = m;
    }
    return lo;
  }
  function completed(layer, i) {
    if (layer.finish) return layer.finish[i];
    return layer.start ? layer.start[i] : GP.NO_DAY;
  }
  /* Cumulative areas by quarter, from the packed parcels; null where these have no dates. */
  function summed(parcels) {
    const cols = parcels && parcels.data.cols;
    if (!cols || !cols.area || !(parcels.finish || parcels.start)) return null;
    const out = {},
      n = stops.length;
    for (const k of [...SECTORS, ...PURPOSES]) out[k] = new Float64Array(n + 1);
    for (let i = 0; i < parcels.data.n; i++) {
      const day = completed(parcels, i);
      if (day === GP.NO_DAY) continue;
      const at = stopFrom(day);
      for (const c of [cols.sector, cols.balance]) {
        const sum = c && out[c.words[c.d[i]]];
        if (sum) sum[at] += cols.area.d[i];
      }
    }
    for (const k in out) for (let q = 1; q <= n; q++) out[k][q] += out[k][q - 1];
    return out;
  }
  function axes(svg, most, unit) {
    const text = k => GP.num((most * (2 - k)) / 2, most < 10 ? 1 : 0) + unit;
    for (let k = 0; k <= 2; k++) {
      const y = 12 + ((H - 34) * k) / 2;
      svg.append(
        h('svg:path', { d: 'M40 ' + y + 'H' + (W - 6), class: 'gp-grid' }),
        h('svg:text', { x: 36, y: y + 4, 'text-anchor': 'end', text: text(k) }),
      );
    }
    const every = Math.ceil(years.length / 6);
    years.forEach(([i, year], k) => {
      if (k % every === 0 && px(i) < W - 24) svg.append(h('svg:text', { x: px(i), y: H - 6, text: String(year) }));
    });
  }
  function key([name, look, value]) {
    return h('span', {}, h('i', { class: look + ' gp-key' }), GP.t(name) + (value ? ' ' + value : ''));
  }
  function frame(title, body, legend) {
    const said = h('figcaption', {}, GP.t(title), h('span', { class: 'gp-keys' }, legend.map(key)));
    return h('figure', { class: 'gp-chart' }, said, body);
  }
  function canvas(title) {
    const svg = h('svg:svg', { viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': GP.t(title) });
    svg.addEventListener('click', e => {
      const r = svg.getBoundingClientRect(),
        i = Math.round(((((e.clientX - r.left) / r.width) * W - 40) / (W - 46)) * stops.length);
      if (i >= 0 && i < stops.length) GP.set({ day: stops[i] });
    });
    return svg;
  }
  const cursor = (svg, i) => svg.append(h('svg:path', { d: 'M' + px(i) + ' 8V' + (H - 22), class: 'gp-cursor' }));

  function curves(now) {
    const svg = canvas('curves'),
      y = (k, i) => (H - 22 - (sums[k][i] / top) * (H - 34)).toFixed(1);
    axes(svg, top / 1e4, '');
    for (const k of SECTORS) {
      let path = '';
      for (let i = 0; i <= stops.length; i++) path += (i ? 'H' + px(i).toFixed(1) + 'V' : 'M' + px(i) + ' ') + y(k, i);
      svg.append(h('svg:path', { d: path, class: 'gp-c-' + k, fill: 'none' }));
    }
    cursor(svg, now);
    return frame(
      'curves',
      svg,
      SECTORS.map(k => [k, 'gp-b-' + k, GP.num(sums[k][now] / 1e4, 0)]),
    );
  }
  const total = i => PURPOSES.reduce((sum, k) => sum + sums[k][i], 0);
  /* One purpose as a band on what is below it; `base` is raised by it. */
  function band(k, base) {
    const y = v => (H - 22 - v * (H - 34)).toFixed(1);
    let up = '',
      down = '';
    for (let i = 0; i <= stops.length; i++) {
      const all = total(i),
        low = base[i],
        high = all ? low + sums[k][i] / all : low;
      up += (i ? 'L' : 'M') + px(i).toFixed(1) + ' ' + y(high);
      down = 'L' + px(i).toFixed(1) + ' ' + y(low) + down;
      base[i] = high;
    }
    return h('svg:path', { d: up + down + 'Z', class: 'gp-s-' + k });
  }
  function shares(now) {
    const svg = canvas('shares'),
      base = new Float64Array(stops.length + 1),
      all = total(now) || 1;
    axes(svg, 100, '%');
    for (const k of PURPOSES) svg.append(band(k, base));
    cursor(svg, now);
    return frame(
      'shares',
      svg,
      PURPOSES.map(k => [k, 'gp-p-' + k, GP.num((sums[k][now] / all) * 100, 0) + '%']),
    );
  }

  /* The three curves, small and without words, along the slider. */
  GP.sparkLines = function (spark) {
    if (!sums) return;
    const x = i => ((i / stops.length) * 1000).toFixed(1);
    for (const k of SECTORS) {
      let d = '';
      for (let i = 0; i <= stops.length; i++)
        d += (i ? 'L' : 'M') + x(i) + ' ' + (39 - (sums[k][i] / top) * 37).toFixed(1);
      spark.append(h('svg:path', { d, class: 'gp-c-' + k, fill: 'none', 'vector-effect': 'non-scaling-stroke' }));
    }
  };
  GP.drawCharts = function (host, now) {
    const kept = host.querySelector('.gp-gantt'),
      scroll = kept ? kept.scrollTop : 0;
    GP.clear(host);
    if (sums) host.append(curves(now), shares(now));
    const all = GP.ganttOfAll() || GP.worksUnderWay();
    host.append(frame(GP.model.gantt ? 'gantt_works' : 'gantt', GP.withOdds(all), []));
    const works = host.querySelector('.gp-gantt');
    if (works) works.scrollTop = scroll;
  };
  GP.setupCurves = function (at, named) {
    stops = at;
    years = named;
    sums = summed(GP.layers.find(l => l.spec.source === 'parcels' && l.data.kind === 'polygon'));
    top = sums ? Math.max(1, ...SECTORS.map(k => sums[k][stops.length])) : 1;
  };
})();
