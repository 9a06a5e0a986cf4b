// The page of a game: a door, the sheets and cards of the game, its end. The experiment stands behind a second door; a class
// that a desk runs, and the end page of a class, have their own.

import { compare } from "./compare.js";
import { debriefOf, showModel, showTurning } from "./debrief.js";
import { button, byId, el, fold, put } from "./dom.js";
import { experiment } from "./experiment.js";
import { followLinks } from "./links.js";
import { marksOf } from "./marks.js";
import { connect } from "./model.js";
import { briefOf, drawnOf, wordsOf } from "./playbrief.js";
import { cardsOf, stripOf } from "./playcards.js";
import { doorOf } from "./playdoor.js";
import { peopleOf, showPerson } from "./playfaces.js";
import { sheetOf } from "./playsheet.js";
import { keep, kept, longer, nextAttempt, packed, unpackedJournal } from "./playstore.js";
import { OWN, described, fromHash, settingOf } from "./settings.js";
import { save } from "./numbers.js";

const SEEDS = 1000; // "the next seed" comes back to 0 after so many

class GamePage {
  /** @type {RemoteGame | SharedTable | null} */ game = null;
  /** @type {DeskLine | null} */ desk = null;
  /** @type {Deal} */ deal; // which game is played, or would be
  isBriefed = false; // whether somebody in a class has seen the first screen
  isWatching = false;
  /** @type {About} */
  about = {}; // what the journal says beyond the game: attempt, and in a class table, code and guess
  screens = 0; // of doors and games that were asked for; the last one is shown, whatever comes late
  advised = 0; // how often the adviser was asked
  sheet = { since: 0, adviser: false, isAnswered: false };
  /** @type {Promise<Run> | undefined} */ opening; // of the model, for the first screen
  /** @type {Promise<void> | undefined} */ opened; // the experiment
  deskState = "";

  /** ways: into a class; null for a page that plays alone. @param {Facts} facts @param {Ways | null} ways */
  constructor(facts, ways) {
    this.facts = facts;
    this.ways = ways;
    this.marks = marksOf(facts.groups);
    this.model = connect(facts);
    this.host = byId("game");
    put(byId("to-game"), { click: () => this.back() });
  }

  /** Begin where the address says, at a desk, or where this browser was. */
  async begin() {
    const { facts } = this;
    const address = new URLSearchParams(location.hash.slice(1));
    if (facts.journals) return this.compare();
    this.deal = {
      seat: facts.seats[this.seatOf(address.get("seat") ?? facts.play.seat)].name,
      seed: address.has("seed") ? Number(address.get("seed")) : facts.seed,
      replication: Number(address.get("replication") ?? facts.play.replication),
      levels: fromHash(location.hash, facts).setting,
    };
    if (facts.desk) return this.join();
    if (OWN.some((word) => address.has(word))) return this.experiment();
    const sent = address.get("game");
    if (sent) return this.openLink(sent);
    const { journal } = kept(facts);
    const isReload =
      /** @type {PerformanceNavigationTiming | undefined} */ (performance.getEntriesByType("navigation")[0])?.type ===
      "reload";
    return journal && isReload ? this.play(journal) : this.door(journal);
  }

  /** Return the number of a seat as written, the first one of a name that none has. @param {string} name */
  seatOf(name) {
    return Math.max(0, this.facts.seats.findIndex((seat) => seat.name === name));
  }

  /** Show the tables of a class, side by side. */
  async compare() {
    this.host.className = "wide-page";
    this.host.append(el("h1", {}, this.facts.title));
    try {
      await compare(this.host, { facts: this.facts, model: await this.model, ways: this.ways });
    } catch (error) {
      this.fail(error);
    }
  }

  /** Show one of the two halves of the page. @param {string} which */
  show(which) {
    byId("game").hidden = which !== "game";
    byId("experiment").hidden = which === "game";
    scrollTo(0, 0);
  }

