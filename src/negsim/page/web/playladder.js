// The scale of an issue upright, with a rung for each place that has words: the text now, what you want, what you never
// sign, where you believe the others to stand, and, where you write something, a mark that a finger or the arrow keys move.

import { el, put, spot, svg } from "./dom.js";
import { catalogue, fixed, lineOf, named, place, placeOn } from "./sentences.js";
import { ofYour } from "./words.js";

const HEIGHT = 30; // rem of a scale, a twentieth of which is 24 px
const WIDE_HEIGHT = 20; // and in a wide window, which is lower
const DENSE_RUNG = 1.5625; // rem from rung to rung of one that is only looked at, beside others
const LEAST_HEIGHT = 4.25; // rem of one with words at its ends alone
const TAG = 1.125; // rem that a tag beside the scale needs
const RAIL = 26;
const DOT = 2.5;
const REACH = 12; // px: the width of the rail, the radius of a person on it, how far off a tap means them
/** @type {Record<string, number>} */
const STEPS = {
  ArrowUp: 0.01, ArrowRight: 0.01, ArrowDown: -0.01, ArrowLeft: -0.01, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1,
};

/** @param {Pick<Facts, "issues">} facts @param {string | undefined} name */
export const issueOf = (facts, name) => facts.issues.find((issue) => issue.name === name);

/** Return the words for a place on an issue's scale: "at 13 hours".
 * @param {Omit<Issue, "name" | "label">} issue @param {number | null} value @param {Pick<Facts, "sentences">} facts */
export const wordsAt = (issue, value, facts) => place(catalogue(facts.sentences, true), placeOn(issue, value ?? NaN));

/** Name a place: "13 hours"; its number stands behind it for those who want to see decimals.
 * @param {Omit<Issue, "name" | "label">} issue @param {number} value @param {Pick<Facts, "sentences">} facts */
export const amountAt = (issue, value, facts) =>
  [named(catalogue(facts.sentences, true), placeOn(issue, value)), decimalOf(issue, value)];

/** The number of a place that is said by an amount, shown on request.
 * @param {Pick<Issue, "amounts">} issue @param {number | null} value */
const decimalOf = ({ amounts = [] }, value) =>
  amounts.length && value !== null ? el("span", { class: "decimal" }, ` (${fixed(value, 2)})`) : "";

/** Whether a text crosses a red line. @param {Red} of @param {number | null} value */
export const crossed = ([low, high], value) =>
  value !== null && ((low !== null && value < low) || (high !== null && value > high));

/** Say what somebody never signs, to follow where they stand. @param {Issue} issue @param {Red} red @param {Pick<Facts, "sentences">} facts */
export function limitsOf(issue, red, facts) {
  const line = lineOf(catalogue(facts.sentences), issue, red);
  return line && `, never ${line}`;
}

/** Draw the scale.
 *
 * bar, people: as a question has them. worth: what each text from one end to the other is worth, or null. write: {label,
 * short, value} of a mark to move, or null. isDense: small, where it is only looked at.
 * tell: called with the name of whom a tap on the rail means.
 * @param {Ladder} of */
export function ladderOf({ issue, bar, facts, people, worth = null, write = null, isDense = false, tell }) {
  const places = issue.places?.length > 1 ? issue.places : [issue.low, issue.high];
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const whole = matchMedia("(min-width: 60rem)").matches ? WIDE_HEIGHT : HEIGHT;
  const height = rem * (isDense ? Math.max(LEAST_HEIGHT, DENSE_RUNG * (places.length - 1)) : whole);
  const rungs = places.map((words, n) => {
    const share = n / (places.length - 1);
    return at(el("span", { class: "rung" }, words, decimalOf(issue, share)), share);
  });
  const scale = el("div", { class: "ladder", role: "img", "aria-label": said(issue, bar, facts) },
    rail({ issue, bar, facts, people, height, tell }),
    rungs,
  );
  const tags = el("div", { class: "tags", "aria-hidden": "true" });
  const handle = write ? handleOf({ issue, facts, write, scale, height }) : null;
  const frame = el("div", { class: "frame" }, scale, tags, handle?.element);
  scale.style.height = frame.style.height = `${height}px`;
  const output = write ? el("p", { class: "written" }) : null;
  const show = () => {
    tags.replaceChildren(...spread(tagsOf(bar, write), height, rem * TAG));
    handle?.show();
    if (write) output?.replaceChildren(...worded({ issue, bar, facts, worth, write }));
  };
  if (handle) handle.moved = show;
  show();
  return el("div", { class: "issue-scale" },
    el("h2", {}, issue.label,
      bar.closed ? el("span", { class: "closed" }, " agreed") : "",
    ),
    output,
    frame,
  );
}

