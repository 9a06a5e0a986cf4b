// The projector: how to get in, what to do now, how long, and where the tables are. No score and no answer is on it
// before the class debriefs; then it shows the end page.

import { el, setText } from "../../page/web/dom.js";
import { clockText, counted } from "../../page/web/sentences.js";
import { qrCode, Tiles, whereIs } from "./parts.js";

export class Wall {
  #qr = "";
  /** @type {HTMLElement | null} */ #end = null;
  title = el("h1", {});
  sentence = el("p", { class: "sentence", "aria-live": "polite" });
  clock = el("p", { class: "clock", role: "timer" });
  code = el("div", { class: "way-in" });
  count = el("p", { class: "count" });
  names = el("ul", { class: "names" });
  tiles = el("ul", { class: "tables" });
  /** @type {Tiles<{ number: number, name: string }>} */
  people = new Tiles(this.names, (person) => el("li", {}, person.name));
  /** @type {Tiles<{ table: Pick<WallTable, "number" | "name" | "finished">, where: string, people: string }>} */
  tables = new Tiles(this.tiles, ({ table, where, people }) =>
    el("li", { class: table.finished ? "tile done" : "tile" },
      el("b", {}, table.name), el("span", {}, where), el("span", { class: "soft" }, people),
    ),
  );

  /** @param {HTMLElement} root */
  constructor(root) {
    root.className = "wall";
    root.append(
      el("div", { class: "wall-head" }, el("div", {}, this.title, this.sentence), this.clock),
      el("div", { class: "wall-body" }, this.code, el("div", { class: "here" }, this.count, this.names, this.tiles)),
    );
    this.root = root;
  }

  /** @param {WallState} state */
  show(state) {
    const { phase, dealt, people, tables } = state;
    this.#showEnd(phase === "debrief");
    this.root.classList.toggle("joining", phase === "join");
    this.title.textContent = state.title;
    setText(this.sentence, state.says);
    this.clock.textContent = clockText(state.left);
    this.#showWayIn(state);
    const here = people.length ? counted(people.length, "person is here", "people are here") : "Nobody is here yet.";
    this.count.textContent = dealt ? "" : here;
    this.people.show(dealt ? [] : people.map(({ number, name }) => ({ number, name })), (person) => person.number);
    this.tables.show(
      tables.map((table) => ({
        table: { name: table.name, finished: table.finished, number: table.number },
        where: whereIs(table, phase),
        people: people.filter((one) => one.table === table.number).map((one) => one.name).join(", "),
      })),
      ({ table }) => table.number,
    );
  }

  /** Show the end page while the class debriefs; the keys of a remote control are its own. @param {boolean} isDue */
  #showEnd(isDue) {
    if (isDue === Boolean(this.#end)) return;
    this.#end?.remove();
    const load = (/** @type {{ target: HTMLElement }} */ { target }) => target.focus();
    this.#end = isDue ? el("iframe", { src: "/class/end", title: "The tables side by side", load }) : null;
    for (const part of this.root.children) /** @type {HTMLElement} */ (part).hidden = isDue;
    if (this.#end) this.root.append(this.#end);
  }

  /** @param {WallState} state */
  #showWayIn({ link, address, code, qr }) {
    if (this.#qr === link) return;
    this.#qr = link;
    this.code.replaceChildren(
      qrCode(qr, `QR code of ${link}`), el("p", { class: "address" }, address), el("p", { class: "code" }, code),
    );
  }
}
