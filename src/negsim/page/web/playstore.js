// What the browser keeps of a game: its journal, so that a reload goes on where it was, and the number of attempts.

const keyOf = (facts) => `negsim.play.${facts.name}.${facts.version}`;

/** Read what is kept of a page's games: {journal, attempts}. A browser that keeps nothing has nothing. */
export function kept(facts) {
  try {
    return { journal: null, attempts: {}, ...JSON.parse(localStorage.getItem(keyOf(facts)) ?? "{}") };
  } catch {
    return { journal: null, attempts: {} };
  }
}

/** Keep a journal, null to forget it, and the number of its attempt. */
export function keep(facts, journal) {
  const { attempts } = kept(facts);
  if (journal) attempts[gameOf(journal)] = journal.attempt;
  try {
    localStorage.setItem(keyOf(facts), JSON.stringify({ journal, attempts }));
  } catch {
    // a browser that keeps nothing: a reload begins again
  }
}

/** Name the game of a journal: the same seat under the same seed. */
const gameOf = ({ seat, seed, replication }) => `${seat} ${seed} ${replication}`;

/** Return the next number of an attempt at a game. */
export const nextAttempt = (facts, game) => (kept(facts).attempts[gameOf(game)] ?? 0) + 1;

/** Return the journal that goes further of two, of those that belong to a table's deal; null if neither does. */
export function longer(one, other, { team, seat, seed }) {
  const found = [one, other].filter((each) => each && each.team === team && each.seat === seat && each.seed === seed);
  return found.sort((a, b) => b.attempt - a.attempt || b.answers.length - a.answers.length)[0] ?? null;
}

/** Write a journal so small that it fits into an address. */
export async function packed(journal) {
  const stream = new Blob([JSON.stringify(journal)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Read what `packed` wrote. */
export async function unpackedJournal(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text());
}
