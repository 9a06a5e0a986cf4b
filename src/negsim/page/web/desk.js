// The way to the desk of a class: join with its code, keep the key, send the table's journal, learn what the desk says.
//
// The page asks every few seconds. What could not be sent is kept and sent again, so a phone may drop out and come back.

import { button, el, put, setText } from "./dom.js";
import { inOrder, post } from "./post.js";
import { clockText } from "./sentences.js";

const SECONDS = 3; // from one sign of life to the next
const MOST_PEOPLE = 3; // who may join in one browser
const NOTHING = [0, 0, 0, 0]; // what a page has of a game before there is one

/** Find the way to a table, in `root` until there is one. changed: called whenever the desk says something new. again: begins
 * another game.
 * @param {{ facts: Facts, root: HTMLElement, changed: () => unknown, again?: () => unknown }} of */
export async function enter({ facts, root, changed, again = () => null }) {
  const desk = new DeskLine(facts, changed, again);
  await desk.join(root);
  await desk.waitForDeal(root);
  root.replaceChildren();
  desk.goOn();
  return desk;
}

class DeskLine {
  #facts;
  #changed;
  #post = inOrder("/class/sign");
  #key = "";
  isNew = false; // whether the person has just given a name
  #isOver = false; // whether the desk no longer has this class
  #code = "";
  /** @type {DeskAnswer} */ #answer = {}; // the last one of the desk
  #at = 0; // when
  /** @type {string | null} */ #unsent = null; // the journal that is still to be sent, as JSON
  #have = NOTHING; // how far the longest journal goes that this page knows
  /** @type {Strip | null} */ #strip = null;
  #problem = "";
  #isOn = false; // once there is a page to tell news
  #again;

  /** @param {Facts} facts @param {() => unknown} changed @param {() => unknown} again */
  constructor(facts, changed, again) {
    this.#facts = facts;
    this.#changed = changed;
    this.#again = again;
    /** @type {Journal | null} */
    this.journal = null;
  }

