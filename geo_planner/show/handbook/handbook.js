'use strict';
/* Search: what does not hold the words is hidden, chapter by chapter and section by section. */
(function () {
  const field = document.querySelector('nav input');
  const holds = (node, words) => words.every(word => node.textContent.toLowerCase().includes(word));

  function filter(article, words) {
    const sections = article.querySelectorAll('section');
    let shown = 0;
    sections.forEach(section => {
      section.hidden = !holds(section, words);
      shown += section.hidden ? 0 : 1;
    });
    article.hidden = sections.length ? shown === 0 : !holds(article, words);
  }

  field.addEventListener('input', () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    document.querySelectorAll('article').forEach(article => filter(article, words));
  });
})();
