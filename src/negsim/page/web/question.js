// A decision that is due, as data for a sheet: what stands, what may be answered, what the delegate would do by itself.

import { listed, percent } from "./sentences.js";
import { ofYour } from "./words.js";

/** Its fields: kind, title, issue (its name or null), acts, remarks (sentences), bars (of each issue: now, yours, red, closed),
 * text (by issue that is put: value, pen), clock, people, before (worth, blocked_by, you_fear) and worth (by issue: of each
 * text from one end of its scale to the other). By kind also values (issues to write on), what (is read), may {amend, call},
 * objection (what one does), whom {most, of} one may ask, show or invite, and secret {text, moved}. */
export class Question {
  /** game: under way. due: the turn that is. move: its name. @param {SeatGame} game @param {Turn} due @param {string} move */
  constructor(game, due, move) {
    const { eyes } = game;
    const turn = move === "SHOW" ? { ...due, issue: game.secretIssue() } : due;
    const isOfAll = turn.issue < 0 || move === "READ_PACKAGE";
    const { question: kind, card } = game.facts.turns[move];
    this.kind = kind;
    this.issue = isOfAll || this.kind === "statements" ? null : eyes.issues[turn.issue];
    const read = texts(game, turn, move);
    this.text = Object.fromEntries(read.map(({ k, value, pen, moved }) => [eyes.issues[k], { value, pen, moved }]));
    this.bars = bars(game);
    this.clock = clock(game);
    this.people = people(game);
    this.before = before(game, turn, move, read);
    this.worth = Object.fromEntries(eyes.issues.map((name, k) => [name, eyes.isOpen(k) ? eyes.worths(k) : []]));
    const { acts, values, may, objection, whom, secret } = ANSWERS[kind](game, turn, move);
    this.acts = acts;
    this.values = values;
    this.what = kind !== "reading" ? undefined : card === "" || card === "reading" ? "paragraph" : card;
    this.may = may;
    this.objection = objection;
    this.whom = whom;
    this.secret = secret;
    const saysNothing = kind === "statements" && !values?.length;
    this.title = game.sentence(
      `question.${saysNothing ? "call" : !this.what || this.what === "paragraph" ? kind : this.what}`,
      this.issue === null ? {} : { issue: game.label(turn.issue) },
    );
    this.remarks = [...this.remarksOn(game, turn, move, read)];
  }

  /** Yield what is to be said about the decision.
   * @param {SeatGame} game @param {Turn} turn @param {string} move @param {Put[]} read */
  *remarksOn(game, turn, move, read) {
    const { sentence, eyes } = game;
    yield* put(game, turn, move, read);
    if (this.kind === "reading" || this.kind === "report") yield* rights(game, turn);
    const isSpent = (move === "AMEND" || move === "READ") && eyes.setting("amendments") > 0 && !game.mayAmend(turn.issue);
    if (isSpent) yield sentence("question.amended");
    if (this.kind === "statements" && this.values?.length) yield sentence("question.need_not");
    if (this.whom) yield* talk(game, this, turn);
    if (move === "MOTION") yield sentence("question.moved", motion(game));
    else if (this.kind === "motion") yield sentence(`question.${move.toLowerCase()}`, { who: movers(game) });
  }
}

