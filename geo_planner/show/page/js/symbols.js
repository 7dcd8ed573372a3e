/* Symbols on the surface: findings counted by cell, and the marks of points. */
GP.Surface.include({
  /* Evidence too small to see still shows where it is; what lies within one cell is one symbol with its count. The
     cells are those of the world, 64 pixels, of which a tile holds whole ones: neighbours never differ in a cluster.
     Gives each row the number of its cell, -1 where it is large enough to be seen itself. */
  cells({ layer, ids, x0, y0, k }) {
    const { bb, kind, x0: left, y0: top } = layer.data,
      cell = this.metre(k) < 0.5 ? 64 : 16,
      x1 = Math.floor(((x0 + left) * k) / cell),
      y1 = Math.floor(((y0 + top) * k) / cell),
      of = new Int32Array(ids.length),
      numbers = new Map();
    for (let q = 0; q < ids.length; q++) {
      const i = ids[q] * 4,
        size = Math.max(bb[i + 2] - bb[i], bb[i + 3] - bb[i + 1]) * k;
      of[q] = -1;
      if (kind !== 'point' && size > 26) continue;
      const cx = Math.floor((((bb[i] + bb[i + 2]) / 2 + left) * k) / cell) - x1,
        cy = Math.floor((((bb[i + 1] + bb[i + 3]) / 2 + top) * k) / cell) - y1,
        key = (cx << 15) + cy;
      let n = numbers.get(key);
      if (n === undefined) numbers.set(key, (n = numbers.size));
      of[q] = n;
    }
    return { of, n: numbers.size };
  },
  symbols(g, { layer, ids, cls, cells, x0, y0, k }, now) {
    const { n, of } = cells,
      many = new Uint32Array(n),
      worst = new Uint8Array(n).fill(255), // the gravest class stands for all
      least = new Int16Array(n).fill(-1),
      at = new Int32Array(n),
      bb = layer.data.bb;
    for (let q = 0; q < of.length; q++) {
      const c = of[q];
      if (c < 0 || !now[q]) continue;
      many[c]++;
      if (cls[q] < worst[c]) worst[c] = cls[q];
      if (cls[q] <= least[c]) continue;
      least[c] = cls[q];
      at[c] = ids[q] * 4;
    }
    for (let b = layer.style.classes.length - 1; b >= 0; b--)
      for (let c = 0; c < n; c++) {
        if (least[c] !== b) continue;
        const i = at[c],
          x = ((bb[i] + bb[i + 2]) / 2 - x0) * k,
          y = ((bb[i + 1] + bb[i + 3]) / 2 - y0) * k;
        this.cluster(g, layer.style.classes[worst[c]], x, y, many[c], this.metre(k));
      }
  },
  cluster(g, c, x, y, n, metre) {
    const r = c.key === 'error' ? 5.5 : Math.max(3, Math.min(5, 5 * Math.pow(metre * 2.2, 0.6)));
    this.stamp(g, c.shape, x, y, n > 1 ? r + 1.5 : r, c.fill);
    if (n > 1) this.tally(g, x + 9, y - 8, n);
  },
  tally(g, x, y, n) {
    const text = String(n);
    g.font = '600 10px sans-serif';
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    g.lineWidth = 3;
    g.strokeStyle = '#ffffff';
    if (!this.rough) g.strokeText(text, x, y);
    g.fillStyle = '#22282f';
    g.fillText(text, x, y);
  },
  stamp(g, shape, x, y, r, fill) {
    // a symbol painted once and copied from then on
    const size = Math.ceil(r * 1.25 + 2) * 2,
      key = shape + fill + r.toFixed(2) + '|' + this.ratio;
    let sprite = this.sprites[key];
    if (!sprite) {
      sprite = this.sprites[key] = document.createElement('canvas');
      sprite.width = sprite.height = Math.round(size * this.ratio);
      const ink = sprite.getContext('2d');
      ink.scale(this.ratio, this.ratio);
      this.symbol(ink, shape, size / 2, size / 2, r, fill, false);
    }
    const R = this.ratio; // on whole pixels, so that it is copied and not scaled
    g.drawImage(sprite, Math.round((x - size / 2) * R) / R, Math.round((y - size / 2) * R) / R, size, size);
  },
  symbol(g, shape, x, y, r, fill, hollow) {
    g.beginPath();
    if (shape === 'square') g.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
    else if (shape === 'diamond') {
      g.moveTo(x, y - r * 1.2);
      g.lineTo(x + r * 1.2, y);
      g.lineTo(x, y + r * 1.2);
      g.lineTo(x - r * 1.2, y);
      g.closePath();
    } else if (shape === 'triangle') {
      g.moveTo(x, y - r * 1.15);
      g.lineTo(x + r * 1.1, y + r * 0.85);
      g.lineTo(x - r * 1.1, y + r * 0.85);
      g.closePath();
    } else g.arc(x, y, r, 0, 7);
    g.fillStyle = hollow ? '#ffffff' : fill;
    g.fill();
    g.strokeStyle = hollow ? fill : '#ffffff';
    g.lineWidth = r < 4 ? 0.8 : 1.4;
    g.stroke();
  },
});
