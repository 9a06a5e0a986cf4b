// Pages of a shared table in one process: each line of stdin is a question to one, each line of stdout its answer.

import { createInterface } from "node:readline";
import { start } from "../../../src/negsim/page/web/engine.js";
import { Game } from "../../../src/negsim/page/web/game.js";
import { SharedGame } from "../../../src/negsim/page/web/sharedgame.js";
import { randomPlayer } from "../players.mjs";
const games = new Map();
const plain = (value) => JSON.stringify(value, (_, v) => typeof v === "number" && !Number.isFinite(v) ? String(v) : v);
const shown = (game) => ({
  question: game.question, cards: game.cards, send: game.send ?? null, told: game.confidences,
});
let engine = null;
const answers = {
  async start({blocks}) {
    engine = await start(blocks.program, blocks.arrays, JSON.parse(blocks.facts));
    return {};
  },
  share({seat, news, player, isFirst}) {
    const before = isFirst ? null : games.get(seat);
    games.set(seat, {game: new SharedGame(engine, news), reply: before?.reply ?? randomPlayer(player).reply});
    before?.game.free();
    return shown(games.get(seat).game);
  },
  hear({seat, news}) {
    games.get(seat).game.hear(news);
    return shown(games.get(seat).game);
  },
  answer({seat, given}) {
    const {game, reply} = games.get(seat);
    game.answer(given ?? reply(game.question), {milliseconds: 1000});
    return shown(game);
  },
  finish({seat, end}) {
    const game = games.get(seat).game.finished(end);
    return {...game.journal(), debrief: game.aftermath().debrief(), snapshots: game.snapshots.length};
  },
  alone({seat, seed, player}) {
    const game = new Game(engine, {seat, seed}), {reply} = randomPlayer(player), sheets = [];
    while (game.question) {
      sheets.push([game.turn, game.question, game.cards]);
      game.answer(reply(game.question), {milliseconds: 1000});
    }
    return {sheets, cards: game.cards, digest: game.journal().result.digest};
  },
};
for await (const line of createInterface({input: process.stdin})) {
  const {ask, ...given} = JSON.parse(line);
  try { process.stdout.write(plain(await answers[ask](given)) + "\n"); }
  catch (error) { process.stdout.write(plain({error: error.stack}) + "\n"); }
}
