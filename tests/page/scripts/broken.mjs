// Give an answer that breaks twice on its way to the worker.

import { answer } from "../../given.mjs";
import { host, kept, named, until } from "./game.mjs";

const hears = globalThis.self.onmessage;
let breaks = 2;
globalThis.self.onmessage = ({data}) => {
  if (data.ask !== "answer" || breaks-- <= 0) return hears({data});
  return globalThis.self.postMessage({id: data.id, error: new Error("It broke.")});
};
(await until(() => named(host, "Play now"))).click();
const title = (await until(() => host.querySelector(".sheet"))).children[0].textContent, seen = [];
const troubles = () => host.querySelectorAll(".problem").map((one) => one.textContent);
for (let n = 0; n < 2; n++) {
  host.querySelector(".answers .main").click();
  await until(() => breaks === 1 - n && troubles().length && !host.querySelector(".answers .main").disabled);
  seen.push([troubles(), host.querySelector("h1").textContent === title]);
}
host.querySelector(".answers .main").click();
await until(() => host.querySelector(".came"));
answer([seen, kept().journal.answers.length]);
