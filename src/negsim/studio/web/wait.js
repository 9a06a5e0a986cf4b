// A page that waits for its work: it shows where that stands, and opens when it is done.

import { byId } from "../../page/web/dom.js";

const PAUSE = 2000; // milliseconds before a page without a connection asks again
const REFUSED = "! "; // before the line on what cannot be done

/** Show each line as it comes; return the last one. @param {Response} response */
async function linesOf({ body }) {
  const reader = /** @type {ReadableStream<BufferSource>} */ (body).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    byId("turn").textContent = text.trim().split("\n").at(-1).replace(REFUSED, "");
  }
  return text.trim().split("\n").at(-1);
}

async function wait() {
  try {
    const response = await fetch(`/turn${location.pathname}${location.search}`);
    const last = await linesOf(response);
    if (last.startsWith(REFUSED)) document.querySelector("h1").textContent = "This page cannot open";
    else if (response.ok) location.reload();
  } catch {
    setTimeout(wait, PAUSE);
  }
}

wait();
