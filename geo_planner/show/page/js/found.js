/* The findings, unpacked from their columns: few words as shared texts, ids at once, sentences when asked for. */
GP.textsOf = function (c) {
  // a column of texts; one decoding for all where every letter is a byte
  const n = c.has.length,
    out = new Array(n),
    body = c.raw.subarray(c.base),
    whole = GP.utf8.decode(body),
    plain = whole.length === body.length;
  for (let i = 0; i < n; i++)
    out[i] = plain ? whole.slice(c.at[i], c.at[i + 1]) : GP.utf8.decode(body.subarray(c.at[i], c.at[i + 1]));
  return out;
};

GP.unpackFindings = function (data, said) {
  const f = { n: data ? data.n : 0, cols: data ? data.cols : null },
    c = data ? data.cols : null;
  // a loop over an array made at once: `Array.from` with a function takes ten times as long over a typed array
  const each = (k, value) => {
      const out = new Array(f.n);
      for (let i = 0; i < f.n; i++) out[i] = value(c[k].d[i]);
      return out;
    },
    words = k => (c ? each(k, v => c[k].words[v] || '') : []),
    texts = k => (c ? GP.textsOf(c[k]) : []),
    numbers = k => (c ? each(k, v => (isNaN(v) ? null : v)) : []);
  Object.assign(f, {
    code: words('code'),
    severity: words('severity'),
    layer: words('layer'),
    olayer: words('other_layer'),
    unit: words('unit'),
    id: texts('id'),
    oid: texts('other_id'),
    value: numbers('value'),
    limit: numbers('limit'),
    from: c ? c.from.d : [],
    to: c ? c.to.d : [],
  });
  GP.nameFindings(f, c && c.fingerprint);
  f.text = GP.sentences(f, c, said);
  /* Whether a finding is there on a day. */
  f.lasts = (i, day) => (f.from[i] === GP.NO_DAY || f.from[i] <= day) && (f.to[i] === GP.NO_DAY || f.to[i] >= day);
  return f;
};

/* What tells the sentence of a finding in a language: the texts of its batch with the fillings of its slots between. */
GP.sentences = function (f, c, said) {
  const batch = c ? Array.from(c.batch.words, Number) : [],
    rank = new Int32Array(f.n), // the finding's place in its batch
    seen = [],
    slots = {};
  for (let i = 0; i < f.n; i++) {
    const b = c.batch.d[i];
    rank[i] = seen[b] = seen[b] === undefined ? 0 : seen[b] + 1;
  }
  const filling = (b, k, i) => {
    if (k < 0) return k === -2 ? f.id[i] : f.oid[i];
    const name = b + '.' + k,
      col = c[name];
    if (col.t === 'word') return col.words[col.d[rank[i]]] || '';
    return (slots[name] || (slots[name] = GP.textsOf(col)))[rank[i]];
  };
  return (i, lang) => {
    const b = batch[c.batch.d[i]],
      sentence = said[b];
    if (!sentence) return f.code[i];
    const pieces = sentence[lang || GP.state.lang],
      words = pieces.map((piece, k) => (k % 2 ? filling(b, piece, i) : piece)).join('');
    return pieces[0] ? GP.capital(words) : words; // what begins with a slot may begin with an id
  };
};

/* Where the evidence of a finding is drawn, as layer and row; sorted by finding when first asked for. */
GP.evidence = function (f) {
  const layers = GP.layers.filter(l => l.spec.finding);
  if (!GP.evidenceAt) {
    const at = (GP.evidenceAt = new Int32Array(GP.findings.n + 1));
    for (const l of layers) for (let i = 0; i < l.data.n; i++) at[l.data.cols.f.d[i] + 1]++;
    for (let k = 1; k < at.length; k++) at[k] += at[k - 1];
    const free = at.slice(),
      total = at[at.length - 1];
    GP.evidenceRows = { layer: new Uint8Array(total), row: new Int32Array(total) };
    layers.forEach((l, k) => {
      for (let i = 0; i < l.data.n; i++) {
        const to = free[l.data.cols.f.d[i]]++;
        GP.evidenceRows.layer[to] = k;
        GP.evidenceRows.row[to] = i;
      }
    });
  }
  const out = [];
  for (let k = GP.evidenceAt[f]; k < GP.evidenceAt[f + 1]; k++)
    out.push({ layer: layers[GP.evidenceRows.layer[k]], i: GP.evidenceRows.row[k] });
  return out;
};
