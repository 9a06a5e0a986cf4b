// A page that the studio serves: its address, the ways to the other pages, and other settings. `facts.studio` says what
// the studio has; a page without it has none of this.

import { button, el, fold, put, series } from "./dom.js";
import { released, turned } from "./settings.js";

export class Studio {
  #facts;
  #studio;
  /** @type {[to: string, way: HTMLAnchorElement][]} */
  #ways = []; // [address, link] of the other pages that carry where the knobs stand

  /** @param {Facts} facts */
  constructor(facts) {
    this.#facts = facts;
    this.#studio = facts.studio;
    document.body.prepend(this.#head());
    document.querySelector("header").append(el("p", { class: "about", "aria-label": "on screen" }, this.#studio.about));
  }

  /** Return the state of the lab in the page's address: axis, measure, and where the knobs stand. */
  get state() {
    const read = new URLSearchParams(location.search);
    const { knobs, measures } = this.#facts;
    const axis = knobs.find((knob) => knob.name === read.get("along")) ?? knobs[0];
    const measure = measures.find((each) => each.name === read.get("measure")) ?? measures[0];
    return { axis, measure, setting: released(axis, this.#setting(read)) };
  }

  /** Return the place in a run that the page's address names; moment: null, and seat: -1, where it names none.
   * @returns {RoomPlace} */
  get place() {
    const read = new URLSearchParams(location.search);
    const [moment, seat] = (read.get("t") ?? "").split(".").map((text) => (/^\d{1,7}$/.test(text) ? Number(text) : null));
    return {
      setting: this.#setting(read),
      replication: Number(read.get("r") ?? 0),
      moment,
      seat: seat !== null && seat < this.#facts.seats.length ? (seat ?? -1) : -1,
    };
  }

  /** The knobs that can be turned beside the levels which this page fixes. */
  get freeKnobs() {
    const fixed = this.#fixed.map(({ name }) => name);
    return this.#facts.knobs.filter(({ name, clashes }) => ![name, ...clashes].some((each) => fixed.includes(each)));
  }

  get #fixed() {
    return this.#facts.knobs.filter(({ key }) => key in this.#studio.fixed);
  }

  /** @param {URLSearchParams} read */
  #setting(read) {
    /** @type {Setting} */ let setting = {};
    for (const knob of this.#facts.knobs) {
      const value = read.get(knob.key);
      const fixed = String(this.#studio.fixed[knob.key]);
      const level = value === null || value === fixed ? -1 : knob.levels.findIndex((each) => same(each.value, value));
      if (level >= 0) setting = turned(knob, level, setting);
    }
    return setting;
  }

  /** Put the state of the lab into the address and into the links to the other pages. @param {View} state */
  show(state) {
    this.#keep(this.#link(state.setting), view(state));
  }

  /** Put a place in a run there. @param {RoomPlace} place */
  showPlace({ setting, replication, moment, seat }) {
    const at = seat < 0 ? String(moment) : `${moment}.${seat}`;
    this.#keep(this.#link(setting), new URLSearchParams({ ...(replication ? { r: String(replication) } : {}), t: at }));
  }

  /** @param {string} link @param {URLSearchParams} more */
  #keep(link, more) {
    history.replaceState(null, "", `?${link}&${more}`);
    for (const [to, way] of this.#ways) way.href = `${to}?${link}`;
  }

  /** Open another page for an axis whose knobs are lowered anew, with all that is turned; return whether that is needed.
   * @param {Knob} axis @param {View} state */
  turnTo(axis, state) {
    const isFree = this.#fixed.some(
      ({ name }) => name === axis.name || (state.axis.clashes.includes(name) && !axis.clashes.includes(name)),
    );
    if (!isFree && !Object.keys(state.setting).some((name) => axis.clashes.includes(name))) return false;
    location.assign(`?${this.#link(state.setting)}&${view({ ...state, axis })}`);
    return true;
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
    const ways = pages.map(([to, name, shows]) => {
      const here = to === location.pathname;
      const way = el("a", { href: to, "aria-current": here ? "page" : null }, name);
      if (shows && !here) this.#ways.push([to, way]);
      return way;
    });
    return el("nav", { class: "studio", "aria-label": "pages" },
      document.querySelector(".skip"),
      el("a", { href: "/", "aria-label": "first page of the negsim studio" }, el("strong", {}, "negsim")),
      ways,
      el("span", {}, caveat),
    );
  }

  /** Return the fields for another scenario, other changes and another seed. */
  drawer() {
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
      const link = linkTo(scenario.value, [...changes, ...others.value.split("\n")], seedField.value);
      refusal.textContent = await answered(fetch(`/lab/check?${link}`));
      if (!refusal.textContent) location.assign(`?${link}`);
    };
    return fold("More settings", { class: "drawer" },
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

/** Return the query of the page's address with another scenario, "" for its own, with other changes and another seed.
 * @param {string} scenario @param {string[]} changes @param {string} seed */
function linkTo(scenario, changes, seed) {
  const link = new URLSearchParams(location.search);
  if (scenario) {
    link.delete("y");
    link.set("s", scenario);
  }
  for (const key of ["c", "r", "t"]) link.delete(key);
  for (const change of changes) if (change.trim()) link.append("c", change.trim());
  link.set("seed", seed.trim() || "0");
  return link;
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
