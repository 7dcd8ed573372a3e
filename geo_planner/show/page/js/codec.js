/* The browser half of packed.py (its format: packed-format.md): letters -> gzip -> whole numbers -> typed arrays with a
   grid index. One self-contained module, because its text is also the worker's program. */
function gpCodec() {
  'use strict';

  /* Five letters are four bytes; the letters run from ( to } and leave out <. */
  function bytesOf(text) {
    const n = text.length,
      out = new Uint8Array(Math.ceil(n / 5) * 4),
      letter = i => {
        const c = i < n ? text.charCodeAt(i) : 125;
        return c > 60 ? c - 41 : c - 40;
      };
    for (let i = 0, o = 0; i < n; i += 5) {
      const v =
        (((letter(i) * 85 + letter(i + 1)) * 85 + letter(i + 2)) * 85 + letter(i + 3)) * 85 + letter(i + 4);
      out[o++] = v / 16777216;
      out[o++] = v >>> 16;
      out[o++] = v >>> 8;
      out[o++] = v;
    }
    return out.subarray(0, out.length - ((5 - (n % 5)) % 5));
  }

  async function unzip(src) {
    // Chromium 80 and later, which is every kernel this page supports
    const stream = new Blob([src]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  /* A reader of LEB128 numbers: `next()` gives one, `at` is the byte after it. */
  function reader(buf, at) {
    const r = {
      at,
      next() {
        let v = 0,
          s = 0,
          b;
        do {
          b = buf[r.at++];
          v |= (b & 127) << s;
          s += 7;
        } while (b > 127);
        return v >>> 0;
      },
    };
    return r;
  }

  /* All corners from byte `p` on: steps from corner to corner, of each axis byte by byte; the byte after the last. */
  function corners(buf, p, shape, wide) {
    const { part, xy } = shape,
      end = xy.length / 2,
      signed = v => (v >>> 1) ^ -(v & 1);
    for (let axis = 0; axis < 2; axis++) {
      for (let k = 0; k < wide; k++, p += end)
        for (let i = 0; i < end; i++) xy[i * 2 + axis] |= buf[p + i] << (8 * k);
      let first = 0,
        at = 0;
      for (let k = 0, r = 0; k < end; k++) {
        const step = signed(xy[k * 2 + axis]);
        if (k === part[r]) {
          at = first += step;
          while (part[r] <= k) r++;
        } else at += step;
        xy[k * 2 + axis] = at;
      }
    }
    return p;
  }

  function boxes(shape, n) {
    const { feat, part, xy } = shape,
      bb = new Int32Array(n * 4);
    for (let i = 0; i < n; i++) {
      let x0 = 2e9,
        y0 = 2e9,
        x1 = -1,
        y1 = -1;
      for (let v = part[feat[i]], end = part[feat[i + 1]]; v < end; v++) {
        const x = xy[v * 2],
          y = xy[v * 2 + 1];
        if (x < x0) x0 = x;
        if (x > x1) x1 = x;
        if (y < y0) y0 = y;
        if (y > y1) y1 = y;
      }
      bb[i * 4] = x0;
      bb[i * 4 + 1] = y0;
      bb[i * 4 + 2] = x1;
      bb[i * 4 + 3] = y1;
    }
    return bb;
  }

  const WORDS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };
  const TYPED = { number: Float32Array, double: Float64Array, day: Int32Array };

  /* Values whose bytes were written plane by plane. */
  function whole(raw, kind) {
    const wide = kind.BYTES_PER_ELEMENT,
      n = raw.length / wide,
      out = new Uint8Array(raw.length);
    for (let k = 0; k < wide; k++) for (let i = 0; i < n; i++) out[i * wide + k] = raw[k * n + i];
    return new kind(out.buffer);
  }

  function column(c, raw, rows) {
    if (TYPED[c.t]) return { t: c.t, d: whole(raw, TYPED[c.t]) };
    if (c.t === 'word') return { t: c.t, d: whole(raw, WORDS[c.wide]), words: c.words };
    if (c.t === 'step') {
      const d = new Int32Array(rows),
        steps = reader(raw, 0);
      for (let i = 0, v = 0; i < rows; i++) {
        const z = steps.next();
        d[i] = v += (z >>> 1) ^ -(z & 1);
      }
      return { t: c.t, d };
    }
    const at = new Int32Array(rows + 1),
      has = new Uint8Array(rows),
      sizes = reader(raw, 0);
    for (let i = 0; i < rows; i++) {
      const v = sizes.next();
      has[i] = v ? 1 : 0;
      at[i + 1] = at[i] + Math.max(0, v - 1);
    }
    return { t: c.t, raw, at, has, base: sizes.at };
  }

  function decode(buf) {
    const head = new DataView(buf.buffer, buf.byteOffset).getUint32(0, true),
      h = JSON.parse(new TextDecoder().decode(buf.subarray(4, 4 + head))),
      read = reader(buf, 4 + head),
      n = h.n,
      np = h.parts;
    const feat = new Int32Array(n + 1),
      part = new Int32Array(np + 1),
      xy = new Int32Array(h.vertices * 2);
    if (np) for (let i = 0; i < n; i++) feat[i + 1] = feat[i] + read.next();
    for (let i = 0; i < np; i++) part[i + 1] = part[i] + (h.kind === 'point' ? 1 : read.next() >>> 1);
    let p = corners(buf, read.at, { part, xy }, h.planes || 0);
    const bb = np ? boxes({ feat, part, xy }, n) : new Int32Array(n * 4),
      cols = {},
      keep = [xy.buffer, feat.buffer, part.buffer, bb.buffer];
    for (const c of h.cols) {
      const raw = buf.slice(p, (p += c.bytes)),
        col = (cols[c.k] = column(c, raw, c.n === undefined ? n : c.n));
      keep.push((col.d || raw).buffer);
      if (col.at) keep.push(col.at.buffer, col.has.buffer);
    }
    const grid = np ? index(bb, n, h.w, h.h) : null;
    if (grid) keep.push(grid.start.buffer, grid.cells.buffer);
    return { data: { kind: h.kind, n, x0: h.x0, y0: h.y0, w: h.w, h: h.h, xy, feat, part, bb, cols, grid }, keep };
  }

  function index(bb, n, w, h) {
    // every feature in each cell its box touches, as one flat list
    const G = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(n / 4)))),
      cw = (w + 1) / G,
      ch = (h + 1) / G,
      start = new Int32Array(G * G + 1);
    let cells = null;
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < n; i++) {
        const c0 = (bb[i * 4] / cw) | 0,
          c1 = (bb[i * 4 + 2] / cw) | 0,
          r0 = (bb[i * 4 + 1] / ch) | 0,
          r1 = (bb[i * 4 + 3] / ch) | 0;
        for (let r = r0; r <= r1; r++)
          for (let c = c0; c <= c1; c++) {
            if (pass) cells[--start[r * G + c]] = i;
            else start[r * G + c]++;
          }
      }
      if (!pass) {
        for (let i = 1; i <= G * G; i++) start[i] += start[i - 1];
        cells = new Int32Array(start[G * G]);
      }
    }
    return { G, cw, ch, start, cells };
  }

  return {
    unpack: async text => decode(await unzip(bytesOf(text))),
    json: async text => JSON.parse(new TextDecoder().decode(await unzip(bytesOf(text)))),
    boxes,
    index,
  };
}

