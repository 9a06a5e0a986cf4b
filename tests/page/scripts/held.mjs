// The companion of a curve, with the days held.

import { answer } from "../../given.mjs";
import { alongHeld } from "../../../src/negsim/page/web/settings.js";

const meetings = {name: "meetings", written: 0, clashes: [], levels: [1, 2, 3]}, days = {name: "days", clashes: []};
const held = {name: "held", level: 1, along: "meetings", fits: [0, 1], clashes: ["days"]};
answer([
  alongHeld(meetings, {evenings: 2}, {held}), alongHeld(days, {}, {held}), alongHeld(meetings, {days: 1}, {held}),
  alongHeld(meetings, {}, {held: null}),
]);
