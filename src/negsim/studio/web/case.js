// The form of a coded case: its answers are read once the coder pauses; problems lead to their questions, and a case
// without any has a forecast.

import { byId, el, put, series } from "../../page/web/dom.js";
import { save } from "../../page/web/numbers.js";
import { Draft } from "./draft.js";

const NAME = "mycase.yaml"; // of the file that is saved

const form = /** @type {HTMLFormElement} */ (byId("case"));
let file = ""; // the case as a file, as the studio wrote it last
/** @type {Draft<string>} */
const draft = new Draft({
  path: () => "/case",
  write: () => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])),
  lead: (question) => goTo(byId(`ask-${question}`)),
  answered: show,
});

/** @param {HTMLElement} question */
function goTo(question) {
  question.scrollIntoView();
  question.focus({ preventScroll: true });
}

/** @param {CaseAnswer} answer */
function show({ text = file, forecast }) {
  file = text;
  byId("forecast").replaceChildren(...(forecast ? forecastOf(forecast) : []));
}

/** @param {Forecast} forecast */
function forecastOf({ rows, runs, known, count }) {
  return [
    el("h2", {}, "Forecast"),
    el("p", { class: "soft" }, `${known} of ${count} questions answered; the rest is drawn.`),
    series("div", {}, rows, ({ ends, pooled, raw, share }) =>
      el("p", {},
        el("strong", {}, `${ends}: ${pooled}`),
        el("span", { class: "soft" }, ` ${raw} of ${runs} runs`),
        el("meter", { min: 0, max: 1, value: share, "aria-hidden": "true" }),
      ),
    ),
    el("p", { class: "soft" },
      "Half of the weight is how the built-in cases of other families ended, because a simulator alone is overconfident.",
    ),
  ];
}

/** Add a row of fields for one more source or group. @param {string} kind */
function add(kind) {
  const rows = byId(`${kind}s`);
  rows.append(/** @type {HTMLTemplateElement} */ (byId(`new-${kind}`)).content.cloneNode(true));
  rows.querySelector(":scope > :last-child input").focus();
}

put(form, { input: () => draft.touch(), submit: (event) => event.preventDefault() });
for (const button of document.querySelectorAll("[data-add]")) put(button, { click: () => add(button.dataset.add ?? "") });
put(byId("download"), { click: () => save(file, NAME, "text/yaml") });
draft.read();
