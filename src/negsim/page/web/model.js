// The model, as the rest of the page sees it: questions to workers, answered by promises.
//
// - The first worker answers whatever is asked. Chunks of runs, which are independent, go to whichever has least to do.
// - Further workers start with the first such chunk; where they do not, the first one does it all.

import { byId } from "./dom.js";
import { unpacked } from "./packed.js";
import { settingOf } from "./settings.js";

const MOST_WORKERS = 4;

/** Start the first worker. Rejects with a sentence where the browser cannot run the program. @param {Facts} facts */
export async function connect(facts) {
  if (!("WebAssembly" in globalThis)) throw new Error("This browser has no WebAssembly, so the model cannot run here.");
  if (!("DecompressionStream" in globalThis)) throw new Error("This browser is too old to unpack the model.");
  const text = (/** @type {string} */ name) => byId(name).textContent ?? "";
  const source = new Blob([await unpacked(text("worker"))], { type: "text/javascript" });
  const address = URL.createObjectURL(source);
  const start = () => {
    const worker = new Worker(address);
    /** @type {Promise<Worker>} */
    const started = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.ready ? resolve(worker) : reject(data.error));
      worker.onerror = () => reject(new Error("The browser did not start the model."));
    });
    worker.postMessage({ facts, program: text("program"), arrays: text("arrays") });
    return started;
  };
  return new Model(facts, await start(), start);
}

export class Model {
  workers = Math.min(MOST_WORKERS, globalThis.navigator?.hardwareConcurrency ?? 1); // that share chunks of runs
  #lines;
  #start;

  /** start: starts a further worker; without it there is one.
   * @param {Facts} facts @param {Worker} worker @param {(() => Promise<Worker>) | null} [start] */
  constructor(facts, worker, start = null) {
    this.facts = facts;
    const knobs = facts.held ? [...facts.knobs, facts.held] : facts.knobs;
    this.knobs = Object.fromEntries(knobs.map((knob) => [knob.name, knob]));
    this.#lines = [new Line(worker)];
    this.#start = start;
  }

