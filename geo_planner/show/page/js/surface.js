/* All packed layers on one Leaflet grid of canvases: drawing in slices of a frame, picking, one date for all. */
GP.Surface = L.GridLayer.extend({
  options: { tileSize: 512, updateWhenZooming: false, keepBuffer: 1, budget: 9, pane: 'tilePane' },
  initialize(layers, options) {
    L.setOptions(this, options || {});
    this.layers = layers || GP.layers;
    this.jobs = [];
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    this.day = null;
    this.turn = 0;
    this.sprites = {};
  },
  createTile(coords, done) {
    const t = L.DomUtil.create('canvas', 'gp-tile'),
      s = this.getTileSize();
    t.width = s.x * this.ratio;
    t.height = s.y * this.ratio;
    this.jobs.push({ t, coords, done });
    this.pump();
    return t;
  },
  pump() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const until = performance.now() + this.options.budget;
      while (this.jobs.length && performance.now() < until) {
        const j = this.jobs.shift();
        if (j.turn !== undefined && j.turn !== this.turn) continue;
        this.drawTile(j.t, j.coords);
        if (j.done) j.done(null, j.t);
      }
      if (this.jobs.length) this.pump();
      else {
        if (this.sketch && this.turn === this.wanted) this.sketch = this.sketch.remove();
        this.fire('drawn');
      }
    });
  },
  refresh(rest) {
    // draw all tiles again; an older wish is dropped
    if (!this._map) return;
    clearTimeout(this.rest);
    if (this.sketch && rest !== true) this.sketch.over = true; // it knows nothing of other layers or classes
    this.wanted = ++this.turn;
    this.jobs = this.jobs.filter(j => j.turn === undefined);
    for (const k in this._tiles) {
      const { el, coords } = this._tiles[k];
      this.jobs.push({ t: el, coords, turn: this.turn });
    }
    this.pump();
  },
  /* While the date is being dragged, canvases over the view show it (sketch.js); the tiles follow when it rests. */
  sketchDay(day) {
    this.day = day;
    clearTimeout(this.rest);
    this.turn++;
    this.jobs = this.jobs.filter(j => j.turn === undefined);
    if (this.sketch && this.sketch.over) this.sketch = this.sketch.remove();
    if (!this.sketch) this.sketch = new GP.Sketch(this);
    this.sketch.draw(day);
    // from the next frame on, when the step has been seen: a slow step does not count as a rest
    requestAnimationFrame(() => {
      clearTimeout(this.rest);
      this.rest = setTimeout(() => this.refresh(true), 180);
    });
  },
  /* Whether the day asked for is drawn, if only as a sketch; `idle` waits for the outlines too. */
  shown() {
    return !this.jobs.length && !this.frame && !(GP.waits && GP.waits.size);
  },
  idle() {
    return this.shown() && !this.sketch;
  },
  drawTile(canvas, co) {
    const size = this.getTileSize().x,
      k = (Math.pow(2, co.z) * 256) / GP.WORLD;
    const g = canvas.getContext('2d');
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, canvas.width, canvas.height);
    this.draw(g, (co.x * size) / k, (co.y * size) / k, k, size, size, this.ratio);
  },
  /* Draw the world rectangle that begins at (X, Y), k pixels a unit, w x h pixels, at `ratio` device pixels a pixel. */
  draw(g, X, Y, k, w, h, ratio) {
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.lineJoin = 'round';
    g.lineCap = 'butt';
    this.view = [w, h];
    this.rough = false;
    for (const layer of this.layers) if (layer.shown) this.drawLayer(g, this.look(layer, { X, Y, k, w, h }), ratio);
    this.aside = 0;
  },
  /* Pixels a metre. */
  metre(k) {
    return ((GP.WORLD / 40075016.7) * k) / this.squash;
  },
  /* What of a layer lies in a view, with the class of each; not what is switched off or about the whole plan. */
  look(layer, { X, Y, k, w, h, least = 2.5 }) {
    const d = layer.data,
      x0 = X - d.x0,
      y0 = Y - d.y0,
      pad = 16 / k,
      n = layer.query(x0 - pad, y0 - pad, x0 + w / k + pad, y0 + h / k + pad),
      ids = new Int32Array(n),
      cls = new Uint8Array(n),
      off = Uint8Array.from(layer.style.classes, c => (layer.off[c.key] ? 1 : 0));
    let m = 0;
    for (let q = 0; q < n; q++) {
      const i = layer.found[q],
        c = layer.cls(i);
      if (off[c] || (layer.wide && layer.wide[i])) continue;
      ids[m] = i;
      cls[m++] = c;
    }
    const v = { layer, x0, y0, k, w, h, ids: ids.subarray(0, m), cls };
    v.dot = this.dots(v, least);
    return v;
  },
  /* Which shapes of land are smaller than so many pixels; none of other layers. */
  dots({ layer, ids, k }, least) {
    const out = new Uint8Array(ids.length),
      bb = layer.data.bb;
    if (layer.data.kind !== 'polygon' || layer.spec.finding) return out;
    for (let q = 0; q < ids.length; q++) {
      const i = ids[q] * 4;
      out[q] = (bb[i + 2] - bb[i]) * k < least && (bb[i + 3] - bb[i + 1]) * k < least ? 1 : 0;
    }
    return out;
  },
  /* Rows by class and state, those that are dots apart; `keep` tells which rows are wanted. */
  sorted(v, now, keep) {
    const buckets = v.layer.style.classes.flatMap(() => [[], []]);
    for (let q = 0; q < v.ids.length; q++)
      if (now[q] && !v.dot[q] && (!keep || keep(q))) buckets[v.cls[q] * 2 + now[q] - 1].push(v.ids[q]);
    return buckets;
  },
  drawLayer(g, v, ratio) {
    if (!v.ids.length) return;
    const now = v.layer.states(v.ids, this.day, new Uint8Array(v.ids.length));
    if (v.dot.includes(1)) this.splat(g, v, now, ratio);
    this.paint(g, v, this.sorted(v, now));
    if (v.layer.spec.finding) this.symbols(g, Object.assign(v, { cells: this.cells(v) }), now);
  },
  paint(g, { layer, x0, y0, k }, buckets) {
    // details fade when seen from afar, so that land and findings speak first
    const { classes } = layer.style,
      { near } = classes[0];
    this.aside = GP.asideOf(layer, this.metre(k));
    this.veil = layer.fade === undefined ? 1 : layer.fade;
    if (near) this.veil *= Math.max(0.12, Math.min(1, this.metre(k) / near));
    const kinds = { polygon: this.polygons, line: this.lines, point: this.points };
    for (let b = 0; b < buckets.length; b++) {
      if (buckets[b].length)
        kinds[layer.data.kind].call(this, g, layer, buckets[b], classes[b >> 1], b % 2 === 0, x0, y0, k);
    }
  },
  /* Shapes under three pixels go straight into an image. */
  splat(g, v, now, ratio) {
    const W = Math.round(v.w * ratio),
      H = Math.round(v.h * ratio);
    if (!this.scratch || this.scratch.width !== W || this.scratch.height !== H) {
      this.scratch = document.createElement('canvas');
      this.scratch.width = W;
      this.scratch.height = H;
      this.ink = this.scratch.getContext('2d');
    }
    const image = this.ink.createImageData(W, H);
    this.speckle(image, v, now, ratio);
    this.ink.putImageData(image, 0, 0);
    g.drawImage(this.scratch, 0, 0, W, H, 0, 0, v.w, v.h);
  },
  speckle({ data, width, height }, { layer, ids, cls, dot, x0, y0, k }, now, ratio) {
    const px = new Uint32Array(data.buffer),
      K = k * ratio,
      bb = layer.data.bb,
      ink = Uint32Array.from(layer.style.classes, c => {
        const m = parseInt(c.fill.slice(1), 16);
        return (Math.round((c.alpha || 0.6) * 255) << 24) | ((m & 255) << 16) | (m & 65280) | ((m >> 16) & 255);
      });
    for (let q = 0; q < ids.length; q++) {
      if (!dot[q] || !now[q]) continue;
      const i = ids[q] * 4,
        v = ink[cls[q]],
        xa = Math.max(0, ((bb[i] - x0) * K) | 0),
        ya = Math.max(0, ((bb[i + 1] - y0) * K) | 0),
        xb = Math.min(width - 1, ((bb[i + 2] - x0) * K) | 0),
        yb = Math.min(height - 1, ((bb[i + 3] - y0) * K) | 0);
      for (let y = ya; y <= yb; y++) for (let x = xa; x <= xb; x++) px[y * width + x] = v;
    }
  },
  /* The outline of a feature as a path; parts outside the view are left out, parts under two pixels are boxes. */
  trace(g, d, i, x0, y0, k, close) {
    const xy = d.xy,
      from = d.feat[i],
      to = d.feat[i + 1],
      view = to - from > 1 && this.view,
      box = view ? GP.partBoxes(d) : null,
      [left, top] = [x0, y0];
    let count = 0;
    for (let r = from; r < to; r++) {
      if (view) {
        const a = (box[r * 4] - x0) * k,
          b = (box[r * 4 + 1] - y0) * k,
          c = (box[r * 4 + 2] - x0) * k,
          e = (box[r * 4 + 3] - y0) * k;
        if (c < -16 || e < -16 || a > view[0] + 16 || b > view[1] + 16) continue;
        if (close && c - a < 2 && e - b < 2) {
          count++, g.rect(a, b, Math.max(0.5, c - a), Math.max(0.5, e - b));
          continue;
        }
      }
      if (this.aside && !close) [x0, y0] = GP.aside(d, r, this.aside).map((by, n) => (n ? top : left) - by / k);
      let v = d.part[r],
        lx = (xy[v * 2] - x0) * k,
        ly = (xy[v * 2 + 1] - y0) * k;
      const e = d.part[r + 1];
      g.moveTo(lx, ly);
      for (v++; v < e; v++) {
        const x = (xy[v * 2] - x0) * k,
          y = (xy[v * 2 + 1] - y0) * k;
        if (v < e - 1 && Math.abs(x - lx) < 0.4 && Math.abs(y - ly) < 0.4) continue;
        g.lineTo(x, y);
        lx = x;
        ly = y;
        count++;
      }
      // closePath() looks at the whole path each time
      if (close) g.lineTo((xy[d.part[r] * 2] - x0) * k, (xy[d.part[r] * 2 + 1] - y0) * k);
    }
    return count;
  },
  polygons(g, layer, ids, c, building, x0, y0, k) {
    const d = layer.data,
      bb = d.bb;
    let count = 0;
    g.beginPath();
    for (const i of ids) {
      const size = Math.max(bb[i * 4 + 2] - bb[i * 4], bb[i * 4 + 3] - bb[i * 4 + 1]) * k;
      if (layer.spec.finding && size < (this.rough ? 26 : 10)) continue; // its symbol covers it
      if ((bb[i * 4 + 2] - bb[i * 4]) * k < 5 && !layer.spec.finding)
        g.rect(
          (bb[i * 4] - x0) * k,
          (bb[i * 4 + 1] - y0) * k,
          (bb[i * 4 + 2] - bb[i * 4]) * k,
          (bb[i * 4 + 3] - bb[i * 4 + 1]) * k,
        );
      else count += this.trace(g, d, i, x0, y0, k, true);
    }
    const alpha = (c.alpha === undefined ? 0.6 : c.alpha) * this.veil;
    const veil =
      layer.spec.finding && ids.some(i => Math.max(bb[i * 4 + 2] - bb[i * 4], bb[i * 4 + 3] - bb[i * 4 + 1]) * k > 260);
    if (alpha && !veil) {
      g.globalAlpha = building ? alpha * 0.35 : alpha;
      g.fillStyle = c.fill;
      g.fill();
    }
    if (c.line && ids.length < 3000 && count < 40000 && !(this.rough && !layer.spec.finding)) {
      g.globalAlpha = (c.lineAlpha || 0.9) * this.veil;
      g.strokeStyle = GP.ink(c.line);
      g.lineWidth = c.width || 0.8;
      if (layer.spec.finding && c.key !== 'error')
        g.lineWidth *= Math.max(0.5, Math.min(1, this.metre(k) * 2));
      g.setLineDash(this.rough ? [] : building ? [4, 3] : c.dash || []);
      g.stroke();
      g.setLineDash([]);
    }
    g.globalAlpha = 1;
  },
  lines(g, layer, ids, c, building, x0, y0, k) {
    if (this.rough && this.veil < 0.4) return; // what is hardly seen from afar is left out of a sketch
    g.beginPath();
    for (const i of ids) this.trace(g, layer.data, i, x0, y0, k, false);
    // a width in metres grows with the map between its bounds; a plain one a little, so that networks stay readable
    const metre = this.metre(k),
      grown = c.metres
        ? Math.max(c.width, Math.min(c.most || 14, c.metres * metre))
        : c.width * (layer.spec.finding ? 1 : Math.max(0.3, Math.min(1.5, Math.pow(metre * 3, 0.8))));
    g.globalAlpha = (building ? 0.45 : c.alpha || 1) * this.veil;
    g.lineCap = c.dash || this.rough ? 'butt' : 'round';
    const casing = c.casing || (this.aside ? (GP.state.theme === 'dark' && !g.paper ? '#14181d' : '#ffffff') : null);
    if (casing && !this.rough) {
      g.strokeStyle = casing;
      g.lineWidth = grown + (layer.spec.finding ? 4 : 1.6);
      g.setLineDash([]);
      g.stroke();
    }
    g.strokeStyle = GP.ink(c.line);
    g.lineWidth = grown;
    g.setLineDash(this.rough ? [] : building ? [5, 4] : c.near && this.veil < 0.5 ? [] : c.dash || []);
    g.stroke();
    g.setLineDash([]);
    g.globalAlpha = 1;
    g.lineCap = 'butt';
  },
  points(g, layer, ids, c, building, x0, y0, k) {
    if (layer.spec.finding) return;
    const d = layer.data,
      metre = this.metre(k),
      r = (c.size || 5) * Math.max(0.4, Math.min(1.3, Math.pow(metre * 2.5, 0.6)));
    g.globalAlpha = this.veil;
    for (const i of ids)
      for (let v = d.part[d.feat[i]]; v < d.part[d.feat[i + 1]]; v++)
        this.symbol(g, c.shape, (d.xy[v * 2] - x0) * k, (d.xy[v * 2 + 1] - y0) * k, r, c.fill, building);
    g.globalAlpha = 1;
  },
});
