/* The card beside the map: a cause, a finding, an open question or a feature, told in full. */
(function () {
  const h = GP.h,
    card = GP.card,
    MOST = 200;
  let host;

  function open(kind, code, text, more) {
    const why = { unknown: 'why_unknown', ok: 'rules_ok' }[kind] || 'why_skipped';
    GP.add(
      host,
      card.head(kind, code, GP.title(code)),
      card.para(why, text),
      more,
      card.thresholds(GP.model.rules[code]),
    );
    GP.announce(GP.t('finding_said', { sev: GP.t(kind), code, text }));
  }
  function run(r) {
    open(r.outcome, r.code, r.outcome === 'ok' ? GP.t('judged', { n: GP.num(r.judged) }) : GP.pick(r.reason));
  }
  function unknown(u) {
    const links = u.layer ? u.ids.slice(0, MOST).map(id => card.link(u.layer, id)) : [],
      rest = u.ids.length > MOST ? GP.t('more', { n: GP.num(u.ids.length - MOST) }) : null;
    const more = u.layer ? h('dl', {}, card.fact('objects', ...links, rest)) : null;
    open('unknown', u.code, GP.pick(GP.model.reasons[u.reason]), more);
  }
  function tell() {
    const s = GP.state.select;
    GP.clear(host);
    host.hidden = !s || !!s.many;
    document.body.classList.toggle('gp-has-detail', !host.hidden);
    if (host.hidden) return;
    host.scrollTop = 0;
    if (s.c !== undefined) GP.causeCard(host, s.c);
    else if (s.f !== undefined) GP.findingCard(host, s.f);
    else if (s.run !== undefined) run(GP.model.runs[s.run]);
    else if (s.u !== undefined) unknown(GP.unknown[s.u]);
    else if (s.layer) GP.featureCard(host, s);
  }
  GP.setupDetail = function (to) {
    host = GP.parts.detail = to;
    GP.on('select lang day', tell);
    GP.on('select', () => GP.fly(false));
    GP.tell = tell;
  };
})();
