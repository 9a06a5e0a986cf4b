// A sheet: the one question that is due, the scales that it is about, and the answers. What the adviser would do stays
// unsaid until asked.

import { button, el, fold, put, series } from "./dom.js";
import { facesOf, namesOf, peopleIn, shortName } from "./playfaces.js";
import { amountAt, crossed, issueOf, keyOf, ladderOf, limitsOf } from "./playladder.js";
import { percent } from "./sentences.js";
import { ofYour, paragraphs } from "./words.js";

/** @type {Record<string, [sign: string, word: string, more?: string]>} */
const ANSWERS = {
  accept: ["✓", "Accept", "let it pass"], object: ["✗", "Object"], block: ["[ ]", "Bracket", "stop it"],
};
/** @type {Record<string, string>} */
const OBJECTIONS = {
  record: "on record", aside: "on record, you stand aside", bracket: "counts as a bracket",
  joins: "a bracket if enough others object too",
};
/** @type {typeof ANSWERS} */ const VOTES = { accept: ["✓", "Back it"], object: ["✗", "Vote against"] };
/** @type {Record<string, [verb: string, label: string, short: string]>} */
const WRITES = {
  statements: ["Say it", "You say", "you say"],
  submission: ["Send it in", "You propose", "proposal"],
  pen: ["Ask for the pen", "You would write", "you write"],
};

/** @type {Record<string, [verb: string, nobody: string]>} */
const TALKS = {
  corridor: ["Ask", "Ask nobody"], secret: ["Show it to", "Show it to nobody today"],
  evening: ["Dine with", "Keep to the plan"],
};

/** Build the sheet of a question. answer: called with a reply, or null for what the adviser would do. adviser: promises
 * a sentence. tell: called with a name that is tapped. isWatching: somebody else answers.
 * @param {Sheet & { isWatching: boolean, adviser: () => Promise<string> }} of */
export function sheetOf({ question, facts, marks, isWatching, answer, adviser, tell }) {
  const { remarks } = question;
  const sheet = { question, facts, marks, answer, tell };
  const build = question.kind in TALKS ? talking : question.kind in WRITES ? writing : reading;
  const { body, buttons } = build(sheet);
  return el("section", { class: `sheet ${question.kind}`, "aria-labelledby": "asked" },
    el("h1", { id: "asked", tabindex: -1 }, question.title),
    remarks.length ? series("div", { class: "said" }, remarks, (remark) => el("p", {}, remark)) : null,
    isWatching
      ? el("fieldset", { disabled: true }, body)
      : [body, el("div", { class: "answers" }, buttons, advice(answer, adviser))],
  );
}

/** The button that asks the adviser, and then, in its place, what the adviser says.
 * @param {Sheet["answer"]} answer @param {() => Promise<string>} adviser */
function advice(answer, adviser) {
  const host = el("div", { class: "advice", "aria-live": "polite" });
  const follow = button("quiet", () => answer(null), "Do as advised");
  const ask = button("quiet",
    async () => {
      put(ask, { disabled: true });
      host.replaceChildren(el("p", {}, await adviser().catch(({ message }) => message), " ", follow));
      follow.focus({ preventScroll: true });
    },
    "Ask my adviser",
  );
  host.append(ask);
  return host;
}

/** @param {Asked} question @param {string} name */
const barOf = (question, name) => question.bars.find((bar) => bar.issue === name);

/** Draw the scale of an issue as a question has it. @param {Sheet} of @param {Bar} bar @param {Partial<Ladder>} more */
function scaleOf({ question: { people, worth }, facts, tell }, bar, more) {
  return ladderOf({ issue: issueOf(facts, bar.issue), bar, facts, people, worth: worth[bar.issue], tell, ...more });
}

/** Statements, proposals, the pen: a mark on every scale that one may write on.
 * @param {Sheet} sheet */
