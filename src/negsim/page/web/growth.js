// The runs of every setting that somebody has looked at, made in chunks: what is on the screen first, the point with the
// fewest runs before the others, so that a whole curve grows at once. Chunks are taken in the order of their runs, whatever
// worker made them first, and change no earlier run. None is asked for while nobody sees the page.

const FIRST_CHUNK = 10; // runs
const ANSWER = [100, 400]; // milliseconds that a chunk may take: each costs the page a little, and a newer one has to wait
const PAUSE = 250; // milliseconds between two drawings of what grows: each takes a processor from the workers

/** Return the name of a setting: which knob stands at which level, without those as written. @param {Setting} levels */
const keyOf = (levels) => Object.keys(levels).sort().map((name) => `${name}=${levels[name]}`).join("&");

/** The runs so far, by setting. */
export class Runs {
  #model;
  /** @type {Map<string, Made>} */ #sets = new Map();
  runs = 0; // that each setting shall have
  /** @type {Made[]} */ #wanted = [];
  #chunk = 40; // runs in the next one
  #flying = 0; // chunks that the model is asked for now: two for each worker, so that none need wait for the page
  #hasFailed = false;
  #grown;
  #failed;
  #told = -PAUSE; // when it was last said that there are more runs
  #later = 0;

  /** grown: called when there are more runs. failed: called with an error, once; nothing is computed after it.
   * @param {Model} model @param {{ grown: () => unknown, failed: (error: Error) => unknown }} more */
  constructor(model, { grown, failed }) {
    this.#model = model;
    this.#grown = grown;
    this.#failed = failed;
    globalThis.document?.addEventListener("visibilitychange", () => this.#work());
  }

  /** Return the runs of a setting so far: {done, values: {measure: Float64Array}}. @param {Setting} levels */
  of(levels) {
    const key = keyOf(levels);
    /** @type {Made} */
    const made = this.#sets.get(key) ?? { levels: { ...levels }, asked: 0, done: 0, values: {}, later: new Map() };
    this.#sets.set(key, made);
    return made;
  }

  /** Say which settings are on the screen, the most important first, and how many runs each shall have.
   * @param {Setting[]} settings @param {number} runs */
  want(settings, runs) {
    this.#wanted = settings.map((levels) => this.of(levels));
    this.runs = runs;
    this.#work();
  }

  /** Return the share of the wanted runs that are made, 0..1. */
  get progress() {
    const all = new Set(this.#wanted);
    const done = [...all].reduce((sum, set) => sum + Math.min(set.done, this.runs), 0);
    return all.size ? done / (all.size * this.runs) : 1;
  }

  #work() {
    while (!this.#hasFailed && !globalThis.document?.hidden && this.#flying < 2 * this.#model.workers) {
      const set = this.#next();
      if (!set) return;
      this.#flying++;
      this.#grow(set).then(
        () => {
          this.#flying--;
          this.#work();
          this.#tell();
        },
        (error) => this.#fail(error),
      );
    }
  }

  /** Say that there are more runs: now, or once a pause is over if some are still to come. */
  #tell() {
    clearTimeout(this.#later);
    const wait = this.progress < 1 ? this.#told + PAUSE - performance.now() : 0;
    if (wait > 0) {
      this.#later = setTimeout(() => this.#tell(), wait);
    } else {
      this.#told = performance.now();
      this.#grown();
    }
  }

  /** @param {Error} error */
  #fail(error) {
    if (!this.#hasFailed) this.#failed(error);
    this.#hasFailed = true;
  }

  #next() {
    const due = this.#wanted.filter((set) => set.asked < this.runs);
    return due.length ? due.reduce((least, set) => (set.asked < least.asked ? set : least)) : null;
  }

  /** @param {Made} set */
  async #grow(set) {
    const first = set.asked;
    const count = Math.min(first ? this.#chunk : FIRST_CHUNK, this.#chunk, this.runs - first);
    set.asked += count;
    const begun = performance.now();
    set.later.set(first, await this.#model.values(set.levels, { first, count }));
    const took = performance.now() - begun;
    if (took > ANSWER[1]) this.#chunk = Math.max(1, Math.min(this.#chunk, count >> 1));
    else if (took < ANSWER[0] && count === this.#chunk) this.#chunk *= 2;
    for (let chunk; (chunk = set.later.get(set.done)); ) {
      set.later.delete(set.done);
      for (const [name, values] of Object.entries(chunk)) {
        const longer = new Float64Array(set.done + values.length);
        longer.set(set.values[name] ?? []);
        longer.set(values, set.done);
        set.values[name] = longer;
      }
      set.done = set.values.outcome.length;
    }
  }
}
