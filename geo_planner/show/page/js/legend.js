/* The key of the map in its corner: the land use shown, and what the signs of findings mean. */
(function () {
  const h = GP.h,
    SIGNS = ['error', 'warning', 'info'];
  let box,
    list,
    roles = [];

  function classes(layer) {
    return GP.classesUsed(layer)
      .map(k => layer.style.classes[k])
      .filter(c => !layer.off[c.key]);
  }
  function entry(kind, c) {
    return h('li', {}, GP.swatch(kind, c), h('span', { text: GP.pick(c) }));
  }
  /* A line or dot as the map draws a party. */
  function sign(role) {
    const about = { width: 18, height: 12, class: 'gp-sw', 'aria-hidden': 'true' },
      line = h('svg:line', { x1: 1, y1: 6, x2: 17, y2: 6, class: 'gp-hl gp-' + role }),
      dot = h('svg:circle', { cx: 9, cy: 6, r: 4, class: 'gp-hl gp-' + role });
    return h('svg:svg', about, role === 'source' ? dot : line);
  }
  /* What is selected says which parts are played on the map: they stand first in the key. */
  GP.keyOf = function (played) {
    roles = played;
    if (box) draw();
  };
  function draw() {
    const shown = ['hexagons', 'parcels'].map(id => GP.byId[id]).filter(layer => layer && layer.shown),
      top = shown[0],
      signs = GP.layers.filter(l => l.spec.finding && l.shown && l.data.n)[0];
    GP.clear(list);
    box.hidden = !top && !signs && !roles.length;
    list.append(...roles.map(role => h('li', {}, sign(role), h('span', { text: GP.t('role_' + role) }))));
    const whole = top && top.id === 'hexagons' ? top.style.classes : top ? classes(top) : [];
    if (top) list.append(...whole.map(c => entry('polygon', c)));
    if (signs) list.append(...signs.style.classes.filter(c => SIGNS.includes(c.key)).map(c => entry('point', c)));
  }
  GP.setupLegend = function () {
    list = h('ul', { class: 'gp-plain' });
    box = h('details', { class: 'gp-legend' }, GP.say(h('summary'), 'legend'), list);
    box.open = window.innerWidth > 800;
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    GP.map.getContainer().append(box);
    GP.on('lang hidden style', draw);
    draw();
  };
})();
