// A negotiation under way as one seat knows it, by name: what stands, who blocks, what it is worth, where others may be.
//
// Nothing here that the seat cannot know, but where the name of a method says so.

const LEAST_LIKELY = 0.5; // chance of a bracket from which on somebody is named
export const SAME_TEXT = 0.02; // of the scale; texts that are nearer count as one

export class Eyes {
  /** room: its tables. apart: a room of the same size, to try things in. seat: its number. best: what it can win, if that is known.
   * @param {Pick<Engine, "facts" | "moves">} engine @param {Room} room @param {Room} apart
   * @param {{ seats: Seat[], seat: number, best?: number | null }} last */
  constructor(engine, room, apart, { seats, seat, best = null }) {
    this.facts = engine.facts;
    this.room = room;
    this.apart = apart;
    this.seats = seats;
    this.seat = seat;
    this.names = seats.map(({ name }) => name);
    this.issues = this.facts.issues.map(({ name }) => name);
    this.consensus = this.facts.outcomes.find(({ name }) => name === "consensus").code;
    this.statuses = Object.fromEntries(this.facts.statuses.map(({ name, code }) => [name, code]));
    for (let k = 0; k < room.sizes.K; k++) apart.table("Choice", "values").set(k, NaN);
    /** @type {Map<number, { text: number | undefined, who: number[] }>} */
    this.refused = new Map(); // by issue: the text last read, and who put it in brackets
    this.best = best ?? this.#best();
  }

  /** @param {string} name */
  state(name) {
    return this.room.table("State", name);
  }

  /** @param {string} name */
  choice(name) {
    return this.room.table("Choice", name);
  }

  /** @param {string} name */
  setting(name) {
    return this.room.table("Case", "setting").get(0, name);
  }

  /** @param {string} name */
  clock(name) {
    return this.state("clock").get(0, name);
  }

  /** Return columns of the row of the plan that is due, or of another one.
   * @template {string} C @param {readonly C[]} names @param {number} [row] */
  plan(names, row = this.clock("row")) {
    return this.room.table("Case", "plan").row(row, names);
  }

  /** @param {number} k */
  paragraph(k) {
    return this.state("paragraphs").row(k, ["text", "precision", "pen", "status", "before", "blockers_before"]);
  }

  /** @param {number} k */
  entry(k) {
    return this.state("entries").row(k * this.room.sizes.N + this.seat, ["amended", "passed_over", "bracket_used"]);
  }

  /** @param {number} k @param {number} [i] */
  opinion(k, i = this.seat) {
    const columns = /** @type {const} */ (["position", "first_position", "red_low", "red_high", "salience"]);
    return this.state("opinions").row(k * this.room.sizes.N + i, columns);
  }

  /** Return whether a text crosses a red line of the seat's. @param {number} k @param {number} text */
  crosses(k, text) {
    const { red_low: low, red_high: high } = this.opinion(k);
    return text < low || text > high;
  }

  /** Return where the seat believes another to stand on an issue. @param {number} k @param {number} j */
  belief(k, j) {
    return this.state("belief").get((k * this.room.sizes.N + j) * this.room.sizes.N + this.seat, "");
  }

  isPresent(i = this.seat) {
    return this.state("delegates").get(i, "present") > 0;
  }

  /** @param {number} k @param {Room} [room] */
  isClosed(k, room = this.room) {
    return [this.statuses.agreed, this.statuses.dissent].includes(room.table("State", "paragraphs").get(k, "status"));
  }

  /** Return whether a paragraph may still be agreed. @param {number} k */
  isOpen(k) {
    return !this.isClosed(k);
  }

  /** @param {number} k @param {number} [row] */
  isOnAgenda(k, row = this.clock("row")) {
    return this.room.table("Case", "plan_issues").get(row * this.issues.length + k, "") > 0;
  }

  /** Return the numbers of those who block a paragraph. @param {number} k */
  blockers(k) {
    const { N } = this.room.sizes;
    const bracket = this.state("opinions");
    return this.seats.map((_, i) => i).filter((i) => bracket.get(k * N + i, "bracket") > 0);
  }

  /** Return the mean trust of the others in the seat. */
  trusted() {
    const { N } = this.room.sizes;
    const trust = this.state("trust");
    return (
      this.seats.reduce((sum, _, i) => sum + (i === this.seat ? 0 : trust.get(this.seat * N + i, "")), 0) / (N - 1)
    );
  }

  /** Return where each of the others thinks the seat to be on an issue, and where it stands itself; null for the seat.
   * @param {number} k @returns {Thought[]} */
  views(k) {
    const { N } = this.room.sizes;
    const belief = this.state("belief");
    const opinions = this.state("opinions");
    return this.seats.map((_, i) =>
      i === this.seat
        ? null
        : { thinks: belief.get((k * N + this.seat) * N + i, ""), stands: opinions.get(k * N + i, "position") },
    );
  }

  /** Return what somebody who is asked in the corridor says: by issue where it stands and its red lines, and what matters most.
   * @param {number} j @returns {Told} */
  told(j) {
    const opinions = this.issues.map((_, k) => this.opinion(k, j));
    const salience = opinions.map((one) => one.salience);
    return {
      issues: opinions.map(({ position, red_low: low, red_high: high }) => ({ stands: position, red: [low, high] })),
      priority: this.issues[salience.indexOf(Math.max(...salience))],
    };
  }

  /** Return who is likely to bracket a text, the likeliest first.
   * @param {Put} text @param {Record<string, Confidence>} confidences */
  likely({ k, value, pen }, confidences) {
    return this.seats.map((_, j) => ({ j, chance: this.chance(k, value, j, { pen, confidences }) }))
      .filter(({ j, chance }) => j !== this.seat && this.isPresent(j) && chance >= LEAST_LIKELY)
      .sort((one, other) => other.chance - one.chance);
  }

