// Elements are made here and nowhere else. A text is only ever a text: nothing that a scenario says becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element. A function is a listener; null and false leave an attribute out; texts and elements are children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name @param {Attributes<HTMLElementTagNameMap[K]>} attributes @param {...Child} children */
export const el = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);

/** Make an SVG element, as `el` does.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name @param {Attributes<SVGElementTagNameMap[K]>} attributes @param {...Child} children */
export const svg = (name, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, name), attributes, children);

/** Make an HTML element with a part for each thing. part: called as by `map`.
 * @template {keyof HTMLElementTagNameMap} K @template T
 * @param {K} name @param {Attributes<HTMLElementTagNameMap[K]>} attributes @param {readonly T[]} things
 * @param {(thing: T, n: number) => Child} part */
export const series = (name, attributes, things, part) => el(name, attributes, things.map(part));

/** Draw a picture that says what it shows. size: its width and height.
 * @param {Point} size @param {string} label @param {Attributes} attributes @param {...Child} parts */
export const drawing = ([width, height], label, attributes, ...parts) =>
  svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, ...attributes }, parts);

/** Make an HTML table. heads: of its columns. rows: of cells, the first of which is the head of its row.
 * @param {Child[]} heads @param {Child[][]} rows @param {Attributes & { caption?: string }} [attributes] */
export function grid(heads, rows, { caption, ...attributes } = {}) {
  const columns = heads.map((head) => el("th", { scope: "col" }, head));
  const lines = rows.map(([head, ...cells]) => {
    const rest = cells.map((cell) => el("td", {}, cell));
    return el("tr", {}, el("th", { scope: "row" }, head), rest);
  });
  return el("table", attributes,
    caption && el("caption", {}, caption),
    el("thead", {}, el("tr", {}, columns)),
    el("tbody", {}, lines),
  );
}

/** Make a region that scrolls sideways by itself. @param {string} label @param {...Child} children */
export const wide = (label, ...children) =>
  el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": label }, children);

/** Make a button. kind: its classes, or null. click: what a press does.
 * @param {string | null} kind @param {(event: Heard<MouseEvent, HTMLButtonElement>) => unknown} click @param {...Child} words */
export const button = (kind, click, ...words) => el("button", { type: "button", class: kind, click }, words);

/** Make what opens and closes under a title.
 * @param {string} title @param {Attributes<HTMLDetailsElement>} attributes @param {...Child} children */
export const fold = (title, attributes, ...children) => el("details", attributes, el("summary", {}, title), children);

/** Make a spot of colour, as in a legend. kind: its classes. colour: if none of them has one.
 * @param {string | null} kind */
export function spot(kind, colour = "") {
  const element = el("span", { class: kind, "aria-hidden": "true" });
  element.style.background = colour;
  return element;
}

/** Make a bar of parts. @param {[colour: string, share: number][]} parts */
export function shareBar(parts) {
  const spots = parts.map(([colour, share]) => {
    const part = spot(null, colour);
    part.style.flexGrow = String(share);
    return part;
  });
  return el("div", { class: "agenda", "aria-hidden": "true" }, spots);
}

/** Change attributes of an element, as `el` takes them.
 * @template {Element} T @param {T} element @param {Attributes<T>} attributes */
export function put(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, /** @type {EventListener} */ (value));
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  return element;
}

/** Set a text that has changed: one that is set again is laid out and read out again. @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @template {Element} T @param {T} element @param {Attributes<T>} attributes @param {Child[]} children */
function filled(element, attributes, children) {
  const all = /** @type {unknown[]} */ (children).flat(Infinity).filter((child) => child || child === 0);
  put(element, attributes).append(.../** @type {(Node | string)[]} */ (all));
  return element;
}

/** Find the element of the skeleton with this id.
 * @template {string} Id @param {Id} id @returns {Id extends keyof Skeleton ? Skeleton[Id] : HTMLElement} */
export const byId = (id) => /** @type {never} */ (document.getElementById(id));
