"""A game in the page is the game that Python plays again: the same bits, few sheets, no secrets told."""

import hashlib
import json
from random import Random

import numpy as np
import pytest

from benchmarks import games
from negsim.games import digest_of_end, play_again, read_journal
from negsim.negotiation.log import SecretShown, events
from negsim.negotiation.runs import Negotiation, watch
from negsim.negotiation.tables import Outcome
from negsim.policies import SeatedNegotiation
from negsim.policies.brief import interests_of
from negsim.policies.forecast import chances
from negsim.policies.views import CorridorAnswer
from negsim.report.minutes.story import WRITERS, Story, move_of, passages
from negsim.scenario import load
from negsim.scenario.lowering import lower, seat_names
from negsim.sentences import line_of, sentence
from node import answer, module, needs_node, parts_of

pytestmark = [needs_node, pytest.mark.slow]
SEED = 2**63 + 11  # needs all 64 bits
PLAYERS = json.dumps(f"{__file__.rpartition('/')[0]}/players.mjs")
# `search` makes one thing after the other, of numbers from 0 on, and returns the first that is what a test looks for.
START = f"""
import {{start}} from {module("engine.js")};
import {{Game}} from {module("game.js")};
import {{played, randomGames, randomPlayer, thinkingPlayer}} from {PLAYERS};
const facts = JSON.parse(given.facts), engine = await start(given.program, given.arrays, facts);
const search = (make, isIt, most = 40) => {{
  for (let n = 0; n < most; n++) {{
    const found = make(n);
    if (isIt(found)) return found;
  }}
  throw new Error(`none of ${{most}} is it`);
}};
"""
RANDOM = """
answer([...randomGames(engine, Game, given)].map(([journal, about]) => {
  const again = new Game(engine, {...about, journal: {...journal, answers: null}}).journal();
  const resumed = new Game(engine, {...about, journal}).journal({table: journal.table});
  return [journal, again.result, resumed];
}));
"""


@pytest.fixture(scope="module")
def storm():
    return load("storm"), parts_of(load("storm"), "storm", SEED)


MOVES = "process.moves={amendments: true, lone_bracket: true, questions: true, offers: true, pens: true, motions: true}"
EVENTS = (
    "process.events=[{change_methodology: {meeting: 1, day: 2, to: rolling_text, by: business}},"
    " {targeted_dinner: {meeting: 1, day: 1, guests: [business]}}]"
)


@pytest.mark.parametrize(
    ("name", "changes", "count"),
    [
        ("storm", (), 10),
        ("classroom", (MOVES, EVENTS), 6),
        pytest.param("cstd_wgigf_2011", (), 2, marks=pytest.mark.deep),
        pytest.param("cases/netmundial", (), 2, marks=pytest.mark.deep),
    ],
)
def test_random_games_in_the_page_are_replayed_to_the_same_bits(name, changes, count):
    """Each is played again by Python, and by the page from its rows and from its replies."""
    scenario = load(name, changes=list(changes))
    for journal, again, resumed in answer(START + RANDOM, count=count, first=17, **parts_of(scenario, name, SEED)):
        played = play_again(read_journal(json.dumps(journal)), scenario)
        assert digest_of_end(played.room.run.state) == journal["result"]["digest"]
        assert again == journal["result"]
        assert resumed == journal


@pytest.mark.deep
@pytest.mark.parametrize(
    "name", [pytest.param("chromium", marks=pytest.mark.browser), pytest.param("firefox", marks=pytest.mark.firefox)]
)
def test_random_games_in_a_browser_are_replayed_to_the_same_bits(name, tmp_path):
    """`benchmarks/games.py` plays 200."""
    games.write_blocks("storm", tmp_path, SEED)
    journals = list(games.PLACES[name].run(tmp_path, 6))
    assert len(journals) == 6
    assert games.faults("storm", journals) == []


def test_a_game_left_to_the_delegate_is_the_run_without_a_game(storm):
    """Statements on one sheet are those of each turn, and no question changes a bit."""
    scenario, parts = storm
    script = """
    const left = (name, replication) => played(new Game(engine, {seat: name, replication}), () => null).journal();
    answer(facts.seats.map(({name}, n) => left(name, n)));
    """
    for replication, journal in enumerate(answer(START + script, **parts)):
        assert journal["rows"] == []
        end = watch(lower(scenario), seed=SEED, replication=replication).state
        assert journal["result"]["digest"] == digest_of_end(end)


