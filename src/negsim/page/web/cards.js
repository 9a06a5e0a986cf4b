// Cards: what a turn did, as a seat sees it: who accepted, who bracketed, what it is worth, what it had thought.

import { finite, likely, texts } from "./question.js";
import { addressed, capital, fixed, lineOf, listed } from "./sentences.js";

const READINGS = ["reading", "amendment", "offer", "proposal", "package", "report"];
const LEAST_APPROACH = 0.002; // of the scale, from which on somebody has come nearer
const LEAST_LESSON = 0.03;
const MOST_LESSONS = 3; // of the scale, from which on a belief has changed; how many of them a card has
const LONG_READING = 15; // minutes from which on a card says how long it took
const LEAST_STEP = 0.005; // of the scale, from which on a card says that the text has moved
const LEAST_TRUST_CHANGE = 0.002; // from which on it is shown
const MOST_FOLLOWED = 3; // people that a card names of those towards whom a text has moved

/** Note what a card compares with: before a turn. @param {SeatGame} game @param {Turn} turn @param {string} move */
export function notes(game, turn, move) {
  const { eyes } = game;
  const { card } = game.facts.turns[move];
  const read = READINGS.includes(card) ? texts(game, turn, move) : [];
  const most = game.facts.play.questions;
  const choice = move === "ASK" ? eyes.choice("whom").column("") : [];
  const whom = [...choice.slice(most * eyes.seat, most * (eyes.seat + 1))].filter((j) => j >= 0);
  const isOwn = turn.who === eyes.seat;
  return {
    trusted: eyes.trusted(),
    closed: eyes.issues.map((_, k) => eyes.isClosed(k)),
    minute: eyes.clock("minute"),
    brackets: eyes.issues.map((_, k) => eyes.blockers(k)),
    paragraphs: eyes.issues.map((_, k) => eyes.paragraph(k)),
    amendments: eyes.issues.map((_, k) => eyes.state("amendments").row(k, ["place", "pen"])),
    red: eyes.issues.map((_, k) => eyes.opinion(k)).map(({ red_low: low, red_high: high }) => /** @type {Limits} */ ([low, high])),
    confidences: { ...game.confidences },
    read,
    feared: (likely(game, move, read) ?? []).map(({ j }) => eyes.names[j]),
    whom,
    thought: (move === "EVENING" ? eyes.names.map((_, j) => j) : whom).map((j) =>
      eyes.issues.map((__, k) => eyes.belief(k, j)),
    ),
    views: isOwn && card === "statement" ? eyes.views(turn.issue) : null,
  };
}

/** Return the card of a turn that was made; null where it did nothing that its seat would look at.
 *
 * Of every card: kind, title, sentences, issue (its name or null), mine (whether the turn was the seat's), trust (of the
 * others in it: "up", "down" or "same"), closed, lastBracketLifted. Of a text or a motion that was answered: accepted,
 * objected, bracketed, feared, unexpected (names), before, after (blockers), worth (points), agreed (issues). Of new text: issues.
 * Of the corridor: learned, a row {who, issue, thought, stands, red, priority} for each.
 * @param {SeatGame} game @param {Turn} turn @param {string} move @param {Notes} before */
export function cardOf(game, turn, move, before) {
  const card = ofTurn(game, turn, move, before);
  const secrets = secretsTold(game, before);
  if (!secrets.length) return card;
  const own = card ?? { ...blankCard(game, turn, before), kind: "secret", title: game.sentence("card.secret"), mine: true };
  return { ...own, sentences: [...own.sentences, ...secrets] };
}

/** Return the card of a turn, without the secrets that were told in it.
 * @param {SeatGame} game @param {Turn} turn @param {string} move @param {Notes} before @returns {Card | null} */
function ofTurn(game, turn, move, before) {
  const kind = game.facts.turns[move].card;
  const { eyes } = game;
  if (!kind || kind === "secret" || (kind === "statement" && (turn.who !== eyes.seat || game.hasMoves))) return null;
  const card = { ...blankCard(game, turn, before), kind };
  if (kind === "corridor") return corridorCard(game, card, before);
  if (kind === "statement") return statementCard(game, turn.issue, { ...card, views: before.views });
  if (kind === "draft") return draftCard(game, card, turn, move, before);
  if (READINGS.includes(kind) || kind === "motion") {
    const answered = { ...card, ...responses(game, turn, before, kind) };
    const sentences = [...rest(game, answered, before, turn)];
    return { ...answered, title: titleOf(game, answered, turn), sentences };
  }
  const sentences = kind === "gap" ? gap(game) : evening(game, before);
  return { ...card, title: titleOf(game, card, turn), sentences };
}

