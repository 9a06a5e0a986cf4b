// The end of a game at one table: the score and what it means, each paragraph's life, what was believed and what was true,
// the turning points, and what the model would have done in the seat.

import { drawing, el, fold, grid, series, svg, wide } from "./dom.js";
import { shortName } from "./playfaces.js";
import { amountAt, issueOf, wordsAt } from "./playladder.js";
import { addressed, capital, counted } from "./sentences.js";
import { ofYour, whole } from "./words.js";

const MOST_BELIEFS = 8; // in the table: those furthest from the truth
const MOST_TIMES = 5; // readings whose times fit under them
const LETTER = 2.75; // px: half as wide as a letter of a day
const LATER =
  "When your teacher opens the debriefing, the rest stands here: the texts that would have passed, what was true of what you believed, and where it could have turned.";

/** Build the debriefing. debrief: of the game. seat: the reader's. buttons: an element. tellsAll: false while others may still
 * play the same game.
 * @param {{ debrief: Debrief, seat: string, facts: Facts, buttons: Element, tellsAll: boolean }} of */
export function debriefOf({ debrief, seat, facts, buttons, tellsAll }) {
  const ended = [el("h1", { id: "ended", tabindex: -1 }, capital(debrief.label)), scoreOf(debrief, facts)];
  if (!tellsAll)
    return el("section", { class: "debrief", "aria-labelledby": "ended" }, ended, el("p", {}, LATER), buttons);
  return el("section", { class: "debrief", "aria-labelledby": "ended" }, ended,
    debrief.verdict.length ? el("p", {}, debrief.verdict[0]) : null,
    el("div", { class: "halves" },
      el("div", {}, el("h2", {}, "The life of each paragraph"), debrief.issues.map((life) => lifeOf(life, seat, facts))),
      el("div", {},
        el("div", { class: "by-model", "aria-live": "polite" }),
        el("div", { class: "turned", "aria-live": "polite" }),
        beliefs(debrief, facts),
      ),
    ),
    buttons.querySelector("button") ? [el("h2", {}, "Take it with you, or play on"), buttons] : null,
  );
}

/** The score on its scale, and what it means. @param {Debrief} of @param {Facts} more */
function scoreOf({ score, words }, { play: { red_line_cost: cost } }) {
  const least = -cost;
  const x = (/** @type {number} */ value) => 10 + (280 * (Math.min(100, Math.max(least, value)) - least)) / (100 - least);
  return el("div", { class: "score" },
    el("p", { class: "number" }, el("b", {}, whole(score)), " of 100"),
    drawing([300, 40], `Your score: ${whole(score)} of 100`, {},
      svg("rect", { x: x(least), y: 12, width: x(0) - x(least), height: 8, class: "below" }),
      svg("rect", { x: x(0), y: 12, width: x(100) - x(0), height: 8, class: "above" }),
      svg("circle", { cx: x(score), cy: 16, r: 8, class: "yours" }),
      [
        { value: 0, text: "no deal" },
        { value: 100, text: "your best" },
      ].map(({ value, text }) => svg("text", { x: x(value), y: 33, "text-anchor": value ? "end" : "middle" }, text)),
    ),
    words ? el("p", {}, words) : null,
    el("p", { class: "about" },
      `0: nothing is agreed. 100: on every paragraph the text that serves you best of those that nobody had to refuse. Each text beyond your red line costs ${cost}.`,
    ),
  );
}

/** A paragraph: how it ended, what would have passed, and its readings one after the other.
 * @param {Life} life @param {string} seat @param {Facts} facts */
function lifeOf(life, seat, facts) {
  const { issue: name, agreed, text, worth, readings, secrets, sentences } = life;
  const issue = issueOf(facts, name);
  const missed = readings.filter(({ passable }) => passable).at(-1);
  const where = missed?.passable;
  const points =
    agreed && !readings.at(-1)?.agreed
      ? [...readings, { moment: -1, time: "", day: null, place: text ?? NaN, blockers: 0, passable: null, agreed }]
      : readings;
  return el("article", { class: "life" },
    el("h3", {}, issue.label,
      agreed && Number.isFinite(worth) ? el("span", { class: "worth" }, ` ${ofYour(worth ?? NaN)}`) : null,
    ),
    el("p", {}, endOf(life, issue, facts, missed)),
    where
      ? el("p", {},
          capital(momentOf(missed)), " ", spanOf(issue, where, facts), " would have passed; the room read ",
          amountAt(issue, missed.place, facts), ".",
        )
      : null,
    secrets ? el("p", {}, addressed(secrets, seat)) : null,
    points.length ? lifeLine(issue, points) : null,
    sentences.length || readings.length
      ? fold("Reading by reading", {},
          series("ol", {}, readings, (reading) => itemOf(issue, reading, facts)),
          sentences.map((sentence) => el("p", {}, addressed(sentence, seat))),
        )
      : null,
  );
}

/** Say how a paragraph ended. missed: the last reading at which another text would have passed.
 * @param {Life} of @param {Issue} issue @param {Facts} facts @param {Reading | undefined} missed */
const endOf = ({ agreed, text, crosses }, issue, facts, missed) =>
  agreed
    ? [
        el("b", { class: "agreed" }, "Agreed: "),
        `${wordsAt(issue, text, facts)}.`,
        crosses ? el("b", { class: "over" }, " It crosses your red line.") : "",
      ]
    : [
        el("b", {}, "Not agreed."),
        missed ? "" : " At no reading would another text have passed.",
      ];

