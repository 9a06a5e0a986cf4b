// The chart: a measure along a knob. Numbers run from left to right with a band; names stand in rows with an interval.
// `layoutOf` is the only place that knows which: it turns (level, value) into a point of the picture and back.

import { put, svg } from "./dom.js";
import { shortened, valueText } from "./words.js";

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const MARGIN = { top: 14, right: 18, bottom: 44, left: 52 };
const LINE = 6; // px: from a curve to the next in a row
const ROW = 44; // px: the height of a row of a curve over names

/** Return where levels and values stand in a picture of this width. span: the lowest and the highest value.
 * @returns {Layout}
 * @param {Knob} knob @param {Span} span @param {number} width */
export function layoutOf(knob, span, width) {
  const share = (/** @type {number} */ value) => Math.min(1, Math.max(0, (value - span.low) / (span.high - span.low)));
  const value = (/** @type {number} */ at) => span.low + Math.min(1, Math.max(0, at)) * (span.high - span.low);
  return { ...span, ...(knob.unit === "name" ? rows : columns)(knob, width, share, value) };
}

/** @param {Knob} knob @param {number} width @param {(value: number) => number} share
 * @param {(at: number) => number} value @returns {Omit<Layout, "low" | "high">} */
function columns(knob, width, share, value) {
  const height = Math.round(Math.max(250, Math.min(460, width * 0.56, innerHeight * 0.5)));
  const left = MARGIN.left;
  const right = width - MARGIN.right;
  const top = MARGIN.top;
  const bottom = height - MARGIN.bottom;
  const known = knob.levels.map(({ value }) => value).filter((value) => typeof value === "number");
  const least = Math.min(...known);
  const step = (Math.max(...known) - least) / Math.max(1, known.length - 1) || 1;
  const numbers = knob.levels.map(({ value }) => (typeof value === "number" ? value : least - step)); // what is drawn for every run stands first
  const low = Math.min(...numbers);
  const span = Math.max(...numbers) - low || 1;
  const inset = 14;
  const places = numbers.map((number) => left + inset + ((number - low) / span) * (right - left - 2 * inset));
  const y = (/** @type {number} */ number) => bottom - share(number) * (bottom - top);
  return {
    width, height, left, right, top, bottom, isRows: false,
    at: (/** @type {number} */ level, /** @type {number} */ number) => [places[level], y(number)],
    levelAt: (/** @type {number} */ px) => nearest(places, px),
    valueAt: (/** @type {unknown} */ _, /** @type {number} */ py) => value((bottom - py) / (bottom - top)),
  };
}

/** @param {Knob} knob @param {number} width @param {(value: number) => number} share
 * @param {(at: number) => number} value @returns {Omit<Layout, "low" | "high">} */
function rows(knob, width, share, value) {
  const left = 14;
  const right = width - MARGIN.right;
  const top = MARGIN.top;
  const bottom = top + ROW * knob.levels.length;
  const places = knob.levels.map((_, level) => top + ROW * (level + 0.72));
  const x = (/** @type {number} */ number) => left + share(number) * (right - left);
  return {
    width, height: bottom + 30, left, right, top, bottom, isRows: true,
    at: (/** @type {number} */ level, /** @type {number} */ number) => [x(number), places[level]],
    levelAt: (/** @type {unknown} */ _, /** @type {number} */ py) => nearest(places, py + ROW / 4),
    valueAt: (/** @type {number} */ px) => value((px - left) / (right - left)),
  };
}

/** @param {number[]} places @param {number} at */
const nearest = (places, at) =>
  places.reduce((best, place, n) => (Math.abs(place - at) < Math.abs(places[best] - at) ? n : best), 0);

/** Draw the axes of a chart. @param {Knob} knob @param {Measure} measure @param {Layout} layout */
export function axes(knob, measure, layout) {
  const { left, right, top, bottom, low, high, isRows } = layout;
  const values = TICKS.map((tick) => low + tick * (high - low));
  const lines = values.map((value) => {
    const [x, y] = layout.at(0, value);
    return isRows
      ? svg("line", { x1: x, x2: x, y1: top, y2: bottom })
      : svg("line", { x1: left, x2: right, y1: y, y2: y });
  });
  const numbers = values.map((value) => {
    const [x, y] = layout.at(0, value);
    const text = measure.kind === "count" ? `${+value.toFixed(1)}` : valueText(measure, value);
    return isRows
      ? svg("text", { x, y: bottom + 18, "text-anchor": x <= left ? "start" : x >= right ? "end" : "middle" }, text)
      : svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, text);
  });
  return svg("g", { class: "axes" }, svg("g", { class: "grid" }, lines), numbers, levelNames(knob, layout));
}

