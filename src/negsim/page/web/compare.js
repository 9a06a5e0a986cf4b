// The end page: every table of a class, played again from its journal, side by side. What it shows of one table in detail is
// that of the table chosen, to begin with the one that got least. A game that is not over has no score; how far it came is said.

import { momentOf } from "./debrief.js";
import { estimate } from "./estimates.js";
import { drawing, el, fold, grid, series, spot, svg, wide } from "./dom.js";
import { inkOn } from "./marks.js";
import { shortName } from "./playfaces.js";
import { amountAt, issueOf } from "./playladder.js";
import { counted } from "./sentences.js";
import { levelText } from "./settings.js";
import { dayOf, shortened, whole } from "./words.js";

const RUNS = 200; // of a point of the curve
const WAIT = 1000; // ms from one question to the studio to the next
const MOST_NAMED = 5; // of the misjudged
const IS_WALL = Boolean(globalThis.frameElement); // whether it stands on the projector's page, which is read from afar
const WALL_WIDTH = 640; // px that the projector's width counts as
const IS_NARROW = IS_WALL || globalThis.innerWidth < WALL_WIDTH;
const CHART = IS_NARROW ? { width: 600, left: 180, right: 150 } : { width: 900, left: 260, right: 190 }; // px, with its sides
/** @type {Point} */ const SPARK = [IS_WALL ? 150 : 340, 40]; // px: width and height of a paragraph's life in the overview
/** @type {Point} */ const LIFE = [560, 150]; // the same of the chosen table

/** Show the end page in an element. The journals of the facts are played again by the model of this page. ways: of a class.
 * @param {HTMLElement} root @param {{ facts: Facts, model: Model, ways: Ways | null }} more */
export async function compare(root, { facts, model, ways }) {
  if (IS_WALL) Object.assign(document.documentElement.style, { zoom: String(innerWidth / WALL_WIDTH), fontSize: "100%" });
  const page = new Comparison(root, { facts, model });
  for (const table of page.tables) {
    try {
      await page.play(table);
    } catch (error) {
      table.problem = /** @type {Error} */ (error).message;
    }
    page.draw();
  }
  page.done();
  if (ways) page.awaitLuck(ways.askLuck);
}

/** Make a section of the page. @param {string} name @param {string} title @param {...Child} parts */
const section = (name, title, ...parts) =>
  el("section", { class: "compare", "aria-labelledby": `compare-${name}` },
    el("h2", { id: `compare-${name}`, tabindex: -1 }, title),
    parts,
  );

class Comparison {
  /** @type {Map<string, { score: number }>} */ byModel = new Map(); // by deal: how the model does in the seat
  headline = el("p", { class: "headline", "aria-live": "polite" });
  scores = wide("Scores of the tables");
  luck = wide("Tables beside five ways to play");
  lucky = section("luck", "Luck and skill",
    el("p", { class: "key" },
      "Five ways to play the same seat beside the same deal, 60 games each with other luck: the dot is the mean, and the line holds eight games of ten. One game cannot tell two ways apart whose lines overlap.",
    ),
    this.luck,
  );
  lives = wide("Every paragraph at every table");
  choice = el("select", {
    id: "compare-table",
    change: ({ target }) => this.choose(/** @type {Done} */ (this.tables[Number(target.value)])),
  });
  detail = el("div", { class: "scales" });
  turning = el("ol", { class: "turning", "aria-live": "polite" });
  misjudged = el("div", {});
  guesses = wide("The guesses of the class");
  guessed = section("guesses", "What you guessed", this.guesses);
  numbers = wide("The tables in numbers");
  /** @type {Done | null} */ chosen = null;

  /** @param {HTMLElement} root @param {{ facts: Facts, model: Model }} more */
  constructor(root, { facts, model }) {
    this.facts = facts;
    this.model = model;
    this.root = root;
    /** @type {Played[]} */
    this.tables = facts.journals.map((journal, n) => ({ journal, n, name: journal.table || `Table ${n + 1}` }));
    this.areSameDraws = new Set(facts.journals.map(({ seed, replication }) => `${seed} ${replication}`)).size < 2;
    this.isTwofold = new Set(this.tables.map((table) => this.dealOf(table))).size > 1;
    this.build();
    this.draw();
  }

