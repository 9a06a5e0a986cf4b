// Go through a run turn by turn: `node turns.mjs PROGRAM.wasm INTERFACE.json DUMP EVENING` prints its course as
// JSON. EVENING: the number of that move.

import { readFileSync } from "node:fs";
import { read } from "../benchmarks/anywhere.mjs";
import { open } from "../src/negsim/program.js";

const [module, description, dump, evening] = process.argv.slice(2);
const program = await open(readFileSync(module), JSON.parse(readFileSync(description)));
const { groups } = read(readFileSync(dump));
const [room, state, choice] = ["Case", "State", "Choice"].map((kind) => program.place(kind, groups[kind]));
const turns = [],
  evenings = [];
program.call("start", room, state);
for (let turn; (turn = program.call("next_turn", room, state)).move !== 0; turns.push(Object.values(turn))) {
  program.call("choose", room, state, turn, choice);
  if (turn.move === Number(evening)) {
    const table = new BigInt64Array(groups.Case.seats.shape[0]);
    program.call("seat_evening", room, state, choice, table);
    evenings.push(Array.from(table, Number));
  }
  program.call("follow", room, state, turn, choice);
}
console.log(JSON.stringify({ turns, evenings, distances: program.call("distances", state) }));