  /** Come back from the experiment, with which the page may have begun. */
  back() {
    return this.host.childElementCount ? this.show("game") : this.door(kept(this.facts).journal);
  }

  experiment() {
    this.show("experiment");
    this.opened ??= experiment(this.facts, this.model);
    return this.opened;
  }

  /** The first screen. journal: of a game under way, or null. goOn: leads somebody who comes late to a class to its game.
   * @param {Journal | null} [journal] @param {(() => unknown) | null} [goOn] @returns {Promise<void>} */
  async door(journal = null, goOn = null) {
    const { facts, marks, deal } = this;
    const going = journal && !journal.result && journal.answers?.length ? journal : null;
    this.leave();
    const door = doorOf({
      facts,
      marks,
      seat: this.seatOf(deal.seat),
      resume: goOn ? "To your table" : going ? `Go on as ${going.seat}` : "",
      changed: Object.keys(deal.levels).length ? described(deal.levels, facts) : "",
      isClass: Boolean(this.desk),
      play: this.desk ? goOn : () => this.play(going),
      experiment: () => this.experiment(),
      choose: (seat) => {
        deal.seat = facts.seats[seat].name;
        this.door(); // its table moves later
        byId("other-seat").focus({ preventScroll: true });
      },
    });
    this.put(door.element);
    try {
      const model = await this.model;
      const drawn = await this.drawn(model);
      this.opening ??= model.run({}, 0);
      door.fill(drawn, await this.opening);
    } catch (error) {
      this.fail(error);
    }
  }

  /** What the seat was dealt; of a shared table, whose draws are a secret, the server says that. @param {Model} model */
  async drawn(model) {
    if (this.desk?.deal?.shared) return this.desk.deal.brief ?? null;
    const game = await model.play(this.deal);
    game.end();
    return drawnOf(game.bars, this.facts);
  }

  /** Sit down at a table of the class. */
  async join() {
    const { facts, host } = this;
    const ways = /** @type {Ways} */ (this.ways);
    this.desk = await ways.enter({ facts, root: host, changed: () => this.hear(), again: () => this.play() });
    byId("desk").hidden = false;
    this.desk.mount(byId("desk"));
    await this.hear();
  }

  /** Do what the desk says: read, play, read along, or look back. What is on the screen stays if nothing changed. Who comes late reads first.
   * @returns {Promise<void>} */
  async hear() {
    const desk = /** @type {DeskLine} */ (this.desk);
    const isOpen = desk.phase === "play";
    const isLate = isOpen && desk.isNew && !this.isBriefed;
    const deal = /** @type {TableDeal} */ (desk.deal);
    const now = `${desk.phase} ${isLate ? "late" : placeIn(desk, deal)} ${deal.table} ${desk.tellsAll}`;
    if (now === this.deskState) return;
    if (deal.shared && desk.tellsAll && desk.phase !== "debrief") return; // the class is over, and its table with it
    this.deskState = now;
    Object.assign(this.deal, deal);
    if (isLate)
      await this.door(null, () => {
        this.isBriefed = true;
        return this.hear();
      });
    else if (isOpen || desk.phase === "debrief") await this.sit(desk, deal);
    else {
      this.isBriefed = true;
      await this.door();
    }
  }

  /** Show the game of one's table: to be played, with others or alone, or as it stands.
   * @param {DeskLine} desk @param {TableDeal} deal */
  sit(desk, deal) {
    const { facts } = this;
    if (deal.shared) return this.share();
    if (desk.isBehind) return this.put(el("p", { class: "waiting", role: "status" }, "Your table's game is coming …"));
    const journal = longer(kept(facts).journal, desk.journal, deal, facts);
    return desk.phase === "play" && desk.writes ? this.play(journal) : this.readAlong(journal);
  }

