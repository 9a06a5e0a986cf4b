// Fill in the patterns of sentences.json as sentences.py does: plain slots, plural, list, place and amount.

const SLOT = /\{(\w+)(?:\|(\w+)(?: ([^{}|]+))?)?\}/g;
const MIDDLE = 0.05; // of a scale: nearer than this to .5 counts as halfway
const QUARTER = 0.25; // nearer than this to an end is near it
const END_DISTANCE = 0.08; // nearer than this to an end counts as that end
const WHOLE_FROM = 10; // amounts from here on need no decimals
const PLACE_DISTANCE = 0.03; // nearer than this to a place that has words counts as that place

/** Return the function that fills in patterns: sentence(key, {slot: filling}). inWords: a place that has an amount goes without
 * its number.
 * @param {Record<string, string>} patterns */
export function catalogue(patterns, inWords = false) {
  const sentence = (/** @type {string} */ key, /** @type {Fillings} */ fillings = {}) => {
    if (!(key in patterns)) throw new Error(`no sentence ${key}`);
    if (inWords && key === "place.number") return String(fillings.words);
    return patterns[key].replace(SLOT, (_, name, kind, forms) => {
      const filling = fillings[name];
      if (filling === undefined) throw new Error(`${key} takes ${name}`);
      if (kind === "plural") {
        const [thing, things] = forms.split("/");
        return counted(/** @type {number} */ (filling), thing, things);
      }
      if (kind === "list") return listed(/** @type {string[]} */ (filling));
      if (kind === "place") return place(sentence, /** @type {Place} */ (filling));
      if (kind === "amount") return typeof filling === "string" ? filling : named(sentence, /** @type {Place} */ (filling));
      return String(filling);
    });
  };
  return sentence;
}

/** Write a number with its noun, as sentences.counted does.
 * @param {number} number @param {string} thing @param {string} [things] */
export function counted(number, thing, things = `${thing}s`) {
  return number === 1 ? `1 ${thing}` : number ? `${Number(number.toPrecision(12))} ${things}` : `no ${things}`;
}

