/* What a comparison comes to, first: its sentence, the seven verdicts of A and B, and the causes that are new, grown,
   gone or smaller; `go` makes a line of text that shows features on the map. */
GP.compareHead = function (m, go) {
  const h = GP.h,
    outlook = h(
      'section',
      { class: 'gp-para gp-outlook gp-outlook-' + m.outlook, id: 'gp-outlook' },
      h('p', { class: 'gp-lead', text: GP.pick(m.sentence) }),
    ),
    verdicts = h(
      'section',
      { class: 'gp-para' },
      h('h3', { text: GP.t('verdicts_ab') }),
      m.verdicts.map(GP.compareVerdict),
    );
  return [outlook, verdicts, GP.compareCauses(m, go)];
};

GP.compareVerdict = function (v) {
  const h = GP.h,
    state = s => h('span', { class: 'gp-state gp-state-' + s, text: GP.t('state_' + s) });
  return h(
    'div',
    { class: 'gp-ab' + (v.a === v.b ? '' : ' gp-turned') },
    h('span', { class: 'gp-grow', text: GP.pick(v) }),
    state(v.a),
    h('span', { class: 'gp-soft', text: '→' }),
    state(v.b),
  );
};

GP.compareCauses = function (m, go) {
  const h = GP.h,
    row = c => GP.compareCause(c, go, m.stills),
    out = h(
      'section',
      { class: 'gp-para', id: 'gp-causes' },
      h('h3', { text: GP.t('causes_ab', m.cause_counts) }),
    );
  if (!m.causes.length) out.append(h('p', { class: 'gp-soft', text: GP.t('causes_same') }));
  else out.append(h('ul', { class: 'gp-plain' }, m.causes.slice(0, 8).map(row)));
  if (m.causes.length > 8)
    out.append(
      h(
        'details',
        { class: 'gp-fig', id: 'gp-causes-more' },
        h('summary', {}, h('span', { class: 'gp-soft', text: GP.t('more', { n: GP.num(m.causes.length - 8) }) })),
        h('ul', { class: 'gp-plain' }, m.causes.slice(8).map(row)),
      ),
    );
  return out;
};

/* A cause that changed: a line that leads to its places, and its proof in time, folded, where there is one. */
GP.compareCause = function (c, go, stills) {
  const h = GP.h,
    mark = { new: '+', grown: '▲', gone: '−', shrunk: '▼' }[c.state],
    counts = GP.num(c.before, 0) + ' → ' + GP.num(c.after, 0);
  return h(
    'li',
    { class: 'gp-causerow gp-c-' + c.state },
    h('b', { class: 'gp-mark', 'aria-label': GP.t('cause_' + c.state), text: mark }),
    go(GP.pick(c), c.places),
    h('span', { class: 'gp-soft', text: counts }),
    stills && stills[c.key] ? GP.compareProof(c.key, stills[c.key]) : '',
  );
};

/* The still of a cause, drawn when it is opened. */
GP.compareProof = function (key, drawn) {
  const h = GP.h,
    out = h('details', { class: 'gp-still-box', id: 'gp-proof-' + key }, h('summary', { text: GP.t('proof') }));
  out.addEventListener('toggle', () => {
    if (out.open && out.childElementCount === 1) out.append(GP.still(drawn) || '');
  });
  return out;
};

/* A section that is folded where it is long, its heading and a count in sight. */
GP.folded = function (section, count, id) {
  const h = GP.h,
    head = section.querySelector('h3'),
    out = h(
      'details',
      { class: 'gp-fig', id },
      h(
        'summary',
        {},
        h('span', { class: 'gp-grow', text: head ? head.textContent : '' }),
        h('b', { text: GP.num(count, 0) }),
      ),
    );
  if (head) head.remove();
  out.append(...section.childNodes);
  out.open = count > 0 && count <= 8;
  return out;
};
