/* A still as Python drew it: text of our own making, put in as nodes; null where a cause has none. */
GP.still = function (drawn) {
  const text = drawn && drawn[GP.state.lang],
    found = text ? new DOMParser().parseFromString(text, 'image/svg+xml').documentElement : null;
  return found && found.localName === 'svg' ? document.importNode(found, true) : null;
};
