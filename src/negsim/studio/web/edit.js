// The editor: a text field whose problems lead to their lines; a file comes in and goes out in the browser.

import { byId, put } from "../../page/web/dom.js";
import { save } from "../../page/web/numbers.js";
import { Draft } from "./draft.js";

const NAME = "scenario.yaml"; // of a file that is saved
const ABOVE = 3; // lines that stay in sight above a problem

const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
/** @type {Draft<[line: number, column: number]>} */
const draft = new Draft({ path: () => `/check${location.search}`, write: () => text.value, lead: goTo, answered() {} });

/** Put the cursor at a line and a column, and mark the rest of the line. @param {[line: number, column: number]} place */
function goTo([line, column]) {
  const lines = text.value.split("\n");
  const at = Math.min(line, lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, each) => sum + each.length + 1, 0);
  const end = start + lines[at].length;
  text.focus();
  text.setSelectionRange(Math.min(start + column - 1, end), end);
  text.scrollTop = (text.scrollHeight / lines.length) * (at - ABOVE);
  showPlace();
}

/** Say where the cursor is. */
function showPlace() {
  const before = text.value.slice(0, text.selectionStart).split("\n");
  byId("place").textContent = `Line ${before.length}, column ${before.at(-1).length + 1}.`;
}

/** @param {{ target: HTMLInputElement }} event */
async function takeFile({ target }) {
  const [file] = target.files ?? [];
  if (file) {
    text.value = await file.text();
    draft.touch();
  }
  target.value = ""; // so that the same file can be chosen again
}

put(text, { input: () => draft.touch() });
for (const event of ["keyup", "click", "focus"]) put(text, { [event]: showPlace });
put(byId("download"), { click: () => save(text.value, NAME, "text/yaml") });
put(/** @type {HTMLInputElement} */ (byId("upload")), { change: takeFile });
put(/** @type {HTMLSelectElement} */ (byId("start")), {
  change: ({ target }) => target.value && location.assign(`/edit?${new URLSearchParams({ s: target.value })}`),
});
draft.read();
