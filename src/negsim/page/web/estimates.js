// Estimates with intervals at 95 %, as `negsim.study.estimates` computes them: Wilson's for a share of runs, Student's
// for a mean, and for a difference Student's over the differences of the same replications.

const Z = 1.959963984540054;

/** Estimate a measure from its values in each run; NaN in a run to which it does not apply.
 * @param {Pick<Measure, "kind"> & Partial<Measure>} measure @param {Float64Array} values */
export function estimate(measure, values) {
  if (measure.kind === "flag") return share(values);
  const found = mean(values);
  return { ...found, low: clip(measure, found.low), high: clip(measure, found.high) };
}

/** Estimate the mean of now - before over the runs in which both have the measure.
 * @param {Float64Array} now @param {Float64Array} before */
export function difference(now, before) {
  const runs = Math.min(now.length, before.length);
  const gaps = Float64Array.from({ length: runs }, (_, r) => now[r] - before[r]);
  const found = mean(gaps);
  const flags = [now, before].every((values) => values.subarray(0, runs).every((value) => value === 0 || value === 1));
  return flags ? { ...found, low: Math.max(-1, found.low), high: Math.min(1, found.high) } : found;
}

/** @param {Partial<Measure>} measure @param {number} value */
const clip = (measure, value) => Math.min(measure.high ?? Infinity, Math.max(measure.low ?? -Infinity, value));

/** @param {Float64Array} values */
function share(values) {
  const runs = values.length;
  if (!runs) return { value: NaN, low: NaN, high: NaN, runs };
  const p = total(values) / runs;
  const middle = (p + (Z * Z) / (2 * runs)) / (1 + (Z * Z) / runs);
  const half = (Z / (1 + (Z * Z) / runs)) * Math.sqrt((p * (1 - p)) / runs + (Z * Z) / (4 * runs * runs));
  return { value: p, low: p > 0 ? Math.max(0, middle - half) : 0, high: p < 1 ? Math.min(1, middle + half) : 1, runs };
}

/** @param {Float64Array} values */
function mean(values) {
  const known = values.filter((value) => !Number.isNaN(value));
  const runs = known.length;
  if (!runs) return { value: NaN, low: NaN, high: NaN, runs };
  const value = total(known) / runs;
  if (runs === 1) return { value, low: NaN, high: NaN, runs };
  const squares = total(known.map((each) => (each - value) ** 2));
  const half = student(runs - 1) * Math.sqrt(squares / (runs - 1) / runs);
  return { value, low: value - half, high: value + half, runs };
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