  /** Say what a table was dealt, and under which draws of chance if not all have the same.
   * @param {{ journal: Journal }} of */
  dealOf({ journal: { seat, levels = [], seed, replication } }) {
    const draws = this.areSameDraws ? [] : [`seed ${seed}${replication ? `, replication ${replication}` : ""}`];
    return [seat, ...levels.map((change) => levelText(change, this.facts)), ...draws].join(", ");
  }

  build() {
    this.root.append(
      section("scores", "How the tables did", this.headline, this.scores,
        (this.facts.refused ?? []).map((why) => el("p", { class: "about" }, `Left out: ${why}`)),
      ),
      this.lucky,
      section("lives", "How the texts moved",
        el("p", { class: "key" },
          "Each line is the text of a paragraph over the clock; the shade is the share of the room that held it in brackets. A green mark at a reading that failed: texts that would have passed then. The sign at the end is how it ended.",
        ),
        this.lives,
      ),
      section("one", "One table, closely",
        el("p", { class: "choice" }, el("label", { for: "compare-table" }, "Table"), this.choice),
        this.detail,
        el("h3", {}, "Turning points"),
        el("p", { class: "key" },
          "Each moment was played on under the same draws of chance, with the answer that was given and with another one.",
        ),
        this.turning,
      ),
      section("misjudged", "Whom the class misjudged", this.misjudged),
      this.guessed,
      ...(IS_WALL ? [] : [section("numbers", "The numbers", this.numbers)]),
    );
    addEventListener("keydown", (event) => this.#turn(event));
  }

  /** Go from section to section with the keys of a remote control, through a long one window by window. @param {KeyboardEvent} event */
  #turn(event) {
    const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (!step || isTaken(event)) return;
    const titles = [...this.root.querySelectorAll("section.compare:not([hidden]) h2")];
    const near = 40 * Number(document.documentElement.style.zoom || 1); // px below the edge, from where a title counts as reached
    const here = titles.findLastIndex((title) => title.getBoundingClientRect().top < near);
    const next = titles[Math.max(0, Math.min(titles.length - 1, here + step))];
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    event.preventDefault();
    const isLong = Number(titles[here]?.parentElement?.getBoundingClientRect().bottom) > globalThis.innerHeight + near;
    if (step > 0 && isLong) return scrollBy({ top: 0.8 * innerHeight, behavior });
    next.scrollIntoView({ behavior });
    next.focus({ preventScroll: true });
  }

  /** Play a table's game again, and keep what is drawn of it. @param {Played} table */
  async play(table) {
    const { journal } = table;
    const game = await (journal.result ? this.model.again(journal) : this.model.resume(journal));
    try {
      table.moments = game.moments.map(({ minute, text, status, bracket }) => ({
        minute, text, status, held: this.#held(bracket),
      }));
      if (!journal.result) {
        table.reached = this.#reached(game, journal);
        return;
      }
      const debrief = await game.debrief();
      table.debrief = debrief;
      table.score = debrief.score;
      const deal = this.dealOf(table);
      if (!this.byModel.has(deal)) this.byModel.set(deal, await game.withModel());
    } finally {
      await game.end();
    }
  }

