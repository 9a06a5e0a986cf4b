// Open a link to the end of a game.

import { answer } from "../../given.mjs";
import { host, kept, until } from "./game.mjs";

await until(() => host.querySelector(".turned")?.children.length > 1);
answer([host.querySelector(".debrief").textContent, kept()]);
