// A sheet: the one question that is due, the scales that it is about, and the answers. What the adviser would do stays unsaid until asked.

import { el, put } from "./dom.js";
import { facesOf, namesOf, peopleIn, shortName } from "./playfaces.js";
import { crossed, issueOf, keyOf, ladderOf, limitsOf, whole } from "./playladder.js";
import { fixed } from "./sentences.js";

const ANSWERS = { accept: ["✓", "Accept", "let it pass"], object: ["✗", "Object", "on record"], block: ["[ ]", "Bracket", "stop it"] };
const VOTES = { accept: ["✓", "Back it"], object: ["✗", "Vote against"] };
const WRITES = {
  statements: ["Say it", "You say", "you say"], submission: ["Send it in", "You propose", "proposal"],
  pen: ["Ask for the pen", "You would write", "you write"],
};

/** Build the sheet of a question. answer: called with a reply, or null for what the adviser would do. adviser: promises a sentence. tell: called with a name that is tapped. isWatching: somebody else answers. */
export function sheetOf({ question, facts, marks, isWatching, answer, adviser, tell }) {
  const sheet = { question, facts, marks, answer, tell };
  const build = question.kind === "evening" ? evening : question.kind in WRITES ? writing : reading;
  const { body, buttons } = build(sheet);
  return el("section", { class: `sheet ${question.kind}`, "aria-labelledby": "asked" },
    el("h1", { id: "asked", tabindex: -1 }, question.title),
    question.remarks.length ? el("div", { class: "said" }, question.remarks.map((remark) => el("p", {}, remark))) : null,
    isWatching ? el("fieldset", { disabled: true }, body) : [body, el("div", { class: "answers" }, buttons, advice(answer, adviser, question))]);
}

/** The button that asks the adviser, and then, in its place, what the adviser says. */
function advice(answer, adviser, { kind, ask: people }) {
  const host = el("div", { class: "advice", "aria-live": "polite" });
  const follow = el("button", { type: "button", class: "quiet", click: () => answer(null) }, "Do as advised");
  const ask = el("button", { type: "button", class: "quiet", click: async () => {
    put(ask, { disabled: true });
    host.replaceChildren(el("p", {}, await adviser(), " ", follow));
    follow.focus({ preventScroll: true });
  } }, "Ask my adviser");
  host.append(ask);
  if (kind === "statements" && people) {
    host.append(el("button", { type: "button", class: "quiet", click: () => {
      const first = document.querySelector(".ask .face");
      first.scrollIntoView({ block: "center" });
      first.focus({ preventScroll: true });
    } }, "Ask in the corridor ↓"));
  }
  return host;
}

const barOf = (question, name) => question.bars.find((bar) => bar.issue === name);

/** Draw the scale of an issue as a question has it. */
const scaleOf = ({ question, facts, tell }, bar, more) =>
  ladderOf({ issue: issueOf(facts, bar.issue), bar, facts, people: question.people, worth: question.worth[bar.issue], tell, ...more });

/** Statements, proposals, the pen: a mark on every scale that the sheet is about; with statements, whom to ask in the corridor. */
function writing(sheet) {
  const { question, facts, answer } = sheet, [verb, label, short] = WRITES[question.kind];
  const names = question.values, isPick = question.kind !== "statements";
  const written = names.map((name) => {
    const bar = barOf(question, name), write = { label, short, value: bar.yours };
    const element = scaleOf(sheet, bar, { write, isDense: names.length > 2, ...(isPick ? {} : { worth: null }) });
    const box = isPick ? el("input", { type: "checkbox", checked: question.kind !== "pen" }) : null;
    if (box) element.prepend(el("label", { class: "pick" }, box, ` On ${issueOf(facts, name).label}`));
    return { name, write, box, element };
  });
  const [act] = question.acts;
  const values = () => Object.fromEntries(written.filter(({ box }) => !box || box.checked).map(({ name, write }) => [name, write.value]));
  const asked = new Set(), call = question.may?.call ? el("input", { type: "checkbox" }) : null;
  const send = el("button", { type: "button", class: "main", click: () => answer({ act, values: values(), ...(question.ask ? { ask: [...asked] } : {}), ...(call ? { call: call.checked } : {}) }) });
  const show = () => (send.textContent = asked.size ? `${verb}, and ask ${namesOf([...asked])}` : verb);
  show();
  const buttons = isPick ? [send, el("button", { type: "button", click: () => answer({ act, values: {} }) }, question.kind === "pen" ? "Not now" : "Nothing")] : [send];
  return {
    body: [el("div", { class: "scales-upright" }, written.map(({ element }) => element)), keyOf(facts),
      call ? el("label", { class: "pick" }, call, " Move to close the list of speakers and take up a rolling text") : null,
      question.ask ? corridor(sheet, asked, show) : null],
    buttons,
  };
}

/** Whom to ask in the corridor: faces to tap. */
const corridor = ({ question, facts, marks }, chosen, changed) => el("div", { class: "ask" },
  el("h2", {}, `In the corridor: choose up to ${question.ask.most} people to ask`), el("p", { class: "about" }, "They tell you the truth about where they stand and what they never sign."),
  facesOf({ facts, marks, of: question.ask.of, most: question.ask.most, chosen, changed }));

