// Run the program on the arrays of the page: many runs as values, one run turn by turn.

import { open } from "../../program.js";
import { Arrays } from "./arrays.js";
import { Course } from "./course.js";
import { agreedOf } from "./results.js";
import { bytesOf, unpacked } from "./packed.js";
import { Room } from "./tables.js";

/** Start the program. program, arrays: compressed, in base64, as they stand in the page.
 * @param {string} program @param {string} arrays @param {Facts} facts */
export async function start(program, arrays, facts) {
  const held = new Arrays(await unpacked(arrays));
  return new Engine(await open(await unpacked(program), held.header.interface), held, facts);
}

class Engine {
  /** @param {Program} program @param {Arrays} arrays @param {Facts} facts */
  constructor(program, arrays, facts) {
    this.program = program;
    this.arrays = arrays;
    this.facts = facts;
    this.moves = Object.fromEntries(Object.entries(facts.moves).map(([code, name]) => [name, Number(code)]));
  }

  /** Return the measures of the page, the outcome, and what became of each issue, of replications first .. first + count - 1.
   * @param {Setting} setting @param {number} first @param {number} count */
  values(setting, first, count) {
    const names = ["outcome", ...this.facts.measures.map((measure) => measure.name)];
    const issues = Object.fromEntries(
      this.facts.issues.flatMap((_, k) => [
        [agreedOf(k), { k, column: "agreed" }],
      ]),
    );
    const codes = Object.fromEntries(this.facts.outcomes.map((outcome) => [outcome.name, outcome.code]));
    const values = Object.fromEntries(
      [...names, ...Object.keys(issues)].map((name) => [name, new Float64Array(count)]),
    );
    const each = this.arrays.header.draws ? 1 : count; // replications that share a case
    for (let from = 0; from < count; from += each) {
      const { runs, byIssue } = this.measured(setting, first + from, each, (room) => ({
        runs: room.table("Results", "runs"),
        byIssue: room.table("Results", "issues"),
      }));
      const outcome = runs.column("outcome");
      for (const [name, { k, column }] of Object.entries(issues))
        values[name].set(byIssue.column(column).filter((_, at) => at % this.facts.issues.length === k), from);
      for (const name of names) {
        const column = name in codes ? outcome.map((end) => Number(end === codes[name])) : runs.column(name);
        values[name].set(column, from);
      }
    }
    return values;
  }

  /** Run replications that share a case; return what `read` takes out of their tables.
   * @template T @param {Setting} setting @param {number} first @param {number} count
   * @param {(room: Room) => T} read */
  measured(setting, first, count, read) {
    const room = this.room(setting, first, { R: count });
    try {
      room.call("run_each", "Case", "State", "Choice", "Results", first);
      return read(room);
    } finally {
      room.free();
    }
  }

  /** Run one replication turn by turn, again with more rows where its log is longer; return its course and its minutes.
   * @returns {Run}
   * @param {Setting} setting @param {number} replication @param {number} [rows] */
  run(setting, replication, rows = this.facts.log_rows) {
    const room = this.room(setting, replication, { L: rows });
    try {
      const course = new Course(this, room, replication);
      course.begin();
      course.finish();
      if (course.logged <= rows) return course.run();
      rows = course.logged;
    } finally {
      room.free();
    }
    return this.run(setting, replication, rows);
  }

  /** Return what a seat believes at a moment, by delegate, then issue: belief (N*K).
   * @param {Setting} setting @param {number} replication @param {number} moment @param {number} seat */
  eyes(setting, replication, moment, seat) {
    const room = this.room(setting, replication, {});
    try {
      const course = new Course(this, room, replication);
      course.begin();
      for (let t = 0; t < moment; t++) course.step();
      const { N, K } = room.sizes;
      const belief = room.table("State", "belief");
      return {
        belief: Float64Array.from({ length: N * K }, (_, at) =>
          belief.get(((at % K) * N + Math.floor(at / K)) * N + seat, ""),
        ),
      };
    } finally {
      room.free();
    }
  }

  /** Return the tables of replications that share a case; the page's seed, unless another is given.
   * @param {Setting} setting @param {number} replication @param {Partial<Record<"R" | "L" | "T", number>>} sizes
   * @param {number | string} [seed] */
  room(setting, replication, sizes, seed = this.facts.seed) {
    return this.#seeded(this.arrays.build(setting, replication), sizes, seed);
  }

  /** @param {Record<string, Content>} tables @param {Partial<Record<"R" | "L" | "T", number>>} sizes @param {number | string} seed */
  #seeded(tables, sizes, seed) {
    const room = new Room(this.program, this.arrays.header, tables, sizes);
    room.table("State", "stream").set(0, seed);
    return room;
  }

  /** Return what a game is played on whose case was lowered elsewhere, under a seed that this page may not have.
   * @param {TableEnd["case"]} tables @param {number | string} seed @returns {Dealer} */
  dealt(tables, seed) {
    const whole = Object.fromEntries(
      Object.entries(tables).map(([name, { shape, bytes }]) => [name, { shape, bytes: bytesOf(bytes) }]),
    );
    const facts = { ...this.facts, seed, drawn: "" };
    return { moves: this.moves, facts, room: (_, __, sizes) => this.#seeded(whole, sizes, seed) };
  }
}
