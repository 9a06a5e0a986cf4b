// The desk of a class, or the projector, with elements for node and a studio that answers what the test gives.

import { given } from "../given.mjs";
import { newDocument } from "../elements.mjs";
const root = newDocument(), later = setTimeout, asked = [];
let next = null;
globalThis.location = {hash: given.hash, pathname: given.path ?? "/desk"};
globalThis.history = {replaceState: (_, __, path) => asked.push(path)};
globalThis.setTimeout = (look) => (next = look);
globalThis.fetch = async (path, {body}) => {
  asked.push([path, JSON.parse(body)]);
  const content = given.answers.shift();
  if (!content) throw new Error("down");
  return {json: async () => content};
};
const rest = () => new Promise((resolve) => later(resolve, 5));
const look = async () => { next(); await rest(); };
const seen = () => ["door", "view", "problem"].filter((id) => !document.getElementById(id).hidden);
document.hidden = true; // the teacher has turned to another tab
for (const id of ["view", "door", "problem"]) document.getElementById(id).hidden = true;
await import("../../src/negsim/studio/web/desk.js");
await rest();

export { asked, later, look, rest, root, seen };
