// Put a run into words, with the patterns of the catalogue: the lines of its minutes, the verdict, what blocked.
//
// The words are those of report/minutes; a test compares them. What the catalogue has no pattern for is left out.

import { capital, catalogue, fixed, listed, named, percent, placeOn } from "./sentences.js";

const MOST_NAMED = 5; // delegates that are named one by one
const MOST_WORDS = 20; // of what blocked
const OPENS = 10; // o'clock
const BREAK = 2; // hours in the middle of a day
const UNTIMED = [
  "GAP", "RECORD", "CONSULT", "CIRCULATE", "RECONSIDER", "EVENING", "WALK_OUT", "CLOSE_MEETING", "RENEW",
];
const READING = ["BLOCK", "READ", "RESERVE", "READ_AMENDMENT"]; // what one reading may log
const WITHIN_READING = ["BLOCK", "RESERVE"]; // before its result

/** Write a length of time in words. @param {Sentence} sentence @param {number} minutes */
function duration(sentence, minutes) {
  const whole = Number(fixed(minutes, 0));
  if (whole < 60) return sentence("time.minutes", { minutes: whole });
  return sentence("time.hours", { hours: Math.floor(whole / 60), minutes: String(whole % 60).padStart(2, "0") });
}

/** The story of one run. */
export class Story {
  /** run: its moments, events, sizes and what its tables hold at the end. inWords: whether places that have amounts go
   * without their numbers. @param {Facts} facts @param {Recorded} run */
  constructor(facts, run, inWords = false) {
    this.facts = facts;
    this.run = run;
    this.sentence = catalogue(facts.sentences, inWords);
    this.brackets = new Map();
    this.readings = new Map();
    this.lastRead = NaN; // minute of the last reading; paragraphs of one package have the same
    this.amendments = new Map(); // by issue: their places, since its last reading
    this.format = -1;
    let latest = -Infinity;
    this.minute = run.moments.map((moment) => (latest = Math.max(latest, moment.minute)));
  }

  /** Return the lines of the minutes: {moment, time, move, text}; of some of the events, if they are given. */
  lines(told = this.run.events) {
    return passages(told).map((events) => {
      const last = events.at(-1);
      const move = (WITHIN_READING.includes(events[0].move) ? last : events[0]).move;
      const text = (
        move in WRITERS ? this[WRITERS[/** @type {keyof typeof WRITERS} */ (move)]](events) : this.inWords(last)
      ).replaceAll("**", "");
      const timed = !UNTIMED.includes(move);
      const time = timed ? this.time(this.#begins(events, move), events[0].meeting, events[0].day) : "";
      return { moment: last.moment, time, move, text };
    });
  }

  /** Return the first moment after an event that took time. @param {Happening} event */
  after(event) {
    const at = this.minute.findIndex((minute) => minute >= event.minute);
    return at < 0 ? this.minute.length : at;
  }

  /** @param {number} k */
  quoted(k) {
    return `“${this.facts.issues[k].label}”`;
  }

  /** @param {number} k @param {number} value */
  place(k, value) {
    return placeOn(this.facts.issues[k], value);
  }

  /** @param {number} i */
  who(i) {
    return this.run.seats[i].name;
  }

  /** Count delegates by group, the most first. @param {number[]} who */
  byGroup(who) {
    const counts = countsOf(who.map((i) => this.facts.groups[this.run.seats[i].group].text));
    return [...counts].sort((one, other) => other[1] - one[1]);
  }

  /** Name a few delegates; count more of them by group, with the named delegates among them. @param {number[]} who */
  people(who) {
    if (who.length <= MOST_NAMED) return listed(who.map((i) => this.who(i)));
    const groups = this.byGroup(who).map(([group, n]) => this.sentence("people.from", { n, group }));
    const named = who.filter((i) => this.run.seats[i].named).map((i) => this.who(i));
    return named.length ? this.sentence("people.named", { groups, names: listed(named, MOST_NAMED) }) : listed(groups);
  }

  /** @param {Happening[]} events @param {string} move */
  #begins(events, move) {
    const event = ["READ", "READ_AMENDMENT"].includes(move) ? events.at(-1) : events[0];
    return this.facts.turns[event.move].takes_time ? this.run.moments[Math.max(0, this.after(event) - 1)].minute : event.minute;
  }

