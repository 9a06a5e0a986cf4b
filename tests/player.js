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
})
