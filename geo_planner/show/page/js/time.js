/* The date: slider, play, quarter steps. Its stops come with the page: the ends of the quarters, then "all dates". */
(function () {
  const h = GP.h;
  let stops,
    range,
    out,
    play,
    all,
    more,
    charts,
    timer = 0;

  const quarter = d => {
    const x = new Date(d * 864e5);
    return [x.getUTCFullYear(), (x.getUTCMonth() / 3) | 0];
  };
  const at = () => +range.value;
  const here = () =>
    GP.state.day === null
      ? stops.length
      : Math.max(
          0,
          stops.findIndex(d => d >= GP.state.day),
        );
  const slide = () => GP.set({ day: at() >= stops.length ? null : stops[at()] });
  function move(by) {
    range.value = Math.max(0, Math.min(stops.length, at() + by));
    slide();
  }

  // ---- playing ------------------------------------------------------------------------------------------------
  function face() {
    const k = timer ? 'pause' : 'play';
    GP.clear(play).append(GP.icon(k));
    for (const said of GP.said) if (said[0] === play) said[2] = k;
    for (const a of ['aria-label', 'title']) play.setAttribute(a, GP.t(k));
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    face();
  }
  function start() {
    if (at() >= stops.length) range.value = -1;
    timer = setInterval(() => (at() >= stops.length ? stop() : move(1)), GP.calm() ? 1200 : 420);
    face();
    move(1);
  }

  // ---- the strip ----------------------------------------------------------------------------------------------
  /* The first stop of each year, with the year. */
  function yearStarts() {
    const years = [];
    stops.forEach((d, i) => {
      const [y, q] = quarter(d);
      if (q === 0 || i === 0) years.push([i, y]);
    });
    return years;
  }
  function track(years) {
    const about = { class: 'gp-spark', preserveAspectRatio: 'none', viewBox: '0 0 1000 40', 'aria-hidden': 'true' },
      spark = h('svg:svg', about),
      ticks = h('div', { class: 'gp-ticks', 'aria-hidden': 'true' }),
      every = Math.ceil(years.length / 12);
    years.forEach(([i, y], k) => {
      const style = { left: (i / stops.length) * 100 + '%' };
      if (k % every === 0) ticks.append(h('span', { text: String(y), style }));
    });
    GP.sparkLines(spark);
    return h('div', { class: 'gp-track' }, spark, range, ticks);
  }
  function controls() {
    const slider = { type: 'range', min: 0, max: stops.length, step: 1, class: 'gp-range', id: 'gp-time' };
    range = h('input', Object.assign(slider, { on: { input: slide } }));
    GP.say(range, 'time', 'aria-label');
    out = h('output', { class: 'gp-when', for: 'gp-time' });
    play = GP.button('play', 'play', () => (timer ? stop() : start()));
    const whole = { type: 'button', class: 'gp-text-b', on: { click: () => GP.set({ day: null }) } },
      opens = { 'aria-expanded': 'false', 'aria-controls': 'gp-charts' };
    all = GP.say(h('button', whole), 'all_dates');
    more = GP.button('charts', 'up', () => GP.set({ dock: !GP.state.dock }), opens);
    charts = h('div', { class: 'gp-charts', id: 'gp-charts', hidden: true });
  }
  function build(dock) {
    const years = yearStarts(),
      back = GP.button('step_back', 'prev', () => move(-1)),
      on = GP.button('step_on', 'next', () => move(1));
    controls();
    GP.setupCurves(stops, years);
    dock.append(charts, h('div', { class: 'gp-strip' }, back, play, on, out, track(years), all, more));
    GP.say(dock, 'time', 'aria-label');
    dock.addEventListener('keydown', e => {
      if (e.key !== ' ' || e.target !== range) return;
      e.preventDefault();
      play.click();
    });
  }
  function draw() {
    const { day, dock } = GP.state,
      i = here(),
      said = day === null ? GP.t('all_dates') : GP.t('quarter', { y: quarter(day)[0], q: quarter(day)[1] + 1 });
    if (at() !== i) range.value = i;
    out.textContent = said;
    range.setAttribute('aria-valuetext', said);
    all.hidden = day === null;
    charts.hidden = !dock;
    more.setAttribute('aria-expanded', String(dock));
    GP.clear(more).append(GP.icon(dock ? 'down' : 'up'));
    if (dock) GP.drawCharts(charts, i);
  }

  GP.setupTime = function (dock) {
    stops = GP.model.stops || [];
    if (!stops.length) {
      dock.hidden = true;
      return;
    }
    build(dock);
    GP.on('day', () => GP.nextFrame('map', () => GP.surface.sketchDay(GP.state.day)));
    GP.on('day', () => GP.nextFrame('time', draw));
    GP.on('lang dock select', draw);
    GP.drawTime = () => {
      GP.surface.day = GP.state.day;
      draw();
    };
  };
})();
