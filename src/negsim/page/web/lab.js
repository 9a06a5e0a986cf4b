// The lab: a guess, then the curve of a measure along a knob, beside as written and the curves that were kept.

import { axes, guessLine, here, layoutOf, line, listen } from "./curve.js";
import { button, byId, el, put, setText, shareBar, spot, svg } from "./dom.js";
import { difference, estimate } from "./estimates.js";
import { Guess, comparison, handles } from "./predict.js";
import { agreedOf } from "./results.js";
import { capital, counted, percent } from "./sentences.js";
import { along, alongHeld, curveName, described, levelOf, turned } from "./settings.js";
import { changeText, intervalText, spanOf, valueText } from "./words.js";

/** The letters of curves that are kept, and so how many. */
export const LETTERS = ["A", "B", "C"];

/** The chart with what stands around it. */
export class Lab {
  #facts;
  #runs;
  #change;
  #open;
  #take;
  /** @type {Map<string, Guess>} */ #guesses = new Map(); // by knob and measure
  #answered = new Set(); // names of the knobs whose curve is shown
  #picture = svg("svg", {});
  /** @type {PageState} */ #state;
  /** @type {Layout} */ #layout;
  /** @type {Curve[]} */ #all = []; // the curves of the state, on the screen or not
  /** @type {{ of: Guess, ground: Element } & ReturnType<typeof handles> | null} */
  #handles = null; // of the guess on the screen
  /** @type {Record<string, string>} */
  #shown = {}; // what each list was made from, so that it is not made again under a finger

