/* The date: slider, play, quarter steps; curves, shares and works that follow it and lead back to the map. */
GP.setupTime = function (dock) {
  const h = GP.h,
    [first, last] = GP.model.days || [null, null];
  if (first === null || last - first < 1) {
    dock.hidden = true;
    GP.on('day', () => {});
    return;
  }
  const parcels = GP.layers.filter(l => l.spec.source === 'parcels' && l.data.kind === 'polygon')[0];
  const quarter = d => {
    const x = new Date(d * 864e5);
    return [x.getUTCFullYear(), (x.getUTCMonth() / 3) | 0];
  };
  const endOf = ([y, q]) => Math.round(Date.UTC(y, q * 3 + 3, 0) / 864e5);
  const stops = [];
  for (let q = quarter(first); ;) {
    const d = endOf(q);
    stops.push(d);
    if (d >= last) break;
    q = q[1] === 3 ? [q[0] + 1, 0] : [q[0], q[1] + 1];
  }

  // slider: positions 0..n-1 are quarter ends, n is "all dates"
  const range = h('input', {
    type: 'range',
    min: 0,
    max: stops.length,
    step: 1,
    class: 'gp-range',
    id: 'gp-time',
    on: { input: () => GP.set({ day: +range.value >= stops.length ? null : stops[+range.value] }) },
  });
  GP.say(range, 'time', 'aria-label');
  const out = h('output', { class: 'gp-when', for: 'gp-time' });
  let timer = 0;
  const play = GP.button('play', 'play', () => {
    if (timer) stop();
    else start();
  });
  const at = () => +range.value;
  const move = by => {
    range.value = Math.max(0, Math.min(stops.length, at() + by));
    GP.set({ day: at() >= stops.length ? null : stops[at()] });
  };
  function start() {
    if (at() >= stops.length) range.value = -1;
    timer = setInterval(
      () => {
        if (at() >= stops.length) stop();
        else move(1);
      },
      GP.calm() ? 1200 : 420,
    );
    face();
    move(1);
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    face();
  }
  function face() {
    GP.clear(play).append(GP.icon(timer ? 'pause' : 'play'));
    const k = timer ? 'pause' : 'play';
    for (const a of ['aria-label', 'title']) {
      GP.said.forEach(s => {
        if (s[0] === play) s[2] = k;
      });
      play.setAttribute(a, GP.t(k));
    }
  }
  const spark = h('svg:svg', {
      class: 'gp-spark',
      preserveAspectRatio: 'none',
      viewBox: '0 0 1000 40',
      'aria-hidden': 'true',
    }),
    ticks = h('div', { class: 'gp-ticks', 'aria-hidden': 'true' });
  const more = GP.button('charts', 'up', () => GP.set({ dock: !GP.state.dock }), {
    'aria-expanded': 'false',
    'aria-controls': 'gp-charts',
  });
  const all = GP.say(
    h('button', { type: 'button', class: 'gp-text-b', on: { click: () => GP.set({ day: null }) } }),
    'all_dates',
  );
  const charts = h('div', { class: 'gp-charts', id: 'gp-charts', hidden: true });
  dock.append(
    charts,
    h(
      'div',
      { class: 'gp-strip' },
      GP.button('step_back', 'prev', () => move(-1)),
      play,
      GP.button('step_on', 'next', () => move(1)),
      out,
      h('div', { class: 'gp-track' }, spark, range, ticks),
      all,
      more,
    ),
  );
  GP.say(dock, 'time', 'aria-label');
  const years = [];
  stops.forEach((d, i) => {
    const [y, q] = quarter(d);
    if (q === 0 || i === 0) years.push([i, y]);
  });
  const every = Math.ceil(years.length / 12);
  years.forEach(([i, y], k) => {
    if (k % every === 0) ticks.append(h('span', { text: String(y), style: { left: (i / stops.length) * 100 + '%' } }));
  });

  // cumulative areas by quarter, from the packed parcels
  const SECTORS = ['industry', 'housing', 'commerce'],
    sums = { industry: [], housing: [], commerce: [], production: [], living: [], ecology: [] };
  const area = parcels && parcels.data.cols.area,
    sector = parcels && parcels.data.cols.sector,
    ple = parcels && parcels.data.cols.balance;
  const dated = parcels && area && (parcels.finish || parcels.start);
  if (dated) {
    const n = stops.length,
      put = (name, w) => {
        if (sums[name]) {
          if (!sums[name].length) sums[name] = new Float64Array(n + 1);
        }
        return sums[name] || null;
      };
    for (const k in sums) put(k);
    for (let i = 0; i < parcels.data.n; i++) {
      const f =
        parcels.finish && parcels.finish[i] !== GP.NO_DAY
          ? parcels.finish[i]
          : parcels.start && !parcels.finish
            ? parcels.start[i]
            : GP.NO_DAY;
      if (f === GP.NO_DAY) continue;
      let lo = 0,
        hi = n;
      while (lo < hi) {
        const m = (lo + hi) >> 1;
        if (stops[m] < f) lo = m + 1;
        else hi = m;
      }
      const s = sector ? sums[sector.words[sector.d[i]]] : null,
        p = ple ? sums[ple.words[ple.d[i]]] : null;
      if (s) s[lo] += area.d[i];
      if (p) p[lo] += area.d[i];
    }
    for (const k in sums) for (let q = 1; q <= n; q++) sums[k][q] += sums[k][q - 1];
  }
  const top = Math.max(1, ...SECTORS.map(k => (sums[k].length ? sums[k][stops.length] : 0))),
    X = i => (i / stops.length) * 1000;
  if (dated)
    SECTORS.forEach(k => {
      let p = '';
      for (let i = 0; i <= stops.length; i++)
        p += (i ? 'L' : 'M') + X(i).toFixed(1) + ' ' + (39 - (sums[k][i] / top) * 37).toFixed(1);
      spark.append(h('svg:path', { d: p, class: 'gp-c-' + k, fill: 'none', 'vector-effect': 'non-scaling-stroke' }));
    });

  // charts
  const W = 420,
    H = 132;
  function axes(svg, most, unit) {
    for (let k = 0; k <= 2; k++) {
      const y = 12 + ((H - 34) * k) / 2;
      svg.append(
        h('svg:path', { d: 'M40 ' + y + 'H' + (W - 6), class: 'gp-grid' }),
        h('svg:text', {
          x: 36,
          y: y + 4,
          'text-anchor': 'end',
          text: GP.num((most * (2 - k)) / 2, most < 10 ? 1 : 0) + unit,
        }),
      );
    }
    years.forEach(([i, y], k) => {
      if (k % Math.ceil(years.length / 6) === 0 && px(i) < W - 24)
        svg.append(h('svg:text', { x: 40 + ((W - 46) * i) / stops.length, y: H - 6, text: String(y) }));
    });
  }
  const px = i => 40 + ((W - 46) * i) / stops.length;
  function frame(title, body, legend) {
    return h(
      'figure',
      { class: 'gp-chart' },
      h(
        'figcaption',
        {},
        GP.t(title),
        h(
          'span',
          { class: 'gp-keys' },
          legend.map(([k, c, v]) => h('span', {}, h('i', { class: c + ' gp-key' }), GP.t(k) + (v ? ' ' + v : ''))),
        ),
      ),
      body,
    );
  }
  const seek = svg =>
    svg.addEventListener('click', e => {
      const r = svg.getBoundingClientRect(),
        i = Math.round(((((e.clientX - r.left) / r.width) * W - 40) / (W - 46)) * stops.length);
      if (i >= 0 && i < stops.length) GP.set({ day: stops[i] });
    });
  function curves() {
    const svg = h('svg:svg', { viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': GP.t('curves') }),
      now = here();
    axes(svg, top / 1e4, '');
    SECTORS.forEach(k => {
      let p = '';
      for (let i = 0; i <= stops.length; i++)
        p +=
          (i ? 'H' + px(i).toFixed(1) + 'V' : 'M' + px(i) + ' ') + (H - 22 - (sums[k][i] / top) * (H - 34)).toFixed(1);
      svg.append(h('svg:path', { d: p, class: 'gp-c-' + k, fill: 'none' }));
    });
    cursor(svg, now);
    seek(svg);
    return frame(
      'curves',
      svg,
      SECTORS.map(k => [k, 'gp-b-' + k, GP.num(sums[k][now] / 1e4, 0)]),
    );
  }
  const here = () =>
    GP.state.day === null
      ? stops.length
      : Math.max(
          0,
          stops.findIndex(d => d >= GP.state.day),
        );
  const cursor = (svg, i) => svg.append(h('svg:path', { d: 'M' + px(i) + ' 8V' + (H - 22), class: 'gp-cursor' }));
  function stack() {
    const svg = h('svg:svg', { viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': GP.t('shares') }),
      keys = ['production', 'living', 'ecology'],
      base = new Float64Array(stops.length + 1);
    axes(svg, 100, '%');
    const total = i => keys.reduce((s, k) => s + sums[k][i], 0),
      y = v => H - 22 - v * (H - 34);
    keys.forEach(k => {
      let up = '',
        down = '';
      for (let i = 0; i <= stops.length; i++) {
        const t = total(i),
          a = base[i],
          b = t ? a + sums[k][i] / t : a;
        up += (i ? 'L' : 'M') + px(i).toFixed(1) + ' ' + y(b).toFixed(1);
        down = 'L' + px(i).toFixed(1) + ' ' + y(a).toFixed(1) + down;
        base[i] = b;
      }
      svg.append(h('svg:path', { d: up + down + 'Z', class: 'gp-s-' + k }));
    });
    const now = here(),
      t = total(now) || 1;
    cursor(svg, now);
    seek(svg);
    return frame(
      'shares',
      svg,
      keys.map(k => [k, 'gp-p-' + k, GP.num((sums[k][now] / t) * 100, 0) + '%']),
    );
  }
  function draw() {
    const day = GP.state.day,
      i = here();
    if (+range.value !== i) range.value = i;
    const said = day === null ? GP.t('all_dates') : GP.t('quarter', { y: quarter(day)[0], q: quarter(day)[1] + 1 });
    out.textContent = said;
    range.setAttribute('aria-valuetext', said);
    all.hidden = day === null;
    charts.hidden = !GP.state.dock;
    more.setAttribute('aria-expanded', String(GP.state.dock));
    GP.clear(more).append(GP.icon(GP.state.dock ? 'down' : 'up'));
    if (!GP.state.dock) return;
    const kept = charts.querySelector('.gp-gantt'),
      scroll = kept ? kept.scrollTop : 0;
    GP.clear(charts);
    if (dated) charts.append(curves(), stack());
    charts.append(frame(GP.model.gantt ? 'gantt_works' : 'gantt', GP.ganttOfAll() || GP.worksUnderWay(), []));
    const now = charts.querySelector('.gp-gantt');
    if (now) now.scrollTop = scroll;
  }
  GP.on('day', () => {
    GP.surface.day = GP.state.day;
    hideEvidence();
    GP.surface.refresh();
  });
  GP.on('day lang dock select', draw);
  function hideEvidence() {
    // evidence is drawn only while its finding is so
    const f = GP.findings,
      day = GP.state.day,
      N = GP.NO_DAY;
    for (const l of GP.layers)
      if (l.spec.finding) {
        const col = l.data.cols.f.d;
        l.hide =
          day === null
            ? null
            : Uint8Array.from(col, v =>
                (f.from[v] !== N && f.from[v] > day) || (f.to[v] !== N && f.to[v] < day) ? 1 : 0,
              );
      }
  }
  dock.addEventListener('keydown', e => {
    if (e.key === ' ' && e.target === range) {
      e.preventDefault();
      play.click();
    }
  });
  GP.drawTime = () => {
    GP.surface.day = GP.state.day;
    hideEvidence();
    draw();
  };
};
