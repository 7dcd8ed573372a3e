/* The key of the map in its corner: the land use shown, and what the signs of findings mean. */
(function () {
  const h = GP.h,
    SIGNS = ['error', 'warning', 'info'];
  let box, list;

  function classes(layer) {
    return GP.classesUsed(layer)
      .map(k => layer.style.classes[k])
      .filter(c => !layer.off[c.key]);
  }
  function entry(kind, c) {
    return h('li', {}, GP.swatch(kind, c), h('span', { text: GP.pick(c) }));
  }
  function draw() {
    const shown = ['hexagons', 'parcels'].map(id => GP.byId[id]).filter(layer => layer && layer.shown),
      top = shown[0],
      signs = GP.layers.filter(l => l.spec.finding && l.shown && l.data.n)[0];
    GP.clear(list);
    box.hidden = !top && !signs;
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
