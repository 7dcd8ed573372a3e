/* The about sheet: what was judged with what, where the data come from, and what its marks of trust mean. */
(function () {
  const h = GP.h,
    LEVELS = ['printed', 'two_secondary', 'secondary', 'memory', 'ours'];

  function digests() {
    const m = GP.model.meta,
      rows = [
        ['plan_digest', m.planDigest],
        ['profile', m.profile],
        ['profile_digest', m.profileDigest],
        ['version', m.version],
        ['as_of', m.asOf],
      ].filter(([, value]) => value);
    const row = ([key, value]) =>
      h(
        'div',
        { class: 'gp-fact' },
        h('dt', { text: GP.t(key) }),
        h('dd', { class: 'gp-digest' }, h('code', { text: value })),
      );
    return h('dl', { class: 'gp-digests' }, rows.map(row));
  }
  function legend() {
    const used = new Set();
    for (const rule of Object.values(GP.model.rules)) for (const p of rule.params) used.add(p.level);
    const row = level => h('li', {}, GP.trust(level), ' ' + GP.t('trust_' + level));
    return h(
      'section',
      { class: 'gp-para' },
      h('h3', { text: GP.t('trust_legend') }),
      h('ul', { class: 'gp-plain' }, [...used].sort((a, b) => LEVELS.indexOf(a) - LEVELS.indexOf(b)).map(row)),
    );
  }
  function sources() {
    return h(
      'section',
      { class: 'gp-para' },
      h('h3', { text: GP.t('sources') }),
      h(
        'ul',
        { class: 'gp-plain gp-mono' },
        GP.model.sources.map(text => h('li', { text })),
      ),
    );
  }
  /* The level at which a number is known, as one mark; its words are the mark's name. */
  GP.trust = level =>
    h('span', {
      class: 'gp-trust gp-trust-' + level,
      role: 'img',
      title: GP.t('trust_' + level),
      'aria-label': GP.t('trust_' + level),
    });
  GP.setupAbout = function (host) {
    const draw = () => {
      if (GP.state.tab === 'about') GP.clear(host).append(digests(), legend(), sources());
    };
    GP.on('lang tab', draw);
    draw();
  };
})();
