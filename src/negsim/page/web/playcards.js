// What came of an answer: who accepted and who bracketed, blockers before and after, its worth, trust, and what was learned.

import { button, el, put, series, svg } from "./dom.js";
import { lettered } from "./marks.js";
import { answersOf, peopleIn, shortName } from "./playfaces.js";
import { amountAt, issueOf, limitsOf } from "./playladder.js";
import { capital, counted } from "./sentences.js";
import { dayOf, ofYour, shortened } from "./words.js";

const SPARKS = 14;
/** @type {Record<string, [sign: string, words: string]>} */
const TRUST = { up: ["▲", "They trust you more."], down: ["▼", "They trust you less."] };

/** Build the screen of the cards of an answer. last: no sheet follows. goOn: called when they are read. tell: with a name that is tapped.
 * @param {TablePage & { cards: Card[], last: boolean, goOn: () => unknown }} of */
export function cardsOf({ cards, facts, marks, last, goOn, tell }) {
  const lifted = cards.find((card) => card.lastBracketLifted && !card.bracketed?.length);
  const read = () => {
    put(onward, { disabled: true });
    goOn();
  };
  const onward = button("main", read, last ? "See how it ended" : "Go on");
  return el("section", { class: "came", "aria-labelledby": "came" },
    lifted ? celebration(lifted, facts, marks) : null,
    el("h1", { id: "came", tabindex: -1, class: cards.length === 1 || lifted ? "unseen" : "" },
      lifted ? "The last bracket is lifted" : "What came of it",
    ),
    cards.map((card) => cardOf(card, { facts, marks, tell })),
    el("div", { class: "answers" }, onward),
  );
}

/** @param {Card} card @param {TablePage} page */
function cardOf(card, page) {
  const { accepted = [], bracketed = [], objected = [] } = card;
  /** @type {[kind: string, sign: string, names: string[]][]} */
  const rows = [["blocks", "[ ]", bracketed], ["object", "✗", objected], ["accept", "✓", accepted]];
  return el("article", { class: card.closed ? "card closed" : "card" },
    el("h2", {}, card.title),
    card.sentences.map(proseOf),
    answersOf(page, rows),
    el("ul", { class: "figures" }, figures(card, page)),
    learned(card, page),
  );
}

/** Return a sentence of the minutes as an element: its bold words, and what it lists line by line.
 * @param {string} sentence */
function proseOf(sentence) {
  const [lead, ...items] = sentence.split("\n- ");
  const bold = (/** @type {string} */ text) => text.split("**").map((part, n) => (n % 2 ? el("b", {}, part) : part));
  return el("div", {},
    el("p", {}, bold(lead)),
    items.length ? series("ul", {}, items, (item) => el("li", {}, bold(item))) : null,
  );
}

/** @param {Card} of */
function bracketsOf({ before = null, after = NaN }) {
  if (before === null || !Number.isFinite(after)) return null;
  return el("li", { class: after < before ? "better" : after > before ? "worse" : "" },
    el("b", {}, `${before} → ${after}`),
    " brackets, at the last reading and at this one",
  );
}

/** @param {Card} of */
function worthOf({ kind, worth, closed }) {
  const points = worth ?? NaN;
  if (!Number.isFinite(points)) return null;
  const when = closed ? ", now that it is agreed" : kind === "report" ? "" : ", if it is agreed";
  return el("li", {}, el("b", {}, ofYour(points)), when);
}

/** @param {Card} card @param {TablePage} more */
function figures(card, { tell }) {
  const { kind, mine, trust, unexpected = [], feared = [], bracketed = [] } = card;
  const right = feared.filter((name) => bracketed.includes(name));
  const spared = kind === "reading" || mine ? feared.filter((name) => !bracketed.includes(name)) : [];
  return [
    bracketsOf(card),
    right.length ? el("li", {}, "You rightly expected brackets from ", peopleIn(right, tell), ".") : null,
    unexpected.length ? el("li", {}, "You did not expect brackets from ", peopleIn(unexpected, tell), ".") : null,
    spared.length
      ? el("li", {}, "You expected brackets from ",
          peopleIn(spared, tell),
          `, who ${spared.length > 1 ? "have" : "has"} not bracketed it.`,
        )
      : null,
    worthOf(card),
    trust in TRUST
      ? el("li", { class: { up: "better", down: "worse" }[trust] },
          el("b", { "aria-hidden": "true" }, TRUST[trust][0]),
          ` ${TRUST[trust][1]}`,
        )
      : null,
  ];
}

