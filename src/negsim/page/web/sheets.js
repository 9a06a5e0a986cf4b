// What one seat's people may answer, and what their sheets decide of later turns: the same where the page makes all turns
// itself and where a server makes those of a table with several people.
//
// - A sheet is a question that is due. Statements count for a day, an answer to a paragraph for as long as its text and its
//   brackets are what they were.
// - What people decide goes into the choice of a turn, as rows (column, entry, value).
// - A reply of null leaves everything on its sheet to the delegate.

import { notPut } from "./cards.js";
import { advice } from "./question.js";
import { catalogue } from "./sentences.js";
import { whole } from "./words.js";

const RESPONSES = { accept: 0, object: 1, block: 2 };
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

/** A game as one seat sees it. Who begins one sets room, course, seat, eyes, mayBlock and story. */
export class SeatGame {
  rows = []; // that the seat decided: [turn, column, entry, value]
  answers = [];
  cards = []; // of what has happened since the last sheet
  confidences = {}; // what others said in the corridor, by name and issue
  isOver = false;
  question = null;
  day = null; // what was said for a day
  corridor = undefined; // whom to ask on the next occasion
  read = new Map(); // by issue: the answer to a paragraph
  once = null; // the answer to a single turn
  pens = null; // texts that somebody would write

  /** engine: of the page. */
  constructor(engine) {
    this.facts = engine.facts;
    this.moves = engine.moves;
    this.sentence = catalogue(engine.facts.sentences);
  }

  get turn() {
    return this.course.turns.length;
  }

  get move() {
    return this.facts.moves[this.course.pending.move];
  }

  label = (k) => this.facts.issues[k].label;

  place = (k, value) => this.story.place(k, value);