/** @param {Knob} knob @param {Layout} layout */
function levelNames(knob, layout) {
  if (layout.isRows) {
    return knob.levels.map((level, n) =>
      svg("text", { x: layout.left, y: layout.at(n, layout.low)[1] - 14, class: "name" }, shortened(level.label, 44)),
    );
  }
  const room = (layout.right - layout.left) / Math.max(...knob.levels.map((level) => level.label.length * 8 + 12));
  const step = Math.ceil(knob.levels.length / Math.max(1, room));
  const names = knob.levels.map((level, n) =>
    n % step
      ? null
      : svg("text", { x: layout.at(n, layout.low)[0], y: layout.bottom + 19, "text-anchor": "middle" }, level.label),
  );
  const middle = (layout.left + layout.right) / 2;
  return [
    ...names,
    svg("text", { x: middle, y: layout.height - 6, "text-anchor": "middle", class: "title" }, knob.label),
  ];
}

/** Draw a line with its band. points: {level, value, low, high}, only of levels that have runs. letter: beside its end.
 * shift: how many lines below the middle of its row it stands, where levels are rows.
 * @param {{ points: Dot[], kind: string, letter?: string, shift?: number }} of @param {Layout} layout */
export function line({ points, kind, letter = "", shift = 0 }, layout) {
  const known = points.filter((point) => !Number.isNaN(point.value));
  if (layout.isRows) {
    return svg("g", { class: `line ${kind}`, transform: `translate(0 ${shift * LINE})` },
      known.map((point) => whisker(point, layout)),
      dots(known, layout),
    );
  }
  const edge = known.map((p) => layout.at(p.level, p.low))
    .concat(known.map((p) => layout.at(p.level, p.high)).reverse());
  const [x, y] = known.length ? layout.at(known.at(-1).level, known.at(-1).value) : [0, 0];
  return svg("g", { class: `line ${kind}` },
    known.every((p) => !Number.isNaN(p.low)) && known.length
      ? svg("path", { d: path(edge, true), class: "band" })
      : null,
    known.length ? svg("path", { d: path(known.map((p) => layout.at(p.level, p.value))), class: "curve" }) : null,
    dots(known, layout),
    letter && known.length ? svg("text", { x: x + 10, y: y + 4, class: "letter" }, letter) : null,
  );
}

/** @param {Dot[]} points @param {Layout} layout */
const dots = (points, layout) =>
  points.map((point) => {
    const [cx, cy] = layout.at(point.level, point.value);
    return svg("circle", { cx, cy, r: 4 });
  });

/** @param {Dot} point @param {Layout} layout */
function whisker(point, layout) {
  const [x1, y] = layout.at(point.level, point.low);
  return Number.isNaN(point.low)
    ? null
    : svg("line", { x1, x2: layout.at(point.level, point.high)[0], y1: y, y2: y, class: "whisker" });
}

/** @param {Point[]} places @param {boolean} [isClosed] */
const path = (places, isClosed = false) =>
  places.map(([x, y], n) => `${n ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("") + (isClosed ? "Z" : "");

/** Mark the level that the knobs stand at. @param {number} level @param {Layout} layout */
export function here(level, layout) {
  const [x, y] = layout.at(level, layout.low);
  return layout.isRows
    ? svg("rect", { x: 0, y: y - ROW * 0.72, width: layout.width, height: ROW, rx: 4, class: "here" })
    : svg("line", { x1: x, x2: x, y1: layout.top, y2: layout.bottom, class: "here" });
}

/** Draw a guess: a dashed line through the points that were set. values: by level, null where none was set.
 * @param {(number | null)[]} values @param {Layout} layout */
export function guessLine(values, layout) {
  const places = values.flatMap((value, level) => (value === null ? [] : [layout.at(level, value)]));
  return svg("g", { class: "guess" },
    layout.isRows ? null : svg("path", { d: path(places) }),
    places.map(([x, y]) => svg("path", { d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10`, class: "cross" })),
  );
}

/** Listen to a finger on a chart. moved: called with the level and the value under it. lifted: called when it goes.
 * @param {SVGSVGElement} picture
 * @param {{ layout: () => Layout, moved: (level: number, value: number) => unknown, lifted: () => unknown }} more */
export function listen(picture, { layout, moved, lifted }) {
  let isDown = false;
  const report = (/** @type {PointerEvent} */ event) => {
    const box = picture.getBoundingClientRect();
    const now = layout();
    const x = ((event.clientX - box.left) / box.width) * now.width;
    const y = ((event.clientY - box.top) / box.height) * now.height;
    moved(now.levelAt(x, y), now.valueAt(x, y));
  };
  const lift = () => {
    isDown = false;
    lifted();
  };
  put(picture, {
    pointerdown: (event) => {
      if (event.button) return;
      isDown = true;
      picture.setPointerCapture(event.pointerId);
      report(event);
    },
    pointermove: (event) => isDown && report(event),
    pointerup: () => lift(),
    pointercancel: () => lift(),
  });
}
