// A game: one seat decided by people, the model in all others, turn by turn, with the bits that Python's replay gives.
//
// - A sheet is a question that is due: the game goes on until there is one, and answers what a sheet has decided already.
//   Statements count for a day, an answer to a paragraph for as long as its text and its brackets are what they were.
// - What people decide goes into the choice of a turn, as rows (turn, column, entry, value); the rows are the journal.
// - A reply of null leaves everything on its sheet to the delegate, so that a game of nulls is the run without a game.

import { Aftermath } from "./aftermath.js";
import { cardOf, merged, notPut, notes } from "./cards.js";
import { Course } from "./course.js";
import { take } from "./decisions.js";
import { Eyes } from "./eyes.js";
import { digestOf } from "./digest.js";
import { Question, advice } from "./question.js";
import { catalogue } from "./sentences.js";
import { changesOf } from "./settings.js";
import { whole } from "./words.js";

/** @type {Record<string, number>} */
const RESPONSES = { accept: 0, object: 1, block: 2 };
const SAID = ["SPEAK", "TABLE"];
const OF_PARAGRAPH = ["AMEND", "READ", "OFFER"]; // decided by the answer to a paragraph
const READ_OWN = ["READ_AMENDMENT", "READ_OFFER"]; // and these where they are the seat's own
const LEAST_SHARE = 0.9; // of what an offer promised to its seat, below which it is not put
const ANSWERED_ONCE = [
  "READ_AMENDMENT",
  "DISCUSS",
  "READ_OFFER",
  "READ_PACKAGE",
  "ADOPT",
  "MOTION",
  "VOTE",
  "SUBMIT",
  "EVENING",
];

export class Game {
  /** @type {Row[]} */
  rows = [];
  /** @type {Answer[]} */
  answers = [];
  /** @type {Card[]} */
  cards = [];
  /** @type {Record<string, Confidence>} */
  confidences = {};
  /** @type {Snapshot[]} */
  snapshots = [];
  isOver = false;
  /** @type {Question | null} */
  question = null;
  /** @type {{ at: string, reply: Reply | null } | null} */
  day = null; // the statements of a day
  /** @type {string[] | null | undefined} */
  corridor = undefined; // whom to ask; undefined: not decided
  /** @type {Map<number, { sign: string, reply: Reply | null, promised: number }>} */
  read = new Map(); // by issue: the answer to its paragraph
  /** @type {{ at: number, reply: Reply | null } | null} */
  once = null; // the answer to one turn
  /** @type {{ at: string, reply: Reply | null } | null} */
  pens = null;
  score = NaN; // once it is over

