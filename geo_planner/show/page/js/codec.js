/* The browser half of packed.py: base64 -> gzip -> whole numbers -> typed arrays with a grid index.
   One self-contained function, because its text is also the worker's program. */
function gpCodec() {
  'use strict';

  function bytesOf(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const raw = atob(text), out = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
    return out;
  }

  // ---- inflate (RFC 1951) for browsers without DecompressionStream -------------------------------------------
  const LEN = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  const LEN_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
  const DIST = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  const DIST_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

  function tree(lengths) {                       // canonical Huffman code as a table looked up with `width` bits
    let width = 1;
    for (const n of lengths) if (n > width) width = n;
    const table = new Int32Array(1 << width).fill(-1), next = new Int32Array(17), count = new Int32Array(17);
    for (const n of lengths) count[n]++;
    count[0] = 0;
    for (let n = 1, code = 0; n < 17; n++) { code = (code + count[n - 1]) << 1; next[n] = code; }
    for (let s = 0; s < lengths.length; s++) {
      const n = lengths[s];
      if (!n) continue;
      let code = next[n]++, back = 0;
      for (let k = 0; k < n; k++) { back = back << 1 | code & 1; code >>= 1; }
      for (let at = back; at < 1 << width; at += 1 << n) table[at] = n << 16 | s;
    }
    return { table, width };
  }

  function inflate(src) {                        // a gzip member; flags of packed.py only (no name, no comment)
    let at = 10, bit = 0, bits = 0, to = 0;
    const size = new DataView(src.buffer, src.byteOffset).getUint32(src.length - 4, true), out = new Uint8Array(size);
    const need = n => { while (bits < n) { bit |= (src[at++] || 0) << bits; bits += 8; } };
    const take = n => { if (!n) return 0; need(n); const v = bit & (1 << n) - 1; bit >>>= n; bits -= n; return v; };
    const read = t => {
      need(t.width);
      const hit = t.table[bit & (1 << t.width) - 1], n = hit >> 16;
      if (hit < 0) throw new Error('damaged data block');
      bit >>>= n; bits -= n;
      return hit & 65535;
    };
    const fixedLengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
    const fixed = [tree(fixedLengths), tree(new Uint8Array(30).fill(5))];
    const block = (lit, dist) => {
      for (;;) {
        const s = read(lit);
        if (s < 256) { out[to++] = s; continue; }
        if (s === 256) return;
        const n = LEN[s - 257] + take(LEN_BITS[s - 257]), d = read(dist), back = DIST[d] + take(DIST_BITS[d]);
        for (let k = 0; k < n; k++, to++) out[to] = out[to - back];
      }
    };
    for (let last = 0; !last;) {
      last = take(1);
      const kind = take(2);
      if (kind === 0) {
        at -= bits >> 3; bit = bits = 0;
        const n = src[at] | src[at + 1] << 8;
        out.set(src.subarray(at + 4, at + 4 + n), to); to += n; at += 4 + n;
      } else if (kind === 1) block(fixed[0], fixed[1]);
      else {
        const nl = take(5) + 257, nd = take(5) + 1, nc = take(4) + 4, codes = new Uint8Array(19), all = new Uint8Array(nl + nd);
        for (let k = 0; k < nc; k++) codes[ORDER[k]] = take(3);
        const how = tree(codes);
        for (let k = 0; k < nl + nd;) {
          const s = read(how);
          if (s < 16) { all[k++] = s; continue; }
          const fill = s === 16 ? all[k - 1] : 0;
          let n = s === 16 ? 3 + take(2) : s === 17 ? 3 + take(3) : 11 + take(7);
          while (n--) all[k++] = fill;
        }
        block(tree(all.subarray(0, nl)), tree(all.subarray(nl)));
      }
    }
    return out;
  }

  async function unzip(src, native) {
    if (!native) return inflate(src);
    const stream = new Blob([src]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // ---- decode -------------------------------------------------------------------------------------------------
  function decode(buf) {
    const head = new DataView(buf.buffer, buf.byteOffset).getUint32(0, true);
    const h = JSON.parse(new TextDecoder().decode(buf.subarray(4, 4 + head)));
    let p = 4 + head;
    const n = h.n, np = h.parts, nv = h.vertices;
    const feat = new Int32Array(n + 1), part = new Int32Array(np + 1), xy = new Int32Array(nv * 2), bb = new Int32Array(n * 4);
    const next = () => { let v = 0, s = 0, b; do { b = buf[p++]; v |= (b & 127) << s; s += 7; } while (b > 127); return v >>> 0; };
    if (np) for (let i = 0; i < n; i++) feat[i + 1] = feat[i] + next();
    for (let i = 0; i < np; i++) part[i + 1] = part[i] + (h.kind === 'point' ? 1 : next() >>> 1);
    let sx = 0, sy = 0, k = 0;
    for (let i = 0; np && i < n; i++) {
      let x0 = 2e9, y0 = 2e9, x1 = -1, y1 = -1;
      for (let r = feat[i]; r < feat[i + 1]; r++) {
        let x = sx, y = sy;
        for (let j = part[r], first = true; j < part[r + 1]; j++) {
          let v = 0, s = 0, b;                     // the two varints are written out: this loop is the load time
          do { b = buf[p++]; v |= (b & 127) << s; s += 7; } while (b > 127);
          x += v >>> 1 ^ -(v & 1);
          v = 0; s = 0;
          do { b = buf[p++]; v |= (b & 127) << s; s += 7; } while (b > 127);
          y += v >>> 1 ^ -(v & 1);
          if (first) { sx = x; sy = y; first = false; }
          xy[k++] = x; xy[k++] = y;
          if (x < x0) x0 = x;
          if (x > x1) x1 = x;
          if (y < y0) y0 = y;
          if (y > y1) y1 = y;
        }
      }
      bb[i * 4] = x0; bb[i * 4 + 1] = y0; bb[i * 4 + 2] = x1; bb[i * 4 + 3] = y1;
    }
    const cols = {}, keep = [xy.buffer, feat.buffer, part.buffer, bb.buffer];
    for (const c of h.cols) {
      const raw = buf.slice(p, p += c.bytes);
      if (c.t === 'word') cols[c.k] = { t: c.t, d: c.wide === 1 ? raw : c.wide === 2 ? new Uint16Array(raw.buffer) : new Uint32Array(raw.buffer), words: c.words };
      else if (c.t === 'number') cols[c.k] = { t: c.t, d: new Float32Array(raw.buffer) };
      else if (c.t === 'double') cols[c.k] = { t: c.t, d: new Float64Array(raw.buffer) };
      else if (c.t === 'day') cols[c.k] = { t: c.t, d: new Int32Array(raw.buffer) };
      else {
        const rows = c.n === undefined ? n : c.n, at = new Int32Array(rows + 1), has = new Uint8Array(rows);
        let q = 0;
        for (let i = 0; i < rows; i++) {
          let v = 0, s = 0, b;
          do { b = raw[q++]; v |= (b & 127) << s; s += 7; } while (b > 127);
          has[i] = v ? 1 : 0; at[i + 1] = at[i] + Math.max(0, v - 1);
        }
        cols[c.k] = { t: c.t, raw, at, has, base: q };
        keep.push(at.buffer, has.buffer);
      }
      keep.push(raw.buffer);
    }
    const grid = np ? index(bb, n, h.w, h.h) : null;
    if (grid) keep.push(grid.start.buffer, grid.cells.buffer);
    return { data: { kind: h.kind, n, x0: h.x0, y0: h.y0, w: h.w, h: h.h, xy, feat, part, bb, cols, grid }, keep };
  }

  function index(bb, n, w, h) {                  // every feature in each cell its box touches, as one flat list
    const G = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(n / 4)))), cw = (w + 1) / G, ch = (h + 1) / G, start = new Int32Array(G * G + 1);
    let cells = null;
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < n; i++) {
        const c0 = bb[i * 4] / cw | 0, c1 = bb[i * 4 + 2] / cw | 0, r0 = bb[i * 4 + 1] / ch | 0, r1 = bb[i * 4 + 3] / ch | 0;
        for (let r = r0; r <= r1; r++) for (let c = c0; c <= c1; c++) {
          if (pass) cells[--start[r * G + c]] = i; else start[r * G + c]++;
        }
      }
      if (!pass) { for (let i = 1; i <= G * G; i++) start[i] += start[i - 1]; cells = new Int32Array(start[G * G]); }
    }
    return { G, cw, ch, start, cells };
  }

  return { unpack: async (text, native) => decode(await unzip(bytesOf(text), native)) };
}

