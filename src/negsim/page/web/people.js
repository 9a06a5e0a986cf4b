// The people before anybody has spoken: where they stand on every issue, and the same through the eyes of one delegate.

import { byId, el, fold, series, svg } from "./dom.js";
import { lettered } from "./marks.js";
import { scaleOf, widthIn } from "./scale.js";
import { paragraphs } from "./words.js";

/** Return the seats as options of a choice, by group. chosen: one of them.
 * @param {Facts} facts @param {number | null} [chosen] */
export const seatOptions = (facts, chosen = null) =>
  facts.groups.map(({ label }, g) =>
    el("optgroup", { label },
      facts.seats.map(({ name, group }, i) => group === g && el("option", { value: i, selected: i === chosen }, name)),
    ),
  );

/** Return a choice of the delegate through whose eyes everything is shown. choose: called with a seat, -1 nobody.
 * @param {{ facts: Facts, id: string, choose: (seat: number) => unknown }} of */
export function eyesChoice({ facts, id, choose }) {
  const select = el("select", { id, change: ({ target }) => choose(Number(target.value)) },
    el("option", { value: -1 }, "nobody: everybody as they are"),
    seatOptions(facts),
  );
  return {
    element: el("p", { class: "choice" }, el("label", { for: id }, "Eyes of"), select),
    show: (/** @type {number} */ seat) => (select.value = String(seat)),
  };
}

/** Return the legend of the groups' marks, with how many delegates each has.
 * @param {{ facts: Facts, marks: Mark[] }} of */
export function legend({ facts, marks }) {
  const size = (/** @type {number} */ g) => facts.seats.filter((seat) => seat.group === g).length;
  return series("ul", { class: "legend" }, marks, (mark, g) =>
    el("li", {},
      svg("svg", { width: 22, height: 22, "aria-hidden": "true" }, lettered(mark, [11, 11], 9)),
      `${mark.label} (${size(g)})`,
    ),
  );
}

/** Show where everybody stands in a run before its first turn. outlook: {belief} of the chosen seat, or null.
 * @param {{ facts: Facts, marks: Mark[], run: Run, eyes: number, outlook: Outlook | null, choose: (seat: number) => unknown }} of */
export function showPeople({ facts: page, marks, run, eyes, outlook, choose }) {
  const facts = { ...page, seats: run.seats };
  const issues = facts.issues.length;
  const host = byId("scales");
  const width = widthIn(host);
  /** @type {(k: number) => Scene} */
  const moment = (k) => ({
    position: (/** @type {number} */ i) => run.position[i * issues + k],
    present: () => true,
    bracket: () => false,
    text: null,
    status: facts.statuses[0],
    believed: outlook && ((i) => outlook.belief[i * issues + k]),
  });
  host.replaceChildren(
    ...facts.issues.map((issue, k) => scaleOf({ issue, k, facts, marks, moment: moment(k), eyes, width, choose })),
  );
  byId("brief").replaceChildren(...brief(facts.seats[eyes], facts));
}

/** @type {[part: BriefPart, name: string][]} */
const PARTS = [
  ["wants", "Wants"],
  ["arguments", "Says aloud"],
  ["never", "Must not sign"],
  ["secret", "Keeps to themselves"],
  ["friend", "Friend"],
  ["foe", "Foe"],
];

/** Say who a delegate is; the rest of the brief, secrets among it, is for whoever opens it.
 * @param {Seat | undefined} seat @param {Facts} facts */
function brief(seat, facts) {
  if (!seat) return [];
  const may = seat.may_block
    ? "An objection from this seat can stop a text."
    : "May speak and persuade, but not block.";
  const head = el("h3", {},
    `${seat.brief?.emblem ? `${seat.brief.emblem} ` : ""}${seat.name}, ${facts.groups[seat.group].label}`,
  );
  const [who, ...more] = said(seat.brief?.who, "");
  const rest = [...more, ...PARTS.flatMap(([part, name]) => said(seat.brief?.[part], name))];
  return [
    head,
    ...(who ? [who] : []),
    el("p", {}, may),
    ...(rest.length ? [fold("Read the whole brief", {}, rest)] : []),
  ];
}

/** @param {string | string[] | null | undefined} text @param {string} name */
function said(text, name) {
  const parts = Array.isArray(text) ? text.filter(Boolean) : paragraphs(text ?? "");
  return parts.map((part, n) => el("p", {}, name && n === 0 ? el("b", {}, `${name}: `) : null, part));
}
