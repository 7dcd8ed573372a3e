/* Names on the map: one canvas above the features, drawn when the map rests.
   The larger shape speaks first, none overlap. */
GP.LABELS = { parks: 1, parcels: 1, control_lines: 1, facilities: 1, sources: 1, roads: 1 };
GP.drawLabels = function (g, layers, X, Y, k, w, h) {
  const metre = ((GP.WORLD / 40075016.7) * k) / GP.surface.squash,
    dark = GP.state.theme === 'dark' && !g.paper,
    wishes = [],
    taken = [];
  if (metre < 0.12) return 0;
  for (const layer of layers) {
    if (!layer.shown || layer.spec.ground || layer.spec.finding || !GP.LABELS[layer.spec.source] || !layer.data.cols.id)
      continue;
    const d = layer.data,
      x0 = X - d.x0,
      y0 = Y - d.y0,
      n = layer.query(x0, y0, x0 + w / k, y0 + h / k),
      least = d.kind === 'polygon' ? 56 : d.kind === 'line' ? 90 : 0;
    if (d.kind === 'point' && metre < 0.9) continue;
    for (let q = 0; q < n && wishes.length < 4000; q++) {
      const i = layer.found[q],
        b = d.bb,
        W = (b[i * 4 + 2] - b[i * 4]) * k,
        H = (b[i * 4 + 3] - b[i * 4 + 1]) * k;
      if (
        Math.max(W, H) < least ||
        (d.kind === 'polygon' && H < 14) ||
        !layer.status(i, GP.state.day) ||
        layer.off[layer.style.classes[layer.cls(i)].key]
      )
        continue;
      if (W > w * 1.6 || H > h * 1.6) continue; // what fills the view needs no name in it
      wishes.push({
        layer,
        i,
        W,
        H,
        size: d.kind === 'line' ? Math.max(W, H) * 0.5 : d.kind === 'point' ? 30 : Math.min(W, 400),
      });
    }
  }
  wishes.sort((a, b) => b.size - a.size);
  g.textAlign = 'center';
  g.textBaseline = 'middle';
  g.lineJoin = 'round';
  let drawn = 0;
  for (const a of wishes) {
    if (drawn > 160) break;
    const d = a.layer.data,
      px = a.layer.spec.source === 'parks' ? 14 : 11,
      id = a.layer.spec.source === 'parcels' ? a.layer.text(a.i, 'id') : null;
    let text = a.layer.text(a.i, 'name') || id;
    if (!text) continue;
    g.font =
      (a.layer.spec.source === 'parks' ? '600 ' : '') +
      px +
      'px "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif';
    if (text.length > 24) text = text.slice(0, 23) + '…';
    if (id && g.measureText(text).width > a.W - 4) text = id; // a name that does not fit gives way to the number
    const tw = g.measureText(text).width;
    let x = ((d.bb[a.i * 4] + d.bb[a.i * 4 + 2]) / 2 + d.x0 - X) * k,
      y = ((d.bb[a.i * 4 + 1] + d.bb[a.i * 4 + 3]) / 2 + d.y0 - Y) * k,
      turn = 0;
    if (d.kind === 'polygon' && tw > a.W - 4) continue;
    if (d.kind === 'point') y -= 13;
    if (d.kind === 'line') {
      // along the middle stretch of the line, never upside down
      const from = d.part[d.feat[a.i]],
        to = d.part[d.feat[a.i] + 1],
        m = Math.max(from + 1, (from + to) >> 1),
        dx = (d.xy[m * 2] - d.xy[m * 2 - 2]) * k,
        dy = (d.xy[m * 2 + 1] - d.xy[m * 2 - 1]) * k;
      if (Math.hypot(dx, dy) < tw * 0.9) continue;
      x = ((d.xy[m * 2] + d.xy[m * 2 - 2]) / 2 + d.x0 - X) * k;
      y = ((d.xy[m * 2 + 1] + d.xy[m * 2 - 1]) / 2 + d.y0 - Y) * k;
      turn = Math.atan2(dy, dx);
      if (Math.abs(turn) > Math.PI / 2) turn += Math.PI;
    }
    const c = Math.abs(Math.cos(turn)),
      s = Math.abs(Math.sin(turn)),
      bw = (tw * c + px * s) / 2 + 3,
      bh = (tw * s + px * c) / 2 + 2;
    if (
      x - bw < 0 ||
      y - bh < 0 ||
      x + bw > w ||
      y + bh > h ||
      taken.some(o => Math.abs(o[0] - x) < o[2] + bw && Math.abs(o[1] - y) < o[3] + bh)
    )
      continue;
    taken.push([x, y, bw, bh]);
    g.save();
    g.translate(x, y);
    g.rotate(turn);
    g.strokeStyle = dark ? 'rgba(20,24,29,.75)' : 'rgba(255,255,255,.8)';
    g.lineWidth = 3;
    g.strokeText(text, 0, 0);
    g.fillStyle = dark ? '#eef1f4' : '#23282e';
    g.fillText(text, 0, 0);
    g.restore();
    drawn++;
  }
  return drawn;
};
GP.Labels = L.Layer.extend({
  onAdd(map) {
    this.c = GP.h('canvas', { class: 'gp-labels leaflet-zoom-hide', 'aria-hidden': 'true' });
    map.getPanes().shadowPane.append(this.c);
    map.on('moveend zoomend resize', this.later, this);
    GP.on('day hidden style theme lang', () => this.later());
    this.later();
  },
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), 60);
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
    this.drawn = GP.drawLabels(g, GP.surface.layers, b.min.x / k, b.min.y / k, k, size.x, size.y);
  },
});