def test_a_sheet_of_statements_counts_for_its_day():
    """In a process without the moves beside which they earn nothing.

    Every statement that the seat makes on that day is the one of the sheet, and only on the issues that it names.
    """
    script = """
    const said = (question) => question.kind === "statements" ? {act: "speak", values: {access: 0.375}} : null;
    answer(facts.seats.map(({name}) => {
      const game = played(new Game(engine, {seat: name}), said);
      const turns = game.course.turns.map((turn, at) => ({...turn, at}));
      const says = ({move}) => ["SPEAK", "TABLE"].includes(facts.moves[move]);
      const floor = turns.filter((turn) => says(turn) && turn.who === game.seat && turn.issue === 0);
      return [floor.map(({at}) => [at, "values", 0, 0.375]), game.rows];
    }));
    """
    scenario = load("storm", changes=["process.moves={lone_bracket: true}"])
    answers = answer(START + script, **parts_of(scenario, "storm", SEED))
    assert any(wanted for wanted, _ in answers)
    for wanted, rows in answers:
        assert rows == wanted


def test_no_card_tells_what_others_could_accept(storm):
    """How far a text falls short for others, their red lines and what would have passed are secret until the end."""
    script = """
    const words = [];
    for (const {name} of facts.seats) {
      const game = new Game(engine, {seat: name}), think = thinkingPlayer();
      while (game.question) {
        words.push(...game.question.remarks);
        for (const card of game.answer(think(game.question))) words.push(card.title, ...card.sentences);
      }
    }
    answer(words);
    """
    words = answer(START + script, **storm[1])
    assert len(words) > 100
    assert not [text for text in words if "would have passed" in text or "short of acceptance" in text]
    assert not [text for text in words if "crosses a red line of" in text]


def test_a_sheet_says_what_its_seat_believes_whom_it_trusts_and_who_has_a_bracket(storm):
    """At every question of a game that is left to the delegate the state is that of the run without a game."""
    script = """
    answer(facts.seats.map(({name}, replication) => {
      const game = new Game(engine, {seat: name, replication}), sheets = [];
      for (; game.question; game.answer(null)) {
        const {people, bars} = game.question;
        sheets.push([game.turn, people.map(({trust, belief, brackets}) => [trust, Object.values(belief), brackets]),
          game.eyes.trusted(), bars.map(({now, yours, closed}) => [now, yours, closed])]);
      }
      return sheets;
    }));
    """
    scenario, parts = storm
    case, names = lower(scenario), list(scenario.issues)
    for seat, sheets in enumerate(answer(START + script, **parts)):
        run, made = Negotiation(case, seed=SEED, replication=seat), 0
        others = [i for i in range(len(case.seats)) if i != seat]
        assert sheets
        for turn, people, trusted, bars in sheets:
            for _ in range(turn - made):
                run.finish_turn()
            made, state = turn, run.state
            assert [trust for trust, *_ in people] == [
                None if i == seat else state.trust[i, seat] for i in range(len(case.seats))
            ]
            assert trusted == pytest.approx(state.trust[seat, others].mean())
            assert [[*beliefs] for i, (_, beliefs, _) in enumerate(people) if i != seat] == [
                state.belief[:, i, seat].tolist() for i in others
            ]
            held = state.opinions["bracket"]
            assert [brackets for *_, brackets in people] == [
                [name for k, name in enumerate(names) if held[k, i]] for i in range(len(case.seats))
            ]
            assert [place for _, place, _ in bars] == state.opinions["first_position"][:, seat].tolist()


