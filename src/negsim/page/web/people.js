// The people before anybody has spoken: where they stand on every issue, and the same through the eyes of one delegate.

import { byId, el, svg } from "./dom.js";
import { lettered } from "./marks.js";
import { scaleOf, widthIn } from "./scale.js";

/** Return a choice of the delegate through whose eyes everything is shown. choose: called with a seat, -1 nobody. */
export function eyesChoice({ facts, id, choose }) {
  const group = (g) => facts.seats.map((seat, i) => [seat, i]).filter(([seat]) => seat.group === g);
  const select = el(
    "select",
    { id, change: () => choose(Number(select.value)) },
    el("option", { value: -1 }, "nobody: everybody as they are"),
    facts.groups.map((each, g) =>
      el(
        "optgroup",
        { label: each.label },
        group(g).map(([seat, i]) => el("option", { value: i }, seat.name)),
      ),
    ),
  );
  return {
    element: el("p", { class: "choice" }, el("label", { for: id }, "Eyes of"), select),
    show: (seat) => (select.value = seat),
  };
}

/** Return the legend of the groups' marks, with how many delegates each has. */
export function legend({ facts, marks }) {
  const size = (g) => facts.seats.filter((seat) => seat.group === g).length;
  return el(
    "ul",
    { class: "legend" },
    marks.map((mark, g) =>
      el(
        "li",
        {},
        svg("svg", { width: 22, height: 22, "aria-hidden": "true" }, lettered(mark, [11, 11], 9)),
        `${mark.label} (${size(g)})`,
      ),
    ),
  );
}

/** Show where everybody stands in a run before its first turn. outlook: {belief} of the chosen seat, or null. */
export function showPeople({ facts, marks, run, eyes, outlook, choose }) {
  const issues = facts.issues.length,
    host = byId("scales");
  const width = widthIn(host);
  const moment = (k) => ({
    position: (i) => run.position[i * issues + k],
    present: () => true,
    bracket: () => false,
    text: null,
    status: null,
    believed: outlook && ((i) => outlook.belief[i * issues + k]),
  });
  host.replaceChildren(
    ...facts.issues.map((issue, k) => scaleOf({ issue, k, facts, marks, moment: moment(k), eyes, width, choose })),
  );
  byId("brief").replaceChildren(...brief(facts.seats[eyes], facts));
}

const PARTS = {
  wants: "Wants",
  arguments: "Says aloud",
  never: "Must not sign",
  secret: "Keeps to themselves",
  friend: "Friend",
  foe: "Foe",
};

/** Say who a delegate is; the rest of the brief, secrets among it, is for whoever opens it. */
function brief(seat, facts) {
  if (!seat) return [];
  const may = seat.may_block
    ? "An objection from this seat can stop a text."
    : "May speak and persuade, but not block.";
  const head = el(
    "h3",
    {},
    `${seat.brief?.emblem ? `${seat.brief.emblem} ` : ""}${seat.name}, ${facts.groups[seat.group].label}`,
  );
  const [who, ...more] = said(seat.brief?.who, "");
  const rest = [...more, ...Object.entries(PARTS).flatMap(([part, name]) => said(seat.brief?.[part], name))];
  return [
    head,
    ...(who ? [who] : []),
    el("p", {}, may),
    ...(rest.length ? [el("details", {}, el("summary", {}, "Read the whole brief"), rest)] : []),
  ];
}

function said(text, name) {
  const paragraphs = (Array.isArray(text) ? text : (text ?? "").split(/\n\s*\n/)).filter(Boolean);
  return paragraphs.map((paragraph, n) => el("p", {}, name && n === 0 ? el("b", {}, `${name}: `) : null, paragraph));
}
