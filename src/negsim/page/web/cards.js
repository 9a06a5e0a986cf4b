// Cards: what a turn did, as a seat sees it: who accepted, who bracketed, what it is worth, what it had thought.

import { finite, texts } from "./question.js";

const KINDS = { READ: "reading", READ_AMENDMENT: "amendment", READ_OFFER: "offer", DISCUSS: "proposal", READ_PACKAGE: "package",
  ADOPT: "report", MOTION: "motion", VOTE: "motion", ASK: "corridor", EVENING: "evening", DRAFT: "draft", NOTICE: "draft",
  DRAFT_IN_GROUP: "draft", POLL: "draft" };
const READ = ["reading", "amendment", "offer", "proposal", "package", "report"];
const SEEN = 0.005; // of the scale, from which on a move of the text is told
const FELT = 0.002; // of trust, from which on a change is shown

/** Note what a card compares with: before a turn. */
export function notes(game, turn, move) {
  const { eyes } = game, read = READ.includes(KINDS[move]) ? texts(game, turn, move) : [];
  const asked = game.facts.play.questions, choice = move === "ASK" ? eyes.choice("whom").column("") : [];
  const whom = [...choice.slice(asked * eyes.seat, asked * (eyes.seat + 1))].filter((j) => j >= 0);
  return {
    trusted: eyes.trusted(), closed: eyes.issues.map((_, k) => eyes.isClosed(k)),
    brackets: eyes.issues.map((_, k) => eyes.blockers(k)), text: eyes.issues.map((_, k) => eyes.paragraph(k).text),
    readings: eyes.issues.map((_, k) => eyes.paragraph(k).readings),
    read, feared: turn.issue < 0 ? [] : read.flatMap(({ k, value }) => eyes.feared(k, value, game.told)), whom,
    thought: whom.map((j) => eyes.issues.map((_, k) => eyes.belief(k, j))),
  };
}

/** Return the card of a turn that was made; null where it did nothing that its seat would look at. */
export function cardOf(game, turn, move, before) {
  const kind = KINDS[move], { eyes } = game;
  if (!kind) return null;
  const changed = eyes.trusted() - before.trusted;
  const card = {
    kind, title: "", sentences: [], issue: turn.issue < 0 ? null : eyes.issues[turn.issue], mine: turn.who === eyes.seat,
    moment: game.turn, trust: Math.abs(changed) < FELT ? "same" : changed > 0 ? "up" : "down", closed: false, lastBracketLifted: false,
  };
  if (kind === "corridor") return told(game, card, before);
  if (READ.includes(kind) || kind === "motion") {
    Object.assign(card, answered(game, turn, before, kind));
    card.sentences = [...rest(game, card)];
  } else if (kind === "draft") {
    card.issues = eyes.issues.filter((_, k) => eyes.paragraph(k).text !== before.text[k] && !Number.isNaN(eyes.paragraph(k).text));
    if (!card.issues.length) return null;
    card.sentences = card.issues.map((name) => drafted(game, eyes.issues.indexOf(name)));
  } else if (kind === "evening") {
    card.sentences = [evening(game)];
  } else {
    card.sentences = game.course.story().lines().filter(({ moment }) => moment === game.turn).map(({ text }) => text);
  }
  card.title = titleOf(game, card, turn);
  return card;
}

/** Say who answered how, and what has become of the text. */
function answered(game, turn, before, kind) {
  const { eyes } = game, k = turn.issue, given = eyes.choice("response").column("");
  const who = (response) => eyes.names.filter((_, i) => eyes.isPresent(i) && given[i] === response);
  const closed = eyes.issues.filter((_, m) => eyes.isClosed(m) && !before.closed[m]), bracketed = kind === "motion" ? [] : who(2);
  const agreed = closed.map((issue) => eyes.issues.indexOf(issue));
  const texts = agreed.length ? agreed.map((m) => [m, eyes.paragraph(m).text, eyes.paragraph(m).precision])
    : before.read.map(({ k: m, value, precision }) => [m, value, precision]);
  const blocked = k < 0 ? [] : before.brackets[k], { feared } = before;
  return {
    accepted: who(0), objected: who(1), bracketed, before: k >= 0 && before.readings[k] ? blocked.length : null, after: bracketed.length,
    was: k < 0 ? null : finite(before.text[k]), text: k < 0 ? null : finite(eyes.paragraph(k).text),
    read: Object.fromEntries(before.read.map(({ k: m, value }) => [eyes.issues[m], value])),
    worth: kind === "report" ? eyes.score() : texts.length ? eyes.worth(texts) : null, agreed: closed,
    thought: Object.fromEntries(feared.map((j) => [eyes.names[j], eyes.belief(k, j)])),
    truth: { blocked: bracketed, unexpected: bracketed.filter((name) => name !== eyes.names[eyes.seat] && !feared.includes(eyes.names.indexOf(name))) },
    closed: closed.length > 0, lastBracketLifted: closed.length > 0 && agreed.some((m) => before.brackets[m].length > 0),
  };
}

