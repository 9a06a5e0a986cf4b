// The desk of a class: asks the server every two seconds how the tables are, and shows it to the teacher or on the wall.

import { byId } from "../../page/web/dom.js";
import { Board } from "./board.js";
import { Wall } from "./wall.js";

const SECONDS = 2; // from one look to the next

class DeskPage {
  #word = new URLSearchParams(location.hash.slice(1)).get("word") ?? "";
  #view = null;

  constructor() {
    byId("door").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#word = byId("word").value;
      this.look();
    });
    if (this.#word) this.look();
    else byId("door").hidden = false;
    setInterval(() => this.#view && this.look(), SECONDS * 1000);
  }

  /** Do something, and show how the class then is. */
  async look(act = {}) {
    let answer;
    try {
      const body = JSON.stringify({ word: this.#word, ...act });
      const response = await fetch("/class/desk", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      answer = await response.json();
    } catch {
      answer = { problem: "The studio does not answer. This page keeps asking." };
    }
    byId("problem").textContent = answer.problem ?? "";
    byId("problem").hidden = !answer.problem;
    if (answer.phase) this.#show(answer);
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
