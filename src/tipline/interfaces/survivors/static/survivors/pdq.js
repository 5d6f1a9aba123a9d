// PDQ on the device: the same bits as the server's `media/pdq.py` on the same pixels, which tests hold both to.
// Weights are whole numbers over one divisor, so sums are exact; cosines are written out; the order of sums is stated.

const SAMPLES = 64;
const BITS = 256;
const LEAST_SIDE = 5;
const QUALITY_DIVISOR = 90;
const SCALE = 0.1767766952966369; // the square root of 2 / 64
// cos(pi * step / 128) for step 0-64, as in media/cosines.py.
export const QUARTER_WAVE = [
  1.0, 0.9996988186962042, 0.9987954562051724, 0.9972904566786902, 0.9951847266721969,
  0.99247953459871, 0.989176509964781, 0.9852776423889412, 0.9807852804032304, 0.9757021300385286,
  0.970031253194544, 0.9637760657954398, 0.9569403357322088, 0.9495281805930367, 0.9415440651830208,
  0.9329927988347388, 0.9238795325112867, 0.9142097557035307, 0.9039892931234433, 0.8932243011955153,
  0.881921264348355, 0.8700869911087115, 0.8577286100002721, 0.8448535652497071, 0.8314696123025452,
  0.8175848131515837, 0.8032075314806449, 0.7883464276266062, 0.773010453362737, 0.7572088465064846,
  0.7409511253549591, 0.7242470829514669, 0.7071067811865476, 0.6895405447370669, 0.6715589548470184,
  0.6531728429537768, 0.6343932841636455, 0.6152315905806268, 0.5956993044924334, 0.5758081914178453,
  0.5555702330196022, 0.5349976198870973, 0.5141027441932218, 0.49289819222978404, 0.47139673682599764,
  0.4496113296546066, 0.4275550934302821, 0.40524131400498986, 0.3826834323650898, 0.35989503653498817,
  0.33688985339222005, 0.31368174039889146, 0.2902846772544624, 0.26671275747489837, 0.2429801799032639,
  0.2191012401568698, 0.19509032201612828, 0.17096188876030122, 0.14673047445536175, 0.1224106751992162,
  0.0980171403295606, 0.07356456359966743, 0.049067674327418015, 0.024541228522912288, 0.0,
];

function commonMultiple(one, other) {
  let [a, b] = [one, other];
  while (b) [a, b] = [b, a % b];
  return (one / a) * other;
}

// Per sample: its first pixel, the whole-numbered weights from there on, and what the sum is divided by.
function weightsOf(length) {
  const window = Math.floor((length + 2 * SAMPLES - 1) / (2 * SAMPLES));
  const half = Math.floor((window + 2) / 2);
  const low = (at) => Math.max(0, at + half - window);
  const high = (at) => Math.min(length, at + half);
  const found = [];
  for (let index = 0; index < SAMPLES; index += 1) {
    const at = Math.floor(((index + 0.5) * length) / SAMPLES);
    const [from, to] = [low(at), high(at)];
    let common = 1;
    for (let inner = from; inner < to; inner += 1) common = commonMultiple(common, high(inner) - low(inner));
    const first = low(from);
    const weights = new Float64Array(high(to - 1) - first);
    for (let inner = from; inner < to; inner += 1) {
      const weight = common / (high(inner) - low(inner));
      for (let pixel = low(inner); pixel < high(inner); pixel += 1) weights[pixel - first] += weight;
    }
    found.push({ first, weights, divisor: common * (to - from) });
  }
  return found;
}

function cosine(step) {
  let at = step % 256;
  at = Math.min(at, 256 - at);
  return at <= SAMPLES ? QUARTER_WAVE[at] : -QUARTER_WAVE[128 - at];
}

const COSINES = Array.from({ length: 16 }, (_, row) =>
  Float64Array.from({ length: SAMPLES }, (__, place) => SCALE * cosine((row + 1) * (2 * place + 1))));

// A picture is given from top to bottom in strips, so that a large one needs little memory.
export class PictureHash {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.isTooSmall = Math.min(width, height) < LEAST_SIDE;
    if (this.isTooSmall) return;
    this.down = weightsOf(height);
    this.along = weightsOf(width);
    this.rows = this.down.map(() => new Float64Array(width));
  }

  // `pixels`: red, green, blue, alpha of each pixel; transparency is ignored.
  add(pixels, firstRow, rowCount) {
    if (this.isTooSmall) return;
    const { width } = this;
    const line = new Float64Array(width);
    for (let row = 0; row < rowCount; row += 1) {
      for (let x = 0, at = row * width * 4; x < width; x += 1, at += 4) {
        line[x] = (pixels[at] * 19595 + pixels[at + 1] * 38470 + pixels[at + 2] * 7471 + 32768) >> 16;
      }
      this.addLine(line, firstRow + row);
    }
  }

  addLine(line, y) {
    this.down.forEach(({ first, weights }, index) => {
      const weight = weights[y - first];
      if (!weight) return;
      const sums = this.rows[index];
      for (let x = 0; x < line.length; x += 1) sums[x] += weight * line[x];
    });
  }

  finish() {
    if (this.isTooSmall) return { hex: "0".repeat(64), quality: 0 };
    const samples = this.samples();
    return { hex: hexOf(spectrumOf(samples)), quality: qualityOf(samples) };
  }

  samples() {
    return this.rows.map((sums, index) => Float64Array.from(this.along, ({ first, weights, divisor }) => {
      let total = 0;
      for (let at = 0; at < weights.length; at += 1) total += sums[first + at] * weights[at];
      return total / (this.down[index].divisor * divisor);
    }));
  }
}

function spectrumOf(samples) {
  const half = COSINES.map((wave) => Float64Array.from({ length: SAMPLES }, (_, column) => {
    let total = wave[0] * samples[0][column];
    for (let place = 1; place < SAMPLES; place += 1) total += wave[place] * samples[place][column];
    return total;
  }));
  return half.flatMap((row) => COSINES.map((wave) => {
    let total = row[0] * wave[0];
    for (let place = 1; place < SAMPLES; place += 1) total += row[place] * wave[place];
    return total;
  }));
}

function hexOf(spectrum) {
  const median = Float64Array.from(spectrum).sort()[BITS / 2 - 1];
  let written = "";
  for (let digit = BITS / 4 - 1; digit >= 0; digit -= 1) {
    let value = 0;
    for (let bit = 3; bit >= 0; bit -= 1) value = 2 * value + (spectrum[4 * digit + bit] > median ? 1 : 0);
    written += value.toString(16);
  }
  return written;
}

function qualityOf(samples) {
  const step = (one, other) => Math.abs(Math.trunc(((other - one) * 100) / 255));
  let [down, along] = [0, 0];
  for (let row = 0; row < SAMPLES; row += 1) {
    for (let column = 0; column < SAMPLES; column += 1) {
      if (row + 1 < SAMPLES) down += step(samples[row][column], samples[row + 1][column]);
      if (column + 1 < SAMPLES) along += step(samples[row][column], samples[row][column + 1]);
    }
  }
  return Math.min(100, Math.floor((down + along) / QUALITY_DIVISOR));
}