/** Say what is written: its words, what it is worth, and whether it crosses a red line.
 * @param {Omit<Ladder, "people" | "tell"> & { write: Mover }} of */
function worded({ issue, bar, facts, worth, write }) {
  const points = worth ? Math.round(worth[Math.round(write.value * (worth.length - 1))]) : null;
  return [
    el("b", {}, `${write.label}: `),
    wordsAt(issue, write.value, facts),
    decimalOf(issue, write.value),
    points === null ? "" : [", worth ", el("b", {}, ofYour(points))],
    crossed(bar.red, write.value) ? el("b", { class: "over" }, ". It crosses your red line.") : ".",
  ].flat();
}

/** @param {Issue} issue @param {Bar} more @param {TableFacts} facts */
function said(issue, { now, yours, red }, facts) {
  const line = lineOf(catalogue(facts.sentences), issue, red);
  const parts = [
    now === null ? "no text yet" : `the text is ${wordsAt(issue, now, facts)}`,
    `you want ${wordsAt(issue, yours, facts)}`,
    line && `you never sign ${line}`,
  ];
  return `${issue.label}: ${parts.filter(Boolean).join("; ")}`;
}

/** Draw the rail: red where you never sign, and a dot for everybody where you believe them to stand; who told you has a ring.
 * @param {Ladder & { height: number }} of */
function rail({ issue, bar, facts, people, height, tell }) {
  const [low, high] = bar.red;
  const y = (/** @type {number} */ value) => height * (1 - value);
  const zones = [low === null ? null : { from: 0, to: low }, high === null ? null : { from: high, to: 1 }].filter(
    Boolean,
  );
  const column = (/** @type {number} */ g) => 5 + ((g + 0.5) * (RAIL - 10)) / facts.groups.length;
  const dots = people.filter(({ me, present }) => present && !me).map(({ name, group, belief, confidence }) => ({
      name,
      mark: svg("circle",
        {
          cx: column(group), cy: y(belief[issue.name]), r: confidence ? DOT + 1.5 : DOT,
          fill: facts.groups[group].colour, class: confidence ? "confidence" : "belief",
        },
        svg("title", {}, `${name}: you believe ${named(catalogue(facts.sentences), placeOn(issue, belief[issue.name]))}`),
      ),
    }));
  const tap = (/** @type {MouseEvent} */ { clientX, clientY }) => {
    const away = (/** @type {{ mark: SVGElement }} */ { mark }) => {
      const { x, y: top, width, height: size } = mark.getBoundingClientRect();
      return Math.hypot(x + width / 2 - clientX, top + size / 2 - clientY);
    };
    const [dot] = [...dots].sort((one, other) => away(one) - away(other));
    if (dot && away(dot) <= REACH) tell(dot.name);
  };
  return svg("svg",
    {
      class: "rail", width: RAIL, height: height + 8, viewBox: `0 -4 ${RAIL} ${height + 8}`, "aria-hidden": "true",
      click: tap,
    },
    svg("rect", { x: 0.5, y: -3.5, width: RAIL - 1, height: height + 7, rx: 6, class: "bed" }),
    zones.map(({ from, to }) =>
      svg("rect", {
        x: 1, y: y(to) - (to === 1 ? 3 : 0), width: RAIL - 2, height: (to - from) * height + 3, rx: 5, class: "never",
      }),
    ),
    dots.map(({ mark }) => mark),
  );
}

