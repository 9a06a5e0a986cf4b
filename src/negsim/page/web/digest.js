// The digest of a game's end, as negsim.games computes it: SHA-256 over the numbers in which two games would differ.
//
// It is written out here because browsers keep their own for pages from secure addresses.

const COLUMNS = [
  ["clock", "minute"], ["clock", "outcome"], ["paragraphs", "text"], ["paragraphs", "status"],
  ["opinions", "position"], ["opinions", "blocks"], ["trust", ""], ["belief", ""],
];

/** Return the digest of the state in a room, in hexadecimal. NaN counts as -1: it has no one form.
 * @param {Room} room */
export function digestOf(room) {
  const numbers = COLUMNS.flatMap(([table, column]) => [...room.table("State", table).column(column)]);
  const bytes = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((number, at) => bytes.setFloat64(8 * at, Number.isNaN(number) ? -1 : number, true));
  return sha256(new Uint8Array(bytes.buffer));
}

/** Compute SHA-256 (FIPS 180-4) of bytes, in hexadecimal. @param {Uint8Array} bytes */
export function sha256(bytes) {
  /** @type {number[]} */ const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  const fraction = (/** @type {number} */ root) => Math.floor((root % 1) * 2 ** 32) | 0;
  const rounds = primes.map((prime) => fraction(Math.cbrt(prime)));
  const hash = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const padded = new DataView(new ArrayBuffer(64 * Math.ceil((bytes.length + 9) / 64)));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, 8n * BigInt(bytes.length));
  const turned = (/** @type {number} */ word, /** @type {number} */ by) => (word >>> by) | (word << (32 - by));
  const words = new Int32Array(64);
  for (let block = 0; block < padded.byteLength; block += 64) {
    for (let t = 0; t < 64; t++) {
      if (t < 16) words[t] = padded.getInt32(block + 4 * t);
      else {
        const early = words[t - 15];
        const late = words[t - 2];
        words[t] =
          words[t - 16] + (turned(early, 7) ^ turned(early, 18) ^ (early >>> 3)) + words[t - 7] +
          (turned(late, 17) ^ turned(late, 19) ^ (late >>> 10));
      }
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let t = 0; t < 64; t++) {
      const one =
        (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + rounds[t] + words[t]) | 0;
      const other = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + other) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (hash[at] = (hash[at] + word) | 0));
  }
  return hash.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
