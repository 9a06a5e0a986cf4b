// A game at a table with several people, as the page of one seat has it: the server makes the turns, and says after each
// what the seat may know of it. Everything else, such as what is asked and what a text is worth, is the page's own.
//
// - The tables that the program reads have the bytes that the seat may know; the rest is blank (NaN, or 0).
// - What only the whole room can say comes beside them: the best text of the seat, what it was told, how the others see it.

import { cardOf, merged, notes } from "./cards.js";
import { Course } from "./course.js";
import { Eyes } from "./eyes.js";
import { Game } from "./game.js";
import { bytesOf } from "./packed.js";
import { Question, people } from "./question.js";
import { SeatGame } from "./sheets.js";
import { Room } from "./tables.js";

const LEFT_OUT = ["stream", "log"]; // of the state: the seed; the log comes event by event

/** @extends {SeatGame<SentCourse, SeatEyes>} */
export class SharedGame extends SeatGame {
  isWhole = false;
  /** @type {Window} */ window;

  /** engine: of the page. news: the first that the server sends, which is whole. @param {Engine} engine @param {TableNews} news */
  constructor(engine, news) {
    super(engine);
    this.engine = engine;
    this.#begin(/** @type {WholeTable} */ (news.whole));
    this.hear(news);
  }

  /** @param {WholeTable} whole */
  #begin({ seat, best, moves, shapes, case: known, state, events, told, readings, seen, next, would }) {
    const { program, arrays } = this.engine;
    const tables = tablesOf(arrays.header, shapes, known);
    this.room = new Room(program, arrays.header, tables, { L: this.facts.log_rows });
    this.apart = new Room(program, arrays.header, tables, {});
    this.window = new Window(arrays.header, this.room, state);
    this.course = new SentCourse(this.engine, this.room, 0);
    this.course.inWords = true;
    this.course.beginAfter(moves, () => this.#show(events, 0));
    const seats = this.course.seats();
    this.seat = seat;
    this.eyes = new SeatEyes(this.engine, this.room, this.apart, { seats, seat, best });
    this.mayBlock = seats[seat].may_block;
    this.story = this.course.story();
    for (const [k, reading] of readings) this.eyes.refused.set(k, reading);
    this.#hearTold(told);
    this.#now({ next, seen, would });
  }

