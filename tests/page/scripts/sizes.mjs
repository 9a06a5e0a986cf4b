// How many runs are asked for at once where a run takes so many milliseconds.

import { answer, given } from "../../given.mjs";
import { Runs } from "../../../src/negsim/page/web/growth.js";

const asked = [];
let clock = 0;
performance.now = () => clock;
const values = async (levels, {count}) => {
  asked.push(count);
  clock += count * given.milliseconds;
  return {outcome: new Float64Array(count)};
};
const runs = new Runs({values, workers: 1}, {grown: () => null, failed: (error) => { throw error; }});
runs.want([{}], 1000);
while (runs.progress < 1) await new Promise((resolve) => setTimeout(resolve));
answer(asked);