/* Decode off the main thread where a worker can be had, on it where not; blocks come back in the order asked for. */
function gpLoader() {
  'use strict';
  const native = typeof DecompressionStream !== 'undefined', here = gpCodec(), waiting = new Map();
  let worker = null, asked = 0;
  try {
    const program = gpCodec.toString() + ';const codec=gpCodec();onmessage=async e=>{const{id,text,native}=e.data;' +
      'try{const r=await codec.unpack(text,native);postMessage({id,data:r.data},r.keep)}catch(x){postMessage({id,error:String(x)})}}';
    const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
    worker = new Worker(url);
    worker.onmessage = e => {
      const w = waiting.get(e.data.id);
      waiting.delete(e.data.id);
      if (!waiting.size) URL.revokeObjectURL(url);
      if (e.data.error) w.no(new Error(e.data.error)); else w.yes(e.data.data);
    };
    worker.onerror = () => {                     // no workers here after all: do what is waiting ourselves
      worker = null;
      for (const w of waiting.values()) here.unpack(w.text, native).then(r => w.yes(r.data), w.no);
      waiting.clear();
    };
  } catch (e) { worker = null; }
  return {
    load(element) {
      const text = element.textContent.trim();
      element.remove();
      if (!worker) return here.unpack(text, native).then(r => r.data);
      return new Promise((yes, no) => {
        const id = asked++;
        waiting.set(id, { yes, no, text });
        worker.postMessage({ id, text, native });
      });
    },
    done() { if (worker && !waiting.size) { worker.terminate(); worker = null; } }
  };
}
