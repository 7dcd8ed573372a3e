/* Evidence that is a parcel or made of parcels: its shape is put together from the parcels' own block. */
GP.borrow = function (table, lender) {
  const { f, count, row } = table.cols,
    n = table.n,
    codec = gpCodec(),
    feat = new Int32Array(n + 1),
    rows = row.d;
  let parts = 0,
    corners = 0;
  for (const i of rows) {
    parts += lender.feat[i + 1] - lender.feat[i];
    corners += lender.part[lender.feat[i + 1]] - lender.part[lender.feat[i]];
  }
  const part = new Int32Array(parts + 1),
    xy = new Int32Array(corners * 2);
  for (let i = 0, q = 0, r = 0, v = 0; i < n; i++) {
    for (const end = q + count.d[i]; q < end; q++) {
      const from = lender.feat[rows[q]],
        to = lender.feat[rows[q] + 1];
      xy.set(lender.xy.subarray(lender.part[from] * 2, lender.part[to] * 2), v * 2);
      for (let p = from; p < to; p++) part[++r] = v += lender.part[p + 1] - lender.part[p];
    }
    feat[i + 1] = r;
  }
  const bb = codec.boxes({ feat, part, xy }, n),
    { x0, y0, w, h } = lender;
  return { kind: 'polygon', n, x0, y0, w, h, xy, feat, part, bb, cols: { f }, grid: codec.index(bb, n, w, h) };
};
