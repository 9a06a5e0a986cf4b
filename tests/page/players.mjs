// Players of the page's game, for tests and benchmarks: one that answers at random, one that thinks.

/** Return a generator of numbers from 0 to 1 (mulberry32). */
function numbers(seed) {
  let s = seed;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Return the function that replies at random to whatever is asked, and one that picks from a list. */
export function randomPlayer(seed) {
  const random = numbers(seed),
    pick = (list) => list[Math.floor(random() * list.length)];
  const some = ({ most, of }) => [
    ...new Set(Array.from({ length: Math.floor(random() * (most + 1)) }, () => pick(of))),
  ];
  const placesOf = ({ kind, values }) => {
    const asked = kind === "pen" ? values.slice(0, random() < 0.5 ? 1 : 0) : values;
    return Object.fromEntries(asked.map((issue) => [issue, random()]));
  };
  const reply = (question) => {
    if (random() < 0.2) return null;
    const given = { act: pick(question.acts) },
      { values, may = {} } = question;
    if (values) given.values = placesOf(question);
    if (question.whom) given.whom = some(question.whom);
    if (may.amend && random() < 0.6) given.amend = random();
    if (may.call) given.call = random() < 0.5;
    if (given.act === "block" && random() < 0.3) given.argument = random();
    return given;
  };
  return { reply, pick, random };
}

const LATITUDE = 0.22; // as policies.strategies.Asker has it

/** Return the function that replies as a team that thinks: it asks, and writes what nobody is likely to bracket. */
export function thinkingPlayer() {
  const refused = new Map(); // by name and issue: texts that were bracketed
  const chance = (question, issue, y) =>
    question.people
      .filter(({ me, present }) => present && !me)
      .reduce((product, one) => {
        const confidence = one.confidence?.[issue],
          away = (y - (confidence?.stands ?? one.belief[issue])) / LATITUDE;
        if (confidence && (y < confidence.red[0] || y > confidence.red[1])) return 0;
        const near = refused.get(`${one.name} ${issue}`) ?? [];
        const isRefused = near.some((text) => (one.belief[issue] > text ? y <= text : y >= text));
        return (product * (isRefused ? 0.1 : 1)) / (1 + away ** 4);
      }, 1);
  const urgent = (question) => {
    const away = (one) =>
      Object.entries(one.belief).reduce(
        (sum, [issue, place]) => sum + Math.abs(place - question.bars.find((bar) => bar.issue === issue).yours),
        0,
      );
    return question.people
      .filter(({ me, present, confidence }) => present && !me && !confidence)
      .sort((a, b) => b.brackets.length - a.brackets.length || away(b) - away(a))
      .slice(0, question.whom.most)
      .map(({ name }) => name);
  };
  const closing = ({ issue, people, bars }) => {
    const { red } = bars.find((bar) => bar.issue === issue);
    const lines = people.filter(({ me, confidence }) => !me && confidence).map((one) => [one.name, one.confidence[issue].red]);
    const low = Math.max(red[0] ?? -Infinity, ...lines.map(([, line]) => line[0]));
    const high = Math.min(red[1] ?? Infinity, ...lines.map(([, line]) => line[1]));
    const found = lines.filter(([, line]) => low > high && (line[0] === low || line[1] === high));
    return found.slice(0, 1).map(([name]) => name);
  };
  return (question) => {
    for (const { name, brackets } of question.people) {
      for (const issue of brackets) {
        const { now } = question.bars.find((bar) => bar.issue === issue),
          known = refused.get(`${name} ${issue}`) ?? [];
        if (now !== null) refused.set(`${name} ${issue}`, [...known, now]);
      }
    }
    if (question.kind === "corridor") return { act: "ask", whom: urgent(question) };
    if (question.kind === "statements") return { act: "speak", values: {} };
    if (question.kind === "secret") return { act: "show", whom: closing(question) };
    if (question.kind !== "reading" && question.kind !== "report") return null;
    const gains = question.before.worth > 0,
      act = gains ? "accept" : "object";
    if (!question.may?.amend) return { act };
    const { issue } = question,
      worth = question.worth[issue],
      steps = worth.length - 1;
    const weighed = worth.map((points, n) => points * chance(question, issue, n / steps));
    const best = weighed.indexOf(Math.max(...weighed)),
      { now } = question.bars.find((bar) => bar.issue === issue);
    return { act, amend: weighed[best] > 0 && Math.abs(best / steps - now) > 0.02 ? best / steps : null };
  };
}

/** Play a game to its end. */
export function played(game, reply) {
  while (game.question) game.answer(reply(game.question), { milliseconds: 1000 });
  return game;
}

/** Play games at random: other seats, seeds, replications and levels, each by its number. Yields [journal, what it began with]. */
export function* randomGames(engine, Game, { count, first = 0 }) {
  const { facts } = engine;
  for (let n = first; n < first + count; n++) {
    const { reply, pick, random } = randomPlayer(n),
      levels = {};
    if (facts.knobs.length && random() < 0.4) {
      const knob = pick(facts.knobs);
      levels[knob.name] = Math.floor(random() * knob.levels.length);
    }
    const about = { seat: pick(facts.seats).name, replication: Math.floor(random() * 50), levels };
    about.seed = facts.drawn ? facts.seed : pick([facts.seed, n]);
    const game = played(new Game(engine, about), reply),
      journal = game.journal({ table: `Table ${n}` });
    game.free();
    yield [journal, about];
  }
}
