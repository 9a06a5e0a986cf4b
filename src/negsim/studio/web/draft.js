// A text that a visitor writes: it is sent to be read once the visitor has stopped for a moment; its problems lead to
// their places. The page's address and the links carry what can be used; else the browser asks before it is lost.

import { button, byId, el, put } from "../../page/web/dom.js";

const PAUSE = 500; // milliseconds without a key after which a text is read
const AGAIN = 2000; // after which one is sent again that could not be read now
const TOO_MUCH = 429; // the status of a refusal that a pause ends

/** @template Place */
export class Draft {
  #path;
  #write;
  #lead;
  #answered;
  #timer = 0;
  #asking = new AbortController();
  #isKept = true; // whether the address carries the text

  /** path: that reads the text. write: returns the body to send. lead: leads to the place of a problem.
   * answered: is given every answer.
   * @param {{ path: () => string, write: () => string | URLSearchParams, lead: (at: Place) => unknown, answered: (answer: CaseAnswer) => unknown }} ways */
  constructor({ path, write, lead, answered }) {
    this.#path = path;
    this.#write = write;
    this.#lead = lead;
    this.#answered = answered;
    addEventListener("beforeunload", (event) => {
      if (!this.#isKept) event.preventDefault();
    });
  }

  /** Take a text that has changed. */
  touch() {
    this.#isKept = false;
    this.read(PAUSE);
  }

  /** Have the text read, soon. */
  read(pause = 0) {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    say("Reading …", "soft");
    try {
      const response = await fetch(this.#path(), { method: "POST", body: this.#write(), signal });
      const isJson = response.headers.get("content-type") === "application/json";
      this.#show(isJson ? await response.json() : { heading: await response.text(), problems: [] });
      if (response.status === TOO_MUCH) this.read(AGAIN);
    } catch {
      if (signal.aborted) return;
      this.#show({ heading: "The studio does not answer. This page keeps trying.", problems: [] });
      this.read(AGAIN);
    }
  }

  /** @param {DraftAnswer<Place>} answer */
  #show(answer) {
    const { heading, problems, more = "", link = "", note = "" } = answer;
    say(heading, answer.is_good ? "good" : "bad");
    byId("problems").replaceChildren(
      ...problems.map(({ words, at }) => button("problem-line", () => this.#lead(at), words)),
      more && el("p", {}, more),
    );
    byId("note").textContent = note;
    if (answer.caveat) byId("caveat").textContent = answer.caveat;
    for (const way of document.querySelectorAll("[data-way]"))
      put(way, { href: link && `${way.dataset.way}?${link}`, "aria-disabled": !link && "true" });
    for (const way of link ? document.querySelectorAll("[data-to]") : []) put(way, { href: `${way.dataset.to}?${link}` });
    if (link) history.replaceState(null, "", `?${link}`);
    this.#isKept ||= Boolean(link);
    this.#answered(answer);
  }
}

/** @param {string} text @param {string} look */
function say(text, look) {
  put(byId("verdict"), { class: `verdict ${look}` });
  byId("verdict").textContent = text;
}
