// Pictures of hand-made data, as text: every element with its attributes, and what stands in it.

import { readFileSync } from "node:fs";
import { compare } from "../../src/negsim/page/web/compare.js";
import { axes, guessLine, here, layoutOf, line } from "../../src/negsim/page/web/curve.js";
import { debriefOf, showModel, showTurning } from "../../src/negsim/page/web/debrief.js";
import { controls } from "../../src/negsim/page/web/knobs.js";
import { marksOf } from "../../src/negsim/page/web/marks.js";
import { eyesChoice, legend, showPeople } from "../../src/negsim/page/web/people.js";
import { cardsOf, stripOf } from "../../src/negsim/page/web/playcards.js";
import { doorOf } from "../../src/negsim/page/web/playdoor.js";
import { peopleOf, showPerson } from "../../src/negsim/page/web/playfaces.js";
import { sheetOf } from "../../src/negsim/page/web/playsheet.js";
import { Guess, comparison, handles } from "../../src/negsim/page/web/predict.js";
import { roomOf } from "../../src/negsim/page/web/room.js";
import { scaleOf } from "../../src/negsim/page/web/scale.js";
import { showProcess, showStory } from "../../src/negsim/page/web/story.js";
import { timelineLegend, timelineOf } from "../../src/negsim/page/web/timeline.js";
import { intervalText, changeText, spanOf, valueText } from "../../src/negsim/page/web/words.js";
import { newWindow } from "./window.mjs";

const root = newWindow();
const facts = JSON.parse(readFileSync(new URL("scenes.json", import.meta.url), "utf8"));
const marks = marksOf(facts.groups),
  { issues, seats, measures, knobs, statuses } = facts;
const nothing = () => null;
const page = { facts, marks, tell: nothing };

const rounded = (text) => text.replace(/-?\d+\.\d{4,}/g, (number) => String(Math.round(100 * number) / 100));

/** Write an element and what stands in it as lines. */
function written(node, depth = 0) {
  if (!node.name) return [`${"  ".repeat(depth)}${JSON.stringify(node.textContent)}`];
  const style = Object.entries(node.style).filter(([, value]) => typeof value !== "function");
  const words = [...Object.entries(node.attributes), ...style].map(([name, value]) => `${name}=${value}`);
  const head = `${"  ".repeat(depth)}${[node.name, ...words].join(" ")}`;
  return [head, ...node.childNodes.flatMap((child) => written(child, depth + 1))];
}

const inTurn = (count, value) => Array.from({ length: count }, (_, n) => value(n));
const dots = (knob, values) =>
  values.map((value, level) => ({
    level,
    value,
    low: value - 0.1,
    high: value + 0.05 * (level + 1),
    runs: 9,
    made: 9,
  }));
const chart = (knob, values, width) => {
  const points = dots(knob, values),
    [measure] = measures,
    layout = layoutOf(knob, spanOf(measure, facts, points), width);
  const pieces = [
    axes(knob, measure, layout),
    here(1, layout),
    line({ points, kind: "now", letter: "A", shift: 1 }, layout),
    line({ points: [{ ...points[0], low: NaN }], kind: "pin-b" }, layout),
    guessLine([null, ...values.slice(1)], layout),
  ];
  const places = [0, 50, 160, 300].map((at) => [layout.levelAt(at, at), layout.valueAt(at, at)]);
  return [...pieces, places];
};
const guessed = () => {
  const [knob] = knobs,
    guess = new Guess(knob);
  guess.draw(0, 0.2);
  guess.draw(2, 0.6);
  guess.lift();
  const points = dots(knob, [0.2, 0.35, 0.9]),
    layout = layoutOf(knob, { low: 0, high: 1 }, 400);
  const all = handles({ knob, measure: measures[0], guess, span: () => layout, changed: nothing });
  all.element.children[1].tell("keydown", { key: "PageUp" });
  all.place(layout);
  return [all.element, guess.values, comparison({ guess, points, knob, measure: measures[0] })];
};
const crowd = (count) => ({
  ...facts,
  seats: inTurn(count, (n) => ({ ...seats[n % seats.length], name: `Somebody ${n}` })),
});
const roomWith = (all, evening, width) =>
  roomOf({
    facts: all,
    marks,
    moment: {
      seats: all.seats.map((_, i) => ({ present: i !== 1, held: i === 2 ? 2 : 0 })),
      speaker: evening ? -1 : 0,
      evening,
      caption: ["Plenary", "Ana has the floor"],
    },
    eyes: 3,
    width,
    choose: nothing,
  });
