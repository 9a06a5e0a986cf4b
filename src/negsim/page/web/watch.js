// The room: one run that a link names, turn by turn. Its address says scenario, knobs, run, moment and whose eyes.

import { button, byId, el, fold, put } from "./dom.js";
import { Runs } from "./growth.js";
import { controls } from "./knobs.js";
import { marksOf } from "./marks.js";
import { eyesChoice } from "./people.js";
import { Replay } from "./replay.js";
import { counted } from "./sentences.js";
import { described, turned } from "./settings.js";

const ALIKE = 100; // runs of the same setting whose ends are counted
const PAUSE = 300; // milliseconds of rest before the address says where one is

/** @type {Record<string, Step>} */
const KEYS = { ArrowLeft: "back", ArrowRight: "next", Home: "start", End: "end", " ": "toggle", n: "next" };

/** The page of one run. */
export class Watch {
  #facts;
  #model;
  #fail;
  #runs;
  #studio;
  /** @type {Replay} */ #replay;
  /** @type {ReturnType<typeof eyesChoice>} */ #eyes;
  /** @type {ReturnType<typeof controls>} */ #controls;
  /** @type {Setting} */ #setting;
  /** @type {number} */ #replication;
  #asked = 0; // runs so far, so that the last one asked for is shown
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer = undefined;
  #ends = el("p", { class: "about", role: "status" });

  /** fail: called with an error, which ends the page.
   * @param {{ facts: Facts, model: Model, studio: Studio, fail: (error: unknown) => unknown }} of */
  constructor({ facts, model, studio, fail }) {
    this.#facts = facts;
    this.#model = model;
    this.#fail = fail;
    this.#runs = new Runs(model, { grown: () => this.#showEnds(), failed: fail });
    this.#studio = studio;
    this.#build();
    const { setting, replication, moment, seat } = studio.place;
    this.#setting = setting;
    this.#replication = replication;
    this.#see(seat);
    if (facts.drawn && replication >= facts.most) fail(new Error(`This page holds runs 0 to ${facts.most - 1}.`));
    else this.#show(moment).catch(fail);
  }

  #build() {
    const facts = this.#facts;
    this.#replay = new Replay({
      facts,
      marks: marksOf(facts.groups),
      choose: (seat) => this.#see(seat === this.#replay.chosen ? -1 : seat),
      outlook: ({ setting, replication }, moment, seat) => this.#model.eyes(setting, replication, moment, seat),
      moved: () => this.#moveAddress(),
    });
    this.#eyes = eyesChoice({ facts, id: "eyes-choice", choose: (seat) => this.#see(seat) });
    byId("run-eyes").append(this.#eyes.element);
    const turn = (/** @type {Knob} */ knob, /** @type {number} */ level) => this.#turn(knob, level);
    this.#controls = controls({ ...facts, knobs: this.#studio.freeKnobs }, turn);
    document.querySelector(".kicker").replaceChildren("A negotiation, turn by turn · ", el("a", { href: "#process" }, "Process"));
    put(document.querySelector(".skip"), { href: "#run" }).textContent = "Skip to the run";
    byId("run-outcome").after(this.#ends);
    this.#ends.after(
      el("p", { class: "buttons" }, button(null, () => this.#open(this.#replication + 1), "Another run")),
    );
    byId("run").append(
      fold("Turn a knob: the same draws, another process", { class: "drawer" }, this.#controls.elements),
      this.#studio.drawer(),
    );
    addEventListener("keydown", (event) => this.#press(event));
  }

  /** @param {Knob} knob @param {number} level */
  #turn(knob, level) {
    this.#setting = turned(knob, level, this.#setting);
    this.#show().catch(this.#fail);
  }

  /** Open another run of the same setting; after the last one of those that were drawn beforehand comes the first.
   * @param {number} replication */
  #open(replication) {
    this.#replication = replication % this.#facts.most;
    this.#show().catch(this.#fail);
  }

  /** @param {number | null} [moment] */
  async #show(moment = null) {
    const mine = (this.#asked += 1);
    const setting = this.#setting;
    const replication = this.#replication;
    this.#controls.show(setting, { clashes: [] });
    const run = await this.#model.run(setting, replication);
    if (mine !== this.#asked) return;
    const title = `Run ${replication}: ${described(setting, this.#facts)}`;
    const command = this.#model.command(setting, { replication });
    this.#replay.open({ ...run, setting }, { title, command, moment });
    this.#runs.want([setting], Math.min(ALIKE, this.#facts.most));
    this.#showEnds();
  }

  /** Say how many of the first runs end as this one does, and lead to one that ends as most do. */
  #showEnds() {
    const { run } = this.#replay;
    const made = this.#runs.of(this.#setting);
    if (!run || !made.done) return;
    const codes = [...made.values.outcome];
    const share = (/** @type {number} */ code) => codes.filter((other) => other === code).length;
    const usual = codes.reduce((most, code) => (share(code) > share(most) ? code : most), run.outcome);
    const alike = share(run.outcome);
    this.#ends.replaceChildren(
      `One run of many: ${alike} of the first ${made.done} ${alike === 1 ? "ends" : "end"} as this one does. `,
      usual === run.outcome
        ? ""
        : button(null, () => this.#open(codes.indexOf(usual)), `Watch one of the ${counted(share(usual), "run")} with the most common outcome`),
    );
  }

  /** See the room through the eyes of a seat, -1 of nobody. @param {number} seat */
  #see(seat) {
    this.#replay.chosen = seat;
    this.#eyes.show(seat);
    this.#replay.draw();
    this.#moveAddress();
  }

  /** Put the place into the address, once one rests; browsers allow that only so often. */
  #moveAddress() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { moment, chosen, run } = this.#replay;
      if (run) this.#studio.showPlace({ setting: this.#setting, replication: this.#replication, moment, seat: chosen });
    }, PAUSE);
  }

  /** Step with the keyboard, unless a control has the focus that takes keys of its own. @param {KeyboardEvent} event */
  #press(event) {
    const step = KEYS[event.key];
    const target = /** @type {Partial<Element>} */ (event.target);
    const isOwn = target.closest?.("input, select, textarea, button, summary, a");
    if (!step || isOwn || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#replay.step(step);
  }
}