  /** Return the chance that somebody brackets a text, as `negsim.policies.forecast` computes it.
   * @param {number} k @param {number} y @param {number} j
   * @param {{ pen: string | null, confidences: Record<string, Confidence> }} rest */
  chance(k, y, j, { pen, confidences }) {
    const { forecast: weights } = this.facts.play;
    const known = this.state("opinions").row(k * this.room.sizes.N + j,
      ["refused_below", "refused_above", "accepted_low", "accepted_high", "blocks"],
    );
    const [low, high] = confidences[this.names[j]]?.[this.issues[k]]?.red ?? [-Infinity, Infinity];
    if (!this.seats[j].may_block) return 0;
    if (y < low || y > high) return 1;
    if (y <= known.refused_below || y >= known.refused_above) return weights.if_refused;
    if (y >= known.accepted_low && y <= known.accepted_high) return weights.if_accepted;
    if (pen === this.names[j]) return weights.if_author;
    const place = this.belief(k, j);
    const minute = this.clock("minute");
    const beyond = Math.max(Math.min(place, known.accepted_low) - y, y - Math.max(place, known.accepted_high), 0);
    const nearer = Math.abs(this.room.table("Case", "status_quo").get(k, "") - place) - Math.abs(y - place);
    const z =
      weights.start + weights.beyond * beyond + weights.nearer * nearer + weights.brackets * Math.log1p(known.blocks) +
      weights.accepts * Number(known.accepted_low < Infinity) +
      (weights.late * minute) / Math.max(this.plan(["deadline"]).deadline, minute, 1e-9);
    return 1 / (1 + Math.exp(-z));
  }

  // What texts are worth: the score is the model's own, of a state in which nothing is agreed but that text.

  #best() {
    this.apart.setState(this.room.state());
    const best = new Float64Array(this.room.sizes.N);
    this.apart.call("weigh_best", "Case", "State", best);
    return best[this.seat];
  }

  /** Return the score of the seat as things stand. */
  score(room = this.room) {
    return room.call("score", "Case", "State", this.seat, this.best);
  }

  /** Return the points of 100 that texts on some issues are worth together, if agreed: [[issue, place, precision], ...].
   * @param {[k: number, place: number, precision: number][]} texts */
  worth(texts) {
    this.#emptied(this.room.state());
    const paragraphs = this.apart.table("State", "paragraphs");
    for (const [k, place, precision] of texts) this.#agree(paragraphs, k, place, precision);
    return this.score(this.apart);
  }

  /** Return what each text on an issue is worth, from one end of its scale to the other.
   * @param {number} k @param {State} [state] */
  worths(k, state = this.room.state()) {
    const { texts, precision } = this.facts.play;
    this.#emptied(state);
    const paragraphs = this.apart.table("State", "paragraphs");
    const clear = Math.max(paragraphs.get(k, "precision"), precision);
    return Array.from({ length: texts }, (_, n) => {
      this.#agree(paragraphs, k, n / (texts - 1), clear);
      return this.score(this.apart);
    });
  }

  /** @param {State} state */
  #emptied(state) {
    const { N, K } = this.room.sizes;
    this.apart.setState(state);
    this.apart.table("State", "clock").set(0, this.consensus, "outcome");
    for (let k = 0; k < K; k++) {
      this.apart.table("State", "paragraphs").set(k, this.statuses.open, "status");
      this.apart.table("State", "entries").set(k * N + this.seat, 0, "passed_over");
    }
  }

  /** @param {Table} paragraphs @param {number} k @param {number} place @param {number} precision */
  #agree(paragraphs, k, place, precision) {
    paragraphs.set(k, this.statuses.agreed, "status");
    paragraphs.set(k, place, "text");
    paragraphs.set(k, precision, "precision");
  }

  /** Return what everybody chooses at a turn by the rules, in a table of the choice; nothing happens.
   * @param {Turn} turn @param {string} name */
  wouldChoose(turn, name) {
    this.apart.setState(this.room.state());
    this.apart.call("choose", "Case", "State", turn, "Choice");
    return this.apart.table("Choice", name);
  }

  /** Return whether the seat would accept by the rules what a turn puts to the room. @param {Turn} turn */
  wouldAccept(turn) {
    return this.wouldChoose(turn, "response").get(this.seat, "") === 0;
  }

  /** Return whether it would if nothing that it gets elsewhere could pay for anything. @param {Turn} turn */
  wouldAcceptAlone(turn) {
    const seats = this.apart.table("Case", "seats");
    const goodwill = seats.get(this.seat, "goodwill");
    seats.set(this.seat, 0, "goodwill");
    const accepts = this.wouldAccept(turn);
    seats.set(this.seat, goodwill, "goodwill");
    return accepts;
  }

  /** Return what an objection of the seat's to what a turn puts to the room comes to: "bracket", "aside", or "joins", a bracket
   * if enough others object too, which only they know. @param {Turn} turn */
  objection(turn) {
    const short = this.wouldChoose(turn, "shortfall").get(this.seat, "");
    const costs = this.room.table("Case", "parameters").row(0, ["block_cost", "dissent_relief"]);
    const relief = this.setting("record_dissent") > 0 ? costs.dissent_relief : 0;
    if (short > costs.block_cost + relief) return "bracket";
    return short > relief ? "joins" : "aside";
  }

  /** Return which of the texts on an issue would truly pass in a state: 1 or 0.
   * @param {number} k @param {State} state */
  trulyPassing(k, state) {
    const passing = new BigInt64Array(this.facts.play.texts);
    this.apart.setState(state);
    this.apart.call("passable_texts", "Case", "State", k, 0, passing);
    return Array.from(passing, Number);
  }
}
