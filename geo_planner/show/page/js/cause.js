/* The card of a cause: how far it reaches, what to do and who is in charge, its proof in time, and its findings. */
(function () {
  const h = GP.h,
    card = GP.card,
    MOST = 40;

  function needs(c) {
    return c.needs.length ? card.fact('to_bring', c.needs.map(GP.layerName).join(GP.t('comma'))) : null;
  }
  GP.causeCard = function (host, k) {
    const c = GP.model.causes[k],
      kind = c.f.length ? c.severity : 'unknown',
      codes = c.codes.map(code => code + ' ' + GP.title(code)).join(GP.t('comma'));
    GP.add(
      host,
      card.head(kind, GP.t('state_' + c.state), GP.pick(c.title)),
      h('p', { class: 'gp-say', text: GP.reach(c) }),
      h(
        'dl',
        {},
        card.fact('breaks', GP.verdictName(c.verdict)),
        card.fact('place', GP.pick(c.place)),
        card.fact('remedy', GP.pick(c.remedy)),
        card.fact('bureau', GP.pick(c.bureau)),
        card.fact('by_when', c.by_when),
        needs(c),
        card.fact('objects', c.id ? card.link(c.layer, c.id) : null),
        card.fact('code', codes),
      ),
      c.f.length ? GP.proof(c.f, { c: k }) : null,
      c.f.length
        ? h('section', { class: 'gp-para' }, h('h3', { text: GP.t('findings') }), card.findings(c.f.slice(0, MOST)))
        : null,
      c.f.length > MOST ? h('p', { class: 'gp-soft', text: GP.t('more', { n: GP.num(c.f.length - MOST, 0) }) }) : null,
    );
    GP.announce(GP.pick(c.title) + ' ' + GP.reach(c));
  };
})();