def test_a_page_says_of_every_seat_what_its_brief_says_of_a_deal(storm):
    """What it wants and what it never signs, before the game and in it, as policies and printed sheets have it."""
    script = f"""
    const {{bars}} = await import({module("question.js")});
    const {{drawnOf}} = await import({module("playbrief.js")});
    answer(given.seeds.map((seed) => facts.seats.map(({{name}}) =>
      drawnOf(bars(new Game(engine, {{seed, seat: name}})), facts))));
    """
    seeds, scenario = [SEED, 185, 2], storm[0]
    for seed, drawn in zip(seeds, answer(START + script, seeds=[str(seed) for seed in seeds], **storm[1]), strict=True):
        room = SeatedNegotiation(scenario, {}, seed=seed, replication=0)
        for seat, said in enumerate(drawn):
            stances = interests_of(scenario, room.run.state, seat)
            lines = [stance.line for stance in stances if stance.line] or [sentence("brief.no_line")]
            first = stances[int(np.argmax(room.run.state.views["salience"][seat]))].wish
            assert said == {"first": [first], "wants": [stance.wish for stance in stances], "never": lines}


def test_a_text_is_worth_what_its_scale_says(storm):
    """A sheet's points for the text on it are about those of the nearest place, on the same side of the red line."""
    script = """
    answer(facts.seats.flatMap(({name}, replication) => {
      const game = new Game(engine, {seat: name, replication}), found = [];
      for (; game.question; game.answer(null)) {
        const {kind, what, issue, text, worth, before, bars} = game.question, {value} = text[issue] ?? {};
        if (kind !== "reading" || what !== "paragraph" || value === null) continue;
        const near = Math.round(value * (worth[issue].length - 1));
        const [low, high] = bars.find((bar) => bar.issue === issue).red;
        const isOver = (y) => y < (low ?? 0) || y > (high ?? 1);
        if (isOver(value) === isOver(near / (worth[issue].length - 1))) found.push([before.worth, worth[issue][near]]);
      }
      return found;
    }));
    """
    found = [(said, near) for said, near in answer(START + script, **storm[1]) if not isinstance(said, str)]
    assert max(abs(near) for _, near in found) > 20
    assert [(said, near) for said, near in found if abs(said - near) > 15] == []


class _Forecasts:
    """A policy that leaves all to its delegate, and keeps the forecast at every reading."""

    def __init__(self):
        self.kept = {}

    def amend(self, view):
        for issue, (value, _, pen) in view.text.items() if view.issue else ():
            self.kept[view.minute, view.move.name, issue] = chances(view, issue, value, pen)

    respond = amend


def test_a_page_forecasts_as_the_policies_do(storm):
    """The same chances at the same readings of the same games, with the red lines that two told in the corridor."""
    script = """
    answer(facts.seats.map(({name}, replication) => {
      const game = new Game(engine, {seat: name, replication}), {eyes} = game, sheets = [];
      const told = eyes.names.map((_, j) => j).filter((j) => j !== eyes.seat).slice(0, 2);
      for (const j of told) game.confidences[eyes.names[j]] = Object.fromEntries(
        eyes.told(j).issues.map((one, k) => [eyes.issues[k], one]));
      for (; game.question; game.answer(null)) {
        const {what, issue, text, before} = game.question, k = eyes.issues.indexOf(issue);
        if (!["paragraph", "amendment"].includes(what) || game.move === "DISCUSS") continue;
        const {value, pen} = text[issue];
        const chance = (_, j) => eyes.chance(k, value, j, {pen, confidences: game.confidences});
        sheets.push([eyes.clock("minute"), game.move, issue, eyes.names.map(chance), before.you_fear]);
      }
      return [told, sheets];
    }));
    """
    scenario, parts = storm
    compared = 0
    for seat, (told, sheets) in enumerate(answer(START + script, **parts)):
        name = seat_names(scenario)[seat]
        room = SeatedNegotiation(scenario, {name: _Forecasts}, seed=SEED, replication=seat)
        room.corridor_answers[seat] = {
            room.names[j]: CorridorAnswer(room.numbers(j, "position"), room.red_lines(j), "") for j in told
        }
        room.go_on()
        kept = room.policies[seat].kept
        for minute, move, issue, found, likely in sheets:
            wanted = {one: float(chance) for one, chance in kept[minute, move, issue].items()}
            assert {one: found[room.seat(one)] for one in wanted} == pytest.approx(wanted, rel=1e-9)
            assert [one["name"] for one in likely] == sorted(
                (one for one in wanted if wanted[one] >= 0.5), key=lambda one: -wanted[one]
            )
            compared += len(likely)
    assert compared > 20


