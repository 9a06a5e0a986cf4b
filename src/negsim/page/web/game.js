// A game: one seat decided by people, the model in all others, turn by turn, with the bits that Python's replay gives.
//
// - The game goes on until a sheet is due, and answers what a sheet has decided already (sheets.js).
// - The rows that people decide are the journal. A game of replies of null is the run without a game.

import { Aftermath } from "./aftermath.js";
import { cardOf, merged, notes } from "./cards.js";
import { Course } from "./course.js";
import { take } from "./decisions.js";
import { Eyes } from "./eyes.js";
import { digestOf } from "./digest.js";
import { Question } from "./question.js";
import { changesOf } from "./settings.js";
import { SeatGame } from "./sheets.js";

export class Game extends SeatGame {
  /** @type {Snapshot[]} */ snapshots = []; // of the turns that the seat decided
  isShared = false; // whether other seats were people's, too

  /** engine: of the page. levels: knobs turned, by name. seat: the name of a delegate. journal: of a game to go on with; one
   * without answers is played again from its rows, which may be those of several seats, to its end if it states a result,
   * else until they are used up.
   * @param {Dealer} engine
   * @param {{ levels?: Setting, seed?: number | string, replication?: number, seat: string, journal?: Pick<Source, "answers" | "rows" | "result"> | null }} more */
  constructor(engine, { levels = {}, seed = engine.facts.seed, replication = 0, seat, journal = null }) {
    const { facts } = engine;
    if (facts.drawn && String(seed) !== String(facts.seed)) {
      throw new Error(
        `What is not known was drawn beforehand under seed ${facts.seed}; choose another replication instead.`,
      );
    }
    super(engine);
    this.levels = levels;
    this.seed = seed;
    this.replication = replication;
    this.source = journal;
    this.room = engine.room(levels, replication, { L: facts.log_rows }, seed);
    this.apart = engine.room(levels, replication, {}, seed);
    try {
      this.#begin(engine, seat, journal);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** @param {Dealer} engine @param {string} seat @param {Pick<Source, "answers"> | null} journal */
  #begin(engine, seat, journal) {
    this.course = new Course(engine, this.room, this.replication);
    this.course.inWords = true;
    this.course.begin();
    const seats = this.course.seats();
    this.seat = seats.findIndex(({ name }) => name === seat);
    if (this.seat < 0) throw new Error(`${seat} has no seat here.`);
    this.eyes = new Eyes(engine, this.room, this.apart, { seats, seat: this.seat });
    this.mayBlock = seats[this.seat].may_block;
    this.course.look();
    this.story = this.course.story();
    this.#goOn();
    for (const [, milliseconds, , adviser, reply] of journal?.answers ?? []) {
      if (!this.question) break; // under other levels or rules it may end earlier
      this.answer(reply, { milliseconds, adviser });
    }
  }

  /** Take the reply to the question, go on to the next one, and return what happened, as cards.
   * @param {Reply | null} reply @param {{ milliseconds?: number, adviser?: number | boolean }} [more] */
  answer(reply, { milliseconds = 0, adviser = 0 } = {}) {
    if (!this.question) throw new Error("There is no question now.");
    this.check(reply);
    this.answers.push([this.turn, Math.round(milliseconds), reply?.act ?? "delegate", Number(adviser), reply]);
    this.keep(reply);
    this.cards = [];
    this.#goOn();
    return this.cards;
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
      if (this.isDue()) {
        this.question = new Question(this, this.course.pending, this.move);
        return;
      }
      this.#turn(this.rowsDue().map((row) => [this.turn, ...row]));
    }
    this.course.measure();
    this.score = this.eyes.score();
  }

  /** Return the rows by which the seat writes an amendment or none, the delegate's if it left that open; [] if it may not.
   * @param {number} k @param {Row[]} rows @returns {Row[]} */
  #written(k, rows) {
    if (!this.eyes.isPresent() || !this.mayAmend(k)) return [];
    return rows.length ? rows : [[this.turn, "place", this.seat, this.eyes.choice("place").get(this.seat, "")]];
  }

  /** Return whether a row of a turn is the seat's; at a shared table others decide, too. @param {Row} row @param {Turn} turn */
  #isOwn([, column, entry, value], { who }) {
    if (column === "values") return who === this.seat;
    if (column === "guest") return value === this.seat;
    return (column === "whom" ? Math.floor(entry / this.facts.play.questions) : entry) === this.seat;
  }

  /** Make the turn that is due, and note what it did. @param {Row[]} rows */
  #turn(rows) {
    const { course, move } = this;
    const turn = course.pending;
    const own = rows.filter((row) => this.#isOwn(row, turn));
    const others = rows.filter((row) => !own.includes(row));
    const decided = move === "AMEND" ? this.#written(turn.issue, own) : own;
    if (decided.length)
      this.snapshots.push({ turn, move, at: this.turn, rows: decided, others, state: this.room.state() });
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

  /** Return the game as JSON, as GameJournal in games.py reads it. */
  journal({ table = "", code = "", attempt = 1, guess = null } = {}) {
    const { facts, seed, replication, answers } = this;
    const { changes, scenario, rules } = facts.play;
    return {
      negsim: "journal", version: 2, name: facts.name, changes, levels: changesOf(this.levels, facts), scenario, rules,
      seed, replication, seat: this.eyes.names[this.seat], table, code, attempt, guess, answers,
      rows: this.rows.map(([turn, column, entry, value]) => [turn, column, entry, Number.isNaN(value) ? null : value]),
      result: this.isOver
        ? { outcome: this.outcome, score: this.score, turns: this.turn, digest: digestOf(this.room) }
        : null,
    };
  }

  aftermath() {
    return new Aftermath(this);
  }
}
