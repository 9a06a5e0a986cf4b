// People as faces: a mark with a name, to tap where one is asked, in rows where the room has answered, and wherever else
// they are named. A tap on a name says what is known of them: tell(name).

import { button, el, fold, put, series, svg } from "./dom.js";
import { lettered } from "./marks.js";
import { amountAt, limitsOf, wordsAt } from "./playladder.js";
import { fixed, inList, listed } from "./sentences.js";

const LARGE_ROOM = 20; // people; in one as large, more than MOST_NAMED in a row are counted by group
const MOST_NAMED = 6;
const MOST_LISTED = 4; // people in a sentence
const TITLES = /^(minister|inspector|mayor|regulator|old|mr|mrs|ms|dr|prof|professor|sir|judge)\.?$/i;

/** Return the name that people at the table use: without titles, the last word of a name of several; a role stays whole.
 * @param {string} name */
export function shortName(name) {
  const words = name.split(" ");
  if (words.length < 2 || words.some((word) => /\d/.test(word)) || !words.every((word) => /^\p{Lu}/u.test(word)))
    return name;
  return words.filter((word) => !TITLES.test(word)).at(-1) ?? name;
}

/** List people by their short names. @param {string[]} names */
export const namesOf = (names) => listed(names.map(shortName));

/** List people by their short names, to tap. @param {string[]} names @param {(name: string) => unknown} tell */
export const peopleIn = (names, tell) =>
  inList(names.map((name) => button("name", () => tell(name), shortName(name))), MOST_LISTED);

/** Return the name of somebody at the table, "you" for oneself. @param {TableFacts} facts @param {string} name */
const nameIn = ({ seats }, name) => (seats.some((seat) => seat.me && seat.name === name) ? "you" : shortName(name));

/** @param {TableFacts} facts @param {Mark[]} marks @param {string} name @param {number} [size] */
const faceMark = (facts, marks, name, size = 22) => {
  const seat = facts.seats.find((each) => each.name === name);
  return seat
    ? svg("svg", { width: size, height: size, viewBox: "0 0 22 22", "aria-hidden": "true" },
        lettered(marks[seat.group], [11, 11], 9),
      )
    : null;
};

/** Return faces to tap, by group. chosen: a set of names that a tap changes, `most` of them at most.
 * @param {Omit<TablePage, "tell"> & Most & { chosen: Set<string>, changed: () => unknown }} of */
export function facesOf({ facts, marks, of, most, chosen, changed }) {
  const faces = new Map();
  const show = () => {
    for (const [name, face] of faces)
      put(face, {
        "aria-pressed": String(chosen.has(name)), disabled: most > 1 && !chosen.has(name) && chosen.size >= most,
      });
    changed();
  };
  return byGroup(facts, of, (name) => {
    const press = () => {
      const isNew = !chosen.delete(name);
      if (most === 1) chosen.clear();
      if (isNew) chosen.add(name);
      show();
    };
    const face = button("face", press, faceMark(facts, marks, name), ` ${shortName(name)}`);
    faces.set(name, put(face, { "aria-pressed": "false" }));
    return face;
  });
}

/** Return faces by group. face: of a name.
 * @param {TableFacts} facts @param {string[]} of @param {(name: string) => Child} face */
function byGroup(facts, of, face) {
  const rows = facts.groups.map(({ label }, g) => ({
    label,
    names: of.filter((name) => facts.seats.find((seat) => seat.name === name)?.group === g),
  }));
  return series("div", { class: "faces" },
    rows.filter(({ names }) => names.length),
    ({ label, names }) =>
      el("div", { role: "group", "aria-label": label }, el("p", { class: "group" }, label), names.map(face)),
  );
}

/** Return the part of a sheet that names everybody else. @param {TablePage & { people: Person[] }} of */
export const peopleOf = ({ people, facts, marks, tell }) =>
  fold("The people, and what you know of them", {},
    byGroup(
      facts,
      people.filter(({ me }) => !me).map(({ name }) => name),
      (name) => button("face", () => tell(name), faceMark(facts, marks, name), ` ${shortName(name)}`),
    ),
  );

/** Show who somebody is, and what is known of them, until it is put away.
 * @param {Person} of @param {TableFacts} facts @param {Mark[]} marks */
export function showPerson({ name, group, present, me, trust, belief, confidence, brackets }, facts, marks) {
  const line = (/** @type {Issue} */ issue) => {
    const told = confidence?.[issue.name];
    return el("li", {},
      el("b", {}, issue.label),
      `: ${wordsAt(issue, belief[issue.name], facts)}${me ? "" : ", you believe"}.`,
      told ? [" They told you ", amountAt(issue, told.stands, facts), limitsOf(issue, told.red, facts), "."] : "",
    );
  };
  const labels = facts.issues.filter(({ name: issue }) => brackets.includes(issue)).map(({ label }) => label);
  /** @type {HTMLDialogElement} */
  const dialog = el("dialog", { closedby: "any", "aria-labelledby": "known", close: () => dialog.remove() },
    el("h2", { id: "known", class: "person" }, faceMark(facts, marks, name), ` ${name}${me ? " (you)" : ""}`),
    el("p", { class: "group" }, facts.groups[group].label, present ? "" : "; has left"),
    el("ul", {}, facts.issues.map(line)),
    labels.length ? el("p", {}, `In brackets: ${listed(labels)}.`) : null,
    me ? null : el("p", {}, `Your trust in them: ${fixed(trust ?? NaN, 2)}, on a scale from 0 to 1.`),
    button("main", () => dialog.close(), "Close"),
  );
  document.body.append(dialog);
  dialog.showModal();
}

/** Return who answered what, a row for each answer. rows: [kind, sign, names].
 * @param {TablePage} of @param {[kind: string, sign: string, names: string[]][]} rows */
export const answersOf = ({ facts, marks, tell }, rows) =>
  series("dl", { class: "answered" },
    rows.filter(([, , names]) => names.length),
    ([kind, sign, names]) =>
      el("div", { class: kind },
        el("dt", {}, `${sign} ${names.length}`),
        el("dd", {},
          facts.seats.length > LARGE_ROOM && names.length > MOST_NAMED
            ? groupsOf(facts, marks, names)
            : names.map((name) =>
                button("person", () => tell(name), faceMark(facts, marks, name, 18), ` ${nameIn(facts, name)}`),
              ),
        ),
      ),
  );

/** Count names by group. @param {TableFacts} facts @param {Mark[]} marks @param {string[]} names */
const groupsOf = (facts, marks, names) =>
  facts.groups.map((group, g) => {
    const members = facts.seats.filter((seat) => seat.group === g && names.includes(seat.name));
    return members.length
      ? el("span", { class: "person" },
          faceMark(facts, marks, members[0].name, 18),
          ` ${members.length} ${group.label}`,
        )
      : null;
  });
