// The model to experiment with: one state, and one function that shows it. Whatever a reader does becomes a call of `change`.

import { byId, el, put } from "./dom.js";
import { Runs } from "./growth.js";
import { controls } from "./knobs.js";
import { LETTERS, Lab } from "./lab.js";
import { marksOf } from "./marks.js";
import { eyesChoice, legend, showPeople } from "./people.js";
import { Replay } from "./replay.js";
import { described, fromHash, released, toHash, turned } from "./settings.js";
import { showProcess, showStory } from "./story.js";
import { OwnGuesses } from "./guesses.js";
import { Studio } from "./studio.js";
import { Watch } from "./watch.js";
import { Numbers } from "./numbers.js";

const SIZES = [100, 200, 500, 1000]; // runs of each point to choose from, beside what the page begins with

/** Make the experiment work. model: a promise. Without it, a sentence says why, beside the curves that the page holds as a picture.
 * @param {Facts} facts @param {Promise<Model>} model */
export async function experiment(facts, model) {
  byId("static").hidden = true;
  showStory(facts);
  showProcess(facts);
  byId("process").hidden = false;
  const studio = facts.studio ? new Studio(facts) : null;
  const isRoom = studio && location.pathname === "/room";
  try {
    if (isRoom) new Watch({ facts, model: await model, studio, fail }); else new Page(facts, await model, studio);
  } catch (error) {
    fail(error);
  }
}

/** @param {unknown} error */
function fail(error) {
  const picture = byId("static").childElementCount ? " The picture shows what the page would compute first." : "";
  byId("problem").textContent = /** @type {Error} */ (error).message + picture;
  byId("problem").hidden = byId("static").hidden = false;
  byId("lab").hidden = true;
}

class Page {
  /** @type {Promise<Run> | undefined} */ opening; // run 0, as everybody stands when it begins
  asked = {}; // the run that was asked for last

  /** @param {Facts} facts @param {Model} model @param {Studio | null} studio */
  constructor(facts, model, studio) {
    this.facts = facts;
    this.model = model;
    this.studio = studio;
    this.marks = marksOf(facts.groups);
    /** @type {PageState} */
    this.state = {...(studio ? studio.state : fromHash(location.hash, facts)), pins: [], runs: facts.runs };
    this.eyes = -1;
    this.isDue = false;
    for (const id of ["lab", "people", "numbers"]) byId(id).hidden = false;
    this.runs = new Runs(model, { grown: () => this.showSoon(), failed: fail });
    if (studio) byId("pin").parentElement?.after(studio.drawer());
    this.guesses = new OwnGuesses({ facts, model, runs: this.runs });
    this.controls = controls(facts, (knob, level) => this.change({ setting: turned(knob, level, this.state.setting) }));
    byId("knobs").append(...this.controls.elements);
    this.lab = new Lab({
      facts,
      runs: this.runs,
      change: (patch) => this.change(patch),
      open: (outcome) => this.open(outcome).catch(fail),
      take: (guess) => this.guesses.take(guess),
    });
    this.numbers = new Numbers({ facts, model });
    this.replay = new Replay({
      facts,
      marks: this.marks,
      choose: (seat) => this.seeOrNot(seat),
      outlook: ({ setting, replication }, moment, seat) => model.eyes(setting, replication, moment, seat),
    });
    this.sizes = [...new Set([...SIZES, facts.runs])].filter((size) => size <= facts.most)
      .sort((one, other) => one - other);
    this.buildChoices();
    put(byId("reset"), { click: () => this.change({ setting: {} }) });
    put(byId("pin"), { click: () => this.pin() });
    byId("people-legend").append(legend(this));
    this.choices = ["people-eyes", "run-eyes"].map((id) => {
      const choice = eyesChoice({ facts, id: `${id}-choice`, choose: (seat) => this.see(seat) });
      byId(id).append(choice.element);
      return choice;
    });
    this.change({});
    this.show(); // at once: a press may come before the next picture
    this.see(-1);
  }

