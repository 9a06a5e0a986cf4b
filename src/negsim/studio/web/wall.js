// The projector: how to get in, what to do now, how long, and where the tables are. No score and no answer is on it
// before the class debriefs; then it shows the end page.

import { el } from "../../page/web/dom.js";
import { clockText, counted } from "../../page/web/sentences.js";
import { qrCode, say, Tiles, whereIs } from "./parts.js";

export class Wall {
  #qr = "";

  constructor(root) {
    root.className = "wall";
    this.title = el("h1", {});
    this.sentence = el("p", { class: "sentence", "aria-live": "polite" });
    this.clock = el("p", { class: "clock", role: "timer" });
    this.code = el("div", { class: "way-in" });
    this.count = el("p", { class: "count" });
    this.names = el("ul", { class: "names" });
    const tables = el("ul", { class: "tables" });
    this.people = new Tiles(this.names, (person) => el("li", {}, person.name));
    this.tables = new Tiles(tables, ({ table, where, people }) =>
      el("li", { class: table.finished ? "tile done" : "tile" },
        el("b", {}, table.name),
        el("span", {}, where),
        el("span", { class: "soft" }, people),
      ),
    );
    root.append(
      el("div", { class: "wall-head" }, el("div", {}, this.title, this.sentence), this.clock),
      el("div", { class: "wall-body" }, this.code, el("div", { class: "here" }, this.count, this.names, tables)),
    );
    this.root = root;
  }

  show(state) {
    this.#showEnd(state.phase === "debrief");
    this.root.classList.toggle("joining", state.phase === "join");
    this.title.textContent = state.title;
    say(this.sentence, state.says);
    this.clock.textContent = clockText(state.left);
    this.#showWayIn(state);
    this.count.textContent = state.dealt
      ? ""
      : state.people.length
        ? counted(state.people.length, "person is here", "people are here")
        : "Nobody is here yet.";
    this.people.show(
      state.dealt ? [] : state.people.map(({ number, name }) => ({ number, name })),
      (person) => person.number,
    );
    const names = (table) => state.people.filter((one) => one.table === table.number).map((one) => one.name).join(", ");
    this.tables.show(
      state.tables.map((table) => ({
        table: { name: table.name, finished: table.finished, number: table.number },
        where: whereIs(table, state.phase),
        people: names(table),
      })),
      ({ table }) => table.number,
    );
  }

  /** Show the end page while the class debriefs; the keys of a remote control are its own. */
  #showEnd(isDue) {
    if (isDue === Boolean(this.end)) return;
    this.end?.remove();
    this.end = isDue
      ? el("iframe", { src: "/class/end", title: "The tables side by side", load: ({ target }) => target.focus() })
      : null;
    for (const part of this.root.children) part.hidden = isDue;
    if (isDue) this.root.append(this.end);
  }

  #showWayIn({ link, address, code, qr }) {
    if (this.#qr === link) return;
    this.#qr = link;
    this.code.replaceChildren(
      qrCode(qr, `QR code of ${link}`),
      el("p", { class: "address" }, address),
      el("p", { class: "code" }, code),
    );
  }
}
