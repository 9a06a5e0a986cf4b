// What a game comes to: its score, what would have passed, what its seat believed, and where it could have turned.
//
// A turning point is a decision of the seat with another answer in its place. Both are continued under the same draws,
// those of replications that nobody has played, with the model in all seats.

import { take } from "./decisions.js";
import { SAME_TEXT } from "./eyes.js";
import { finite } from "./question.js";
import { dayOf, whole } from "./words.js";

const CONTINUATIONS = 100;
const TRIED_FIRST = 20;
const TURNING_POINTS = 3;
const FIRST_REPLICATION = 1_000_000; // of those continuations; the tries come first, since what they chose would flatter them
const LEAST_GAP = 5;
const MOST_GAP = 1000; // points of the score: that a decision mattered; more than any
/** @type {[least: number, key: string][]} */
const SCORE_WORDS = [
  [101, "score.more"], [90, "score.best"], [60, "score.good"], [30, "score.some"], [1e-9, "score.little"], [0, "score.none"],
];

export class Aftermath {
  /** @param {Game} game */
  constructor(game) {
    const { eyes, sentence, facts, seat } = game;
    this.game = game;
    this.eyes = eyes;
    this.sentence = sentence;
    this.facts = facts;
    this.seat = seat;
  }

  /** Return what is known at once: label (of the outcome), score (of 100) and words about it, verdict (sentences), beliefs
   * ({who, issue, thought, true} for each), and the life of each paragraph as issues: issue,
   * agreed, text and worth (null where there is none), crosses (a red line of the seat's), secrets (a text), sentences, readings {moment, day
   * (in words; null where there is only one), time, place, blockers, agreed, passable (the ends of what would have passed, or
   * null)}. */
  debrief() {
    const { game, eyes, sentence, facts } = this;
    const story = game.course.story();
    return {
      label: facts.outcomes.find(({ name }) => name === game.outcome).label,
      score: game.score,
      words: sentence(SCORE_WORDS.find(([least]) => game.score >= least)?.[1] ?? "score.below"),
      verdict: story.verdict(),
      issues: eyes.issues.map((issue, k) => this.#life(story, issue, k)),
      beliefs: this.#beliefs(),
    };
  }

  /** @param {Story} story @param {string} issue @param {number} k */
  #life(story, issue, k) {
    const { eyes } = this;
    const { text, precision } = eyes.paragraph(k);
    const agreed = eyes.isClosed(k);
    const events = story.run.events.filter(
      (event) => event.issue === k && ["READ", "READ_AMENDMENT"].includes(event.move),
    );
    const { moments } = this.game.course;
    const closedAt = moments.findIndex(({ status }) => story.isClosedAs(status[k]));
    const readings = events.map((event) => ({
      moment: event.moment,
      ...this.#when(event),
      place: event.place,
      blockers: event.blockers,
      agreed: event.passed > 0 && event.moment === closedAt,
      /** @type {[low: number, high: number] | null} */
      passable:
        event.move !== "READ" || Number.isNaN(event.passable) ? null : [event.passable_low, event.passable_high],
    }));
    const last = events.filter((event) => event.move === "READ" && !Number.isNaN(event.passable)).at(-1);
    return {
      issue,
      agreed,
      text: finite(text),
      worth: agreed ? eyes.worth([[k, text, precision]]) : null,
      crosses: eyes.crosses(k, text),
      readings,
      secrets: this.#secrets(story, k),
      sentences: [agreed ? story.closed(k) : story.open(k), ...(agreed && last ? [story.wouldHavePassed(last)] : [])],
    };
  }