  /** Say how far a game without a result has come, in two parts. @param {RemoteGame} of @param {Journal} more */
  #reached({ question, moments }, { answers }) {
    if (!question) return ["finished", "still to be checked"];
    return answers.length
      ? ["not finished", `${counted(answers.length, "answer")}, ${dayOf(moments.at(-1), this.facts)}`]
      : ["not begun", ""];
  }

  /** Return the share of the room that holds each paragraph in brackets. @param {Float64Array} bracket */
  #held(bracket) {
    const N = bracket.length / this.facts.issues.length;
    return this.facts.issues.map((_, k) => mean([...bracket.slice(k * N, (k + 1) * N)].map(Number)));
  }

  get played() {
    return /** @type {Done[]} */ (this.tables.filter((table) => table.debrief)).sort(
      (one, other) => other.score - one.score || one.n - other.n,
    );
  }

  get unfinished() {
    return this.tables.filter((table) => table.reached);
  }

  draw() {
    this.headline.textContent = this.#headline();
    this.scores.replaceChildren(this.#scoreChart());
    this.#showLuck();
    this.lives.replaceChildren(this.#lifeTable());
    this.#showMisjudged();
    this.#showNumbers();
  }

  /** Show what needs all tables. */
  done() {
    if (this.played.length) this.choose(this.played.at(-1));
    this.#showGuesses().catch((error) => this.guesses.replaceChildren(el("p", { class: "problem" }, error.message)));
  }

  /** Ask what luck does until the studio has it for all tables. @param {Ways["askLuck"]} ask */
  async awaitLuck(ask) {
    if (this.tables.every(({ journal }) => journal.luck?.length)) return;
    const answer = await ask();
    for (const { name, journal } of this.tables) journal.luck = answer?.luck[name];
    this.#showLuck();
    if (answer && !answer.is_all) setTimeout(() => this.awaitLuck(ask), WAIT);
  }

  #headline() {
    const { played, unfinished, tables } = this;
    const done = tables.filter((table) => table.debrief || table.reached || table.problem);
    if (done.length < tables.length) return `Playing ${counted(tables.length, "game")} again: ${done.length} done.`;
    if (!played.length)
      return unfinished.length || !tables.length
        ? "No table has finished its game yet."
        : "No game could be played again.";
    const low = whole(played.at(-1).score);
    const high = whole(played[0].score);
    const who = this.isTwofold ? "The" : `The same ${tables[0].journal.seat}, the`;
    const under = this.areSameDraws
      ? `${who} same people, the same draws of chance`
      : "Under different draws of chance";
    const late = unfinished.length ? ` ${counted(unfinished.length, "table")} did not finish.` : "";
    return `${under}: ${played.length === 1 ? high : `${low} to ${high}`} of 100.${late}`;
  }

  /** Return where a score stands between two edges, and the marks of its axis.
   * @param {number} left @param {number} right @param {number} height */
  #axis(left, right, height) {
    const lowest = -this.facts.play.red_line_cost; // a text signed over a red line, and nothing gained
    const x = (/** @type {number} */ score) =>
      left + ((Math.max(lowest, Math.min(100, score)) - lowest) / (100 - lowest)) * (right - left);
    const ticks = [lowest, 0, 50, 100].map((tick) =>
      svg("g", { class: tick ? "tickline" : "tickline zero" },
        svg("line", { x1: x(tick), x2: x(tick), y1: 6, y2: height - 20 }),
        svg("text", { x: x(tick), y: height - 4, "text-anchor": "middle" }, whole(tick)),
      ),
    );
    return { x, ticks };
  }

  #scoreChart() {
    /** @type {Played[]} */ const rows = [...this.played, ...this.unfinished];
    const { width, left, right } = CHART;
    const row = 30;
    const top = 6;
    const height = top + row * Math.max(1, rows.length) + 24;
    const { x, ticks } = this.#axis(left, width - right, height);
    const deals = [...new Set(this.tables.map((table) => this.dealOf(table)))];
    const bars = rows.map((table, n) => {
      const y = top + row * (n + 0.5);
      const score = table.score ?? 0;
      const from = Math.min(x(0), x(score));
      const reach = Math.abs(x(score) - x(0));
      const { shared, seat, people = "" } = table.journal;
      const model = this.byModel.get(this.dealOf(table))?.score;
      const who = shortened([shared && shortName(seat), people].filter(Boolean).join(": "), left / 7.2);
      return svg("g", { class: `score-row deal-${deals.indexOf(this.dealOf(table)) % 4}` },
        svg("text", { x: left - 12, y: y - (who ? 2 : -5), "text-anchor": "end", class: "strong" }, shared ?? table.name),
        who && svg("text", { x: left - 12, y: y + 11, "text-anchor": "end", class: "small" }, who),
        table.reached
          ? table.reached.map((part, line) =>
              svg("text", { x: x(0) + 8, y: y - 2 + 13 * line, class: "small" }, part),
            )
          : [
              svg("rect", { x: from, y: y - 8, width: Math.max(2, reach), height: 16, rx: 3 }),
              svg("text", { x: Math.max(x(score), x(0)) + 8, y: y + 5, class: "strong" }, whole(score)),
              svg("text", { x: width - 2, y: y + 5, "text-anchor": "end", class: "small" }, table.debrief?.label),
              model === undefined
                ? null
                : svg("line", { x1: x(model), x2: x(model), y1: y - 14, y2: y + 14, class: "by-model" }),
            ],
      );
    });
    const dashed = (/** @type {string} */ deal) => {
      const model = this.byModel.get(deal);
      return model ? ` (dashed: the model, ${whole(model.score)})` : "";
    };
    const list = rows.map((table) => `${table.name} ${table.reached?.[0] ?? whole(table.score ?? NaN)}`).join(", ");
    return el("div", {},
      drawing([width, height], `Scores: ${list || "none yet"}`, { class: "score-chart" }, ticks, bars),
      series("ul", { class: "legend" }, deals, (deal, n) =>
        el("li", {}, spot(`swatch deal-${n % 4}`), deal, dashed(deal)),
      ),
    );
  }

  /** Show the tables of each deal beside what the desk has of ways to play its seat. */
  #showLuck() {
    const known = this.played.filter(({ journal }) => journal.luck?.length);
    const deals = [...new Set(known.map((table) => this.dealOf(table)))].sort();
    this.lucky.hidden = !deals.length;
    this.luck.replaceChildren(
      ...deals.flatMap((deal) => [
        el("h3", {}, deal),
        this.#luckChart(deal, known.filter((table) => this.dealOf(table) === deal)),
      ]),
    );
  }

  /** @param {string} deal @param {Done[]} tables */
  #luckChart(deal, tables) {
    const { width } = CHART;
    const [left, right, row] = [262, width - 96, 28]; // px
    const rows = [
      ...tables.map(({ journal, name, score }) => ({ name: journal.shared ?? name, score, ends: null })),
      ...(tables[0].journal.luck ?? []).map(([name, score, ...ends]) => ({ name, score, ends })),
    ].sort((one, other) => other.score - one.score);
    const height = row * rows.length + 30;
    const { x, ticks } = this.#axis(left, right, height);
    return drawing([width, height], `Tables and ways to play: ${deal}`, { class: "score-chart" }, ticks,
      rows.map(({ name, score, ends }, n) => {
        const y = 6 + row * (n + 0.5);
        const strong = ends ? null : "strong";
        return svg("g", { class: ends ? "luck-row" : "score-row deal-0" },
          svg("text", { x: left - 12, y: y + 5, "text-anchor": "end", class: strong }, name),
          ends
            ? [
                svg("line", { x1: x(ends[0]), x2: x(ends[1]), y1: y, y2: y }),
                svg("circle", { cx: x(score), cy: y, r: 5 }),
              ]
            : svg("rect", {
                x: Math.min(x(0), x(score)), width: Math.max(2, Math.abs(x(score) - x(0))), y: y - 8, height: 16, rx: 3,
              }),
          svg("text", { x: width - 2, y: y + 5, "text-anchor": "end", class: strong },
            ends ? `${whole(score)} (${whole(ends[0])} to ${whole(ends[1])})` : whole(score),
          ),
        );
      }),
    );
  }

  #lifeTable() {
    const { issues } = this.facts;
    const games = this.played.filter(({ journal: { shared } }, n, all) =>
        !shared || all.findIndex(({ journal }) => journal.shared === shared) === n,
      ); // a shared table has one, whoever sits there
    return grid(["Table", ...issues.map((issue) => issue.label)],
      games.map((table) => [
        table.journal.shared ?? `${table.name}: ${whole(table.score)}`,
        ...issues.map((_, k) => this.#life(table, k, SPARK)),
      ]),
      { class: "lives" },
    );
  }

  /** Return the ends of what texts on an issue came to at any table, or could have. @param {number} k */
  #reach(k) {
    const places = this.played.flatMap(({ moments, debrief }) => [
      ...moments.map(({ text }) => text[k]),
      ...debrief.issues[k].readings.flatMap(({ passable }) => passable ?? []),
    ]);
    const known = [this.facts.issues[k].status_quo, ...places.filter(Number.isFinite)];
    return [Math.min(...known), Math.max(Math.min(...known) + 0.1, ...known)];
  }

  /** Draw the life of a paragraph at a table. With `words`, its scale has the ends of the issue.
   * @param {Done} table @param {number} k @param {Point} rest @param {Issue | null} [words] */
  #life(table, k, [width, height], words = null) {
    const { moments, debrief } = table;
    const last = moments.at(-1);
    const end = last.minute || 1;
    const edge = 9;
    const x = (/** @type {number} */ minute) => edge + (minute / end) * (width - 2 * edge);
    const [low, high] = words ? [0, 1] : this.#reach(k);
    const y = (/** @type {number} */ place) => edge + ((high - place) / (high - low)) * (height - 2 * edge);
    const known = moments.filter(({ text }) => Number.isFinite(text[k]));
    const steps = known
      .map(({ minute, text }, n) => `${n ? "H" : "M"}${x(minute).toFixed(1)}${n ? "V" : " "}${y(text[k]).toFixed(1)}`)
      .join("");
    const shade = known.slice(1).map((moment, n) =>
      svg("rect", {
        x: x(known[n].minute),
        width: Math.max(0, x(moment.minute) - x(known[n].minute)),
        y: height - edge - known[n].held[k] * (height - 2 * edge),
        height: known[n].held[k] * (height - 2 * edge),
        class: "held",
      }),
    );
    const status = this.facts.statuses.find(({ code }) => code === last.status[k]);
    const readings = debrief.issues[k].readings.filter(({ moment }) => moment < moments.length);
    const would = readings.map(({ passable, moment }) => {
      if (!passable) return null;
      const [from, to] = passable;
      return svg("rect",
        {
          x: x(moments[moment].minute) - 2, width: 4, y: Math.min(y(to), y(from) - 3),
          height: Math.max(3, y(from) - y(to)), class: "would",
        },
        svg("title", {}, `any text from ${from.toFixed(2)} to ${to.toFixed(2)} would have passed`),
      );
    });
    const quo = this.facts.issues[k].status_quo;
    const isText = Number.isFinite(last.text[k]); // not if the paper was emptied after the last one
    const name = `${this.facts.issues[k].label} at ${table.name}: ${status.label}${isText ? `, text at ${last.text[k].toFixed(2)}` : ", without a text"}`;
    return drawing([width, height], name, { width, height, class: "life" },
      svg("rect", { width, height, rx: 4, class: "ground" }),
      shade,
      svg("line", { x1: edge, x2: width - edge, y1: y(quo), y2: y(quo), class: "quo" }),
      words
        ? [
            svg("text", { x: edge + 2, y: edge + 11, class: "small" }, shortened(words.high, 70)),
            svg("text", { x: edge + 2, y: height - edge - 3, class: "small" }, shortened(words.low, 70)),
          ]
        : null,
      would,
      svg("path", { d: steps, class: "went" }),
      words
        ? readings.map(({ place, moment }) =>
            svg("circle", { cx: x(moments[moment].minute), cy: y(place), r: 3.5, class: "read" }),
          )
        : null,
      isText
        ? [
            svg("circle", { cx: x(end), cy: y(last.text[k]), r: 8, fill: status.colour }),
            svg("text",
              {
                x: x(end), y: y(last.text[k]) + 4, "text-anchor": "middle", class: "glyph on-mark",
                fill: inkOn(status.colour),
              },
              status.glyph,
            ),
          ]
        : null,
    );
  }

  /** Show one table closely. @param {Done} table */
  async choose(table) {
    this.chosen = table;
    this.choice.replaceChildren(
      ...this.played.map((one) =>
        el("option", { value: one.n, selected: one === table }, `${one.name}: ${whole(one.score)}`),
      ),
    );
    this.detail.replaceChildren(
      ...this.facts.issues.map((issue, k) =>
        el("div", { class: "issue" },
          el("h3", {}, issue.label),
          this.#life(table, k, LIFE, issue),
          table.debrief.issues[k].secrets && el("p", {}, table.debrief.issues[k].secrets),
          fold("In words", {}, table.debrief.issues[k].sentences.map((sentence) => el("p", {}, sentence))),
        ),
      ),
    );
    this.turning.replaceChildren(
      el("li", { class: "about" }, `Continuing the game of ${table.name} a few hundred times …`),
    );
    const items = await this.#turningOf(table);
    if (this.chosen === table) this.turning.replaceChildren(...items);
  }

  /** Return the turning points of a table as elements; what fails is tried anew at the next choice.
   * @param {Done} table */
  async #turningOf(table) {
    try {
      const points = await (table.turning ??= this.#continued(table.journal));
      return points.length
        ? points.map((point) => this.#point(point))
        : [el("li", {}, "No other answer that was tried would have changed the score of this table much.")];
    } catch (error) {
      table.turning = null;
      return [el("li", { class: "problem" }, /** @type {Error} */ (error).message)];
    }
  }

  /** @param {Journal} journal */
  async #continued(journal) {
    const game = await this.model.again(journal);
    try {
      return await game.turning();
    } finally {
      await game.end();
    }
  }

  /** @param {TurningPoint} of */
  #point({ title, day, time, given, other, share_given: was, share_other: had, of, sentence }) {
    const bar = (/** @type {string} */ label, /** @type {number} */ share, /** @type {string} */ name) =>
      el("div", { class: `shares ${name}` },
        el("span", {}, label),
        svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
          svg("rect", { width: 100, height: 10, class: "ground" }),
          svg("rect", { width: (100 * share) / of, height: 10 }),
        ),
        el("b", {}, `${share} of ${of}`),
      );
    return el("li", {},
      el("b", {}, title),
      ` ${momentOf({ day, time })}`,
      bar(given, was, "was"),
      bar(other, had, "had"),
      el("p", { class: "key" }, sentence),
    );
  }

  #showMisjudged() {
    /** @type {Map<string, Belief[]>} */ const groups = new Map(); // of beliefs about the same
    for (const belief of this.played.flatMap(({ debrief }) => debrief.beliefs)) {
      const key = `${belief.who}|${belief.issue}`;
      groups.set(key, [...(groups.get(key) ?? []), belief]);
    }
    const named = (/** @type {string} */ issue, /** @type {number} */ at) => amountAt(issueOf(this.facts, issue), at, this.facts);
    const worst = [...groups.values()].map((group) => ({
        ...group[0],
        gap: mean(group.map(({ thought, true: stood }) => Math.abs(thought - stood))),
        thought: mean(group.map(({ thought }) => thought)),
        stood: mean(group.map(({ true: stood }) => stood)),
      }))
      .sort((one, other) => other.gap - one.gap)
      .slice(0, MOST_NAMED);
    const x = (/** @type {number} */ place) => 10 + 280 * place;
    this.misjudged.replaceChildren(
      worst.length
        ? series("ul", { class: "misjudged" }, worst, ({ who, issue, thought, stood }) =>
            el("li", {},
              el("b", {}, who),
              el("span", {}, issueOf(this.facts, issue).label),
              drawing([300, 28], `thought at ${thought.toFixed(2)}, stood at ${stood.toFixed(2)}`, {},
                svg("rect", { width: 300, height: 28, rx: 4, class: "ground" }),
                svg("line", { x1: x(thought), x2: x(stood), y1: 14, y2: 14, class: "error" }),
                svg("circle", { cx: x(thought), cy: 14, r: 6, class: "thought" }),
                svg("circle", { cx: x(stood), cy: 14, r: 6, class: "stood" }),
              ),
              el("span", { class: "key" }, "thought ", named(issue, thought), ", stood ", named(issue, stood)),
            ),
          )
        : el("p", { class: "about" }, "Nobody yet."),
    );
  }

  /** Draw the guesses of the class as a cloud on the chance of consensus along the first knob with numbers. */
  async #showGuesses() {
    const guesses =
      this.facts.guesses ??
      this.facts.journals.map(({ guess }) => guess).filter((guess) => guess !== null && guess !== undefined);
    const knob = this.facts.knobs.find(({ levels }) => levels.every(({ value }) => typeof value === "number"));
    const consensus = this.facts.outcomes.find(({ name }) => name === "consensus")?.code;
    this.guessed.hidden = !guesses.length || !knob;
    if (this.guessed.hidden) return;
    const { width } = CHART;
    const height = 360;
    const [left, right, top, bottom] = [56, 20, 12, 320];
    const x = (/** @type {number} */ level) =>
      left + 30 + (level / Math.max(1, knob.levels.length - 1)) * (width - left - right - 60);
    const y = (/** @type {number} */ share) => bottom - share * (bottom - top);
    /** @type {Estimate[]} */ const points = [];
    const draw = () => {
      const line = points.map(({ value }, n) => `${n ? "L" : "M"}${x(n)} ${y(value)}`).join("");
      const up = points.map(({ high }, n) => `${n ? "L" : "M"}${x(n)} ${y(high)}`).join("");
      const band =
        points.length > 1
          ? `${up}${[...points].reverse().map(({ low }, n) => `L${x(points.length - 1 - n)} ${y(low)}`).join("")}Z`
          : "";
      const cloud = guesses.map((guess, n) =>
        svg("circle", { cx: x(knob.written) + (((n * 37) % 41) - 20), cy: y(guess), r: 6, class: "cloud" }),
      );
      const truth = points[knob.written];
      const middle = middleOf(guesses);
      this.guesses.replaceChildren(
        el("p", {},
          truth
            ? `${guesses.length === 1 ? "The only guess" : `The middle of ${guesses.length} guesses`} is ${Math.round(100 * middle)} of 100. Without you the room agrees on everything in ${Math.round(100 * truth.value)} of 100 runs (95 % interval of ${Math.min(RUNS, this.facts.most)} runs: ${Math.round(100 * truth.low)} to ${Math.round(100 * truth.high)}).`
            : "Computing the runs without you …",
        ),
        drawing([width, height], `Guesses of the class on the chance of consensus along ${knob.label}`,
          { class: "guess-chart" },
          [0, 0.25, 0.5, 0.75, 1].map((share) =>
            svg("g", { class: "tickline" },
              svg("line", { x1: left, x2: width - right, y1: y(share), y2: y(share) }),
              svg("text", { x: left - 8, y: y(share) + 4, "text-anchor": "end" }, `${100 * share}`),
            ),
          ),
          knob.levels.map(({ label }, n) =>
            svg("text",
              { x: x(n), y: bottom + 18, "text-anchor": "middle", class: n === knob.written ? "strong" : null },
              label,
            ),
          ),
          svg("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }, knob.label),
          svg("path", { d: band, class: "band-of" }),
          svg("path", { d: line, class: "curve-of" }),
          points.map(({ value }, n) => svg("circle", { cx: x(n), cy: y(value), r: 4, class: "point-of" })),
          cloud,
        ),
      );
    };
    draw();
    for (let level = 0; level < knob.levels.length; level += 1) {
      const { outcome } = await this.model.values({ [knob.name]: level }, { count: Math.min(RUNS, this.facts.most) });
      points.push(estimate({ kind: "flag" }, outcome.map((code) => Number(code === consensus))));
      draw();
    }
  }

  #showNumbers() {
    const heads = [
      "Table", "People", "Seat", "Score", "Outcome", ...this.facts.issues.map(({ label }) => label),
      "Answers", "Adviser", "Minutes to think", "Attempts", "Notes",
    ];
    const rows = [...this.played, ...this.tables.filter((table) => !table.debrief)].map((table) => {
      const { journal, debrief, name, reached, problem } = table;
      const last = table.moments?.at(-1);
      const texts = this.facts.issues.map((_, k) =>
        last && Number.isFinite(last.text[k])
          ? `${last.text[k].toFixed(2)}, ${this.facts.statuses.find(({ code }) => code === last.status[k]).label}`
          : "no text",
      );
      const seconds = journal.answers.reduce((sum, answer) => sum + answer[1], 0) / 1000;
      return [
        name, journal.people ?? "", this.dealOf(table), debrief ? whole(debrief.score) : "",
        debrief?.label ?? reached?.filter(Boolean).join(", ") ?? problem ?? "",
        ...texts,
        journal.answers.length,
        journal.answers.filter((answer) => answer[3]).length,
        (seconds / 60).toFixed(1),
        journal.attempts ?? journal.attempt,
        (journal.notes ?? []).join("; "),
      ];
    });
    this.numbers.replaceChildren(grid(heads, rows));
  }
}

/** Return whether a key means something where it is pressed: in a field, or in a table that the arrow keys scroll.
 * @param {KeyboardEvent} event */
function isTaken({ key, target, altKey, ctrlKey, metaKey }) {
  const here = /** @type {Element} */ (target);
  const wide = here.closest?.(".wide");
  const scrolls = wide && wide.scrollWidth > wide.clientWidth && key.startsWith("Arrow");
  return altKey || ctrlKey || metaKey || scrolls || here.matches?.("input, select, textarea");
}

/** @param {number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Return the median. @param {number[]} numbers */
function middleOf(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
