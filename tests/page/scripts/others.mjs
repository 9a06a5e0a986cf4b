// A page whose browser has joined the class before, as others too.

import { given } from "../../given.mjs";
import { newWindow } from "../window.mjs";
import { enter } from "../../../src/negsim/page/web/desk.js";
const root = newWindow({hash: given.hash}), door = root.getElementById("door"), strip = root.getElementById("strip");
const asked = [], later = setTimeout, deal = {table: "Reds", seat: "Ana", people: ["Ana"], code: "ABC"};
globalThis.setInterval = globalThis.setTimeout = () => null;
globalThis.fetch = async (path, {body}) => {
  asked.push(JSON.parse(body).key);
  return {json: async () => ({phase: "guess", says: "Guess.", deal})};
};
localStorage.setItem("negsim desk ABC", JSON.stringify(given.here));
const facts = {title: "Storm", desk: {most: {code: 9, name: 9}}};
const entered = enter({facts, root: door, changed: () => null});
await new Promise((resolve) => later(resolve, 3));
const buttons = () => [door, strip].flatMap((one) => one.querySelectorAll("button"));
const named = (words) => buttons().find((one) => one.textContent === words);

export { asked, buttons, door, entered, later, named, strip };
