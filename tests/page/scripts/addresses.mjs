// What addresses are read as, and how they are written again; play: beside a game.

import { answer, given } from "../../given.mjs";
import { fromHash, toHash } from "../../../src/negsim/page/web/settings.js";

const level = (value) => ({value});
const knobs = [
  {name: "meetings", written: 0, clashes: [], levels: [1, 2, 3].map(level)},
  {name: "evenings", written: 0, clashes: [], levels: [0, .5, 1].map(level)},
  {name: "process.events", written: 0, clashes: [], levels: [null, "dinner & talk"].map(level)},
];
const facts = {...(given.play && {play: {}}), knobs, measures: [{name: "consensus"}, {name: "depth"}]};
answer(given.read.map((hash) => {
  const state = fromHash(hash, facts);
  return [state.setting, state.axis.name, state.measure.name, given.play ? toHash(state, facts, hash) : toHash(state, facts)];
}));
