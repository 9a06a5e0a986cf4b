// What the browser keeps of a game: its journal, so that a reload goes on where it was, and the number of attempts.

import { bytesOf } from "./packed.js";
import { changesOf } from "./settings.js";

/** @type {(keyof Deal)[]} */
const DEALT = ["code", "table", "seat", "seed", "replication", "levels"]; // what makes a journal one of a deal

/** @param {Facts} of */
const keyOf = ({ name, play }) => `negsim.play.${name}.${play.scenario}.${play.rules}`;

/** Read what is kept of a page's games: {journal, attempts}. A browser that keeps nothing has nothing.
 * @param {Facts} facts */
export function kept(facts) {
  try {
    return { journal: null, attempts: {}, ...JSON.parse(localStorage.getItem(keyOf(facts)) ?? "{}") };
  } catch {
    return { journal: null, attempts: {} };
  }
}

/** Keep a journal, and the number of its attempt. @param {Facts} facts @param {Journal} journal */
export function keep(facts, journal) {
  const { attempts } = kept(facts);
  attempts[gameOf(journal)] = journal.attempt;
  try {
    localStorage.setItem(keyOf(facts), JSON.stringify({ journal, attempts }));
  } catch {
    // a browser that keeps nothing: a reload begins again
  }
}

/** Name the game of a journal: the same seat under the same seed.
 * @param {Pick<Journal, "seat" | "seed" | "replication">} of */
const gameOf = ({ seat, seed, replication }) => `${seat} ${seed} ${replication}`;

/** Return the next number of an attempt at a game.
 * @param {Facts} facts @param {Pick<Journal, "seat" | "seed" | "replication">} game */
export const nextAttempt = (facts, game) => (kept(facts).attempts[gameOf(game)] ?? 0) + 1;

/** Return the journal with which a table goes on: what the page kept where it goes on from what the desk has, else the
 * desk's; null if neither belongs to the table's deal.
 * @param {Journal | null} own @param {Journal | null} desks @param {Deal & { people?: string[] }} deal @param {Facts} facts */
export function longer(own, desks, deal, facts) {
  const wanted = { ...deal, levels: changesOf(deal.levels, facts) };
  const [mine, theirs] = [own, desks].map((each) =>
    each && DEALT.every((key) => String(each[key]) === String(wanted[key])) ? each : null,
  );
  if (!mine || !theirs) return mine ?? theirs;
  const isNewer = mine.attempt > theirs.attempt && (deal.people ?? []).length < 2; // nobody starts again for others
  return isNewer || (mine.attempt === theirs.attempt && goesOnFrom(mine, theirs)) ? mine : theirs;
}

/** @param {Journal} one @param {Journal} other */
const goesOnFrom = (one, other) =>
  JSON.stringify(one.answers.slice(0, other.answers.length)) === JSON.stringify(other.answers);

/** Write a journal so small that it fits into an address. @param {object} journal */
export async function packed(journal) {
  const stream = new Blob([JSON.stringify(journal)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Read what `packed` wrote. most: bytes that a journal has. @param {string} text @param {number} most */
export async function unpackedJournal(text, most) {
  const bytes = bytesOf(text.replaceAll("-", "+").replaceAll("_", "/"));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  for (let size = 0, part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > most) throw new Error("it is larger than a game can be");
    parts.push(part.value);
  }
  return JSON.parse(await new Blob(parts).text());
}