def test_a_card_shows_who_blocked_as_the_log_has_it(storm):
    """Of a reading: those present have accepted, objected or blocked, and a new bracket was feared or is unexpected."""
    script = """
    answer(facts.seats.flatMap(({name}, replication) => {
      const game = new Game(engine, {seat: name, replication}), think = thinkingPlayer(), found = [];
      while (game.question) {
        const from = game.turn, cards = game.answer(think(game.question)), {names} = game.eyes;
        const {events} = game.course.story().run;
        for (const card of cards.filter(({kind}) => kind === "reading")) {
          const k = game.eyes.issues.indexOf(card.issue);
          const reads = events.filter((one) => one.move === "READ" && one.issue === k && one.moment > from);
          const blocks = reads.map(({moment}) => events.filter((one) => (
            one.move === "BLOCK" && one.issue === k && one.moment === moment)).map(({who}) => names[who]));
          found.push([card.bracketed, blocks, card.accepted, card.objected, card.feared, card.unexpected, name]);
        }
      }
      return found;
    }));
    """
    found = answer(START + script, **storm[1])
    assert any(bracketed for bracketed, *_ in found)
    for bracketed, blocks, accepted, objected, feared, unexpected, own in found:
        assert bracketed in blocks
        assert not {*bracketed} & {*accepted, *objected}
        assert not {*accepted} & {*objected}
        assert unexpected == [name for name in bracketed if name != own and name not in feared]


def test_whoever_is_asked_in_the_corridor_tells(storm):
    script = """
    answer(facts.seats.slice(0, 4).map(({name}) => {
      const game = new Game(engine, {seat: name}), whom = game.question.whom.of.slice(0, 1);
      const [card] = game.answer({act: "ask", whom});
      return [whom, card.kind, [...new Set(card.learned.map(({who}) => who))]];
    }));
    """
    for asked, kind, told in answer(START + script, **storm[1]):
        assert kind == "corridor"
        assert told == asked


def test_where_delegates_write_and_ask_no_sheet_is_about_what_earns_nothing(storm):
    """Neither statements nor a dinner nor an offer; without those moves, the first two."""
    script = """
    const kinds = (one) => [...new Set(one.flatMap(({name}, n) => {
      const game = new Game(engine, {seat: name, seed: n}), found = [];
      for (; game.question; game.answer(null)) found.push(game.question.kind);
      return found;
    }))].sort();
    answer(kinds(facts.seats.slice(0, 5)));
    """
    assert answer(START + script, **storm[1]) == ["corridor", "reading", "report", "secret"]
    bare = load("storm", changes=["process.moves={lone_bracket: true}"])
    assert answer(START + script, **parts_of(bare, "storm", SEED)) == ["evening", "reading", "report", "statements"]


def test_a_secret_is_shown_once_and_moves_what_the_seat_was_told(storm):
    """The card says where the line of whoever was asked before now lies, which is true; the next day asks no more."""
    script = """
    answer(facts.seats.map(({name}, n) => {
      const game = new Game(engine, {seat: name, seed: n}), {eyes} = game;
      const asked = game.question.whom.of.slice(0, 2);
      game.answer({act: "ask", whom: asked});
      const {kind, issue, secret, remarks} = game.question, told = game.confidences[asked[0]][issue].red;
      const [card] = game.answer({act: "show", whom: asked.slice(0, 1)});
      const truth = eyes.told(eyes.names.indexOf(asked[0])).issues[eyes.issues.indexOf(issue)].red;
      const known = game.confidences[asked[0]][issue].red, later = [];
      for (; game.question; game.answer(null)) later.push(game.question.kind);
      const text = (red) => red.map(String);
      return [kind, secret, remarks, card, text(told), text(known), text(truth), later, [asked[0], issue]];
    }));
    """
    moved = 0
    for kind, secret, remarks, card, told, known, truth, later, (whom, issue) in answer(START + script, **storm[1]):
        assert (kind, secret["moved"]) == ("secret", 0.2)
        assert secret["text"]
        assert "20 %" in remarks[0]
        assert (card["kind"], card["mine"]) == ("secret", True)
        assert whom in card["sentences"][0]
        assert known == truth
        assert "secret" not in later
        if known != told:
            moved += 1
            line = line_of(storm[0].issues[issue], *(float(x.replace("Infinity", "inf")) for x in known))
            assert card["sentences"][1].endswith(
                f"Now they never sign {line}." if line else "Now they can sign anything."
            )
    assert moved > 2