  /** Return the time of day at a minute of floor time.
   * @param {number} minute @param {number} meeting @param {number} day */
  time(minute, meeting, day) {
    const { opens, floor, hours } = this.run.meetings[meeting];
    const spent = (minute - opens - day * floor) / floor;
    const worked = Math.min(1, Math.max(0, spent)) * hours;
    const hour = OPENS + worked + (worked > hours / 2 + 1e-9 ? BREAK : 0);
    const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
    return `${two(Math.floor(hour + 1e-6) % 24)}:${two(Math.floor((hour % 1) * 60 + 1e-3) % 60)}`;
  }

  /** Fill in the pattern that has the name of the move, by the columns of the event; the room's decisions have two.
   * @param {Happening} event */
  inWords(event) {
    const decided = "passed" in event ? (event.passed ? ".carried" : ".lost") : "";
    const words = {
      ...("who" in event && { who: this.who(event.who) }),
      ...("whom" in event && { whom: this.who(event.whom) }),
      ...("issue" in event && { issue: this.quoted(event.issue) }),
    };
    return this.sentence(event.move.toLowerCase() + decided, { .../** @type {{}} */ (event), ...words });
  }

  /** @param {Happening[]} events */
  speak(events) {
    const byIssue = new Map();
    for (const event of events) byIssue.set(event.issue, [...(byIssue.get(event.issue) ?? []), event.place]);
    const speakers = events.map((event) => event.who);
    if (events.length === 1) {
      const { issue, who, place } = events[0];
      return this.sentence("statement", {
        who: this.who(who), issue: this.quoted(issue), text: this.place(issue, place),
      });
    }
    const groups = this.byGroup(speakers).map(([group, n]) => this.sentence("people.by", { n, group }));
    const [who, most] = mostCommon(speakers);
    const often = most > 2 ? this.sentence("statements.often", { who: this.who(who), n: most }) : "";
    const about = [...byIssue].map(([k, places]) => ({
      issue: this.quoted(k), n: places.length, range: this.range(k, places),
    }));
    if (about.length === 1) return this.sentence("statements", { ...about[0], speakers: groups, often });
    const topics = about.map((one) => this.sentence("statements.topic", one));
    return this.sentence("statements.on_issues", { n: events.length, topics, speakers: groups, often });
  }

  /** @param {number} k @param {number[]} places */
  range(k, places) {
    const low = this.place(k, Math.min(...places));
    const high = this.place(k, Math.max(...places));
    return high.value - low.value < 0.005 ? named(this.sentence, low) : this.sentence("statements.range", { low, high });
  }

  /** @param {Happening[]} events */
  draft(events) {
    const { pen } = events[0];
    const n = events.length;
    const lines = [capital(this.sentence("handout", { pen: pen >= 0 ? this.who(pen) : this.facts.pens[pen], n }))];
    for (const { issue, place } of events) {
      this.brackets.set(issue, []);
      const text = { issue: this.quoted(issue), text: this.place(issue, place) };
      lines.push(`- ${this.sentence("handout.text", text)}`);
    }
    return lines.join("\n");
  }

  /** @param {Happening[]} events */
  read(events) {
    const room = events.at(-1);
    const before = Math.max(0, this.after(room) - 1);
    return this.reading(events, this.run.moments[before].text[room.issue]);
  }

