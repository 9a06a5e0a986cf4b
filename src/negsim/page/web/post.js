// What a page of a class asks the studio that serves it.

const LONGEST = 20_000; // milliseconds that an answer may take; a long game needs some on a slow line

/** Post JSON; return the answer, null without a connection. signal: ends the wait for it.
 * @param {string} path @param {object} message */
export async function post(path, message, signal = AbortSignal.timeout(LONGEST)) {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
      signal,
    });
    return await response.json();
  } catch {
    return null;
  }
}

/** Return how to post messages of which several may be under way; undefined for one that a later one's answer overtook.
 * @param {string} path */
export function inOrder(path) {
  let sent = 0;
  let answered = 0;
  return async (/** @type {object} */ message) => {
    const number = ++sent;
    const answer = await post(path, message);
    if (number < answered) return undefined;
    if (answer) answered = number;
    return answer;
  };
}
