// The page of a game: a door, the sheets and cards of the game, its end. The experiment stands behind a second door.

import { debriefOf, showModel, showTurning } from "./debrief.js";
import { byId, el, put } from "./dom.js";
import { experiment } from "./experiment.js";
import { marksOf } from "./marks.js";
import { connect } from "./model.js";
import { briefOf } from "./playbrief.js";
import { cardsOf, stripOf } from "./playcards.js";
import { doorOf } from "./playdoor.js";
import { sheetOf } from "./playsheet.js";
import { gameOf, keep, kept, nextAttempt, packed, unpackedJournal } from "./playstore.js";
import { save } from "./take.js";
import { fromHash } from "./settings.js";

const WAYS = ["along", "measure"]; // words of an address that belong to the experiment

class Play {
  constructor(facts) {
    this.facts = facts;
    this.marks = marksOf(facts.groups);
    this.model = connect(facts);
    this.host = byId("game");
    put(byId("to-game"), { click: () => this.show("game") });
  }

  /** Begin where the address says, or where this browser was. */
  async begin() {
    const address = new URLSearchParams(location.hash.slice(1)), { facts } = this;
    const seat = facts.seats.findIndex(({ name }) => name === (address.get("seat") ?? facts.play.seat));
    this.deal = { seat: Math.max(0, seat), seed: address.has("seed") ? Number(address.get("seed")) : facts.seed, replication: Number(address.get("replication") ?? 0),
      levels: fromHash(location.hash, facts).setting };
    if (WAYS.some((word) => address.has(word))) return this.experiment();
    if (address.has("game")) return this.openLink(address.get("game"));
    const { journal } = kept(facts), isReload = performance.getEntriesByType("navigation")[0]?.type === "reload";
    if (journal && isReload) return this.play(journal);
    return this.door(journal);
  }

  /** Show one of the two halves of the page. */
  show(which) {
    byId("game").hidden = which !== "game";
    byId("experiment").hidden = which === "game";
    scrollTo(0, 0);
  }

  experiment() {
    this.show("experiment");
    this.opened ??= experiment(this.facts, this.model);
    return this.opened;
  }