  /** Say who showed whom what nobody else knew of a paragraph, and what came of it for the texts that cross nobody's red line.
   * @param {Story} story @param {number} k */
  #secrets({ run }, k) {
    const { eyes, sentence } = this;
    const [lows, highs] = /** @type {const} */ (["red_low", "red_high"]).map((end) => eyes.seats.map((_, j) => eyes.opinion(k, j)[end]));
    const isOpen = () => Math.max(...lows) <= Math.min(...highs);
    const back = run.events.filter(({ move, issue }) => move === "SECRET" && issue === k).reverse(); // since only secrets move lines
    const said = back.map(({ who, whom }) => {
      const [after, hasLine] = [isOpen(), [lows[whom], highs[whom]].some(Number.isFinite)];
      const out = eyes.room.table("Case", "seats").get(who, "secret");
      lows[whom] += out;
      highs[whom] -= out;
      const effect = !hasLine ? "none" : !after ? "closed" : isOpen() ? "moved" : "opened";
      return `${sentence("debrief.secret", { who: eyes.names[who], whom: eyes.names[whom] })} ${sentence(`debrief.secret.${effect}`)}`;
    });
    return said.reverse().join(" ");
  }

  /** Return the day of something, in words, null where there is only one; and the time.
   * @param {{ minute: number, meeting: number, day: number }} of */
  #when({ minute, meeting, day }) {
    const { story, course } = this.game;
    const isOnly = course.moments.every((one) => one.meeting === 0 && one.day === 0);
    return { day: isOnly ? null : dayOf({ meeting, day }, this.facts), time: story.time(minute, meeting, day) };
  }

  /** @returns {Belief[]} */
  #beliefs() {
    const { eyes, seat } = this;
    const others = eyes.seats.map((_, j) => j).filter((j) => j !== seat);
    return others.flatMap((j) =>
      eyes.issues.map((issue, k) => ({
        who: eyes.names[j], issue, thought: eyes.belief(k, j), true: eyes.opinion(k, j).position,
      })),
    );
  }

  /** Play the same again with the model in all seats. */
  withModel() {
    const { game, eyes, facts } = this;
    const { apart } = eyes;
    const stream = apart.table("State", "stream");
    stream.set(0, game.seed);
    stream.set(1, game.replication);
    apart.call("start", "Case", "State");
    apart.call("go_on", "Case", "State", "Choice", Infinity);
    const outcome = facts.outcomes.find(({ code }) => code === apart.table("State", "clock").get(0, "outcome"));
    const score = eyes.score(apart);
    return {
      outcome: outcome.name,
      score,
      everywhere: game.isShared,
      sentence: this.sentence(game.isShared ? "debrief.with_model_everywhere" : "debrief.with_model", {
        outcome: outcome.label,
        score: whole(score),
      }),
    };
  }

  /** Find the decisions that mattered most. A generator: it gives way after each decision, and returns a list of title,
   * given and other (the two answers, in words), share_given and share_other (of `of` continuations, in which the text is
   * agreed, or there is consensus), score_given and score_other (means), moment, its day and time, and a sentence that says
   * it all. */
  *turning() {
    /** @type {{ one: Snapshot, other: Row[], gap: number }[]} */ const tried = [];
    for (const one of this.game.snapshots) {
      const other = this.#other(one);
      if (other)
        tried.push({
          one,
          other,
          gap: this.#compared(one, other, { first: FIRST_REPLICATION, count: TRIED_FIRST }).gap,
        });
      yield;
    }
    const refuses = (/** @type {{ one: Snapshot, other: Row[] }} */ { one, other }) =>
      one.rows.some(([, column, , value]) => column === "response" && value === 0) && other.length > 0;
    const weight = (/** @type {{ one: Snapshot, other: Row[], gap: number }} */ point) =>
      Math.abs(point.gap) - (refuses(point) ? MOST_GAP : 0); // that a bracket stops a text is no news
    const most = tried.filter(({ gap }) => Math.abs(gap) >= LEAST_GAP).sort((a, b) => weight(b) - weight(a))
      .slice(0, TURNING_POINTS);
    const found = [];
    for (const { one, other } of most) {
      found.push(
        this.#described(
          one,
          other,
          this.#compared(one, other, { first: FIRST_REPLICATION + TRIED_FIRST, count: CONTINUATIONS }),
        ),
      );
      yield;
    }
    return found.sort((a, b) => a.moment - b.moment);
  }

  /** Return the rows of another answer than the one given, null where none is worth a look.
   * @param {Snapshot} of @returns {Row[] | null} */
  #other({ turn, move, rows, state }) {
    const { seat } = this;
    const response = rows.find(([, column]) => column === "response");
    if (move === "AMEND") {
      const written = rows.find(([, column]) => column === "place")[3];
      const best = this.#bestPassing(turn.issue, state) ?? (Number.isNaN(written) ? this.#delegates(turn, state) : NaN);
      const other = Math.abs(best - written) < SAME_TEXT ? NaN : best;
      return Object.is(other, written) ? null : [[0, "place", seat, other]];
    }
    if (!response || this.facts.turns[move].question === "motion" || (move === "ADOPT" && response[3] === 0)) return null;
    return [[0, "response", seat, response[3] === 0 ? (this.game.mayBlock ? 2 : 1) : 0]];
  }

  /** Return the text on k that would have passed then and is worth most to the seat, null if none would have.
   * @param {number} k @param {State} state */
  #bestPassing(k, state) {
    const { texts } = this.facts.play;
    const passing = this.eyes.trulyPassing(k, state);
    const worths = this.eyes.worths(k, state);
    const best = worths.reduce((most, worth, n) => (passing[n] && (most < 0 || worth > worths[most]) ? n : most), -1);
    return best < 0 ? null : best / (texts - 1);
  }

  /** Return the text that the delegate would write at a turn if it took the initiative, NaN if none.
   * @param {Turn} turn @param {State} state */
  #delegates(turn, state) {
    const { apart } = this.eyes;
    const setting = apart.table("Case", "setting");
    const initiative = setting.get(0, "initiative");
    setting.set(0, 1, "initiative");
    apart.setState(state);
    apart.call("choose", "Case", "State", turn, "Choice");
    apart.table("Case", "setting").set(0, initiative, "initiative");
    return apart.table("Choice", "place").get(this.seat, "");
  }

  /** @param {Snapshot} one @param {Row[]} other @param {{ first: number, count: number }} rest */
  #compared(one, other, { first, count }) {
    const arms = [one.rows, other].map((rows) => {
      const ends = Array.from({ length: count }, (_, n) => this.#continued(one, rows, first + n));
      const sum = (/** @type {"agreed" | "score"} */ name) => ends.reduce((total, end) => total + end[name], 0);
      return { agreed: sum("agreed"), score: sum("score") / count };
    });
    return { given: arms[0], other: arms[1], gap: arms[1].score - arms[0].score, of: count };
  }

  /** Go on from a decision under the draws of another replication; the seat accepts an amendment of its own.
   * @param {Snapshot} of @param {Row[]} rows @param {number} replication */
  #continued({ turn, state, others }, rows, replication) {
    const { eyes, seat, game: { moves } } = this;
    const { apart } = eyes;
    const k = turn.issue;
    apart.setState(state);
    apart.table("State", "stream").set(1, replication);
    let due = turn;
    let taken = [...others, ...rows];
    do {
      apart.call("choose", "Case", "State", due, "Choice");
      take(apart, taken);
      apart.call("follow", "Case", "State", due, "Choice");
      due = apart.call("next_turn", "Case", "State");
      taken = due.who === seat ? [[0, "response", seat, 0]] : [];
    } while (turn.move === moves.AMEND && due.move === moves.READ_AMENDMENT && due.issue === k);
    apart.call("go_on", "Case", "State", "Choice", Infinity);
    const isAgreed =
      k < 0 ? apart.table("State", "clock").get(0, "outcome") === eyes.consensus : eyes.isClosed(k, apart);
    return { agreed: Number(isAgreed), score: eyes.score(apart) };
  }

  /** @param {Snapshot} one @param {Row[]} other @param {{ given: Arm, other: Arm, of: number }} rest */
  #described(one, other, { given, other: changed, of }) {
    const { sentence, game } = this;
    const k = one.turn.issue;
    const issue = k < 0 ? "" : game.label(k);
    const what = (/** @type {Row[]} */ rows) => {
      const [, column, , value] = rows.find(([, name]) => name === "place" || name === "response");
      if (column === "response") return sentence(["turning.accept", "turning.object", "turning.bracket"][value]);
      return Number.isNaN(value) ? sentence("turning.nothing") : sentence("turning.amend", { place: game.place(k, value) });
    };
    const title =
      k < 0
        ? sentence("turning.report")
        : sentence(`turning.${one.move === "AMEND" ? "before" : "reading"}`, { issue });
    return {
      moment: one.at, ...this.#when(game.course.moments[one.at]), title, given: what(one.rows), other: what(other), of,
      share_given: given.agreed, share_other: changed.agreed, score_given: given.score, score_other: changed.score,
      sentence: sentence(k < 0 ? "turning.point.report" : "turning.point", {
        what: what(other), was: what(one.rows), given: given.agreed, other: changed.agreed, of,
        points: whole(given.score), more: whole(changed.score),
      }),
    };
  }
}