/** Say what the delegate would do by itself with the question that is due. @param {SeatGame} game */
export function advice(game) {
  const { sentence, eyes, course: { pending } } = game;
  const question = /** @type {Question} */ (game.question);
  const { issues } = eyes;
  const values = question.values ?? [];
  if (question.kind === "evening") return sentence("adviser.keep");
  if (question.kind === "corridor" || question.kind === "secret") return sentence(`adviser.${question.kind}`);
  if (question.kind === "pen") return sentence("adviser.no_move");
  if (question.kind === "motion") return sentence(eyes.wouldAccept(pending) ? "adviser.back" : "adviser.not_back");
  if (question.kind === "statements" && !values.length) return sentence("adviser.call");
  if (question.kind === "submission" || question.kind === "statements") {
    const turn = (/** @type {number} */ k) =>
      question.kind === "submission" ? pending : { move: game.moves.SPEAK, issue: k, who: eyes.seat };
    const said = values.map((issue) => issues.indexOf(issue))
      .map((k) => [k, eyes.wouldChoose(turn(k), "values").get(k, "")]);
    const places = said.filter(([, value]) => !Number.isNaN(value))
      .map(([k, value]) => sentence("adviser.place", { issue: game.label(k), text: game.place(k, value) }));
    return sentence(question.kind === "submission" ? "adviser.propose" : "adviser.say", { places: places.join("; ") });
  }
  return adviceOnText(game, question, game.readingDue());
}

/** Say what the delegate would do with what is read, and why.
 * @param {SeatGame} of @param {Question} question @param {Turn} turn */
function adviceOnText({ sentence, eyes, mayBlock }, question, turn) {
  if (!Object.keys(question.text).length) return sentence("adviser.empty");
  const points = ofYour(question.before.worth ?? NaN);
  const isWhole = question.kind === "report";
  if (eyes.wouldAccept(turn)) {
    if (isWhole) return sentence("adviser.accept.report", { points });
    return sentence(eyes.wouldAcceptAlone(turn) ? "adviser.accept" : "adviser.accept_paid", { points });
  }
  if (eyes.wouldChoose(turn, "shortfall").get(eyes.seat, "") === Infinity)
    return sentence(mayBlock ? "adviser.never" : "adviser.never_object");
  if (isWhole) return sentence(`adviser.${question.objection}.report`);
  return sentence(`adviser.${question.objection}`, { points });
}

/** Say what an amendment, a proposal or an offer puts to the room.
 * @param {SeatGame} of @param {Turn} more @param {string} move @param {Put[]} last */
function* put({ sentence, eyes, read, label, place }, { issue: k, who }, move, [first, second]) {
  if (move === "READ_AMENDMENT" || move === "DISCUSS")
    yield sentence("question.puts", { who: eyes.names[who], text: place(k, first.value) });
  if (move === "READ_AMENDMENT") {
    yield sentence("question.instead", { text: place(k, eyes.paragraph(k).text) });
    if (read.get(k)?.reply) yield sentence("question.kept");
  }
  if (move === "READ_OFFER") {
    const texts = { text: place(k, first.value), place: place(second.k, second.value) };
    yield sentence("question.exchange", { who: eyes.names[who], issue: label(k), other: label(second.k), ...texts });
  }
}

/** Say what comes of talking to people. @param {SeatGame} game @param {Pick<Question, "kind" | "whom" | "secret">} of @param {Turn} turn */
function* talk(game, { kind, whom, secret }, { issue: k }) {
  const { sentence } = game;
  if (kind === "corridor") yield sentence("question.truth");
  if (secret) yield sentence("question.shows", { issue: game.label(k), moved: percent(secret.moved) });
  if (kind !== "evening") return;
  yield sentence("question.evening_plan", { plan: evening(game) });
  yield sentence("question.dinner", { most: whom?.most ?? 0 });
}

/** Say what a bracket is worth. @param {SeatGame} of @param {Turn} more */
function* rights({ sentence, eyes, facts, mayBlock }, { issue: k }) {
  const lone = eyes.setting("lone_bracket") > 0 && k >= 0;
  if (!mayBlock) yield sentence("question.may_not_block");
  if (!mayBlock || !lone) return;
  if (eyes.entry(k).bracket_used) yield sentence("question.lone_used", { cost: facts.play.passed_over_cost });
  else yield sentence("question.lone");
}

