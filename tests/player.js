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

  /** Play by itself, thinking for some seconds; note when it was told that it is asked, as which turn, and when that was drawn. */
  alone() {
    const now = () => (performance.timeOrigin + performance.now()) / 1000;
    const ask = fetch;
    Object.assign(this, { told: [], drawn: [], shown: null });
    globalThis.fetch = async (...of) => {
      const answer = await ask(...of);
      const came = now();
      const news = await answer.clone().json();
      if (news.asked) this.told.push([news.mark, news.turns, came]);
      return answer;
    };
    const act = (one) => one === this.shown && this.go("accept")[0] === "waiting" && setTimeout(act, 1000, one);
    new MutationObserver(() => {
      const one = document.querySelector(".sheet, .came, .debrief");
      if (one === this.shown) return;
      this.shown = one;
      requestAnimationFrame(() => one && this.drawn.push(now()));
      setTimeout(act, 4000 * (0.5 + Math.random()), one);
    }).observe(document, { childList: true, subtree: true });
  },
})
