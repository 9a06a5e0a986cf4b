// One run, turn by turn: what the room looks like before the first turn and after each, and what it comes to.

import { Story } from "./minutes.js";
import { finite } from "./question.js";

export class Course {
  /** engine: the program. room: the tables of one replication.
   * @param {Pick<Engine, "facts" | "moves">} engine @param {Room} room @param {number} replication */
  constructor(engine, room, replication) {
    this.engine = engine;
    this.room = room;
    this.replication = replication;
    /** @type {Run["turns"]} */
    this.turns = [];
    /** @type {Moment[]} */
    this.moments = [];
    /** @type {Evening[]} */
    this.evenings = [];
    this.pending = { move: 0, issue: 0, who: 0 }; // the turn that is due
    this.inWords = false; // whether its story leaves out the numbers of places that have amounts
  }

  /** Begin the run, as negotiation/runs.py does, and find the first turn. */
  begin() {
    const { room } = this;
    const values = room.table("Choice", "values");
    room.table("State", "stream").set(1, this.replication);
    for (let k = 0; k < room.sizes.K; k++) values.set(k, NaN);
    room.call("start", "Case", "State");
    this.prepare();
  }

  /** Make the turn that is due, without looking. Return whether the run goes on. */
  step() {
    const goesOn = this.follow();
    if (goesOn) this.prepare();
    return goesOn;
  }

  /** Find the turn that is due, and let those concerned choose. */
  prepare() {
    this.pending = this.room.call("next_turn", "Case", "State");
    this.room.call("choose", "Case", "State", this.pending, "Choice");
  }

  /** Carry out what was chosen. Return whether the run goes on. */
  follow() {
    this.room.call("follow", "Case", "State", this.pending, "Choice");
    return this.room.table("State", "clock").get(0, "outcome") === 0;
  }

  /** Make all turns that are left, and look at the room before the first and after each. */
  finish() {
    this.look();
    for (let goesOn = true; goesOn;) {
      this.note();
      goesOn = this.step();
      this.look();
    }
    this.measure();
  }

  /** Note the turn that is due, and who will sit where if it is an evening. */
  note() {
    this.turns.push({ ...this.pending, format: this.moments.at(-1).format });
    if (this.pending.move === this.engine.moves.EVENING) this.#dine();
  }

  /** Measure a run that has ended. */
  measure() {
    this.room.call("measure", "Case", "State", "Results", 0);
  }

  get logged() {
    return this.moments.at(-1).logged;
  }

  /** Note how the room is. */
  look() {
    const { room } = this;
    room.call("_take_moment", "State", "_Series", 0, 0);
    const clock = room.table("State", "clock").row(0, ["minute", "row", "in_session", "logged"]);
    const plan = room.table("Case", "plan").row(clock.row, ["meeting", "day", "format"]);
    const paragraphs = room.table("State", "paragraphs");
    this.moments.push({
      minute: clock.minute,
      meeting: plan.meeting,
      day: plan.day,
      format: clock.in_session ? plan.format : -1,
      logged: clock.logged,
      text: paragraphs.column("text"),
      status: paragraphs.column("status"),
      bracket: room.table("State", "opinions").column("bracket"),
      position: this.#positions(),
      present: room.table("State", "delegates").column("present"),
      trust: this.#trust(),
      perceived: room.table("_Series", "rows").get(0, "perceived_distance"),
    });
  }

