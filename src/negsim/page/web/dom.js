// Elements are made here and nowhere else. A text is only ever a text: nothing that a scenario says becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element. A function is a listener; null and false leave an attribute out; texts and elements are children. */
export const el = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);

/** Make an SVG element, as `el` does. */
export const svg = (name, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, name), attributes, children);

/** Make an HTML table. heads: of its columns. rows: its `tr` elements. */
export const grid = (heads, rows, attributes = {}) =>
  el(
    "table",
    attributes,
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        heads.map((head) => el("th", { scope: "col" }, head)),
      ),
    ),
    el("tbody", {}, rows),
  );

/** Change attributes of an element, as `el` takes them. */
export function put(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

function filled(element, attributes, children) {
  put(element, attributes).append(...children.flat(Infinity).filter((child) => child || child === 0));
  return element;
}

/** Find the element of the skeleton with this id. */
export const byId = (id) => document.getElementById(id);
