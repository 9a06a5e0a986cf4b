// What one seat's people may answer, and what their sheets decide of later turns: the same where the page makes all turns
// itself and where a server makes those of a table with several people.
//
// - A sheet is a question that is due. Statements count for a day, an answer to a paragraph for as long as its text, its
//   brackets and what an objection would do are what they were.
// - What cannot earn is not asked: where delegates write and ask (`hasMoves`), what a seat says and with whom it dines is left
//   to its delegate (benchmarks/seats.py --parts). Nor does a page make offers.
// - What people decide goes into the choice of a turn, as rows (column, entry, value).
// - A reply of null leaves everything on its sheet to the delegate.

import { advice } from "./question.js";
import { catalogue } from "./sentences.js";

/** @type {Record<string, number>} */ const RESPONSES = { accept: 0, object: 1, block: 2 };
const SAID = ["SPEAK", "TABLE"];
const OF_PARAGRAPH = ["AMEND", "READ", "OFFER"]; // decided by the answer to a paragraph

/** A game as one seat sees it. Who begins one sets room, apart, course, seat, eyes, mayBlock and story.
 * @template {Course} [C=Course] @template {Eyes} [E=Eyes] */
export class SeatGame {
  /** @type {Row[]} */ rows = []; // that the seat decided
  /** @type {Answer[]} */ answers = [];
  /** @type {Card[]} */ cards = []; // of what has happened since the last sheet
  /** @type {Record<string, Confidence>} */ confidences = {}; // what others said in the corridor, by name and issue
  isOver = false;
  isWhole = true; // whether nothing in it is secret from the page
  /** @type {Sent | null} */ send = null; // what is to be sent to who makes the turns
  score = NaN; // once it is over
  /** @type {Question | null} */ question = null;
  /** @type {Kept["day"] | null} */ day = null; // what was said for a day
  /** @type {Map<number, NonNullable<Kept["read"]>>} */ read = new Map(); // by issue: the answer to a paragraph
  /** @type {Kept["once"] | null} */ once = null; // the answer to a single turn
  /** @type {Kept["pens"] | null} */ pens = null; // texts that somebody would write
  /** @type {Room} */ room;
  /** @type {Room} */ apart; // to try things in
  /** @type {C} */ course;
  /** @type {number} */ seat;
  /** @type {E} */ eyes;
  /** @type {boolean} */ mayBlock;
  /** @type {Story} */ story;

  /** engine: of the page. @param {Pick<Engine, "facts" | "moves">} engine */
  constructor(engine) {
    this.facts = engine.facts;
    this.moves = engine.moves;
    this.sentence = catalogue(engine.facts.sentences, true);
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
    return pen >= 0 ? this.nameOf(pen) : this.facts.pens[pen];
  }

  /** Return the name of a delegate, "you" for the seat's own. @param {number} i */
  nameOf(i) {
    return i === this.seat ? "you" : this.eyes.names[i];
  }

  /** Return who moves the text in the session in which the last turn was made. */
  writer() {
    return this.facts.pens[this.facts.formats[this.course.turns.at(-1).format].pen];
  }

  /** Return everybody as the seat knows them; null where questions alone say that. @returns {Person[] | null} */
  people() {
    return null;
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

  /** Return whether delegates write amendments and ask in the corridor, beside which nothing that they say earns anything. */
  get hasMoves() {
    return this.eyes.setting("amendments") > 0 && this.eyes.setting("questions") > 0;
  }

  /** Return the number of the issue on which the seat knows something that it has shown nobody, -1 for none. */
  secretIssue() {
    const isShown = this.eyes.state("movers").get(this.seat, "shown") >= 0;
    return isShown ? -1 : this.room.table("Case", "seats").get(this.seat, "secret_issue");
  }

  /** Return whether there is still a session today in which a motion can be made: once in each, and none after one was. */
  mayCall() {
    if (!(this.eyes.setting("motions") >= 0) || this.eyes.clock("moved")) return false;
    const closing = this.room.table("Case", "formats").column("closing");
    const isCalled = this.eyes.clock("called") > 0;
    return this.#sessions().some(
      ({ row, format }) => closing[format] !== this.moves.READ && !(isCalled && row === this.eyes.clock("row")),
    );
  }

