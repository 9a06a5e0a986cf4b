// What the teacher's board and the projector both show: the QR code, a table in a few words, texts and lists that change.

import { drawing, svg } from "../../page/web/dom.js";
import { counted } from "../../page/web/sentences.js";

/** Draw a QR code from rows of 0 and 1, dark on light in every light. @param {string[]} rows @param {string} label */
export function qrCode(rows, label) {
  const quiet = 3;
  const size = rows.length + 2 * quiet;
  const dark = rows.flatMap((row, y) =>
    [...row].map((cell, x) => (cell === "1" ? `M${x + quiet} ${y + quiet}h1v1h-1z` : "")),
  );
  return drawing([size, size], label, { class: "qr", "shape-rendering": "crispEdges" },
    svg("rect", { width: size, height: size, class: "light" }),
    svg("path", { d: dark.join(""), class: "dark" }),
  );
}

/** Say where a table is. @param {WallTable} table @param {string} phase */
export function whereIs(table, phase) {
  if (table.finished) return table.checking ? "finished, being checked" : "finished";
  if (table.answers) return counted(table.answers, "answer");
  return ["play", "debrief"].includes(phase) ? "not begun" : "ready";
}

/** Replace those children of an element whose contents changed; the others are not touched, so what has the focus stays.
 * @template T */
export class Tiles {
  /** @type {Map<string | number, { text: string, element: Element }>} */ #tiles = new Map();

  /** @param {Element} element @param {(thing: T) => Element} make */
  constructor(element, make) {
    this.element = element;
    this.make = make;
  }

  /** @param {T[]} things @param {(thing: T) => string | number} keyOf */
  show(things, keyOf) {
    const now = new Map(
      things.map((thing) => {
        const key = keyOf(thing);
        const text = JSON.stringify(thing);
        const before = this.#tiles.get(key);
        return [key, before?.text === text ? before : { text, element: this.make(thing) }];
      }),
    );
    const elements = [...now.values()].map((one) => one.element);
    for (const child of [...this.element.children]) if (!elements.includes(child)) child.remove();
    elements.forEach((one, n) => {
      const there = this.element.children[n] ?? null;
      if (there !== one) this.element.insertBefore(one, there);
    });
    this.#tiles = now;
  }
}
