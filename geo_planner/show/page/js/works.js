/* The works under way on the day shown, as bars that lead to their place. */
(function () {
  const h = GP.h,
    MOST = 40;

  function underWay(day) {
    const works = [];
    for (const l of GP.layers) {
      if (l.spec.finding || !l.start || !l.finish || l.spec.time !== 'works') continue;
      for (let i = 0; i < l.data.n; i++)
        if (l.start[i] !== GP.NO_DAY && l.finish[i] !== GP.NO_DAY && l.start[i] <= day && day < l.finish[i])
          works.push([l, i]);
    }
    return works.sort((a, b) => a[0].finish[a[1]] - b[0].finish[b[1]]);
  }
  function task([l, i], x, day) {
    const id = l.text(i, 'id'),
      s = GP.state.select,
      c = l.style.classes[l.cls(i)],
      width = Math.max(1, x(l.finish[i]) - x(l.start[i])) + '%',
      bar = h('i', { style: { left: x(l.start[i]) + '%', width, background: c.line || c.fill } });
    return h(
      'button',
      {
        type: 'button',
        role: 'listitem',
        class: 'gp-task' + (s && s.layer === l.id && s.id === id ? ' gp-on' : ''),
        title: GP.iso(l.start[i]) + ' – ' + GP.iso(l.finish[i]),
        on: { click: () => GP.set({ select: { layer: l.id, id } }) },
      },
      h('span', { text: GP.pick(l.spec) + ' ' + id }),
      h('span', { class: 'gp-rail' }, bar, h('b', { style: { left: x(day) + '%' } })),
    );
  }
  GP.worksUnderWay = function () {
    const day = GP.state.day,
      host = h('div', { class: 'gp-gantt', role: 'list' }),
      say = text => host.append(h('p', { class: 'gp-soft', text }));
    if (day === null) {
      say(GP.t('gantt_all'));
      return host;
    }
    const works = underWay(day),
      shown = works.slice(0, MOST),
      from = Math.min(...shown.map(([l, i]) => l.start[i])),
      to = Math.max(...shown.map(([l, i]) => l.finish[i])),
      x = d => ((d - from) / (to - from || 1)) * 100;
    if (!works.length) say(GP.t('gantt_none'));
    host.append(...shown.map(w => task(w, x, day)));
    if (works.length > MOST) say(GP.t('more', { n: GP.num(works.length - MOST) }));
    return host;
  };

  // ---- land by purpose on a day -------------------------------------------------------------------------------
  const KINDS = ['production', 'living', 'ecology', 'shared', 'unclassified'];
  function purposes() {
    const parcels = GP.layers.find(l => l.spec.source === 'parcels' && l.data.kind === 'polygon'),
      cols = parcels && parcels.data.cols;
    return cols && cols.area && cols.balance ? { parcels, area: cols.area.d, of: cols.balance } : null;
  }
  const kindOf = (of, i) => (of.words[of.d[i]] === null ? 'unclassified' : of.words[of.d[i]]);
  /* Areas by purpose on a day and how many parcels each has; null where the parcels do not tell. */
  GP.shareOn = function (day) {
    const p = purposes();
    if (!p) return null;
    const out = { count: {} };
    for (const k of KINDS) out[k] = out.count[k] = 0;
    for (let i = 0; i < p.parcels.data.n; i++) {
      const k = kindOf(p.of, i);
      if (out[k] === undefined || !p.parcels.status(i, day)) continue;
      out[k] += p.area[i] || 0;
      out.count[k]++;
    }
    return out;
  };
  GP.parcelsOf = function (kind) {
    const p = purposes(),
      out = [];
    for (let i = 0; p && i < p.parcels.data.n; i++)
      if (kindOf(p.of, i) === kind && p.parcels.status(i, GP.state.day)) out.push([p.parcels, i]);
    return out;
  };
})();