const moment = (text) => ({
  position: (i) => seats[i].position[0],
  present: (i) => i !== 1,
  bracket: (i) => i === 2,
  text,
  status: statuses[1],
  believed: (i) => 1 - seats[i].position[0],
});
const run = {
  minute: [0, 30, 60, 90],
  status: [0, 0, 1, 0, 1, 2, 2, 2],
  format: [-1, 0, 0, 1],
  evenings: [{ moment: 2 }],
  position: [0.1, 0.9, 0.5, 0.5, 0.3, 0.4, 0.8, 0.2],
  turns: [],
};
const sheet = (question) =>
  sheetOf({
    ...page,
    question: { ...facts.question, ...question },
    isWatching: false,
    answer: nothing,
    adviser: async () => "Accept it.",
  });
const onScreen = (id) => root.getElementById(id);
const shown = (id, show) => {
  show();
  return onScreen(id);
};
const journal = (table, seed, more) => ({
  table,
  seat: "Ana",
  seed,
  replication: 0,
  levels: [],
  answers: [[0, 90000, "speak", 1, null]],
  rows: [],
  result: {},
  attempt: 2,
  ...more,
});
async function compared() {
  const host = onScreen("compare");
  const game = ({ seed, result }) => ({
    question: result ? null : {},
    moments: [0, 40, 90].map((minute, n) => ({
      minute,
      meeting: 0,
      day: 0,
      text: [n ? 0.3 * n + 0.01 * seed : NaN, 0.5],
      status: [n, 2],
      bracket: [1, 0, 0, 1, 0, 0, 0, n],
    })),
    debrief: async () => ({ ...facts.debrief, score: 40 * seed - 50 }),
    withModel: async () => ({ score: 55 + seed }),
    turning: async () => facts.turning,
    end: nothing,
  });
  const again = async (one) => game(one),
    values = async (levels) => ({ outcome: Float64Array.of(1, 0, 1, Object.values(levels)[0]) });
  const journals = [
    journal("Reds", 1),
    journal("Blues", 3, { people: "Ana, Ben" }),
    journal("Greens", 2, { result: null }),
  ];
  await compare(host, {
    facts: { ...facts, journals, guesses: [0.2, 0.9, 0.4] },
    model: { again, resume: again, values },
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  return host;
}
const [first] = issues;

export const scenes = {
  "a curve along numbers": () => chart(knobs[0], [0.1, 0.4, 0.9], 500),
  "a curve over names": () => chart(knobs[1], [0.1, 0.4], 300),
  "a scale below zero": () => {
    const layout = layoutOf(knobs[1], { low: -2, high: 3 }, 400);
    return [-3, -2, 0.5, 4].map((value) => [layout.at(1, value), layout.valueAt(40 * value, 90)]);
  },
  "a guess with handles": guessed,
  "controls of knobs": () => {
    const all = controls(facts, nothing);
    all.show({ evenings: 1 }, knobs[1]);
    return [...all.elements, onScreen("clash")];
  },
  "numbers in words": () =>
    measures.flatMap((measure) =>
      [-0.256, 0, 0.5, 1, 90, 123.456, NaN].map((value) => [
        valueText(measure, value),
        changeText(measure, value),
        intervalText(measure, { low: value - 1, high: value }),
        spanOf(measure, facts, [{ value, low: value, high: 3 * value }]),
      ]),
    ),
  "a room at its table": () => [roomWith(facts, null, 700), roomWith(crowd(90), null, 360)],
  "a room in the evening": () => [
    roomWith(facts, { tables: [[0, 3]], caucus: true }, 500),
    roomWith(crowd(60), { tables: [inTurn(9, (n) => n), [10, 11]], caucus: false }, 360),
  ],
  "the scale of an issue": () =>
    [0.62, null].map((text) =>
      scaleOf({
        issue: first,
        k: 0,
        facts,
        marks,
        moment: moment(text),
        eyes: text === null ? -1 : 0,
        width: 320,
        choose: nothing,
      }),
    ),
  "a run at a glance": () => [timelineOf({ facts, run, width: 480 }), timelineLegend(facts)],
  "the people": () => {
    const outlook = { belief: run.position.map((place) => 1 - place) };
    const scales = shown("scales", () => showPeople({ ...page, run: { ...run, seats: facts.seats }, eyes: 0, outlook, choose: nothing }));
    return [legend(page), eyesChoice({ facts, id: "eyes", choose: nothing }).element, scales, onScreen("brief")];
  },
  "the story and the process": () => {
    showStory(facts);
    showProcess(facts);
    return ["lead", "story", "process-title", "meetings", "rules"].map(onScreen);
  },
  "a sheet of statements": () => sheet({}),
  "a sheet where there is little room": () => {
    globalThis.matchMedia = () => ({ matches: false });
    const sheets = [sheet({}), sheet({ ...facts.reading, issue: "a" })];
    globalThis.matchMedia = () => ({ matches: true });
    return sheets;
  },
  "a mark that keys move": () => {
    const [handle] = sheet({}).querySelectorAll(".handle");
    return ["ArrowUp", "ArrowLeft", "PageDown", "Home", "PageUp", "ArrowRight", "ArrowDown", "End", "x"].map((key) => {
      handle.tell("keydown", { key });
      return handle.getAttribute("aria-valuenow");
    });
  },
  "a sheet of a reading": () => {
    const element = sheet({ ...facts.reading, issue: "a" });
    for (const button of element.querySelectorAll(".extra button")) button.click();
    return element;
  },
  "a sheet of the report": () => sheet({ ...facts.reading, kind: "report", issue: null, may: undefined }),
  "a sheet of a motion": () =>
    sheet({
      ...facts.reading, kind: "motion", issue: null, may: {}, text: {}, acts: ["accept", "object"], objection: undefined,
    }),
  "a sheet of an evening": () =>
    sheet({ kind: "evening", whom: { most: 2, of: ["Ben", "Chair of group 2"] }, acts: ["evening"] }),
  "a sheet of the corridor": () =>
    sheet({ kind: "corridor", whom: { most: 2, of: ["Ben", "Mr Cem Dag"] }, acts: ["ask"], values: undefined }),
  "a sheet of a secret": () => {
    const of = { whom: { most: 1, of: ["Ben", "Mr Cem Dag"] }, secret: { text: "A word.\n\nAnd one more.", moved: 0.2 } };
    const element = sheet({ ...of, kind: "secret", issue: "a", acts: ["show"], values: undefined });
    for (const face of element.querySelectorAll(".ask .face")) face.click();
    return element;
  },
  "a sheet for the pen": () => sheet({ kind: "pen", acts: ["pen"], values: ["b"] }),
  "the cards of an answer": () => [
    cardsOf({ ...page, cards: facts.cards, last: false, goOn: nothing }),
    cardsOf({ ...page, cards: facts.cards.slice(0, 1), last: true, goOn: nothing }),
  ],
  "the strip of a game": () =>
    [facts.question.clock, { ...facts.question.clock, left: 0 }, undefined].map((clock) =>
      stripOf({ clock, statuses: [1, 2], facts }),
    ),
  "what is known of people": () => {
    for (const one of facts.question.people) showPerson(one, facts, marks);
    return [peopleOf({ ...page, people: facts.question.people }), ...root.querySelectorAll("dialog")];
  },
  "the door of a game": () =>
    [false, true].map((isClass) => {
      const more = {
        play: nothing,
        experiment: nothing,
        choose: nothing,
        resume: isClass ? "Go on" : "",
        changed: "3 evenings",
      };
      const door = doorOf({ facts, marks, seat: isClass ? 1 : 0, isClass, ...more });
      door.fill(null, {
        turns: [{ who: 1, issue: isClass ? 1 : 0 }],
        bracket: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0],
      });
      return door.element;
    }),
  "the end of a game": () => {
    const host = root.createElement("div");
    showTurning(host, facts.turning);
    const model = root.createElement("div");
    showModel(model, { sentence: "The model gets 60." });
    const buttons = root.createElement("div");
    return [
      host,
      model,
      ...[true, false].map((tellsAll) => debriefOf({ debrief: facts.debrief, seat: "Ann", facts, buttons, tellsAll })),
    ];
  },
  "the end page of a class": compared,
};

/** Draw every scene; return its lines, by its name. */
export async function drawn() {
  const texts = {};
  for (const [name, draw] of Object.entries(scenes)) {
    const pieces = [await draw()].flat();
    const lines = pieces.flatMap((piece) => (piece?.childNodes ? written(piece) : [JSON.stringify(piece)]));
    texts[name] = lines.map(rounded);
  }
  return texts;
}
