/* Names on the map: one canvas above the features, drawn when the map rests.
   The larger shape speaks first, none overlap. */
(function () {
  const NAMED = ['parks', 'parcels', 'control_lines', 'facilities', 'sources', 'roads'],
    FONT = 'px "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif',
    LEAST = { polygon: 56, line: 90, point: 0 }, // a shape smaller than this, in pixels, stays without a name
    MOST_WISHES = 4000,
    MOST = 160;

  function wanted(layer, i, size) {
    const { kind } = layer.data;
    if (Math.max(size.W, size.H) < LEAST[kind] || (kind === 'polygon' && size.H < 14)) return false;
    if (!layer.status(i, GP.state.day) || layer.off[layer.style.classes[layer.cls(i)].key]) return false;
    return size.W <= size.w * 1.6 && size.H <= size.h * 1.6; // what fills the view needs no name in it
  }
  function wishesOf(layer, v, out) {
    const { data: d, spec } = layer,
      x0 = v.X - d.x0,
      y0 = v.Y - d.y0;
    if (!layer.shown || spec.ground || spec.finding || !NAMED.includes(spec.source) || !d.cols.id) return;
    if (d.kind === 'point' && v.metre < 0.9) return;
    const n = layer.query(x0, y0, x0 + v.w / v.k, y0 + v.h / v.k);
    for (let q = 0; q < n && out.length < MOST_WISHES; q++) {
      const i = layer.found[q],
        W = (d.bb[i * 4 + 2] - d.bb[i * 4]) * v.k,
        H = (d.bb[i * 4 + 3] - d.bb[i * 4 + 1]) * v.k;
      if (!wanted(layer, i, { W, H, w: v.w, h: v.h })) continue;
      out.push({ layer, i, W, size: { line: Math.max(W, H) * 0.5, point: 30, polygon: Math.min(W, 400) }[d.kind] });
    }
  }
  /* The words of a feature and their width; a parcel's name that does not fit gives way to its number. */
  function wordsOf(g, a) {
    const { layer, i } = a,
      { source } = layer.spec,
      px = source === 'parks' ? 14 : 11,
      id = source === 'parcels' ? layer.text(i, 'id') : null;
    let text = layer.text(i, 'name') || id;
    if (!text) return null;
    g.font = (source === 'parks' ? '600 ' : '') + px + FONT;
    if (text.length > 24) text = text.slice(0, 23) + '…';
    if (id && g.measureText(text).width > a.W - 4) text = id;
    return { text, px, width: g.measureText(text).width };
  }
  /* Along the middle stretch of a line, never upside down; null where that is too short. */
  function alongLine(d, i, v, width) {
    const from = d.part[d.feat[i]],
      to = d.part[d.feat[i] + 1],
      m = Math.max(from + 1, (from + to) >> 1),
      dx = (d.xy[m * 2] - d.xy[m * 2 - 2]) * v.k,
      dy = (d.xy[m * 2 + 1] - d.xy[m * 2 - 1]) * v.k,
      turn = Math.atan2(dy, dx);
    if (Math.hypot(dx, dy) < width * 0.9) return null;
    return {
      x: ((d.xy[m * 2] + d.xy[m * 2 - 2]) / 2 + d.x0 - v.X) * v.k,
      y: ((d.xy[m * 2 + 1] + d.xy[m * 2 - 1]) / 2 + d.y0 - v.Y) * v.k,
      turn: Math.abs(turn) > Math.PI / 2 ? turn + Math.PI : turn,
    };
  }
  function placeOf(a, v, width) {
    const d = a.layer.data,
      b = a.i * 4;
    if (d.kind === 'line') return alongLine(d, a.i, v, width);
    if (d.kind === 'polygon' && width > a.W - 4) return null;
    return {
      x: ((d.bb[b] + d.bb[b + 2]) / 2 + d.x0 - v.X) * v.k,
      y: ((d.bb[b + 1] + d.bb[b + 3]) / 2 + d.y0 - v.Y) * v.k - (d.kind === 'point' ? 13 : 0),
      turn: 0,
    };
  }
  /* Take the room of a name, if it is in view and free. */
  function takes({ x, y, turn }, { px, width }, v, taken) {
    const c = Math.abs(Math.cos(turn)),
      s = Math.abs(Math.sin(turn)),
      bw = (width * c + px * s) / 2 + 3,
      bh = (width * s + px * c) / 2 + 2;
    if (x - bw < 0 || y - bh < 0 || x + bw > v.w || y + bh > v.h) return false;
    if (taken.some(o => Math.abs(o[0] - x) < o[2] + bw && Math.abs(o[1] - y) < o[3] + bh)) return false;
    taken.push([x, y, bw, bh]);
    return true;
  }
  function write(g, { x, y, turn }, text) {
    const dark = GP.state.theme === 'dark' && !g.paper;
    g.save();
    g.translate(x, y);
    g.rotate(turn);
    g.strokeStyle = dark ? 'rgba(20,24,29,.75)' : 'rgba(255,255,255,.8)';
    g.lineWidth = 3;
    g.strokeText(text, 0, 0);
    g.fillStyle = dark ? '#eef1f4' : '#23282e';
    g.fillText(text, 0, 0);
    g.restore();
  }
  /* Draw the names in a view: `X`, `Y` in units of the world, `k` pixels a unit, `w` x `h` pixels; their number. */
  GP.drawLabels = function (g, view) {
    const v = Object.assign({ metre: ((GP.WORLD / 40075016.7) * view.k) / GP.surface.squash }, view),
      wishes = [],
      taken = [];
    if (v.metre < 0.12) return 0;
    for (const layer of GP.surface.layers) wishesOf(layer, v, wishes);
    wishes.sort((a, b) => b.size - a.size);
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    g.lineJoin = 'round';
    for (const a of wishes) {
      if (taken.length > MOST) break;
      const words = wordsOf(g, a),
        place = words && placeOf(a, v, words.width);
      if (place && takes(place, words, v, taken)) write(g, place, words.text);
    }
    return taken.length;
  };
})();

GP.Labels = L.Layer.extend({
  onAdd(map) {
    this.c = GP.h('canvas', { class: 'gp-labels leaflet-zoom-hide', 'aria-hidden': 'true' });
    map.getPanes().shadowPane.append(this.c);
    map.on('moveend zoomend resize', this.later, this);
    GP.on('hidden style theme lang', () => this.later());
    GP.on('day', () => this.later(260)); // names come back when the date rests
    this.later();
  },
  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), typeof wait === 'number' ? wait : 60);
  },
  draw() {
    const map = this._map,
      size = map.getSize(),
      ratio = Math.min(2, window.devicePixelRatio || 1),
      c = this.c,
      k = (Math.pow(2, map.getZoom()) * 256) / GP.WORLD,
      b = map.getPixelBounds();
    L.DomUtil.setPosition(c, map.containerPointToLayerPoint([0, 0]));
    c.width = size.x * ratio;
    c.height = size.y * ratio;
    c.style.width = size.x + 'px';
    c.style.height = size.y + 'px';
    const g = c.getContext('2d');
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawn = GP.drawLabels(g, { X: b.min.x / k, Y: b.min.y / k, k, w: size.x, h: size.y });
  },
});
