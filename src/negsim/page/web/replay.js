// A run event by event: what is said and read, the text on its scales, brackets, trust, and who is where.

import { button, byId, el, put, series } from "./dom.js";
import { legend } from "./people.js";
import { roomOf } from "./room.js";
import { scaleOf, widthIn } from "./scale.js";
import { capital } from "./sentences.js";
import { timelineLegend, timelineOf } from "./timeline.js";

const PACE = 1200; // ms from event to event while it plays
const QUIET = new Set(["OPEN_SESSION", "NOTHING"]); // moves that "next" passes over
const SPEECH = new Set(["SPEAK", "TABLE", "DISCUSS"]);
const LATEST = 3; // lines of the minutes beside the room

/** The run on the screen. */
export class Replay {
  #facts;
  /** @type {RunFacts} */ #seen; // the same with the seats of the run, which differ where a scenario draws them
  #marks;
  #outlook;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;
  /** @type {ShownRun} */ run;
  /** @type {number[]} */ stops = []; // moments of its events
  #choose;
  #moved;

  /** outlook: promises what a seat of a run believes at a moment. choose: called with a seat that was clicked.
   * moved: called after every move to another moment.
   * @param {{ facts: Facts, marks: Mark[], outlook: (run: ShownRun, moment: number, seat: number) => Promise<Outlook>, choose: (seat: number) => unknown, moved?: () => unknown }} of */
  constructor({ facts, marks, outlook, choose, moved = () => {} }) {
    this.#facts = facts;
    this.#marks = marks;
    this.#outlook = outlook;
    this.#choose = choose;
    this.#moved = moved;
    this.moment = 0;
    this.chosen = -1; // through whose eyes, as a seat of the page
    put(byId("moment"), { input: () => this.#go(Number(byId("moment").value)) });
    put(byId("previous"), { click: () => this.step("back") });
    put(byId("next"), { click: () => this.step("next") });
    put(byId("play"), { click: () => this.step("toggle") });
  }

  /** The seat of the run that the chosen delegate has, -1 if nobody is chosen or the delegate is not there. */
  get eyes() {
    const name = this.#facts.seats[this.chosen]?.name;
    return this.#seen?.seats.findIndex((seat) => seat.name === name) ?? -1;
  }

  /** Move: to the next event or back, to the start or the end, or on by itself until the next toggle.
   * @param {Step} way */
  step(way) {
    if (!this.run) return;
    if (way === "toggle") return void (this.#timer ? this.#stop() : this.#play());
    const last = this.run.minute.length - 1;
    this.#go({ back: () => this.#event(-1), next: () => this.#event(1), start: () => 0, end: () => last }[way]());
  }

  /** Show a run from a moment on, or from its first event. title: which run it is. command: what prints its minutes.
   * @param {ShownRun} run @param {{ title: string, command: string, moment?: number | null }} more */
  open(run, { title, command, moment = null }) {
    this.#stop();
    this.run = run;
    this.#seen = { ...this.#facts, seats: run.seats };
    byId("run-legend").replaceChildren(legend({ facts: this.#seen, marks: this.#marks }));
    this.stops = run.events.filter(({ move }) => !QUIET.has(move)).map(({ moment }) => moment);
    byId("run").hidden = false;
    byId("run-title").textContent = title;
    byId("run-command").textContent = command;
    const outcome = this.#facts.outcomes.find(({ code }) => code === run.outcome);
    byId("run-outcome").replaceChildren(el("b", {}, `${capital(outcome.label)}.`), ` ${run.blocked}`);
    byId("reasons").replaceChildren(...run.verdict.map((sentence) => el("li", {}, sentence)));
    byId("minutes").replaceChildren(
      ...run.events.map((event) =>
        el("li", {}, button("line", () => this.#go(event.moment), `${event.time} ${event.text}`.trim())),
      ),
    );
    put(byId("moment"), { max: run.minute.length - 1 });
    this.#drawTimeline();
    this.#go(moment === null ? (this.stops[0] ?? 0) : Math.min(moment, run.minute.length - 1));
  }

  /** Draw it again, as after a change of the window's width or of the eyes. */
  draw() {
    if (!this.run) return;
    this.#drawTimeline();
    this.#show(null);
    if (this.eyes >= 0) this.#look();
  }

  #drawTimeline() {
    const width = byId("timeline").clientWidth || 600;
    byId("timeline").replaceChildren(
      timelineOf({ facts: this.#facts, run: this.run, width }),
      timelineLegend(this.#facts),
    );
  }

  #play() {
    if (this.moment >= this.run.minute.length - 1) this.#go(0);
    this.#timer = setInterval(() => {
      if (document.querySelector("#run svg:active")) return; // somebody is pressing a seat
      this.#go(this.#event(1));
      if (this.moment >= this.run.minute.length - 1) this.#stop();
    }, PACE);
    byId("play").textContent = "Pause";
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    byId("play").textContent = "Play";
  }

  /** Return the moment of the next event, or of the one before. @param {number} direction */
  #event(direction) {
    if (direction > 0) return this.stops.find((moment) => moment > this.moment) ?? this.run.minute.length - 1;
    return this.stops.findLast((moment) => moment < this.moment) ?? 0;
  }

  /** @param {number} moment */
  #go(moment) {
    this.moment = moment;
    this.draw();
    this.#moved();
  }

  async #look() {
    const { run, moment, eyes } = this;
    const outlook = await this.#outlook(run, moment, eyes);
    if (this.run === run && this.moment === moment && this.eyes === eyes) this.#show(outlook);
  }

  /** @param {Outlook | null} outlook */
  #show(outlook) {
    const { run, moment } = this;
    put(byId("moment"), { "aria-valuetext": this.#when(moment) });
    byId("moment").value = String(moment);
    const past = run.events.filter((event) => event.moment <= moment);
    byId("latest").replaceChildren(
      ...past.slice(-LATEST).map((event, n, all) =>
          el("li", { class: n === all.length - 1 ? "now" : "" },
            event.time && el("span", { class: "time" }, event.time),
            event.text,
          ),
        ),
    );
    byId("when").textContent = this.#when(moment);
    const here = { run, moment, facts: this.#seen, count: run.seats.length, issues: this.#seen.issues.length };
    this.#showRoom(here);
    this.#showScales(here, outlook);
    byId("trust").replaceChildren(trustTable(this.#facts, run, moment));
  }

  /** @param {number} moment */
  #when(moment) {
    const meeting = this.#facts.meetings[this.run.meeting[moment]]?.label ?? `Meeting ${this.run.meeting[moment] + 1}`;
    const day = this.run.day[moment];
    return `${meeting}, ${day === this.#facts.day_before ? "the evening before" : `day ${day + 1}`}`;
  }

  /** @param {{ run: ShownRun, moment: number, facts: RunFacts, count: number, issues: number }} of */
  #showRoom({ run, moment, facts, count, issues }) {
    const turn = run.turns[moment - 1];
    const held = (/** @type {number} */ i) =>
      facts.issues.reduce((sum, _, k) => sum + run.bracket[(moment * issues + k) * count + i], 0);
    const evening = run.evenings.find((each) => each.moment === moment) ?? null;
    const speaker = turn && SPEECH.has(facts.moves[turn.move]) ? turn.who : -1;
    const format = facts.formats[run.format[moment]]?.label;
    const floor = speaker >= 0 ? `${facts.seats[speaker].name} has the floor` : null;
    const scene = {
      seats: facts.seats.map((_, i) => ({ present: Boolean(run.present[moment * count + i]), held: held(i) })),
      speaker,
      evening,
      caption: evening
        ? ["Evening"]
        : [format ?? this.#when(moment), floor ?? (format ? this.#when(moment) : null)].filter(Boolean),
    };
    const width = byId("room").clientWidth || 360;
    byId("room").replaceChildren(
      roomOf({ facts, marks: this.#marks, moment: scene, eyes: this.eyes, width, choose: (seat) => this.#pick(seat) }),
    );
  }

  /** Choose the delegate on a seat of the run. @param {number} seat */
  #pick(seat) {
    const { name } = this.run.seats[seat];
    this.#choose(this.#facts.seats.findIndex((one) => one.name === name));
  }

  /** @param {{ run: ShownRun, moment: number, facts: RunFacts, count: number, issues: number }} of
   * @param {Outlook | null} outlook */
  #showScales({ run, moment, facts, count, issues }, outlook) {
    const host = byId("run-scales");
    const width = widthIn(host);
    host.replaceChildren(
      ...facts.issues.map((issue, k) => {
        const text = run.text[moment * issues + k];
        /** @type {Scene} */
        const seen = {
          position: (/** @type {number} */ i) => run.position[(moment * count + i) * issues + k],
          present: (/** @type {number} */ i) => Boolean(run.present[moment * count + i]),
          bracket: (/** @type {number} */ i) => Boolean(run.bracket[(moment * issues + k) * count + i]),
          text: Number.isNaN(text) ? null : text,
          status: facts.statuses.find(({ code }) => code === run.status[moment * issues + k]),
          believed: outlook && ((i) => outlook.belief[i * issues + k]),
        };
        const drawn = scaleOf({
          issue, k, facts, marks: this.#marks, moment: seen, eyes: this.eyes, width,
          choose: (seat) => this.#pick(seat),
        });
        drawn.classList.toggle("in-hand", run.turns[moment - 1]?.issue === k);
        return drawn;
      }),
    );
  }
}

/** Show how far each group trusts each other, from 0 to 1.
 * @param {Facts} facts @param {ShownRun} run @param {number} moment */
function trustTable(facts, run, moment) {
  const groups = facts.groups.length;
  const cell = (/** @type {number} */ g, /** @type {number} */ h) => {
    const value = run.trust[(moment * groups + g) * groups + h];
    const shown = el("td", {}, Number.isNaN(value) ? "–" : value.toFixed(2));
    shown.style.setProperty("--share", `${Math.round(55 * (value || 0))}%`);
    return shown;
  };
  return el("table", { class: "trust" },
    el("caption", {}, "Trust of a group (row) in another (column), from 0 to 1"),
    el("thead", {}, el("tr", {}, el("td", {}), facts.groups.map((group) => el("th", { scope: "col" }, group.label)))),
    series("tbody", {}, facts.groups, (group, g) =>
      el("tr", {}, el("th", { scope: "row" }, group.label), facts.groups.map((_, h) => cell(g, h))),
    ),
  );
}
