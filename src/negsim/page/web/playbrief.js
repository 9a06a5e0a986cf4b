// The brief of a seat: in a sentence each for the first screen, and whole for whoever opens it.

import { el, fold, series } from "./dom.js";
import { catalogue, lineOf, placeOn } from "./sentences.js";
import { paragraphs } from "./words.js";

/** @type {BriefPart[]} */
const PARTS = ["who", "wants", "arguments", "never", "secret", "friend", "foe"];
const MATTERS_MOST = 1.1;
const MATTERS_LESS = 0.9; // times the weight of an ordinary issue

const WORDS = [
  ["Reading", "The room is asked about a text: each delegate accepts, objects or brackets."],
  ["Bracket", "An objection that stops the text."],
  ["Object", "An objection on record; you stand aside if the text falls only a little short of what you need."],
  [
    "Adviser",
    "The model’s own delegate for your seat. It plays by the rules, and on its own gets what you read at the end.",
  ],
  ["Agreed ad referendum", "Agreed for now: it counts once the report is adopted."],
  ["Amendment", "Another text for the paragraph, which is read first."],
  ["Caucus", "A group meets by itself."],
];

/** Return the first sentences of a text. @param {string} text @param {number} most */
export const sentencesOf = (text, most) =>
  text.replace(/\s+/g, " ").trim().split(/(?<=[.!?]["”]?)\s+(?=\S)/).slice(0, most).join(" ");

/** Say what a seat wants and never signs, issue by issue, as policies/brief.py does.
 * @param {Bar[]} bars @param {Pick<Facts, "issues" | "sentences">} facts @returns {Drawn} */
export function drawnOf(bars, { issues, sentences }) {
  const sentence = catalogue(sentences);
  const wants = bars.map(({ yours, salience }, k) => {
    const key = issues[k].amounts?.length ? "brief.want.amount" : "brief.want";
    const wish = sentence(key, { issue: issues[k].label, text: placeOn(issues[k], yours) });
    const weight = salience * issues.length;
    const matters = weight > MATTERS_MOST ? "brief.matters.most" : weight < MATTERS_LESS ? "brief.matters.less" : "";
    return matters ? `${wish} ${sentence(matters)}` : wish;
  });
  const lines = bars.map(({ red }, k) => ({ issue: issues[k].label, line: lineOf(sentence, issues[k], red) }))
    .filter(({ line }) => line);
  const never = lines.length ? lines.map((line) => sentence("brief.line", line)) : [sentence("brief.no_line")];
  const weights = bars.map(({ salience }) => salience);
  return { first: [wants[weights.indexOf(Math.max(...weights))]], wants, never };
}

/** Say what a seat wants: a sentence of its brief, and the wish on the issue that matters most to it.
 * @param {KnownSeat} seat @param {Drawn | null} drawn */
export const wantsOf = ({ brief }, drawn) =>
  [brief?.wants ? sentencesOf(brief.wants, 1) : "", ...(drawn?.first ?? [])].filter(Boolean).join(" ");

/** Say what a seat must not sign: why, and then the line itself. @param {KnownSeat} seat @param {Drawn | null} drawn */
export const neverOf = ({ brief }, drawn) =>
  [brief?.never ? sentencesOf(brief.never, 1) : "", ...(drawn?.never ?? [])].filter(Boolean).join(" ");

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

/** Return the whole brief, part by part: the author's words, and what was drawn.
 * @param {{ brief?: Brief | null }} seat @param {Drawn | null} drawn @param {Pick<Facts, "sentences">} facts */
export function briefOf({ brief }, drawn, { sentences }) {
  const parts = PARTS.map((part) => ({
    title: sentences[`brief.${part}`],
    text: brief?.[part] ?? "",
    lines: part === "wants" || part === "never" ? (drawn?.[part] ?? []) : [],
  }));
  return series("div", { class: "brief" },
    parts.filter(({ text, lines }) => text.length || lines.length),
    ({ title, text, lines }) => [el("h3", {}, title), said(text), lines.map((line) => el("p", {}, line))],
  );
}

/** @param {string | string[]} text */
function said(text) {
  if (Array.isArray(text)) return series("ul", {}, text, (line) => el("li", {}, `“${line}”`));
  return paragraphs(text).map((part) => el("p", {}, part));
}
