/* One packed layer in the browser: what its features are on a day, where they are, and their texts.
   Features are named by layer and id; positions are private to the packed block. */
GP.WORLD = 536870912;
GP.MERC = L.CRS.EPSG3857;

GP.Layer = class {
  constructor(spec, data) {
    this.id = spec.id;
    this.spec = spec;
    this.data = data;
    this.shown = spec.shown !== false;
    this.mark = new Uint32Array(data.n);
    this.stamp = 0;
    this.found = new Int32Array(Math.max(64, data.n));
    this.off = {};
    this.useStyle(0);
    this.start = data.cols.start ? data.cols.start.d : null;
    this.finish = data.cols.finish ? data.cols.finish.d : null;
    this.gone = data.cols.removed ? data.cols.removed.d : null;
  }
  useStyle(k) {
    // class of each word of the style's column
    const s = this.spec.styles[k] || this.spec.styles[0],
      col = s.by ? this.data.cols[s.by] : null;
    this.style = s;
    this.styleAt = this.spec.styles.indexOf(s);
    this.codes = col ? col.d : null;
    const at = {};
    s.classes.forEach((c, i) => {
      at[c.key] = i;
    });
    this.classOf = col
      ? Uint8Array.from(col.words, w => (w !== null && at[w] !== undefined ? at[w] : at[''] || 0))
      : null;
  }
  cls(i) {
    return this.codes ? this.classOf[this.codes[i]] : 0;
  }
  /* 0 not there on that day, 1 under construction, 2 there; evidence is there while its finding is so */
  status(i, day) {
    if (day === null) return 2;
    if (this.spec.finding) return GP.findings.lasts(this.data.cols.f.d[i], day) ? 2 : 0;
    const N = GP.NO_DAY,
      s = this.start ? this.start[i] : N,
      f = this.finish ? this.finish[i] : N,
      g = this.gone ? this.gone[i] : N;
    if ((s !== N && s > day) || (g !== N && g <= day)) return 0;
    if (this.spec.time === 'period') return f !== N && f < day ? 0 : 2;
    if (f !== N && f > day) return s === N ? 0 : 1;
    return 2;
  }
  /* The status of each of these features on a day, into `out`. */
  states(ids, day, out) {
    if (day === null) return out.fill(2);
    if (!this.spec.finding) {
      for (let q = 0; q < ids.length; q++) out[q] = this.status(ids[q], day);
      return out;
    }
    const { from, to } = GP.findings,
      f = this.data.cols.f.d,
      N = GP.NO_DAY;
    for (let q = 0; q < ids.length; q++) {
      const a = from[f[ids[q]]],
        e = to[f[ids[q]]];
      out[q] = (a === N || a <= day) && (e === N || e >= day) ? 2 : 0;
    }
    return out;
  }
  query(x0, y0, x1, y1) {
    // how many features' boxes meet this one; they stand in this.found
    const d = this.data,
      g = d.grid,
      bb = d.bb,
      s = ++this.stamp;
    let n = 0;
    if (x1 < 0 || y1 < 0 || x0 > d.w || y0 > d.h) return 0;
    const c0 = Math.max(0, (x0 / g.cw) | 0),
      c1 = Math.min(g.G - 1, (x1 / g.cw) | 0),
      r0 = Math.max(0, (y0 / g.ch) | 0),
      r1 = Math.min(g.G - 1, (y1 / g.ch) | 0);
    for (let r = r0; r <= r1; r++)
      for (let c = c0; c <= c1; c++) {
        for (let a = g.start[r * g.G + c], e = g.start[r * g.G + c + 1]; a < e; a++) {
          const i = g.cells[a];
          if (this.mark[i] === s) continue;
          this.mark[i] = s;
          if (bb[i * 4] <= x1 && bb[i * 4 + 2] >= x0 && bb[i * 4 + 1] <= y1 && bb[i * 4 + 3] >= y0) this.found[n++] = i;
        }
      }
    return n;
  }
  text(i, name) {
    const c = this.data.cols[name];
    if (!c) return null;
    if (c.t === 'text') return c.has[i] ? GP.utf8.decode(c.raw.subarray(c.base + c.at[i], c.base + c.at[i + 1])) : null;
    if (c.t === 'word') return c.words[c.d[i]];
    return c.t === 'day' ? (c.d[i] === GP.NO_DAY ? null : GP.iso(c.d[i])) : isNaN(c.d[i]) ? null : c.d[i];
  }
  /* All features whose text or word in a column is the one given. */
  where(name, value) {
    const c = this.data.cols[name],
      out = [];
    if (!c) return out;
    if (c.t === 'word') {
      const code = c.words.indexOf(value);
      for (let i = 0; code > 0 && i < this.data.n; i++) if (c.d[i] === code) out.push(i);
      return out;
    }
    for (let i = this.same(c, value, 0); i >= 0; i = this.same(c, value, i + 1)) out.push(i);
    return out;
  }
  find(id) {
    const c = this.data.cols.id;
    return c ? this.same(c, id, 0) : -1;
  }
  /* The first row from `from` on with this text, by comparing bytes: half a million ids need no table of strings. */
  same(c, text, from) {
    const want = new TextEncoder().encode(text),
      n = this.data.n,
      m = want.length;
    for (let i = from; i < n; i++) {
      const a = c.base + c.at[i];
      if (c.at[i + 1] - c.at[i] !== m || !c.has[i]) continue;
      let k = 0;
      while (k < m && c.raw[a + k] === want[k]) k++;
      if (k === m) return i;
    }
    return -1;
  }
  at(v) {
    const d = this.data;
    return GP.MERC.pointToLatLng(
      L.point(((d.xy[v * 2] + d.x0) / GP.WORLD) * 256, ((d.xy[v * 2 + 1] + d.y0) / GP.WORLD) * 256),
      0,
    );
  }
  bounds(i) {
    const d = this.data,
      b = d.bb,
      p = (x, y) => GP.MERC.pointToLatLng(L.point(((x + d.x0) / GP.WORLD) * 256, ((y + d.y0) / GP.WORLD) * 256), 0);
    return L.latLngBounds(p(b[i * 4], b[i * 4 + 1]), p(b[i * 4 + 2], b[i * 4 + 3]));
  }
  shape(i) {
    // parts as lists of LatLng
    const d = this.data,
      out = [];
    for (let r = d.feat[i]; r < d.feat[i + 1]; r++) {
      const part = [];
      for (let v = d.part[r]; v < d.part[r + 1]; v++) part.push(this.at(v));
      out.push(part);
    }
    return out;
  }
  near(i, x, y, tol) {
    // whether a point (in the layer's units) hits the feature
    const d = this.data,
      xy = d.xy,
      line = d.kind === 'line';
    let inside = false;
    for (let r = d.feat[i]; r < d.feat[i + 1]; r++) {
      const a = d.part[r],
        e = d.part[r + 1];
      if (d.kind === 'point') {
        if (Math.hypot(xy[a * 2] - x, xy[a * 2 + 1] - y) <= tol) return true;
        continue;
      }
      for (let v = line ? a + 1 : a, b = line ? a : e - 1; v < e; b = v++) {
        const ax = xy[v * 2],
          ay = xy[v * 2 + 1],
          bx = xy[b * 2],
          by = xy[b * 2 + 1];
        if (!line) {
          if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
          continue;
        }
        const dx = bx - ax,
          dy = by - ay,
          t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
        if (Math.hypot(ax + t * dx - x, ay + t * dy - y) <= tol) return true;
      }
    }
    return inside;
  }
};
GP.utf8 = new TextDecoder();

GP.partBoxes = function (d) {
  // the box of every part, made when a feature of many parts is first drawn
  if (d.boxes) return d.boxes;
  const n = d.part.length - 1,
    out = new Int32Array(n * 4),
    xy = d.xy;
  for (let r = 0; r < n; r++) {
    let x0 = 2e9,
      y0 = 2e9,
      x1 = -1,
      y1 = -1;
    for (let v = d.part[r]; v < d.part[r + 1]; v++) {
      const x = xy[v * 2],
        y = xy[v * 2 + 1];
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
    out[r * 4] = x0;
    out[r * 4 + 1] = y0;
    out[r * 4 + 2] = x1;
    out[r * 4 + 3] = y1;
  }
  return (d.boxes = out);
};
