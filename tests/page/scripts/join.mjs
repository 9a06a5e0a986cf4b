// A page that joins a class: its door, its strip, and a desk that answers what the test gives.

import { given } from "../../given.mjs";
import { newWindow } from "../window.mjs";
import { enter } from "../../../src/negsim/page/web/desk.js";
const root = newWindow({hash: "#code=ab-c"}), [door, strip] = ["door", "strip"].map((id) => root.getElementById(id));
const asked = [], later = setTimeout, deal = {table: "Reds", seat: "Ana", people: ["Ana", "Ben"], writer: "Ben"};
let waits = given.waits ?? 0; // for a table
globalThis.setTimeout = (act) => (waits-- > 0 ? later(act) : null);
globalThis.setInterval = () => null;
globalThis.fetch = async (path, {body}) => {
  asked.push([path, JSON.parse(body)]);
  const content = given.answers.length > 1 ? given.answers.shift() : given.answers[0];
  return {json: async () => ({...content, ...("deal" in content ? {deal} : {})})};
};
const facts = {title: "Storm", desk: {most: {code: 9, name: 9}}};
const entered = enter({facts, root: door, changed: () => null, again: () => asked.push(["again"])});
const rest = () => new Promise((resolve) => later(resolve, 3));
await rest();
const [code, name] = door.querySelectorAll("input"), press = () => door.querySelector("form").tell("submit");
const first = [code.value, document.activeElement === name];
name.value = "Ana";
press();
await rest();
const refusal = [door.querySelector(".problem").textContent, door.querySelector(".problem").hidden];
press();
const desk = await entered;
desk.mount(strip);
const part = (kind) => strip.querySelector(`.${kind}`);

export { asked, desk, first, part, refusal, rest, strip };