  penName(pen) {
    return pen >= 0 ? this.eyes.names[pen] : this.facts.pens[pen];
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

  mayAmend(k) {
    return this.eyes.setting("amendments") > 0 && !this.eyes.entry(k).amended;
  }

  /** Return the issues on which a conditional offer may ask for another text, should the reading of k fail. */
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

  /** Return the place of the proposal under discussion on an issue. */
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

  /** Return whether a sheet has to be answered before the turn that is due. */
  isDue() {
    const { move, seat } = this,
      { who, issue } = this.course.pending;
    if (!this.eyes.isPresent()) return false;
    if (move === "ASK") return this.corridor === undefined && this.day?.at !== this.#today();
    if (move === "CALL") return this.day?.at !== this.#today();
    if (move === "SPEAK" || move === "TABLE") return who === seat && this.day?.at !== this.#today();
    if (move === "AMEND" || move === "READ") return this.read.get(issue)?.sign !== this.#sign(issue);
    if (move === "TAKE_PEN") return this.pens?.at !== this.#today() && this.penIssues().length > 0;
    if (!ANSWERED_ONCE.includes(move) || this.once?.at === this.turn) return false;
    if (move === "EVENING") return this.#hasMoreSessions();
    if (move === "ADOPT") return this.eyes.issues.some((_, k) => this.eyes.isClosed(k));
    if (move === "MOTION") return this.#plan()[0].otherwise >= 0;
    if (move === "VOTE") return !(this.eyes.state("movers").get(seat, "moves") > 0);
    return move === "READ_PACKAGE" || (move === "SUBMIT" ? who === seat : who !== seat);
  }

  /** Return what a new answer to a paragraph would be about: its text, its brackets, and the day. */
  #sign(k) {
    return JSON.stringify([this.eyes.paragraph(k).text, this.eyes.blockers(k), this.#today()]);
  }

  /** Keep a reply for the turns that it decides. Return what is kept, as JSON, for a page that has to recall it. */
  keep(reply) {
    const kept = this.#decided(reply);
    this.recall(kept);
    return kept;
  }

  #decided(reply) {
    const { kind, what } = this.question,
      { issue } = this.course.pending;
    const corridor = { corridor: { whom: reply?.ask ?? null } };
    if (kind === "statements") {
      const day = { at: this.#today(), reply };
      return this.move === "ASK" ? { day, ...corridor } : { day };
    }
    if (kind === "reading" && what === "paragraph") {
      const promised = reply?.offer ? this.packageWorth(issue, reply.offer) : 0;
      return { read: { issue, sign: this.#sign(issue), reply, promised } };
    }
    if (kind === "pen") return { pens: { at: this.#today(), reply } };
    const once = { at: this.turn, reply };
    return kind === "evening" && this.question.ask ? { once, ...corridor } : { once };
  }

  /** Recall what was kept of a reply. */
  recall({ day, corridor, read, pens, once }) {
    if (day) this.day = day;
    if (corridor) this.corridor = corridor.whom;
    if (read) this.read.set(read.issue, read);
    if (pens) this.pens = pens;
    if (once) this.once = once;
  }

  /** Return the rows (column, entry, value) by which sheets decide the turn that is due. */
  rowsDue() {
    const { move, seat } = this,
      { who, issue } = this.course.pending;
    const once = this.once?.at === this.turn ? this.once.reply : null,
      paragraph = this.read.get(issue)?.reply;
    const values = this.day?.at === this.#today() ? this.day.reply?.values : null;
    if (!this.eyes.isPresent()) return [];
    switch (move) {
      case "ASK":
        return this.#corridorRows();
      case "SPEAK":
      case "TABLE": {
        const value = who === seat ? values?.[this.eyes.issues[issue]] : null;
        return value === null || value === undefined ? [] : [["values", issue, value]];
      }
      case "SUBMIT":
        return once && who === seat ? this.eyes.issues.map((name, k) => ["values", k, once.values[name] ?? NaN]) : [];
      case "AMEND":
        return paragraph ? [["place", seat, this.mayAmend(issue) ? (paragraph.amend ?? NaN) : NaN]] : [];
      case "READ":
        return paragraph ? this.#responseRows(paragraph) : [];
      case "OFFER":
        return paragraph ? this.#offerRows(issue, paragraph.offer) : [];
      case "TAKE_PEN":
        return this.#penRows();
      case "CALL":
        return this.day?.reply
          ? [["about", seat, this.day.reply.call && this.day.at === this.#today() ? this.eyes.setting("motions") : -1]]
          : [];
      case "EVENING":
        return (once?.guests?.length ? [seat, ...once.guests.map((name) => this.eyes.names.indexOf(name))] : []).map(
          (guest) => ["guest", guest, seat],
        );
      case "READ_AMENDMENT":
      case "READ_OFFER":
        return who === seat
          ? paragraph
            ? [["response", seat, RESPONSES.accept]]
            : []
          : once
            ? this.#responseRows(once)
            : [];
      default:
        return once ? this.#responseRows(once) : [];
    }
  }

  #responseRows({ act, argument = null }) {
    const rows = [["response", this.seat, RESPONSES[act]]];
    return act === "block" && argument !== null ? [...rows, ["argument", this.seat, argument]] : rows;
  }

  #corridorRows() {
    const whom = this.corridor ?? [];
    this.corridor = undefined;
    return whom.map((name, at) => ["whom", this.facts.play.questions * this.seat + at, this.eyes.names.indexOf(name)]);
  }

  #offerRows(k, offer) {
    const may = offer && this.mayOffer(k).includes(offer.issue) && !this.#isSpoilt(k, offer);
    return [
      ["about", this.seat, may ? this.eyes.issues.indexOf(offer.issue) : -1],
      ["place", this.seat, may ? offer.place : NaN],
    ];
  }

  /** Return whether what an offer of the seat's would accept has become much less than when it was written. */
  #isSpoilt(k, offer) {
    const points = this.packageWorth(k, offer),
      { promised } = this.read.get(k);
    const isOver = this.eyes.crosses(k, this.eyes.paragraph(k).text),
      isLess = points < LEAST_SHARE * promised;
    if (isOver) this.cards.push(notPut(this, k, "card.not_put.line", {}));
    else if (isLess)
      this.cards.push(notPut(this, k, "card.not_put.worth", { points: whole(points), promised: whole(promised) }));
    return isOver || isLess;
  }

  /** Return what the text on k and the text that an offer asks for are worth together. */
  packageWorth(k, offer) {
    const m = this.eyes.issues.indexOf(offer.issue),
      { text, precision } = this.eyes.paragraph(k);
    return this.eyes.worth([
      [k, text, precision],
      [m, offer.place, Math.max(this.eyes.paragraph(m).precision, this.facts.play.precision)],
    ]);
  }

  #penRows() {
    const [wanted] = Object.entries(this.pens?.at === this.#today() ? (this.pens.reply?.values ?? {}) : {});
    if (!wanted || !this.penIssues().includes(wanted[0])) return [];
    return [
      ["about", this.seat, this.eyes.issues.indexOf(wanted[0])],
      ["place", this.seat, wanted[1]],
    ];
  }

  /** Say what the delegate would do by itself. */
  adviser() {
    return advice(this);
  }

  check(reply) {
    if (reply === null) return;
    const {
      question: { acts },
      eyes,
    } = this;
    if (!acts.includes(reply.act))
      throw new Error(`${reply.act} is not an answer here; choose from ${acts.join(", ")}.`);
    const places = [...Object.values(reply.values ?? {}), reply.amend, reply.argument, reply.offer?.place];
    const bad = places.find((place) => place !== null && place !== undefined && !(place >= 0 && place <= 1));
    if (bad !== undefined) throw new Error(`${bad} is not a position; a position is a number from 0 to 1.`);
    const unknown = [...(reply.ask ?? []), ...(reply.guests ?? [])].find((name) => !this.others().includes(name));
    if (unknown !== undefined) throw new Error(`${unknown} is not here; choose others who are.`);
    const most = [
      ["ask", reply.ask],
      ["guests", reply.guests],
    ].find(([name, list]) => list?.length > (this.question[name]?.most ?? 0));
    if (most) throw new Error(`You may name at most ${this.question[most[0]]?.most ?? 0}.`);
    const issue = [...Object.keys(reply.values ?? {}), ...(reply.offer ? [reply.offer.issue] : [])].find(
      (name) => !eyes.issues.includes(name),
    );
    if (issue !== undefined) throw new Error(`There is no issue ${issue}.`);
  }
}
