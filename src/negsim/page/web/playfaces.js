// People as faces: a mark with a name, to tap where one is asked, and in rows where the room has answered.

import { el, put, svg } from "./dom.js";
import { lettered } from "./marks.js";
import { listed } from "./sentences.js";

const LARGE_ROOM = 20; // people; in one as large, more than MOST_NAMED in a row are counted by group
const MOST_NAMED = 6;
const TITLES = /^(minister|inspector|mayor|regulator|old|mr|mrs|ms|dr|prof|professor|sir|judge)\.?$/i;

/** Return the name that people at the table use: without titles, the last word of a name of several; a role stays whole. */
export function shortName(name) {
  const words = name.split(" ");
  if (words.length < 2 || words.some((word) => /\d/.test(word)) || !words.every((word) => /^\p{Lu}/u.test(word))) return name;
  return words.filter((word) => !TITLES.test(word)).at(-1) ?? name;
}

/** List people by their short names. */
export const namesOf = (names) => listed(names.map(shortName));

const faceMark = (facts, marks, name, size = 22) => {
  const seat = facts.seats.find((each) => each.name === name);
  return seat ? svg("svg", { width: size, height: size, viewBox: "0 0 22 22", "aria-hidden": "true" }, lettered(marks[seat.group], [11, 11], 9)) : null;
};

/** Return faces to tap, by group. chosen: a set of names that a tap changes, `most` of them at most. */
export function facesOf({ facts, marks, of, most, chosen, changed }) {
  const buttons = new Map();
  const show = () => {
    for (const [name, button] of buttons) put(button, { "aria-pressed": String(chosen.has(name)), disabled: !chosen.has(name) && chosen.size >= most });
    changed();
  };
  const face = (name) => {
    const button = el("button", { type: "button", class: "face", "aria-pressed": "false", click: () => {
      if (!chosen.delete(name)) chosen.add(name);
      show();
    } }, faceMark(facts, marks, name), ` ${shortName(name)}`);
    buttons.set(name, button);
    return button;
  };
  const rows = facts.groups.map((group, g) => [group.label, of.filter((name) => facts.seats.find((seat) => seat.name === name)?.group === g)]);
  return el("div", { class: "faces" }, rows.filter(([, names]) => names.length).map(([label, names]) =>
    el("div", { role: "group", "aria-label": label }, el("p", { class: "group" }, label), names.map(face))));
}

/** Return who answered what, a row for each answer. rows: [kind, sign, names]. */
export const answersOf = (facts, marks, rows) => el("dl", { class: "answered" }, rows.filter(([, , names]) => names.length).map(([kind, sign, names]) =>
  el("div", { class: kind }, el("dt", {}, `${sign} ${names.length}`), el("dd", {}, facts.seats.length > LARGE_ROOM && names.length > MOST_NAMED ? groupsOf(facts, marks, names) : names.map((name) => person(faceMark(facts, marks, name, 18), shortName(name)))))));

const person = (mark, words) => el("span", { class: "person" }, mark, ` ${words}`);

/** Count names by group. */
const groupsOf = (facts, marks, names) => facts.groups.map((group, g) => {
  const members = facts.seats.filter((seat) => seat.group === g && names.includes(seat.name));
  return members.length ? person(faceMark(facts, marks, members[0].name, 18), `${members.length} ${group.label}`) : null;
});
