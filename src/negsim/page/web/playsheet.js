// A sheet: the one question that is due, the scales that it is about, and the answers. What the adviser would do stays
// unsaid until asked.

import { button, el, fold, put, series } from "./dom.js";
import { facesOf, namesOf, peopleIn, shortName } from "./playfaces.js";
import { crossed, issueOf, keyOf, ladderOf, limitsOf } from "./playladder.js";
import { capital, fixed } from "./sentences.js";
import { whole } from "./words.js";

/** @type {Record<string, [sign: string, word: string, more?: string]>} */
const ANSWERS = {
  accept: ["✓", "Accept", "let it pass"], object: ["✗", "Object", "on record"], block: ["[ ]", "Bracket", "stop it"],
};
/** @type {typeof ANSWERS} */ const VOTES = { accept: ["✓", "Back it"], object: ["✗", "Vote against"] };
/** @type {Record<string, [verb: string, label: string, short: string]>} */
const WRITES = {
  statements: ["Say it", "You say", "you say"],
  submission: ["Send it in", "You propose", "proposal"],
  pen: ["Ask for the pen", "You would write", "you write"],
};

/** Build the sheet of a question. answer: called with a reply, or null for what the adviser would do. adviser: promises
 * a sentence. tell: called with a name that is tapped. isWatching: somebody else answers.
 * @param {Sheet & { isWatching: boolean, adviser: () => Promise<string> }} of */
export function sheetOf({ question, facts, marks, isWatching, answer, adviser, tell }) {
  const { remarks } = question;
  const sheet = { question, facts, marks, answer, tell };
  const build = question.kind === "evening" ? evening : question.kind in WRITES ? writing : reading;
  const { body, buttons } = build(sheet);
  return el("section", { class: `sheet ${question.kind}`, "aria-labelledby": "asked" },
    el("h1", { id: "asked", tabindex: -1 }, question.title),
    remarks.length ? series("div", { class: "said" }, remarks, (remark) => el("p", {}, remark)) : null,
    isWatching
      ? el("fieldset", { disabled: true }, body)
      : [body, el("div", { class: "answers" }, buttons, advice(answer, adviser, question))],
  );
}

/** The button that asks the adviser, and then, in its place, what the adviser says.
 * @param {Sheet["answer"]} answer @param {() => Promise<string>} adviser @param {Asked} rest */
function advice(answer, adviser, { kind, ask: people }) {
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
  if (kind === "statements" && people) {
    host.append(
      button("quiet",
        () => {
          const first = document.querySelector(".ask .face");
          first.scrollIntoView({ block: "center" });
          first.focus({ preventScroll: true });
        },
        "Ask in the corridor ↓",
      ),
    );
  }
  return host;
}

/** @param {Asked} question @param {string} name */
const barOf = (question, name) => question.bars.find((bar) => bar.issue === name);

/** Draw the scale of an issue as a question has it. @param {Sheet} of @param {Bar} bar @param {Partial<Ladder>} more */
function scaleOf({ question: { people, worth }, facts, tell }, bar, more) {
  return ladderOf({ issue: issueOf(facts, bar.issue), bar, facts, people, worth: worth[bar.issue], tell, ...more });
}

/** Statements, proposals, the pen: a mark on every scale that one may write on; with statements, whom to ask.
 * @param {Sheet} sheet */
