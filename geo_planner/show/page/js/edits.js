/* Proposing in the page: a reviewer moves the dates of a feature or sets its land use; the edits are collected and
   downloaded as a scenario that `geo-planner run` judges in full. Nothing is judged here. */
(function () {
  const h = GP.h,
    DAY = /^\d{4}-\d{2}-\d{2}$/;
  let edits = [],
    changed = false,
    line,
    said;

  // ---- the scenario as TOML -----------------------------------------------------------------------------------
  /* A basic string of TOML, which escapes like JSON; the one control character that JSON leaves is DEL. */
  const text = value => JSON.stringify(String(value)).replace(/\u007f/g, '\\u007f');
  function table(edit) {
    const rows = ['[[edits]]', 'kind = ' + text(edit.kind), 'layer = ' + text(edit.layer), 'id = ' + text(edit.id)];
    const value = Object.entries(edit.value).map(([k, v]) => text(k) + ' = ' + (typeof v === 'number' ? v : text(v)));
    rows.push('value = { ' + value.join(', ') + ' }', 'reason = ' + text(edit.reason));
    return rows.join('\n');
  }
  function scenario() {
    const m = GP.model.meta,
      name = m.name + '_proposed',
      title = lang => text(((m.title && m.title[lang]) || m.name) + GP.WORDS.proposed_of[lang === 'zh' ? 0 : 1]);
    const head = [
      '# ' + GP.t('scenario_hint'),
      'name = ' + text(name),
      `title = { zh = ${title('zh')}, en = ${title('en')} }`,
      'base = ' + text(m.name + '.toml'),
    ];
    return [head.join('\n'), ...edits.map(table)].join('\n\n') + '\n';
  }

  // ---- collecting ---------------------------------------------------------------------------------------------
  function add(edit) {
    const same = e => e.kind === edit.kind && e.layer === edit.layer && e.id === edit.id;
    edits = [...edits.filter(e => !same(e)), edit];
    changed = true;
    foot();
    GP.announce(GP.t('edit_kept') + ' ' + edit.id);
  }
  function dateField(layer, i, column) {
    const now = layer[column] ? layer[column][i] : GP.NO_DAY,
      label = GP.pick({ zh: layer.spec.labels[column][0], en: layer.spec.labels[column][1] });
    if (now === GP.NO_DAY) return null;
    const input = h('input', {
      type: 'date',
      class: 'gp-field',
      name: column,
      value: GP.iso(now),
      'aria-label': label,
    });
    return {
      column,
      input,
      now: GP.iso(now),
      row: h('label', { class: 'gp-editrow' }, h('span', { text: label }), input),
    };
  }
  function codeField(layer, i) {
    const now = layer.spec.source === 'parcels' ? layer.text(i, 'code') : null;
    if (now === null) return null;
    const label = GP.pick({ zh: layer.spec.labels.code[0], en: layer.spec.labels.code[1] }),
      input = h('input', { class: 'gp-field', name: 'code', value: now, autocomplete: 'off', 'aria-label': label });
    return { column: 'code', input, now, row: h('label', { class: 'gp-editrow' }, h('span', { text: label }), input) };
  }
  function reasonOf(reason, who) {
    const name = who.value.trim() || GP.t('anonymous');
    return (reason.value.trim() ? reason.value.trim() + GP.t('by_name', { name }) : GP.t('by_name', { name })).trim();
  }
  function save(layer, id, fields, because) {
    const moved = fields.filter(f => f.input.value.trim() && f.input.value.trim() !== f.now),
      dates = moved.filter(f => f.column !== 'code' && DAY.test(f.input.value)),
      code = moved.find(f => f.column === 'code'),
      about = { layer: layer.spec.source, id, reason: because };
    const value = Object.fromEntries(dates.map(f => [f.column, f.input.value]));
    if (dates.length) add(Object.assign({ kind: 'retime', value }, about));
    if (code) add(Object.assign({ kind: 'set', value: { code: code.input.value.trim() } }, about));
    return moved.length > 0;
  }
  function form(layer, i) {
    const fields = [...['start', 'finish'].filter(c => layer.spec.labels[c]).map(c => dateField(layer, i, c))]
      .concat(codeField(layer, i))
      .filter(Boolean);
    if (!fields.length || !GP.model.names[layer.spec.source]) return null;
    const reason = h('input', { class: 'gp-field', name: 'why', placeholder: GP.t('edit_reason') }),
      who = h('input', { class: 'gp-field', name: 'who', placeholder: GP.t('reviewer') }),
      warn = h('p', { class: 'gp-warn', role: 'alert' });
    for (const e of [reason, who]) e.setAttribute('aria-label', e.getAttribute('placeholder'));
    const keep = () => {
      const kept = save(layer, layer.text(i, 'id'), fields, reasonOf(reason, who));
      warn.textContent = kept ? '' : GP.t('edit_nothing');
    };
    return h(
      'details',
      { class: 'gp-more gp-edit' },
      h('summary', { text: GP.t('propose') }),
      ...fields.map(f => f.row),
      reason,
      who,
      GP.card.act('edit_keep', 'save', keep),
      warn,
    );
  }
  /* A bar of the proof that was dragged: the feature is moved as a whole. */
  function shift(layer, id, days) {
    const value = { shift_days: days };
    add({ kind: 'retime', layer, id, value, reason: GP.t('dragged', { n: days }) });
  }

  // ---- the line below the list --------------------------------------------------------------------------------
  function download() {
    GP.download(GP.model.meta.name + '_proposed.toml', scenario(), 'application/toml');
    changed = false;
  }
  function foot() {
    line.hidden = !edits.length;
    said.textContent = GP.t('edit_count', { n: GP.num(edits.length, 0) });
  }
  GP.setupEdits = function () {
    said = h('span', { class: 'gp-grow gp-soft' });
    const label = GP.say(h('span'), 'download_edits'),
      about = { type: 'button', class: 'gp-text-b', id: 'gp-download-edits', on: { click: download } };
    line = h('div', { class: 'gp-reviewline' }, said, h('button', about, GP.icon('save', 14), label));
    GP.parts.side.append(line);
    GP.edits = { form, shift, scenario, all: () => edits, unsaved: () => changed };
    GP.on('lang', foot);
    foot();
  };
})();
