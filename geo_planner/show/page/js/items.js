/* What the list holds: findings under their causes, what was skipped or cannot be judged, what passed. */
GP.SEV = ['error', 'warning', 'info', 'crashed', 'skipped', 'unknown', 'ok'];
GP.FAMILIES = ['pb', 'ug', 'in', 'ba', 'nw', 'ec', 'st', 'da', 'xx'];

(function () {
  const OF_RUNS = ['skipped', 'crashed', 'ok'];

  function findingItems() {
    const f = GP.findings,
      items = [];
    GP.causeOf = new Int32Array(f.n).fill(-1);
    GP.model.causes.forEach((c, k) => {
      for (const i of c.f) GP.causeOf[i] = k;
      if (!c.f.length) items.push({ kind: 'unknown', c: k, code: c.codes[0] || '', layer: c.layer, id: c.id });
    });
    for (let i = 0; i < f.n; i++)
      items.push({ kind: f.severity[i], f: i, code: f.code[i], layer: f.layer[i], id: f.id[i] });
    return items;
  }
  /* What one check cannot judge for one reason is one row; its features stand in the card. */
  function unknownItems() {
    const u = GP.model.unknown,
      at = {};
    GP.unknown = [];
    u.id.forEach((id, i) => {
      const key = [u.code[i], u.layer[i], u.reason[i]].join('|');
      if (at[key] === undefined) {
        at[key] = GP.unknown.length;
        GP.unknown.push({ code: u.code[i], layer: u.layer[i], reason: u.reason[i], ids: [] });
      }
      GP.unknown[at[key]].ids.push(id);
    });
    return GP.unknown.map((x, k) => ({ kind: 'unknown', u: k, code: x.code, layer: x.layer, id: x.ids.join(' ') }));
  }
  GP.buildItems = function () {
    const runs = GP.model.runs
      .map((r, k) => ({ kind: r.outcome, run: k, code: r.code, layer: '', id: '' }))
      .filter(x => OF_RUNS.includes(x.kind));
    const items = [...findingItems(), ...runs, ...unknownItems()];
    for (const x of items) {
      const rule = GP.model.rules[x.code],
        family = GP.family(x.code),
        cause = GP.model.causes[x.c !== undefined ? x.c : x.f !== undefined ? GP.causeOf[x.f] : -1];
      x.verdict = cause ? cause.verdict : rule ? rule.verdict : '';
      if (!x.verdict) x.verdict = GP.FAMILIES.includes(family) ? family : 'xx';
    }
    return items;
  };
  GP.itemText = function (x) {
    if (x.f !== undefined) return GP.findings.text(x.f);
    if (x.c !== undefined) return GP.pick(GP.model.causes[x.c].title);
    if (x.run !== undefined) {
      const run = GP.model.runs[x.run];
      return x.kind === 'ok' ? GP.t('judged', { n: GP.num(run.judged) }) : GP.pick(run.reason);
    }
    const u = GP.unknown[x.u],
      why = GP.pick(GP.model.reasons[u.reason]);
    return u.layer ? GP.t('open_rows', { n: GP.num(u.ids.length), layer: GP.layerName(u.layer), why }) : why;
  };
  GP.title = code => {
    const r = GP.model.rules[code];
    return r ? GP.pick({ zh: r.zh.title, en: r.en.title }) : code;
  };
  GP.layerName = id => {
    const n = GP.model.names[id];
    return n ? GP.pick(n) : id;
  };
  /* The name of a verdict, or of the family of checks where a rule names none. */
  GP.verdictName = key => {
    const item = GP.model.verdict.items.find(v => v.name === key);
    return item ? GP.pick(item.title) : GP.t(key);
  };
  /* How far a cause reaches, in one line: findings, parcels, area, days, people. */
  GP.reach = function (c) {
    const r = c.reach,
      out = [],
      tell = (key, n) => n && out.push(GP.t(n === 1 ? key + '_1' : key, { n: GP.num(n, 0) }));
    tell('n_findings', c.f.length);
    tell('n_rows', c.rows);
    tell('parcels_n', r.parcels);
    if (r.area) out.push(GP.num(r.area / 1e4, 1) + ' ' + GP.t('hectares'));
    tell('n_days', r.days);
    if (r.people) out.push(GP.t('n_people', { n: GP.num(r.people, 0) }));
    return out.join(' · ');
  };
})();
