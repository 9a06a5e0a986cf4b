// The numbers: a table of the curves on the screen, the same as a file, and the command that makes the same runs.

import { byId, el, grid, put, setText } from "./dom.js";
import { capital } from "./sentences.js";
import { curveName, turned } from "./settings.js";
import { intervalText, valueText } from "./words.js";

const COLUMNS = ["curve", "knob", "level", "measure", "mean", "low", "high", "runs", "replications", "command"]; // runs: those that have the measure;

/** The section of the numbers. */
export class Numbers {
  #facts;
  #model;
  /** @type {{ curves: Curve[], axis: Knob, measure: Measure } | null} */ #shown = null;

  /** @param {{ facts: Facts, model: Model }} of */
  constructor({ facts, model }) {
    this.#facts = facts;
    this.#model = model;
    put(byId("save"), { click: () => save(this.#csv(), `${facts.name}.csv`) });
    put(byId("copy"), { click: () => copy() });
    byId("notes").append(...[facts.drawn, ...facts.notes].filter(Boolean).map((note) => el("li", {}, note)));
    byId("made-with").textContent =
      `A model, not a forecast. Everything is computed in this browser, with seed ${facts.seed}, by negsim ${facts.version}; nothing leaves it.`;
  }

  /** Show the curves of a state.
   * @param {Curve[]} curves @param {{ axis: Knob, measure: Measure, setting: Setting, runs: number }} more */
  show(curves, { axis, measure, setting, runs }) {
    this.#shown = { curves, axis, measure };
    setText(byId("command"), this.#model.command(setting, { runs }));
    byId("save").disabled = !curves.length;
    byId("table").replaceChildren(
      curves.length ? tableOf(curves, axis, measure) : el("p", {}, "The numbers appear with the curve."),
    );
  }

  /** Write the curves as CSV: a row for each point, with its command. */
  #csv() {
    if (!this.#shown) return "";
    const { curves, axis, measure } = this.#shown;
    const rows = curves.flatMap((curve) =>
      curve.points.map((point) => [
        curveName(curve, this.#facts, axis), axis.path, axis.levels[point.level].value, measure.name,
        point.value, point.low, point.high, point.runs, point.made,
        this.#model.command(turned(axis, point.level, curve.setting), { runs: point.made }),
      ]),
    );
    return csv([COLUMNS, ...rows], this.#facts);
  }
}

/** @param {Curve[]} curves @param {Knob} axis @param {Measure} measure */
function tableOf(curves, axis, measure) {
  const text = (/** @type {Curve} */ curve, /** @type {number} */ level) => {
    const point = curve.points.find((each) => each.level === level);
    return point ? `${valueText(measure, point.value)} ${intervalText(measure, point)}` : "";
  };
  return grid([capital(axis.label), ...curves.map((curve) => curve.name)],
    axis.levels.map((level, n) => [level.label, ...curves.map((curve) => text(curve, n))]),
    { caption: `${capital(measure.label)}, with intervals at 95 %: ${measure.definition}.` },
  );
}

/** Write rows as CSV; a text that a spreadsheet would take for a formula gets an apostrophe.
 * @param {Plain[][]} rows @param {Pick<Facts, "formula">} facts */
export function csv(rows, facts) {
  const formula = new RegExp(facts.formula, "u");
  const cell = (/** @type {Plain} */ value) => {
    if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
    const text = formula.test(String(value)) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** Give a text to the reader as a file. @param {string} text @param {string} name @param {string} [type] */
export function save(text, name, type = "text/csv") {
  const link = el("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function copy() {
  try {
    await navigator.clipboard.writeText(byId("command").textContent ?? "");
    byId("copied").textContent = "Copied.";
  } catch {
    getSelection()?.selectAllChildren(byId("command"));
    byId("copied").textContent = "Selected: copy it with your keyboard.";
  }
}
