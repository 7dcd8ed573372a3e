/* Utility lines that lie in one street, moved aside by kind where the map is too small to show them apart: at street
   scale each kind has its own strip, nearer by the true places separate them, from afar they are one line. */
(function () {
  // from west to east and from north to south, as GB 50289 lays them: so that moving adds to the true distance
  const ORDER = ['telecom', 'water', 'reclaimed', 'sewer', 'storm', 'heat', 'gas', 'power'],
    STRIP = 2.4, // pixels from one kind to the next
    FROM = 0.22, // pixels a metre: below it a street is a line
    FULL = 0.4,
    APART = 1.4, // from here on true places are a strip apart
    NONE = [0, 0];

  /* How many pixels the lines of a layer are moved at a scale; 0 for what is no utility. */
  GP.asideOf = function (layer, metre) {
    if (layer.spec.source !== 'pipes' || layer.data.kind !== 'line') return 0;
    const at = ORDER.indexOf(layer.spec.id.split('-')[1]),
      grow = Math.min(1, (metre - FROM) / (FULL - FROM)),
      fade = Math.min(1, (APART * 1.6 - metre) / (APART * 0.6));
    return at < 0 ? 0 : (at - (ORDER.length - 1) / 2) * STRIP * Math.max(0, Math.min(grow, fade));
  };
  /* By how much a part of a line is moved to its side; the side does not depend on which way it was drawn. */
  GP.aside = function (d, part, pixels) {
    const a = d.part[part] * 2,
      e = (d.part[part + 1] - 1) * 2,
      dx = d.xy[e] - d.xy[a],
      dy = d.xy[e + 1] - d.xy[a + 1],
      long = Math.hypot(dx, dy),
      turn = Math.abs(dx) > Math.abs(dy) ? Math.sign(dx) : -Math.sign(dy);
    return long ? [(-dy / long) * pixels * turn, (dx / long) * pixels * turn] : NONE;
  };
})();
