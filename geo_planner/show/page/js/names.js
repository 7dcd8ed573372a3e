/* The name of a finding, as plan/findings.py makes it: twelve digits of the SHA-256 of its code, layers and ids. */
(function () {
  const K = new Uint32Array(64),
    START = new Uint32Array(8);
  for (let n = 2, k = 0; k < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n && prime; d++) prime = n % d > 0;
    if (!prime) continue;
    const part = root => ((root - Math.floor(root)) * 4294967296) >>> 0;
    if (k < 8) START[k] = part(Math.sqrt(n));
    K[k++] = part(Math.cbrt(n));
  }
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  function padded(text) {
    const bytes = new TextEncoder().encode(text),
      out = new Uint8Array(((bytes.length + 72) >> 6) << 6);
    out.set(bytes);
    out[bytes.length] = 128;
    new DataView(out.buffer).setUint32(out.length - 4, bytes.length * 8);
    return new DataView(out.buffer);
  }
  function schedule(view, at, w) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + i * 4);
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15],
        b = w[i - 2];
      w[i] =
        w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
  }
  function block(w, hash) {
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i++) {
      const s = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25),
        t = (h + s + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0,
        u = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t) | 0, c, b, a, (t + u) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((v, k) => (hash[k] += v));
  }
  GP.sha256 = function (text) {
    const view = padded(text),
      w = new Uint32Array(64),
      hash = START.slice();
    for (let at = 0; at < view.byteLength; at += 64) {
      schedule(view, at, w);
      block(w, hash);
    }
    return Array.from(hash, v => v.toString(16).padStart(8, '0')).join('');
  };
})();

GP.nameFindings = function (f, column) {
  let names = null;
  const key = i => [f.code[i], f.layer[i], f.id[i], f.olayer[i], f.oid[i]].join('|');
  const like = (i, j) =>
    f.id[i] === f.id[j] &&
    f.oid[i] === f.oid[j] &&
    f.code[i] === f.code[j] &&
    f.layer[i] === f.layer[j] &&
    f.olayer[i] === f.olayer[j];
  const made = (text, n) => GP.sha256(text + '|' + n).slice(0, 12);
  function all() {
    if (column) return GP.textsOf(column);
    const seen = new Map();
    return Array.from({ length: f.n }, (_, i) => {
      const text = key(i),
        n = seen.get(text) || 0;
      seen.set(text, n + 1);
      return made(text, n);
    });
  }
  /* The name of one finding, and the names of all, made when they are first asked for. */
  f.name = function (i) {
    if (names || column) return f.fp[i];
    let n = 0;
    for (let j = 0; j < i; j++) if (like(i, j)) n++;
    return made(key(i), n);
  };
  Object.defineProperty(f, 'fp', { get: () => names || (names = all()) });
};