/** Say what else came of a reading. What the others could have accepted stays their secret until the end. */
function* rest(game, { kind, issue, was, text, closed, bracketed }) {
  const { sentence, eyes } = game, passed = game.course.story().run.events.filter(({ move, moment }) => move === "RESERVE" && moment === game.turn);
  for (const { who } of passed) yield sentence("reading.passed_over", { who: eyes.names[who] });
  if (kind === "amendment" && !closed && !bracketed.length) yield sentence("card.amendment.waits");
  const hasMoved = text !== null && was !== null && !closed && Math.abs(text - was) >= SEEN;
  if (hasMoved) yield sentence("card.moves", { text: game.place(eyes.issues.indexOf(issue), text) });
}

/** Say how the evening was spent: at a dinner of the seat's own, or as the minutes have it. */
function evening(game) {
  const gave = game.rows.some(([turn, column]) => turn === game.turn - 1 && column === "guest");
  const table = gave && game.course.evenings.at(-1).tables.find((seats) => seats.includes(game.seat));
  if (table) return game.sentence("card.dinner", { guests: table.filter((i) => i !== game.seat).map((i) => game.eyes.names[i]) });
  return game.course.story().lines().filter(({ moment }) => moment === game.turn).map(({ text }) => text).join(" ");
}

function drafted(game, k) {
  return game.sentence("proposal.place", { issue: `“${game.label(k)}”:`, text: game.place(k, game.eyes.paragraph(k).text) });
}

/** Make one card of two after the other on new text: what was written last is what stands. */
export function merged(one, other, game) {
  const issues = game.eyes.issues.filter((issue) => one.issues.includes(issue) || other.issues.includes(issue));
  return { ...other, issues, sentences: issues.map((issue) => drafted(game, game.eyes.issues.indexOf(issue))) };
}

function titleOf(game, { kind, closed, agreed, bracketed }, turn) {
  const { sentence } = game, issue = turn.issue < 0 ? "" : game.label(turn.issue);
  if (closed) return sentence("card.agreed", { issues: agreed.map((name) => `“${game.label(game.eyes.issues.indexOf(name))}”`) });
  if (kind === "motion" || kind === "evening" || kind === "report") return sentence(`card.${kind}`);
  if (kind === "draft") return sentence("card.draft");
  if (kind === "package") return sentence("card.package", { n: bracketed.length });
  return sentence(bracketed.length ? `card.${kind}.bracketed` : `card.${kind}.open`, { issue, n: bracketed.length });
}

/** Keep and show what those who were asked in the corridor said. */
function told(game, card, { whom, thought }) {
  const { eyes } = game;
  if (!whom.length) return null;
  const learned = whom.flatMap((j, at) => {
    const salience = eyes.issues.map((_, k) => eyes.opinion(k, j).salience), priority = eyes.issues[salience.indexOf(Math.max(...salience))];
    return eyes.issues.map((issue, k) => {
      const { position: stands, red_low: low, red_high: high } = eyes.opinion(k, j);
      game.told[eyes.names[j]] ??= {};
      game.told[eyes.names[j]][issue] = { stands, red: [low, high], priority };
      return { who: eyes.names[j], issue, thought: thought[at][k], stands, red: [finite(low), finite(high)], priority };
    });
  });
  const sentences = whom.map((j) => {
    const of = learned.filter(({ who }) => who === eyes.names[j]);
    return game.sentence("card.told", { who: eyes.names[j], priority: game.label(eyes.issues.indexOf(of[0].priority)) });
  });
  return { ...card, title: game.sentence("card.corridor", { who: whom.map((j) => eyes.names[j]) }), mine: true, sentences, learned };
}