function writing(sheet) {
  const { question, facts, answer } = sheet;
  const [verb, label, short] = WRITES[question.kind];
  const names = question.values ?? [];
  const isPick = question.kind !== "statements";
  const kind = question.kind === "pen" ? { type: "radio", name: "pick" } : { type: "checkbox", checked: true };
  const written = names.map((name) => {
    const bar = barOf(question, name);
    const write = { label, short, value: bar.yours, changed: () => box && pick(box) };
    const element = scaleOf(sheet, bar, { write, isDense: names.length > 2, ...(isPick ? {} : { worth: null }) });
    const box = isPick ? el("input", { ...kind, change: () => show() }) : null;
    if (box) element.prepend(el("label", { class: "pick" }, box, ` On ${issueOf(facts, name).label}`));
    return { name, write, box, element };
  });
  /** @type {Set<string>} */ const asked = new Set();
  const [act] = question.acts;
  const call = question.may?.call ? el("input", { type: "checkbox" }) : null;
  const picked = () => written.filter(({ box }) => !box || box.checked);
  const pick = (/** @type {HTMLInputElement} */ box) => {
    box.checked = true; // a mark that is moved is meant
    show();
  };
  const reply = () => {
    const values = Object.fromEntries(picked().map(({ name, write }) => [name, write.value]));
    return { act, values, ...(question.ask && { ask: [...asked] }), ...(call && { call: call.checked }) };
  };
  const send = button("main", () => answer(reply()));
  const show = () => {
    const plans = [names.length && verb, asked.size && `ask ${namesOf([...asked])}`].filter(Boolean);
    send.textContent = capital(plans.join(", and ")) || (question.ask ? "Ask nobody" : "Go on");
    send.disabled = isPick && !picked().length;
  };
  show();
  const nothing = button(null, () => answer({ act, values: {} }), question.kind === "pen" ? "Not now" : "Nothing");
  return {
    body: [
      series("div", { class: "scales-upright" }, written, ({ element }) => element),
      names.length ? keyOf(facts) : null,
      call && el("label", { class: "pick" }, call, " Move to close the list of speakers and take up a rolling text"),
      question.ask ? corridor(sheet, asked, show) : null,
    ],
    buttons: isPick ? [send, nothing] : [send],
  };
}

/** Whom to ask in the corridor: faces to tap.
 * @param {Sheet} of @param {Set<string>} chosen @param {() => unknown} changed */
const corridor = ({ question: { ask }, facts, marks }, chosen, changed) =>
  ask &&
  el("div", { class: "ask" },
    el("h2", {}, `In the corridor: choose up to ${ask.most} people to ask`),
    el("p", { class: "about" }, "They tell you the truth about where they stand and what they never sign."),
    facesOf({ facts, marks, ...ask, chosen, changed }),
  );

/** A reading, the report, a motion: accept, object or bracket; with another text or an offer where one may.
 * @param {Sheet} sheet */
