// Play a game with the page's own buttons, to the link at its end.

import { answer, given } from "../../given.mjs";
import { facts, host, kept, named, played, short, until } from "./game.mjs";

(await until(() => named(host, "Play now"))).click();
await until(() => host.querySelector(".sheet"));
const brief = host.querySelector("details.yours").textContent, heading = document.activeElement.textContent;
const replies = await played(host, facts, given.player);
await until(() => host.querySelector(".turned")?.children.length > 1);
const {journal} = kept(), texts = (selector) => host.querySelectorAll(selector).map(({textContent}) => textContent);
named(host, "Copy a link").click();
await until(() => texts(".buttons span").includes("Copied."));
answer([replies, journal.answers.map((one) => short(one[4])), journal, host.querySelector(".debrief").textContent,
  globalThis.window.copied.split("#")[1], [brief, heading]]);
