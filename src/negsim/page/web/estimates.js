// Estimates with intervals at 95 %, as `negsim.study.estimates` computes them: Wilson's for a share of runs, Student's
// for a mean, and for a difference Bonett and Price's over the same replications, or its like for other numbers.

const Z = 1.959963984540054;
const FEWEST_CHANGED = 20;
/** @type {Estimate} */
const NOTHING = { value: NaN, low: NaN, high: NaN, runs: 0, changed: null };

/** Estimate a measure from its values in each run; NaN in a run to which it does not apply.
 * @param {Pick<Measure, "kind"> & Partial<Measure>} measure @param {Float64Array} values */
export function estimate(measure, values) {
  if (measure.kind === "flag") return share(values);
  const found = mean(values);
  return { ...found, low: clip(measure, found.low), high: clip(measure, found.high) };
}

/** Estimate the mean of now - before over the runs in which both have the measure, as if one more pair lay at each end
 * of the reach: 1 of zeros and ones (Bonett and Price), else the largest difference. Where too few differ, no interval.
 * @param {Float64Array} now @param {Float64Array} before */
export function difference(now, before) {
  const all = Float64Array.from({ length: Math.min(now.length, before.length) }, (_, r) => now[r] - before[r]);
  const gaps = all.filter((gap) => !Number.isNaN(gap));
  const runs = gaps.length;
  if (!runs) return NOTHING;
  const value = total(gaps) / runs;
  const flags = [now, before].every((values) => values.subarray(0, all.length).every(isFlag));
  const changed = gaps.filter((gap) => gap !== 0).length;
  if (!Number.isFinite(value) || (!flags && changed < FEWEST_CHANGED)) return { ...NOTHING, value, runs, changed };
  const reach = flags ? 1 : Math.max(...gaps.map(Math.abs));
  const middle = (value * runs) / (runs + 2);
  const squares = total(Float64Array.of(...gaps, -reach, reach).map((gap) => (gap - middle) ** 2));
  const half = (flags ? Z : student(runs - 1)) * Math.sqrt(squares / (runs + 2) / (runs + 2));
  const end = flags ? 1 : Infinity;
  return { value, low: Math.max(-end, middle - half), high: Math.min(end, middle + half), runs, changed };
}

/** @param {number} value */
const isFlag = (value) => value === 0 || value === 1 || Number.isNaN(value);

/** @param {Partial<Measure>} measure @param {number} value */
const clip = (measure, value) => Math.min(measure.high ?? Infinity, Math.max(measure.low ?? -Infinity, value));

/** @param {Float64Array} values */
function share(values) {
  const runs = values.length;
  if (!runs) return NOTHING;
  const p = total(values) / runs;
  const middle = (p + (Z * Z) / (2 * runs)) / (1 + (Z * Z) / runs);
  const half = (Z / (1 + (Z * Z) / runs)) * Math.sqrt((p * (1 - p)) / runs + (Z * Z) / (4 * runs * runs));
  const low = p > 0 ? Math.max(0, middle - half) : 0;
  return { value: p, low, high: p < 1 ? Math.min(1, middle + half) : 1, runs, changed: null };
}

/** @param {Float64Array} values */
function mean(values) {
  const known = values.filter((value) => !Number.isNaN(value));
  const runs = known.length;
  if (!runs) return NOTHING;
  const value = total(known) / runs;
  if (runs === 1) return { ...NOTHING, value, runs };
  const squares = total(known.map((each) => (each - value) ** 2));
  const half = student(runs - 1) * Math.sqrt(squares / (runs - 1) / runs);
  return { value, low: value - half, high: value + half, runs, changed: null };
}

/** @param {Float64Array} values */
const total = (values) => values.reduce((sum, value) => sum + value, 0);

const quantiles = new Map();

/** Return half of Student's interval at 95 %, in standard errors, by Newton's steps on t = sqrt(freedom) tan x.
 * @param {number} freedom */
export function student(freedom) {
  if (!quantiles.has(freedom)) quantiles.set(freedom, quantile(freedom));
  return quantiles.get(freedom);
}

/** @param {number} freedom */
function quantile(freedom) {
  const scale = gammaRatio(freedom / 2) / Math.sqrt(Math.PI);
  const density = (/** @type {number} */ x) => scale * Math.cos(x) ** (freedom - 1);
  let x = 0;
  for (let step = 1; step > 1e-13 * x;) {
    step = (0.475 - integral(density, x)) / density(x);
    x += step;
  }
  return Math.sqrt(freedom) * Math.tan(x);
}

/** Integrate from 0 to an end by Simpson's rule. @param {(x: number) => number} density @param {number} end */
function integral(density, end) {
  const parts = 400;
  let sum = density(0) + density(end);
  for (let n = 1; n < parts; n += 1) sum += (n % 2 ? 4 : 2) * density((end * n) / parts);
  return (sum * end) / parts / 3;
}

/** Compute gamma(a + 1/2) / gamma(a): up from a place where its series in 1/a is exact (Tricomi & Erdelyi 1951).
 * @param {number} a @returns {number} */
function gammaRatio(a) {
  if (a < 60) return (gammaRatio(a + 1) * a) / (a + 0.5);
  const u = 1 / (8 * a);
  return Math.sqrt(a) * (1 - u + u ** 2 / 2 + (5 * u ** 3) / 2 - (21 * u ** 4) / 8 - (399 * u ** 5) / 8);
}
