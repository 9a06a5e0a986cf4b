// The end page of a class over games that a test makes up.

import { given } from "../../given.mjs";
import { newDocument } from "../../elements.mjs";
import { compare } from "../../../src/negsim/page/web/compare.js";
const root = newDocument(), listeners = {}, facts = given.facts, log = [];
globalThis.addEventListener = (name, listener) => (listeners[name] = listener);
globalThis.matchMedia = () => ({matches: true});
const moment = (minute, text) => ({minute, text: [text], status: [0], bracket: [0, 1]});
const gameOf = (journal) => ({
  moments: [moment(0, NaN), moment(10, 0.5), moment(20, Number(journal.last ?? 0.7))],
  debrief: async () => ({
    score: journal.score, label: "consensus", beliefs: [], issues: [{readings: [], sentences: []}],
  }),
  withModel: async () => {
    if (journal.breaks) throw new Error("it broke");
    return {score: 10 * journal.seed};
  },
  turning: () => journal.turning(),
  end: async () => log.push(`end ${journal.table}`),
});
const games = async (journal) => gameOf(journal), model = {again: games, resume: games};
const rest = () => new Promise((resolve) => setTimeout(resolve, 5));
const listed = () => root.all(({name}) => name === "ol")[0].textContent;
const choose = (n) => root.with("id", "compare-table").tell("change", {target: {value: n}});

export { choose, compare, facts, games, listed, listeners, log, model, rest, root };
