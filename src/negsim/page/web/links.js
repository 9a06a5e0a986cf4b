// Links within a page, and addresses that are pasted into it. What an address says of the page, a knob, a game or the key
// to a class, stays in it.

import { byId, put } from "./dom.js";

/** Follow both: go to what a link names and leave the address alone; begin anew with an address that names something else. */
export function followLinks() {
  addEventListener("click", (event) => {
    const name = /** @type {Element} */ (event.target).closest('a[href^="#"]')?.getAttribute("href")?.slice(1);
    if (!name || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const place = put(byId(name), { tabindex: -1 });
    place.scrollIntoView();
    place.focus({ preventScroll: true });
  });
  addEventListener("hashchange", () => byId(location.hash.slice(1)) ?? location.reload());
}
