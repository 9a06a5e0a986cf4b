// The whole run at a glance: a bar for the formats, and one for the state of each paragraph, from the first moment to the last.

import { el, spot, svg } from "./dom.js";

const BAR = 7; // px: the height of a bar
const GAP = 2;

/** Draw the bars of a run. Every moment has the same width, as on the slider below.
 * @param {{ facts: Facts, run: Run, width: number }} of */
export function timelineOf({ facts, run, width }) {
  const last = run.minute.length - 1;
  const issues = facts.issues.length;
  const x = (/** @type {number} */ moment) => (moment / last) * width;
  const bar = (/** @type {number} */ row, /** @type {(moment: number) => string | null} */ colourAt) =>
    stretches(last, colourAt).map(
      ({ from, to, colour }) =>
        colour && svg("rect", { x: x(from), y: row * (BAR + GAP), width: x(to) - x(from), height: BAR, fill: colour }),
    );
  const status = (/** @type {number} */ k) => (/** @type {number} */ moment) => {
    const found = facts.statuses.find(({ code }) => code === run.status[moment * issues + k]);
    return found.name === "empty" ? null : found.colour;
  };
  const evenings = run.evenings.map(({ moment }) =>
    svg("line", { x1: x(moment), x2: x(moment), y1: 0, y2: (issues + 1) * (BAR + GAP), class: "night" }),
  );
  const height = (issues + 1) * (BAR + GAP);
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "timeline", "aria-hidden": "true" },
    svg("rect", { width, height, class: "ground" }),
    bar(0, (moment) => facts.formats[run.format[moment]]?.colour ?? null),
    facts.issues.map((_, k) => bar(k + 1, status(k))),
    evenings,
  );
}

/** Say what the bars are. @param {{ statuses: Status[] }} of */
export function timelineLegend({ statuses }) {
  const items = statuses.filter(({ name }) => name !== "empty")
    .map(({ colour, label }) => el("li", {}, spot("swatch", colour), label));
  return el("ul", { class: "legend" }, el("li", {}, "Session formats; then each paragraph:"), items);
}

/** Join moments of one colour: {from, to, colour}.
 * @param {number} last @param {(moment: number) => string | null} colourAt */
function stretches(last, colourAt) {
  /** @type {{ from: number, to: number, colour: string | null }[]} */ const found = [];
  for (let moment = 0; moment < last; moment += 1) {
    const colour = colourAt(moment + 1);
    const before = found.at(-1);
    if (before?.colour === colour) before.to = moment + 1; else found.push({ from: moment, to: moment + 1, colour });
  }
  return found;
}