  /** Tell the reading of a text that stood at this place when it began.
   * @param {Happening[]} events @param {number} text */
  reading(events, text) {
    const room = events.at(-1);
    const k = room.issue;
    const at = this.after(room);
    const { moments } = this.run;
    const blockers = of("BLOCK", events).map((event) => event.who);
    const lifted = [...(this.brackets.get(k) ?? [])].filter((i) => !blockers.includes(i)).sort((a, b) => a - b);
    this.brackets.set(k, room.passed ? [] : blockers);
    this.readings.set(k, (this.readings.get(k) ?? 0) + 1);
    const about = { n: this.readings.get(k), issue: this.quoted(k), text: this.place(k, text) };
    const parts = [];
    if (this.lastRead === room.minute) {
      parts.push(this.sentence("reading.in_package", about), this.resultAgain(room, at));
    } else {
      const time = duration(this.sentence, moments[at].minute - moments[Math.max(0, at - 1)].minute);
      parts.push(this.sentence("reading", { ...about, time }), this.result(events, at));
    }
    this.lastRead = room.minute;
    if (lifted.length) parts.push(this.sentence("reading.lifted", { n: lifted.length, who: this.people(lifted) }));
    if (!Number.isNaN(room.passable)) parts.push(this.wouldHavePassed(room));
    parts.push(...this.passedOver(events));
    const after = moments[at].text[k];
    const amended = this.amendments.get(k) ?? [];
    this.amendments.delete(k);
    if (amended.includes(after) && !room.passed) {
      parts.push(this.sentence("reading.amended", { place: this.place(k, after) }));
      this.brackets.set(k, []);
    } else if (room.found) parts.push(this.sentence("reading.found", { place: this.place(k, after) }));
    else if (Math.abs(after - text) >= 0.005) parts.push(this.sentence("reading.moves", { place: this.place(k, after) }));
    if (room.parked) parts.push(this.sentence("reading.parked"));
    return parts.join(" ");
  }

  /** @param {Happening[]} events */
  passedOver(events) {
    return of("RESERVE", events).map(({ who }) => this.sentence("reading.passed_over", { who: this.who(who) }));
  }

  /** @param {Happening[]} events */
  readAmendment(events) {
    const { issue: k, who, place, passed, blockers } = events.at(-1);
    const moment = this.run.moments[this.after(events.at(-1))];
    this.amendments.set(k, [...(this.amendments.get(k) ?? []), place]);
    const parts = [
      this.sentence("amendment", { who: this.who(who), issue: this.quoted(k), text: this.place(k, place) }),
    ];
    parts.push(passed ? this.sentence("amendment.passes") : this.sentence("amendment.fails", { blockers }));
    parts.push(...this.passedOver(events));
    if (this.isClosedAs(moment.status[k])) {
      parts.push(this.sentence("amendment.agreed", { place: this.place(k, moment.text[k]) }));
      this.brackets.set(k, []);
    }
    return parts.join(" ");
  }

  /** @param {Happening[]} events */
  readOffer(events) {
    const { issue, other, who, place, passed, blockers } = events.at(-1);
    const made = {
      who: this.who(who), issue: this.quoted(issue), other: this.quoted(other), text: this.place(other, place),
    };
    if (passed) for (const k of [issue, other]) this.brackets.set(k, []);
    const result = passed ? this.sentence("offer.agreed") : this.sentence("offer.fails", { blockers });
    return `${this.sentence("offer", made)} ${result}`;
  }

  /** @param {Happening[]} events */
  question(events) {
    const asked = new Map();
    for (const { who, whom } of events) asked.set(who, [...(asked.get(who) ?? []), this.who(whom)]);
    const talks = [...asked].map(([who, whom]) => this.sentence("questions.one", { who: this.who(who), whom }));
    return this.sentence("questions", { talks });
  }

  /** @param {Happening} of */
  wouldHavePassed({ issue, passable, passable_low: low, passable_high: high, place }) {
    const differs = fixed(passable, 2) !== fixed(place, 2);
    const at = (/** @type {number} */ value) => (differs ? this.place(issue, value) : fixed(value, 4));
    if (low < high)
      return this.sentence("reading.passable_range", { low: at(low), high: at(high), place: at(place) });
    return this.sentence("reading.passable", { passable: at(passable), place: at(place) });
  }

  /** @param {Happening[]} events @param {number} at */
  result(events, at) {
    const room = events.at(-1);
    const blocks = of("BLOCK", events);
    const blockers = blocks.map((event) => event.who);
    if (!room.passed) return blocks.length ? this.blocks(blocks) : this.sentence("reading.nobody");
    const how = this.run.moments[at].status[room.issue] === this.status("dissent") ? "dissent" : "agreed";
    if (!blockers.length) return this.sentence(`reading.${how}`);
    return this.sentence(`reading.${how}_over`, { who: this.people(blockers) });
  }

  /** Tell the result for a further paragraph of a package, whose blockers have been named.
   * @param {Happening} room @param {number} at */
  resultAgain(room, at) {
    return room.blockers && !room.passed ? this.sentence("reading.same_blockers") : this.result([room], at);
  }