  /** Keep what others said in the corridor; the card of that turn says it too. @param {Saying[]} told */
  #hearTold(told) {
    for (const one of told) {
      this.eyes.heard.set(one.who, one);
      const { issues, priority } = this.eyes.told(one.who);
      this.confidences[this.eyes.names[one.who]] = Object.fromEntries(
        this.eyes.issues.map((issue, k) => [issue, { ...issues[k], priority }]),
      );
    }
  }

  /** @param {Now} now */
  #now({ next: [move, issue, who], seen, would }) {
    this.course.pending = { move, issue, who };
    this.eyes.seen = seen;
    this.eyes.would = would;
  }

  /** Write the state into the tables, and the events into the log from a row on.
   * @param {string} events @param {number} from */
  #show(events, from) {
    this.window.show();
    const log = bytesOf(events);
    const { itemsize } = this.room.table("State", "log");
    this.engine.program.bytes(this.room.groups.State, "log").set(log, from * itemsize);
    this.room.table("State", "clock").set(0, from + log.length / itemsize, "logged");
  }

  /** Take news of the table, and find what is due. @param {TableNews} news */
  hear({ steps, replies, asked, turns, score }) {
    for (const reply of replies) this.#recall(reply);
    const before = this.turn;
    for (const step of steps.slice(Math.max(0, steps.length - (turns - before)))) this.#step(step);
    if (this.turn !== before) this.question = null;
    this.isOver = score !== null;
    if (score !== null) this.score = score;
    this.send = null;
    if (!asked) this.question = null; else if (!this.question) this.#ask();
  }

  /** @param {Recalled} answer */
  #recall([turn, milliseconds, act, adviser, kept]) {
    if (this.answers.some(([at]) => at === turn)) return; // its own
    this.answers.push([turn, milliseconds, act, Number(adviser), null]);
    this.recall(parsed(kept));
  }

  #ask() {
    if (this.isDue()) this.question = new Question(this, this.course.pending, this.move);
    else this.send = { turn: this.turn, rows: this.rowsDue() };
  }

  /** Note a turn that was made. @param {TableStep} step */
  #step(step) {
    const { course } = this;
    const [code, issue, who] = step.turn;
    const turn = { move: code, issue, who };
    const move = this.facts.moves[code];
    course.pending = turn;
    const whom = this.eyes.choice("whom");
    (step.whom ?? []).forEach((j, at) => whom.set(this.facts.play.questions * this.seat + at, j));
    const before = notes(this, turn, move);
    course.note(step.dinner);
    this.rows.push(...step.rows);
    this.window.change(step);
    this.#show(step.events, course.logged);
    (step.answers ?? []).forEach((response, i) => this.eyes.choice("response").set(i, response));
    if (step.said !== null) this.eyes.choice("values").set(issue, step.said);
    this.#hearTold(step.told);
    this.#now(step);
    course.look();
    const card = cardOf(this, turn, move, before);
    if (card) this.cards = merged(this.cards, card, this);
  }

  /** Take the reply to the question, and find the rows that it decides.
   * @param {Reply | null} reply @param {{ milliseconds?: number, adviser?: number | boolean }} [more] */
  answer(reply, { milliseconds = 0, adviser = 0 } = {}) {
    if (!this.question) throw new Error("There is no question now.");
    this.check(reply);
    const act = reply?.act ?? "delegate";
    const kept = this.keep(reply);
    const took = Math.round(milliseconds);
    this.answers.push([this.turn, took, act, Number(adviser), reply]);
    this.cards = [];
    this.question = null;
    this.send = {
      turn: this.turn,
      rows: this.rowsDue(),
      reply: { milliseconds: took, act, adviser: Boolean(adviser), kept: JSON.stringify(kept) },
    };
    return this.cards;
  }

  /** @returns {Person[]} */
  people() {
    return people(this);
  }

  /** What a page shows of the seat; the game itself is kept by the server. @returns {KnownJournal} */
  journal() {
    const { answers, rows } = this;
    return {
      seat: this.eyes.names[this.seat], seed: 0, replication: 0, levels: [], answers, rows,
      result: this.isOver ? { outcome: this.outcome, score: this.score, turns: this.turn } : null,
    };
  }

  /** What is known of the end before the class debriefs: how it ended, and the score. */
  aftermath() {
    const { label } = this.facts.outcomes.find(({ name }) => name === this.outcome);
    return {
      debrief: () => ({ label, score: this.score, words: "", verdict: [], issues: [], beliefs: [] }),
    };
  }

  /** Return the whole game, played again here from what the server tells once nothing is secret. @param {TableEnd} end */
  finished({ case: tables, seed, replication, rows, result }) {
    const seat = this.eyes.names[this.seat];
    const dealer = this.engine.dealt(tables, seed);
    const game = new Game(dealer, { seed, replication, seat, journal: { rows, answers: null, result } });
    game.isShared = true;
    return game;
  }
}

/** The course of a run whose turns are made elsewhere. */
class SentCourse extends Course {
  /** Begin after turns of which only the kinds are known. show: shows the state that they came to.
   * @param {number[]} moves @param {() => void} show */
  beginAfter(moves, show) {
    this.turns = moves.map((move) => ({ move, issue: -1, who: -1, format: -1 }));
    show();
    this.look();
    const [now] = this.moments;
    this.moments = Array.from({ length: moves.length + 1 }, () => now);
  }

  /** Note the turn that was made. dinner: with whom the seat dined, if it was an evening. @param {number[] | null} [dinner] */
  note(dinner) {
    this.turns.push({ ...this.pending, format: this.moments.at(-1).format });
    if (dinner)
      this.evenings.push({
        moment: this.turns.length - 1, tables: dinner.length ? [dinner] : [], caucus: false, mixed: 0,
      });
  }
}

/** A table as one of its seats knows it, with what the server alone can say. */
class SeatEyes extends Eyes {
  /** @type {Map<number, Saying>} */ heard = new Map(); // by seat: what it said in the corridor
  /** @type {Seen} */ seen = { trust: 0, thought: [] }; // how the others see the seat
  /** @type {number | null} */ would = null; // what the delegate would answer to the turn that is due

  trusted() {
    return this.seen.trust;
  }

