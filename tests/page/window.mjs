// A window for a whole page in node: its elements, its worker, and what a browser has beside them.

import { gzipSync } from "node:zlib";
import { newDocument } from "../elements.mjs";

const PAGE = new URL("../../src/negsim/page/web/", import.meta.url);

/** Put what a browser has around a document without a page. hash: of the address. */
export function newWindow({ hash = "", search = "" } = {}) {
  const root = newDocument(),
    kept = new Map();
  const more = {
    location: {
      hash,
      search,
      pathname: "/lab",
      href: `file:///page.html${hash}`,
      reload: () => null,
      assign: () => null,
    },
    history: { replaceState: (_, __, address) => Object.assign(more.location, { hash: address }) },
    localStorage: {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, text) => kept.set(name, text),
    },
    navigator: { clipboard: { writeText: async (text) => (more.copied = text) } },
    matchMedia: () => ({ matches: true }),
    getComputedStyle: () => ({ fontSize: "16px", gridTemplateColumns: "320px 320px" }),
    innerHeight: 800,
    scrollTo: () => null,
    addEventListener: () => null,
    getSelection: () => null,
    requestAnimationFrame: (draw) => setTimeout(draw),
    ResizeObserver: class {
      observe() {}
    },
  };
  globalThis.window = more;
  for (const [name, value] of Object.entries(more))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  return root;
}

/** Open a page: its blocks of data, the worker beside it. entry: the module that a browser runs. before: called with the document. */
export async function opened(entry, { facts, program, arrays, ...address }, before = () => null) {
  const root = newWindow(address),
    blocks = { facts, program, arrays, worker: gzipSync("").toString("base64") };
  for (const [id, text] of Object.entries(blocks)) root.getElementById(id).textContent = text;
  before(root);
  const sent = (hears, data) => setTimeout(() => hears()?.({ data: structuredClone(data) }));
  let page = null;
  globalThis.self = { onmessage: null, postMessage: (data) => sent(() => page.onmessage, data) };
  globalThis.Worker = class {
    constructor() {
      page = this;
    }
    postMessage(data) {
      sent(() => globalThis.self.onmessage, data);
    }
  };
  await import(new URL("worker.js", PAGE));
  await import(new URL(entry, PAGE));
  return root;
}

const PATIENCE = 600_000 * Number(process.env.NEGSIM_PATIENCE ?? 1); // milliseconds, as tests/patience.py has it

/** Wait until something is there, and return it. */
export async function until(find) {
  for (const begun = performance.now(); performance.now() - begun < PATIENCE;) {
    const found = find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve));
  }
  throw new Error(`never came: ${find}`);
}