  /** @param {string} name */
  status(name) {
    return this.facts.statuses.find((status) => status.name === name).code;
  }

  /** @param {Happening[]} blocks */
  blocks(blocks) {
    const n = blocks.length;
    const who = this.people(blocks.map((event) => event.who));
    const worst = blocks.reduce((most, event) => (event.shortfall > most.shortfall ? event : most));
    const some = blocks.filter((event) => event.shortfall === Infinity).length;
    const shortfall = fixed(worst.shortfall, 2);
    if (n === 1)
      return some
        ? this.sentence("reading.alone_red_line", { who })
        : this.sentence("reading.alone", { who, shortfall });
    if (some === n) return this.sentence("reading.red_line_of_each", { n, who });
    if (some) return this.sentence("reading.red_line_of_some", { n, who, some });
    return this.sentence("reading.blocked", { n, who, furthest: this.who(worst.who), shortfall });
  }

  /** @param {Happening[]} events */
  discuss(events) {
    const [event, ...reading] = events;
    const k = event.issue;
    const who = this.who(event.who);
    const proposal = event.proposal + 1;
    const value = this.run.proposed[event.proposal * this.facts.issues.length + k];
    const head = this.sentence("proposal.discussed", {
      proposal, who, issue: this.quoted(k), text: this.place(k, value),
    });
    if (!reading.length) return `${head} ${this.sentence("proposal.changes_nothing")}`;
    this.brackets.set(k, []);
    return `${head} ${this.reading(reading, value)}`;
  }

  /** @param {Happening[]} events */
  table(events) {
    const event = events.at(-1);
    const K = this.facts.issues.length;
    const places = this.facts.issues.map((_, k) => [k, this.run.proposed[event.proposal * K + k]])
      .filter(([, value]) => !Number.isNaN(value))
      .map(([k, value]) => this.sentence("proposal.place", { issue: this.quoted(k), text: this.place(k, value) }));
    return this.sentence(this.format < 0 ? "proposal.sent" : "proposal.tabled", {
      who: this.who(event.who), proposal: event.proposal + 1, places: places.join("; "), waiting: event.waiting,
    });
  }

  /** Return what the sentence about a new text needs, and drop the brackets on the old one.
   * @param {Happening[]} events */
  newText(events) {
    const { issue, place } = events.at(-1);
    this.brackets.set(issue, []);
    return { issue: this.quoted(issue), text: this.place(issue, place) };
  }

  /** @param {Happening[]} events */
  notice(events) {
    const pen = this.format < 0 ? "someone" : this.facts.pens[this.facts.formats[this.format].pen];
    return capital(this.sentence("overlap", { pen, ...this.newText(events) }));
  }

  /** @param {Happening[]} events */
  draftInGroup(events) {
    return this.sentence("group_draft", { drafters: events.at(-1).drafters, ...this.newText(events) });
  }

  /** @param {Happening[]} events */
  poll(events) {
    return this.sentence("poll", this.newText(events));
  }

  /** @param {Happening[]} events */
  warn(events) {
    return this.sentence("warning", { share: percent(events.at(-1).elapsed) });
  }

  /** @param {Happening[]} events */
  openSession(events) {
    const { format, length } = events.at(-1);
    this.format = format;
    return this.sentence("session.opens", {
      format: this.facts.formats[format].label,
      time: duration(this.sentence, length),
    });
  }

  /** @param {Happening[]} events */
  closeSession(events) {
    const { lost, unresolved: open } = events.at(-1);
    this.format = -1;
    if (lost >= 1) return this.sentence("session.closes_early", { open, time: duration(this.sentence, lost) });
    return this.sentence("session.closes", { open });
  }

