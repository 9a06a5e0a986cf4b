// The runs of every setting that somebody has looked at, made in chunks: what is on the screen first, the point with the
// fewest runs before the others, so that a whole curve grows at once. A chunk changes no earlier run.

const FIRST_CHUNK = 10;
const CHUNK = 40;

/** Return the name of a setting: which knob stands at which level, without those as written. @param {Setting} levels */
const keyOf = (levels) => Object.keys(levels).sort().map((name) => `${name}=${levels[name]}`).join("&");

/** The runs so far, by setting. */
export class Runs {
  #model;
  /** @type {Map<string, Made>} */ #sets = new Map();
  runs = 0; // that each setting shall have
  /** @type {Made[]} */ #wanted = [];
  #flying = new Set(); // what the model is asked for now: two chunks, so that it need not wait for the page
  #hasFailed = false;
  #grown;
  #failed;

  /** grown: called after every chunk. failed: called with an error, once; nothing is computed after it.
   * @param {Model} model @param {{ grown: () => unknown, failed: (error: Error) => unknown }} more */
  constructor(model, { grown, failed }) {
    this.#model = model;
    this.#grown = grown;
    this.#failed = failed;
  }

  /** Return the runs of a setting so far: {done, values: {measure: Float64Array}}. @param {Setting} levels */
  of(levels) {
    const key = keyOf(levels);
    const made = this.#sets.get(key) ?? { levels: { ...levels }, done: 0, values: {} };
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
    while (!this.#hasFailed && this.#flying.size < 2) {
      const set = this.#next();
      if (!set) return;
      this.#flying.add(set);
      this.#grow(set).then(
        () => {
          this.#flying.delete(set);
          this.#work();
          this.#grown();
        },
        (error) => this.#fail(error),
      );
    }
  }

  /** @param {Error} error */
  #fail(error) {
    if (!this.#hasFailed) this.#failed(error);
    this.#hasFailed = true;
  }

  #next() {
    const due = this.#wanted.filter((set) => set.done < this.runs && !this.#flying.has(set));
    return due.length ? due.reduce((least, set) => (set.done < least.done ? set : least)) : null;
  }

  /** @param {Made} set */
  async #grow(set) {
    const first = set.done;
    const count = Math.min(first ? CHUNK : FIRST_CHUNK, this.runs - first);
    const chunk = await this.#model.values(set.levels, { first, count });
    for (const [name, values] of Object.entries(chunk)) {
      const longer = new Float64Array(first + count);
      if (first) longer.set(set.values[name]);
      longer.set(values, first);
      set.values[name] = longer;
    }
    set.done = first + count;
  }
}