  /** Sit down at a table with other people, to answer or to read along. */
  share() {
    const desk = /** @type {DeskLine} */ (this.desk);
    const ways = /** @type {Ways} */ (this.ways);
    const isWatching = !(desk.writes && desk.phase === "play");
    const changed = () => this.turnOver();
    return this.open((model) => ways.sitDown(model, { key: desk.key, isWatching, changed }), { isWatching });
  }

  /** Show what came at a shared table without an answer of this page: what happened, and what is due. */
  turnOver() {
    const { game } = this;
    if (!game) return null;
    return game.cards.length && game.question && !this.isWatching ? this.tellCards(game.cards) : this.next();
  }

  /** Show the game of one's table as it stands, without its answers, or its end. @param {Journal | null} journal */
  async readAlong(journal) {
    if (!journal) return this.door();
    return this.watch(async () => journal);
  }

  /** Show the game of a journal as it stands, with nothing to answer and nothing to keep. trouble: what an error begins with.
   * @param {() => Promise<Journal | null>} promised @param {string} [trouble] */
  watch(promised, trouble = "") {
    return this.open(
      async (model) => {
        const journal = await promised();
        const game = await (journal?.result ? model.again(journal) : model.resume(journal));
        this.about = journal ?? {};
        return game;
      },
      { trouble, isWatching: true },
    );
  }

  /** Play a game from its beginning, or on from a journal. @param {Journal | null} [journal] */
  play(journal = null) {
    const { facts, deal, desk } = this;
    const { levels, seed, replication } = deal;
    const seat = journal?.seat ?? deal.seat;
    const address = new URLSearchParams(location.hash.slice(1));
    if (address.has("game")) {
      address.delete("game"); // a game that somebody sent; a reload goes on with this one
      history.replaceState(null, "", `#${address}`);
    }
    const attempt = journal?.attempt ?? desk?.attempt ?? nextAttempt(facts, { seat, seed, replication });
    const about = { attempt, ...(desk ? { table: desk.deal?.table, code: desk.deal?.code, guess: desk.guess } : {}) };
    return this.open((model) => {
      this.about = about;
      return journal ? model.resume(journal) : model.play({ levels, seed, replication, seat });
    });
  }

  /** Show a game that somebody sent as a link: its end, or where they left it. @param {string} text */
  openLink(text) {
    return this.watch(
      () => unpackedJournal(text, this.facts.play.most_bytes),
      "This link holds no game that this page can play",
    );
  }

  /** @param {(model: Model) => Promise<RemoteGame | SharedTable>} begin
   * @param {{ trouble?: string, isWatching?: boolean }} [more] */
  async open(begin, { trouble = "", isWatching = false } = {}) {
    const screen = this.leave();
    this.put(el("p", { class: "waiting", role: "status" }, "The room is filling …"));
    try {
      const game = await begin(await this.model);
      if (screen !== this.screens) return void game.end();
      this.game = game;
      this.isWatching = isWatching;
      const { seat, seed, replication, levels, answers } = this.journal();
      Object.assign(this.deal, { seat, seed, replication, levels: settingOf(levels, this.facts) });
      this.advised = answers.filter(([, , , adviser]) => adviser).length;
      await this.next();
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      const isOurs = name === "Error"; // and no sentence of the browser's own
      if (screen !== this.screens) return;
      if (!this.game) this.door();
      this.fail(trouble ? new Error(trouble + (isOurs ? `: ${message}` : ".")) : error);
    }
  }

  /** Leave what is shown, its game included. Return the number of the screen that comes. */
  leave() {
    this.game?.end();
    this.game = null;
    return (this.screens += 1);
  }

  /** The journal of the game, with what the page knows of it. */
  journal() {
    return this.playing.journal(this.about);
  }

  /** The game on the screen. */
  get playing() {
    return /** @type {RemoteGame | SharedTable} */ (this.game);
  }

  /** Keep the journal, and send it to the desk of a class. */
  record() {
    const { playing: game, about } = this;
    if (this.isWatching || game.isShared) return;
    keep(this.facts, game.journal(about));
    this.desk?.send(game.journal(about));
  }

