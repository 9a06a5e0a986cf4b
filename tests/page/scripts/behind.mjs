// Whether a page knows that the desk has a game which it has not.

import { answer } from "../../given.mjs";
import { enter } from "../../../src/negsim/page/web/desk.js";

globalThis.location = {hash: "#key=k"};
globalThis.document = globalThis;
globalThis.addEventListener = globalThis.setInterval = globalThis.setTimeout = () => null;
const deal = {table: "Table 1", seat: "Ana", seed: 1, replication: 0, levels: {}, code: "A"}, seen = [];
const said = {phase: "play", writes: true, attempt: 1, deal, journal: null};
globalThis.fetch = async () => ({json: async () => said});
const desk = await enter({facts: {}, root: {replaceChildren: () => null}, changed: () => null});
seen.push(desk.isBehind);
said.journal = {table: "Table 1", attempt: 1, rows: [], answers: [], result: null};
await desk.send(said.journal);
seen.push(desk.isBehind);
answer(seen);