/** Return a card with nothing said. @param {SeatGame} game @param {Turn} turn @param {Notes} before @returns {Card} */
function blankCard({ eyes }, turn, before) {
  const changed = eyes.trusted() - before.trusted;
  return {
    kind: "",
    title: "",
    sentences: [],
    issue: turn.issue < 0 ? null : eyes.issues[turn.issue],
    mine: turn.who === eyes.seat,
    trust: Math.abs(changed) < LEAST_TRUST_CHANGE ? "same" : changed > 0 ? "up" : "down",
    closed: false,
    lastBracketLifted: false,
  };
}

/** Say which texts are new; null if none is.
 * @param {SeatGame} game @param {Card} card @param {Turn} turn @param {string} move @param {Notes} before */
function draftCard(game, card, turn, move, before) {
  const { eyes } = game;
  const places = eyes.issues.map((_, k) => eyes.paragraph(k).text);
  const issues = eyes.issues.filter((_, k) => places[k] !== before.paragraphs[k].text && !Number.isNaN(places[k]));
  if (!issues.length) return null;
  const isHanded = move === "DRAFT";
  const handed = isHanded ? game.penName(eyes.paragraph(eyes.issues.indexOf(issues[0])).pen) : undefined;
  const sentences = isHanded ? issues.map((name) => drafted(game, eyes.issues.indexOf(name))) : minutes(game);
  return { ...card, title: titleOf(game, { ...card, handed }, turn), sentences, issues, ...(isHanded && { handed }) };
}

/** Return the lines of the minutes about the turn that was just made, without secrets: those of others stay theirs.
 * @param {SeatGame} game */
function minutes(game) {
  const story = game.course.story();
  const open = story.run.events.filter(({ move }) => move !== "SECRET");
  return story.lines(open).filter(({ moment }) => moment === game.turn).map(({ text }) => text);
}

/** Say what a statement of the seat did: what the others think now, and who has moved towards it.
 * @param {SeatGame} game @param {number} k @param {Card} card */
function statementCard(game, k, card) {
  const { eyes, sentence } = game;
  const value = eyes.choice("values").get(k, "");
  const now = eyes.views(k);
  const then = card.views ?? [];
  const others = now.map((_, i) => i).filter((i) => now[i] !== null);
  const stands = (/** @type {Thought[]} */ list, /** @type {number} */ i) => list[i]?.stands ?? NaN;
  const mean = (/** @type {Thought[]} */ list) =>
    others.reduce((sum, i) => sum + (list[i]?.thinks ?? NaN), 0) / others.length;
  const seesWho = others.some((i) => !Number.isNaN(stands(now, i))); // not at a shared table, where that is theirs
  const who = others
    .filter((i) => Math.abs(stands(then, i) - value) - Math.abs(stands(now, i) - value) >= LEAST_APPROACH)
    .map((i) => eyes.names[i]);
  const nearer = who.length ? sentence("card.nearer", { n: who.length, who }) : sentence("card.nobody_moved");
  const believed = sentence("card.believed", { now: game.place(k, mean(now)), before: game.place(k, mean(then)) });
  const sentences = [sentence("card.said", { text: game.place(k, value) }), believed, ...(seesWho ? [nearer] : [])];
  return { ...card, mine: true, title: sentence("card.statement", { issue: game.label(k) }), sentences };
}

/** Say who answered how, and what has become of the text.
 * @param {SeatGame} game @param {Turn} turn @param {Notes} before @param {string} kind */
