// The story and the process: what the case is about, and how its floor time is divided among formats.

import { byId, el } from "./dom.js";
import { counted } from "./sentences.js";

/** Show the description, and the story, if there is one, for whoever wants to read it. */
export function showStory(facts) {
  const paragraphs = (text) => text.split(/\n\s*\n/).filter((part) => part.trim());
  const [lead, ...rest] = paragraphs(facts.description || facts.story);
  const story = facts.description ? [...rest, ...paragraphs(facts.story)] : rest;
  byId("lead").textContent = lead ?? "";
  byId("story").replaceChildren(...story.map((part) => el("p", {}, part)));
  byId("whole-story").hidden = !story.length;
}

/** Show the meetings: the share of each format, its evenings, and the rules of the process. */
export function showProcess(facts) {
  if (facts.drawn) byId("process-title").textContent = "The process, as drawn for run 0";
  byId("meetings").replaceChildren(...facts.meetings.map((meeting) => meetingOf(meeting, facts)));
  byId("rules").replaceChildren(...facts.rules.map((rule) => el("p", {}, rule)));
}

function meetingOf(meeting, facts) {
  const total = meeting.agenda.reduce((sum, [, share]) => sum + share, 0) || 1;
  const parts = meeting.agenda.map(([format, share]) => [facts.formats[format], share / total]);
  const bar = el(
    "div",
    { class: "agenda", "aria-hidden": "true" },
    parts.map(([format, share]) => block(format, share)),
  );
  const list = el(
    "ul",
    {},
    parts.map(([format, share]) =>
      el("li", {}, swatch(format), `${format.label}, ${Math.round(100 * share)} % of the time: ${format.meaning}`),
    ),
  );
  const gap = meeting.after_days ? `, ${counted(meeting.after_days, "day")} later` : "";
  const evenings = meeting.evenings ? el("p", {}, `Evenings: ${meeting.evenings}.`) : null;
  return el(
    "div",
    { class: "meeting" },
    el("h3", {}, `${meeting.label}: ${counted(meeting.days, "day")}${gap}`),
    bar,
    list,
    evenings,
  );
}

function block(format, share) {
  const part = el("span", {});
  part.style.flexGrow = share;
  part.style.background = format.colour ?? "currentColor";
  return part;
}

function swatch(format) {
  const part = el("span", { class: "swatch", "aria-hidden": "true" });
  part.style.background = format.colour ?? "currentColor";
  return part;
}
