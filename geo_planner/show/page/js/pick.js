/* What lies under a point of the map. */
GP.Surface.include({
  /* All features under a point, the uppermost first; lines and points may be missed by `tol` pixels. */
  pick(latlng, tol) {
    const p = GP.MERC.latLngToPoint(latlng, 0),
      X = (p.x / 256) * GP.WORLD,
      Y = (p.y / 256) * GP.WORLD,
      k = (Math.pow(2, this._map.getZoom()) * 256) / GP.WORLD,
      out = [];
    for (let a = this.layers.length - 1; a >= 0; a--) {
      const layer = this.layers[a],
        d = layer.data;
      if (!layer.shown || layer.spec.ground) continue;
      const x = X - d.x0,
        y = Y - d.y0,
        aside = GP.asideOf(layer, ((GP.WORLD / 40075016.7) * k) / this.squash),
        t = (layer.spec.finding && d.kind !== 'line' ? 8 : d.kind === 'polygon' ? 0 : tol) / k,
        far = t + Math.abs(aside) / k,
        n = layer.query(x - far, y - far, x + far, y + far),
        hits = Array.from(layer.found.subarray(0, n));
      for (const i of hits) {
        if (
          !layer.status(i, this.day) ||
          (layer.wide && layer.wide[i]) || // what is about a whole park catches no click
          layer.off[layer.style.classes[layer.cls(i)].key]
        )
          continue;
        const b = d.bb,
          small = layer.spec.finding && Math.max(b[i * 4 + 2] - b[i * 4], b[i * 4 + 3] - b[i * 4 + 1]) * k <= 26;
        const [right, down] = aside ? GP.aside(d, d.feat[i], aside) : [0, 0]; // a line is hit where it is drawn
        if (small || layer.near(i, x - right / k, y - down / k, t)) out.push({ layer, i });
      }
    }
    return out;
  },
});

/* Which of the features under a finger is meant: a finding first; then the parcel, unless the map is so near that what
   stands or runs on it can be told apart; a zone that holds the parcel never. */
GP.meant = function (hits) {
  const first = hits[0];
  if (!first || first.layer.spec.finding) return first;
  const parcel = hits.find(hit => hit.layer.spec.source === 'parcels'),
    k = (Math.pow(2, GP.map.getZoom()) * 256) / GP.WORLD,
    metre = ((GP.WORLD / 40075016.7) * k) / GP.surface.squash,
    size = ({ layer, i }) => {
      const b = layer.data.bb;
      return (b[i * 4 + 2] - b[i * 4]) * (b[i * 4 + 3] - b[i * 4 + 1]);
    };
  if (!parcel || metre < 0.8) return parcel || first;
  return hits.find(hit => hit === parcel || hit.layer.data.kind !== 'polygon' || size(hit) < size(parcel)) || parcel;
};