/** @type {Record<string, (game: SeatGame, turn: Turn, move: string) => Answers>} */
const ANSWERS = {
  statements: (game) => ({
    acts: ["speak"], values: game.hasMoves ? [] : game.statementIssues(), may: { call: game.mayCall() },
  }),
  corridor: (game) => ({ acts: ["ask"], whom: { most: game.facts.play.questions, of: game.others() } }),
  secret: (game) => ({ acts: ["show"], whom: { most: 1, of: game.others() }, secret: secretOf(game) }),
  reading: (game, { issue: k }, move) => ({
    ...answers(game),
    may: move === "AMEND" || move === "READ" ? { amend: game.mayAmend(k) } : {},
  }),
  report: answers,
  motion: () => ({ acts: ["accept", "object"] }),
  evening: (game) => ({
    acts: ["evening"],
    whom: { most: game.eyes.setting("table_size") - 1, of: game.others() },
  }),
  pen: (game) => ({ acts: ["pen"], values: game.penIssues() }),
  submission: (game) => ({ acts: ["table"], values: game.openIssues() }),
};

/** @param {SeatGame} game */
function answers(game) {
  return { acts: game.mayBlock ? ["accept", "object", "block"] : ["accept", "object"], objection: game.objection() };
}

/** Return what only the seat knows, as its brief has it, and how far it moves the red line of whoever is shown it.
 * @param {SeatGame} game */
function secretOf({ eyes, room }) {
  return { text: eyes.seats[eyes.seat].brief?.secret ?? "", moved: room.table("Case", "seats").get(eyes.seat, "secret") };
}

/** Return the texts that a turn puts to the room: {k, value, precision, pen, moved}; moved: whether it was, since somebody wrote it.
 * @param {SeatGame} game @param {Turn} turn @param {string} move */
export function texts(game, turn, move) {
  const { eyes } = game;
  const { N } = eyes.room.sizes;
  const k = turn.issue;
  const least = (/** @type {number} */ m) => Math.max(eyes.paragraph(m).precision, game.facts.play.precision);
  const standing = (/** @type {number} */ m) => {
    const { text, precision, pen, before } = eyes.paragraph(m);
    return { k: m, value: text, precision, pen: game.penName(pen), moved: !Number.isNaN(before) };
  };
  if (move === "READ_AMENDMENT") {
    const value = eyes.state("entries").get(k * N + turn.who, "amendment");
    return [{ k, value, precision: least(k), pen: game.nameOf(turn.who), moved: false }];
  }
  if (move === "READ_OFFER") {
    const { offer_issue: m, offer } = eyes.state("movers").row(turn.who, ["offer_issue", "offer"]);
    return [standing(k), { k: m, value: offer, precision: least(m), pen: game.nameOf(turn.who), moved: false }];
  }
  if (move === "DISCUSS") return [{ k, value: game.proposal(k), precision: least(k), pen: game.nameOf(turn.who), moved: false }];
  if (move === "AMEND" || move === "READ") return [standing(k)];
  const all = eyes.issues.map((_, m) => m).filter((m) => !Number.isNaN(eyes.paragraph(m).text));
  if (move === "ADOPT") return all.filter((m) => eyes.isClosed(m)).map(standing);
  if (move !== "READ_PACKAGE") return [];
  return all.filter((m) => eyes.isOnAgenda(m) && eyes.isOpen(m)).map(standing);
}

/** Return where each issue stands, what the seat was sent to get, by which it is scored, how much it matters, and its red lines.
 * @param {SeatGame} of @returns {Bar[]} */
export function bars({ eyes }) {
  return eyes.issues.map((issue, k) => {
    const { first_position: yours, red_low: low, red_high: high, salience } = eyes.opinion(k);
    return {
      issue, now: finite(eyes.paragraph(k).text), yours, red: [finite(low), finite(high)], closed: eyes.isClosed(k),
      salience,
    };
  });
}

/** @param {number} value */
export const finite = (value) => (Number.isFinite(value) ? value : null);