function writing(sheet) {
  const { question, facts, answer } = sheet;
  const [verb, label, short] = WRITES[question.kind];
  const names = question.values ?? [];
  const isPick = question.kind !== "statements";
  const kind = question.kind === "pen" ? { type: "radio", name: "pick" } : { type: "checkbox", checked: true };
  const written = names.map((name) => {
    const bar = barOf(question, name);
    const write = { label, short, value: bar.yours };
    const box = isPick ? el("input", { ...kind, change: () => show() }) : null;
    const host = el("div", {});
    const choice = box && el("label", { class: "pick" }, box, ` On ${issueOf(facts, name).label}`);
    const element = el("div", {}, choice, host);
    const more = () => (!box ? { write, worth: null } : box.checked ? { write } : { isDense: true });
    const draw = () => host.replaceChildren(scaleOf(sheet, bar, more()));
    return { name, write, box, element, draw };
  });
  const [act] = question.acts;
  const call = question.may?.call ? el("input", { type: "checkbox" }) : null;
  const picked = () => written.filter(({ box }) => !box || box.checked);
  const reply = () => {
    const values = Object.fromEntries(picked().map(({ name, write }) => [name, write.value]));
    return { act, values, ...(call && { call: call.checked }) };
  };
  const send = button("main", () => answer(reply()));
  const show = () => {
    send.textContent = names.length ? verb : "Go on";
    send.disabled = isPick && !picked().length;
    for (const { draw } of written) draw();
  };
  show();
  const nothing = button(null, () => answer({ act, values: {} }), question.kind === "pen" ? "Not now" : "Nothing");
  return {
    body: [
      series("div", { class: "scales-upright" }, written, ({ element }) => element),
      names.length ? keyOf(facts) : null,
      call && el("label", { class: "pick" }, call, " Move to close the list of speakers and take up a rolling text"),
    ],
    buttons: isPick ? [send, nothing] : [send],
  };
}

/** Whom to ask in the corridor, to show what one knows, to dine with: faces to tap.
 * @param {Sheet} sheet */
function talking(sheet) {
  const { question, facts, marks, answer } = sheet;
  const { kind, secret, issue } = question;
  const [act] = question.acts;
  const [verb, nobody] = TALKS[kind];
  const whom = /** @type {Most} */ (question.whom);
  /** @type {Set<string>} */ const chosen = new Set();
  const send = button("main", () => answer({ act, whom: [...chosen] }));
  const changed = () => (send.textContent = chosen.size ? `${verb} ${namesOf([...chosen])}` : nobody);
  const bar = issue === null ? null : barOf(question, issue);
  changed();
  return {
    body: [
      secret?.text ? fold("What only you know", {}, paragraphs(secret.text).map((part) => el("p", {}, part))) : null,
      bar && before(sheet, bar),
      el("div", { class: "ask" },
        whom.most > 1 ? el("p", { class: "about" }, `Choose up to ${whom.most}.`) : null,
        facesOf({ facts, marks, ...whom, chosen, changed }),
      ),
      bar && [scaleOf(sheet, bar, { isDense: true }), keyOf(facts)],
    ],
    buttons: [send],
  };
}

/** A reading, the report, a motion: accept, object or bracket; with another text where one may write.
 * @param {Sheet} sheet */
