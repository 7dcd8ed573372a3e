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
      const until = performance.now() + this.options.budget * (this.sketch ? 4 : 1);
      while (this.jobs.length && performance.now() < until) {
        const j = this.jobs.shift();
        if (j.turn !== undefined && j.turn !== this.turn) continue;
        this.drawTile(j.t, j.coords);
        if (j.done) j.done(null, j.t);
      }
      if (this.jobs.length) this.pump();
      else this.fire('drawn');
    });
  },
  refresh() {
    // draw all tiles again; an older wish is dropped
    if (!this._map) return;
    this.turn++;
    this.jobs = this.jobs.filter(j => j.turn === undefined);
    for (const k in this._tiles) {
      const { el, coords } = this._tiles[k];
      if (!this.sketch || this.inView(coords)) this.jobs.push({ t: el, coords, turn: this.turn });
    }
    this.pump();
  },
  inView(coords) {
    const size = this.getTileSize(),
      at = coords.scaleBy(size),
      view = this._getTiledPixelBounds(this._map.getCenter());
    return coords.z === this._tileZoom && view.intersects(L.bounds(at, at.add(size)));
  },
  /* While the date is being dragged what is in view is sketched: what begins or ends between two steps is painted over
     the picture or cut out of it, without outlines of land and dashes; the whole picture comes a moment after. */
  sketchDay(day) {
    this.day = day;
    this.sketch = true;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.sketch = false;
      this.refresh();
    }, 180);
    this.refresh();
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
    this.before = this.sketch ? canvas.day : undefined;
    if (this.before === undefined) {
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.clearRect(0, 0, canvas.width, canvas.height);
    }
    this.draw(g, (co.x * size) / k, (co.y * size) / k, k, size, size, this.ratio);
    this.before = undefined;
    canvas.day = this.day;
  },
  /* Draw the world rectangle that begins at (X, Y), k pixels a unit, w x h pixels, at `ratio` device pixels a pixel. */
  draw(g, X, Y, k, w, h, ratio) {
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.lineJoin = 'round';
    g.lineCap = 'butt';
    this.view = [w, h];
    for (const layer of this.layers) if (layer.shown) this.drawLayer(g, layer, X, Y, k, w, h, ratio);
  },
  /* What a query found by class and state, what is under three pixels, and what has ended since the day before. */
  sorted(layer, n, k) {
    const d = layer.data,
      classes = layer.style.classes,
      buckets = classes.flatMap(() => [[], []]),
      { day, before } = this,
      bb = d.bb,
      tiny = [],
      gone = [];
    for (let q = 0; q < n; q++) {
      const i = layer.found[q],
        s = layer.status(i, day);
      if (layer.wide && layer.wide[i]) continue;
      const was = before === undefined ? 0 : layer.status(i, before);
      if (was === s) continue;
      const c = layer.cls(i);
      if (layer.off[classes[c].key]) continue;
      if (was) gone.push(i);
      if (!s) continue;
      const small = (bb[i * 4 + 2] - bb[i * 4]) * k < 2.5 && (bb[i * 4 + 3] - bb[i * 4 + 1]) * k < 2.5;
      if (d.kind === 'polygon' && !layer.spec.finding && small) tiny.push(i, c);
      else buckets[c * 2 + s - 1].push(i);
    }
    return { buckets, tiny, gone };
  },
  /* Cut shapes out of the picture; the symbol of a finding too. */
  cut(g, layer, ids, x0, y0, k) {
    const d = layer.data,
      bb = d.bb;
    g.globalCompositeOperation = 'destination-out';
    g.beginPath();
    for (const i of ids) {
      if (d.kind !== 'point') this.trace(g, d, i, x0, y0, k, d.kind === 'polygon');
      if (d.kind !== 'point' && !layer.spec.finding) continue;
      const x = ((bb[i * 4] + bb[i * 4 + 2]) / 2 - x0) * k,
        y = ((bb[i * 4 + 1] + bb[i * 4 + 3]) / 2 - y0) * k;
      g.rect(x - 8, y - 8, 16, 16);
    }
    if (d.kind === 'line') {
      g.lineWidth = 3;
      g.stroke();
    } else g.fill();
    g.globalCompositeOperation = 'source-over';
  },
  drawLayer(g, layer, X, Y, k, w, h, ratio) {
    const d = layer.data,
      x0 = X - d.x0,
      y0 = Y - d.y0,
      pad = 16 / k;
    const n = layer.query(x0 - pad, y0 - pad, x0 + w / k + pad, y0 + h / k + pad);
    if (!n) return;
    const classes = layer.style.classes,
      { buckets, tiny, gone } = this.sorted(layer, n, k);
    if (gone.length) this.cut(g, layer, gone, x0, y0, k);
    if (tiny.length) this.splat(g, layer, tiny, x0, y0, k, w, h, ratio);
    // details fade when seen from afar, so that land and findings speak first
    const metre = ((GP.WORLD / 40075016.7) * k) / this.squash,
      near = classes[0].near;
    this.veil = (layer.fade === undefined ? 1 : layer.fade) * (near ? Math.max(0.12, Math.min(1, metre / near)) : 1);
    const paint = d.kind === 'polygon' ? this.polygons : d.kind === 'line' ? this.lines : this.points;
    for (let b = 0; b < buckets.length; b++) {
      if (buckets[b].length) paint.call(this, g, layer, buckets[b], classes[b >> 1], b % 2 === 0, x0, y0, k);
    }
    if (layer.spec.finding) this.symbols(g, layer, buckets, classes, x0, y0, k);
  },
  splat(g, layer, tiny, x0, y0, k, w, h, ratio) {
    // shapes under three pixels go straight into an image
    const W = Math.round(w * ratio),
      H = Math.round(h * ratio),
      K = k * ratio,
      bb = layer.data.bb;
    if (!this.scratch || this.scratch.width !== W || this.scratch.height !== H) {
      this.scratch = document.createElement('canvas');
      this.scratch.width = W;
      this.scratch.height = H;
      this.ink = this.scratch.getContext('2d');
    }
    const image = this.ink.createImageData(W, H),
      px = new Uint32Array(image.data.buffer);
    const ink = layer.style.classes.map(c => {
      const m = parseInt(c.fill.slice(1), 16);
      return ((Math.round((c.alpha || 0.6) * 255) << 24) | ((m & 255) << 16) | (m & 65280) | ((m >> 16) & 255)) >>> 0;
    });
    for (let q = 0; q < tiny.length; q += 2) {
      const i = tiny[q] * 4,
        v = ink[tiny[q + 1]];
      const xa = Math.max(0, ((bb[i] - x0) * K) | 0),
        ya = Math.max(0, ((bb[i + 1] - y0) * K) | 0),
        xb = Math.min(W - 1, ((bb[i + 2] - x0) * K) | 0),
        yb = Math.min(H - 1, ((bb[i + 3] - y0) * K) | 0);
      for (let y = ya; y <= yb; y++) for (let x = xa; x <= xb; x++) px[y * W + x] = v;
    }
    this.ink.putImageData(image, 0, 0);
    g.drawImage(this.scratch, 0, 0, W, H, 0, 0, w, h);
  },
  /* The outline of a feature as a path; parts outside the view are left out, parts under two pixels are boxes. */
  trace(g, d, i, x0, y0, k, close) {
    const xy = d.xy,
      from = d.feat[i],
      to = d.feat[i + 1],
      view = to - from > 1 && this.view,
      box = view ? GP.partBoxes(d) : null;
    let count = 0;
    for (let r = from; r < to; r++) {
      if (view) {
        const a = (box[r * 4] - x0) * k,
          b = (box[r * 4 + 1] - y0) * k,
          c = (box[r * 4 + 2] - x0) * k,
          e = (box[r * 4 + 3] - y0) * k;
        if (c < -16 || e < -16 || a > view[0] + 16 || b > view[1] + 16) continue;
        if (close && c - a < 2 && e - b < 2) {
          g.rect(a, b, Math.max(0.5, c - a), Math.max(0.5, e - b));
          count++;
          continue;
        }
      }
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
      if (layer.spec.finding && size < (this.sketch ? 26 : 10)) continue; // its symbol covers it
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
    if (c.line && ids.length < 3000 && count < 40000 && !(this.sketch && !layer.spec.finding)) {
      g.globalAlpha = (c.lineAlpha || 0.9) * this.veil;
      g.strokeStyle = GP.ink(c.line);
      g.lineWidth = c.width || 0.8;
      if (layer.spec.finding && c.key !== 'error')
        g.lineWidth *= Math.max(0.5, Math.min(1, (((GP.WORLD / 40075016.7) * k) / this.squash) * 2));
      g.setLineDash(this.sketch ? [] : building ? [4, 3] : c.dash || []);
      g.stroke();
      g.setLineDash([]);
    }
    g.globalAlpha = 1;
  },
  lines(g, layer, ids, c, building, x0, y0, k) {
    g.beginPath();
    for (const i of ids) this.trace(g, layer.data, i, x0, y0, k, false);
    // a width in metres grows with the map between its bounds; a plain one a little, so that networks stay readable
    const metre = ((GP.WORLD / 40075016.7) * k) / this.squash,
      grown = c.metres
        ? Math.max(c.width, Math.min(c.most || 14, c.metres * metre))
        : c.width * (layer.spec.finding ? 1 : Math.max(0.3, Math.min(1.5, Math.pow(metre * 3, 0.8))));
    g.globalAlpha = (building ? 0.45 : c.alpha || 1) * this.veil;
    if (this.sketch && this.veil < 0.4) return; // what is hardly seen from afar is left out of a sketch
    g.lineCap = c.dash || this.sketch ? 'butt' : 'round';
    if (c.casing && !this.sketch) {
      g.strokeStyle = c.casing;
      g.lineWidth = grown + (layer.spec.finding ? 4 : 1.6);
      g.setLineDash([]);
      g.stroke();
    }
    g.strokeStyle = GP.ink(c.line);
    g.lineWidth = grown;
    g.setLineDash(this.sketch ? [] : building ? [5, 4] : c.near && this.veil < 0.5 ? [] : c.dash || []);
    g.stroke();
    g.setLineDash([]);
    g.globalAlpha = 1;
    g.lineCap = 'butt';
  },
  points(g, layer, ids, c, building, x0, y0, k) {
    if (layer.spec.finding) return;
    const d = layer.data,
      metre = ((GP.WORLD / 40075016.7) * k) / this.squash,
      r = (c.size || 5) * Math.max(0.4, Math.min(1.3, Math.pow(metre * 2.5, 0.6)));
    g.globalAlpha = this.veil;
    for (const i of ids)
      for (let v = d.part[d.feat[i]]; v < d.part[d.feat[i + 1]]; v++)
        this.symbol(g, c.shape, (d.xy[v * 2] - x0) * k, (d.xy[v * 2 + 1] - y0) * k, r, c.fill, building);
    g.globalAlpha = 1;
  },
  /* Evidence too small to see still shows where it is; what lies within one cell is one symbol with its count. The
     cells are those of the world, 64 pixels, of which a tile holds whole ones: neighbours never differ in a cluster. */
  symbols(g, layer, buckets, classes, x0, y0, k) {
    const bb = layer.data.bb,
      metre = ((GP.WORLD / 40075016.7) * k) / this.squash,
      cell = metre < 0.5 ? 64 : 16,
      cells = new Map();
    for (let b = buckets.length - 1; b >= 0; b--)
      for (const i of buckets[b]) {
        const size = Math.max(bb[i * 4 + 2] - bb[i * 4], bb[i * 4 + 3] - bb[i * 4 + 1]) * k;
        if (layer.data.kind !== 'point' && size > 26) continue;
        const x = ((bb[i * 4] + bb[i * 4 + 2]) / 2 - x0) * k,
          y = ((bb[i * 4 + 1] + bb[i * 4 + 3]) / 2 - y0) * k,
          key =
            Math.floor((x + x0 * k + layer.data.x0 * k) / cell) +
            '|' +
            Math.floor((y + y0 * k + layer.data.y0 * k) / cell),
          found = cells.get(key);
        if (!found) cells.set(key, { x, y, n: 1, b: b >> 1 });
        else {
          found.n++;
          found.b = Math.min(found.b, b >> 1); // the gravest class stands for all
        }
      }
    for (const { x, y, n, b } of cells.values()) {
      const c = classes[b],
        r = c.key === 'error' ? 5.5 : Math.max(3, Math.min(5, 5 * Math.pow(metre * 2.2, 0.6)));
      this.stamp(g, c.shape, x, y, n > 1 ? r + 1.5 : r, c.fill);
      if (n > 1) this.tally(g, x + 9, y - 8, n);
    }
  },
  tally(g, x, y, n) {
    const text = String(n);
    g.font = '600 10px sans-serif';
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    g.lineWidth = 3;
    g.strokeStyle = '#ffffff';
    if (!this.sketch) g.strokeText(text, x, y);
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