function reading(sheet) {
  const { question, facts, answer } = sheet;
  const { may = {}, text } = question;
  const about = question.issue ? [question.issue] : Object.keys(text);
  const bars = about.map((name) => ({ ...barOf(question, name), now: text[name]?.value ?? barOf(question, name).now }));
  const [first] = bars;
  const isDense = bars.length > 1;
  const amend = may.amend ? { label: "You write", short: "you write", value: rounded(first.yours) } : null;
  /** @type {{ issue: string, value: number | null } | null} */
  const offer = may.offer?.length ? { issue: may.offer[0], value: null } : null;
  const on = { amend: false, offer: false };
  const host = el("div", { class: "scales-upright" });
  const note = el("p", { class: "note", "aria-live": "polite" });
  const draw = () => {
    const scales = bars.map((bar, n) => scaleOf(sheet, bar, { write: n === 0 && on.amend ? amend : null, isDense }));
    host.replaceChildren(...scales, ...(on.offer && offer ? [offerOf(sheet, offer, draw)] : []));
    const asked = issueOf(facts, offer?.issue)?.label;
    note.textContent = [
      on.amend && "The room reads your text first. If it does not pass, this is your answer to the old one:",
      on.offer && `If the text fails, the room reads your offer: the text as it stands, and ${asked} as you ask.`,
    ]
      .filter(Boolean)
      .join(" ");
  };
  const extraOf = (/** @type {"amend" | "offer"} */ what, /** @type {string} */ words) => {
    const pressed = button(null,
      () => {
        on[what] = !on[what];
        put(pressed, { "aria-pressed": String(on[what]) });
        draw();
        if (on[what]) host.querySelector(what === "amend" ? ".handle" : ".offer .handle").focus();
      },
      words,
    );
    return put(pressed, { "aria-pressed": "false" });
  };
  const extra = [amend && extraOf("amend", "✎ Write another text"), offer && extraOf("offer", "⇄ Offer an exchange")];
  draw();
  /** @type {(act: string) => Reply} */
  const reply = (act) => ({
    act,
    ...(amend && { amend: on.amend ? amend.value : null }),
    ...(offer && { offer: on.offer ? { issue: offer.issue, place: offer.value ?? NaN } : null }),
  });
  const others = question.bars.filter((bar) => !about.includes(bar.issue));
  const scales = el("div", {}, host, amend || offer ? el("div", { class: "extra" }, extra) : null);
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
function actsOf({ kind, acts }, answer) {
  return series("div", { class: "acts" }, acts, (act) => {
    const [sign, word, more] = (kind === "motion" ? VOTES : ANSWERS)[act];
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

/** What is known before one answers: the worth of the text, its brackets last time, whom one fears, what was told.
 * @param {Sheet} of @param {Bar} bar */
function before({ question: { before: known, issue, text, people }, tell }, bar) {
  const confidences = people
    .flatMap(({ name, confidence }) => (issue !== null && confidence ? [{ name, ...confidence[issue] }] : []))
    .map(({ name, stands, red }, n) => [n ? "; " : "", peopleIn([name], tell), ` ${fixed(stands, 2)}${limitsOf(red)}`]);
  const over = issue && crossed(bar.red, bar.now) ? el("b", { class: "over" }, " It crosses your red line.") : null;
  const pen = issue === null ? null : text[issue]?.pen;
  const feared = known.you_fear.filter((name) => name !== pen);
  const lines = [
    pen ? el("li", {}, "Written by ", el("b", {}, shortName(pen)), ".") : null,
    Number.isFinite(known.worth)
      ? el("li", {}, "It is worth ", el("b", {}, `${whole(known.worth ?? NaN)} of your 100`), ".", over)
      : null,
    known.blocked_by.length ? el("li", {}, "Bracketed last time by ", peopleIn(known.blocked_by, tell), ".") : null,
    feared.length ? el("li", {}, "From what you believe, expect brackets from ", peopleIn(feared, tell), ".") : null,
    confidences.length ? el("li", {}, "They told you: ", confidences, ".") : null,
  ].filter(Boolean);
  return lines.length ? el("ul", { class: "before" }, lines) : null;
}

/** "I accept this if ... moves to ...": an issue to choose, and a mark on its scale.
 * @param {Sheet} sheet @param {{ issue: string, value: number | null }} offer @param {() => unknown} redraw */
function offerOf(sheet, offer, redraw) {
  const { question, facts } = sheet;
  const bar = barOf(question, offer.issue);
  offer.value ??= rounded(bar.yours);
  const change = () => {
    Object.assign(offer, { issue: select.value, value: null });
    redraw();
    document.querySelector(".offer select").focus(); // in the place of the one that was used
  };
  const select = series("select", { "aria-label": "What you ask for in exchange", change },
    question.may?.offer ?? [],
    (name) => el("option", { value: name, selected: name === offer.issue }, issueOf(facts, name).label),
  );
  const changed = (/** @type {number} */ value) => (offer.value = value);
  const write = { label: "You ask for", short: "you ask", value: offer.value, changed };
  return el("div", { class: "offer" },
    el("p", {}, "I accept this if ", select, " moves to"),
    scaleOf(sheet, bar, { write }),
  );
}

/** @param {number} value */
const rounded = (value) => Math.round(100 * value) / 100;

/** The evening: faces to tap. @param {Sheet} sheet */
function evening(sheet) {
  const { question, facts, marks, answer } = sheet;
  const { most, of } = /** @type {Most} */ (question.guests);
  /** @type {Set<string>} */ const asked = new Set();
  /** @type {Set<string>} */ const guests = new Set();
  const reply = () => ({ act: "evening", ...(question.ask && { ask: [...asked] }), guests: [...guests] });
  const send = button("main", () => answer(reply()));
  const show = () => {
    const plans = [guests.size && `dine with ${namesOf([...guests])}`, asked.size && `ask ${namesOf([...asked])}`];
    send.textContent = capital(plans.filter(Boolean).join(", ")) || "Keep to the plan";
  };
  show();
  return {
    body: [
      question.ask ? corridor(sheet, asked, show) : null,
      fold(`Give a dinner for up to ${most}`, { class: "dinner", open: !question.ask },
        facesOf({ facts, marks, most, of, chosen: guests, changed: show }),
      ),
    ],
    buttons: [send],
  };
}
