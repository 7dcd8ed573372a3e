/* The picture while the date is being dragged: canvases over the view in place of its tiles. What lies in view is
   looked up once; a step compares states, draws what has begun and cuts out what has ended, the land on one sheet and
   evidence on another. Dots (land smaller than ten pixels, as its box) go into an image and small findings are counted
   by cell: both are drawn anew each step. Outlines and dashes come with the tiles, a moment after the last step. */
GP.Sheet = class {
  constructor(surface, g, looks) {
    this.surface = surface;
    this.g = g;
    this.looks = looks;
    this.parts = looks.reduce((n, v) => n + v.ids.reduce((a, i, q) => a + this.weight(v, q), 0), 0);
    this.begun = false;
  }
  /* How many parts a row has that are drawn as shapes here. */
  weight(v, q) {
    const { feat } = v.layer.data,
      i = v.ids[q];
    return v.dot[q] || (v.cells && v.cells.of[q] >= 0) ? 0 : feat[i + 1] - feat[i];
  }
  /* The states of a day beside those of the day before; how many parts have another one. */
  tell(v, day) {
    [v.was, v.now] = [v.now, v.was];
    v.layer.states(v.ids, day, v.now);
    v.moved = 0;
    let parts = 0;
    for (let q = 0; q < v.ids.length; q++)
      if (v.was[q] !== v.now[q]) {
        v.moved++;
        parts += this.weight(v, q);
      }
    return parts;
  }
  draw(day) {
    const { g, surface: s } = this,
      other = this.looks.map(v => this.tell(v, day)).reduce((a, b) => a + b, 0),
      whole = !this.begun || other > this.parts / 2;
    this.begun = true;
    if (!other) return;
    if (whole) g.clearRect(0, 0, s.view[0], s.view[1]);
    for (const v of this.looks) {
      if (whole) s.paint(g, v, s.sorted(v, v.now, q => this.weight(v, q)));
      else if (v.moved) {
        this.cut(v);
        s.paint(g, v, s.sorted(v, v.now, q => v.was[q] !== v.now[q] && this.weight(v, q)));
      }
    }
  }
  /* Cut out of the picture what has ended, or goes on as something else. */
  cut(v) {
    const { g, surface: s } = this,
      { x0, y0, k } = v,
      d = v.layer.data,
      { bb } = d;
    g.globalCompositeOperation = 'destination-out';
    g.beginPath();
    for (let q = 0; q < v.ids.length; q++) {
      if (!v.was[q] || v.was[q] === v.now[q] || !this.weight(v, q)) continue;
      const i = v.ids[q],
        x = ((bb[i * 4] + bb[i * 4 + 2]) / 2 - x0) * k,
        y = ((bb[i * 4 + 1] + bb[i * 4 + 3]) / 2 - y0) * k;
      if (d.kind === 'point') g.rect(x - 8, y - 8, 16, 16);
      else s.trace(g, d, i, x0, y0, k, d.kind === 'polygon');
    }
    if (d.kind === 'line') {
      g.lineWidth = 3;
      g.stroke();
    } else g.fill();
    g.globalCompositeOperation = 'source-over';
  }
};

GP.Sketch = class {
  constructor(surface) {
    const map = surface._map,
      size = map.getSize(),
      k = (Math.pow(2, map.getZoom()) * 256) / GP.WORLD,
      corner = map.getPixelBounds().min;
    this.surface = surface;
    this.map = map;
    this.view = { X: corner.x / k, Y: corner.y / k, k, w: size.x, h: size.y, least: 10 };
    this.canvases = [];
    const looks = surface.layers.filter(l => l.shown).map(l => this.look(l));
    this.found = looks.filter(v => v.cells);
    this.specks = looks.filter(v => v.dot.includes(1));
    this.land = new GP.Sheet(
      surface,
      this.canvas('land', surface.ratio),
      looks.filter(v => !v.cells),
    );
    this.dots = this.canvas('dots', 1);
    this.image = this.dots.createImageData(size.x, size.y);
    this.evidence = new GP.Sheet(surface, this.canvas('evidence', surface.ratio), this.found);
    this.marks = this.canvas('marks', surface.ratio);
    this.moves = { movestart: () => surface.refresh(), zoomstart: () => this.stop(), resize: () => this.stop() };
    map.on(this.moves);
    surface.getContainer().style.visibility = 'hidden';
  }
  look(layer) {
    const v = this.surface.look(layer, this.view),
      n = v.ids.length;
    if (layer.spec.finding) v.cells = this.surface.cells(v);
    return Object.assign(v, { now: new Uint8Array(n), was: new Uint8Array(n) });
  }
  canvas(name, ratio) {
    const c = GP.h('canvas', { class: 'gp-sketch leaflet-zoom-hide', 'data-of': name, 'aria-hidden': 'true' }),
      { w, h } = this.view,
      g = c.getContext('2d');
    c.width = w * ratio;
    c.height = h * ratio;
    c.style.width = w + 'px';
    c.style.height = h + 'px';
    L.DomUtil.setPosition(c, this.map.containerPointToLayerPoint([0, 0]));
    this.surface.getPane().append(c);
    this.canvases.push(c);
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.lineJoin = 'round';
    return g;
  }
  draw(day) {
    const { surface: s, view } = this;
    s.rough = true;
    s.view = [view.w, view.h];
    this.land.draw(day);
    this.speckle();
    this.evidence.draw(day);
    this.marks.clearRect(0, 0, view.w, view.h);
    for (const v of this.found) s.symbols(this.marks, v, v.now);
    s.rough = false;
  }
  speckle() {
    if (!this.specks.some(v => v.moved)) return;
    this.image.data.fill(0);
    for (const v of this.specks) this.surface.speckle(this.image, v, v.now, 1);
    this.dots.putImageData(this.image, 0, 0);
  }
  /* The map is drawn at another scale or size: the tiles are wanted at once. */
  stop() {
    this.surface.sketch = this.remove();
    this.surface.refresh();
  }
  remove() {
    this.map.off(this.moves);
    this.surface.getContainer().style.visibility = '';
    for (const c of this.canvases) c.remove();
    return null;
  }
};
