"""A program in a seat: the brief goes out, the answer comes in, what is no answer is left to the delegate."""

import json
import logging
import pickle
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from negsim.errors import NegsimError
from negsim.policies import Program, chat, process
from negsim.policies.brief import brief_of
from negsim.policies.seated import rooms
from negsim.scenario import load
from negsim.scenario.lowering import seat_names
from negsim.study.runner import run

DATA = Path(__file__).parents[1] / "data"
FULL = load(DATA / "full.yaml", changes=["methodology=chair_text"])
NAMES = [*seat_names(FULL), "chair"]
EVERY_MOVE = "process.moves={amendments: true, questions: true, offers: true, pens: true, motions: true}"


def contrary(question):
    """An answer that the rules would not give."""
    if "response" in question["answer"]:
        return {"response": "object" if question["default"] == "accept" else "accept"}
    places = dict.fromkeys(question["issues"], 0.9)
    return {"place": 0.1} if 'place"' in question["answer"] else {"places": places} if places else {}


class Endpoint:
    """A chat-completions endpoint on this machine, which answers by a function."""

    def __init__(self, answer):
        self.questions, endpoint = [], self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                question = json.loads(request["messages"][1]["content"])
                endpoint.questions.append(question)
                body = json.dumps({"choices": [{"message": {"content": json.dumps(answer(question))}}]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/chat/completions"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def tables(runs):
    return b"".join(table.tobytes() for table in runs.results)


def held_by(program, names=NAMES):
    return run(FULL, replications=2, seed=1, policies=dict.fromkeys(names, program))


PLAIN = tables(run(FULL, replications=2, seed=1))


def test_an_endpoint_answers_a_whole_negotiation_which_its_replies_play_again(tmp_path):
    file = tmp_path / "replies.jsonl"
    with Endpoint(contrary) as endpoint:
        played = tables(held_by(Program(chat(endpoint.url, model="stub"), replies=file)))
        asked = len(endpoint.questions)
        assert {question["seat"] for question in endpoint.questions} == set(NAMES)
        assert {question["move"] for question in endpoint.questions} >= {"speak", "read", "draft"}
        assert played != PLAIN
        assert tables(held_by(Program(chat(endpoint.url, model="stub"), replies=file))) == played
        assert len(endpoint.questions) == asked  # it was not asked again
        lines = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join(lines[: asked // 2]) + "\n", encoding="utf-8")
        assert tables(held_by(Program(chat(endpoint.url, model="stub"), replies=file))) == played
        assert len(endpoint.questions) == asked + asked - asked // 2  # only for the rest
    assert tables(held_by(Program(None, replies=file))) == played


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("yes, I accept", 'its reply "yes, I accept" is not JSON'),
        ('{"place": 1.5, "response": "maybe", "places": {"scope": -1}}', "is a number from 0 to 1"),
        ('{"place": "high"}', "its reply has no places"),
        ("a line\u2028and \ud83d", "is not JSON"),
        (OSError("refused"), "it did not reply (refused)"),
    ],
)
def test_what_is_no_answer_is_left_to_the_delegate_with_a_line_in_the_log(reply, why, tmp_path, caplog):
    def ask(_):
        if isinstance(reply, Exception):
            raise reply
        return reply

    file = tmp_path / "replies.jsonl"
    with caplog.at_level(logging.WARNING, "negsim.policies"):
        assert tables(held_by(Program(ask, replies=file))) == PLAIN
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == len(file.read_text(encoding="utf-8").splitlines())
    assert any(why in line for line in lines)
    assert all(line.endswith("; the model decides") and line.isprintable() for line in lines)
    assert tables(held_by(Program(None, replies=file))) == PLAIN


def test_a_process_reads_the_question_and_prints_the_answer(tmp_path, caplog):
    script = tmp_path / "answer.py"
    script.write_text(
        "import json, sys\nquestion = json.load(sys.stdin)\n"
        "assert question['seat'] == 'Norland' and 'you want it' in question['brief']\n"
        "print(json.dumps({'place': 0.9, 'response': 'object', 'places': {'scope': 0.9}}))\n",
        encoding="utf-8",
    )
    programs = (
        Program(process(sys.executable, str(script)), replies=tmp_path / "process.jsonl"),
        Program(
            lambda _: '{"place": 0.9, "response": "object", "places": {"scope": 0.9}}', replies=tmp_path / "same.jsonl"
        ),
    )
    one, other = (run(FULL, replications=1, policies={"Norland": program}) for program in programs)
    assert tables(one) == tables(other) != tables(run(FULL, replications=1))
    assert not caplog.records


def test_a_process_that_fails_leaves_the_decision_to_the_delegate(tmp_path, caplog):
    program = Program(process(sys.executable, "-c", "raise SystemExit('no')"), replies=tmp_path / "replies.jsonl")
    chair = run(FULL, replications=1, seed=1, policies={"chair": program})
    assert tables(chair) == tables(run(FULL, replications=1, seed=1))
    assert "chair: it did not reply (it ended with 1: no); the model decides" in caplog.text


def test_a_process_that_cannot_be_started_is_an_error_and_no_reply(tmp_path):
    program = Program(process("pyhton3", "answer.py"), replies=tmp_path / "replies.jsonl")
    with pytest.raises(NegsimError, match=r'^"pyhton3": cannot be started \(No such file or directory\)'):
        run(FULL, replications=1, policies={"Norland": program})
    assert not program.replies.exists()


def test_an_error_in_a_function_of_a_plugin_names_its_line(load_plugin, tmp_path):
    load_plugin(
        "from negsim.policies import Program\n\n\ndef ask(question):\n    return question['nothing']\n\n\n"
        f"odd = Program(ask, replies={str(tmp_path / 'replies.jsonl')!r})\n"
    )
    with pytest.raises(NegsimError, match=r"mine.py:5: propose of Norland fails \(KeyError: 'nothing'\)"):
        run(FULL, replications=1, policies={"Norland": "mine:odd"})


def test_a_file_of_anything_else_is_refused_with_its_line(tmp_path):
    file = tmp_path / "replies.jsonl"
    file.write_text('{"decision": "0", "reply": "{}"}\nnonsense\n', encoding="utf-8")
    with pytest.raises(NegsimError, match=r"replies.jsonl:2: is not a kept reply; "):
        Program(None, replies=file)
    with pytest.raises(NegsimError, match=r'^"india.py" is not the address of an endpoint'):
        chat("india.py", model="any")


# ------------------------------------------------------------------------------------ what a question has

STORM, SEAT = load("storm"), "Greta Holm"
LEFT_OUT = {"default", "heard"}  # of a deaf question
AT_READINGS = {"read", "read_amendment", "adopt"}
SAID = ("told you", "What matters most to", "in brackets by", "precision", "You stand at", "Your delegate would")


def asking(*names):
    """Somebody who asks these two, and writes .4; the questions are kept."""
    questions = []

    def ask(question):
        questions.append(question)
        return json.dumps({"ask": {"names": names}, "amend": {"place": 0.4}}.get(question["move"], {}))

    ask.questions = questions
    return ask


def questions_of(names, file, *, deaf, seed=3):
    ask = asking(*names)
    held = {SEAT: Program(ask, replies=file, deaf=deaf)}
    return ask.questions, run(STORM, replications=1, seed=seed, policies=held)


def test_a_deaf_question_has_nothing_that_was_said_or_shown_at_the_table(tmp_path):
    whole, first = questions_of(("Mei Tan", "Sami Haddad"), tmp_path / "replies.jsonl", deaf=False)
    deaf, second = questions_of(("Mei Tan", "Sami Haddad"), tmp_path / "replies.jsonl", deaf=True)
    assert tables(first) == tables(second)  # whoever does not listen plays the same game either way
    assert len(whole) == len(deaf) > 20
    (start,) = rooms(STORM, {}, 3, [0])
    opening = "\n\n".join(brief_of(start, start.seat(SEAT)).lines())
    for heard, unheard in zip(whole, deaf, strict=True):
        assert heard.keys() - unheard.keys() == LEFT_OUT
        different = {key for key in unheard if unheard[key] != heard[key]}
        assert different <= ({"brief"} if unheard["move"] in AT_READINGS else {"brief", "text"})
        assert unheard["text"] == (heard["text"] if unheard["move"] in AT_READINGS else {})
        before, _, asked = unheard["brief"].partition(opening)
        assert (before, [words for words in SAID if words in asked]) == ("", [])
    assert {question["move"] for question in deaf} >= {"ask", "show", "amend", *AT_READINGS}
    assert any(not question["brief"].startswith(opening) for question in whole)  # it has learnt
    assert all(any(words in question["brief"] for question in whole) for words in SAID)
    keys = {key for question in whole for rows in question["heard"].values() for row in rows.values() for key in row}
    assert keys >= {
        "stated",
        "accepted_from",
        "refused_and_above",
        "told_position",
        "told_never_above",
        "holds_bracket",
    }


def test_games_that_differ_only_in_what_was_said_have_the_same_deaf_questions(tmp_path):
    one, other = ("Mei Tan", "Sami Haddad"), ("Mayor Rosa Lindt", "Lars Brandt")
    whole = [questions_of(names, tmp_path / f"{names[0]}.jsonl", deaf=False)[0] for names in (one, other)]
    deaf = [questions_of(names, tmp_path / f"{names[0]}.jsonl", deaf=True)[0] for names in (one, other)]

    def paper(question):
        return question["move"], question["minute"], question["issues"], question["text"]

    same = [n for n, pair in enumerate(zip(*whole, strict=False)) if paper(pair[0]) == paper(pair[1])]
    assert len(same) > 5
    assert all(deaf[0][n] == deaf[1][n] for n in same)
    assert all(whole[0][n] != whole[1][n] for n in same if whole[0][n]["move"] == "amend")


def test_the_replies_of_a_deaf_program_are_kept_apart_in_the_same_file(tmp_path):
    file = tmp_path / "replies.jsonl"

    def ask(question):
        return json.dumps({"place": 0.3 if "heard" in question else 0.8} if question["move"] == "amend" else {})

    played = {
        deaf: tables(run(STORM, replications=1, seed=3, policies={SEAT: Program(ask, replies=file, deaf=deaf)}))
        for deaf in (False, True)
    }
    assert played[False] != played[True]
    for deaf, before in played.items():
        again = pickle.loads(pickle.dumps(Program(None, replies=file, deaf=deaf)))  # noqa: S301 - our own
        assert tables(run(STORM, replications=1, seed=3, policies={SEAT: again})) == before
        assert again.refused == 0 < again.decisions


@pytest.mark.parametrize("methodology", ["rolling_text", "questionnaire", "chair_text"])
def test_no_move_of_a_deaf_seat_or_a_deaf_chair_says_what_was_heard(methodology, tmp_path):
    scenario, asked = (
        load("classroom", changes=[EVERY_MOVE, f"methodology={methodology}", "parameters.goodwill=0.5"]),
        [],
    )
    names = seat_names(scenario)

    def ask(question):
        asked.append(question)
        return json.dumps({"names": names[1:3]} if question["move"] == "ask" else {})

    program = Program(ask, replies=tmp_path / "replies.jsonl", deaf=True)
    run(scenario, replications=3, seed=2, policies={names[0]: program, "chair": program})
    said = [*SAID, "Stated on", "The text so far", "Your position", "By yourself"]
    assert [words for question in asked for words in said if words in question["brief"]] == []
    assert {question["seat"] for question in asked} >= {names[0]}
    assert all(not question["text"] for question in asked if '"response"' not in question["answer"])
    assert program.refused == 0 < program.decisions == len(asked)


def test_another_model_or_another_option_is_asked_anew_in_the_same_file(tmp_path):
    file, asked = tmp_path / "replies.jsonl", []
    with Endpoint(contrary) as endpoint:
        for model, options in (("one", {}), ("one", {"temperature": 0}), ("other", {}), ("one", {})):
            held_by(Program(chat(endpoint.url, model=model, options=options), replies=file), NAMES[:1])
            asked.append(len(endpoint.questions))
    assert asked == [asked[0], 2 * asked[0], 3 * asked[0], 3 * asked[0]]
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert Counter(line["by"] for line in lines) == dict.fromkeys(["one", "one temperature=0", "other"], asked[0])
    spoken = held_by(Program(lambda _: "{}", replies=file), NAMES[:1])
    assert tables(spoken) == PLAIN != tables(held_by(Program(None, replies=file), NAMES[:1]))


def test_a_question_names_who_is_there_and_what_the_brief_calls_things(tmp_path):
    questions, _ = questions_of(("Mei Tan", "Sami Haddad"), tmp_path / "replies.jsonl", deaf=True)
    for question in questions:
        assert list(question["delegates"]) == seat_names(STORM)
        assert all(label in question["brief"] for label in question["labels"].values())
        assert "Each text beyond your red line that is adopted costs you 40 points" in question["brief"]


def test_a_program_shows_its_secret_once(tmp_path, caplog):
    asked = []

    def ask(question):
        if question["move"] == "show":
            asked.append(question["minute"])
            return json.dumps({"name": "Mei Tan" if len(asked) > 1 else "Nobody"})
        return "{}"

    program = Program(ask, replies=tmp_path / "replies.jsonl")
    (room,) = rooms(STORM, {SEAT: program}, 3, [0])
    room.go_on()
    assert room.names[room.run.state.movers["shown"][room.seat(SEAT)]] == "Mei Tan"
    assert len(asked) == 2  # on the first day to nobody, on the second to somebody
    assert 'its reply has "Nobody", which is no other delegate; the model decides' in caplog.text
    assert program.refused == 1


MOVES = {
    "amend": {"place": 0.4},
    "offer": {"places": {"ISSUE": 0.5}},
    "ask": {"names": ["NAME"]},
    "take_pen": {"places": {"ISSUE": 0.3}},
    "call": {"move": True},
}


def with_moves(answers, file, methodology):
    """The questions of a program in a seat of a process with every move, by move."""
    scenario = load("classroom", changes=[EVERY_MOVE, f"methodology={methodology}", "parameters.goodwill=0.5"])
    names, asked = seat_names(scenario), set()

    def ask(question):
        asked.add(question["move"])
        words = {"ISSUE": (question["issues"] or ["none"])[0], "NAME": names[1]}
        reply = json.dumps(answers.get(question["move"], {}))
        for word, value in words.items():
            reply = reply.replace(word, value)
        return reply

    for replication in range(4):
        (room,) = rooms(scenario, {names[0]: Program(ask, replies=file)}, 2, [replication])
        room.go_on()
    return asked


def test_a_program_makes_every_move(tmp_path, caplog):
    asked = with_moves(MOVES, tmp_path / "text.jsonl", "rolling_text")
    asked |= with_moves(MOVES, tmp_path / "statements.jsonl", "questionnaire")
    assert set(MOVES) <= asked
    assert caplog.text == ""


def decided(key, form, issues, others):
    """What somebody decides: the answer, and the reply of a program that gives it or, in three of ten, goes wrong."""
    chance = Random(str(key))  # noqa: S311 - no secret
    some = chance.sample(issues, chance.randint(1, len(issues))) if issues else []
    answer = {
        "place": chance.random,
        "places": lambda: {issue: chance.random() for issue in some},
        "one": lambda: {issue: chance.random() for issue in some[:1]},
        "response": lambda: chance.choice(["accept", "object"]),
        "names": lambda: chance.sample(others, 2),
        "move": lambda: chance.random() < 0.5,
    }[form]()
    wrong = ["nonsense", "[1]", '{"place": 2, "places": {"x": 0}, "response": "no", "names": "all", "move": 1}', "{}"]
    if answer == {} or chance.random() < 0.3:
        return None, chance.choice(wrong)
    return answer, f"```json\n{json.dumps({'places' if form == 'one' else form: answer})}\n```"


FORMS = {
    "speak": "place", "propose": "places", "draft": "places", "respond": "response", "amend": "place", "offer": "one",
    "ask": "names", "ask_for_pen": "one", "move": "move",
}  # fmt: skip


@pytest.mark.parametrize("methodology", ["rolling_text", "questionnaire", "chair_text"])
def test_a_program_decides_as_its_twin_does_without_questions_and_replies(methodology, tmp_path):
    scenario = load("classroom", changes=[EVERY_MOVE, f"methodology={methodology}", "parameters.goodwill=0.5"])
    names, made = seat_names(scenario), set()

    def ask(question):
        forms = {"one": " one ", "names": '"names"', "move": '"move"', "response": '"response"', "place": '"place"'}
        form = next((form for form, word in forms.items() if word in question["answer"]), "places")
        key = question["seat"], question["move"], question["minute"], form
        return decided(key, form, question["issues"], names[2:])[1]

    def decide(view, form):
        made.add(form)
        key = view.name, view.move.name.lower(), round(view.minute, 1), form
        return decided(key, form, list(view.issues), names[2:])[0]

    twin = type("Twin", (), {name: lambda _, view, form=form: decide(view, form) for name, form in FORMS.items()})
    held = names[0], "chair"
    runs = [
        run(scenario, replications=3, seed=2, policies=dict.fromkeys(held, policy))
        for policy in (twin, Program(ask, replies=tmp_path / "replies.jsonl"), None)
    ]
    assert tables(runs[0]) == tables(runs[1]) != tables(runs[2])
    assert len(made) > 1
