// The teacher's board: the phases and the clock, every table at a glance, who asks for time, what was dealt, the guesses.

import { button, el, fold, put, series, setText, svg } from "../../page/web/dom.js";
import { clockText, counted, listed } from "../../page/web/sentences.js";
import { whole } from "../../page/web/words.js";
import { Dealing, levelText } from "./dealing.js";
import { Tiles, whereIs } from "./parts.js";

const MINUTES_MORE = 2; // that a button gives

export class Board {
  /** @type {ClassState} */ #state;
  #isTyped = false; // whether somebody typed minutes
  #isFolded = false; // whether the list of people was folded once the tables were dealt
  #pressed = ""; // the minutes of the last phase that was opened
  #guessKey = "";
  title = el("h1", {});
  clock = el("p", { class: "clock", role: "timer" });
  now = el("p", { class: "sentence", "aria-live": "polite" });
  noticed = el("ul", { class: "notices", "aria-live": "polite" });
  /** @type {Tiles<string>} */ notices = new Tiles(this.noticed, (text) => el("li", { class: "problem" }, text));
  tiles = el("ul", { class: "tables" });
  /** @type {Tiles<ShownTable>} */ tables = new Tiles(this.tiles, (table) => this.#tile(table));
  summary = el("p", { class: "soft" });
  waiting = el("ul", { class: "names" });
  /** @type {Tiles<Omit<ClassPerson, "guess"> & { places: ClassPlace[] }>} */
  people = new Tiles(this.waiting, (one) => this.#person(one));
  door = button(null, () => this.act({ door: !this.#state.lets_in }));
  guesses = el("div", {});
  deal = new Dealing();
  seconds = el("input", {
    id: "seconds", type: "number", min: 0, step: 10,
    change: ({ target }) => target.reportValidity() && this.act({ seconds: Number(target.value) }),
  });
  pace = el("p", { class: "pace" },
    el("label", { for: "seconds" }, "Seconds for an answer, 0 for as long as it takes "),
    this.seconds,
  );
  way = el("span", { class: "code" });
  dealing = section("deal", "What the tables get", this.deal.element);
  count = el("summary", {});
  folder = el("details", { open: true }, this.count, this.waiting);
  wall = el("a", { target: "_blank" }, "Projector");

  /** phases: in their order. most_minutes: of one of them. @param {HTMLElement} root @param {DeskWays} ways */
  constructor(root, { act, phases, most_minutes: most }) {
    root.className = "board";
    this.act = act;
    this.phases = phases;
    this.minutes = el("input", {
      id: "minutes", type: "number", min: 1, max: most, step: 1,
      input: () => {
        this.#isTyped = true;
      },
    });
    this.ways = phases.map((phase) => {
      const offer = () => this.#offer(phase.minutes);
      return put(button(null, () => this.#open(phase), phase.label), { pointerenter: offer, focus: offer });
    });
    this.#build(root);
  }

  /** @param {HTMLElement} root */
  #build(root) {
    const minutes = el("label", { for: "minutes" }, "Minutes, or empty for no clock");
    const more = button(null, () => this.act({ more: 0, minutes: MINUTES_MORE }), `${MINUTES_MORE} minutes more for all`);
    const links = [
      this.wall, " · ", el("a", { href: "/class/end", target: "_blank" }, "End page"), " · ",
      el("a", { href: "/class/moves.csv" }, "All moves (CSV)"),
    ];
    const another = button(null, () => this.#again(), "Begin another class");
    root.append(
      el("header", { class: "board-head" },
        el("div", {}, this.title, this.now), el("p", { class: "way" }, this.way), this.clock,
      ),
      el("section", { class: "phases", "aria-label": "Phases" }, this.ways,
        el("span", { class: "minutes" }, minutes, this.minutes),
        more,
      ),
      this.noticed,
      el("div", { class: "columns" },
        el("div", {}, this.dealing, section("tables", "Tables", this.summary, this.pace, this.tiles)),
        el("div", {},
          el("section", { class: "links" }, el("p", {}, links), el("p", {}, this.door, " ", another)),
          section("guesses", "Guesses", this.guesses),
          el("section", {}, this.folder),
        ),
      ),
      el("p", { class: "soft" },
        "A page that plays its table alone holds the whole case: whoever opens the tools of a browser can read what others hide. Attempts and the time of each answer are counted for that.",
      ),
    );
  }

  /** Put the usual minutes of a phase into the field, unless somebody typed others there. @param {number | null} minutes */
  #offer(minutes) {
    if (!this.#isTyped) this.minutes.value = String(minutes ?? "");
  }

  /** Open a phase for the minutes in the field, without a clock if it is empty; the first one after joining deals what the form shows.
   * @param {Phase} phase */
  #open({ name, label, minutes }) {
    this.#offer(minutes);
    const { dealt, tables, people } = this.#state;
    const late = name === "debrief" ? tables.filter((table) => !table.finished).length : 0;
    const isEmpty = people.length > 0 && people.every(({ away }) => away); // the studio refuses a class without people
    if (!this.minutes.reportValidity() || (!dealt && !this.deal.isReady())) return;
    const questions = [
      isEmpty && `Everybody is away: no page of this class is open. Open ${label} all the same?`,
      late && `${counted(late, "table has", "tables have")} not finished, and will have no score on the end page. Debrief now?`,
    ];
    if (!questions.every((question) => !question || confirm(question))) return;
    this.#pressed = this.minutes.value;
    this.act({ phase: name, minutes: Number(this.minutes.value) || null, ...(dealt ? {} : { deal: this.deal.value() }) });
  }

  #next() {
    const at = this.phases.findIndex(({ name }) => name === this.#state.phase);
    return this.phases[at + 1] ?? this.phases[at];
  }

  #again() {
    const { code } = this.#state;
    const ask = "This class ends here, for everybody in it. Its journal is kept, but no page opens it again.";
    if (confirm(`${ask} End it?`) && confirm("Have you saved the moves and the end page? Begin another class now?"))
      this.act({ again: code });
  }

  /** @param {number} number @param {string} name */
  #sendOut(number, name) {
    const ask = `${name} loses the place in this class, and has to join again with the code.`;
    if (confirm(`Send ${name} out?`) && confirm(`${ask} Send ${name} out now?`)) this.act({ remove: number });
  }

  /** @param {ClassState} state */
  show(state) {
    const isNew = this.#state?.phase !== state.phase || this.#state?.code !== state.code;
    this.#state = state;
    this.title.textContent = state.title;
    this.way.textContent = `${state.address} · ${state.code}`;
    this.clock.textContent = clockText(state.left);
    this.clock.classList.toggle("over", state.left === 0);
    setText(this.now, state.says);
    if (isNew) this.#showPhases();
    const unkept = `This class is no longer kept (${state.unkept}): what happens from now on ends with the studio.`;
    this.notices.show(state.unkept ? [...state.losses, unkept] : state.losses, (text) => text);
    this.#showTables(state);
    put(this.wall, { href: `/projector#look=${state.look}` });
    put(this.door, { "aria-pressed": !state.lets_in });
    this.door.textContent = state.lets_in ? "Let nobody else in" : "Let people in again";
    this.#showGuesses(state);
    this.dealing.hidden = state.dealt;
    this.deal.show(state);
    this.pace.hidden = !state.tables.some((table) => table.shared);
    put(this.seconds, { max: state.most_seconds });
    if (document.activeElement !== this.seconds) this.seconds.value = String(state.answer_seconds);
  }

  #showPhases() {
    const next = this.#next();
    this.phases.forEach((phase, n) => {
      const isNow = phase.name === this.#state.phase;
      put(this.ways[n], {
        class: isNow ? "now" : phase === next ? "main" : null,
        "aria-current": isNow ? "step" : null,
      });
    });
    if (this.minutes.value === this.#pressed) this.#isTyped = false; // what was typed since the press is for the next one
    this.#offer(next.minutes);
  }

  /** @param {ClassState} state */
  #showTables({ tables, people, phase, outcomes, knobs }) {
    const done = tables.filter((table) => table.finished).length;
    const asking = tables.filter((table) => table.asks).length;
    const stuck = tables.filter((table) => table.stuck).length;
    const counts = [
      counted(tables.length, "table"), `${done} finished`, stuck && `${stuck} stuck`,
      asking && `${asking} ${asking === 1 ? "asks" : "ask"} for time`,
    ];
    this.summary.textContent = tables.length
      ? counts.filter(Boolean).join(" · ")
      : "People are dealt at random when the brief opens.";
    const aboutOf = (/** @type {ClassTable} */ { shared, seats, levels }) =>
      [shared ? "" : seats[0].name, ...Object.entries(levels).map(([name, at]) => levelText(knobs[name], at))]
        .filter(Boolean).join(", ");
    this.tables.show(
      tables.map((table) => ({
        ...table,
        about: aboutOf(table),
        idle: table.idle === null ? null : Math.floor(table.idle / 60),
        outcome: table.result ? outcomes[table.result.outcome] : "",
        phase,
        people: people.filter((one) => one.table === table.number),
      })),
      (table) => table.number,
    );
    this.count.textContent = `People: ${people.length}`;
    if (tables.length && !this.#isFolded) this.folder.open = false;
    this.#isFolded = tables.length > 0;
    this.people.show(
      people.map(({ number, name, away, table, seat }) => ({ number, name, away, table, seat, places: placesOf(tables) })),
      (one) => one.number,
    );
  }

  /** @param {ShownTable} table */
  #tile(table) {
    const state = [
      whereIs(table, table.phase),
      table.adviser ? `adviser asked ${table.adviser}×` : "",
      table.answers && table.idle && !table.finished ? `last answer ${table.idle} min ago` : "",
    ];
    const writers = table.seats.map((seat) => seat.writes);
    const names = (/** @type {ClassTable["seats"][number]} */ seat) =>
      table.people.filter((one) => one.seat === seat.name).map((one) =>
        el("span", { class: one.away ? "away" : null }, writers.includes(one.number) ? `${one.name} ✎` : one.name),
      );
    return el("li",
      { class: ["tile", table.finished && "done", (table.stuck || table.asks) && "asks"].filter(Boolean).join(" ") },
      el("b", {}, table.name),
      table.result && !table.shared ? el("b", { class: "score" }, whole(table.result.score)) : null,
      el("span", { class: "soft" }, table.about),
      table.shared ? seatsOf(table, names) : el("span", { class: "names" }, names(table.seats[0])),
      table.waits.length ? el("span", {}, `waits for ${listed(table.waits)}`) : null,
      el("span", {}, state.filter(Boolean).join(" · ")),
      table.result ? el("span", {}, table.outcome) : null,
      table.notes.map((note) => el("span", { class: "note" }, note)),
      table.games.some(({ finished }) => finished) ? this.#games(table) : null,
      table.asks
        ? button("main",
            () => this.act({ more: table.number, minutes: MINUTES_MORE }), `${MINUTES_MORE} minutes more for ${table.name}`,
          )
        : null,
    );
  }

  /** Return the games of a table that are over, each with the button that discards it or brings it back. @param {ShownTable} table */
  #games({ number, name, games }) {
    const line = (/** @type {ClassGame} */ game) => {
      const [text, words] = game.discarded ? ["Count it again", "is discarded"] : ["Discard it", "counts if it is the first"];
      const turn = button("small", () => this.act({ game: [number, game.number, game.discarded] }), text);
      put(turn, { "aria-label": `${text}: attempt ${game.number} of ${name}` });
      const score = game.score === null ? "" : `, ${whole(game.score)} points`;
      return el("li", {}, `Attempt ${game.number}${score}: ${words}. `, turn);
    };
    return fold("Games", { class: "games" }, series("ul", {}, games.filter(({ finished }) => finished), line));
  }

  /** @param {Omit<ClassPerson, "guess"> & { places: ClassPlace[] }} person */
  #person({ number, name, away, table, seat, places }) {
    const move = (/** @type {ClassPlace} */ to) => this.act({ seat: [number, to.table], chair: to.seat });
    const options = places.map((place, n) =>
      el("option", { value: n, selected: place.table === table && place.seat === seat }, place.label),
    );
    const change = (/** @type {{ target: HTMLSelectElement }} */ { target }) => move(places[Number(target.value)]);
    const choice = places.length ? el("select", { "aria-label": `Table of ${name}`, change }, options) : null;
    const drop = button("drop", () => this.#sendOut(number, name), "×");
    put(drop, { "aria-label": `Send ${name} out` });
    return el("li", { class: away ? "away" : null }, el("span", {}, away ? `${name} (away)` : name), choice, drop);
  }

  /** @param {ClassState} state */
  #showGuesses({ people }) {
    const all = people.flatMap(({ name, guess }) => (guess === null ? [] : [{ name, guess }]));
    const key = JSON.stringify(all);
    if (this.#guessKey === key) return;
    this.#guessKey = key;
    if (!all.length) return void this.guesses.replaceChildren(el("p", { class: "soft" }, "None yet."));
    const bins = Array.from({ length: 10 }, () => 0);
    for (const { guess } of all) bins[Math.min(9, Math.floor(guess * 10))] += 1;
    const bars = bins.map((bin, n) => {
      const height = (60 * bin) / Math.max(...bins);
      return svg("g", {},
        svg("rect", { x: n * 30 + 3, width: 24, y: 70 - height, height, class: "bar" }),
        n % 2 ? null : svg("text", { x: n * 30, y: 86, "text-anchor": "middle" }, `${n * 10}`),
      );
    });
    const label = `${counted(all.length, "guess", "guesses")}, in runs of 100 that agree`;
    this.guesses.replaceChildren(
      svg("svg", { viewBox: "-12 0 330 92", role: "img", "aria-label": label },
        svg("line", { x1: 0, x2: 300, y1: 70, y2: 70, class: "axis" }),
        bars,
        svg("text", { x: 300, y: 86, "text-anchor": "middle" }, "100"),
      ),
      el("p", { class: "soft" }, "In how many of 100 runs the room agrees without the class."),
      fold("By name", {},
        series("ul", { class: "names" }, all, (one) => el("li", {}, `${one.name}: ${Math.round(100 * one.guess)}`)),
      ),
    );
  }
}

/** Return a line for each seat of a shared table that somebody has: its name, its score once there is one, and who sits there.
 * @param {ShownTable} table @param {(seat: ClassTable["seats"][number]) => Child} names */
function seatsOf({ seats, result }, names) {
  const scores = result?.scores;
  return seats.filter((seat) => seat.people.length).map((seat) =>
    el("span", { class: "names" },
      el("i", {}, scores ? `${seat.name} (${whole(scores[seat.name])})` : seat.name),
      names(seat),
    ),
  );
}

/** Return the places that people may have. @param {ClassTable[]} tables */
const placesOf = (tables) =>
  tables.flatMap(({ number, name, seats, shared }) =>
    seats.map((seat) => ({ table: number, seat: seat.name, label: shared ? `${name}: ${seat.name}` : name })),
  );

/** Build a part of the board under a heading. @param {string} name @param {string} title @param {...Child} parts */
const section = (name, title, ...parts) =>
  el("section", { "aria-labelledby": `${name}-title` }, el("h2", { id: `${name}-title` }, title), parts);
