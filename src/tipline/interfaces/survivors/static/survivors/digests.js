// MD5 (RFC 1321) and SHA-256 (FIPS 180-4), piece by piece: the browser's own digests know no MD5 and want whole files.

const BLOCK = 64;

class Digest {
  constructor(state, isBigEndian) {
    this.state = state;
    this.isBigEndian = isBigEndian;
    this.block = new Uint8Array(BLOCK);
    this.view = new DataView(this.block.buffer);
    this.words = new Int32Array(BLOCK);
    this.held = 0; // bytes waiting in the block
    this.length = 0; // bytes altogether
  }

  update(bytes) {
    this.length += bytes.length;
    const whole = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at < bytes.length) {
      if (this.held === 0 && at + BLOCK <= bytes.length) {
        this.turn(whole, at);
        at += BLOCK;
        continue;
      }
      const taken = Math.min(BLOCK - this.held, bytes.length - at);
      this.block.set(bytes.subarray(at, at + taken), this.held);
      this.held += taken;
      at += taken;
      if (this.held === BLOCK) {
        this.turn(this.view, 0);
        this.held = 0;
      }
    }
    return this;
  }

  turn(view, at) {
    const { words, isBigEndian } = this;
    for (let index = 0; index < 16; index += 1) words[index] = view.getInt32(at + 4 * index, !isBigEndian);
    this.compress(words);
  }

  hex() {
    const { length } = this;
    const padding = new Uint8Array(((this.held < 56 ? 56 : 120) - this.held) + 8);
    padding[0] = 0x80;
    const end = new DataView(padding.buffer, padding.length - 8);
    const [high, low] = [Math.floor(length / 0x20000000), (length * 8) % 0x100000000];
    end.setUint32(this.isBigEndian ? 0 : 4, high, !this.isBigEndian);
    end.setUint32(this.isBigEndian ? 4 : 0, low, !this.isBigEndian);
    this.update(padding);
    const out = new DataView(new ArrayBuffer(4 * this.state.length));
    this.state.forEach((word, index) => out.setInt32(4 * index, word, !this.isBigEndian));
    return Array.from(new Uint8Array(out.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

const SINES = Int32Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 0x100000000));
const SHIFTS = Int32Array.of(7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21);

export class Md5 extends Digest {
  constructor() {
    super(Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476), false);
  }

  compress(words) {
    let [a, b, c, d] = this.state;
    let mixed = 0;
    let word = 0;
    for (let step = 0; step < 64; step += 1) {
      if (step < 16) { mixed = (b & c) | (~b & d); word = step; }
      else if (step < 32) { mixed = (d & b) | (~d & c); word = (5 * step + 1) & 15; }
      else if (step < 48) { mixed = b ^ c ^ d; word = (3 * step + 5) & 15; }
      else { mixed = c ^ (b | ~d); word = (7 * step) & 15; }
      const sum = (a + mixed + SINES[step] + words[word]) | 0;
      const shift = SHIFTS[(step >> 4) * 4 + (step & 3)];
      a = d;
      d = c;
      c = b;
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
    }
    const { state } = this;
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
}

function primes(count) {
  const found = [];
  for (let number = 2; found.length < count; number += 1) if (found.every((one) => number % one)) found.push(number);
  return found;
}

// The first 32 bits of the fractional part of a root: the standard's constants, made as it says.
const fraction = (root) => Math.floor((root - Math.floor(root)) * 0x100000000);
const ROUNDS = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));
const right = (word, by) => (word >>> by) | (word << (32 - by));

export class Sha256 extends Digest {
  constructor() {
    super(Int32Array.from(START), true);
  }

  compress(words) {
    for (let at = 16; at < 64; at += 1) {
      const [near, far] = [words[at - 2], words[at - 15]];
      const small = right(far, 7) ^ right(far, 18) ^ (far >>> 3);
      words[at] = words[at - 16] + small + words[at - 7] + (right(near, 17) ^ right(near, 19) ^ (near >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let at = 0; at < 64; at += 1) {
      const one = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[at] + words[at]) | 0;
      const two = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => { this.state[index] += word; });
  }
}