def test_the_minutes_say_who_showed_whom_what_issue_alike_in_page_and_python(storm):
    script = f"""
    import {{Story}} from {module("minutes.js")};
    const game = new Game(engine, {{seat: facts.seats[0].name}});
    game.answer({{act: "ask", whom: []}});
    const whom = game.question.whom.of.slice(0, 1);
    game.answer({{act: "show", whom}});
    while (game.question) game.answer(null);
    const story = new Story(facts, game.course.story().run);
    answer([whom[0], story.lines().map(({{text}}) => text), game.journal()]);
    """
    scenario, parts = storm
    whom, lines, journal = answer(START + script, **parts)
    trace = play_again(read_journal(json.dumps(journal)), scenario).trace
    story = Story(scenario, trace)
    assert lines == [WRITERS[move_of(one)](story, one).replace("**", "") for one in passages(trace.events)]
    (event,) = (one for one in events(trace.events) if isinstance(one, SecretShown))
    assert (event.who, scenario.issues[list(scenario.issues)[event.issue]].label) == (0, "The second site")
    shown = f"In the corridor Minister Amara Diallo shows {whom} what only they know about “The second site”"
    assert [line.partition(",")[0] for line in lines if " what only they know " in line] == [shown]


def test_an_objection_does_what_its_button_says(storm):
    """Of each answer to a text that was an objection: what the sheet said is what came of it."""
    script = """
    const found = [];
    for (const [n, {name}] of facts.seats.entries()) {
      for (const seed of [n, n + 100]) {
        const game = new Game(engine, {seat: name, seed}), {seat} = game;
        while (game.question) {
          const {kind, what, objection, acts} = game.question, {issue} = game.course.pending;
          const isText = kind === "reading" && what === "paragraph";
          const [card] = game.answer(isText ? {act: "object", amend: null} : null);
          if (isText && card?.kind === "reading") found.push([objection, game.mayBlock, card.bracketed.includes(name)]);
        }
        game.free();
      }
    }
    answer(found);
    """
    found = answer(START + script, **storm[1])
    assert {what for what, *_ in found} >= {"bracket", "aside", "joins"}
    for what, _, is_bracket in found:
        assert what == "joins" or is_bracket == (what == "bracket")
    joins = {is_bracket for what, _, is_bracket in found if what == "joins"}
    assert joins == {False, True}


def test_a_text_that_moved_says_towards_whom(storm):
    """Those who bracketed it, with "you" for the seat itself; and no card calls the seat by its name."""
    script = """
    answer(facts.seats.flatMap(({name}, n) => {
      const game = new Game(engine, {seat: name, seed: n}), found = [];
      while (game.question) {
        const act = game.question.acts.includes("block") ? "block" : null;
        for (const card of game.answer(act && {act})) found.push([name, card.bracketed ?? [], card.sentences]);
      }
      return found;
    }));
    """
    moved = 0
    for own, bracketed, sentences in answer(START + script, **storm[1]):
        assert not [text for text in sentences if own in text]
        for text in sentences:
            if " moves it towards " in text:
                who = text.partition(" moves it towards ")[2].partition(": the text is now")[0]
                moved += who.startswith("you") or " you" in who
                assert all(
                    name in [*bracketed, "you"] or name[0].isdigit() for name in who.replace(" and ", ", ").split(", ")
                )
    assert moved > 5


def test_what_a_seat_wants_is_what_it_was_sent_to_get():
    """Its instructions may move between meetings; what it is scored by does not."""
    script = """
    const wants = (replication) => {
      const game = new Game(engine, {seat: facts.seats[0].name, replication}), wanted = [], {eyes} = game;
      for (; game.question; game.answer(null)) wanted.push(game.question.bars.map(({yours}) => yours));
      const now = eyes.issues.map((_, k) => eyes.state("opinions").get(k * facts.seats.length, "instructions"));
      return [wanted[0], wanted.at(-1), now, game.course.story().lines().some(({move}) => move === "RECONSIDER")];
    };
    answer(search(wants, ([, , , isReconsidered]) => isReconsidered));
    """
    scenario = load("storm", changes=["meetings.count=2", "parameters.reconsideration=0.5"])
    first, last, now, _ = answer(START + script, **parts_of(scenario, "storm", SEED))
    assert first == last != now


