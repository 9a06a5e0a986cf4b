// A guess before the answer: drawn with a finger across the chart, or set point by point with the keyboard.

import { put, svg } from "./dom.js";
import { listed } from "./sentences.js";
import { valueText } from "./words.js";

const STEPS = 20; // of the scale: what an arrow key moves a point by

/** A guess of a curve: a value for each level of a knob, null where none is set. */
export class Guess {
  /** @type {{ level: number, value: number } | null} */ #last = null;

  /** @param {Knob} knob */
  constructor(knob) {
    /** @type {(number | null)[]} */
    this.values = knob.levels.map(() => null);
    this.of = ""; // the setting that it is a guess of, in words
  }

  get isEmpty() {
    return this.values.every((value) => value === null);
  }

  /** Set a point; levels that the finger skipped since the last one lie on the line between.
   * @param {number} level @param {number} value */
  draw(level, value) {
    const from = this.#last ?? { level, value };
    const steps = Math.abs(level - from.level);
    for (let n = 1; n <= steps; n += 1) {
      const at = from.level + Math.sign(level - from.level) * n;
      this.values[at] = from.value + ((value - from.value) * n) / steps;
    }
    this.values[level] = value;
    this.#last = { level, value };
  }

  /** Take the finger away. */
  lift() {
    this.#last = null;
  }
}

/** Return handles on a chart that the keyboard moves, one a level, each a slider. span: returns the ends of the scale. changed: called
 * after a move.
 * @param {{ knob: Knob, measure: Measure, guess: Guess, span: () => Span, changed: () => unknown }} of */
export function handles({ knob, measure, guess, span, changed }) {
  const middle = () => (span().low + span().high) / 2;
  const all = knob.levels.map((level, n) => {
    return svg("g",
      {
        tabindex: 0,
        role: "slider",
        class: "handle",
        "aria-label": `Your guess: ${level.phrase}`,
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        keydown: (event) => {
          const move = {
            ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 4, PageDown: -4, Home: -STEPS,
            End: STEPS,
          }[event.key];
          if (!move) return;
          event.preventDefault();
          const { low, high } = span();
          guess.values[n] = Math.min(
            high,
            Math.max(low, (guess.values[n] ?? middle()) + (move * (high - low)) / STEPS),
          );
          changed();
        },
      },
      svg("circle", { r: 22, class: "reach" }),
      svg("circle", { r: 7, class: "knob" }),
    );
  });
  const place = (/** @type {Layout} */ layout) =>
    all.forEach((handle, n) => {
      const value = guess.values[n];
      const at = value ?? middle();
      const [x, y] = layout.at(n, at);
      put(handle, {
        transform: `translate(${x} ${y})`,
        class: value === null ? "handle" : "handle set",
        "aria-valuenow": Math.round((100 * (at - span().low)) / (span().high - span().low)),
        "aria-valuetext": value === null ? "not set" : valueText(measure, value),
      });
    });
  return { element: svg("g", { class: "handles" }, all), place };
}

/** Compare a guess with the curve in a sentence: how far it was off on average, and where the most.
 * @param {{ guess: Guess, points: Dot[], knob: Knob, measure: Measure }} of */
export function comparison({ guess, points, knob, measure }) {
  const off = points.map((point) => ({ ...point, guessed: guess.values[point.level] ?? NaN }))
    .filter(({ guessed, value }) => !Number.isNaN(guessed) && !Number.isNaN(value))
    .map((point) => ({ ...point, gap: Math.abs(point.guessed - point.value) }));
  if (!off.length) return "";
  const worst = off.reduce((most, point) => (point.gap > most.gap ? point : most));
  const inside = off.filter((point) => point.guessed >= point.low && point.guessed <= point.high);
  const head =
    inside.length === off.length
      ? "Your guess lies within the band everywhere."
      : `Furthest off at ${knob.levels[worst.level].phrase}: you expected ${valueText(measure, worst.guessed)}, the model says ${valueText(measure, worst.value)}.`;
  const hits =
    inside.length && inside.length < off.length
      ? ` Within the band: ${listed(inside.map((point) => knob.levels[point.level].label))}.`
      : "";
  return head + hits;
}
