// The desk of a class and the projector: each asks the server every two seconds how the class is, and shows it. The desk
// is the teacher's by a cookie, which the word or a link that works once gives; the projector's address lets it look.

import { byId, setText } from "../../page/web/dom.js";
import { inOrder, post } from "../../page/web/post.js";
import { Board } from "./board.js";
import { Wall } from "./wall.js";

const SECONDS = 2; // from one look to the next

class DeskPage {
  #isWall = location.pathname === "/projector";
  #post = inOrder(this.#isWall ? "/class/wall" : "/class/desk");
  #word = /** @type {HTMLInputElement} */ (byId("word"));
  #hash = new URLSearchParams(location.hash.slice(1));
  /** @type {Wall | Board | null} */ #view = null;
  #isOut = false; // whether the door is shown

  constructor() {
    byId("door").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enter({ word: this.#word.value }).then(() => (this.#isOut ? undefined : this.look()));
    });
    this.#begin();
  }

  async #begin() {
    const once = this.#hash.get("once");
    if (once) {
      history.replaceState(null, "", location.pathname);
      await this.#enter({ once });
    }
    const again = async () => {
      try {
        if (!this.#isOut) await this.look();
      } finally {
        setTimeout(again, SECONDS * 1000);
      }
    };
    again();
  }

  /** @param {{ word: string } | { once: string }} way */
  async #enter(way) {
    const answer = await post("/class/enter", way);
    this.#showProblem(answer);
    if (!answer?.is_in) return void this.#showDoor();
    this.#word.value = "";
    this.#isOut = false;
  }

  /** Do something, and show how the class then is. @param {DeskAct} act */
  async look(act = {}) {
    const answer = await this.#post(this.#isWall ? { look: this.#hash.get("look") ?? "" } : act);
    if (answer === undefined) return;
    if (answer?.door) return this.#showDoor();
    this.#showProblem(answer);
    if (answer?.phase) this.#show(answer);
  }

  #showDoor() {
    this.#isOut = true;
    byId("door").hidden = false;
  }

  /** @param {{ problem?: string } | null} answer */
  #showProblem(answer) {
    const problem = answer ? (answer.problem ?? "") : "The studio does not answer. This page keeps asking.";
    setText(byId("problem"), problem);
    byId("problem").hidden = !problem;
  }

  /** @param {ClassState} state */
  #show(state) {
    byId("door").hidden = true;
    byId("view").hidden = false;
    const root = byId("view");
    this.#view ??= this.#isWall ? new Wall(root) : new Board(root, { act: (what) => this.look(what), ...state });
    this.#view.show(state);
  }
}

new DeskPage();
