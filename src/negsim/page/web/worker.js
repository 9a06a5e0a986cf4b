// The worker: it holds the program, answers questions, and gives way to newer ones.
//
// A question is {id, ask, ...}. The newest question is answered first; one that takes long is answered in steps.

import { start } from "./engine.js";
import { Game } from "./game.js";
import { bars } from "./question.js";

const turns = new MessageChannel(); // its messages come at once; a timer that a timer sets waits 4 ms
turns.port1.onmessage = work;
const later = () => turns.port2.postMessage(null);
/** @type {Work[]} */ const questions = []; // the newest last
/** @type {Map<number, Game | SharedGame>} */ const games = new Map(); // by number
/** @type {Engine} */ let engine;
let lastGame = 0;

self.onmessage = ({ data }) => {
  if (data.facts) return begin(data);
  questions.push(data);
  if (questions.length === 1) later();
  return undefined;
};

/** @param {{ program: string, arrays: string, facts: Facts }} of */
async function begin({ program, arrays, facts }) {
  try {
    engine = await start(program, arrays, facts);
    self.postMessage({ ready: true });
  } catch (error) {
    self.postMessage({ ready: false, error });
  }
}

/** Take the newest question a step further; messages that have come in the meantime are read before the next step. */
function work() {
  const question = questions.at(-1);
  if (!question) return;
  try {
    const answer = answers[question.ask](question);
    if (answer) {
      questions.splice(questions.indexOf(question), 1);
      self.postMessage({ id: question.id, answer });
    }
  } catch (error) {
    questions.splice(questions.indexOf(question), 1);
    self.postMessage({ id: question.id, error });
  }
  if (questions.length) later();
}

/** What may be asked, by its name. @type {Record<string, (question: Work) => unknown>} */
export const answers = {
  values: ({ levels, first, count }) => engine.values(levels, first, count),
  run: ({ levels, replication }) => engine.run(levels, replication),
  play(question) {
    const { journal, seed } = question;
    const dealer = journal?.case ? engine.dealt(journal.case, seed) : engine;
    return held(new Game(dealer, /** @type {Work & { seat: string }} */ (/** @type {object} */ (question))));
  },
  answer({ game, reply, milliseconds, adviser }) {
    const known = gameOf(game).course.moments.length;
    gameOf(game).answer(reply, { milliseconds, adviser });
    return stateOf(game, known);
  },
  adviser: ({ game }) => gameOf(game).adviser(),
  debrief: ({ game }) => aftermathOf(game).debrief(),
  withModel: ({ game }) => aftermathOf(game).withModel(),
  turning(question) {
    gameOf(question.game); // at every step: a game that has been ended has no memory to go on in
    question.steps ??= aftermathOf(question.game).turning();
    const { done, value } = /** @type {Iterator<undefined>} */ (question.steps).next();
    return done ? value : null;
  },
  end({ game }) {
    gameOf(game).free();
    return games.delete(game);
  },
  eyes: ({ levels, replication, moment, seat }) => engine.eyes(levels, replication, moment, seat),
};

/** Hold a game, in the place of another one or under a number of its own. Return what the page is told of it.
 * @param {Game | SharedGame} game */
export function held(game, number = ++lastGame) {
  games.set(number, game);
  return stateOf(number, 0);
}

/** Return the program that this worker holds. */
export const program = () => engine;

/** @param {number} number */
export function gameOf(number) {
  const game = games.get(number);
  if (!game) throw new Error("This game has been ended.");
  return game;
}

/** Return what can be said of a game that is over; of one that the server keeps, only its debrief. @param {number} number */
const aftermathOf = (number) => /** @type {Aftermath} */ (gameOf(number).aftermath());

/** Return what the page is told of a game. known: moments that it has. @param {number} number @param {number} known */
export function stateOf(number, known) {
  const game = gameOf(number);
  const { seat, question, cards, course, isOver, isWhole, send } = game;
  return {
    game: number, seat, question: question && { ...question }, cards, isOver, isWhole, send,
    people: question?.people ?? game.people(), bars: bars(game), moments: course.moments.slice(known), journal: game.journal(),
  };
}