/* Decode off the main thread where a worker can be had, on it where not; blocks come back in the order asked for. */
function gpLoader() {
  'use strict';
  const here = gpCodec(),
    waiting = new Map();
  let asked = 0,
    worker = gpWorker(waiting, () => {
      // no workers here after all: do what is waiting ourselves
      worker = null;
      for (const w of waiting.values()) here.unpack(w.text).then(r => w.yes(r.data), w.no);
      waiting.clear();
    });
  return {
    load(element) {
      const text = element.textContent.trim();
      element.remove();
      if (!worker) return here.unpack(text).then(r => r.data);
      return new Promise((yes, no) => {
        const id = asked++;
        waiting.set(id, { yes, no, text });
        worker.postMessage({ id, text });
      });
    },
    done() {
      if (worker && !waiting.size) {
        worker.terminate();
        worker = null;
      }
    },
  };
}

/* A worker that runs gpCodec and answers those who wait, by number; null where none can be had. */
function gpWorker(waiting, broken) {
  'use strict';
  const program =
    gpCodec.toString() +
    ';const codec=gpCodec();onmessage=async e=>{const{id,text}=e.data;' +
    'try{const r=await codec.unpack(text);postMessage({id,data:r.data},r.keep)}' +
    'catch(x){postMessage({id,error:String(x)})}}';
  try {
    const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' })),
      worker = new Worker(url);
    worker.onmessage = e => {
      const w = waiting.get(e.data.id);
      waiting.delete(e.data.id);
      if (!waiting.size) URL.revokeObjectURL(url);
      if (e.data.error) w.no(new Error(e.data.error));
      else w.yes(e.data.data);
    };
    worker.onerror = broken;
    return worker;
  } catch (e) {
    return null;
  }
}
