// A page that the desk moves to another table while it has a game.

import { answer } from "../../given.mjs";
import { enter } from "../../../src/negsim/page/web/desk.js";

const game = (table) => ({table, attempt: 1, rows: [], answers: [], result: null}), asked = [], heard = [];
let at = 1;
globalThis.location = {hash: "#key=k"};
globalThis.document = globalThis;
globalThis.addEventListener = globalThis.setInterval = globalThis.setTimeout = () => null;
globalThis.fetch = async (path, {body}) => {
  const {have, journal: sent} = JSON.parse(body);
  asked.push([at, have, Boolean(sent)]);
  const deal = {table: `Table ${at}`, seat: "Ana", seed: 1, replication: 0, levels: {}, code: "A"};
  const journal = at === 2 && have[0] === 0 ? game("Table 2") : null;
  return {json: async () => ({phase: "play", writes: true, attempt: 1, deal, journal})};
};
const changed = () => heard.push([desk.deal.table, desk.journal?.table]);
const desk = await enter({facts: {}, root: {replaceChildren: () => null}, changed});
await desk.send(game("Table 1"));
at = 2;
await desk.send({...game("Table 1"), rows: [[0, "response", 0, 1]], answers: [[]], result: {}});
answer([asked, heard]);
