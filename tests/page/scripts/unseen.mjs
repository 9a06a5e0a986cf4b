// Runs that are wanted while nobody sees the page.

import { answer } from "../../given.mjs";
import { Runs } from "../../../src/negsim/page/web/growth.js";

let seen = null, asked = 0;
globalThis.document = {hidden: true, addEventListener: (_, look) => { seen = look; }};
const values = async (levels, {count}) => { asked++; return {outcome: new Float64Array(count)}; };
const runs = new Runs({values, workers: 2}, {grown: () => null, failed: (error) => { throw error; }});
const later = () => new Promise((resolve) => setTimeout(resolve));
runs.want([{}], 50);
await later();
const before = asked;
document.hidden = false;
seen();
await later();
answer([before, asked, runs.progress]);
