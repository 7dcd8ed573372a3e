/* Chances of what is to come: parcels by the chance that they open before their services, with the months of opening,
   and the works that carry the delay. A tab beside the Gantt and a part of the card; absent without draws. */
(function () {
  const h = GP.h,
    MOST = 200;
  let place = null, // "parcels/A12" -> its row
    body = null,
    open = false;

  function rows() {
    if (place) return place;
    place = {};
    for (const layer of ['parcels', 'pipes']) {
      const cols = GP.model.risk[layer];
      cols.id.forEach((id, k) => {
        const row = { layer };
        for (const c in cols) row[c] = cols[c][k];
        place[layer + '/' + id] = row;
      });
    }
    return place;
  }
  /* The chances of a parcel, or what a pipe carries; null where nothing was drawn for it. */
  GP.oddsAt = (layer, id) => (GP.model.risk && rows()[layer + '/' + id]) || null;

  const month = d => (d === null ? '–' : GP.iso(d).slice(0, 7));
  const months = o => [o.p10, o.p50, o.p90].map(month).join(' / ');
  /* The three months in little room: the year only where it changes, as 2018-11/2019-01/03. */
  const brief = o =>
    [o.p10, o.p50, o.p90]
      .map(month)
      .map((m, k, all) => (k && all[k - 1].slice(0, 4) === m.slice(0, 4) ? m.slice(5) : m))
      .join('/');
  const part = v => (v > 0 && v < 0.0005 ? '<' + GP.num(0.1, 1) : GP.num(v * 100, 1)) + '%';
  function waits(o) {
    return o.waits ? GP.card.link('pipes', o.waits.slice('pipes/'.length)) : null;
  }
  /* What the draws say of one feature, for its card; null where there were none or it is neither parcel nor pipe. */
  GP.oddsOf = function (layer, id) {
    if (!GP.model.risk || (layer !== 'parcels' && layer !== 'pipes')) return null;
    const o = GP.oddsAt(layer, id),
      fact = GP.card.fact,
      title = h('h3', { text: GP.t('odds_tab') }),
      said = child => h('section', { class: 'gp-para gp-odds-of' }, title, child);
    if (layer === 'pipes') return o && said(h('dl', {}, fact('odds_share', part(o.share))));
    if (!o) return said(h('p', { class: 'gp-soft', text: GP.t('odds_none') }));
    const late = o.chance > 0 ? GP.t('odds_days', { a: GP.num(o.mean, 0), b: GP.num(o.most, 0) }) : null;
    const facts = [
      fact('odds_chance', part(o.chance)),
      fact('odds_planned', GP.day(o.planned)),
      fact('odds_opens', months(o)),
      fact('odds_late', late),
      fact('odds_waits', waits(o)),
    ];
    return said(h('dl', {}, facts));
  };

  // ---- the tab ------------------------------------------------------------------------------------------------
  function row(layer, id, cells) {
    const s = GP.state.select,
      on = s && s.id === id && s.layer === GP.mainLayer(layer, id) ? ' gp-on' : '',
      click = () => GP.open({ layer: GP.mainLayer(layer, id), id }),
      about = { type: 'button', role: 'listitem', class: 'gp-odd' + on, on: { click } };
    return h('button', about, h('span', { text: id }), cells);
  }
  function rail(o, x) {
    const left = x(o.p10) + '%',
      width = Math.max(1, x(o.p90) - x(o.p10)) + '%',
      marks = [h('i', { style: { left, width, background: 'var(--accent)' } })];
    if (o.planned !== null) marks.push(h('b', { style: { left: x(o.planned) + '%' } }));
    return h('span', { class: 'gp-rail' }, marks);
  }
  function parcels(host) {
    const all = Object.values(rows()).filter(o => o.layer === 'parcels'),
      shown = all.slice(0, MOST),
      days = shown.flatMap(o => [o.planned, o.p10, o.p90]).filter(d => d !== null),
      from = Math.min(...days),
      to = Math.max(...days),
      x = d => ((d - from) / (to - from || 1)) * 100;
    for (const o of shown) {
      const opens = h('span', { class: 'gp-soft', title: months(o), text: brief(o) });
      host.append(row('parcels', o.id, [h('b', { text: part(o.chance) }), rail(o, x), opens]));
    }
    const rest = GP.model.risk.all - shown.length;
    if (rest > 0) host.append(h('p', { class: 'gp-soft', text: GP.t('odds_rest', { n: GP.num(rest) }) }));
  }
  function carriers(host) {
    const all = Object.values(rows()).filter(o => o.layer === 'pipes');
    if (!all.length) return;
    host.append(h('p', { class: 'gp-odd-head', text: GP.t('odds_carry') }));
    for (const o of all.slice(0, MOST)) {
      const width = (100 * o.share) / all[0].share + '%',
        bar = h('i', { style: { left: 0, width, background: 'var(--soft)' } }),
        kind = GP.byId['pipes-' + o.kind],
        what = kind ? GP.pick(kind.spec) : o.kind,
        named = h('span', { class: 'gp-soft', title: o.by, text: o.by ? what + ' · ' + o.by : what });
      host.append(row('pipes', o.id, [h('b', { text: part(o.share) }), h('span', { class: 'gp-rail' }, bar), named]));
    }
  }
  function fill() {
    const scroll = body.scrollTop;
    const { draws, today } = GP.model.risk,
      how = GP.t('odds_how', { n: GP.num(draws) });
    GP.clear(body).append(h('p', { class: 'gp-soft', text: (today === null ? '' : GP.iso(today) + ' · ') + how }));
    parcels(body);
    carriers(body);
    body.scrollTop = scroll;
  }
  function tab(key, chosen, redraw) {
    const click = () => {
      open = key === 'odds_tab';
      redraw();
    };
    const about = { type: 'button', role: 'tab', 'aria-selected': String(chosen), class: 'gp-text-b', on: { click } };
    return h('button', about, GP.t(key));
  }
  /* The works as they are, or with a second tab of chances where delays were drawn. */
  GP.withOdds = function (works) {
    if (!GP.model.risk) return works;
    const host = h('div', {}),
      draw = () => {
        const tabs = [tab('gantt_works', !open, draw), tab('odds_tab', open, draw)];
        GP.clear(host).append(h('div', { class: 'gp-odd-tabs', role: 'tablist' }, tabs));
        if (!open) return host.append(works);
        if (!body) body = h('div', { class: 'gp-odds', role: 'list' });
        host.append(body);
        fill();
      };
    draw();
    return host;
  };
})();