/** Write seconds as a clock that counts down does, "" for null. @param {number | null} seconds */
export function clockText(seconds) {
  const whole = Math.ceil(seconds ?? 0);
  return seconds === null ? "" : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Begin a sentence with a capital. @param {string} text */
export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Return a sentence as somebody reads it whose name it has. @param {string} text @param {string} name */
export const addressed = (text, name) =>
  text.replaceAll(name, "you").replaceAll("you hears", "you hear").replace(/(^|[.?!] )you\b/g, "$1You");

/** List texts with "and" before the last, as scenario.values.listed does; beyond `most` the rest are counted.
 * @param {string[]} texts @param {number} [most] */
export const listed = (texts, most) => (texts.length ? inList(texts, most).join("") : "no one");

/** Return texts or elements with what stands between them in such a list.
 * @template T @param {T[]} items @param {number} [most] */
export function inList(items, most = 99) {
  const all = items.length > most + 1 ? [...items.slice(0, most), `${items.length - most} others`] : items;
  return all.flatMap((item, n) => (n ? [n < all.length - 1 ? ", " : " and ", item] : [item]));
}

/** Return a place on the scale of an issue.
 * @param {Pick<Issue, "low" | "high" | "places" | "amounts" | "unit">} issue @param {number} value @returns {Place} */
export const placeOn = ({ low, high, places = [], amounts, unit }, value) =>
  ({ low, high, value, between: places.slice(1, -1), amounts, unit });

/** Say where a value lies on a scale: at its amount, at or near the words of a place, or between the ends.
 * @param {Sentence} sentence @param {Place} at */
export function place(sentence, at) {
  const { low, high, value, between = [], amounts } = at;
  if (Number.isNaN(value)) return sentence("place.none");
  const number = fixed(value, 2);
  const shown = Number(number);
  if (amounts?.length) {
    const nth = Number(fixed(shown * (amounts.length - 1), 9));
    const end = [low, ...between, high][nth];
    const words = end === undefined ? sentence("place.amount", { amount: amount(at) }) : sentence("place.word", { end });
    return sentence("place.number", { words, number });
  }
  if (between.length) {
    const words = [low, ...between, high];
    const steps = words.length - 1;
    const nearest = Math.floor(shown * steps + 0.5);
    const isThere = rounded(Math.abs(shown - nearest / steps)) < PLACE_DISTANCE;
    return sentence(isThere ? "place.at" : "place.near", { end: words[nearest], number });
  }
  if (rounded(Math.abs(shown - 0.5)) < MIDDLE) return sentence("place.halfway", { low, high, number });
  const [end, other] = shown > 0.5 ? [high, low] : [low, high];
  const distance = rounded(Math.min(shown, 1 - shown));
  if (distance > QUARTER) return sentence("place.closer", { end, other, number });
  return sentence(distance < END_DISTANCE ? "place.at" : "place.near", { end, number });
}

/** Name a place by its amount, where the issue has amounts, and its number. @param {Sentence} sentence @param {Place} at */
export function named(sentence, at) {
  const number = fixed(at.value, 2);
  return at.amounts?.length ? sentence("place.number", { words: amount(at), number }) : number;
}

/** Write the amount at a place, on the straight line between those at both sides of it. @param {Place} of */
function amount({ value, amounts = [], unit = "" }) {
  const nth = Number(fixed(value, 2)) * (amounts.length - 1);
  const n = Math.min(Math.trunc(nth), amounts.length - 2);
  const much = amounts[n] + (nth - n) * (amounts[n + 1] - amounts[n]);
  const number = String(Number(fixed(much, much >= WHOLE_FROM ? 0 : much >= 1 ? 1 : 2)));
  const [one, more = one] = unit.split("/");
  return `${number} ${number === "1" ? one : more}`.trim();
}

/** Say what somebody never signs on an issue, "" for nothing.
 * @param {Sentence} sentence @param {Issue} issue @param {Red} of */
export function lineOf(sentence, issue, [low, high]) {
  const { amounts = [] } = issue;
  const [less, more] = amounts[0] < amounts.at(-1) ? ["less", "more"] : ["more", "less"];
  const line = (/** @type {number} */ value, /** @type {string} */ end, /** @type {string} */ side) => {
    const words = { amount: amount(placeOn(issue, value)), number: fixed(value, 2), end, side };
    return sentence(amounts.length ? "line.amount" : "line", words);
  };
  return [
    low !== null && low > 0 && line(Math.ceil(Number(fixed(100 * low, 6))) / 100, "below", less),
    high !== null && high < 1 && line(Math.floor(Number(fixed(100 * high, 6))) / 100, "above", more),
  ].filter(Boolean).join(" or ");
}

/** @param {number} value */
const rounded = (value) => Math.round(value * 100) / 100;

/** Write a number with some digits after the point; of two that are as near the even one, as Python does.
 * @param {number} value @param {number} digits */
export function fixed(value, digits) {
  const text = value.toFixed(digits);
  const exact = 2 ** 40; // a tie is a number with few binary digits
  const scaled = value * 10 ** digits;
  const isTie = Number.isInteger(value * exact) && Math.abs(scaled % 1) === 0.5;
  return isTie && Number.isInteger(scaled * 2) && Math.abs(Math.trunc(scaled)) % 2 === 0
    ? (value < 0 ? "-" : "") + (Math.trunc(Math.abs(scaled)) / 10 ** digits).toFixed(digits)
    : text;
}

/** Write a share in per cent, as report.words.percent does. @param {number} share */
export function percent(share) {
  const part = Number((100 * share).toFixed(9));
  if (part === 0 || part === 100) return `${part} %`;
  return `${fixed(part, part < 1 || part > 99 ? 1 : 0)} %`;
}