  get deal() {
    return this.#answer.deal;
  }
  get phase() {
    return this.#answer.phase ?? "join";
  }
  get writes() {
    return Boolean(this.#answer.writes);
  }
  get key() {
    return this.#key;
  }
  get guess() {
    return this.#answer.guess ?? null;
  }
  get attempt() {
    return Math.max(this.#have[0], this.#answer.attempt ?? 0) + 1;
  }

  /** Return whether the desk has a game of the table that has still to come. */
  get isBehind() {
    return this.#have === NOTHING && Boolean(this.#answer.attempt);
  }

  /** Return whether a table may see the answers: the class debriefs, or it is over. */
  get tellsAll() {
    return this.#isOver || this.phase === "debrief";
  }

  /** Return the seconds left of the phase, null without a clock. */
  get left() {
    const { left } = this.#answer;
    return left === null || left === undefined ? null : Math.max(0, left - (performance.now() - this.#at) / 1000);
  }

  /** Join the class: with the key in the address, or the last one that this browser kept, or with a name.
   * @param {HTMLElement} root */
  async join(root) {
    const hash = new URLSearchParams(location.hash.slice(1));
    this.#code = tidy(hash.get("code") ?? "");
    this.#key = hash.get("key") ?? (hash.has("other") ? "" : (storedKeys(this.#code).at(-1)?.key ?? ""));
    if (this.#key && (await this.#sign()) !== "refused") return;
    this.#key = "";
    await this.#ask(root);
  }

  /** Ask for code and name until the desk lets the person in. @param {HTMLElement} root */
  #ask(root) {
    return new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
      const { desk: { most } } = this.#facts;
      const code = el("input", {
        id: "desk-code", value: this.#code, autocomplete: "off", autocapitalize: "characters", maxlength: most.code,
        required: true,
      });
      const name = el("input", { id: "desk-name", autocomplete: "name", maxlength: most.name, required: true });
      const problem = el("p", { class: "problem", role: "alert", hidden: true });
      const join = el("button", { class: "main" }, "Join the class");
      const here = storedKeys(this.#code);
      const back = (/** @type {string} */ key) => this.#goTo(`key=${key}`);
      const form = el("form", { class: "desk-door" },
        el("h1", {}, this.#facts.title),
        here.length ? el("p", {}, here.map((one) => button(null, () => back(one.key), `I am ${one.name}`))) : null,
        here.length < MOST_PEOPLE
          ? [
              el("p", {}, el("label", { for: "desk-code" }, "The code on the projector"), code),
              el("p", {}, el("label", { for: "desk-name" }, "Your name"), name),
              problem,
              el("p", {}, join),
            ]
          : el("p", {}, `${MOST_PEOPLE} people have joined in this browser. Somebody else needs another one.`),
      );
      put(form, {
        submit: async (event) => {
          event.preventDefault();
          join.disabled = true; // so that neither a second press nor Enter joins again
          const answer = await post("/class/join", { code: code.value, name: name.value });
          join.disabled = Boolean(answer?.key);
          problem.textContent = answer?.problem ?? "There is no connection to the desk. Try again.";
          problem.hidden = Boolean(answer?.key);
          if (!answer?.key) return;
          this.#code = tidy(code.value);
          this.#keep(answer.key, name.value);
          this.isNew = true;
          await this.#sign();
          resolve();
        },
      });
      root.replaceChildren(form);
      (this.#code ? name : code).focus();
    });
  }

  /** Remember the key: in the address, and in this browser for whoever scans the code once more.
   * @param {string} key @param {string} name */
  #keep(key, name) {
    this.#key = key;
    history.replaceState(null, "", `#code=${this.#code}&key=${key}`);
    const keys = [...storedKeys(this.#code).filter((one) => one.name !== name), { key, name }];
    try {
      localStorage.setItem(`negsim desk ${this.#code}`, JSON.stringify(keys));
    } catch {
      // the address still has it
    }
  }

  /** Open this page for somebody. @param {string} who */
  #goTo(who) {
    location.hash = `code=${this.#code || (this.deal?.code ?? "")}&${who}`; // the page follows its address
  }

  /** Make the button for somebody else at this browser. */
  #notYou() {
    return button("quiet", () => this.#goTo("other"), "Not you?");
  }

  /** Wait until the person sits at a table. @param {HTMLElement} root */
  async waitForDeal(root) {
    if (!this.deal)
      root.replaceChildren(
        el("div", { class: "desk-door" },
          el("h1", {}, this.#facts.title),
          el("p", { role: "status" },
            "You are in. Your teacher deals the tables in a moment; this page goes on by itself.",
          ),
          el("p", {}, this.#notYou()),
        ),
      );
    while (!this.deal) {
      await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
      await this.#sign();
    }
  }

  /** Ask again and again, from now on. */
  goOn() {
    this.#isOn = true;
    const again = async () => {
      await this.#sign();
      setTimeout(again, SECONDS * 1000);
    };
    setTimeout(again, SECONDS * 1000);
    setInterval(() => this.#tick(), 500);
    addEventListener("online", () => this.#sign());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#sign());
  }

  /** Send the table's journal, now or as soon as there is a connection. @param {Journal} journal */
  send(journal) {
    this.#unsent = JSON.stringify(journal);
    this.#have = lengthOf(journal);
    return this.#sign();
  }

  /** Say that this page is here; return "refused" if the desk does not know it, "lost" without a connection.
   * @returns {Promise<string>} */
  async #sign(more = {}) {
    const sent = this.#unsent;
    const answer = await this.#post({ key: this.#key, have: this.#have, ...(sent ? { journal: sent } : {}), ...more });
    if (answer === undefined) return "";
    if (!answer)
      return this.#say(
        "There is no connection to the desk. Your answers are kept here, and sent as soon as there is one.",
        "lost",
      );
    if (!answer.phase) {
      const isNews = answer.over && !this.#isOver;
      this.#isOver ||= Boolean(answer.over);
      if (isNews && this.#isOn) this.#changed();
      return this.#say(answer.problem, "refused");
    }
    if (this.#unsent === sent) this.#unsent = null;
    this.#say(answer.problem, "");
    return this.#take(answer);
  }

  /** Keep what the desk says, and tell the page what is new. @param {DeskAnswer} answer @returns {string | Promise<string>} */
  #take(answer) {
    const before = this.#answer;
    const isMoved = gameOf(before.deal) !== gameOf(answer.deal);
    if (isMoved && this.#have[0] > 0) {
      // what this page has is another table's: ask again with nothing
      this.#have = NOTHING;
      this.#unsent = this.journal = null;
      return this.#sign();
    }
    this.#answer = answer;
    this.#at = performance.now();
    if (answer.journal) {
      this.journal = answer.journal;
      this.#have = lengthOf(answer.journal);
    }
    this.#draw();
    const told = /** @type {const} */ (["phase", "writes", "guess", "verdict"]);
    const news = isMoved || told.some((name) => before[name] !== answer[name]);
    if (this.#isOn && (news || answer.journal)) this.#changed();
    return "";
  }

  /** @param {string} problem @param {string} outcome */
  #say(problem, outcome) {
    this.#problem = problem;
    this.#draw();
    return outcome;
  }

  /** Put the strip of the class into an element: table, phase, clock, and what one may ask of the desk.
   * @param {HTMLElement} root */
  mount(root) {
    const part = (/** @type {string} */ name, /** @type {Attributes} */ attributes = {}) =>
      el("span", { class: name, ...attributes });
    this.#strip = {
      table: part("desk-table"),
      phase: part("desk-phase", { role: "status" }),
      clock: part("desk-clock", { role: "timer" }),
      time: button(null, () => this.#sign({ asks: true }), "More time, please"),
      over: button(null, () => this.#sign({ takes_over: true }), "Answer from this phone"),
      again: button("main", this.#again, "Play again"),
      guess: el("div", { class: "desk-guess" }),
      problem: el("p", { class: "problem", role: "alert", hidden: true }),
    };
    const { table, phase, clock, time, over, again, guess, problem } = this.#strip;
    const buttons = el("span", { class: "desk-buttons" }, time, over, again, this.#notYou());
    root.replaceChildren(el("div", { class: "desk-strip" }, table, clock, phase, buttons), guess, problem);
    this.#askGuess(guess);
    this.#draw();
  }

  /** @param {HTMLElement} root */
  #askGuess(root) {
    const value = el("output", { for: "desk-guess" }, "50");
    const slider = el("input", { id: "desk-guess", type: "range", min: 0, max: 100, step: 1, value: 50 });
    put(slider, {
      input: () => {
        value.textContent = slider.value;
      },
    });
    root.append(
      el("label", { for: "desk-guess" },
        "If nobody in this class played, in how many of 100 runs would the room agree on everything?",
      ),
      slider,
      value,
      button("main", () => this.#sign({ guess: Number(slider.value) / 100 }), "This is my guess"),
    );
  }

  #draw() {
    if (!this.#strip || !this.deal) return;
    const { phase, time, over, again, guess, problem } = this.#strip;
    this.#strip.table.textContent = whoSits(this.deal);
    const { finished, asks, verdict, again: mayPlayAgain } = this.#answer;
    const isOpen = this.phase === "play";
    const plays = isOpen && !finished;
    const says = this.#says(plays);
    time.hidden = !plays || this.left === null;
    time.disabled = Boolean(asks);
    time.textContent = asks ? "You asked for time" : "More time, please";
    over.hidden = !isOpen || this.writes;
    again.hidden = !(isOpen && this.writes && mayPlayAgain);
    guess.hidden = this.phase !== "guess" || this.guess !== null;
    const trouble = this.#problem || notCounted(verdict);
    problem.hidden = !trouble;
    setText(phase, says);
    setText(problem, trouble);
    this.#tick();
  }

  /** Return what the strip says. @param {boolean} plays */
  #says(plays) {
    const who = plays && !this.writes && this.deal ? whoAnswers(this.deal) : "";
    const own = this.phase === "guess" && this.guess !== null ? ` Your guess is ${Math.round(100 * this.guess)} of 100.` : "";
    return `${this.#answer.says ?? ""}${who}${own}`;
  }

  #tick() {
    if (this.#strip) this.#strip.clock.textContent = clockText(this.left);
  }
}

/** Say who sits here. @param {TableDeal} deal */
const whoSits = ({ table, seat, shared, people }) => `${shared ? `${table}, ${seat}` : table}: ${people.join(", ")}`;

/** Say who answers, to somebody who does not. @param {TableDeal} deal */
const whoAnswers = ({ writer, shared }) => (writer ? ` ${writer} answers for your ${shared ? "seat" : "table"}.` : "");

const notCounted = (verdict = "") => (verdict ? `This game does not count: ${verdict}` : "");

/** Return how far a journal goes: attempt, rows, answers, 1 if it is over. @param {Journal} of */
const lengthOf = ({ attempt, rows, answers, result }) => [
  attempt, rows.length, answers.length, Number(Boolean(result)),
];

/** Return what tells the game that was dealt to a table from any other, as text. @param {Deal | undefined} deal */
const gameOf = (deal) =>
  JSON.stringify(deal && [deal.table, deal.seat, deal.seed, deal.replication, deal.levels, deal.code]);

/** @param {string} code */
const tidy = (code) => code.toUpperCase().replace(/[^A-Z2-9]/g, "");

/** Return who has joined a class in this browser, with their keys. @param {string} code @returns {{ key: string, name: string }[]} */
function storedKeys(code) {
  try {
    return JSON.parse((code && localStorage.getItem(`negsim desk ${code}`)) || "[]");
  } catch {
    return [];
  }
}
