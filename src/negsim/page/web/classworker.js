// The worker of a page that a class plays: that of a game alone, and the game at a shared table.

import { SharedGame } from "./sharedgame.js";
import { answers, gameOf, held, program, stateOf } from "./worker.js";

/** @param {number} number */
const sharedOf = (number) => /** @type {SharedGame} */ (gameOf(number));

Object.assign(answers, {
  share: (/** @type {Work} */ { news }) => held(new SharedGame(program(), news)),
  hear(/** @type {Work} */ { game, news }) {
    const known = gameOf(game).course.moments.length;
    sharedOf(game).hear(news);
    return stateOf(game, known);
  },
  finish(/** @type {Work} */ { game, end }) {
    const shared = sharedOf(game);
    const whole = shared.finished(end);
    shared.free();
    return held(whole, game);
  },
});