  /** Nobody can say who thinks what: only where the others think it to be on average.
   * @param {number} k @returns {Thought[]} */
  views(k) {
    return this.seats.map((_, i) => (i === this.seat ? null : { thinks: this.seen.thought[k], stands: NaN }));
  }

  /** @param {number} j @returns {Told} */
  told(j) {
    const { position, red_low: low, red_high: high, priority } = /** @type {Saying} */ (this.heard.get(j));
    return {
      issues: this.issues.map((_, k) => ({ stands: position[k], red: [low[k] ?? -Infinity, high[k] ?? Infinity] })),
      priority: this.issues[priority],
    };
  }

  /** The delegate draws on a motion, and only the server has the seed. @param {Turn} turn */
  wouldAccept(turn) {
    const isMotion = this.facts.turns[this.facts.moves[turn.move]].question === "motion";
    return isMotion ? this.would === 0 : super.wouldAccept(turn);
  }
}

/** The bytes of the state that a seat may know, and where they lie in its tables, one after the other. */
class Window {
  /** @param {Header} header @param {Room} room @param {Known} known */
  constructor(header, room, known) {
    this.room = room;
    this.tables = header.interface.tables.State.filter(({ name }) => !LEFT_OUT.includes(name));
    this.lengths = this.tables.map(({ name }) => room.program.bytes(room.groups.State, name).length);
    this.blank = blankOf(this.tables, this.lengths);
    this.runs = known.runs;
    this.bytes = bytesOf(known.bytes);
  }

  /** Change the words that a turn has changed. @param {Pick<TableStep, "words" | "bytes">} step */
  change({ words, bytes }) {
    const at = new Uint32Array(bytesOf(words).buffer);
    const changed = bytesOf(bytes);
    at.forEach((word, n) => this.bytes.set(changed.subarray(8 * n, 8 * n + 8), 8 * word));
  }

  /** Write the tables. */
  show() {
    const { room } = this;
    const whole = scattered(this.blank, this);
    let from = 0;
    this.tables.forEach(({ name }, n) => {
      room.program.bytes(room.groups.State, name).set(whole.subarray(from, from + this.lengths[n]));
      from += this.lengths[n];
    });
  }
}

/** Return the tables of a case of which a seat knows some bytes: {shape, bytes} by name.
 * @param {Header} header @param {Record<string, number[]>} shapes @param {Known} known */
function tablesOf(header, shapes, { runs, bytes }) {
  const tables = header.interface.tables.Case;
  const lengths = tables.map(({ name, itemsize }) => shapes[name].reduce((product, one) => product * one, itemsize));
  const whole = scattered(blankOf(tables, lengths), { runs, bytes: bytesOf(bytes) });
  let from = 0;
  return Object.fromEntries(
    tables.map(({ name }, n) => {
      const part = whole.slice(from, from + lengths[n]);
      from += lengths[n];
      return [name, { shape: shapes[name], bytes: part }];
    }),
  );
}

/** Return tables in which nothing is said, one after the other: NaN for measurements, 0 for all else.
 * @param {Description[]} tables @param {number[]} lengths */
function blankOf(tables, lengths) {
  const blank = new Uint8Array(lengths.reduce((sum, one) => sum + one, 0));
  const view = new DataView(blank.buffer);
  let from = 0;
  tables.forEach(({ columns, type, itemsize }, n) => {
    /** @type {Description["columns"]} */ const all = columns.length ? columns : [["", type, 0]];
    const floats = all.filter(([, kind]) => kind === "<f8");
    for (let row = from; row < from + lengths[n]; row += itemsize)
      for (const [, , offset] of floats) view.setFloat64(row + offset, NaN, true);
    from += lengths[n];
  });
  return blank;
}

/** Return bytes in which runs are replaced by those that are known, one after the other.
 * @param {Uint8Array} blank @param {{ runs: Known["runs"], bytes: Uint8Array }} known */
function scattered(blank, { runs, bytes }) {
  const whole = blank.slice();
  let from = 0;
  for (const [begin, length] of runs) {
    whole.set(bytes.subarray(from, from + length), begin);
    from += length;
  }
  return whole;
}

/** Return what a page of the seat kept; nothing if that is no JSON. @param {string} kept @returns {Kept} */
function parsed(kept) {
  try {
    return JSON.parse(kept) ?? {};
  } catch {
    return {};
  }
}
