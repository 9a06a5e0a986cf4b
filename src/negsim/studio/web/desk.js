// The desk of a class: asks the server every two seconds how the tables are, and shows it to the teacher or on the wall.

import { byId } from "../../page/web/dom.js";
import { inOrder } from "../../page/web/post.js";
import { Board } from "./board.js";
import { say } from "./parts.js";
import { Wall } from "./wall.js";

const SECONDS = 2; // from one look to the next

class DeskPage {
  #post = inOrder("/class/desk");
  #word = new URLSearchParams(location.hash.slice(1)).get("word") ?? "";
  #view = null;

  constructor() {
    byId("door").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#word = byId("word").value;
      this.look();
    });
    byId("door").hidden = Boolean(this.#word);
    const again = async () => {
      try {
        if (this.#word) await this.look();
      } finally {
        setTimeout(again, SECONDS * 1000);
      }
    };
    again();
  }

  /** Do something, and show how the class then is. A word that opens nothing is asked for anew. */
  async look(act = {}) {
    const word = this.#word,
      answer = await this.#post({ word, ...act });
    if (answer === undefined) return;
    const problem = answer ? (answer.problem ?? "") : "The studio does not answer. This page keeps asking.";
    say(byId("problem"), problem);
    byId("problem").hidden = !problem;
    if (answer?.phase) this.#show(answer);
    else if (answer && !this.#view && word === this.#word) {
      this.#word = "";
      byId("door").hidden = false;
    }
  }

  #show(state) {
    if (!this.#view) {
      byId("door").hidden = true;
      byId("view").hidden = false;
      const here = `#word=${encodeURIComponent(this.#word)}`;
      history.replaceState(null, "", here);
      const root = byId("view"),
        { phases, most_minutes } = state;
      this.#view =
        location.pathname === "/projector"
          ? new Wall(root)
          : new Board(root, { act: (what) => this.look(what), wall: `/projector${here}`, phases, most_minutes });
    }
    this.#view.show(state);
  }
}

new DeskPage();
