// The scale of an issue at a moment: everybody by group, the text, the status quo, and what one delegate sees of it.
// A filled mark is where delegates stand, a hollow one where the chosen delegate believes a group to stand.

import { drawing, el, svg } from "./dom.js";
import { inkOn, lettered, shape } from "./marks.js";

const ROW = 26; // px: the height of a group's row
const EDGE = 14; // px: left and right of the scale
const HEAD = 18; // px: above the rows, for the sign of the text

/** Return the width that a scale has in a grid of scales. @param {Element} grid */
export const widthIn = (grid) =>
  Math.max(260, Math.floor(parseFloat(getComputedStyle(grid).gridTemplateColumns)) || 320);

/** Draw the scale of an issue.
 *
 * moment: {position(seat), present(seat), bracket(seat), text, status, believed(seat)}, all about this issue; text and
 * believed may be null. eyes: the chosen seat, -1 nobody. choose: called with a seat that is clicked.
 * @param {{ issue: Issue, k: number, facts: RunFacts, marks: Mark[], moment: Scene, eyes: number, width: number, choose: (seat: number) => unknown }} of */
export function scaleOf({ issue, k, facts, marks, moment, eyes, width, choose }) {
  const height = HEAD + ROW * marks.length + 4;
  const x = (/** @type {number} */ value) => EDGE + value * (width - 2 * EDGE);
  const rows = marks.map((mark, g) => row({ mark, g, facts, moment, eyes, x, y: HEAD + ROW * (g + 0.5), choose }));
  const picture = drawing([width, height],
    label(issue, moment),
    { width, height },
    svg("rect", {
      x: EDGE - 8, y: HEAD, width: width - 2 * EDGE + 16, height: height - HEAD - 4, rx: 6, class: "ground",
    }),
    redLines(facts.seats[eyes]?.red[k], { x, height }),
    svg("line", { x1: x(issue.status_quo), x2: x(issue.status_quo), y1: HEAD, y2: height - 4, class: "quo" },
      svg("title", {}, "status quo"),
    ),
    rows,
    textBar(moment, { x, height }),
  );
  return el("div", { class: "issue" },
    el("h3", {}, issue.label),
    el("div", { class: "ends" }, el("span", {}, issue.low), el("span", {}, issue.high)),
    picture,
    eyes >= 0 ? el("p", { class: "seen" }, view(facts.seats[eyes], k, issue, moment.position(eyes))) : null,
  );
}

/** @param {Issue} issue @param {Scene} more */
function label(issue, { text, status }) {
  const place = text === null ? "no text yet" : `text at ${text.toFixed(2)}, ${status.label}`;
  return `${issue.label}: from ${issue.low} to ${issue.high}; ${place}`;
}

/** Say what an issue is to a delegate: how much it matters, and the red lines.
 * @param {Seat} seat @param {number} k @param {Issue} rest @param {number} position */
function view(seat, k, { places = [] }, position) {
  const most = Math.max(...seat.salience);
  const weight = seat.salience[k];
  const matters =
    weight === most && seat.salience.some((each) => each < most)
      ? "Matters most. "
      : weight < 0.75 * most ? "Matters little. " : "";
  const [low, high] = seat.red[k];
  const lines = [
    low === null ? "" : `Never below ${low.toFixed(2)}.`,
    high === null ? "" : `Never above ${high.toFixed(2)}.`,
  ];
  const words = places.length > 2 ? ` (nearest: ${places[Math.round(position * (places.length - 1))]})` : "";
  return `Stands at ${position.toFixed(2)}${words}. ${matters}${lines.filter(Boolean).join(" ")}`;
}

/** @param {Red | undefined} red @param {{ x: (value: number) => number, height: number }} more */
function redLines(red, { x, height }) {
  if (!red) return null;
  const zone = (/** @type {number} */ from, /** @type {number} */ to) =>
    svg("rect", { x: x(from), y: HEAD, width: Math.max(0, x(to) - x(from)), height: height - HEAD - 4, class: "red" });
  return [red[0] === null ? null : zone(0, red[0]), red[1] === null ? null : zone(red[1], 1)];
}

/** @param {{ mark: Mark, g: number, facts: RunFacts, moment: Scene, eyes: number, x: (value: number) => number, y: number, choose: (seat: number) => unknown }} of */
function row({ mark, g, facts, moment, eyes, x, y, choose }) {
  const members = facts.seats.map((_, i) => i).filter((i) => facts.seats[i].group === g && moment.present(i));
  const draw = (/** @type {number} */ i) =>
    member({ i, mark, facts, moment, eyes, at: [x(moment.position(i)), y], choose });
  const others = members.filter((i) => i !== eyes);
  const own = members.filter((i) => i === eyes).map(draw);
  if (!others.length) return own;
  const average = (/** @type {(seat: number) => number} */ place) =>
    others.reduce((sum, i) => sum + place(i), 0) / others.length;
  const real = x(average(moment.position));
  const large = lettered(mark, [real, y], 9, {
    title: `${mark.label}: on average ${average(moment.position).toFixed(2)}`,
    class: "mean",
  });
  const small = others.map(draw);
  if (!moment.believed) return [small, large, own];
  const believed = average(moment.believed);
  return [
    small,
    svg("line", { x1: real, x2: x(believed), y1: y, y2: y, class: "error" }),
    large,
    shape(mark, [x(believed), y], 9, {
      fill: "none",
      stroke: mark.colour,
      class: "believed",
      title: `${mark.label}: believed at ${believed.toFixed(2)}`,
    }),
    own,
  ];
}

/** @param {{ i: number, mark: Mark, facts: RunFacts, moment: Scene, eyes: number, at: Point, choose: (seat: number) => unknown }} of */
function member({ i, mark, facts, moment, eyes, at, choose }) {
  const held = moment.bracket(i);
  const title = `${facts.seats[i].name}: ${moment.position(i).toFixed(2)}${held ? ", in brackets" : ""}`;
  const dot = shape(mark, at, i === eyes ? 7 : 4.5, {
    title, class: i === eyes ? "member eyes" : "member", click: () => choose(i),
  });
  if (!held) return dot;
  const [x, y] = at;
  return svg("g", {}, dot,
    svg("path", { d: `M${x - 4} ${y - 8}h-3v16h3M${x + 4} ${y - 8}h3v16h-3`, class: "bracket" }),
  );
}

/** @param {Scene} of @param {{ x: (value: number) => number, height: number }} more */
function textBar({ text, status }, { x, height }) {
  if (text === null) return null;
  return svg("g", { class: "text", transform: `translate(${x(text).toFixed(1)} 0)` },
    svg("line", { y1: 8, y2: height - 2 }),
    svg("rect", { x: -15, y: 0, width: 30, height: 16, rx: 3, fill: status.colour }),
    svg("text", { y: 12, "text-anchor": "middle", class: "on-mark", fill: inkOn(status.colour) }, status.glyph),
  );
}