  /**
   * engine: of the page. levels: knobs turned, by name. seat: the name of a delegate. journal: of a game to go on with; one
   * without answers is played again from its rows, to its end if it states a result, else until they are used up.
   * @param {Engine} engine
   * @param {{ levels?: Setting, seed?: number | string, replication?: number, seat: string, journal?: Source | null }} more
   */
  constructor(engine, { levels = {}, seed = engine.facts.seed, replication = 0, seat, journal = null }) {
    const { facts } = engine;
    if (facts.drawn && String(seed) !== String(facts.seed)) {
      throw new Error(
        `What is not known was drawn beforehand under seed ${facts.seed}; choose another replication instead.`,
      );
    }
    this.facts = facts;
    this.moves = engine.moves;
    this.levels = levels;
    this.seed = seed;
    this.replication = replication;
    this.source = journal;
    this.sentence = catalogue(facts.sentences);
    this.room = engine.room(levels, replication, { L: facts.log_rows }, seed);
    this.apart = engine.room(levels, replication, {}, seed);
    try {
      this.course = new Course(engine, this.room, replication);
      this.course.begin();
      const seats = this.course.seats();
      this.seat = seats.findIndex(({ name }) => name === seat);
      if (this.seat < 0) throw new Error(`${seat} has no seat here.`);
      this.eyes = new Eyes(engine, this.room, this.apart, { seats, seat: this.seat });
      this.mayBlock = seats[this.seat].may_block;
      this.course.look();
      this.story = this.course.story();
      this.#begin();
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Go on to the first question, or to where the journal of the game ends. */
  #begin() {
    this.#goOn();
    for (const [, milliseconds, , adviser, reply] of this.source?.answers ?? []) {
      if (!this.question) break; // under other levels or rules it may end earlier
      this.answer(reply, { milliseconds, adviser });
    }
  }

  free() {
    this.apart.free();
    this.room.free();
  }

  get turn() {
    return this.course.turns.length;
  }

  get move() {
    return this.facts.moves[this.course.pending.move];
  }

  /** @param {number} k */
  label = (k) => this.facts.issues[k].label;

  /** @param {number} k @param {number} value */
  place = (k, value) => this.story.place(k, value);

  /** @param {number} pen */
  penName(pen) {
    return pen >= 0 ? this.eyes.names[pen] : this.facts.pens[pen];
  }

  /** Take the reply to the question, go on to the next one, and return what happened, as cards.
   * @param {Reply | null} reply @param {{ milliseconds?: number, adviser?: number | boolean }} [more] */
  answer(reply, { milliseconds = 0, adviser = 0 } = {}) {
    if (!this.question) throw new Error("There is no question now.");
    this.#check(reply);
    this.answers.push([this.turn, Math.round(milliseconds), reply?.act ?? "delegate", Number(adviser), reply]);
    this.#keep(reply);
    this.cards = [];
    this.#goOn();
    return this.cards;
  }

  /** Return the name of the outcome, undefined while the game goes on. */
  get outcome() {
    return this.facts.outcomes.find(({ code }) => code === this.eyes.clock("outcome"))?.name;
  }

  // What may be answered now.

  others() {
    return this.eyes.names.filter((_, j) => j !== this.seat && this.eyes.isPresent(j));
  }

  openIssues() {
    return this.eyes.issues.filter((_, k) => this.eyes.isOpen(k));
  }

  /** Return the open issues on which statements can still be made today. */
  statementIssues() {
    const speaking = this.#sessions().filter(
      ({ format }) => this.room.table("Case", "formats").get(format, "statements") > 0,
    );
    return this.openIssues().filter((issue) =>
      speaking.some(({ row }) => this.eyes.isOnAgenda(this.eyes.issues.indexOf(issue), row)),
    );
  }

  /** @param {number} k */
  mayAmend(k) {
    return this.eyes.setting("amendments") > 0 && !this.eyes.entry(k).amended;
  }

  /** Return the issues on which a conditional offer may ask for another text, should the reading of k fail.
   * @param {number} k */
  mayOffer(k) {
    if (!(this.eyes.setting("offers") > 0) || this.eyes.state("movers").get(this.seat, "offered") > 0) return [];
    return this.eyes.issues.filter((_, m) => this.room.call("may_be_asked_for", "Case", "State", k, m));
  }