function responses(game, turn, before, kind) {
  const { eyes } = game;
  const k = turn.issue;
  const chosen = eyes.choice("response").column("");
  const who = (/** @type {number} */ response) =>
    eyes.names.filter((_, i) => eyes.isPresent(i) && chosen[i] === response);
  const closed = eyes.issues.filter((_, m) => eyes.isClosed(m) && !before.closed[m]);
  const bracketed = kind === "motion" ? [] : who(2);
  const agreed = closed.map((issue) => eyes.issues.indexOf(issue));
  /** @type {[k: number, place: number, precision: number][]} */
  const texts = agreed.length
    ? agreed.map((m) => [m, eyes.paragraph(m).text, eyes.paragraph(m).precision])
    : before.read.map(({ k: m, value, precision }) => [m, value, precision]);
  const { feared } = before;
  return {
    accepted: who(0),
    objected: who(1),
    bracketed,
    before: lastTime(game, k, kind, { text: before.read[0]?.value, bracketed }),
    after: bracketed.length,
    worth: kind === "report" ? eyes.score() : texts.length ? eyes.worth(texts) : null,
    agreed: closed,
    feared,
    unexpected: bracketed.filter((name) => name !== eyes.names[eyes.seat] && !feared.includes(name)),
    closed: closed.length > 0,
    lastBracketLifted: closed.length > 0 && agreed.some((m) => before.brackets[m].length > 0),
  };
}

/** Return how many brackets the paragraph had at its last reading, null before the first; note those of this one.
 * @param {SeatGame} game @param {number} k @param {string} kind
 * @param {{ text: number | undefined, bracketed: string[] }} last */
function lastTime(game, k, kind, { text, bracketed }) {
  const { eyes } = game;
  const last = k < 0 ? undefined : eyes.refused.get(k);
  if (kind === "reading") eyes.refused.set(k, { text, who: bracketed.map((name) => eyes.names.indexOf(name)) });
  return last ? last.who.length : null;
}

/** Say what else came of a reading. What the others could have accepted stays their secret until the end.
 * @param {SeatGame} game @param {Answered} more @param {Notes} before @param {Turn} turn */
function* rest(game, { kind, agreed, bracketed, objected, closed }, before, turn) {
  const { sentence, eyes } = game;
  const events = game.course.story().run.events.filter(({ moment }) => moment === game.turn);
  for (const { who } of events.filter(({ move }) => move === "RESERVE"))
    yield who === game.seat
      ? sentence("card.passed_over")
      : sentence("reading.passed_over", { who: eyes.names[who] });
  const y = before.read[0]?.value;
  const isWithin = (/** @type {string} */ name) => {
    const [low, high] = game.confidences[name]?.[eyes.issues[turn.issue]].red ?? [NaN, NaN];
    return y >= low && y <= high;
  };
  const known = turn.issue < 0 || kind === "offer" ? [] : bracketed.filter(isWithin);
  if (known.length) yield sentence("card.within", { who: known });
  for (const issue of agreed) yield* agreedAt(game, eyes.issues.indexOf(issue), bracketed);
  yield* effects(game, { kind, bracketed, objected, closed }, before, turn);
}

/** Say where a paragraph was agreed, and by whose pen. @param {SeatGame} game @param {number} k @param {string[]} bracketed */
function* agreedAt(game, k, bracketed) {
  const { sentence, eyes } = game;
  const { text, pen, status, before } = eyes.paragraph(k);
  yield sentence("card.at", { issue: game.label(k), text: game.place(k, text) });
  if (pen === eyes.seat) yield sentence(Number.isNaN(before) ? "card.yours" : "card.yours.moved");
  if (status === eyes.statuses.dissent && bracketed.length) yield sentence("card.dissent", { who: named(game, bracketed) });
}

/** Say what a reading comes to: for the report, the clock and the text.
 * @param {SeatGame} game @param {Pick<Answered, "kind" | "bracketed" | "objected" | "closed">} more @param {Notes} before
 * @param {Turn} turn */
function* effects(game, { kind, bracketed, objected = [], closed }, before, turn) {
  const { sentence, eyes } = game;
  if (kind === "amendment" && !closed && !bracketed.length) yield sentence("card.amendment.waits");
  if (kind === "report")
    yield sentence(["consensus", "partial"].includes(game.outcome) ? "card.adopted" : "card.not_adopted");
  const took = eyes.clock("minute") - before.minute;
  if (kind === "reading" && bracketed.length && took >= LONG_READING)
    yield sentence("card.took", { minutes: fixed(took, 0) });
  if (!closed && turn.issue >= 0)
    yield* moved(game, { kind, k: turn.issue, towards: bracketed.length ? bracketed : objected }, before);
}

/** Say where the text on k has moved, who moved it, and towards whom. towards: those who bracketed it, or else objected.
 * @param {SeatGame} game @param {{ kind: string, k: number, towards: string[] }} of @param {Notes} before */
