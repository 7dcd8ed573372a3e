/* A still as Python drew it: text of our own making, put in as nodes; null where a cause has none. */
GP.still = function (drawn) {
  const own = drawn && drawn[GP.state.lang],
    text = own ? own.join(drawn.same) : null,
    found = text ? new DOMParser().parseFromString(text, 'image/svg+xml').documentElement : null;
  return found && found.localName === 'svg' ? document.importNode(found, true) : null;
};