  /** @param {Happening[]} events */
  evening(events) {
    const [{ mixed_share: mixed, caucus, meeting, day }, ...secrets] = events;
    const spent = this.facts.dinners.filter((dinner) => dinner.meeting === meeting && dinner.day === day)
      .map(({ guests }) => this.sentence("evening.dinner", { guests }));
    if (mixed >= 1) spent.push(this.sentence("evening.all_mixed"));
    else if (mixed > 0) spent.push(this.sentence("evening.mixed", { share: percent(mixed) }));
    if (caucus && mixed < 1) {
      const divided = this.facts.groups.filter((group) => group.caucuses.length > 0);
      const parts = divided.map((group) =>
        this.sentence("evening.divided", { group: group.text, caucuses: group.caucuses }),
      );
      spent.push(this.sentence(spent.length ? "evening.others" : "evening.caucus", { divided: parts.join("") }));
    }
    const told = secrets.map((one) => this.secret(one, "secret.table"));
    return [`${capital(spent.join("; ") || this.sentence("evening.free"))}.`, ...told].join(" ");
  }

  /** Tell who showed whom what nobody else knew. @param {Happening} of @param {string} pattern */
  secret({ who, whom, issue }, pattern) {
    return this.sentence(pattern, { who: this.who(who), whom: this.who(whom), issue: this.quoted(issue) });
  }

  /** @param {Happening[]} events */
  corridors(events) {
    const asides = of("ASIDE", events);
    const crowd = asides.length > MOST_NAMED;
    const parts = [];
    const named = asides.filter(({ who }) => !crowd || this.run.seats[who].named);
    if (crowd) {
      const groups = this.byGroup(asides.map(({ who }) => who)).map(([group, n]) =>
        this.sentence("people.from", { n, group }),
      );
      parts.push(this.sentence("corridors.crowd", { groups }));
    }
    const talks = named.map(({ who, whom }) =>
      this.sentence("corridors.talk", { who: this.who(who), whom: this.who(whom) }),
    );
    if (talks.length) parts.push(listed(talks, MOST_NAMED));
    const talk = this.sentence("corridors", { parts: parts.join("; ") || this.sentence("corridors.nobody") });
    return [talk, ...of("SECRET", events).map((one) => this.secret(one, "secret"))].join(" ");
  }

  /** @param {Happening[]} events */
  gap(events) {
    return capital(this.sentence("gap", { days: events.at(-1).days }));
  }

  /** @param {Happening[]} events */
  consult(events) {
    return capital(this.sentence("gap.consult", { pen: this.facts.pens[events.at(-1).pen], ...this.newText(events) }));
  }

  /** @param {Happening[]} events */
  circulate(events) {
    const { days, issues: drafts, passed } = events.at(-1);
    if (!drafts) return this.sentence("gap.no_drafts", { days });
    return this.sentence(passed ? "gap.drafts" : "gap.drafts_late", { days, drafts });
  }

  /** @param {Happening[]} events */
  reaffirm(events) {
    const who = this.who(events.at(-1).who);
    const { theme } = this.facts;
    return theme ? this.sentence("camp_line.theme", { who, theme }) : this.sentence("camp_line", { who });
  }

  /** @param {Happening[]} events */
  motion(events) {
    const { meeting, day, passed, backers } = events.at(-1);
    const moved = this.facts.motions.find((motion) => motion.meeting === meeting && motion.day === day);
    const to = moved ? this.sentence("motion.to", { methodology: moved.to }) : "";
    if (moved?.chair) return this.sentence("motion.chair", { to });
    return this.sentence(passed ? "motion.carried" : "motion.lost", { to, backers });
  }

  /** @param {Happening[]} events */
  walkOut(events) {
    return this.sentence("walkout", { group: this.facts.groups[this.run.seats[events.at(-1).who].group].text });
  }

  /** @param {Happening[]} events */
  renew(events) {
    const { support, passed, clean_slate: clean } = events.at(-1);
    if (passed && clean) this.brackets.clear();
    const how = !passed ? "refused" : clean ? "empty_paper" : "goes_on";
    return `${this.sentence("renewal", { share: percent(support) })} ${this.sentence(`renewal.${how}`)}`;
  }

  /** @param {Happening[]} events */
  adopt(events) {
    const { blockers, passed } = events.at(-1);
    if (!blockers) return this.sentence(passed ? "report.adopted" : "report.rejected");
    return this.sentence(passed ? "report.adopted_over" : "report.rejected_by", { blockers });
  }

  /** Say how much was agreed, and why each paragraph ended as it did. */
  verdict() {
    const open = this.facts.issues.map((_, k) => k).filter((k) => !this.isClosed(k));
    const closed = this.facts.issues.map((_, k) => k).filter((k) => this.isClosed(k));
    return [this.agreed(), ...open.map((k) => this.open(k)), ...closed.map((k) => this.closed(k))];
  }

