/* The reviewer's answer: accepted, rejected or waived; kept in the browser where it may be, else downloaded. */
GP.setupReview = function () {
  const h = GP.h,
    key = 'geo-planner-review-' + GP.model.meta.planDigest,
    f = GP.findings;
  const given = GP.model.reviews || {}; // what reviewers said before this page was written
  let marks = Object.assign({}, given),
    who = '',
    keeps = true;
  try {
    const kept = JSON.parse(localStorage.getItem(key) || '{}');
    marks = Object.assign(marks, kept.marks || {});
    who = kept.who || '';
    localStorage.setItem(key, JSON.stringify({ marks, who }));
  } catch (e) {
    keeps = false;
  }
  const keep = () => {
    if (keeps)
      try {
        localStorage.setItem(key, JSON.stringify({ marks, who }));
      } catch (e) {
        keeps = false;
      }
  };
  const today = () => {
    const d = new Date();
    return [d.getFullYear(), d.getMonth() + 1, d.getDate()].map(x => String(x).padStart(2, '0')).join('-');
  };
  const count = () => f.fp.filter(x => marks[x]).length;
  GP.review = {
    of: item => (item.f !== undefined && marks[f.fp[item.f]] ? marks[f.fp[item.f]].verdict : ''),
    count,
    document() {
      // the file `review merge` and `run --review` read
      return {
        format: 'geo_planner review 1',
        plan: GP.model.meta.planDigest,
        profile: GP.model.meta.profileDigest,
        version: GP.model.meta.version,
        marks: f.fp
          .map((fp, i) =>
            marks[fp]
              ? Object.assign({}, marks[fp], { fingerprint: fp, code: f.code[i], layer: f.layer[i], id: f.id[i] })
              : null,
          )
          .filter(Boolean),
      };
    },
    set(fp, mark) {
      if (mark) marks[fp] = mark;
      else marks[fp] = null;
      keep();
      GP.refreshList();
      foot();
    },
    form({ f: i }) {
      const fp = f.fp[i],
        now = marks[fp] || {},
        box = h('section', { class: 'gp-review' });
      let verdict = now.verdict || '';
      const name = h('input', {
        class: 'gp-field',
        name: 'reviewer',
        autocomplete: 'off',
        value: now.reviewer || who,
        placeholder: GP.t('reviewer'),
        'aria-label': GP.t('reviewer'),
      });
      const note = h('input', {
        class: 'gp-field',
        name: 'comment',
        autocomplete: 'off',
        value: now.comment || '',
        placeholder: GP.t('comment'),
        'aria-label': GP.t('comment'),
      });
      const why = h('input', {
        class: 'gp-field',
        name: 'reason',
        autocomplete: 'off',
        value: now.reason || '',
        placeholder: GP.t('reason'),
        'aria-label': GP.t('reason'),
      });
      const warn = h('p', { class: 'gp-warn', role: 'alert' }),
        fields = h(
          'div',
          {},
          why,
          name,
          note,
          h(
            'button',
            { type: 'button', class: 'gp-text-b', on: { click: () => save() } },
            GP.icon('save', 14),
            GP.t('save_mark'),
          ),
          warn,
        );
      const buttons = ['accepted', 'rejected', 'waived'].map(v =>
        h('button', {
          type: 'button',
          'data-verdict': v,
          text: GP.t(v),
          on: {
            click: () => {
              verdict = verdict === v ? '' : v;
              show();
              if (!verdict) GP.review.set(fp, null);
            },
          },
        }),
      );
      function show() {
        buttons.forEach(b => b.setAttribute('aria-pressed', String(b.dataset.verdict === verdict)));
        fields.hidden = !verdict;
        why.hidden = verdict !== 'waived';
        warn.textContent = keeps ? '' : GP.t('no_storage');
      }
      function save() {
        if (!name.value.trim()) {
          warn.textContent = GP.t('need_name');
          name.focus();
          return;
        }
        if (verdict === 'waived' && !why.value.trim()) {
          warn.textContent = GP.t('need_reason');
          why.focus();
          return;
        }
        who = name.value.trim();
        GP.review.set(fp, {
          verdict,
          reviewer: who,
          date: today(),
          comment: note.value.trim(),
          reason: verdict === 'waived' ? why.value.trim() : '',
        });
        GP.announce(GP.t(verdict) + ' ' + f.code[i] + ' ' + f.id[i]);
      }
      box.append(
        h('h3', { class: 'gp-h3', text: GP.t('review') }),
        h('div', { class: 'gp-marks', role: 'group', 'aria-label': GP.t('review') }, buttons),
        fields,
      );
      show();
      return box;
    },
  };
  const line = h('div', { class: 'gp-reviewline' }),
    said = h('span', { class: 'gp-grow gp-soft' });
  const get = h(
    'button',
    {
      type: 'button',
      class: 'gp-text-b',
      id: 'gp-download',
      on: {
        click: () => {
          const url = URL.createObjectURL(
              new Blob([JSON.stringify(GP.review.document(), null, 1) + '\n'], { type: 'application/json' }),
            ),
            a = h('a', { href: url, download: 'review.json' });
          document.body.append(a);
          a.click();
          a.remove();
          setTimeout(() => URL.revokeObjectURL(url), 1000);
        },
      },
    },
    GP.icon('save', 14),
    GP.say(h('span'), 'download_review'),
  );
  function foot() {
    line.hidden = !f.n;
    said.textContent = GP.t('review_count', { n: GP.num(count()), all: GP.num(f.n) });
  }
  line.append(said, get);
  GP.parts.side.insertBefore(line, GP.parts.side.lastElementChild);
  GP.on('lang', foot);
  GP.on('tab', () => {
    line.hidden = GP.state.tab !== 'findings' || !f.n;
  });
  foot();
  line.hidden = GP.state.tab !== 'findings' || !f.n;
};
