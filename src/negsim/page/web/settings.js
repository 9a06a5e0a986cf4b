// A setting is which level each knob stands at, by the knob's name; a knob that is left out stands as written.

/** Return the level of a knob in a setting, by its number. @param {Knob} knob @param {Setting} setting */
export const levelOf = (knob, setting) => setting[knob.name] ?? knob.written;

/** Return a setting without the knobs that cannot be turned together with a knob.
 * @param {Knob} knob @param {Setting} setting */
export const released = (knob, setting) =>
  Object.fromEntries(Object.entries(setting).filter(([name]) => !knob.clashes.includes(name)));

/** Return a setting with a knob turned. @param {Knob} knob @param {number} level @param {Setting} setting */
export function turned(knob, level, setting) {
  const rest = released(knob, setting);
  delete rest[knob.name];
  return level === knob.written ? rest : { ...rest, [knob.name]: level };
}

/** Return the settings along a knob, one for each of its levels. @param {Knob} knob @param {Setting} setting */
export const along = (knob, setting) => knob.levels.map((_, level) => turned(knob, level, setting));

/** Return the settings along a knob with the days held, [level, setting] for each level that fits; none along any other
 * knob than the number of meetings, or where what is turned in the setting does not go with it.
 * @param {Knob} knob @param {Setting} setting @param {{ held: HeldKnob | null }} rest */
export function alongHeld(knob, setting, { held }) {
  if (held?.along !== knob.name || Object.keys(setting).some((name) => held.clashes.includes(name))) return [];
  return held.fits.map(
    (level) =>
      /** @type {[level: number, setting: Setting]} */ ([
        level,
        { ...turned(knob, level, setting), [held.name]: held.level },
      ]),
  );
}

/** Describe a setting: the phrases of the knobs that are turned, without that of the knob along which a curve runs.
 * @param {Setting} setting @param {Facts} facts @param {{ without?: Knob | null }} [rest] */
export function described(setting, facts, { without = null } = {}) {
  const phrases = facts.knobs.filter((knob) => knob.name in setting && knob !== without)
    .map((knob) => knob.levels[setting[knob.name]].phrase);
  return phrases.length ? phrases.join(", ") : "as written";
}

/** Name a curve along a knob: its own name, and its setting unless that says the same.
 * @param {{ name: string, setting: Setting }} of @param {Facts} facts @param {Knob} axis */
export function curveName({ name, setting }, facts, axis) {
  const words = described(setting, facts, { without: axis });
  return name === words ? name : `${name}: ${words}`;
}

/** Return the changes that a setting makes to the scenario, as `--set` takes them.
 * @param {Setting} setting @param {Facts} facts */
export const changesOf = (setting, facts) =>
  facts.knobs.filter((knob) => levelOf(knob, setting) !== knob.written)
    .map((knob) => knob.levels[levelOf(knob, setting)].set);

/** Say what a change does, in the words of the knob that makes it. @param {string} change @param {Facts} facts */
export function levelText(change, { knobs }) {
  const knob = knobs.find(({ levels }) => levels.some(({ set }) => set === change));
  return knob ? `${knob.label}: ${knob.levels.find(({ set }) => set === change).label}` : change;
}

/** Return the setting that makes such changes. @param {string[]} changes @param {Facts} facts */
export function settingOf(changes, facts) {
  return Object.fromEntries(
    changes.map((change) => {
      const knob = facts.knobs.find(({ levels }) => levels.some(({ set }) => set === change));
      if (!knob) throw new Error(`This page has no knob for ${change}.`);
      return [knob.name, knob.levels.findIndex(({ set }) => set === change)];
    }),
  );
}

/** The words of an address that only the experiment has. */
export const OWN = ["along", "measure"];

/** Write a state of the page as the end of its address, each level by its value as `--set` takes it. hash: the address so far.
 * In a page with a game its other words, such as a seat, stay; and the knob of the curve is always among ours, so that a
 * reload comes back to the experiment.
 * @param {View} state @param {Facts} facts @param {string} [hash] */
export function toHash(state, facts, hash = "") {
  const address = new URLSearchParams(facts.play ? hash.replace(/^#/, "") : "");
  for (const name of [...OWN, ...facts.knobs.map((knob) => knob.name)]) address.delete(name);
  if (facts.play || state.axis !== facts.knobs[0]) address.set("along", state.axis.name);
  if (state.measure !== facts.measures[0]) address.set("measure", state.measure.name);
  for (const knob of facts.knobs)
    if (knob.name in state.setting) address.set(knob.name, String(knob.levels[state.setting[knob.name]].value));
  return address.toString();
}

/** Read what `toHash` wrote; whatever does not fit the page is left out. @param {string} hash @param {Facts} facts */
export function fromHash(hash, facts) {
  const read = new URLSearchParams(hash.replace(/^#/, ""));
  /** @type {Setting} */ let setting = {};
  for (const knob of facts.knobs) {
    const level = knob.levels.findIndex((each) => String(each.value) === read.get(knob.name));
    if (level >= 0) setting = turned(knob, level, setting);
  }
  const axis = facts.knobs.find((knob) => knob.name === read.get("along")) ?? facts.knobs[0];
  return {
    axis,
    setting: released(axis, setting),
    measure: facts.measures.find((measure) => measure.name === read.get("measure")) ?? facts.measures[0],
  };
}
