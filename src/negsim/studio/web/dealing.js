// What the tables get: whose seats people have, in words; knobs, people in a seat, and the draws.

import { el } from "../../page/web/dom.js";

const MODES = {
  same: "the same seat, at tables of their own",
  groups: "one seat in each group, across one table",
  all: "one table, everybody a seat of their own",
  hand: "the seats that I choose, across one table",
};
const PARTS = /** @type {const} */ (["same", "groups", "hand"]); // of the form, of which a way to deal shows one

/** Say at which level a knob stands. @param {DealtKnob} knob @param {number} at */
export const levelText = ({ label, levels }, at) => `${label}: ${levels[at]}`;

export class Dealing {
  #key = "";
  /** @type {ClassState} */ #state;
  element = el("form", { class: "deal", submit: (event) => event.preventDefault() });
  /** @type {HTMLElement} */ same;
  /** @type {HTMLElement} */ groups;
  /** @type {HTMLElement} */ hand;
  /** @type {HTMLElement} */ shared;

  /** Show what is to be dealt, unless it is shown already. @param {ClassState} state */
  show(state) {
    const { deal, dealt, code } = state;
    const key = JSON.stringify([deal, code]);
    this.#state = state;
    if (dealt || this.#key === key) return;
    this.#key = key;
    const mode = modeOf(state);
    this.element.replaceChildren(...this.#fields(state, mode));
    this.#choose(mode);
  }

  /** @param {ClassState} state @param {string} chosen */
  #fields({ deal, knobs, drawn, is_telling: isTelling, most_at_seat: most, seats, groups }, chosen) {
    const options = Object.entries(MODES).map(([name, text]) =>
      el("option", { value: name, selected: name === chosen }, text),
    );
    const number = (/** @type {"people" | "replication"} */ name, /** @type {Attributes} */ attributes) =>
      el("input", { name, type: "number", value: deal[name], required: true, ...attributes });
    const people = number("people", { min: 1, max: most });
    const change = (/** @type {{ target: HTMLSelectElement }} */ { target }) => {
      people.value = String(target.value === "same" ? deal.people : 1); // across a table everybody has a seat
      this.#choose(target.value);
    };
    const mode = el("select", { name: "mode", change }, options);
    const seed = { name: "seed", inputmode: "numeric", pattern: "[0-9]{1,15}", required: true, value: deal.seed };
    const draws = drawn
      ? ["Replication ", number("replication", { min: 0, max: drawn[1] - 1 })]
      : ["Seed ", el("input", seed)];
    const field = (/** @type {Child[]} */ ...parts) => el("p", {}, el("label", {}, parts));
    /** @type {(name: string, other: string, own: string | undefined, of?: string[]) => HTMLElement} */
    const choice = (name, other, own, of = seats) =>
      el("select", { name },
        other ? el("option", { value: "" }, other) : null,
        of.map((seat) => el("option", { selected: seat === own }, seat)),
      );
    this.same = el("div", {},
      field("Seat ", choice("seat0", "", deal.seats[0][0])),
      field("Every other table ", choice("seat1", "the same for all", deal.seats[1]?.[0])),
      field(draws),
      el("p", { class: "soft" },
        isTelling || drawn
          ? ""
          : "No seed that was tried gives the first seat little without thinking and much with it: try some.",
      ),
    );
    this.groups = el("div", {},
      groups.map(({ label, seats: of }, g) =>
        field(`${label} `, choice(`group${g}`, "nobody: the model", of.find((seat) => deal.seats[0].includes(seat)) ?? of[0], of)),
      ),
    );
    this.hand = el("fieldset", { class: "chairs" },
      el("legend", {}, "Seats of people"),
      seats.map((seat) =>
        el("label", {},
          el("input", { type: "checkbox", name: "chair", value: seat, checked: deal.seats[0].includes(seat) }),
          ` ${seat}`,
        ),
      ),
    );
    this.shared = el("p", { class: "soft" },
      "The model has all other seats. Who they are is drawn from a seed that nobody sees before the debriefing.",
    );
    return [
      field("People have ", mode),
      this.same,
      this.groups,
      this.hand,
      field("Half of the tables ", this.#levels(deal, knobs)),
      field("People in a seat ", people),
      this.shared,
      el("p", { class: "soft" }, "The tables get this when the brief opens."),
    ];
  }

  /** @param {Dealt} deal @param {Record<string, DealtKnob>} knobs */
  #levels(deal, knobs) {
    const levels = Object.entries(knobs).flatMap(([name, knob]) =>
      knob.levels.map((_, at) => {
        const value = JSON.stringify({ [name]: at });
        return el("option", { value, selected: JSON.stringify(deal.levels[1]) === value }, levelText(knob, at));
      }),
    );
    return el("select", { name: "levels" }, el("option", { value: "" }, "the same as the others"), levels);
  }

  /** Show the fields of the way that is chosen. @param {string} mode */
  #choose(mode) {
    for (const name of PARTS) this[name].hidden = name !== mode;
    this.shared.hidden = mode === "same";
  }

  /** Return the deal that the form shows. @returns {Dealt} */
  value() {
    const fields = new FormData(this.element);
    const levels = fields.get("levels");
    const draws = ["seed", "replication"].filter((name) => fields.has(name));
    return {
      ...this.#state.deal,
      seats: this.#seats(fields),
      levels: levels ? [{}, JSON.parse(String(levels))] : [{}],
      people: Number(fields.get("people")),
      ...Object.fromEntries(draws.map((name) => [name, Number(fields.get(name))])),
    };
  }

  /** Return the seats of people, table by table. @param {FormData} fields */
  #seats(fields) {
    const { seats, groups } = this.#state;
    const chosen = (/** @type {string} */ name) => String(fields.get(name) ?? "");
    switch (fields.get("mode")) {
      case "groups":
        return [groups.map((_, g) => chosen(`group${g}`)).filter(Boolean)];
      case "all":
        return [seats];
      case "hand":
        return [fields.getAll("chair").map(String)];
      default:
        return ["seat0", "seat1"].map(chosen).filter(Boolean).map((seat) => [seat]);
    }
  }

  /** Return whether everything in the form can be dealt; the browser says what cannot. */
  isReady() {
    const chairs = /** @type {HTMLInputElement[]} */ ([...this.element.querySelectorAll("[name=chair]")]);
    const isMissing = !this.hand.hidden && !chairs.some((one) => one.checked);
    chairs[0].setCustomValidity(isMissing ? "Choose a seat." : "");
    return this.element.reportValidity();
  }
}

/** Return the way in which a deal gives out seats. @param {ClassState} state */
function modeOf({ deal, seats, groups }) {
  const [first] = deal.seats;
  if (first.length < 2) return "same";
  if (first.length === seats.length) return "all";
  return groups.every(({ seats: of }) => of.filter((seat) => first.includes(seat)).length <= 1) ? "groups" : "hand";
}