  /** Return whether there is still a session today in which a motion can be made: once in each, and none after one was. */
  mayCall() {
    if (!(this.eyes.setting("motions") >= 0) || this.eyes.clock("moved")) return false;
    const closing = this.room.table("Case", "formats").column("closing"),
      isCalled = this.eyes.clock("called") > 0;
    return this.#sessions().some(
      ({ row, format }) => closing[format] !== this.moves.READ && !(isCalled && row === this.eyes.clock("row")),
    );
  }

  penIssues() {
    if (this.eyes.state("movers").get(this.seat, "has_pen") > 0) return [];
    return this.eyes.issues.filter((_, k) => this.room.call("may_write_first", "Case", "State", k));
  }

  /** Return whether questions in the corridor are due on the day after this evening. */
  asksTomorrow() {
    return this.eyes.setting("questions") > 0 && this.#hasMoreSessions();
  }

  /** Return the place of the proposal under discussion on an issue. @param {number} k */
  proposal(k) {
    const { K } = this.room.sizes,
      waiting = this.eyes.state("waiting").column(""),
      proposed = this.eyes.state("proposed").column("");
    return proposed[waiting.findIndex((waits, at) => waits > 0 && at % K === k)];
  }

  /** Return the rows of the plan from the one that is due on, to the end of its future. */
  #plan() {
    const plan = this.room.table("Case", "plan"),
      rows = [];
    for (let row = this.eyes.clock("row"); ; row++) {
      rows.push({ row, ...plan.row(row, ["kind", "meeting", "day", "format", "otherwise"]) });
      if (rows.at(-1).kind === this.facts.play.end) return rows;
    }
  }

  /** Return the rows of today's sessions, from the one that is due on. */
  #sessions() {
    const rows = this.#plan();
    return rows.filter(({ meeting, day, format }) => meeting === rows[0].meeting && day === rows[0].day && format >= 0);
  }

  #hasMoreSessions() {
    const [, ...later] = this.#plan();
    return later.some(({ kind }) => kind === this.facts.play.session);
  }

  #today() {
    const { meeting, day } = this.eyes.plan(["meeting", "day"]);
    return `${meeting}.${day}`;
  }

  // The turns.

  /** Return whether the turn that is due is one of a journal without answers. */
  #isPlayedAgain() {
    const { source } = this;
    if (!source || source.answers) return false;
    return Boolean(source.result) || this.turn <= (source.rows.at(-1)?.[0] ?? -1);
  }

  #goOn() {
    this.question = null;
    while (!this.isOver) {
      if (this.#isPlayedAgain()) {
        const rows = (this.source?.rows ?? []).filter(([turn]) => turn === this.turn);
        this.#turn(rows.map(([turn, column, entry, value]) => [turn, column, entry, value ?? NaN]));
        continue;
      }
      if (this.#isDue()) {
        this.question = new Question(this, this.course.pending, this.move);
        return;
      }
      this.#turn(this.#rows().map((row) => [this.turn, ...row]));
    }
    this.course.measure();
    this.score = this.eyes.score();
  }

  /** Return whether a sheet has to be answered before the turn that is due. */
  #isDue() {
    const { move } = this,
      { issue } = this.course.pending;
    if (!this.eyes.isPresent()) return false;
    if (ANSWERED_ONCE.includes(move)) return this.once?.at !== this.turn && this.#isAskedOnce();
    if (move === "AMEND" || move === "READ") return this.read.get(issue)?.sign !== this.#sign(issue);
    if (move === "TAKE_PEN") return this.pens?.at !== this.#today() && this.penIssues().length > 0;
    return this.day?.at !== this.#today() && this.#isAskedDaily();
  }

  /** Return whether the turn that is due asks this seat what is answered once a day. */
  #isAskedDaily() {
    if (this.move === "ASK") return this.corridor === undefined;
    return this.move === "CALL" || (SAID.includes(this.move) && this.course.pending.who === this.seat);
  }

  /** Return whether the turn that is due asks this seat something that is answered once. */
  #isAskedOnce() {
    const { move, seat } = this,
      { who } = this.course.pending;
    if (move === "EVENING") return this.#hasMoreSessions();
    if (move === "ADOPT") return this.eyes.issues.some((_, k) => this.eyes.isClosed(k));
    if (move === "MOTION") return this.#plan()[0].otherwise >= 0;
    if (move === "VOTE") return !(this.eyes.state("movers").get(seat, "moves") > 0);
    return move === "READ_PACKAGE" || (move === "SUBMIT" ? who === seat : who !== seat);
  }

  /** Return what a new answer to a paragraph would be about: its text, its brackets, and the day. @param {number} k */
  #sign(k) {
    return JSON.stringify([this.eyes.paragraph(k).text, this.eyes.blockers(k), this.#today()]);
  }

  /** Keep a reply for the turns that it decides. @param {Reply | null} reply */
  #keep(reply) {
    const { kind, what, ask } = /** @type {Question} */ (this.question),
      { issue } = this.course.pending;
    if (kind === "statements") {
      this.day = { at: this.#today(), reply };
      if (this.move === "ASK") this.corridor = reply?.ask ?? null;
    } else if (kind === "reading" && what === "paragraph") {
      this.read.set(issue, {
        sign: this.#sign(issue),
        reply,
        promised: reply?.offer ? this.packageWorth(issue, reply.offer) : 0,
      });
    } else if (kind === "pen") this.pens = { at: this.#today(), reply };
    else this.once = { at: this.turn, reply };
    if (kind === "evening" && ask) this.corridor = reply?.ask ?? null;
  }

  /** Return the rows by which sheets decide the turn that is due. @returns {Written[]} */
  #rows() {
    const { move } = this,
      { who, issue } = this.course.pending,
      isOwn = who === this.seat;
    if (!this.eyes.isPresent()) return [];
    if (move === "ASK") return this.#corridorRows();
    if (move === "TAKE_PEN") return this.#penRows();
    if (move === "CALL") return this.#callRows();
    if (SAID.includes(move)) return isOwn ? this.#statementRows(issue) : [];
    if (OF_PARAGRAPH.includes(move) || (isOwn && READ_OWN.includes(move))) {
      const reply = this.read.get(issue)?.reply;
      return reply ? this.#paragraphRows(issue, reply) : [];
    }
    const reply = this.once?.at === this.turn ? this.once.reply : null;
    return reply ? this.#onceRows(reply) : [];
  }

  /** @param {number} k @returns {Written[]} */
  #statementRows(k) {
    const value = this.day?.at === this.#today() ? this.day.reply?.values?.[this.eyes.issues[k]] : null;
    return value === null || value === undefined ? [] : [["values", k, value]];
  }

  /** @returns {Written[]} */
  #callRows() {
    if (!this.day?.reply) return [];
    const isCalled = this.day.reply.call && this.day.at === this.#today();
    return [["about", this.seat, isCalled ? this.eyes.setting("motions") : -1]];
  }

  /** Return the rows by which the answer to a paragraph decides. @param {number} k @param {Reply} reply @returns {Written[]} */
  #paragraphRows(k, reply) {
    if (this.move === "AMEND") return [["place", this.seat, this.mayAmend(k) ? (reply.amend ?? NaN) : NaN]];
    if (this.move === "READ") return this.#responseRows(reply);
    if (this.move === "OFFER") return this.#offerRows(k, reply.offer);
    return [["response", this.seat, RESPONSES.accept]]; // its own amendment or offer
  }

  /** Return the rows by which the answer to one turn decides. @param {Reply} reply @returns {Written[]} */
  #onceRows(reply) {
    const { eyes, seat } = this,
      { values = {}, guests = [] } = reply;
    if (this.move === "SUBMIT") return eyes.issues.map((name, k) => ["values", k, values[name] ?? NaN]);
    if (this.move !== "EVENING") return this.#responseRows(reply);
    const table = guests.length ? [seat, ...guests.map((name) => eyes.names.indexOf(name))] : [];
    return table.map((guest) => ["guest", guest, seat]);
  }

  /** @param {Reply} of @returns {Written[]} */
  #responseRows({ act, argument = null }) {
    const response = /** @type {Written} */ (["response", this.seat, RESPONSES[act]]);
    return act === "block" && argument !== null ? [response, ["argument", this.seat, argument]] : [response];
  }

  /** @returns {Written[]} */
  #corridorRows() {
    const whom = this.corridor ?? [];
    this.corridor = undefined;
    return whom.map((name, at) => ["whom", this.facts.play.questions * this.seat + at, this.eyes.names.indexOf(name)]);
  }

  /** @param {number} k @param {Offer | null | undefined} offer @returns {Written[]} */
  #offerRows(k, offer) {
    const may = offer && this.mayOffer(k).includes(offer.issue) && !this.#isSpoilt(k, offer);
    return [
      ["about", this.seat, may ? this.eyes.issues.indexOf(offer.issue) : -1],
      ["place", this.seat, may ? offer.place : NaN],
    ];
  }

  /** Return whether what an offer of the seat's would accept has become much less than when it was written.
   * @param {number} k @param {Offer} offer */
  #isSpoilt(k, offer) {
    const points = this.packageWorth(k, offer),
      promised = this.read.get(k)?.promised ?? 0;
    const isOver = this.eyes.crosses(k, this.eyes.paragraph(k).text),
      isLess = points < LEAST_SHARE * promised;
    if (isOver) this.cards.push(notPut(this, k, "card.not_put.line", {}));
    else if (isLess)
      this.cards.push(notPut(this, k, "card.not_put.worth", { points: whole(points), promised: whole(promised) }));
    return isOver || isLess;
  }

  /** Return what the text on k and the text that an offer asks for are worth together.
   * @param {number} k @param {Offer} offer */
  packageWorth(k, offer) {
    const m = this.eyes.issues.indexOf(offer.issue),
      { text, precision } = this.eyes.paragraph(k);
    return this.eyes.worth([
      [k, text, precision],
      [m, offer.place, Math.max(this.eyes.paragraph(m).precision, this.facts.play.precision)],
    ]);
  }

  /** @returns {Written[]} */
  #penRows() {
    const [wanted] = Object.entries(this.pens?.at === this.#today() ? (this.pens.reply?.values ?? {}) : {});
    if (!wanted || !this.penIssues().includes(wanted[0])) return [];
    return [
      ["about", this.seat, this.eyes.issues.indexOf(wanted[0])],
      ["place", this.seat, wanted[1]],
    ];
  }

  /** Return the rows by which the seat writes an amendment or none, the delegate's if it left that open; [] if it may not.
   * @param {number} k @param {Row[]} rows @returns {Row[]} */
  #written(k, rows) {
    if (!this.eyes.isPresent() || !this.mayAmend(k)) return [];
    return rows.length ? rows : [[this.turn, "place", this.seat, this.eyes.choice("place").get(this.seat, "")]];
  }

  /** Make the turn that is due, and note what it did. @param {Row[]} rows */
  #turn(rows) {
    const { course, move } = this,
      turn = course.pending;
    const decided = move === "AMEND" ? this.#written(turn.issue, rows) : rows;
    if (decided.length) this.snapshots.push({ turn, move, at: this.turn, rows: decided, state: this.room.state() });
    take(this.room, rows);
    this.rows.push(...rows);
    const before = notes(this, turn, move);
    course.note();
    const goesOn = course.follow();
    course.look();
    const card = cardOf(this, turn, move, before);
    if (card) this.cards = merged(this.cards, card, this);
    this.isOver = !goesOn;
    if (goesOn) course.prepare();
  }

  /** Say what the delegate would do by itself. */
  adviser() {
    return advice(this);
  }

  /** Return the game as JSON, as GameJournal in games.py reads it. */
  journal({ team = "", code = "", attempt = 1, guess = null } = {}) {
    const { facts } = this;
    return {
      negsim: "journal",
      version: 1,
      name: facts.name,
      changes: facts.play.changes,
      levels: changesOf(this.levels, facts),
      scenario: facts.play.scenario,
      rules: facts.play.rules,
      seed: this.seed,
      replication: this.replication,
      seat: this.eyes.names[this.seat],
      team,
      code,
      attempt,
      guess,
      answers: this.answers,
      rows: this.rows.map(([turn, column, entry, value]) => [turn, column, entry, Number.isNaN(value) ? null : value]),
      result: this.isOver
        ? { outcome: this.outcome, score: this.score, turns: this.turn, digest: digestOf(this.room) }
        : null,
    };
  }

  aftermath() {
    return new Aftermath(this);
  }

  /** @param {Reply | null} reply */
  #check(reply) {
    if (reply === null) return;
    const { acts } = /** @type {Question} */ (this.question);
    if (!acts.includes(reply.act))
      throw new Error(`${reply.act} is not an answer here; choose from ${acts.join(", ")}.`);
    this.#checkPlaces(reply);
    this.#checkNames(reply);
    const issue = [...Object.keys(reply.values ?? {}), ...(reply.offer ? [reply.offer.issue] : [])].find(
      (name) => !this.eyes.issues.includes(name),
    );
    if (issue !== undefined) throw new Error(`There is no issue ${issue}.`);
  }

  /** @param {Reply} reply */
  #checkPlaces(reply) {
    const places = [...Object.values(reply.values ?? {}), reply.amend, reply.argument, reply.offer?.place];
    const bad = places.find((place) => place !== null && place !== undefined && !(place >= 0 && place <= 1));
    if (bad !== undefined) throw new Error(`${bad} is not a position; a position is a number from 0 to 1.`);
  }

  /** @param {Reply} reply */
  #checkNames(reply) {
    const { ask, guests } = /** @type {Question} */ (this.question);
    const unknown = [...(reply.ask ?? []), ...(reply.guests ?? [])].find((name) => !this.others().includes(name));
    if (unknown !== undefined) throw new Error(`${unknown} is not here; choose others who are.`);
    for (const [list, of] of /** @type {[string[]?, (Most | null)?][]} */ ([
      [reply.ask, ask],
      [reply.guests, guests],
    ])) {
      const most = of?.most ?? 0;
      if (list && list.length > most) throw new Error(`You may name at most ${most}.`);
    }
  }
}