/** @param {SeatGame} of */
function clock({ eyes, facts }) {
  const {
    meeting, day, format, deadline, mandate_start: begun, kind,
  } = eyes.plan(["meeting", "day", "format", "deadline", "mandate_start", "kind"]);
  const isSession = kind === facts.play.session;
  const left = Math.max(0, deadline - eyes.clock("minute"));
  return { meeting, day, left, of: deadline - begun, format: isSession ? facts.formats[format].label : null };
}

/** Return everybody as the seat knows them. confidence: what they said in the corridor, by issue, or null.
 * @param {SeatGame} game */
export function people(game) {
  const { eyes } = game;
  const { N } = eyes.room.sizes;
  const trust = eyes.state("trust");
  return eyes.seats.map(({ name, group }, j) => ({
    name,
    group,
    present: eyes.isPresent(j),
    me: j === eyes.seat,
    trust: j === eyes.seat ? null : trust.get(j * N + eyes.seat, ""),
    belief: Object.fromEntries(
      eyes.issues.map((issue, k) => [issue, j === eyes.seat ? eyes.opinion(k).position : eyes.belief(k, j)]),
    ),
    confidence: game.confidences[name] ?? null,
    brackets: eyes.issues.filter((_, k) => eyes.blockers(k).includes(j)),
  }));
}

/** Say what an answer is about: what the text is worth, who blocked it when it was last read, who is likely to now.
 * @param {SeatGame} game @param {Turn} turn @param {string} move @param {Put[]} read */
function before(game, turn, move, read) {
  const { eyes } = game;
  const blocked = turn.issue < 0 ? [] : eyes.blockers(turn.issue).map((i) => game.nameOf(i));
  if (!read.length) return { worth: null, blocked_by: blocked, you_fear: null };
  return {
    worth: eyes.worth(read.map(({ k, value, precision }) => [k, value, precision])),
    blocked_by: blocked,
    you_fear: likely(game, move, read)?.map(({ j, chance }) => ({ name: eyes.names[j], chance })) ?? null,
  };
}

/** Return who is likely to bracket the paragraph, or the amendment, that is read; null of anything else.
 * @param {SeatGame} of @param {string} move @param {Put[]} read */
export function likely({ eyes, confidences }, move, read) {
  const texts = ["AMEND", "READ", "READ_AMENDMENT"].includes(move) ? read : [];
  return texts.length && Number.isFinite(texts[0].value) ? eyes.likely(texts[0], confidences) : null;
}

/** Return who moves the motion that is due, and the methodology that it is for. @param {SeatGame} game */
function motion(game) {
  const { eyes, facts } = game;
  const { meeting, day } = eyes.plan(["meeting", "day"]);
  const seats = eyes.room.table("Case", "plan_seats");
  const from = eyes.clock("row") * eyes.seats.length;
  const who = eyes.names.filter((_, i) => seats.get(from + i, "") > 0);
  const group = facts.groups.find(
    (one, g) =>
      who.length === eyes.seats.filter((seat) => seat.group === g).length &&
      eyes.seats.every((seat) => (seat.group === g) === who.includes(seat.name)),
  );
  const { to } = facts.motions.find((one) => one.meeting === meeting && one.day === day && !one.chair);
  return { by: group?.text ?? listed(who), methodology: to };
}

/** @param {SeatGame} game */
function movers(game) {
  const { eyes } = game;
  const moves = eyes.state("movers").column("moves");
  return eyes.names.filter((_, i) => moves[i] > 0);
}

/** Say how the evening is planned. @param {SeatGame} game */
function evening(game) {
  const { mixed_share: mixed, caucus } = game.eyes.plan(["mixed_share", "caucus"]);
  const rest = game.sentence(caucus > 0 ? "evening.caucus" : "evening.free", caucus > 0 ? { divided: "" } : {});
  if (mixed >= 1) return game.sentence("evening.all_mixed");
  return mixed > 0 ? `${game.sentence("evening.mixed", { share: percent(mixed) })}; ${rest}` : rest;
}