def test_the_same_with_the_model_in_the_seat_is_that_run(storm):
    script = """
    answer(facts.seats.map(({name}, n) => {
      const game = played(new Game(engine, {seat: name, replication: n}), randomPlayer(n).reply);
      return game.aftermath().withModel();
    }));
    """
    for replication, found in enumerate(answer(START + script, **storm[1])):
        clock = watch(lower(storm[0]), seed=SEED, replication=replication).state.clock
        assert found["outcome"] == Outcome(int(clock["outcome"][0])).name.lower()


def test_turning_points_compare_answers_under_the_same_draws(storm):
    """The answer that was given, set against itself, leads to the same ends; a point names another one."""
    script = """
    answer(facts.seats.slice(0, 4).map(({name}, n) => {
      const journal = {...played(new Game(engine, {seat: name, seed: n}), thinkingPlayer()).journal(), answers: null};
      const steps = new Game(engine, {seat: name, seed: n, journal}).aftermath().turning();
      let step = steps.next();
      while (!step.done) step = steps.next();
      return step.value;
    }));
    """
    found = answer(START + script, **storm[1])
    points = [point for points in found for point in points]
    assert points
    for point in points:
        assert point["given"] != point["other"]
        assert 0 <= point["share_given"] <= point["of"] >= point["share_other"]
        assert abs(point["score_given"] - point["score_other"]) > 0.0
        assert ("the paragraph is agreed" in point["sentence"]) == ("“" in point["title"])  # else it is the report
    assert all(len(points) <= 3 for points in found)


def test_a_game_under_way_that_is_played_again_stops_after_its_last_row(storm):
    """As Python does it: only a stated result lets it go on to an end."""
    script = """
    answer(facts.seats.slice(0, 5).map(({name}, n) => {
      const game = new Game(engine, {seat: name, seed: n}), think = thinkingPlayer();
      for (let sheet = 0; sheet < 4 && game.question; sheet++) game.answer(think(game.question));
      const journal = game.journal();
      const again = new Game(engine, {seat: name, seed: n, journal: {...journal, answers: null}});
      return [again.isOver, again.turn, game.turn, again.journal().rows, journal.rows];
    }));
    """
    found = answer(START + script, **storm[1])
    assert any(rows for *_, rows in found)
    for is_over, turn, left_at, rows, wanted in found:
        assert not is_over
        assert turn <= left_at
        assert rows == wanted


def test_a_text_is_tried_only_where_the_rules_let_the_seat_write(storm):
    script = """
    answer(facts.seats.map(({name}, n) => {
      const game = played(new Game(engine, {seat: name, seed: n}), randomPlayer(n).reply), {eyes} = game;
      return game.snapshots.filter(({move}) => move === "AMEND").map(({turn, state}) => {
        eyes.apart.setState(state);
        const entry = turn.issue * eyes.names.length + game.seat;
        return eyes.apart.table("State", "entries").get(entry, "amended");
      });
    }));
    """
    written = [amended for game in answer(START + script, **storm[1]) for amended in game]
    assert len(written) > 50
    assert not any(written)


MODEL = (
    START
    + f"""
import {{Model}} from {module("model.js")};
globalThis.self = {{}};
await import({module("worker.js")});
const worker = {{postMessage: (data) => self.onmessage({{data: structuredClone(data)}})}};
await new Promise((resolve) => {{
  self.postMessage = resolve;
  worker.postMessage({{facts, program: given.program, arrays: given.arrays}});
}});
self.postMessage = (data) => worker.onmessage({{data: structuredClone(data)}});
const model = new Model(facts, worker), seat = facts.seats[0].name;
const said = (promise) => promise.then(() => "", (error) => error.message);
const game = await model.play({{seat, seed: 3, levels: {{[facts.knobs[0].name]: facts.knobs[0].written ? 0 : 1}}}});
"""
)
"""A model with its worker, in node; and a game of it with a knob turned."""