  /** @param {number} k */
  isClosed(k) {
    return this.isClosedAs(this.run.moments.at(-1).status[k]);
  }

  /** @param {number} status */
  isClosedAs(status) {
    return [this.status("agreed"), this.status("dissent")].includes(status);
  }

  agreed() {
    const { share_agreed, closable_issues: closable, no_zone: none, zone_start } = this.run.measures;
    const issues = this.facts.issues.length;
    const agreed = Math.round(share_agreed * issues);
    const still = closable + none;
    const key = agreed > 1 ? "verdict.some" : agreed ? "verdict.one" : "verdict.none";
    const start = this.sentence("verdict.zone_at_start", { which: this.part(Math.round(zone_start * issues), issues) });
    const text = `${this.sentence(key, { agreed, issues })} ${start}`;
    const parts = [];
    if (still) parts.push(this.sentence("verdict.open", { open: still }));
    if (closable) parts.push(this.sentence("verdict.closable", { which: this.part(closable, still) }));
    if (none) parts.push(this.sentence("verdict.no_zone", { which: this.part(none, still) }));
    return parts.length ? `${text} ${parts.join("; ")}.` : text;
  }

  /** @param {number} number @param {number} whole */
  part(number, whole) {
    if (number === whole) return this.sentence(whole === 1 ? "verdict.it" : "verdict.all_of_them");
    return number ? this.sentence("verdict.some_of_them", { n: number }) : this.sentence("verdict.none_of_them");
  }

  /** @param {number} k */
  open(k) {
    const of = this.run.issues[k];
    const { readings, shortfall } = of;
    const zone = of.zone_end > 0 ? "issue.closable" : "issue.no_zone";
    const changed = of.zone_start > 0 !== of.zone_end > 0;
    const issue = this.quoted(k);
    const parts = [
      this.sentence("issue.open", { issue }),
      this.sentence(changed ? `${zone}_by_now` : zone),
    ];
    if (!readings)
      return [...parts, this.sentence(Number.isNaN(of.text) ? "issue.no_text" : "issue.never_read")].join(" ");
    parts.push(...this.blocked(k), ...this.atReadings(k));
    if (shortfall === Infinity || shortfall === -Infinity || shortfall <= 0)
      parts.push(this.sentence("issue.only_red_lines"));
    else if (!Number.isNaN(shortfall)) parts.push(this.sentence("issue.shortfall", { shortfall: fixed(shortfall, 2) }));
    return parts.join(" ");
  }

  /** Say how many blocked a paragraph, who, and who did so alone. @param {number} k */
  blocked(k) {
    const { readings: n, fewest_blockers: fewest } = this.run.issues[k];
    const who = this.run.seats.map((_, i) => i).filter((i) => this.run.blocks[k * this.run.seats.length + i] > 0);
    const parts = [
      this.sentence(n > 2 ? "issue.read" : n === 1 ? "issue.read_once" : "issue.read_twice", { n, fewest }),
    ];
    if (who.length) parts.push(this.sentence("issue.blockers", { who: this.people(who) }));
    const alone = this.alone(k);
    if (alone.length) parts.push(this.sentence("issue.alone", { who: alone }));
    return parts;
  }

  /** @param {number} k */
  alone(k) {
    const lone = this.run.events.filter((event) => event.move === "BLOCK" && event.issue === k && event.blockers === 1);
    const times = [...countsOf(lone.map((event) => event.who))].sort(([one], [other]) => one - other);
    return times.map(([i, n]) => this.sentence("issue.alone_at", { who: this.who(i), n }));
  }

  /** Count the failed readings at which another text would have passed. @param {number} k */
  atReadings(k) {
    const readings = passages(this.run.events).filter((events) => events.at(-1).move === "READ" && events.at(-1).issue === k);
    const failed = this.run.failed[k]; // not as proposals
    const passable = readings.filter((events) => events[0].move !== "DISCUSS" && !Number.isNaN(events.at(-1).passable));
    if (passable.length) {
      const event = passable.at(-1).at(-1);
      const reading = readings.indexOf(passable.at(-1)) + 1;
      return [this.sentence("issue.passable", { n: passable.length, failed, reading }), this.wouldHavePassed(event)];
    }
    if (!failed) return [];
    return [failed === 1 ? this.sentence("issue.not_passable") : this.sentence("issue.never_passable", { failed })];
  }