/** @param {HTMLElement} element @param {number} share */
function at(element, share) {
  element.style.bottom = `${100 * share}%`;
  return element;
}

/** @param {Bar} bar @param {Mover | null} write */
const tagsOf = (bar, write) =>
  [
    bar.now === null ? null : { name: "text", value: bar.now, kind: "now" },
    { name: "you want", value: bar.yours, kind: "yours" },
    write ? { name: write.short, value: write.value, kind: "write" } : null,
  ].filter(Boolean);

/** Place tags at their values, moved apart where they would cover each other.
 * @param {Tag[]} tags @param {number} height @param {number} room */
function spread(tags, height, room) {
  const sorted = [...tags].sort((one, other) => one.value - other.value);
  const y = sorted.map(({ value }) => value * height);
  for (let n = 1; n < y.length; n += 1) y[n] = Math.max(y[n], y[n - 1] + room);
  for (let n = y.length - 1, most = height + room / 2; n >= 0; n -= 1) most = (y[n] = Math.min(y[n], most)) - room;
  return sorted.flatMap(({ name, value, kind }, n) => {
    const tag = el("span", { class: `tag ${kind}` }, name);
    const mark = el("i", { class: `mark ${kind}` });
    tag.style.bottom = `${y[n]}px`;
    mark.style.bottom = `${value * height}px`;
    return [tag, mark];
  });
}

/** @param {{ issue: Issue, facts: TableFacts, write: Mover, scale: HTMLElement, height: number }} of */
function handleOf({ issue, facts, write, scale, height }) {
  const knob = el("div", {
    class: "handle",
    role: "slider",
    tabindex: 0,
    "aria-label": `${write.label}: ${issue.label}`,
    "aria-orientation": "vertical",
    "aria-valuemin": 0,
    "aria-valuemax": 1,
  });
  const area = el("div", { class: "reach" }, knob);
  const handle = {
    element: area,
    moved: () => {},
    show: () => {
      knob.style.bottom = `${write.value * height}px`;
      put(knob, { "aria-valuenow": write.value, "aria-valuetext": wordsAt(issue, write.value, facts) });
    },
  };
  const set = (/** @type {number} */ value) => {
    write.value = Math.round(100 * Math.min(1, Math.max(0, value))) / 100;
    handle.moved();
  };
  const follow = (/** @type {PointerEvent} */ event) =>
    set(1 - (event.clientY - scale.getBoundingClientRect().top) / height);
  put(area, {
    pointerdown: (event) => {
      area.setPointerCapture(event.pointerId);
      follow(event);
      knob.focus({ preventScroll: true });
      event.preventDefault();
    },
    pointermove: (event) => event.buttons && follow(event),
  });
  put(knob, {
    keydown: (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      set(write.value + step);
    },
  });
  return handle;
}

/** Say what the marks of a scale are, with a box that shows the numbers of places from now on. @param {TableFacts} facts */
export function keyOf(facts) {
  const { classList } = document.documentElement;
  const change = (/** @type {{ target: HTMLInputElement }} */ { target }) => classList.toggle("decimals", target.checked);
  const box = el("input", { type: "checkbox", checked: classList.contains("decimals"), change });
  const hasAmounts = facts.issues.some(({ amounts }) => amounts?.length);
  return el("ul", { class: "legend key" },
    facts.groups.map(({ label, colour }) => el("li", {}, spot("dot", colour), label)),
    el("li", {}, "A dot is where you believe somebody stands, ringed if they told you. Red: you must not sign."),
    hasAmounts ? el("li", {}, el("label", { class: "pick" }, box, " Show places as numbers from 0 to 1, too")) : null,
  );
}
