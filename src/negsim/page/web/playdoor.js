// The first screen: the story in a sentence or two, the table, who you are, and one button that begins.

import { button, el, fold, put } from "./dom.js";
import { seatOptions } from "./people.js";
import { briefOf, neverOf, sentencesOf, wantsOf } from "./playbrief.js";
import { roomOf } from "./room.js";
import { counted } from "./sentences.js";
import { paragraphs } from "./words.js";

const PACE = 1400; // ms from one move of the table to the next
const MOST_HEIGHT = 0.3; // of the window's height for the table on a phone

/** Build the first screen. seat: a number. play, experiment, choose: called by the doors and with another seat; play may be null. resume: what to say of a game under way, or "". changed: the knobs that are turned, in words, or "". isClass: somebody else opens the game and deals the seats; the brief lies open.
 * @param {{ facts: Facts, marks: Mark[], seat: number, resume: string, changed: string, isClass: boolean, play: (() => unknown) | null, experiment: () => unknown, choose: (seat: number) => unknown }} of */
export function doorOf({ facts, marks, seat, resume, changed, isClass, play, experiment, choose }) {
  const table = el("div", { class: "table" });
  const you = facts.seats[seat];
  const [wants, never, brief] = [el("p", {}), el("p", {}), el("div", {})];
  const begin = play && put(button("main", play, resume || "Play now"), { disabled: true });
  const know = (/** @type {Drawn | null} */ drawn) => {
    wants.textContent = wantsOf(you, drawn);
    never.textContent = neverOf(you, drawn);
    brief.replaceChildren(briefOf(you, drawn, facts));
  };
  know(null);
  const element = el("div", { class: "door" },
    el("header", {},
      el("p", { class: "kicker" }, "A negotiation to play"),
      el("h1", {}, facts.title),
      el("p", { class: "lead" }, sentencesOf(facts.description || facts.story, 2)),
    ),
    table,
    el("div", { class: "begin" },
      el("section", { class: "you", "aria-label": "Who you are" },
        el("p", { class: "emblem", "aria-hidden": "true" }, you.brief?.emblem ?? marks[you.group].letter),
        el("div", {},
          el("h2", {}, `You are ${you.name}`),
          el("p", { class: "group" }, facts.groups[you.group].label),
          el("h3", {}, "What you want"),
          wants,
          el("h3", {}, "What you must not sign"),
          never,
        ),
      ),
      el("p", { class: "goal" }, goalOf(facts)),
      changed && !isClass ? el("p", { class: "about changed" }, `Not as written: ${changed}.`) : null,
      begin && el("p", { class: "start" }, begin),
    ),
    fold("Your whole brief, for your eyes only", { open: isClass }, brief),
    facts.story
      ? fold("What happened", { open: isClass }, paragraphs(facts.story).map((part) => el("p", {}, part)))
      : null,
    isClass
      ? null
      : [
          el("p", { class: "choice" },
            el("label", { for: "other-seat" }, "Play somebody else"),
            el("select", { id: "other-seat", change: ({ target }) => choose(Number(target.value)) },
              seatOptions(facts, seat),
            ),
          ),
          el("p", { class: "choice" },
            put(button(null, experiment, "Experiment"), { id: "to-experiment" }),
            " Turn the knobs of this negotiation instead, and see what they change.",
          ),
        ],
  );
  return {
    element,
    /** Show what was drawn and a run of the model. Only now can the game begin: a button that moves away from under a press
     * does not hear it. @param {Drawn | null} drawn @param {Run} run */
    fill(drawn, run) {
      know(drawn);
      moving({ facts, marks, run, seat, table, choose: isClass ? () => {} : choose });
      if (begin) begin.disabled = false;
    },
  };
}

/** Say what there is to win, and how. @param {Facts} of */
function goalOf({ issues, decision, play }) {
  return `${counted(issues.length, "paragraph")} to agree on. ${decision} You get 0 if nothing is agreed and 100 for the texts that serve you best of those that nobody has to refuse. Each text beyond your red line costs ${play.red_line_cost}.`;
}

/** Let the table move as in a run of the model, until the screen is left; somebody who wants no motion sees it stand.
 * @param {{ facts: Facts, marks: Mark[], run: Run, seat: number, table: HTMLElement, choose: (seat: number) => unknown }} of */
function moving({ facts, marks, run, seat, table, choose }) {
  const issues = facts.issues.length;
  const count = facts.seats.length;
  const turns = run.turns.map((turn, t) => ({ turn, t: t + 1 })).filter(({ turn }) => turn.who >= 0 && turn.issue >= 0);
  const draw = (/** @type {number} */ n) => {
    const { turn, t } = turns[n % turns.length] ?? { turn: { who: -1, issue: -1 }, t: 0 };
    const held = (/** @type {number} */ i) =>
      Number(turn.issue >= 0 && run.bracket[(t * issues + turn.issue) * count + i]);
    const seats = facts.seats.map((_, i) => ({ present: true, held: held(i) }));
    const moment = {
      seats,
      speaker: turn.who,
      evening: null,
      caption: [turn.issue < 0 ? facts.title : facts.issues[turn.issue].label],
    };
    const width = Math.min(560, table.clientWidth || 340);
    const picture = roomOf({ facts, marks, moment, eyes: seat, width, choose });
    picture.style.maxHeight = `${Math.round(innerHeight * MOST_HEIGHT)}px`;
    table.replaceChildren(picture);
  };
  draw(0);
  if (!turns.length || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  let n = 0;
  const timer = setInterval(() => {
    if (!table.isConnected) clearInterval(timer);
    else if (!table.matches(":active")) draw((n += 1)); // else somebody is pressing a seat
  }, PACE);
}
