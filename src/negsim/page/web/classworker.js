// The worker of a page that a class plays: that of a game alone, and the game at a shared table.

import { SharedGame } from "./sharedgame.js";
import { answers, gameOf, held, program, stateOf } from "./worker.js";

Object.assign(answers, {
  share: ({ news }) => held(new SharedGame(program(), news)),
  hear({ game, news }) {
    const known = gameOf(game).course.moments.length;
    gameOf(game).hear(news);
    return stateOf(game, known);
  },
  finish({ game, end }) {
    const shared = gameOf(game),
      whole = shared.finished(end);
    shared.free();
    return held(whole, game);
  },
});