  /** Show what is due: a sheet, or the end. */
  next() {
    const { playing: game, marks, tell, isWatching } = this;
    this.record();
    if (!game.question) return game.isShared && !game.isOver ? this.wait(game) : this.end();
    const facts = this.seen;
    this.sheet = { since: performance.now(), adviser: false, isAnswered: false };
    const element = sheetOf({
      question: game.question,
      facts,
      marks,
      tell,
      isWatching,
      answer: (reply) => this.answer(reply),
      adviser: () => {
        this.sheet.adviser = true;
        this.advised += 1;
        return game.adviser();
      },
    });
    return this.put(
      this.strip(game.question),
      game.isShared ? game.status : null,
      element,
      peopleOf({ people: game.people, facts, marks, tell }),
      this.brief(),
      wordsOf(facts),
      isWatching ? null : this.foot(),
    );
  }

  /** Show that others at the table are asked. @param {SharedTable} game */
  wait(game) {
    const { marks, tell } = this;
    this.put(
      this.strip(null),
      el("h1", { tabindex: -1 }, "The others are asked"),
      game.status,
      peopleOf({ people: game.people, facts: this.seen, marks, tell }),
      this.brief(),
    );
  }

  /** @param {Reply | null} reply */
  async answer(reply) {
    const { playing: game, sheet } = this;
    const buttons = [...this.host.querySelectorAll("button:enabled")];
    if (sheet.isAnswered) return null; // by a button that came after the answer: the adviser's
    sheet.isAnswered = true;
    for (const each of buttons) each.disabled = true;
    try {
      const { cards } = await game.answer(reply, {
        milliseconds: Math.round(performance.now() - sheet.since),
        adviser: sheet.adviser,
      });
      if (game !== this.game) return null;
      this.record();
      return cards.length ? this.tellCards(cards) : this.next();
    } catch (error) {
      sheet.isAnswered = false;
      for (const each of buttons) each.disabled = false;
      return game === this.game ? this.fail(error) : null;
    }
  }

  /** Show what happened, before what is due. @param {Card[]} cards */
  tellCards(cards) {
    const { playing: game, marks, tell } = this;
    return this.put(
      this.strip(game.question),
      cardsOf({ cards, facts: this.seen, marks, tell, last: !game.question, goOn: () => this.next() }),
      this.foot(),
    );
  }

  /** The facts with the seats of the game, which differ where a scenario draws them. */
  get seen() {
    return { ...this.facts, seats: this.playing.people };
  }

  /** Say what is known of somebody who is named. @param {string} name */
  tell = (name) =>
    showPerson(this.playing.people.find((one) => (name === "you" ? one.me : one.name === name)), this.seen, this.marks);

  /** @param {Asked | null} question */
  strip(question) {
    return stripOf({ clock: question?.clock, statuses: this.playing.moments.at(-1).status, facts: this.facts });
  }

  brief() {
    const { seat } = this.journal();
    const known = this.facts.seats.find(({ name }) => name === seat) ?? { brief: null }; // not in a room with more seats than as written
    return fold(`Your brief: ${seat}`, { class: "yours" }, briefOf(known, drawnOf(this.playing.bars, this.facts), this.facts));
  }

  foot() {
    if (this.playing.isShared) return null;
    const mayStart = (this.desk?.deal?.people.length ?? 1) < 2; // nobody ends a game that others play
    let isSure = false;
    const start = (/** @type {MouseEvent} */ { detail }) => {
      if (detail > 1) return null; // the second half of a double click has read no question
      if (isSure) return this.play();
      isSure = true;
      again.textContent = "Yes, start again";
      return null;
    };
    const again = button("quiet", start, "Start again");
    return el("p", { class: "foot" },
      this.advised ? `You asked your adviser ${["once", "twice"][this.advised - 1] ?? `${this.advised} times`}. ` : "",
      mayStart ? [again, " It counts as another attempt. "] : null,
      this.desk ? null : button("quiet", () => this.save(), "Save the game so far"),
    );
  }

