// Elements are made here and nowhere else. A text is only ever a text: nothing that a scenario says becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element. A function is a listener; null and false leave an attribute out; texts and elements are children. */
export const el = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);

/** Make an SVG element, as `el` does. */
export const svg = (name, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, name), attributes, children);

/** Make an HTML element with a part for each thing. part: called as by `map`. */
export const series = (name, attributes, things, part) => el(name, attributes, things.map(part));

/** Draw a picture that says what it shows. size: its width and height. */
export const drawing = ([width, height], label, attributes, ...parts) =>
  svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, ...attributes }, parts);

/** Make an HTML table. heads: of its columns. rows: of cells, the first of which is the head of its row. */
export function grid(heads, rows, { caption, ...attributes } = {}) {
  const columns = heads.map((head) => el("th", { scope: "col" }, head));
  const lines = rows.map(([head, ...cells]) => {
    const rest = cells.map((cell) => el("td", {}, cell));
    return el("tr", {}, el("th", { scope: "row" }, head), rest);
  });
  return el(
    "table",
    attributes,
    caption && el("caption", {}, caption),
    el("thead", {}, el("tr", {}, columns)),
    el("tbody", {}, lines),
  );
}

/** Make a region that scrolls sideways by itself. */
export const wide = (label, ...children) =>
  el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": label }, children);

/** Make a button. kind: its classes, or null. click: what a press does. */
export const button = (kind, click, ...words) => el("button", { type: "button", class: kind, click }, words);

/** Make what opens and closes under a title. */
export const fold = (title, attributes, ...children) => el("details", attributes, el("summary", {}, title), children);

/** Make a spot of colour, as in a legend. kind: its classes. colour: if none of them has one. */
export function spot(kind, colour = "") {
  const element = el("span", { class: kind, "aria-hidden": "true" });
  element.style.background = colour;
  return element;
}

/** Make a bar of parts. parts: [colour, share]. */
export function shareBar(parts) {
  const spots = parts.map(([colour, share]) => {
    const part = spot(null, colour);
    part.style.flexGrow = share;
    return part;
  });
  return el("div", { class: "agenda", "aria-hidden": "true" }, spots);
}

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