  /** runs: a `Runs`. change: called with a change of the state. open: called with an outcome, to open a run that ended so.
   * take: called with a guess before its answer is shown.
   * @param {{ facts: Facts, runs: Runs, change: (patch: Partial<PageState>) => unknown, open: (outcome: Ending) => unknown, take?: (guess: MadeGuess) => unknown }} of */
  constructor({ facts, runs, change, open, take = () => {} }) {
    this.#facts = facts;
    this.#runs = runs;
    this.#change = change;
    this.#open = open;
    this.#take = take;
    byId("chart").append(this.#picture);
    listen(this.#picture, {
      layout: () => this.#layout,
      moved: (level, value) => this.#touch(level, value),
      lifted: () => this.#guess.lift(),
    });
    put(byId("reveal"), { click: () => this.#commit() });
    put(byId("skip"), { click: () => this.#reveal() });
    new ResizeObserver(() => this.#state && this.show(this.#state)).observe(byId("chart"));
  }

  /** Return the settings whose runs the chart shows, the one where the knobs stand first.
   * @param {{ axis: Knob, setting: Setting, pins: Pin[] }} of @param {Facts} facts */
  static settings({ axis, setting, pins }, facts) {
    const held = alongHeld(axis, setting, facts).map(([, each]) => each);
    return [setting, ...[setting, {}, ...pins.map((pin) => pin.setting)].flatMap((each) => along(axis, each)), ...held];
  }

  /** Return the curves on the screen, the reader's own last: {name, kind, letter, setting, points}; none before the guess. */
  get curves() {
    return this.#isAnswered ? this.#all : [];
  }

  #curves() {
    const { setting, pins, axis } = this.#state;
    const isWritten = Object.keys(setting).every((name) => name === axis.name);
    const all = [
      { name: "as written", kind: "written", letter: "", setting: {} },
      ...pins.map(({ letter, setting: kept }) => ({
        name: letter, kind: `pin-${letter.toLowerCase()}`, letter, setting: kept,
      })),
      { name: isWritten ? "as written" : "now", kind: "now", letter: "", setting },
    ];
    const curves = all.slice(isWritten ? 1 : 0).map((curve) => ({ ...curve, points: this.#points(curve.setting) }));
    const held = alongHeld(axis, setting, this.#facts);
    return held.length ? [...curves, this.#companion(held)] : curves;
  }

  /** Return the reader's own curve over meetings with the days held.
   * @param {[level: number, setting: Setting][]} settings */
  #companion(settings) {
    const held = /** @type {HeldKnob} */ (this.#facts.held);
    const { phrase } = held.levels[held.level];
    const setting = { ...this.#state.setting, [held.name]: held.level };
    return { name: phrase, kind: "held", letter: "", setting, points: this.#pointsOf(settings) };
  }

  /** Show a state of the page. @param {PageState} state */
  show(state) {
    this.#state = state;
    const { axis, measure, pins } = state;
    const room = byId("chart").clientWidth || 360; // read before anything is written, which would have all laid out anew
    const isAnswered = this.#isAnswered;
    const asked = isAnswered ? "" : ": what do you expect?";
    setText(byId("question"), `${capital(measure.label)}, along the ${axis.label}${asked}`);
    setText(byId("task"), isAnswered
      ? "Turn a knob, or move your finger along the curve."
      : "Guess first: draw the curve that you expect, with a finger, the mouse or the arrow keys.",
    );
    byId("guessing").hidden = isAnswered;
    byId("reveal").disabled = this.#guess.isEmpty;
    byId("here").hidden = !isAnswered;
    byId("pin").disabled = !isAnswered || pins.length === LETTERS.length;
    byId("progress").value = this.#runs.progress;
    byId("progress").hidden = this.#runs.progress >= 1 || !isAnswered;
    this.#all = this.#curves();
    const span = spanOf(measure, this.#facts, this.#all.flatMap((curve) => curve.points));
    this.#layout = layoutOf(axis, span, Math.max(280, room));
    const { width, height } = this.#layout;
    const { curves } = this;
    byId("chart").classList.toggle("tall", height > innerHeight / 2);
    put(this.#picture, { viewBox: `0 0 ${width} ${height}`, width, height, class: isAnswered ? "answered" : "asking" });
    if (isAnswered) this.#showAnswer(curves); else this.#showGuess();
    this.#showLegend(curves);
    const companion = curves.find(({ kind }) => kind === "held");
    byId("held").hidden = !companion;
    if (companion)
      setText(
        byId("held"),
        `More meetings are also more days, since each keeps its length. The dotted curve divides ${companion.name} among them.`,
      );
  }

  get #isAnswered() {
    return this.#answered.has(this.#state.axis.name);
  }

  /** The setting of the reader's own curve, in words. */
  get #setting() {
    return described(this.#state.setting, this.#facts, { without: this.#state.axis });
  }

  get #guess() {
    const { axis, measure } = this.#state;
    const key = `${axis.name} ${measure.name}`;
    const guess = this.#guesses.get(key) ?? new Guess(axis);
    this.#guesses.set(key, guess);
    return guess;
  }

  /** @param {Setting} setting */
  #points(setting) {
    return this.#pointsOf(along(this.#state.axis, setting).map((each, level) => [level, each]));
  }

  /** Return the points of settings, [level, setting] of each, that have runs.
   * @param {[level: number, setting: Setting][]} settings */
  #pointsOf(settings) {
    const { measure } = this.#state;
    return settings.map(([level, each]) => ({ level, made: this.#runs.of(each) })).filter(({ made }) => made.done)
      .map(({ level, made }) => ({ level, made: made.done, ...estimate(measure, made.values[measure.name]) }));
  }

  /** A finger on the chart draws the guess; once the answer is there, it moves the knob.
   * @param {number} level @param {number} value */
  #touch(level, value) {
    const { axis, setting } = this.#state;
    if (this.#isAnswered) return this.#change({ setting: turned(axis, level, setting) });
    this.#guess.draw(level, value);
    this.show(this.#state);
  }

  #commit() {
    if (this.#isAnswered) return; // by the press before
    const { axis, setting, measure } = this.#state;
    this.#take({ axis, setting, measure, values: this.#guess.values });
    this.#reveal();
  }

  /** Show the answer to what was asked. */
  #reveal() {
    this.#answered.add(this.#state.axis.name);
    this.#guess.of = this.#setting;
    this.#change({});
    byId("guessed").focus({ preventScroll: true });
  }

  #showGuess() {
    const { axis, measure } = this.#state;
    const guess = this.#guess;
    if (this.#handles?.of !== guess) {
      const made = handles({
        knob: axis, measure, guess, span: () => this.#layout, changed: () => this.show(this.#state),
      });
      this.#handles = { of: guess, ground: svg("g", {}), ...made };
      this.#picture.replaceChildren(this.#handles.ground, this.#handles.element);
    }
    put(this.#picture, { role: "group", "aria-label": "Your guess, a slider for each point" });
    this.#handles.ground.replaceChildren(axes(axis, measure, this.#layout), guessLine(guess.values, this.#layout));
    this.#handles.place(this.#layout);
    byId("guessed").textContent = "";
  }

  /** @param {Curve[]} curves */
  #showAnswer(curves) {
    const { axis, measure, setting } = this.#state;
    const guess = this.#guess;
    this.#handles = null;
    put(this.#picture, {
      role: "img",
      "aria-label": `${measure.label} along the ${axis.label}; the numbers stand in a table below`,
    });
    this.#picture.replaceChildren(
      here(levelOf(axis, setting), this.#layout),
      axes(axis, measure, this.#layout),
      ...curves.map((curve, n) => line({ ...curve, shift: n - (curves.length - 1) / 2 }, this.#layout)),
      guessLine(guess.values, this.#layout),
    );
    const hasGuess = !guess.isEmpty && guess.of === this.#setting;
    const { points } = curves.find(({ kind }) => kind === "now");
    setText(byId("guessed"), hasGuess ? comparison({ guess, points, knob: axis, measure }) : "");
    this.#showHere();
  }

  /** @param {Curve[]} curves */
  #showLegend(curves) {
    const { axis, pins } = this.#state;
    const hasGuess = this.#isAnswered && !this.#guess.isEmpty;
    const names = curves.map((curve) => curveName(curve, this.#facts, axis));
    this.#once("legend", [names, hasGuess], () => {
      const items = curves.map(({ kind, letter }, n) => {
        const drop = button("drop", () => this.#change({ pins: pins.filter((pin) => pin.letter !== letter) }), "×");
        put(drop, { "aria-label": `Drop curve ${letter}` });
        return el("li", {}, spot(`swatch ${kind}`), names[n], letter && drop);
      });
      if (hasGuess) items.push(el("li", {}, spot("swatch guess"), "your guess"));
      byId("curves").replaceChildren(...items);
    });
  }

  /** Say what the runs at the knobs' place show, and the difference from as written on the same draws. */
  #showHere() {
    const { measure, setting } = this.#state;
    const now = this.#runs.of(setting);
    const written = this.#runs.of({});
    for (const each of byId("outcomes").querySelectorAll("button")) each.disabled = !now.done; // those of another setting
    if (!now.done) return;
    const found = estimate(measure, now.values[measure.name]);
    const value = `${valueText(measure, found.value)} ${intervalText(measure, found)}`.trim();
    const runs = (found.runs < now.done ? `in ${found.runs} of ` : "") + counted(now.done, "run"); // some it does not apply to
    const words = [`${capital(described(setting, this.#facts))}: ${measure.label} ${value}, ${runs}.`];
    if (Object.keys(setting).length && written.done) {
      const gap = difference(now.values[measure.name], written.values[measure.name]);
      const isClear = gap.low > 0 || gap.high < 0;
      const how = Number.isNaN(gap.low)
        ? `(changed in ${gap.changed} of ${counted(gap.runs, "run")})`
        : `${intervalText(measure, gap, changeText)}${isClear ? "" : ", no detectable difference"}`;
      if (gap.runs) words.push(`Against as written, on the same draws: ${changeText(measure, gap.value)} ${how}.`);
    }
    const isDone = Math.min(now.done, written.done) >= this.#runs.runs;
    const text = words.join(" ");
    put(byId("here-words"), { "aria-live": isDone ? "polite" : "off" }); // said aloud once all runs are there
    setText(byId("here-words"), text);
    this.#showOutcomes(now.values.outcome);
    this.#showIssues(now);
  }

  /** Say of each paragraph how often it was agreed. @param {Made} of */
  #showIssues({ done, values }) {
    const { issues } = this.#facts;
    byId("by-issue").hidden = issues.length < 2;
    const share = (/** @type {string} */ name) => percent(values[name].reduce((sum, each) => sum + each, 0) / done);
    const text = (/** @type {{ label: string }} */ { label }, /** @type {number} */ k) =>
      `${label}: agreed in ${share(agreedOf(k))} of runs`;
    const lines = issues.map(text);
    this.#once("by-issue", lines, () =>
      byId("by-issue").replaceChildren(
        el("p", {}, "Paragraph by paragraph:"),
        el("ul", {}, lines.map((line) => el("li", {}, line))),
      ),
    );
  }

  /** @param {Float64Array} outcomes */
  #showOutcomes(outcomes) {
    const counts = this.#facts.outcomes
      .map((outcome) => ({ outcome, count: outcomes.reduce((sum, code) => sum + Number(code === outcome.code), 0) }))
      .filter(({ count }) => count);
    this.#once(
      "outcomes",
      counts.map(({ outcome }) => outcome.code),
      () => {
        const focus = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.outcome;
        const buttons = counts.map(({ outcome }) => {
          const open = button(null, () => this.#open(outcome), spot("swatch", outcome.colour), el("span", {}));
          return put(open, { "data-outcome": outcome.code });
        });
        byId("outcomes").replaceChildren(
          el("p", {}, "How these runs ended. Open one to see why:"),
          shareBar(counts.map(({ outcome, count }) => [outcome.colour, count])),
          el("p", { class: "buttons" }, buttons),
        );
        if (focus) byId("outcomes").querySelector(`[data-outcome="${focus}"]`)?.focus();
      },
    );
    const [bar, ...buttons] = byId("outcomes").querySelectorAll(".agenda, button");
    counts.forEach(({ outcome, count }, n) => {
      /** @type {HTMLElement} */ (bar.children[n]).style.flexGrow = String(count);
      /** @type {Element} */ (buttons[n].lastChild).textContent = `${outcome.label}: ${count}`;
    });
  }

  /** Make a list again only if what it is made from has changed.
   * @param {string} name @param {unknown} from @param {() => unknown} make */
  #once(name, from, make) {
    const key = JSON.stringify(from);
    if (key === this.#shown[name]) return;
    this.#shown[name] = key;
    make();
  }
}