  buildChoices() {
    const { facts, sizes } = this;
    const fill = (/** @type {string} */ id, /** @type {Child[]} */ things) =>
      byId(id).append(...things.map((thing, n) => el("option", { value: n }, thing)));
    fill("axis", facts.knobs.map((knob) => knob.label));
    fill("measure", facts.measures.map((measure) => measure.label));
    fill("runs", sizes);
    put(byId("axis"), { change: ({ target }) => this.turnTo(facts.knobs[target.selectedIndex]) });
    put(byId("measure"), { change: ({ target }) => this.change({ measure: facts.measures[target.selectedIndex] }) });
    put(byId("runs"), { change: ({ target }) => this.change({ runs: sizes[target.selectedIndex] }) });
  }

  /** Draw curves along another knob. Knobs that cannot be turned together with it go back to as written.
   * @param {Knob} axis */
  turnTo(axis) {
    if (this.studio?.turnTo(axis, this.state)) return;
    const pins = this.state.pins.map((pin) => ({ ...pin, setting: released(axis, pin.setting) }));
    this.change({ axis, setting: released(axis, this.state.setting), pins });
  }

  /** Keep the curve of the current setting. */
  pin() {
    const { pins, setting } = this.state;
    const letter = LETTERS.find((each) => pins.every((pin) => pin.letter !== each));
    this.change({ pins: [...pins, { letter, setting }] });
  }

  /** Change the state, ask for the runs that it needs, and show it. @param {Partial<PageState>} patch */
  change(patch) {
    Object.assign(this.state, patch);
    this.runs.want(Lab.settings(this.state, this.facts), this.state.runs);
    try {
      if (this.studio) this.studio.show(this.state);
      else history.replaceState(null, "", `#${toHash(this.state, this.facts, location.hash)}`);
    } catch {
      // a page inside a frame has no address of its own
    }
    this.showSoon();
  }

  /** Show the state once before the next picture, however often it has changed. */
  showSoon() {
    if (!this.isDue) requestAnimationFrame(() => this.show());
    this.isDue = true;
  }

  show() {
    this.isDue = false;
    const { facts, state } = this;
    byId("axis").value = String(facts.knobs.indexOf(state.axis));
    byId("measure").value = String(facts.measures.indexOf(state.measure));
    byId("runs").value = String(this.sizes.indexOf(state.runs));
    byId("reset").disabled = !Object.keys(state.setting).length;
    this.controls.show(state.setting, state.axis);
    this.lab.show(state);
    this.numbers.show(this.lab.curves, state);
  }

  /** Show everything through the eyes of a seat, -1 of nobody. @param {number} seat */
  see(seat) {
    this.eyes = this.replay.chosen = seat;
    for (const choice of this.choices) choice.show(seat);
    this.replay.draw();
    this.showPeople(seat).catch(fail);
  }

  /** Show the people as they stand when run 0 opens. @param {number} seat */
  async showPeople(seat) {
    const { facts, marks, model } = this;
    this.opening ??= model.run({}, 0);
    const run = await this.opening;
    const outlook = seat < 0 ? null : await model.eyes({}, 0, 0, seat);
    if (this.eyes === seat)
      showPeople({ facts, marks, run, eyes: seat, outlook, choose: (other) => this.seeOrNot(other) });
  }

  /** Choose a seat by its mark; the same mark again gives everybody back. @param {number} seat */
  seeOrNot(seat) {
    this.see(seat === this.eyes ? -1 : seat);
  }

  /** Open the next run with an outcome where the knobs stand. @param {Ending} outcome */
  async open(outcome) {
    const { setting } = this.state;
    const codes = [...(this.runs.of(setting).values.outcome ?? [])];
    const last = this.replay.run?.setting === setting ? this.replay.run.replication : -1;
    const next = codes.findIndex((code, replication) => code === outcome.code && replication > last);
    const replication = next >= 0 ? next : codes.indexOf(outcome.code);
    if (replication < 0) return;
    const mine = (this.asked = {});
    const run = await this.model.run(setting, replication);
    if (this.asked !== mine) return; // another run was asked for in the meantime
    this.replay.open(
      { ...run, setting },
      {
        title: `Run ${replication}: ${described(setting, this.facts)}`,
        command: this.model.command(setting, { replication }),
      },
    );
    byId("run-title").focus({ preventScroll: true });
    byId("run").scrollIntoView({
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
  }
}