function* moved(game, { kind, k, towards }, before) {
  const { sentence, eyes } = game;
  const { text } = eyes.paragraph(k);
  const { text: old, before: older, blockers_before: brackets } = before.paragraphs[k];
  const { place, pen } = before.amendments[k];
  const where = { text: game.place(k, text) };
  if (!(Math.abs(text - old) >= LEAST_STEP)) return;
  const isFound = game.course.story().run.events.some((one) => one.moment === game.turn && one.issue === k && one.found);
  if (isFound) yield sentence("card.found", where);
  else if (kind === "proposal") yield sentence("card.now", where);
  else if (text === place)
    yield pen === game.seat
      ? sentence("card.moves.yours", where)
      : sentence("card.moves.amended", { who: eyes.names[pen], ...where });
  else if (!Number.isNaN(older) && towards.length > brackets) yield sentence("card.moves.back", where);
  else {
    const who = [listed(named(game, towards), MOST_FOLLOWED)];
    yield sentence("card.moves", { pen: capital(game.writer()), who, ...where });
  }
}

/** Return names as a sentence has them, the seat's own as "you". @param {SeatGame} game @param {string[]} names */
const named = (game, names) => names.map((name) => game.nameOf(game.eyes.names.indexOf(name)));

/** Say what has happened between two meetings. Capitals may reconsider; the score does not. @param {SeatGame} game */
function gap(game) {
  const { course, sentence, turn } = game;
  const isReconsidered = course.story().run.events.some(({ move, moment }) => move === "RECONSIDER" && moment === turn);
  return [...minutes(game), ...(isReconsidered ? [sentence("card.scored")] : [])];
}

/** Say how the evening was spent: at a dinner of the seat's own, or as the minutes have it.
 * @param {SeatGame} game @param {Notes} more */
function evening(game, { thought }) {
  const { eyes, sentence, seat } = game;
  const gave = game.rows.some(([turn, column]) => turn === game.turn - 1 && column === "guest");
  const guests = gave
    ? (game.course.evenings.at(-1).tables.find((seats) => seats.includes(seat)) ?? []).filter((i) => i !== seat)
    : [];
  if (!guests.length) return minutes(game).map((line) => addressed(line, eyes.names[seat]));
  const learnt = guests.flatMap((j) =>
    eyes.issues.map((_, k) => ({ j, k, thought: thought[j][k], now: eyes.belief(k, j) })),
  );
  const most = learnt.filter((one) => Math.abs(one.now - one.thought) >= LEAST_LESSON)
    .sort((a, b) => Math.abs(b.now - b.thought) - Math.abs(a.now - a.thought));
  const said = most.slice(0, MOST_LESSONS).map(({ j, k, ...one }) =>
    sentence("card.learnt", {
      who: eyes.names[j], issue: game.label(k), thought: game.place(k, one.thought), now: game.place(k, one.now),
    }),
  );
  return [sentence("card.dinner", { guests: guests.map((i) => eyes.names[i]) }), ...said];
}

/** @param {SeatGame} game @param {number} k */
function drafted(game, k) {
  return game.sentence("proposal.place", {
    issue: `“${game.label(k)}”:`,
    text: game.place(k, game.eyes.paragraph(k).text),
  });
}

/** Return cards with one more: new text takes the place of the text just before, a statement goes with others on its issue.
 * @param {Card[]} cards @param {Card} card @param {SeatGame} game */
export function merged(cards, card, game) {
  const last = cards.at(-1);
  if (card.kind === "draft" && last?.kind === "draft") {
    const { issues: latest = [] } = card;
    const { issues: before = [] } = last;
    const issues = game.eyes.issues.filter((issue) => before.includes(issue) || latest.includes(issue));
    const older = before.filter((issue) => !latest.includes(issue))
      .map((issue) => drafted(game, game.eyes.issues.indexOf(issue)));
    return [...cards.slice(0, -1), { ...card, issues, sentences: [...older, ...card.sentences] }];
  }
  const same =
    card.kind === "statement" ? cards.find(({ kind, issue }) => kind === "statement" && issue === card.issue) : null;
  if (!same) return [...cards, card];
  const whole = statementCard(game, game.eyes.issues.indexOf(card.issue ?? ""), { ...card, views: same.views });
  return cards.map((one) => (one === same ? whole : one));
}

