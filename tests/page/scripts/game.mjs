// A page on which one plays alone, opened in a window for node; what is kept of its game.

import { given } from "../../given.mjs";
import { shortName } from "../../../src/negsim/page/web/playfaces.js";
import { opened, until } from "../window.mjs";
import { named, played } from "../player.mjs";

const facts = JSON.parse(given.facts);
const root = await opened("playalone.js", given), host = root.getElementById("game");
const key = ["negsim.play", facts.name, facts.play.scenario, facts.play.rules].join(".");
const kept = () => JSON.parse(localStorage.getItem(key));
const short = (reply) => reply && Object.fromEntries(
  Object.entries(reply).map(([name, what]) => [name, name === "whom" ? what.map(shortName) : what]));

export { facts, host, kept, named, played, short, until };
