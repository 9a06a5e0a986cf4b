// What is asked of which of three workers.

import { answer } from "../../given.mjs";
import { Model } from "../../../src/negsim/page/web/model.js";

Object.defineProperty(globalThis, "navigator", {value: {hardwareConcurrency: 3}});
const asked = [];
const worker = (name) => ({name, postMessage: ({id, ask}) => asked.push([name, ask, id])});
const names = ["second", "third"], first = worker("first");
const start = async () => worker(names.shift());
const model = new Model({knobs: [], held: null}, first, start);
model.values({}, {count: 1});
await new Promise((resolve) => setTimeout(resolve));
for (let n = 0; n < 3; n++) model.values({}, {count: 1});
model.run({}, 0);
answer([model.workers, asked.map(([name, ask]) => `${name} ${ask}`)]);