/** What people told in the corridor, beside what one thought. @param {Card} of @param {TablePage} more */
function learned({ learned: lines }, { facts }) {
  if (!lines) return null;
  const line = (/** @type {Learned} */ { issue: name, thought, stands, red }) => {
    const issue = issueOf(facts, name);
    return el("li", {}, `${issue.label}: `,
      el("b", {}, amountAt(issue, stands, facts)),
      el("b", { class: "over" }, limitsOf(issue, red, facts)),
      ". You thought ", amountAt(issue, thought, facts), ".",
    );
  };
  return series("div", { class: "learned" }, [...new Set(lines.map(({ who }) => who))], (who) => {
    const own = lines.filter((each) => each.who === who);
    const first = issueOf(facts, own[0].priority);
    return [
      el("h3", {}, shortName(who)),
      el("p", {}, `What matters most: ${first.label}.`),
      el("ul", {}, own.map(line)),
    ];
  });
}

/** The moment the last bracket lifts: it opens, and the groups' marks fly out.
 * @param {Card} of @param {TableFacts} facts @param {Mark[]} marks */
function celebration({ issue: name }, facts, marks) {
  const issue = issueOf(facts, name ?? undefined);
  const sparks = Array.from({ length: SPARKS }, (_, n) => {
    const spark = svg("g", { class: "spark" }, lettered(marks[n % marks.length], [0, 0], 7));
    const angle = (2 * Math.PI * n) / SPARKS;
    spark.style.setProperty("--x", `${Math.round(130 * Math.cos(angle))}px`);
    spark.style.setProperty("--y", `${Math.round(48 * Math.sin(angle))}px`);
    return spark;
  });
  return el("div", { class: "celebration" },
    svg("svg", { viewBox: "-160 -60 320 120", "aria-hidden": "true" }, sparks,
      svg("path", { d: "M-22 -26h-14v52h14", class: "left" }),
      svg("path", { d: "M22 -26h14v52h-14", class: "right" }),
      svg("path", { d: "M-14 2l10 12l20 -26", class: "tick-mark" }),
    ),
    el("p", {}, el("b", {}, issue ? `${issue.label} is agreed.` : "It is agreed.")),
  );
}

/** @param {number} minutes */
const timeOf = (minutes) =>
  minutes < 120 ? counted(minutes, "minute") : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;

/** Say how much of the process is gone: the day, the minutes that are left, and the state of each paragraph.
 * @param {{ clock: Clock | undefined, statuses: Float64Array, facts: Facts }} of */
export function stripOf({ clock, statuses, facts }) {
  const time = clock
    ? [
        capital(dayOf(clock, facts)),
        clock.format,
        clock.left > 0 ? `${timeOf(Math.round(clock.left))} left` : "time is up",
      ]
        .filter(Boolean)
        .join(" · ")
    : "";
  const done = clock?.of ? 1 - clock.left / clock.of : 0;
  return el("div", { class: "strip" },
    el("p", { class: "clock" }, time),
    el("progress", { max: 1, value: done, "aria-label": "Share of the time used" }),
    series("ul", {}, facts.issues, (issue, k) => {
      const status = facts.statuses.find(({ code }) => code === statuses[k]) ?? facts.statuses[0];
      return el("li", { class: status.name, title: `${issue.label}: ${status.label}` },
        el("span", { "aria-hidden": "true" }, status.glyph),
        ` ${shortened(issue.label, facts.issues.length > 3 ? 11 : 40)}`,
        el("span", { class: "unseen" }, `: ${status.label}`),
      );
    }),
  );
}