  penIssues() {
    if (this.eyes.state("movers").get(this.seat, "has_pen") > 0) return [];
    return this.eyes.issues.filter((_, k) => this.room.call("may_write_first", "Case", "State", k));
  }

  /** Return the place of the proposal under discussion on an issue. @param {number} k */
  proposal(k) {
    const { K } = this.room.sizes;
    const waiting = this.eyes.state("waiting").column("");
    const proposed = this.eyes.state("proposed").column("");
    return proposed[waiting.findIndex((waits, at) => waits > 0 && at % K === k)];
  }

  /** Return the rows of the plan from the one that is due on, to the end of its future. */
  #plan() {
    const plan = this.room.table("Case", "plan");
    const rows = [];
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

  /** Return whether a sheet has to be answered before the turn that is due. */
  isDue() {
    const { move } = this;
    const { issue, who } = this.course.pending;
    if (!this.eyes.isPresent()) return false;
    if (this.facts.turns[move].is_once) return this.once?.at !== this.turn && this.#isAskedOnce();
    if (move === "AMEND" || move === "READ") return !this.#isAnswered(issue);
    if (move === "TAKE_PEN") return this.pens?.at !== this.#today() && this.penIssues().length > 0;
    const isAsked = move === "CALL" || (!this.hasMoves && who === this.seat && SAID.includes(move));
    return isAsked && this.day?.at !== this.#today();
  }