  /** The first screen. journal: of a game under way, or null. */
  async door(journal = null) {
    const { facts, marks, deal } = this;
    const isOn = journal && !journal.result && journal.answers?.length;
    const door = doorOf({
      facts, marks, seat: deal.seat, resume: isOn ? `Go on as ${journal.seat}` : "",
      play: () => this.play(isOn ? journal : null), experiment: () => this.experiment(),
      choose: (seat) => {
        deal.seat = seat;
        this.door().then(() => byId("other-seat")?.focus({ preventScroll: true }));
      },
    });
    this.put(door.element);
    try {
      this.opening ??= (await this.model).run({}, 0);
      door.move(await this.opening);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Play a game from its beginning, or on from a journal. */
  async play(journal = null) {
    const { facts, deal } = this, { seed, replication } = journal ?? deal;
    const seat = journal?.seat ?? facts.seats[deal.seat].name;
    this.about = { attempt: journal?.attempt ?? nextAttempt(facts, { seat, seed, replication }) };
    await this.open((model) => model.play({ levels: deal.levels, seed, replication, seat, journal }));
  }

  /** Show a game that somebody sent as a link: to its end, or to where they left it. */
  openLink(text) {
    this.about = { attempt: 1 };
    return this.open(async (model) => model.again(await unpackedJournal(text)), "This link holds no game that this page can play");
  }

  async open(begin, trouble = "") {
    this.put(el("p", { class: "waiting", role: "status" }, "The room is filling …"));
    try {
      this.game?.end();
      this.game = await begin(await this.model);
      this.deal.seat = this.game.seat;
      this.advised = this.journal().answers.filter(([, , , adviser]) => adviser).length;
      await this.next();
    } catch (error) {
      this.fail(trouble ? new Error(`${trouble}: ${error.message}`) : error);
    }
  }

  /** The journal of the game, with what the page knows of it. */
  journal() {
    return this.game.journal(this.about);
  }

  /** Show what is due: a sheet, or the end. */
  next() {
    const { game, facts, marks } = this;
    keep(facts, this.journal());
    if (!game.question) return this.end();
    this.asked = { since: performance.now(), adviser: 0 };
    const sheet = sheetOf({
      question: game.question, facts, marks, answer: (reply) => this.answer(reply),
      adviser: () => {
        this.asked.adviser = 1;
        this.advised += 1;
        return game.adviser();
      },
    });
    return this.put(this.strip(game.question), sheet, this.brief(), this.foot());
  }

  async answer(reply) {
    const { game, facts, marks, asked } = this;
    for (const button of this.host.querySelectorAll("button")) button.disabled = true;
    try {
      const { cards = [] } = await game.answer(reply, { milliseconds: Math.round(performance.now() - asked.since), adviser: asked.adviser > 0 });
      keep(facts, this.journal());
      if (!cards.length) return this.next();
      return this.put(this.strip(game.question ?? {}), cardsOf({ cards, facts, marks, last: !game.question, goOn: () => this.next() }), this.foot());
    } catch (error) {
      return this.fail(error);
    }
  }

  strip({ clock }) {
    return stripOf({ clock, statuses: this.game.moments.at(-1).status, facts: this.facts });
  }

  brief() {
    const seat = this.facts.seats[this.deal.seat];
    return el("details", { class: "yours" }, el("summary", {}, `Your brief: ${seat.name}`), briefOf(seat));
  }

  foot() {
    return el("p", { class: "foot" }, this.advised ? `You asked your adviser ${this.advised === 1 ? "once" : `${this.advised} times`}. ` : "",
      el("button", { type: "button", class: "quiet", click: () => this.restart() }, "Start again"), " It counts as another attempt.");
  }

  restart() {
    return this.play(null);
  }

  /** The end: what is computed at once, then what takes a while. */
  async end() {
    const { game, facts } = this;
    const told = await game.debrief();
    const debrief = debriefOf({ told, facts, buttons: this.takeAway() });
    this.put(debrief);
    const later = async (name, promise, show) => {
      const host = debrief.querySelector(name);
      host.replaceChildren(el("p", { class: "waiting" }, "Computing what else could have happened …"));
      show(host, await promise);
    };
    try {
      await later(".by-model", told.model ?? game.withModel(), showModel);
      await later(".turning", told.turning ?? game.turning(), showTurning);
    } catch (error) {
      this.fail(error);
    }
  }

  takeAway() {
    const { facts, deal } = this, journal = this.journal();
    const note = el("span", { role: "status" });
    const button = (text, click, kind = "") => el("button", { type: "button", class: kind, click }, text);
    const another = async () => {
      deal.seed = (deal.seed + 1) % 1000;
      await this.play(null);
    };
    return el("div", { class: "buttons" },
      button("Play again", () => this.restart(), "main"), button("Another seat", () => this.door()), button("Other people's tempers (next seed)", another),
      button("Save the game as a file", () => save(JSON.stringify(journal), `${facts.name}-${journal.seat}.json`.replace(/[^\w.-]+/g, "_"), "application/json")),
      button("Copy a link to it", async () => {
        const link = `${location.href.split("#")[0]}#game=${await packed(journal)}`;
        note.textContent = await navigator.clipboard.writeText(link).then(() => "Copied.", () => link);
      }), note);
  }

  /** Show a screen, from its top, with the keyboard on its heading. */
  put(...parts) {
    this.host.replaceChildren(...parts.filter(Boolean));
    this.show("game");
    this.host.querySelector("h1[tabindex]")?.focus({ preventScroll: true });
  }

  fail(error) {
    this.host.prepend(el("p", { class: "problem", role: "alert" }, error.message));
  }
}

const facts = JSON.parse(byId("facts").textContent);
new Play(facts).begin();