  /** @param {number} k */
  closed(k) {
    const { readings, closed_at, text } = this.run.issues[k];
    const dissent = this.run.moments.at(-1).status[k] === this.status("dissent");
    return this.sentence(dissent ? "issue.agreed_with_dissent" : "issue.agreed", {
      issue: this.quoted(k), readings, time: duration(this.sentence, closed_at), text: this.place(k, text),
    });
  }

  /** Say in at most twenty words what blocked, or how much was agreed; if the name of the paragraph is long, only that it is open. */
  whatBlocked() {
    const open = this.facts.issues.map((_, k) => k).filter((k) => !this.isClosed(k));
    if (!open.length) return this.agreed().split(". ")[0].replace(/\.?$/, ".");
    const k = open.reduce((most, one) => (this.run.issues[one].readings > this.run.issues[most].readings ? one : most));
    const { readings, text } = this.run.issues[k];
    const alone = this.alone(k);
    const said = this.sentence("issue.open", { issue: this.quoted(k) });
    const ways = !readings
      ? [this.sentence(Number.isNaN(text) ? "issue.no_text" : "issue.never_read")]
      : [...(alone.length ? [this.sentence("issue.alone", { who: alone })] : []), this.blocked(k)[0]];
    return ways.map((way) => `${said} ${way}`).find((whole) => whole.split(/\s+/).length <= MOST_WORDS) ?? said;
  }
}

const WRITERS = /** @type {const} */ ({
  SPEAK: "speak",
  TABLE: "table",
  SUBMIT: "table",
  DISCUSS: "discuss",
  NOTICE: "notice",
  DRAFT: "draft",
  DRAFT_IN_GROUP: "draftInGroup",
  READ: "read",
  POLL: "poll",
  WARN: "warn",
  OPEN_SESSION: "openSession",
  CLOSE_SESSION: "closeSession",
  EVENING: "evening",
  CORRIDORS: "corridors",
  GAP: "gap",
  CONSULT: "consult",
  CIRCULATE: "circulate",
  REAFFIRM: "reaffirm",
  MOTION: "motion",
  WALK_OUT: "walkOut",
  RENEW: "renew",
  ADOPT: "adopt",
  READ_AMENDMENT: "readAmendment",
  READ_OFFER: "readOffer",
  QUESTION: "question",
});

/** Divide events into passages, as report/minutes does: a line of the minutes each. @param {Happening[]} events */
function passages(events) {
  /** @type {Happening[][]} */ const found = [];
  for (const event of events) {
    const passage = found.at(-1);
    if (passage && belongs(passage[0], passage.at(-1), event)) passage.push(event); else found.push([event]);
  }
  return found;
}

/** @param {Happening} first @param {Happening} last @param {Happening} event */
function belongs(first, last, event) {
  if (READING.includes(event.move)) {
    return [...WITHIN_READING, "DISCUSS"].includes(last.move) && last.issue === event.issue;
  }
  if (event.move === "DRAFT") return last.move === "DRAFT" && last.minute === event.minute && last.pen === event.pen;
  if (event.move === "QUESTION") return last.move === "QUESTION";
  if (event.move === "ASIDE") return first.move === "CORRIDORS";
  if (event.move === "SECRET") {
    const inTalk = last.move === "ASIDE" && last.who === event.who && last.whom === event.whom;
    return inTalk || first.move === "EVENING"; // to whom one talks to at a break, or sits with at a table
  }
  return event.move === "SPEAK" && last.move === "SPEAK";
}

/** @param {string} move @param {Happening[]} events */
const of = (move, events) => events.filter((event) => event.move === move);

/** Count things, in the order in which they come first. @template T @param {T[]} things */
function countsOf(things) {
  const counts = new Map();
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  return counts;
}

/** @template T @param {T[]} things */
function mostCommon(things) {
  return [...countsOf(things)].reduce((most, one) => (one[1] > most[1] ? one : most));
}