def test_a_game_goes_on_only_where_it_was_played(storm):
    """A journal brings its own levels; another scenario, other rules or another end are refused in a sentence."""
    script = """
    await game.answer({act: "ask", whom: []});
    const open = game.journal(), back = await model.resume(open);
    while (game.question) await game.answer(null);
    const over = game.journal(), again = await model.again({...over, rules: "newer"});
    const wrong = [
      {...open, scenario: "another"}, {...open, rules: "older"}, {...over, levels: []}, {...open, levels: ["a=1"]},
      null,
    ];
    const refused = await Promise.all(wrong.map((journal) => said(model.resume(journal))));
    answer([open, back.journal(), over.result, again.result, refused]);
    """
    opened, back, result, again, refused = answer(MODEL + script, **storm[1])
    assert opened["levels"]
    assert back == opened
    assert again == result
    words = ["another scenario", "other rules", "does not end as it says", "no knob for a=1", "another scenario"]
    for said, wanted in zip(refused, words, strict=True):
        assert wanted in said


def test_a_table_goes_on_only_with_a_game_of_its_own_deal():
    """What another class left in the browser is none, whatever seat and seed it had."""
    script = f"""
    import {{longer}} from {module("playstore.js")};
    const facts = {{knobs: [{{name: "size", written: 0, levels: [{{set: "size=1"}}, {{set: "size=2"}}]}}]}};
    const dealt = {{table: "Table 1", code: "ABC", seat: "Ana", seed: 4, replication: 2}};
    const deal = {{...dealt, levels: {{size: 1}}, people: ["Bo"]}};
    const game = {{...dealt, levels: ["size=2"], attempt: 1, answers: []}};
    const others = [
      {{code: "OLD"}}, {{table: "Table 2"}}, {{seat: "Bo"}}, {{seed: 5}}, {{replication: 0}}, {{levels: []}},
    ];
    answer([
      others.map((other) => longer({{...game, ...other, attempt: 9}}, game, deal, facts).attempt),
      longer({{...game, code: "OLD"}}, null, deal, facts),
    ]);
    """
    assert answer(script) == [[1] * 6, None]


def test_a_phone_whose_answers_are_not_those_of_the_desk_takes_the_desks():
    """Somebody else answered meanwhile: what the phone kept would be refused, now and after every reload."""
    script = f"""
    import {{longer}} from {module("playstore.js")};
    const deal = {{table: "Table 1", levels: {{}}}};
    const of = (attempt, ...answers) => ({{table: "Table 1", levels: [], attempt, answers}});
    const pairs = [
      [of(1, "a", "b"), of(1, "a")], [of(1, "a"), of(1, "a", "b")], [of(1, "a", "c", "d"), of(1, "a", "b")],
      [of(2), of(1, "a")],
    ];
    answer(pairs.map(([own, desks]) => longer(own, desks, deal, {{knobs: []}}) === own));
    """
    assert answer(script) == [True, False, False, True]


def test_the_page_says_sentences_about_replies_that_are_wrong(storm):
    script = """
    const game = new Game(engine, {seat: facts.seats[0].name}), said = [];
    for (const reply of given.replies) {
      try { game.answer(reply); } catch (error) { said.push(error.message); }
    }
    answer([said, game.answers.length, game.rows.length]);
    """
    replies = [
        {"act": "dance"}, {"act": "ask", "values": {"access": 2}}, {"act": "ask", "values": {"acess": 0.5}},
        {"act": "ask", "whom": ["Nobody"]}, {"act": "ask", "whom": ["Greta Holm", "Mei Tan", "Victor Sandu"]},
    ]  # fmt: skip
    said, answers, rows = answer(START + script, replies=replies, **storm[1])
    assert len(said) == len(replies)
    assert answers == rows == 0


def test_the_browser_computes_the_digest_of_the_standard():
    """SHA-256 of texts of every length around a block is that of hashlib."""
    choose = Random(3)  # noqa: S311 - bytes to try
    texts = [[choose.randrange(256) for _ in range(length)] for length in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000)]
    script = f"""
    import {{sha256}} from {module("digest.js")};
    answer(given.texts.map((bytes) => sha256(Uint8Array.from(bytes))));
    """
    assert answer(script, texts=texts) == [hashlib.sha256(bytes(text)).hexdigest() for text in texts]


def test_a_page_names_the_seat_that_it_plays(storm):
    facts = json.loads(storm[1]["facts"])
    assert facts["play"]["seat"] == seat_names(storm[0])[0]