  /** Return positions by delegate, then issue; the tables have them the other way round. */
  #positions() {
    const { N, K } = this.room.sizes;
    const byIssue = this.room.table("State", "opinions").column("position");
    return byIssue.map((_, at) => byIssue[(at % K) * N + Math.floor(at / K)]);
  }

  /** Average the trust of a group (row) in a group (column), without trust in oneself. */
  #trust() {
    const { N, G } = this.room.sizes;
    const sums = new Float64Array(G * G);
    const counts = new Float64Array(G * G);
    const group = this.room.table("State", "delegates").column("group");
    const trust = this.room.table("State", "trust").column("");
    for (let about = 0; about < N; about++) {
      for (let holder = 0; holder < N; holder++) {
        if (holder === about) continue;
        const at = group[holder] * G + group[about];
        sums[at] += trust[about * N + holder];
        counts[at] += 1;
      }
    }
    return sums.map((sum, at) => sum / counts[at]);
  }

  /** Note who sits where on the evening that is due. */
  #dine() {
    const { room } = this;
    const seated = new BigInt64Array(room.sizes.N);
    /** @type {number[][]} */ const tables = [];
    room.call("seat_evening", "Case", "State", "Choice", seated);
    seated.forEach((table, seat) => {
      if (table > 0n) (tables[Number(table) - 1] ??= []).push(seat);
    });
    const evening = room.table("Case", "plan")
      .row(room.table("State", "clock").get(0, "row"), ["caucus", "mixed_share"]);
    this.evenings.push({
      moment: this.turns.length - 1, tables, caucus: evening.caucus > 0, mixed: evening.mixed_share,
    });
  }

  /** Return the story so far; its verdict is known once the run has ended and is measured. */
  story() {
    const { room, moments } = this;
    return new Story(this.engine.facts, {
      moments,
      events: this.#events(),
      seats: this.seats(),
      meetings: this.#meetings(),
      proposed: room.table("State", "proposed").column(""),
      blocks: room.table("State", "opinions").column("blocks"),
      failed: room.table("State", "paragraphs").column("failed"),
      measures: room.table("Results", "runs").row(0, VERDICT),
      issues: Array.from({ length: room.sizes.K }, (_, k) => room.table("Results", "issues").row(k, ISSUE)),
    }, this.inWords);
  }

  /** Return the run as the page shows it. @returns {Run} */
  run() {
    const { room, moments } = this;
    const runs = room.table("Results", "runs");
    const story = this.story();
    const lanes = /** @type {Record<Lane, Float64Array>} */ (
      Object.fromEntries(LANES.map(([name, kind]) => [name, joined(moments, name, kind)]))
    );
    return {
      replication: this.replication, outcome: runs.get(0, "outcome"), turns: this.turns, evenings: this.evenings,
      seats: story.run.seats, events: story.lines(), verdict: story.verdict(), blocked: story.whatBlocked(), ...lanes,
    };
  }

  /** Return the events of the log with the columns that their kinds use, and the first moment that has them. */
  #events() {
    const log = this.room.table("State", "log");
    const { happenings, moves } = this.engine.facts;
    let moment = 0;
    return Array.from({ length: this.logged }, (_, row) => {
      while (this.moments[moment].logged <= row) moment += 1;
      const move = moves[log.get(row, "move")];
      return { move, moment, ...log.row(row, happenings[move] ?? USUAL) };
    });
  }

  /** Return the seats of this run with what they were dealt or drew; named delegates come first. */
  seats() {
    const { groups, seats: known, seats_per_group: seatsPerGroup } = this.engine.facts;
    const { N, K } = this.room.sizes;
    const seats = this.room.table("Case", "seats");
    const opinions = this.room.table("State", "opinions");
    return Array.from({ length: N }, (_, i) => {
      const group = seats.get(i, "group");
      const number = seats.get(i, "address") % seatsPerGroup;
      const { named, text } = groups[group];
      const name = named[number] ?? `${text} ${number + 1}`;
      const of = (/** @type {"salience" | "red_low" | "red_high"} */ column) =>
        Array.from({ length: K }, (__, k) => opinions.get(k * N + i, column));
      return {
        group,
        name,
        named: number < named.length,
        may_block: seats.get(i, "may_block") > 0,
        brief: known.find((seat) => seat.name === name)?.brief ?? null,
        salience: of("salience"),
        red: of("red_low").map((low, k) => /** @type {Red} */ ([finite(low), finite(of("red_high")[k])])),
      };
    });
  }

  /** Return when each meeting opens, and the floor time and the hours of its days. */
  #meetings() {
    const plan = this.room.table("Case", "plan");
    /** @type {{ opens: number, floor?: number }[]} */ const found = [];
    for (let row = 0; row < plan.length; row++) {
      const { meeting, day, starts, kind } = plan.row(row, ["meeting", "day", "starts", "kind"]);
      found[meeting] ??= { opens: starts };
      if (kind === this.engine.facts.meeting_end) found[meeting].floor ??= (starts - found[meeting].opens) / (day + 1);
    }
    return found.map(({ opens, floor = NaN }) => ({
      opens,
      floor,
      hours: floor / 60 / this.engine.facts.share_of_day,
    }));
  }
}

const VERDICT = /** @type {const} */ (["share_agreed", "closable_issues", "no_zone", "zone_start"]);
const ISSUE = /** @type {const} */ ([
  "readings", "fewest_blockers", "shortfall", "zone_start", "zone_end", "text", "closed_at",
]);
/** @type {Column[]} */ const USUAL = ["minute", "meeting", "day", "issue", "who"];
/** @type {[lane: Lane, kind: Float64ArrayConstructor | Int32ArrayConstructor | Uint8ArrayConstructor][]} */
const LANES = [
  ["minute", Float64Array], ["meeting", Int32Array], ["day", Int32Array], ["format", Int32Array],
  ["text", Float64Array], ["status", Int32Array], ["bracket", Uint8Array], ["position", Float64Array],
  ["present", Uint8Array], ["trust", Float64Array], ["perceived", Float64Array],
];

/** Lay one moment's numbers after the other's.
 * @param {Moment[]} moments @param {Lane} name
 * @param {Float64ArrayConstructor | Int32ArrayConstructor | Uint8ArrayConstructor} kind */
function joined(moments, name, kind) {
  const { [name]: first } = moments[0];
  const width = typeof first === "number" ? 1 : first.length;
  const whole = new kind(moments.length * width);
  moments.forEach(({ [name]: part }, t) => whole.set(typeof part === "number" ? [part] : part, t * width));
  return whole;
}
