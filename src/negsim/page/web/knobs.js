// The knobs: a slider for numbers, a list for names, and under it what the level means.

import { byId, el, setText } from "./dom.js";
import { listed } from "./sentences.js";
import { levelOf } from "./settings.js";

/** Make the controls of all knobs. turn: called with a knob and a level. Returns their elements and how to show a setting of them.
 * @param {Facts} facts @param {(knob: Knob, level: number) => unknown} turn */
export function controls(facts, turn) {
  const all = facts.knobs.map((knob) => (knob.unit === "name" ? list(knob, turn) : slider(knob, turn)));
  return {
    elements: all.map((control) => control.element),
    show: (/** @type {Setting} */ setting, /** @type {Clashing} */ axis) => {
      for (const control of all) control.show(setting, axis);
      const held = facts.knobs.filter((knob) => axis.clashes.includes(knob.name)).map((knob) => knob.label);
      const clash = `Not together with the ${axis.label}, along which the curve runs: ${listed(held)}.`;
      setText(byId("clash"), held.length ? clash : "");
    },
  };
}

/** @param {Knob} knob @param {(knob: Knob, level: number) => unknown} turn */
function slider(knob, turn) {
  const id = `knob-${knob.name}`;
  const phrase = el("output", { for: id });
  const input = el("input", {
    type: "range",
    id,
    min: 0,
    max: knob.levels.length - 1,
    step: 1,
    input: ({ target }) => turn(knob, Number(target.value)),
  });
  const mark = knob.written / Math.max(1, knob.levels.length - 1);
  const tick = el("span", {
    class: "tick",
    title: `as written: ${knob.levels[knob.written].phrase}`,
    "aria-hidden": "true",
  });
  tick.style.setProperty("--at-share", String(mark));
  return {
    element: el("div", { class: "knob" },
      el("label", { for: id }, knob.label),
      phrase,
      el("div", { class: "track" }, tick, input),
      notes(knob),
    ),
    show: (/** @type {Setting} */ setting, /** @type {Clashing} */ axis) => {
      const level = levelOf(knob, setting);
      input.disabled = axis.clashes.includes(knob.name);
      input.value = String(level);
      input.setAttribute("aria-valuetext", knob.levels[level].phrase);
      setText(phrase, nameOf(knob, level));
    },
  };
}

/** @param {Knob} knob @param {(knob: Knob, level: number) => unknown} turn */
function list(knob, turn) {
  const id = `knob-${knob.name}`;
  const about = el("p", { class: "about", id: `${id}-about`, "aria-live": "polite" });
  const select = el("select",
    { id, "aria-describedby": about.id, change: ({ target }) => turn(knob, Number(target.value)) },
    knob.levels.map((level, n) => el("option", { value: n }, nameOf(knob, n))),
  );
  return {
    element: el("div", { class: "knob" }, el("label", { for: id }, knob.label), select, about, notes(knob)),
    show: (/** @type {Setting} */ setting, /** @type {Clashing} */ axis) => {
      const level = levelOf(knob, setting);
      select.disabled = axis.clashes.includes(knob.name);
      select.value = String(level);
      setText(about, knob.levels[level].about);
    },
  };
}

/** Name a level, and say so if it is as written. @param {Knob} knob @param {number} level */
function nameOf(knob, level) {
  const { label } = knob.levels[level];
  return level === knob.written && label !== "as written" ? `${label} (as written)` : label;
}

/** @param {Knob} knob */
const notes = (knob) => (knob.drawn ? el("p", { class: "about" }, knob.drawn) : null);
