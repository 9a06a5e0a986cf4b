// The story and the process: what the case is about, and how its floor time is divided among formats.

import { byId, el, shareBar, spot } from "./dom.js";
import { counted } from "./sentences.js";
import { paragraphs } from "./words.js";

/** Show the description, and the story, if there is one, for whoever wants to read it. @param {Facts} facts */
export function showStory(facts) {
  const [lead, ...rest] = paragraphs(facts.description || facts.story);
  const story = facts.description ? [...rest, ...paragraphs(facts.story)] : rest;
  byId("lead").textContent = lead ?? "";
  byId("story").replaceChildren(...story.map((part) => el("p", {}, part)));
  byId("whole-story").hidden = !story.length;
}

/** Show the meetings: the share of each format, its evenings, and the rules of the process. @param {Facts} facts */
export function showProcess(facts) {
  if (facts.drawn) byId("process-title").textContent = "The process, as drawn for run 0";
  byId("meetings").replaceChildren(...facts.meetings.map((meeting) => meetingOf(meeting, facts)));
  byId("rules").replaceChildren(...facts.rules.map((rule) => el("p", {}, rule)));
}

/** @param {Meeting} meeting @param {Facts} facts */
function meetingOf(meeting, facts) {
  const total = meeting.agenda.reduce((sum, [, share]) => sum + share, 0) || 1;
  const parts = meeting.agenda.map(([format, share]) => {
    const { label, meaning, colour } = facts.formats[format];
    return { label, meaning, colour: colour ?? "currentColor", share: share / total };
  });
  const items = parts.map(({ label, meaning, colour, share }) =>
    el("li", {}, spot("swatch", colour), `${label}, ${Math.round(100 * share)} % of the time: ${meaning}`),
  );
  const gap = meeting.after_days ? `, ${counted(meeting.after_days, "day")} later` : "";
  const evenings = meeting.evenings ? el("p", {}, `Evenings: ${meeting.evenings}.`) : null;
  return el("div", { class: "meeting" },
    el("h3", {}, `${meeting.label}: ${counted(meeting.days, "day")}${gap}`),
    shareBar(parts.map(({ colour, share }) => [colour, share])),
    el("ul", {}, items),
    evenings,
  );
}