  /** Ask for the measures of replications first .. first + count - 1, and their outcomes: {name: Float64Array}.
   * @param {Setting} levels @param {{ first?: number, count: number }} more */
  values(levels, { first = 0, count }) {
    const start = this.#start;
    this.#start = null;
    for (let n = 1; start && n < this.workers; n++)
      start().then((worker) => this.#lines.push(new Line(worker)), () => null);
    const free = this.#lines.reduce((least, line) => (line.waiting.size < least.waiting.size ? line : least));
    return free.ask({ ask: "values", levels: this.#turned(levels), first, count });
  }

  /** Ask for one replication turn by turn. @param {Setting} levels @param {number} replication */
  run(levels, replication) {
    return this.ask({ ask: "run", levels: this.#turned(levels), replication });
  }

  /** Ask what a seat believes at a moment of a replication.
   * @param {Setting} levels @param {number} replication @param {number} moment @param {number} seat */
  eyes(levels, replication, moment, seat) {
    return this.ask({ ask: "eyes", levels: this.#turned(levels), replication, moment, seat });
  }

  /** Begin a game. seat: the name of a delegate.
   * @param {{ levels?: Setting, seed?: number | string, replication?: number, seat?: string, journal?: Source | null }} [of] */
  async play({
    levels = {}, seed = this.facts.seed, replication = 0, seat = this.facts.play.seat, journal = null,
  } = {}) {
    const state = await this.ask({ ask: "play", levels: this.#turned(levels), seed, replication, seat, journal });
    return new RemoteGame((question) => this.ask({ ...question, game: state.game }), state);
  }

  /** Play a game again from the rows of its journal: to its end, or as far as they go. @param {Source} journal */
  async again(journal) {
    return this.resume({ ...journal, answers: null });
  }

  /** Go on with the game of a journal: the replies in it are given again. Rejects one of another scenario, one under way
   * under other rules, and one that does not end as it says.
   * @param {Source | null} journal */
  async resume(journal) {
    const { title, play } = this.facts;
    const { seed, replication, seat } = journal ?? {};
    if (journal?.scenario !== play.scenario)
      throw new Error(`It was played with another scenario than ${title}, or another version of it.`);
    const areOthers = journal.rules !== play.rules;
    if (areOthers && !journal.result) throw new Error("It was played with other rules than this page has.");
    const game = await this.play({ levels: settingOf(journal.levels, this.facts), seed, replication, seat, journal });
    const isWhole = game.written.answers.length >= (journal.answers?.length ?? 0);
    if (isWhole && (!journal.result || game.result?.digest === journal.result.digest)) return game;
    game.end();
    throw new Error(
      `Played again, it does not end as it says${areOthers ? "; it was played with other rules than this page has" : ""}.`,
    );
  }

  /** Return the command that gives the same bits: the numbers of so many runs, or the minutes of one replication.
   * @param {Setting} levels @param {{ runs?: number, replication?: number }} [more] */
  command(levels, { runs, replication } = {}) {
    const changes = Object.entries(this.#turned(levels)).map(
      ([name, at]) => `--set ${shell(this.knobs[name].levels[at].set)}`,
    );
    const [, verb, rest] = this.facts.command.match(/^negsim (\w+) (.*)$/s) ?? [];
    const what =
      replication === undefined ? [verb, `--replications ${runs}`] : ["transcript", `--replication ${replication}`];
    return ["negsim", what[0], rest, ...changes, what[1], `--seed ${this.facts.seed}`].join(" ");
  }

  /** Leave out knobs that are as written. @param {Setting} levels */
  #turned(levels) {
    return Object.fromEntries(Object.entries(levels).filter(([name, at]) => at !== this.knobs[name].written));
  }

  /** Ask the first worker.
   * @template {keyof Replies} A
   * @param {{ ask: A } & Record<string, unknown>} question */
  ask(question) {
    return this.#lines[0].ask(question);
  }
}

/** A worker that has started, and the questions that it has not answered. */
class Line {
  /** @type {Map<number, { resolve: (answer: never) => void, reject: (error: Error) => void }>} */ waiting = new Map();
  #last = 0;

  /** @param {Worker} worker */
  constructor(worker) {
    this.worker = worker;
    worker.onmessage = ({ data }) => this.#settle(data);
    worker.onerror = () => {
      for (const id of [...this.waiting.keys()])
        this.#settle({ id, error: new Error("The model has stopped; load the page again.") });
    };
  }

  /** @template {keyof Replies} A
   * @param {{ ask: A } & Record<string, unknown>} question @returns {Promise<Replies[A]>} */
  ask(question) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...question });
    });
  }

  /** @param {{ id: number, answer?: unknown, error?: Error }} of */
  #settle({ id, answer, error }) {
    const question = this.waiting.get(id);
    if (!question) return;
    this.waiting.delete(id);
    if (error) question.reject(error); else question.resolve(/** @type {never} */ (answer));
  }
}

/** A game in the worker, of which a page asks. */
export class AskedGame {
  /** @param {Ask} ask */
  constructor(ask) {
    this.ask = ask;
  }

  adviser() {
    return this.ask({ ask: "adviser" });
  }

  debrief() {
    return this.ask({ ask: "debrief" });
  }

  turning() {
    return this.ask({ ask: "turning" });
  }

  withModel() {
    return this.ask({ ask: "withModel" });
  }

  /** Let the worker forget the game. @returns {Promise<unknown>} */
  end() {
    return this.ask({ ask: "end" });
  }
}

/** A game whose turns are made here, as the page sees it. */
class RemoteGame extends AskedGame {
  /** @type {false} */ isShared = false; // whether the server makes its turns
  #state;

  /** @param {Ask} ask @param {GameState} state */
  constructor(ask, state) {
    super(ask);
    this.#state = state;
    this.moments = [...state.moments];
    /** @type {Person[]} */
    this.people = state.question?.people ?? [];
  }

  get question() {
    return this.#state.question;
  }
  get cards() {
    return this.#state.cards;
  }
  get bars() {
    return this.#state.bars;
  }
  get written() {
    return this.#state.journal;
  }
  get result() {
    return this.written.result;
  }

  /** Reply to the question; null leaves it to the delegate. Returns {cards}.
   * @param {Reply | null} reply @param {{ milliseconds?: number, adviser?: boolean }} [more] */
  async answer(reply, { milliseconds = 0, adviser = false } = {}) {
    this.#state = await this.ask({ ask: "answer", reply, milliseconds, adviser });
    this.moments.push(...this.#state.moments);
    this.people = this.question?.people ?? this.people;
    return { cards: this.cards };
  }

  /** Return the journal. about: table, code, attempt, guess. */
  journal(about = {}) {
    return { ...this.written, ...about };
  }
}

/** Quote a word for a shell, as Python's shlex does. @param {string} word */
function shell(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