  /** Save the journal as a file. */
  save() {
    const journal = this.journal();
    save(
      JSON.stringify(journal),
      `${this.facts.name}-${journal.seat}.json`.replace(/[^\w.-]+/g, "_"),
      "application/json",
    );
  }

  /** The end: what is computed at once, then what takes a while. */
  async end() {
    const { playing: game, facts, desk } = this;
    const tellsAll = (!game.isShared || game.isWhole) && (!desk || desk.tellsAll);
    try {
      const { seat } = this.journal();
      const debrief = debriefOf({ debrief: await game.debrief(), seat, facts, buttons: this.takeAway(), tellsAll });
      /** @template T @param {string} name @param {Promise<T>} promise @param {(host: Element, found: T) => void} show */
      const later = async (name, promise, show) => {
        const host = debrief.querySelector(name);
        host.replaceChildren(el("p", { class: "waiting" }, "Computing what else could have happened …"));
        show(host, await promise);
      };
      if (game === this.game) this.put(debrief);
      if (!tellsAll) return;
      if (game === this.game) await later(".by-model", game.withModel(), showModel);
      if (game === this.game) await later(".turned", game.turning(), showTurning);
    } catch (error) {
      if (game === this.game) this.fail(error); // else the game was ended, and nobody waits for more
    }
  }

  takeAway() {
    const { facts, deal, desk } = this;
    const journal = this.journal();
    const note = el("span", { role: "status" });
    const another = () => {
      if (facts.drawn)
        deal.replication = (deal.replication + 1) % facts.most; // what is not known was drawn under one seed
      else deal.seed = (Number(deal.seed) + 1) % SEEDS;
      return this.play();
    };
    const copy = async () => {
      const link = `${location.href.split("#")[0]}#game=${await packed(journal)}`;
      try {
        await navigator.clipboard.writeText(link);
        note.textContent = "Copied.";
      } catch {
        note.textContent = link; // no clipboard, as on a page from plain http
      }
    };
    const elsewhere = () => {
      this.door();
      byId("other-seat").focus();
    };
    const saving = button(null, () => this.save(), "Save the game as a file");
    const buttons = desk
      ? this.playing.isShared ? [] : [saving]
      : [
          button("main", () => this.play(), "Play again"),
          button(null, elsewhere, "Another seat"),
          button(null, another, "Deal the room anew"),
          saving,
          button(null, copy, "Copy a link to it"),
        ];
    return el("div", { class: "buttons" }, buttons, note);
  }

  /** Show a screen, from its top, with the keyboard on its heading. @param {...(Element | null)} parts */
  put(...parts) {
    this.host.replaceChildren(...parts.filter(Boolean));
    this.show("game");
    this.host.querySelector("h1[tabindex]")?.focus({ preventScroll: true });
  }

  /** @param {unknown} error */
  fail(error) {
    this.host.querySelector(":scope > .problem")?.remove();
    this.host.prepend(el("p", { class: "problem", role: "alert" }, /** @type {Error} */ (error).message));
  }
}

/** Return what one does at a table, and how far its game is, as text: the screen changes when this does.
 * @param {DeskLine} desk @param {TableDeal} deal */
function placeIn({ phase, writes, journal, isBehind }, { shared, seat }) {
  if (shared) return `${seat} ${writes}`;
  if (phase === "play" && writes) return `writes ${isBehind}`;
  if (!["play", "debrief"].includes(phase) || !journal) return "";
  return `${journal.attempt} ${journal.answers.length} ${Boolean(journal.result)}`;
}

/** Begin the game of the page. ways: into a class, null for a page that plays alone. @param {Ways | null} ways */
export function begin(ways = null) {
  new GamePage(JSON.parse(byId("facts").textContent ?? ""), ways).begin();
  followLinks();
}
