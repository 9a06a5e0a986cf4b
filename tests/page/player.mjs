// Somebody who plays a game in a window by its buttons, at random, and remembers what was chosen, as the sheets show it.

import { until } from "./window.mjs";
import { randomPlayer } from "./players.mjs";

const KEYS = ["PageUp", "PageDown", "ArrowUp", "End", "Home"];

export const named = (host, words) =>
  host.querySelectorAll("button").find((one) => one.textContent.trim().startsWith(words));

/** Play the game on the screen to its end; return the replies that the sheets showed. */
export async function played(host, facts, seed) {
  const { pick, random } = randomPlayer(seed),
    replies = [];
  const chance = (share) => random() < share;
  const isThere = (selector) => host.querySelector(selector);
  for (;;) {
    const screen = await until(() => isThere(".sheet:enabled") ?? isThere(".came") ?? isThere(".debrief"));
    if (screen.matches(".debrief")) return replies;
    const shown = host.children[0];
    if (screen.matches(".came")) isThere(".answers .main").click();
    else if (chance(0.15)) replies.push(await advised(host));
    else replies.push(answered(screen, facts, { pick, chance }));
    await until(() => host.children[0] !== shown);
  }
}

/** Ask the adviser, and follow. */
async function advised(host) {
  named(host, "Ask my adviser").click();
  (await until(() => named(host, "Do as advised"))).click();
  return null;
}

/** Fill in a sheet and send it; return what it showed. */
function answered(sheet, facts, { pick, chance }) {
  const kind = sheet.className.split(" ")[1];
  const nameOf = (label) => facts.issues.find((one) => one.label === label)?.name;
  const moved = (handle) => {
    if (chance(0.7)) handle.tell("keydown", { key: pick(KEYS) });
    return Number(handle.getAttribute("aria-valuenow"));
  };
  const faces = (selector) => {
    for (const face of sheet.querySelectorAll(selector)) if (chance(0.2) && !face.disabled) face.click();
    return sheet.querySelectorAll(selector).filter((face) => face.getAttribute("aria-pressed") === "true");
  };
  const names = (selector) => faces(selector).map((face) => face.lastChild.textContent.trim());
  const reply = {};
  if (kind === "reading" || kind === "report" || kind === "motion") {
    const pressed = (words) => {
      const button = named(sheet, words);
      if (button && chance(0.5)) button.click();
      return button && button.getAttribute("aria-pressed") === "true";
    };
    if (named(sheet, "✎")) reply.amend = pressed("✎") ? moved(sheet.querySelector(".scales-upright .handle")) : null;
    const act = pick(sheet.querySelectorAll(".act"));
    act.click();
    return { act: act.className.split(" ")[1], ...reply };
  }
  const talk = { corridor: ["ask", "Ask "], secret: ["show", "Show it to "], evening: ["evening", "Dine with "] }[kind];
  if (talk) {
    const [act, words] = talk;
    reply.whom = names(".ask .face");
    const send = sheet.querySelector(".answers .main");
    if (reply.whom.length && !send.textContent.startsWith(words)) throw new Error(`it says ${send.textContent}`);
    send.click();
    return { act, ...reply };
  }
  for (const box of kind === "pen" ? sheet.querySelectorAll(".pick input") : []) if (chance(0.5)) box.click();
  const values = sheet.querySelectorAll(".issue-scale").map((scale) => {
    const handle = scale.querySelector(".handle");
    return handle ? [[nameOf(scale.querySelector("h2").textContent), moved(handle)]] : [];
  });
  reply.values = Object.fromEntries(values.flat());
  const call = kind === "statements" && sheet.querySelectorAll("input").at(-1);
  if (call) reply.call = call.checked = chance(0.5);
  const act = { statements: "speak", pen: "pen", submission: "table" }[kind];
  const send = sheet.querySelector(".answers .main");
  if (send.disabled) {
    named(sheet, "N").click(); // Nothing, or Not now
    return { act, values: {} };
  }
  send.click();
  return { act, ...reply };
}
