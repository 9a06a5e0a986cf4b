// A player in a page of a class, for any browser: presses what is due, with every move that the sheet offers.
(globalThis.player = {
  /** Press once. act: the answer to a text. Return what is shown, and its text. */
  go(act) {
    const find = (selector) => document.querySelector(selector);
    const came = find(".came:has(.main:enabled)");
    const sheet = find(".sheet:has(.answers button:enabled)");
    if (!came && !sheet) return [find(".debrief") ? "debrief" : "waiting", ""];
    const said = (came ?? sheet).innerText;
    const moves = [".ask .face:enabled", ".pick input:not(:checked)", ".extra button", ".extra [aria-pressed=false]"];
    for (const move of sheet ? moves : []) find(`.sheet ${move}`)?.click();
    find(came ? ".came .main" : `.sheet .act.${act}:enabled, .sheet .main`).click();
    return [sheet?.classList[1] ?? "came", said];
  },

  /** Count the words in lines that were not on the screen before. */
  read() {
    const lines = document.body.innerText.split("\n").filter((line) => !this.lines.has(line));
    const words = lines.flatMap((line) => line.match(/\S*\p{L}\S*/gu) ?? []).length;
    for (const line of lines) this.lines.add(line);
    this.words += words;
    return words;
  },

  /** Return the words that were read and the presses since the last time, and what the page complains of. */
  tally() {
    this.read();
    const problems = [...document.querySelectorAll(".problem:not([hidden])")].map((each) => each.innerText);
    const { words, presses } = this;
    this.words = this.presses = 0;
    return { words, presses, problem: problems.join(" ").trim() };
  },

  /** Play by itself, at so many words a minute and seconds a press; note when it was told that it is asked, as which turn,
   * and when that was drawn. */
  alone(pace, press) {
    const now = () => (performance.timeOrigin + performance.now()) / 1000;
    const ask = fetch;
    Object.assign(this, { told: [], drawn: [], shown: null, lines: new Set(), words: 0, presses: 0 });
    addEventListener("click", () => (this.presses += 1), true);
    globalThis.fetch = async (...of) => {
      const answer = await ask(...of);
      const came = now();
      const news = await answer.clone().json();
      if (news.asked) this.told.push([news.mark, news.turns, came]);
      return answer;
    };
    let paid = 0;
    const act = (one) => one === this.shown && this.go("accept")[0] === "waiting" && setTimeout(act, 1000, one);
    new MutationObserver(() => {
      const one = document.querySelector(".sheet, .came, .debrief");
      if (one === this.shown) return;
      this.shown = one;
      requestAnimationFrame(() => one && this.drawn.push(now()));
      const owed = this.presses - paid; // the last answer's presses
      paid = this.presses;
      if (one) setTimeout(act, (60_000 / pace) * this.read() + 1000 * press * owed, one);
    }).observe(document, { childList: true, subtree: true });
  },
})
