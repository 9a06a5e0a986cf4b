// The lab with all runs of a setting made, after the guess was skipped.

import { given } from "../../given.mjs";
import { newDocument } from "../../elements.mjs";
import { start } from "../../../src/negsim/page/web/engine.js";
import { Runs } from "../../../src/negsim/page/web/growth.js";
import { Lab } from "../../../src/negsim/page/web/lab.js";
const root = newDocument(), box = root.getElementById("outcomes"), isA = (one) => one.name === "button";
const kind = Object.getPrototypeOf(box);
kind.focus = () => null;
Object.defineProperty(kind, "lastChild", {get() { return this.children.at(-1); }});
const isBar = (one) => one.getAttribute("class") === "agenda";
box.querySelectorAll = (names) => box.all((one) => isA(one) || (names !== "button" && isBar(one)));
globalThis.ResizeObserver = class { observe() {} };
globalThis.innerHeight = 800;
const facts = JSON.parse(given.facts), engine = await start(given.program, given.arrays, facts);
const values = async (setting, {first, count}) => engine.values(setting, first, count);
const runs = new Runs({values, workers: 1}, {grown: () => null, failed: (error) => { throw error; }});
const state = {axis: facts.knobs[0], measure: facts.measures[0], setting: given.setting, pins: [], runs: 30};
const lab = new Lab({facts, runs, change: () => null, open: () => null});
runs.want(Lab.settings(state, facts), state.runs);
while (runs.progress < 1) await new Promise((resolve) => setTimeout(resolve));
lab.show(state);
root.getElementById("skip").tell("click");
lab.show(state);
const text = (id) => root.getElementById(id).textContent, {hidden} = root.getElementById("held");

export { facts, hidden, lab, root, runs, state, text };