function reading(sheet) {
  const { question, facts, answer } = sheet;
  const { may = {}, text } = question;
  const about = question.issue ? [question.issue] : Object.keys(text);
  const bars = about.map((name) => ({ ...barOf(question, name), now: text[name]?.value ?? barOf(question, name).now }));
  const [first] = bars;
  const isDense = bars.length > 1;
  const amend = may.amend ? { label: "You write", short: "you write", value: rounded(first.yours) } : null;
  let isWriting = false;
  const host = el("div", { class: "scales-upright" });
  const note = el("p", { class: "note", "aria-live": "polite" });
  const draw = () => {
    const scales = bars.map((bar, n) => scaleOf(sheet, bar, { write: n === 0 && isWriting ? amend : null, isDense }));
    host.replaceChildren(...scales);
    note.textContent = isWriting
      ? `The room reads your text first. If it fails, it costs you ${facts.play.failed_text_cost} points, and this is your answer to the old one:`
      : "";
  };
  const writes = button(null,
    () => {
      isWriting = !isWriting;
      put(writes, { "aria-pressed": String(isWriting) });
      draw();
      if (isWriting) host.querySelector(".handle").focus();
    },
    "✎ Write another text",
  );
  put(writes, { "aria-pressed": "false" });
  draw();
  /** @type {(act: string) => Reply} */
  const reply = (act) => ({ act, ...(amend && { amend: isWriting ? amend.value : null }) });
  const others = question.bars.filter((bar) => !about.includes(bar.issue));
  const scales = el("div", {}, host, amend ? el("div", { class: "extra" }, writes) : null);
  return {
    body: [
      before(sheet, first),
      el("div", { class: others.length ? "pair" : "" }, scales, othersOf(sheet, others)),
      bars.length ? keyOf(facts) : null,
    ],
    buttons: [note, actsOf(question, (act) => answer(reply(act)))],
  };
}

/** The buttons that answer. @param {Asked} of @param {(act: string) => unknown} answer */
function actsOf({ kind, acts, objection = "" }, answer) {
  return series("div", { class: "acts" }, acts, (act) => {
    const [sign, word, more = act === "object" && OBJECTIONS[objection]] = (kind === "motion" ? VOTES : ANSWERS)[act];
    return button(`act ${act}`,
      () => answer(act),
      el("span", { "aria-hidden": "true" }, sign),
      ` ${word}`,
      more ? el("small", {}, more) : null,
    );
  });
}

/** The scales of the other paragraphs, to look at: open where there is room.
 * @param {Sheet} sheet @param {Bar[]} bars */
const othersOf = (sheet, bars) =>
  bars.length
    ? fold("The other paragraphs", { class: "others", open: matchMedia("(min-width: 60rem)").matches },
        series("div", { class: "scales-upright" }, bars, (bar) => scaleOf(sheet, bar, { isDense: true })),
      )
    : null;

/** What is known before one answers: the worth of the text, its brackets last time, who is likely to, what was told.
 * @param {Sheet} of @param {Bar} bar */
function before({ question: { before: known, issue, text, people }, facts, tell }, bar) {
  const scale = issueOf(facts, issue ?? undefined);
  const confidences = people
    .flatMap(({ name, confidence }) => (issue !== null && confidence ? [{ name, ...confidence[issue] }] : []))
    .map(({ name, stands, red }, n) => [n ? "; " : "", peopleIn([name], tell), " ", amountAt(scale, stands, facts), limitsOf(scale, red, facts)]);
  const over = issue && crossed(bar.red, bar.now) ? el("b", { class: "over" }, " It crosses your red line.") : null;
  const { pen, moved } = text[issue ?? ""] ?? { pen: null, moved: false };
  const lines = [
    pen ? el("li", {}, "Written by ", el("b", {}, shortName(pen)), moved ? ", and moved since." : ".") : null,
    Number.isFinite(known.worth)
      ? el("li", {}, "It is worth ", el("b", {}, ofYour(known.worth ?? NaN)), ".", over)
      : null,
    known.blocked_by.length ? el("li", {}, "Bracketed last time by ", peopleIn(known.blocked_by, tell), ".") : null,
    forecast(known.you_fear, tell),
    confidences.length ? el("li", {}, "They told you: ", confidences, ".") : null,
  ].filter(Boolean);
  return lines.length ? el("ul", { class: "before" }, lines) : null;
}

/** Who is likely to bracket the text, each with a chance. @param {Asked["before"]["you_fear"]} feared @param {Sheet["tell"]} tell */
const forecast = (feared, tell) =>
  feared &&
  el("li", {},
    feared.length
      ? feared.map(({ name, chance }, n) => [
          n ? ", " : "Likely to bracket it: ", peopleIn([name], tell), ` ${percent(rounded(chance))}`,
        ])
      : "Nobody is likely to bracket it",
    ".",
  );

/** @param {number} value */
const rounded = (value) => Math.round(100 * value) / 100;
