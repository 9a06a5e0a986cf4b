// The reader's own guesses, each beside what the runs then show, to be saved as a file.

import { button, byId } from "./dom.js";
import { estimate } from "./estimates.js";
import { csv, save } from "./numbers.js";
import { levelOf, turned } from "./settings.js";

export class OwnGuesses {
  #facts;
  #model;
  #runs;
  /** @type {OwnGuess[]} */ #points = [];
  #save = button(null, () => save(this.#csv(), "guesses.csv"), "Guesses as CSV");

  /** runs: a `Runs`, from which results are read. @param {{ facts: Facts, model: Model, runs: Runs }} of */
  constructor({ facts, model, runs }) {
    this.#facts = facts;
    this.#model = model;
    this.#runs = runs;
    this.#save.disabled = true;
    byId("save").after(" ", this.#save);
  }

  /** Take a guess before the answer is shown. values: by level, null where none is. @param {MadeGuess} of */
  take({ axis, setting, measure, values }) {
    values.forEach((expected, level) => {
      if (expected !== null) this.#points.push({ measure, expected, setting: turned(axis, level, setting) });
    });
    this.#save.disabled = !this.#points.length;
  }

  /** Return the mean of all runs of a guess's point; NaN until they are made. @param {OwnGuess} of */
  #result({ setting, measure }) {
    const made = this.#runs.of(setting);
    if (made.done < Math.min(this.#facts.runs, this.#runs.runs)) return NaN;
    return estimate(measure, made.values[measure.name].subarray(0, this.#facts.runs)).value;
  }

  #csv() {
    const { knobs, name, runs } = this.#facts;
    const rows = this.#points.map((point) => {
      const { setting, measure, expected } = point;
      const result = this.#result(point);
      const levels = knobs.map((knob) => knob.levels[levelOf(knob, setting)].label);
      const command = this.#model.command(setting, { runs });
      return [name, ...levels, measure.name, expected, result, expected - result, command];
    });
    const names = knobs.map((knob) => knob.name);
    return csv([["scenario", ...names, "measure", "guess", "found", "error", "command"], ...rows], this.#facts);
  }
}
