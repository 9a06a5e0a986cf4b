// Go through the page of experiments: a guess, the runs, knobs, pins, measures, and one run event by event.

import { answer, given } from "../../given.mjs";
import { opened, until } from "../window.mjs";

const facts = JSON.parse(given.facts);
const root = await opened("main.js", given), byId = (id) => root.getElementById(id);
const text = (id) => byId(id).textContent, chosen = (id, value, name = "change") => {
  const element = byId(id);
  element.value = String(value);
  element.tell(name);
};
const soon = () => new Promise((resolve) => setTimeout(resolve, 5)), [first] = facts.knobs;
const done = async () => {
  await soon();
  await until(() => byId("progress").hidden && byId("here-words").textContent);
  await soon();
};
const rows = () => byId("table").querySelectorAll("tr").map((row) => row.children.map((cell) => cell.textContent));
await until(() => text("question"));
const sizes = byId("runs").children.map((one) => one.textContent);
const asks = text("question"), heads = text("task"), hides = byId("here").hidden;
byId("skip").click();
await done();
const people = byId("scales").children.length;
const written = [rows(), text("here-words"), text("curves"), location.hash];
const outcomes = byId("outcomes").querySelectorAll("button").map((one) => one.textContent);
chosen(`knob-${first.name}`, first.written ? 0 : 1, "input");
await done();
const now = [rows()[0], text("curves"), location.hash, text("command")];
byId("pin").click();
byId("reset").click();
await done();
const pinned = [rows()[0], text("curves"), location.hash];
byId("curves").querySelector(".drop").click();
chosen("measure", 1);
await done();
const dropped = [rows()[0], text("question"), location.hash];
chosen("axis", 1);
await soon();
const turned = [text("question"), location.hash, byId("guessing").hidden];
chosen("axis", 0);
await done();
byId("outcomes").querySelectorAll("button")[0].click();
await until(() => text("run-title"));
const stops = [], place = () => [Number(byId("moment").value), text("when"), byId("latest").children.length];
for (const id of ["next", "next", "next", "previous"]) {
  byId(id).click();
  stops.push(place());
}
const lines = byId("minutes").querySelectorAll("li"), title = text("run-title"), command = text("run-command");
lines.at(-1).children[0].click();
const last = place();
const trust = byId("trust").querySelectorAll("td").map((cell) => cell.textContent),
  scales = byId("run-scales").children.length;
chosen("people-eyes-choice", 2);
await until(() => byId("scales").querySelector(".believed"));
const brief = text("brief"), seen = byId("run-eyes-choice").value;
await soon();
const mark = byId("scales").querySelectorAll(".member").at(-1);
mark.click();
await until(() => text("brief") !== brief);
answer({people, sizes, asks, heads, hides, written, outcomes, now, pinned, dropped, turned, stops, last, title,
  command, trust, scales, minutes: lines.length, brief, seen, after: text("brief"), mark: mark.textContent});