/** A reading, the report, a motion: accept, object or bracket; with another text or an offer where one may make them. */
function reading(sheet) {
  const { question, facts, answer } = sheet, { may = {}, text } = question;
  const about = question.issue ? [question.issue] : Object.keys(text);
  const bars = about.map((name) => ({ ...barOf(question, name), now: text[name]?.value ?? barOf(question, name).now })), first = bars[0];
  const amend = may.amend && first ? { label: "You write", short: "you write", value: Math.round(100 * first.yours) / 100 } : null;
  const offer = may.offer?.length ? { issue: may.offer[0], value: null } : null;
  const on = { amend: false, offer: false }, host = el("div", { class: "scales-upright" }), note = el("p", { class: "note", "aria-live": "polite" });
  const draw = () => {
    host.replaceChildren(...bars.map((bar, n) => scaleOf(sheet, bar, { write: n === 0 && on.amend ? amend : null, isDense: bars.length > 1 })), ...(on.offer ? [offerOf(sheet, offer, draw)] : []));
    note.textContent = [on.amend ? "The room reads your text first. If it does not pass, this is your answer to the old one:" : "",
      on.offer ? `If the text fails, the room reads your offer: the text as it stands, and ${issueOf(facts, offer.issue).label} as you ask.` : ""].filter(Boolean).join(" ");
  };
  const extra = el("div", { class: "extra" }, [["amend", "✎ Write another text", amend], ["offer", "⇄ Offer an exchange", offer]].filter(([, , there]) => there).map(([what, words]) => {
    const button = el("button", { type: "button", "aria-pressed": "false", click: () => {
      on[what] = !on[what];
      put(button, { "aria-pressed": String(on[what]) });
      draw();
      if (on[what]) host.querySelector(what === "amend" ? ".handle" : ".offer .handle").focus();
    } }, words);
    return button;
  }));
  draw();
  const words = question.kind === "motion" ? VOTES : ANSWERS;
  const reply = (act) => ({ act, ...(amend ? { amend: on.amend ? amend.value : null } : {}), ...(offer ? { offer: on.offer ? { issue: offer.issue, place: offer.value } : null } : {}) });
  const acts = el("div", { class: "acts" }, question.acts.map((act) =>
    el("button", { type: "button", class: `act ${act}`, click: () => answer(reply(act)) }, el("span", { "aria-hidden": "true" }, words[act][0]), ` ${words[act][1]}`, words[act][2] ? el("small", {}, words[act][2]) : null)));
  const others = question.bars.filter((bar) => !about.includes(bar.issue));
  return { body: [before(sheet, first), el("div", { class: others.length ? "pair" : "" }, el("div", {}, host, amend || offer ? extra : null), othersOf(sheet, others)), bars.length ? keyOf(facts) : null], buttons: [note, acts] };
}

/** The scales of the other paragraphs, to look at: open where there is room. */
const othersOf = (sheet, bars) => (bars.length
  ? el("details", { class: "others", open: matchMedia("(min-width: 60rem)").matches }, el("summary", {}, "The other paragraphs"),
    el("div", { class: "scales-upright" }, bars.map((bar) => scaleOf(sheet, bar, { isDense: true }))))
  : null);

/** What is known before one answers: the worth of the text, whose brackets it had, whom one fears, and what was told. */
function before({ question: { before: known, issue, text, people }, tell }, bar) {
  const confidences = people.filter(({ confidence }) => issue && confidence)
    .map(({ name, confidence: { [issue]: { stands, red } } }, n) => [n ? "; " : "", peopleIn([name], tell), ` ${fixed(stands, 2)}${limitsOf(red)}`]);
  const pen = text[issue]?.pen, feared = known.you_fear.filter((name) => name !== pen);
  const lines = [
    pen ? el("li", {}, "Written by ", el("b", {}, shortName(pen)), ".") : null,
    Number.isFinite(known.worth) ? el("li", {}, "It is worth ", el("b", {}, `${whole(known.worth)} of your 100`), ".", issue && crossed(bar.red, bar.now) ? el("b", { class: "over" }, " It crosses your red line.") : "") : null,
    known.blocked_by.length ? el("li", {}, "Bracketed last time by ", peopleIn(known.blocked_by, tell), ".") : null,
    feared.length ? el("li", {}, "From what you believe, expect brackets from ", peopleIn(feared, tell), ".") : null,
    confidences.length ? el("li", {}, "They told you: ", confidences, ".") : null,
  ].filter(Boolean);
  return lines.length ? el("ul", { class: "before" }, lines) : null;
}

/** "I accept this if ... moves to ...": an issue to choose, and a mark on its scale. */
function offerOf(sheet, offer, redraw) {
  const { question, facts } = sheet, bar = barOf(question, offer.issue);
  offer.value ??= Math.round(100 * bar.yours) / 100;
  const select = el("select", { "aria-label": "What you ask for in exchange", change: () => {
    Object.assign(offer, { issue: select.value, value: null });
    redraw();
  } }, question.may.offer.map((name) => el("option", { value: name, selected: name === offer.issue }, issueOf(facts, name).label)));
  const write = { label: "You ask for", short: "you ask", value: offer.value, changed: (value) => (offer.value = value) };
  return el("div", { class: "offer" }, el("p", {}, "I accept this if ", select, " moves to"), scaleOf(sheet, bar, { write }));
}

/** The evening: faces to tap. */
function evening(sheet) {
  const { question, facts, marks, answer } = sheet, asked = new Set(), guests = new Set();
  const send = el("button", { type: "button", class: "main", click: () => answer({ act: "evening", ...(question.ask ? { ask: [...asked] } : {}), guests: [...guests] }) });
  const show = () => (send.textContent = [guests.size ? `Dine with ${namesOf([...guests])}` : "", asked.size ? `ask ${namesOf([...asked])}` : ""].filter(Boolean).join(", ").replace(/^a/, "A") || "Keep to the plan");
  show();
  return { body: [
    question.ask ? corridor(sheet, asked, show) : null,
    el("details", { class: "dinner", open: !question.ask }, el("summary", {}, `Give a dinner for up to ${question.guests.most}`), facesOf({ facts, marks, of: question.guests.of, most: question.guests.most, chosen: guests, changed: show })),
  ], buttons: [send] };
}
