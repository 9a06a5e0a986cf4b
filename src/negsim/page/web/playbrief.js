// The brief of a seat: in a sentence each for the first screen, and whole for whoever opens it.

import { el, fold, series } from "./dom.js";
import { listed, fixed } from "./sentences.js";
import { wordsAt } from "./playladder.js";
import { paragraphs } from "./words.js";

/** @type {[part: BriefPart, title: string][]} */
const PARTS = [
  ["who", "Who you are"],
  ["wants", "What you want, and why"],
  ["arguments", "What you can say aloud"],
  ["never", "What you must not sign"],
  ["secret", "What only you know"],
  ["friend", "Your friend"],
  ["foe", "Your foe"],
];

const WORDS = [
  ["Reading", "The room is asked about a text: each delegate accepts, objects or brackets."],
  ["Bracket", "An objection that stops the text."],
  ["Object", "An objection on record; you stand aside if the text falls only a little short of what you need."],
  [
    "Adviser",
    "The model’s own delegate for your seat. It plays by the rules, and on its own gets what you read at the end.",
  ],
  ["Agreed ad referendum", "Agreed for now: it counts once the report is adopted."],
  [
    "Dropped",
    "Left out of a report that is adopted in parts: it has had its share of the time, and counts as no deal.",
  ],
  ["Amendment", "Another text for the paragraph, which is read first."],
  ["Caucus", "A group meets by itself."],
];

/** Return the first sentences of a text. @param {string} text @param {number} most */
export const sentencesOf = (text, most) =>
  text.replace(/\s+/g, " ").trim().split(/(?<=[.!?]["”]?)\s+(?=\S)/).slice(0, most).join(" ");

/** Say what a seat wants: in the words of its brief, or by its position on the issue that matters most to it.
 * @param {Seat} seat @param {Facts} facts */
export function wantsOf(seat, facts) {
  if (seat.brief?.wants) return sentencesOf(seat.brief.wants, 1);
  const k = seat.salience.indexOf(Math.max(...seat.salience));
  const issue = facts.issues[k];
  return `${issue.label}, ${wordsAt(issue, seat.position[k], facts)}. It matters most to you.`;
}

/** Say what a seat must not sign. @param {Seat} seat @param {Facts} facts */
export function neverOf(seat, facts) {
  if (seat.brief?.never) return sentencesOf(seat.brief.never, 1);
  const lines = seat.red.flatMap(([low, high], k) => [
      low === null ? "" : `${facts.issues[k].label} below ${fixed(low, 2)}`,
      high === null ? "" : `${facts.issues[k].label} above ${fixed(high, 2)}`,
    ])
    .filter(Boolean);
  return lines.length ? `${listed(lines)}.` : "You have no red line.";
}

/** Say what the words at the table mean, and how the sessions work.
 * @param {{ formats: Format[], meetings: Meeting[], statuses: Status[] }} of */
export function wordsOf({ formats, meetings, statuses }) {
  const held = new Set(meetings.flatMap(({ agenda }) => agenda.map(([format]) => format)));
  const rows = [
    ...WORDS,
    ...statuses.map(({ glyph, label }) => [glyph, `${label}.`]),
    ...formats.filter((_, n) => held.has(n)).map(({ label, meaning }) => [label, `${meaning}.`]),
  ];
  return fold("What the words mean", {},
    series("dl", { class: "words" }, rows, ([word, meaning]) => [el("dt", {}, word), el("dd", {}, meaning)]),
  );
}

/** Return the whole brief, part by part; a seat without one gets a sentence. @param {{ brief?: Brief | null }} seat */
export function briefOf(seat) {
  const parts = PARTS.map(([part, title]) => ({ title, text: seat.brief?.[part] ?? "" })).filter(
    ({ text }) => text.length,
  );
  if (!parts.length)
    return el("p", {}, "This seat has no written brief; the scales say what you want and what you never sign.");
  return series("div", { class: "brief" }, parts, ({ title, text }) => [el("h3", {}, title), said(text)]);
}

/** @param {string | string[]} text */
function said(text) {
  if (Array.isArray(text)) return series("ul", {}, text, (line) => el("li", {}, `“${line}”`));
  return paragraphs(text).map((part) => el("p", {}, part));
}
