/* One finding, one open question or one feature, told in full. Text only through text nodes. */
(function () {
  const h = GP.h;
  let host;

  const fact = (key, ...value) =>
    value.some(v => v !== null && v !== undefined && v !== '')
      ? h('div', { class: 'gp-fact' }, h('dt', { text: GP.t(key) }), h('dd', {}, ...value))
      : null;
  const link = (layer, id) =>
    h(
      'button',
      {
        type: 'button',
        class: 'gp-link',
        on: { click: () => GP.set({ select: { layer: GP.mainLayer(layer, id), id } }) },
      },
      GP.layerName(layer) + ' ' + id,
    );
  const period = (a, b) =>
    a === GP.NO_DAY && b === GP.NO_DAY
      ? GP.t('always')
      : b === GP.NO_DAY
        ? GP.t('from_on', { a: GP.iso(a) })
        : a === GP.NO_DAY
          ? GP.t('until', { b: GP.iso(b) })
          : GP.t('between', { a: GP.iso(a), b: GP.iso(b) });
  function bar(value, limit, unit) {
    // value against limit on one line
    if (value === null || limit === null) return null;
    const most = Math.max(Math.abs(value), Math.abs(limit)) * 1.15 || 1,
      at = v => Math.max(0, Math.min(100, (Math.abs(v) / most) * 100));
    const b = h('div', {
      class: 'gp-bar',
      role: 'img',
      'aria-label':
        GP.t('value') + ' ' + GP.num(value) + ' ' + unit + ', ' + GP.t('limit') + ' ' + GP.num(limit) + ' ' + unit,
    });
    b.append(h('i', { style: { width: at(value) + '%' } }), h('b', { style: { left: at(limit) + '%' } }));
    return b;
  }
  function thresholds(rule) {
    const ps = rule ? rule.params : [];
    if (!ps.length) return null;
    return h(
      'details',
      { class: 'gp-more' },
      h('summary', { text: GP.t('thresholds') }),
      ...ps.map(p =>
        h(
          'div',
          { class: 'gp-param' },
          h(
            'div',
            {},
            h('span', { text: GP.pick({ zh: p.zh, en: p.k.replace(/_/g, ' ') }) }),
            h('b', { text: ' ' + p.value + (p.unit && p.unit !== '-' ? ' ' + p.unit : '') }),
          ),
          h('div', { class: 'gp-soft' }, GP.pick(p.source) + (p.clause ? ' ' + p.clause : ''), ' ', GP.trust(p.level)),
        ),
      ),
    );
  }
  function head(kind, code, title) {
    return h(
      'header',
      { class: 'gp-dhead' },
      h('span', { class: 'gp-badge gp-k-' + kind }, h('i', { class: 'gp-dot' }), GP.t(kind)),
      code ? h('span', { class: 'gp-soft', text: code }) : null,
      h('span', { class: 'gp-grow' }),
      GP.button('previous', 'up', () => GP.stepFinding(-1)),
      GP.button('following', 'down', () => GP.stepFinding(1)),
      GP.button('back', 'close', () => GP.set({ select: null })),
      h('h2', { text: title }),
    );
  }
  const para = (key, text) =>
    text ? h('section', { class: 'gp-para' }, h('h3', { text: GP.t(key) }), h('p', { text })) : null;

  function finding(i) {
    const f = GP.findings,
      rule = GP.model.rules[f.code[i]],
      w = rule ? GP.pick({ zh: rule.zh, en: rule.en }) : {},
      words = rule ? rule[GP.state.lang] : {};
    const day = GP.state.day,
      outside =
        day !== null && ((f.from[i] !== GP.NO_DAY && f.from[i] > day) || (f.to[i] !== GP.NO_DAY && f.to[i] < day));
    const lead = (rule && rule.params.find(p => p.value === f.limit[i])) || (rule && rule.params[0]);
    const unit = f.unit[i];
    GP.add(
      host,
      head(f.severity[i], f.code[i], GP.title(f.code[i])),
      h('p', { class: 'gp-say', text: f.text(i) }),
      h('p', {
        class: 'gp-say2',
        lang: GP.state.lang === 'zh' ? 'en' : 'zh',
        text: f.text(i, GP.state.lang === 'zh' ? 'en' : 'zh'),
      }),
      outside ? h('p', { class: 'gp-hint', text: GP.t('hidden_now') }) : null,
      f.value[i] !== null || f.limit[i] !== null
        ? h(
            'div',
            { class: 'gp-compare' },
            h(
              'div',
              {},
              h('small', { text: GP.t('value') }),
              h('b', { class: 'gp-k-' + f.severity[i], text: GP.num(f.value[i]) + (unit ? ' ' + unit : '') }),
            ),
            h(
              'div',
              {},
              h('small', { text: GP.t('limit') }),
              h('b', { text: GP.num(f.limit[i]) + (unit ? ' ' + unit : '') }),
            ),
            bar(f.value[i], f.limit[i], unit),
          )
        : null,
      h(
        'dl',
        {},
        fact('objects', f.id[i] ? link(f.layer[i], f.id[i]) : null, f.oid[i] ? link(f.olayer[i], f.oid[i]) : null),
        fact('during', period(f.from[i], f.to[i])),
        lead
          ? fact('source', GP.pick(lead.source) + (lead.clause ? ' ' + lead.clause : ''), ' ', GP.trust(lead.level))
          : null,
      ),
      para('advice', words.advice),
      para('trap', words.trap),
    );
    const fixes = GP.model.proposals && GP.model.proposals[f.fp[i]];
    if (fixes) host.append(proposed(fixes));
    if (GP.review) host.append(GP.review.form({ f: i }));
    GP.add(
      host,
      thresholds(rule),
      h(
        'footer',
        { class: 'gp-acts' },
        h(
          'button',
          { type: 'button', class: 'gp-text-b', on: { click: () => fly(true) } },
          GP.icon('target', 14),
          GP.t(GP.evidence[i].length ? 'evidence' : 'no_place'),
        ),
        h(
          'button',
          { type: 'button', class: 'gp-text-b', on: { click: copy } },
          GP.icon('link', 14),
          GP.t('permalink'),
        ),
      ),
    );
    GP.announce(GP.t('finding_said', { sev: GP.t(f.severity[i]), code: f.code[i], text: f.text(i) }));
  }
  function proposed(fixes) {
    // what a planner or the solver would change, each with its feature
    const shift = r =>
      r.days ? GP.t(r.days > 0 ? 'days_later' : 'days_earlier', { n: GP.num(Math.abs(r.days), 0) }) : '';
    return h(
      'section',
      { class: 'gp-para gp-fixes' },
      h('h3', { text: GP.t('proposals') }),
      h(
        'ul',
        { class: 'gp-plain' },
        fixes.slice(0, 12).map(r =>
          h(
            'li',
            {},
            link(r.layer, r.id),
            h('span', {
              text: r.column
                ? GP.pick(r.column) +
                  GP.t('colon') +
                  (r.before === null ? '–' : r.before) +
                  ' → ' +
                  (r.after === null ? '–' : r.after)
                : GP.t({ add: 'added', remove: 'removed', reshape: 'reshaped' }[r.kind] || 'set'),
            }),
            shift(r) ? h('b', { text: ' ' + shift(r) }) : '',
          ),
        ),
      ),
      fixes.length > 12 ? h('p', { class: 'gp-soft', text: GP.t('more', { n: fixes.length - 12 }) }) : '',
    );
  }
  function copy() {
    GP.hash.write();
    const done = () => GP.announce(GP.t('copied')),
      field = h('textarea', { class: 'gp-sr' });
    field.value = location.href;
    document.body.append(field);
    field.select();
    try {
      document.execCommand('copy');
      done();
    } catch (e) {
      /* the address bar holds it as well */
    }
    field.remove();
  }
  function open(kind, code, text, more) {
    const rule = GP.model.rules[code];
    GP.add(
      host,
      head(kind, code, GP.title(code)),
      para(kind === 'unknown' ? 'why_unknown' : kind === 'ok' ? 'rules_ok' : 'why_skipped', text),
      more,
      thresholds(rule),
    );
    GP.announce(GP.t('finding_said', { sev: GP.t(kind), code, text }));
  }
  function feature(sel) {
    const layer = GP.byId[sel.layer],
      i = layer ? layer.find(sel.id) : -1;
    if (i < 0) {
      host.append(head('info', '', sel.id), h('p', { text: GP.t('no_place') }));
      return;
    }
    const d = layer.data,
      labels = layer.spec.labels,
      name = layer.text(i, 'name'),
      f = GP.findings,
      about = [];
    for (let k = 0; k < f.n && about.length < 40; k++)
      if (
        (f.layer[k] === layer.spec.source && f.id[k] === sel.id) ||
        (f.olayer[k] === layer.spec.source && f.oid[k] === sel.id)
      )
        about.push(k);
    const rows = Object.keys(d.cols)
      .filter(c => c !== 'id' && c !== 'name' && labels[c])
      .map(c => {
        const v = layer.text(i, c),
          l = labels[c];
        if (v === null || v === '') return null;
        const coded = l[3] && l[3][v] ? GP.pick({ zh: l[3][v][0], en: l[3][v][1] }) : v;
        return h(
          'div',
          { class: 'gp-fact' },
          h('dt', { text: GP.pick({ zh: l[0], en: l[1] }) }),
          h('dd', { text: (typeof coded === 'number' ? GP.num(coded) : coded) + (l[2] ? ' ' + l[2] : '') }),
        );
      });
    const state =
      GP.state.day === null || (!layer.start && !layer.finish)
        ? null
        : h('p', { class: 'gp-hint', text: GP.t(['planned', 'building', 'built'][layer.status(i, GP.state.day)]) });
    const others = (GP.hits || []).filter(x => sel.stay && !(x.layer === layer && x.i === i)).slice(0, 6);
    host.append(
      h(
        'header',
        { class: 'gp-dhead' },
        h('span', { class: 'gp-badge' }, GP.pick(layer.spec)),
        h('span', { class: 'gp-grow' }),
        GP.button('back', 'close', () => GP.set({ select: null })),
        h('h2', { text: name && name !== sel.id ? sel.id + ' ' + name : sel.id }),
      ),
      state || '',
      h('dl', {}, rows),
      h(
        'section',
        { class: 'gp-para' },
        h('h3', { text: GP.t('related') }),
        about.length
          ? h(
              'ul',
              { class: 'gp-rel' },
              about.map(k =>
                h(
                  'li',
                  {},
                  h(
                    'button',
                    {
                      type: 'button',
                      class: 'gp-relb gp-k-' + f.severity[k],
                      on: { click: () => GP.set({ select: { f: k } }) },
                    },
                    h('i', { class: 'gp-dot' }),
                    h('span', { text: f.text(k) }),
                  ),
                ),
              ),
            )
          : h('p', { class: 'gp-soft', text: GP.t('no_related') }),
      ),
    );
    if (others.length)
      host.append(
        h(
          'section',
          { class: 'gp-para' },
          h('h3', { text: GP.t('also_here') }),
          h(
            'p',
            {},
            others.map(x =>
              x.layer.spec.finding
                ? h(
                    'button',
                    {
                      type: 'button',
                      class: 'gp-link',
                      on: { click: () => GP.set({ select: { f: GP.evidenceOf(x), stay: true } }) },
                    },
                    f.code[GP.evidenceOf(x)],
                  )
                : link(x.layer.spec.source, x.layer.text(x.i, 'id')),
            ),
          ),
        ),
      );
    GP.announce(GP.pick(layer.spec) + ' ' + sel.id + (name && name !== sel.id ? ' ' + name : ''));
  }

  function highlight() {
    // the subject, the other feature, the evidence; returns their bounds
    const s = GP.state.select,
      b = L.latLngBounds([]);
    GP.marks.clearLayers();
    if (!s) return b;
    const show = (layerId, id, role) => {
      const layer = GP.byId[GP.mainLayer(layerId, id)] || GP.byId[layerId],
        i = layer && id ? layer.find(id) : -1;
      if (i >= 0) {
        GP.mark(layer, i, role);
        return layer.bounds(i);
      }
      return null;
    };
    if (s.f !== undefined) {
      const f = GP.findings,
        one = show(f.layer[s.f], f.id[s.f], 'subject'),
        two = show(f.olayer[s.f], f.oid[s.f], 'other');
      for (const e of GP.evidence[s.f]) {
        GP.mark(e.layer, e.i, 'evidence');
        b.extend(e.layer.bounds(e.i));
      }
      if (!b.isValid()) for (const x of [one, two]) if (x) b.extend(x);
    } else if (s.layer) {
      const x = show(s.layer, s.id, 'subject');
      if (x) b.extend(x);
    } else if (s.u !== undefined) {
      const u = GP.unknown[s.u];
      for (const id of u.layer ? u.ids.slice(0, 200) : []) {
        const x = show(u.layer, id, 'subject');
        if (x) b.extend(x);
      }
    } else if (s.many)
      for (const [layer, i] of s.many) {
        GP.mark(layer, i, 'subject');
        b.extend(layer.bounds(i));
      }
    return b;
  }
  function fly(always) {
    const b = highlight(),
      s = GP.state.select;
    if (b.isValid() && (always || !s.stay)) GP.flyTo(b);
  }
  function tell() {
    const s = GP.state.select,
      m = GP.model;
    GP.clear(host);
    host.hidden = !s || !!s.many;
    document.body.classList.toggle('gp-has-detail', !host.hidden);
    if (host.hidden) return;
    host.scrollTop = 0;
    if (s.f !== undefined) finding(s.f);
    else if (s.run !== undefined) {
      const r = m.runs[s.run];
      open(r.outcome, r.code, r.outcome === 'ok' ? GP.t('judged', { n: GP.num(r.judged) }) : GP.pick(r.reason));
    } else if (s.u !== undefined) {
      const u = GP.unknown[s.u];
      open(
        'unknown',
        u.code,
        GP.pick(m.reasons[u.reason]),
        u.layer
          ? h(
              'dl',
              {},
              fact(
                'objects',
                u.ids.slice(0, 200).map(id => link(u.layer, id)),
                u.ids.length > 200 ? GP.t('more', { n: GP.num(u.ids.length - 200) }) : null,
              ),
            )
          : null,
      );
    } else if (s.layer) feature(s);
  }
  GP.setupDetail = function (to) {
    host = GP.parts.detail = to;
    GP.on('select', () => {
      tell();
      fly(false);
    });
    GP.on('lang day', tell);
    GP.tell = tell;
    GP.fly = fly;
  };
})();
