// A group's mark: a colour, a shape and a letter, so that nobody has to distinguish colours.

import { svg } from "./dom.js";

const SIDES = [0, 4, 3, 6, 5, -3, -4]; // of the groups' shapes, in their order; 0 a circle, negative: upside down

const LETTER = 9; // px: the height of a capital

/** Choose a mark for every group: the letter is the first free one of its label. @param {Group[]} groups */
export function marksOf(groups) {
  const taken = new Set();
  return groups.map((group, n) => {
    const letters = [...group.label.toUpperCase(), ..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].filter((sign) =>
      /\p{L}/u.test(sign),
    );
    const letter = letters.find((sign) => !taken.has(sign)) ?? "•";
    taken.add(letter);
    return { label: group.label, colour: group.colour, sides: SIDES[n % SIDES.length], letter };
  });
}

/** Draw a mark around a point. title: what appears when the pointer rests on it.
 * @param {Mark} mark @param {Point} more @param {number} radius @param {Attributes & { title?: string }} [last] */
export function shape(mark, [x, y], radius, { title = "", ...attributes } = {}) {
  const look = { fill: mark.colour, ...attributes };
  const note = title ? svg("title", {}, title) : null;
  if (mark.sides === 0) return svg("circle", { cx: x, cy: y, r: radius, ...look }, note);
  const sides = Math.abs(mark.sides);
  const reach = radius * (sides === 3 ? 1.28 : 1.14);
  const isOnEdge = [3, 5, 6, -4].includes(mark.sides);
  const first = (isOnEdge ? -Math.PI : Math.PI) / 2 + (mark.sides === 4 ? Math.PI / 4 : 0);
  const corners = Array.from({ length: sides }, (_, n) => first + (2 * Math.PI * n) / sides).map(
    (angle) => `${(x + reach * Math.cos(angle)).toFixed(1)},${(y + reach * Math.sin(angle)).toFixed(1)}`,
  );
  return svg("polygon", { points: corners.join(" "), ...look }, note);
}

/** Draw a mark with its letter.
 * @param {Mark} mark @param {Point} more @param {number} radius
 * @param {Attributes & { title?: string }} [attributes] */
export const lettered = (mark, [x, y], radius, attributes = {}) => [
  shape(mark, [x, y], radius, attributes),
  svg("text", { x, y: y + LETTER / 2, "text-anchor": "middle", class: "on-mark", fill: inkOn(mark.colour) },
    mark.letter,
  ),
];

/** Return black or white, whichever stands out more on a colour (WCAG 2.2, relative luminance).
 * @param {string} colour */
export function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "black" : "white";
}