/** @param {SeatGame} game @param {Card} more @param {Turn} turn */
function titleOf(game, { kind, closed, agreed = [], bracketed = [], handed }, turn) {
  const { sentence } = game;
  const issue = turn.issue < 0 ? "" : game.label(turn.issue);
  if (closed)
    return sentence("card.agreed", { issues: agreed.map((name) => `“${game.label(game.eyes.issues.indexOf(name))}”`) });
  if (["motion", "evening", "gap", "report"].includes(kind)) return sentence(`card.${kind}`);
  if (kind === "draft") return handed ? sentence("card.hands_out", { who: handed }) : sentence("card.draft");
  if (kind === "package") return sentence("card.package", { n: bracketed.length });
  return sentence(bracketed.length ? `card.${kind}.bracketed` : `card.${kind}.open`, { issue, n: bracketed.length });
}

/** Keep and show what those who were asked in the corridor said.
 * @param {SeatGame} game @param {Card} card @param {Notes} rest */
function corridorCard(game, card, { whom, thought }) {
  const { eyes } = game;
  if (!whom.length) return null;
  const learned = whom.flatMap((j, at) => {
    const { issues, priority } = eyes.told(j);
    return eyes.issues.map((issue, k) => {
      const { stands, red: [low, high] } = issues[k];
      game.confidences[eyes.names[j]] ??= {};
      game.confidences[eyes.names[j]][issue] = { stands, red: [low, high], priority };
      const red = /** @type {Red} */ ([finite(low), finite(high)]);
      return { who: eyes.names[j], issue, thought: thought[at][k], stands, red, priority };
    });
  });
  return {
    ...card,
    title: game.sentence("card.corridor", { who: whom.map((j) => eyes.names[j]) }),
    mine: true,
    learned,
  };
}

/** Say what was shown of what only one knows, at a table or in a corridor: by the seat, to the seat, or both.
 * @param {SeatGame} game @param {Notes} before */
function secretsTold(game, before) {
  const { course, seat } = game;
  const shown = course.story().run.events.filter(({ move, moment }) => move === "SECRET" && moment === game.turn)
    .filter(({ who, whom }) => who === seat || whom === seat);
  return shown.flatMap((one) => (one.who === seat ? showed(game, one, before) : wasShown(game, one, before)));
}

/** Say whom the seat has shown what it knows, and where the red line of that person now lies, if they have told it.
 * @param {SeatGame} game @param {Happening} of @param {Notes} before */
function showed(game, { issue: k, whom }, before) {
  const { eyes, sentence } = game;
  const who = eyes.names[whom];
  const issue = eyes.issues[k];
  const told = before.confidences[who];
  const to = sentence("card.showed", { who, issue: game.label(k) });
  if (!told) return [to, sentence("card.showed.untold")];
  const [low, high] = told[issue].red;
  const out = eyes.room.table("Case", "seats").get(eyes.seat, "secret");
  const red = /** @type {Limits} */ ([low - out, high + out]);
  game.confidences[who] = { ...told, [issue]: { ...told[issue], red } };
  return [to, ...lineMoves(game, "showed", { k, before: [low, high], now: red })];
}

/** Say who has shown the seat what they know, and where its red line now lies.
 * @param {SeatGame} game @param {Happening} of @param {Notes} before */
function wasShown(game, { issue: k, who }, before) {
  const { eyes, sentence, label } = game;
  const { red_low: low, red_high: high } = eyes.opinion(k);
  const to = sentence("card.shown", { who: eyes.names[who], issue: label(k) });
  return [to, ...lineMoves(game, "shown", { k, before: before.red[k], now: [low, high] })];
}

/** Say where a red line lay and where it lies now. how: the seat has "showed" something, or was "shown" it.
 * @param {SeatGame} game @param {string} how @param {{ k: number, before: Limits, now: Limits }} of */
function lineMoves({ sentence, facts }, how, { k, ...lines }) {
  const before = lineOf(sentence, facts.issues[k], lines.before);
  const now = lineOf(sentence, facts.issues[k], lines.now);
  if (!before) return [sentence(`card.${how}.none`)];
  return [now ? sentence(`card.${how}.line`, { before, now }) : sentence(`card.${how}.gone`, { before })];
}