/** @param {{ day: string | null, time: string }} of */
export const momentOf = ({ day, time }) => (day === null ? `at ${time}` : `on ${day} at ${time}`);

/** @param {Issue} issue @param {[low: number, high: number]} of @param {Facts} facts */
const spanOf = (issue, [low, high], facts) =>
  low === high
    ? ["only ", amountAt(issue, low, facts)]
    : ["any text from ", amountAt(issue, low, facts), " to ", amountAt(issue, high, facts)];

/** @param {Issue} issue @param {Reading} more @param {Facts} facts */
const itemOf = (issue, { day, time, place, blockers, passable, agreed }, facts) =>
  el("li", {},
    el("span", { class: "time" }, capital(momentOf({ day, time }))),
    ` ${capital(wordsAt(issue, place, facts))}: `,
    el("b", {}, agreed ? "agreed." : counted(blockers, "bracket") + "."),
    passable ? [" Would have passed: ", spanOf(issue, passable, facts), "."] : "",
  );

/** Draw a paragraph's text from reading to reading, with the texts that would have passed behind it.
 * @param {Issue} issue @param {Reading[]} readings */
function lifeLine(issue, readings) {
  const width = 360;
  const height = 130;
  const x = (/** @type {number} */ n) => 24 + ((width - 48) * (n + 0.5)) / readings.length;
  const y = (/** @type {number} */ value) => height - 38 - value * (height - 54);
  let free = 0; // from where on a day can be written
  return el("figure", { class: "life-line" },
    el("p", { class: "ends" }, issue.high),
    drawing([width, height],
      `${issue.label}: its text at each of ${counted(readings.length, "reading")}, and what would have passed`,
      {},
      readings.map(
        ({ passable }, n) =>
          passable &&
          svg("rect", {
            x: x(n) - 9, width: 18, y: y(passable[1]) - 2, height: y(passable[0]) - y(passable[1]) + 4,
            class: "passable",
          }),
      ),
      svg("polyline", {
        points: readings.map(({ place }, n) => `${x(n).toFixed(1)},${y(place).toFixed(1)}`).join(" "),
        class: "course",
      }),
      readings.map(({ place, agreed }, n) =>
        svg("circle", { cx: x(n), cy: y(place), r: 5, class: agreed ? "passed" : "failed" }),
      ),
      readings.map(({ time, blockers, agreed }, n) =>
        svg("text", { x: x(n), y: height - 18, "text-anchor": "middle" },
          `${readings.length > MOST_TIMES ? "" : `${time} `}${agreed ? "✓" : `[${blockers}]`}`,
        ),
      ),
      readings.map(({ day }, n) => {
        if (day === null || day === readings[n - 1]?.day || x(n) - LETTER * day.length < free) return null;
        free = x(n) + LETTER * day.length;
        return svg("text", { x: x(n), y: height - 4, "text-anchor": "middle", class: "day" }, day);
      }),
    ),
    el("p", { class: "ends" }, issue.low,
      readings.some(({ passable }) => passable) ? el("span", {}, "Green: would have passed") : null,
    ),
  );
}

/** What the seat believed at the end, and what was true. @param {Debrief} of @param {Facts} facts */
function beliefs({ beliefs: all }, facts) {
  const lines = [...all].sort((one, other) => Math.abs(other.thought - other.true) - Math.abs(one.thought - one.true))
    .slice(0, MOST_BELIEFS);
  const rows = lines.map(({ who, issue: name, thought, true: truth }) => {
    const issue = issueOf(facts, name);
    return [shortName(who), issue.label, amountAt(issue, thought, facts), amountAt(issue, truth, facts)];
  });
  const title = "What you believed, and what was true";
  return [el("h2", {}, title), wide(title, grid(["Who", "On", "You believed", "True"], rows))];
}

/** Show the turning points: the same moments with the other answer, on common draws.
 * @param {Element} element @param {TurningPoint[]} turning */
export function showTurning(element, turning) {
  element.replaceChildren(
    el("h2", {}, "Where it could have turned"),
    ...(turning.length
      ? [
          el("p", {},
            `Each moment was played on ${turning[0].of} times with your answer, and ${turning[0].of} times with another one, all else alike: how often was the text agreed, and what did you end with on average?`,
          ),
          el("ol", {}, turning.map(pointOf)),
        ]
      : [el("p", {}, "No other answer that was tried would have changed much.")]),
  );
}

/** @param {TurningPoint} of */
const pointOf = ({
  title, day, time, given, other, share_given: mine, share_other: theirs, score_given: had, score_other: more, of,
}) =>
  el("li", {},
    el("b", {}, title),
    ` ${momentOf({ day, time })}`,
    [
      { label: `Your answer: ${given}`, share: mine, score: had },
      { label: `Instead: ${other}`, share: theirs, score: more },
    ].map(({ label, share, score }) => {
      const bar = el("i", {});
      bar.style.width = `${(100 * share) / of}%`;
      return el("p", { class: "share" }, label,
        el("span", { class: "whole" }, bar),
        el("span", {}, `${share} of ${of}; `, el("b", {}, `${whole(score)} points`)),
      );
    }),
  );

/** Show what the model would have come to in the same seat. @param {Element} element @param {WithModel} more */
export function showModel(element, { sentence, everywhere }) {
  const title = `The same with the model in ${everywhere ? "all seats" : "your seat"}`;
  element.replaceChildren(el("h2", {}, title), el("p", {}, sentence));
}
