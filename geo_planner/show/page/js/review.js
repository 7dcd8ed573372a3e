/* The reviewer's answer: accepted, rejected or waived; kept in the browser where it may be, else downloaded. */
(function () {
  const h = GP.h,
    VERDICTS = ['accepted', 'rejected', 'waived'];
  let key,
    f,
    marks = {},
    who = '',
    keeps = true,
    unsaved = 0; // marks made since the last download
  let line, said;

  function load() {
    key = 'geo-planner-review-' + GP.model.meta.planDigest;
    f = GP.findings;
    marks = Object.assign({}, GP.model.reviews || {}); // what reviewers said before this page was written
    try {
      const kept = JSON.parse(localStorage.getItem(key) || '{}');
      Object.assign(marks, kept.marks || {});
      who = kept.who || '';
      localStorage.setItem(key, JSON.stringify({ marks, who }));
    } catch (e) {
      keeps = false;
    }
  }
  function keep() {
    if (!keeps) return;
    try {
      localStorage.setItem(key, JSON.stringify({ marks, who }));
    } catch (e) {
      keeps = false;
    }
  }
  function today() {
    const d = new Date();
    return [d.getFullYear(), d.getMonth() + 1, d.getDate()].map(x => String(x).padStart(2, '0')).join('-');
  }
  /* Whether there is any mark: only then the names of the findings are worked out. */
  const any = () => Object.keys(marks).some(k => marks[k]);
  /* What `geo-planner review` reads. */
  function written() {
    const { planDigest, profileDigest, version } = GP.model.meta;
    const rows = (any() ? f.fp : [])
      .map((fingerprint, i) => [marks[fingerprint], { fingerprint, code: f.code[i], layer: f.layer[i], id: f.id[i] }])
      .filter(([mark]) => mark)
      .map(([mark, about]) => Object.assign({}, mark, about));
    return { format: 'geo_planner review 1', plan: planDigest, profile: profileDigest, version, marks: rows };
  }
  function set(fp, mark) {
    marks[fp] = mark || null;
    unsaved++;
    keep();
    GP.refreshList();
    GP.tellReviewed();
    foot();
  }

  // ---- the form of one finding --------------------------------------------------------------------------------
  function field(name, value) {
    const about = { class: 'gp-field', name, autocomplete: 'off', value, placeholder: GP.t(name) };
    return h('input', Object.assign(about, { 'aria-label': GP.t(name) }));
  }
  function form({ f: i }) {
    const fp = f.name(i),
      now = marks[fp] || {},
      name = field('reviewer', now.reviewer || who),
      note = field('comment', now.comment || ''),
      why = field('reason', now.reason || ''),
      warn = h('p', { class: 'gp-warn', role: 'alert' });
    let verdict = now.verdict || '';
    const save = () => {
      if (verdict === 'waived' && !why.value.trim()) {
        warn.textContent = GP.t('need_reason');
        why.focus();
        return;
      }
      who = name.value.trim();
      const reason = verdict === 'waived' ? why.value.trim() : '';
      set(fp, { verdict, reviewer: who || GP.t('anonymous'), date: today(), comment: note.value.trim(), reason });
      GP.announce(GP.t(verdict) + ' ' + f.code[i] + ' ' + f.id[i]);
    };
    const fields = h('div', {}, why, name, note, GP.card.act('save_mark', 'save', save), warn);
    const choose = v => {
      verdict = verdict === v ? '' : v;
      show();
      if (!verdict) set(fp, null);
    };
    const buttons = VERDICTS.map(v =>
      h('button', { type: 'button', 'data-verdict': v, text: GP.t(v), on: { click: () => choose(v) } }),
    );
    const show = () => {
      for (const b of buttons) b.setAttribute('aria-pressed', String(b.dataset.verdict === verdict));
      fields.hidden = !verdict;
      why.hidden = verdict !== 'waived';
      warn.textContent = keeps ? '' : GP.t('no_storage');
    };
    show();
    const group = h('div', { class: 'gp-marks', role: 'group', 'aria-label': GP.t('review') }, buttons);
    return h('section', { class: 'gp-review' }, h('h3', { class: 'gp-h3', text: GP.t('review') }), group, fields);
  }

  // ---- the line below the list --------------------------------------------------------------------------------
  GP.download = function (name, text, type) {
    const url = URL.createObjectURL(new Blob([text], { type })),
      a = h('a', { href: url, download: name });
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  function download() {
    GP.download('review.json', JSON.stringify(written(), null, 1) + '\n', 'application/json');
    unsaved = 0;
  }
  function foot() {
    line.hidden = GP.state.tab !== 'findings' || !f.n;
    const n = any() ? f.fp.filter(x => marks[x]).length : 0;
    said.textContent = GP.t('review_count', { n: GP.num(n), all: GP.num(f.n) });
  }
  /* Leaving with marks or edits that no file holds is asked about. */
  function leave(e) {
    if (!unsaved && !(GP.edits && GP.edits.unsaved())) return;
    e.preventDefault();
    e.returnValue = '';
  }
  GP.setupReview = function () {
    load();
    GP.review = {
      of: x => (x.f !== undefined && any() && marks[f.fp[x.f]] ? marks[f.fp[x.f]].verdict : null),
      document: written,
      unsaved: () => unsaved,
      set,
      form,
    };
    said = h('span', { class: 'gp-grow gp-soft' });
    const get = h(
      'button',
      { type: 'button', class: 'gp-text-b', id: 'gp-download', on: { click: download } },
      GP.icon('save', 14),
      GP.say(h('span'), 'download_review'),
    );
    line = h('div', { class: 'gp-reviewline' }, said, get);
    GP.parts.side.append(line);
    GP.on('lang tab', foot);
    window.addEventListener('beforeunload', leave);
    foot();
  };
})();
