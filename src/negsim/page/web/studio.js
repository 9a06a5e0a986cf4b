// A page that the studio serves: its address, the ways to the other pages, other settings, and guesses for a class's room.
// `facts.studio` says what the studio has; a page without it has none of this.

import { button, byId, el, fold, put, series } from "./dom.js";
import { levelOf, released, turned } from "./settings.js";
import { csv, save } from "./numbers.js";

export class Studio {
  #facts;
  #studio;
  /** @type {HTMLAnchorElement[]} */
  #ways = []; // links to the other pages, which carry where the knobs stand
  /** @type {StudioGuess[]} */
  #guesses = []; // points of the reader's: {axis, level, setting, measure, expected, reason, who, code}
  #runs;
  #panel;

  /** runs: a `Runs`, from which results are read. @param {{ facts: Facts, runs: Runs }} of */
  constructor({ facts, runs }) {
    this.#facts = facts;
    this.#studio = facts.studio;
    this.#runs = runs;
    this.#panel = this.#makePanel();
    document.body.prepend(this.#head());
    document.querySelector("header").append(el("p", { class: "about", "aria-label": "on screen" }, this.#studio.about));
    byId("guessing").before(this.#panel.element);
    byId("pin").parentElement?.after(this.#drawer());
  }

  /** Return the state in the page's address: axis, measure, and where the knobs stand. @param {Facts} facts */
  static state(facts) {
    const read = new URLSearchParams(location.search);
    const axis = facts.knobs.find((knob) => knob.name === read.get("along")) ?? facts.knobs[0];
    /** @type {Setting} */
    let setting = {};
    for (const knob of facts.knobs) {
      const value = read.get(knob.key),
        fixed = String(facts.studio.fixed[knob.key]);
      const level = value === null || value === fixed ? -1 : knob.levels.findIndex((each) => same(each.value, value));
      if (level >= 0) setting = turned(knob, level, setting);
    }
    const measure = facts.measures.find((each) => each.name === read.get("measure")) ?? facts.measures[0];
    return { axis, measure, setting: released(axis, setting) };
  }

  /** Put a state into the address and into the links to the other pages. @param {View} state */
  show(state) {
    const link = this.#link(state.setting);
    history.replaceState(null, "", `?${link}&${view(state)}`);
    for (const way of this.#ways) way.href = `${way.dataset.to}?${link}`;
    const { axis, setting } = state,
      here = axis.levels[levelOf(axis, setting)].phrase;
    this.#panel.about.textContent = `With a room code, your guess at ${here} goes to the teacher's desk. A guess is final.`;
    this.#panel.save.disabled = !this.#guesses.length;
    this.grown();
  }

  /** Open another page for an axis whose knobs are lowered anew, with all that is turned; return whether that is needed.
   * @param {Knob} axis @param {View} state */
  turnTo(axis, state) {
    const fixed = this.#facts.knobs.filter((knob) => knob.key in this.#studio.fixed).map((knob) => knob.name);
    const isFree = fixed.some(
      (name) => name === axis.name || (state.axis.clashes.includes(name) && !axis.clashes.includes(name)),
    );
    if (!isFree && !Object.keys(state.setting).some((name) => axis.clashes.includes(name))) return false;
    location.assign(`?${this.#link(state.setting)}&${view({ ...state, axis })}`);
    return true;
  }

  /** Take a guess before the answer is shown. values: by level, null where none is. Resolves to whether it was taken.
   * @param {MadeGuess} of */
  async take({ axis, setting, measure, values }) {
    const { who, code, reason, refusal } = this.#panel,
      here = levelOf(axis, setting);
    const points = values.flatMap((expected, level) => (expected === null ? [] : [{ level, expected }]));
    /** @type {StudioGuess[]} */
    const guesses = points.map(({ level, expected }) => ({
      axis,
      level,
      measure,
      expected,
      who: who.value.trim(),
      reason: reason.value.trim(),
      code: code.value.trim(),
      setting: turned(axis, level, setting),
    }));
    refusal.textContent = "";
    if (code.value.trim()) {
      const mine = guesses.find(({ level }) => level === here);
      const problem = mine
        ? await this.#send(mine)
        : `Draw your guess at ${axis.levels[here].phrase}, where the knobs stand.`;
      refusal.textContent = problem;
      if (problem) return false;
      mine.isSent = true;
    }
    this.#guesses.push(...guesses);
    return true;
  }

  /** Tell the room what the runs of its guesses show, as soon as they are made. */
  grown() {
    for (const guess of this.#guesses.filter((each) => each.isSent)) {
      const found = this.#found(guess);
      if (Number.isNaN(found)) continue;
      guess.isSent = false;
      this.#send(guess, found);
    }
  }

  /** Send a guess to a room, or what the runs show; resolve to why it is refused, "" if it is not.
   * @param {StudioGuess} of @param {number | null} [found] */
  async #send({ setting, measure, expected, reason, who, code }, found = null) {
    const body = new URLSearchParams({
      code,
      who,
      reason,
      measure: measure.name,
      guess: String(expected),
      link: this.#link(setting),
      ...(found === null ? {} : { found: String(found) }),
    });
    return answered(fetch("/lab/guess", { method: "POST", body }));
  }

  /** Return the mean of all runs of a guess's point; NaN until they are made.
   * @param {{ setting: Setting, measure: Measure }} of */
  #found({ setting, measure }) {
    const made = this.#runs.of(setting);
    if (made.done < Math.min(this.#facts.runs, this.#runs.runs)) return NaN;
    const known = made.values[measure.name].subarray(0, this.#facts.runs).filter((value) => !Number.isNaN(value));
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : NaN;
  }

  #csv() {
    const { knobs, studio } = this.#facts;
    const rows = this.#guesses.map((guess) => {
      const found = this.#found(guess);
      return [
        guess.who,
        studio.name,
        ...knobs.map((knob) => knob.levels[levelOf(knob, guess.setting)].label),
        studio.about,
        guess.measure.name,
        guess.expected,
        found,
        guess.expected - found,
        guess.reason,
      ];
    });
    return csv(
      [
        [
          "who",
          "scenario",
          ...knobs.map((knob) => knob.name),
          "changes and seed",
          "measure",
          "guess",
          "found",
          "error",
          "reason",
        ],
        ...rows,
      ],
      this.#facts,
    );
  }

  /** Return the query of a link to a setting: the scenario and its changes, what is fixed, and where the knobs stand.
   * @param {Setting} setting */
  #link(setting) {
    const link = new URLSearchParams(this.#studio.link);
    for (const [key, level] of Object.entries(this.#studio.fixed)) link.set(key, level);
    for (const knob of this.#facts.knobs)
      if (knob.name in setting) link.set(knob.key, String(knob.levels[setting[knob.name]].value));
    return link.toString();
  }

  #head() {
    const { pages, caveat } = this.#studio;
    const ways = pages.map(([to, name]) => {
      const here = to === location.pathname;
      const way = el("a", { href: to, "aria-current": here ? "page" : null, "data-to": to }, name);
      if (!here && to !== "/table") this.#ways.push(way);
      return way;
    });
    return el(
      "nav",
      { class: "studio", "aria-label": "pages" },
      document.querySelector(".skip"),
      el("a", { href: "/", "aria-label": "first page of the negsim studio" }, el("strong", {}, "negsim")),
      ways,
      el("span", {}, caveat),
    );
  }

  #makePanel() {
    const { most } = this.#studio;
    const who = field("guess-who", { maxlength: most.name }),
      code = field("guess-code", { maxlength: most.code, autocomplete: "off" });
    const reason = field("guess-reason", { maxlength: most.reason });
    const refusal = el("p", { class: "problem", role: "alert" }),
      about = el("p", { class: "about" });
    const saved = button(null, () => save(this.#csv(), "guesses.csv"), "Guesses as CSV");
    byId("save").after(" ", saved);
    const element = fold(
      "Give your guess to a class",
      { class: "desk" },
      el(
        "p",
        { class: "fields" },
        label("Your name", who),
        label("Room code, if any", code),
        label("Because …", reason),
      ),
      about,
      refusal,
    );
    return { element, who, code, reason, refusal, about, save: saved };
  }

  #drawer() {
    const { scenarios, own, name, fields, seed, more, more_label } = this.#studio;
    const scenario = choice(
      "set-scenario",
      [...(own ? [["", own]] : []), ...scenarios.map((each) => [each, each])],
      own ? "" : name,
    );
    const choices = fields.map(({ path, label: text, value, choices: options }) => {
      const known = options.some(([option]) => option === value) || !value ? options : [...options, [value, value]];
      return { path, select: choice(`set-${path}`, [["", "as written"], ...known], value), text };
    });
    const seedField = field("set-seed", { inputmode: "numeric", value: seed });
    const others = el("textarea", { id: "set-more", rows: 3, spellcheck: "false" }, more);
    const refusal = el("p", { class: "problem", role: "alert" });
    const apply = async () => {
      const changes = choices.filter(({ select }) => select.value).map(({ path, select }) => `${path}=${select.value}`);
      const link = new URLSearchParams(location.search);
      if (scenario.value) link.delete("y");
      if (scenario.value) link.set("s", scenario.value);
      link.delete("c");
      for (const change of [...changes, ...others.value.split("\n")])
        if (change.trim()) link.append("c", change.trim());
      link.set("seed", seedField.value.trim() || "0");
      refusal.textContent = await answered(fetch(`/lab/check?${link}`));
      if (!refusal.textContent) location.assign(`?${link}`);
    };
    return fold(
      "More settings",
      { class: "drawer" },
      label("Scenario", scenario),
      choices.map(({ text, select }) => label(text, select)),
      label("Seed", seedField),
      label(more_label, others),
      el("p", { class: "about" }, "One change a line, as --set takes it."),
      refusal,
      el("p", { class: "buttons" }, button("main", apply, "Apply")),
    );
  }
}

/** @param {{ axis: Knob, measure: Measure }} of */
const view = ({ axis, measure }) => new URLSearchParams({ along: axis.name, measure: measure.name });

/** Return whether a level is the one in a link. @param {Level["value"]} level @param {string} text */
const same = (level, text) =>
  String(level) === text || (typeof level === "number" && text.trim() !== "" && level === Number(text));

/** @param {string} id @param {Attributes} attributes */
const field = (id, attributes) => put(el("input", { type: "text", id }), attributes);
/** @param {string} text @param {HTMLElement} control */
const label = (text, control) => el("label", { for: control.id }, el("span", {}, text), control);

/** @param {string} id @param {string[][]} options @param {string} value */
function choice(id, options, value) {
  const select = series("select", { id }, options, ([option, text]) => el("option", { value: option }, text));
  select.value = value;
  return select;
}

/** Resolve to the sentence with which the studio refuses a request, "" if it does not.
 * @param {Promise<Response>} request */
async function answered(request) {
  try {
    return await (await request).text();
  } catch {
    return "The studio does not answer; try again.";
  }
}
