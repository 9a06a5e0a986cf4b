// Chunks of runs that come back in the other order than they were asked for.

import { answer } from "../../given.mjs";
import { Runs } from "../../../src/negsim/page/web/growth.js";

const out = [], sizes = [];
const values = (levels, {first, count}) => new Promise((resolve) => {
  const outcome = Float64Array.from({length: count}, (_, n) => first + n);
  out.push(() => resolve({outcome}));
});
const grown = () => sizes.push(runs.of({}).done);
const runs = new Runs({values, workers: 2}, {grown, failed: (error) => { throw error; }});
runs.want([{}], 300);
const most = [];
while (runs.progress < 1) {
  most.push(out.length);
  out.pop()();
  await new Promise((resolve) => setTimeout(resolve));
}
answer([Math.max(...most), sizes, [...runs.of({}).values.outcome]]);
