// A table with several people, as the page sees it: the line to the server, which makes the turns, and the game in the worker.
//
// The page asks what is new; the server answers as soon as something is. An answer goes with the next question, at once.

import { el, setText } from "./dom.js";
import { AskedGame } from "./model.js";
import { post } from "./post.js";
import { clockText, listed } from "./sentences.js";

const LONGEST = 40_000; // milliseconds that a question may wait for its answer
const PAUSE = 2_000; // milliseconds after which it is asked again without a connection

/** Sit down at the table of the person with a key. isWatching: another page answers for the seat. changed: called whenever there
 * is something new to show.
 * @param {Model} model @param {{ key: string, isWatching: boolean, changed: () => unknown }} more */
export async function sitDown(model, { key, isWatching, changed }) {
  const table = new SharedTable(model, { key, isWatching, changed });
  await table.begin();
  return table;
}

class SharedTable extends AskedGame {
  /** @type {true} */ isShared = true;
  isOver = false;
  isWhole = false; // whether nothing is secret any more
  /** @type {Asked | null} */ question = null;
  /** @type {Card[]} */ cards = [];
  /** @type {Moment[]} */ moments = [];
  /** @type {Person[]} */ people = [];
  /** @type {Bar[]} */ bars = [];
  /** @type {KnownJournal} */ written;
  #model;
  #key;
  #isWatching;
  #changed;
  #game = 0; // its number in the worker; 0: none
  #have = -1; // turns that it has
  #replies = 0; // of the seat, likewise
  #heard = "";
  /** @type {Sent | null} */ #unsent = null; // the answer that is still to be sent
  /** @type {AbortController | null} */ #asking = null; // ends the wait for news
  /** @type {((told: { cards: Card[] }) => void) | null} */
  #answered = null; // to be called with what came of an answer
  /** @type {TableNews | null} */ #news = null; // the last
  #at = 0; // when it came
  #problem = "";
  #isLeft = false;
  #who = el("span", { role: "status" }); // whom the table waits for
  #left = el("span", { role: "timer" }); // how long; beside it, since what changes every second is not to be read out
  #clock = setInterval(() => this.#tick(), 500);
  status = el("p", { class: "waiting" }, this.#who, " ", this.#left);

  /** @param {Model} model @param {{ key: string, isWatching: boolean, changed: () => unknown }} more */
  constructor(model, { key, isWatching, changed }) {
    super((question) => model.ask({ ...question, game: this.#game }));
    this.#model = model;
    this.#key = key;
    this.#isWatching = isWatching;
    this.#changed = changed;
  }

  /** Get the table as it stands; then listen. */
  async begin() {
    while (!this.#game && !this.#isLeft) await this.#listen();
    this.#goOn();
  }

  async #goOn() {
    while (!this.#isLeft && !this.isWhole) await this.#listen();
  }

  /** Ask what is new, with the answer that is to be sent, and take it. */
  async #listen() {
    const sent = this.#unsent;
    const message = { key: this.#key, have: this.#have, replies: this.#replies, heard: sent ? "" : this.#heard };
    const asking = new AbortController();
    const late = setTimeout(() => asking.abort(), LONGEST);
    this.#asking = sent ? null : asking;
    const news = await post("/class/table", sent ? { ...message, answer: sent } : message, asking.signal);
    clearTimeout(late);
    this.#asking = null;
    if (this.#isLeft) return;
    if (!news && !sent && this.#unsent) return; // it was ended for an answer
    if (!news || news.turns === undefined) {
      if (news) this.#unsent = null; // what is refused as a whole is not sent again
      this.#problem = news?.problem ?? "There is no connection to the desk. Your answer is sent as soon as there is one.";
      this.#say();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      return;
    }
    this.#unsent = null;
    try {
      await this.#take(news, sent);
    } catch (error) {
      this.#problem = /** @type {Error} */ (error).message; // a later answer of the server may do
      this.#have = -1;
      this.#replies = 0;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** @param {TableNews} news @param {Sent | null} sent */
  async #take(news, sent) {
    this.#problem = news.problem;
    this.#news = news;
    this.#at = performance.now();
    this.#heard = news.mark;
    const before = this.question;
    const wasOver = this.isOver;
    const state = await this.#told(news);
    if (!state) return;
    if (news.whole || news.end) this.moments = [];
    this.#have = news.turns;
    this.#replies += news.replies.length;
    this.#show(state);
    this.#decide(state.send, news, sent);
    const isNew = JSON.stringify(before) !== JSON.stringify(this.question) || wasOver !== this.isOver || this.isWhole;
    this.#say();
    this.#announce(isNew);
  }

  /** Tell the game in the worker what is new. Return how it stands; null once the table has been left.
   * @param {TableNews} news */
  async #told(news) {
    const state = await this.#model.ask(
      this.#game && !news.whole ? { ask: "hear", game: this.#game, news } : { ask: "share", news },
    );
    if (this.#isLeft) return null;
    return news.end ? this.#model.ask({ ask: "finish", game: state.game, end: news.end }) : state;
  }

  /** Keep what sheets decide of the turn that is due, to be sent, unless just that was refused.
   * @param {Sent | null} send @param {TableNews} news @param {Sent | null} sent */
  #decide(send, { problem }, sent) {
    const isRefused = Boolean(problem) && sent?.turn === send?.turn; // the table goes on without it
    if (send && !isRefused && !this.#isWatching) this.#unsent = send;
  }

  /** Answer who waits for the next question, or say that there is something new to show. @param {boolean} isNew */
  #announce(isNew) {
    if (this.#answered && (this.question || this.isOver)) this.#answered({ cards: this.cards });
    else if (isNew && !this.#answered) this.#changed();
    if (this.question || this.isOver) this.#answered = null;
  }

  /** @param {TableState} state */
  #show({ game, seat, question, cards, isOver, isWhole, people, bars, moments, journal }) {
    this.#game = game;
    this.seat = seat;
    this.question = question;
    this.cards = cards;
    this.isOver = isOver;
    this.isWhole = isWhole;
    this.people = people ?? this.people;
    this.bars = bars;
    this.moments.push(...moments);
    this.written = journal;
    this.result = journal.result;
  }

  /** Reply to the question; null leaves it to the delegate. Returns {cards} once the next question is due.
   * @param {Reply | null} reply @param {{ milliseconds?: number, adviser?: boolean }} [more]
   * @returns {Promise<{ cards: Card[] }>} */
  async answer(reply, { milliseconds = 0, adviser = false } = {}) {
    const state = await this.ask({ ask: "answer", reply, milliseconds, adviser });
    this.#show(state);
    this.#unsent = state.send;
    const done = new Promise((resolve) => {
      this.#answered = resolve;
    });
    this.#asking?.abort();
    return done;
  }

  /** Say whom the table waits for. */
  #say() {
    const { waits = [] } = this.#news ?? {};
    const own = this.written?.seat;
    const others = waits.filter((name) => name !== own || this.#isWatching);
    const isAsked = waits.includes(own) && this.question && !this.#isWatching;
    const who = others.length ? listed(others) : "";
    const says = this.isOver
      ? ""
      : isAsked
        ? `Your table waits for you${who ? `, and for ${who}` : ""}.`
        : who ? `Your table waits for ${who}.` : "";
    setText(this.#who, this.#problem || says);
    this.#tick();
  }

  /** Show how long an answer may still take. */
  #tick() {
    const { left = null } = this.#news ?? {};
    const isOn = left !== null && !this.#problem && this.#who.textContent;
    const seconds = Math.max(0, (left ?? 0) - (performance.now() - this.#at) / 1000);
    this.#left.textContent = isOn ? `${clockText(seconds)} left.` : "";
  }

  /** Return what the page knows of the game. about: what it says of the attempt. */
  journal(about = {}) {
    return { ...this.written, ...about };
  }

  /** Leave the table; the worker forgets its game. */
  end() {
    this.#isLeft = true;
    clearInterval(this.#clock);
    this.#asking?.abort();
    return this.#game ? super.end() : Promise.resolve();
  }
}
