// Numbers as people read them, by the kind of their measure.

import { fixed } from "./sentences.js";

const MINUS = "−";
/** @param {string} text */
const signed = (text) => text.replace("-", MINUS);
/** @param {number} share */
const hundredths = (share) => fixed(Number((100 * share).toFixed(9)), 0);
/** @param {Pick<Measure, "kind">} measure */
const isShare = (measure) => measure.kind === "flag" || measure.kind === "share";

/** Write a value of a measure with its unit. @param {Pick<Measure, "kind">} measure @param {number} value */
export function valueText(measure, value) {
  if (Number.isNaN(value)) return "n/a";
  if (isShare(measure)) return `${signed(hundredths(value))} %`;
  if (measure.kind === "time") return `${signed(fixed(value / 60, 1))} h`;
  return signed(fixed(value, measure.kind === "count" ? 1 : 2));
}

/** Write points of a score as a whole number. @param {number} points */
export const whole = (points) => signed(`${Math.round(points)}`);

/** Write points of the best that a seat can get; a text that somebody else has to refuse may be worth more than that.
 * @param {number} points */
export const ofYour = (points) => `${points >= 99.5 ? "all" : whole(points)} of your 100`;

/** Write a change of a measure with its sign. @param {Measure} measure @param {number} change */
export function changeText(measure, change) {
  if (Number.isNaN(change)) return "n/a";
  const text = isShare(measure) ? `${hundredths(change)} points` : valueText(measure, change);
  const bare = signed(text);
  return change > 0 && /[1-9]/.test(bare) ? `+${bare}` : /[1-9]/.test(bare) ? bare : bare.replace(MINUS, "");
}

/** Write an interval: both ends, with the unit once.
 * @param {Measure} measure @param {Span} estimate @param {(measure: Measure, value: number) => string} [write] */
export function intervalText(measure, estimate, write = valueText) {
  if (Number.isNaN(estimate.low)) return "";
  const bare = (/** @type {number} */ value) => write(measure, value).replace(/ (%|points|h)$/, "");
  return `[${bare(estimate.low)}, ${bare(estimate.high)}]`;
}

/** Say when in the process something is: the day, and the meeting if there are several; a table may hold more than are written.
 * @param {{ meeting: number, day: number }} of @param {{ meetings: unknown[], day_before: number }} more */
export const dayOf = ({ meeting, day }, { meetings, day_before: dayBefore }) =>
  day === dayBefore
    ? "the evening before"
    : `day ${day + 1}${meetings.length > 1 || meeting > 0 ? ` of meeting ${meeting + 1}` : ""}`;

/** Return the paragraphs of a text. @param {string} text */
export const paragraphs = (text) => text.split(/\n\s*\n/).filter((part) => part.trim());

/** Shorten a text to a number of letters. @param {string} text @param {number} most */
export const shortened = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`);

/** Return the ends of a chart's scale: those of the measure, all issues or all delegates, or else what its points need.
 * @param {Measure} measure @param {Facts} facts @param {(Span & { value: number })[]} points */
export function spanOf(measure, facts, points) {
  const most = { issues: facts.issues.length, delegates: facts.seats.length }[measure.unit] ?? measure.high;
  const values = points.flatMap((point) => [point.value, point.low, point.high]).filter(Number.isFinite);
  const unit = measure.kind === "time" ? 60 : 1;
  const low = measure.low ?? -unit * rounded(-Math.min(0, ...values) / unit);
  const high = most ?? unit * rounded(Math.max(0, ...values) / unit);
  return { low, high: high > low ? high : low + unit };
}

/** Round a number that is not negative up to 1, 2, 4 or 8 times a power of ten. @param {number} value */
function rounded(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return value && power * [1, 2, 4, 8, 10].find((step) => step * power >= value);
}