  /** Return whether what was answered to a paragraph is about what stands there now. @param {number} k */
  #isAnswered(k) {
    const kept = this.read.get(k);
    return kept?.sign === this.#sign(k, kept?.reply);
  }

  /** Return whether the turn that is due asks this seat something that is answered once. */
  #isAskedOnce() {
    const { move, seat } = this;
    const { who } = this.course.pending;
    if (move === "ASK") return this.others().length > 0;
    if (move === "SHOW") return this.secretIssue() >= 0 && this.others().length > 0;
    if (move === "EVENING") return !this.hasMoves && this.#hasMoreSessions();
    if (move === "ADOPT") return this.eyes.issues.some((_, k) => this.eyes.isClosed(k));
    if (move === "MOTION") return this.#plan()[0].otherwise >= 0;
    if (move === "VOTE") return !(this.eyes.state("movers").get(seat, "moves") > 0);
    return move === "READ_PACKAGE" || (move === "SUBMIT" ? who === seat : who !== seat);
  }

  /** Return what an answer to a paragraph is about: its text, its brackets, the day, and what an objection does.
   * @param {number} k @param {Reply | null | undefined} reply */
  #sign(k, reply) {
    const does = reply?.act === "object" ? this.objection() : null;
    return JSON.stringify([this.eyes.paragraph(k).text, this.eyes.blockers(k), this.#today(), does]);
  }

  /** Return what an objection to what is due does: "record" where the seat cannot stop a text; "bracket", "aside" or "joins". */
  objection() {
    return this.mayBlock ? this.eyes.objection(this.readingDue()) : "record";
  }

  /** Return the turn that an answer to what is due decides: of an amendment that may be written, the reading of the text. */
  readingDue() {
    const { pending } = this.course;
    return this.move === "AMEND" ? { ...pending, move: this.moves.READ } : pending;
  }

  /** Keep a reply for the turns that it decides. Return what is kept, as JSON, for a page that has to recall it.
   * @param {Reply | null} reply */
  keep(reply) {
    const kept = this.#decided(reply);
    this.recall(kept);
    return kept;
  }

  /** @param {Reply | null} reply @returns {Kept} */
  #decided(reply) {
    const { kind, what } = /** @type {Question} */ (this.question);
    const { issue } = this.course.pending;
    if (kind === "statements") return { day: { at: this.#today(), reply } };
    if (kind === "reading" && what === "paragraph") return { read: { issue, sign: this.#sign(issue, reply), reply } };
    if (kind === "pen") return { pens: { at: this.#today(), reply } };
    return { once: { at: this.turn, reply } };
  }

  /** Recall what was kept of a reply. @param {Kept} kept */
  recall({ day, read, pens, once }) {
    if (day) this.day = day;
    if (read) this.read.set(read.issue, read);
    if (pens) this.pens = pens;
    if (once) this.once = once;
  }

  /** Return the rows (column, entry, value) by which sheets decide the turn that is due. @returns {Written[]} */
  rowsDue() {
    const { move } = this;
    const { who, issue } = this.course.pending;
    const isOwn = who === this.seat;
    if (!this.eyes.isPresent()) return [];
    if (move === "TAKE_PEN") return this.#penRows();
    if (move === "CALL") return this.#callRows();
    if (SAID.includes(move)) return isOwn ? this.#statementRows(issue) : [];
    if (OF_PARAGRAPH.includes(move) || (isOwn && move === "READ_AMENDMENT")) {
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
    if (this.move === "OFFER") return [["about", this.seat, -1]]; // nobody offers a yes for somebody who has answered
    return [["response", this.seat, RESPONSES.accept]]; // its own amendment
  }

  /** Return the rows by which the answer to one turn decides. @param {Reply} reply @returns {Written[]} */
  #onceRows(reply) {
    const { eyes, seat } = this;
    const { values = {} } = reply;
    const whom = (reply.whom ?? []).map((name) => eyes.names.indexOf(name));
    if (this.move === "SUBMIT") return eyes.issues.map((name, k) => ["values", k, values[name] ?? NaN]);
    if (this.move === "ASK") return whom.map((j, at) => ["whom", this.facts.play.questions * seat + at, j]);
    if (this.move === "SHOW") return whom.map((j) => ["about", seat, j]);
    if (this.move === "EVENING") return whom.length ? [seat, ...whom].map((guest) => ["guest", guest, seat]) : [];
    return this.#responseRows(reply);
  }

  /** @param {Reply} of @returns {Written[]} */
  #responseRows({ act, argument = null }) {
    const response = /** @type {Written} */ (["response", this.seat, RESPONSES[act]]);
    return act === "block" && argument !== null ? [response, ["argument", this.seat, argument]] : [response];
  }

  /** @returns {Written[]} */
  #penRows() {
    const [wanted] = Object.entries(this.pens?.at === this.#today() ? (this.pens.reply?.values ?? {}) : {});
    if (!wanted || !this.penIssues().includes(wanted[0])) return [];
    return [["about", this.seat, this.eyes.issues.indexOf(wanted[0])], ["place", this.seat, wanted[1]]];
  }

  /** Say what the delegate would do by itself. */
  adviser() {
    return advice(this);
  }

  /** @param {Reply | null} reply */
  check(reply) {
    if (reply === null) return;
    const { acts } = /** @type {Question} */ (this.question);
    if (!acts.includes(reply.act))
      throw new Error(`${reply.act} is not an answer here; choose from ${acts.join(", ")}.`);
    this.#checkPlaces(reply);
    this.#checkNames(reply);
    const issue = Object.keys(reply.values ?? {}).find((name) => !this.eyes.issues.includes(name));
    if (issue !== undefined) throw new Error(`There is no issue ${issue}.`);
  }

  /** @param {Reply} reply */
  #checkPlaces(reply) {
    const places = [...Object.values(reply.values ?? {}), reply.amend, reply.argument];
    const bad = places.find((place) => place !== null && place !== undefined && !(place >= 0 && place <= 1));
    if (bad !== undefined) throw new Error(`${bad} is not a position; a position is a number from 0 to 1.`);
  }

  /** @param {Reply} reply */
  #checkNames(reply) {
    const whom = reply.whom ?? [];
    const most = this.question?.whom?.most ?? 0;
    const unknown = whom.find((name) => !this.others().includes(name));
    if (unknown !== undefined) throw new Error(`${unknown} is not here; choose others who are.`);
    if (whom.length > most) throw new Error(`You may name at most ${most}.`);
  }
}
