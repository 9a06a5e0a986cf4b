"""A program in a seat: any process, or a chat-completions endpoint, reads the brief and answers in JSON.

- A reply is kept in a file as it comes, with the name of the program. The same decision (the run, the seat, the brief)
  takes the kept reply of the same program, so a run can be played again bit by bit without it, and one that was
  interrupted goes on where it stopped.
- A reply that is no JSON, comes too late or is out of range leaves the decision to the model, and a line in the log.
- A deaf program gets nothing that was said or shown at the table: its brief is that of the beginning, and of texts it
  gets only those to which it has to respond. What it earns less than one that hears is what listening is worth.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from negsim.cast.moves import TURNS
from negsim.errors import NegsimError, literal, printable
from negsim.negotiation.moves import QUESTIONS_A_DAY
from negsim.policies.views import RoomView, View

_logger = logging.getLogger("negsim.policies")
_MOST_BYTES = 1_000_000  # of a reply
_DIGEST_DIGITS = 20
_ANSWERS = {  # the form of an answer, by method
    "speak": '{"place": NUMBER}, the position you state on the issue, from 0 to 1',
    "propose": '{"places": {ISSUE: NUMBER, ...}}, the positions that you propose, each from 0 to 1',
    "draft": '{"places": {ISSUE: NUMBER, ...}}, the text that you hand out, each from 0 to 1',
    "respond": '{"response": "accept"}, or "object", or "block"',
    "amend": '{"place": NUMBER}, your amendment to the issue, from 0 to 1',
    "offer": '{"places": {ISSUE: NUMBER}}, what one other issue has to become for your yes, from 0 to 1',
    "ask": f'{{"names": [NAME, ...]}}, up to {QUESTIONS_A_DAY} delegates whom you ask',
    "show": '{"name": NAME}, the delegate to whom you show, once, what only you know',
    "ask_for_pen": '{"places": {ISSUE: NUMBER}}, the first text on one issue, from 0 to 1',
    "move": '{"move": true}, to move to close the list of speakers, or false',
}
_TASK = (
    "You hold the seat of a delegate in a simulated negotiation. Read the brief and decide. Answer with one JSON object"
    ' and nothing else. Answer {} to leave the decision to your delegate. The form of the answer is in "answer".'
)

_Answer = TypeVar("_Answer")
Ask = Callable[[dict[str, Any]], str]  # gives a question, as JSON has it, to a program, and returns its reply


class _AnswerError(ValueError):
    """A reply that does not answer, with the reason as its text."""


def process(program: str, *arguments: str, timeout: float = 60.0) -> Ask:
    """Ask a process: it is started for each question, which is on its standard input, and prints its answer.

    timeout: seconds after which it is too late. Raises NegsimError, when it is asked, for what cannot be started.

    >>> from negsim.policies import Program, process
    >>> india = Program(process("python3", "india.py"), replies="replies.jsonl")
    """
    return _Process((program, *arguments), timeout)


@dataclass(frozen=True)
class _Process:
    command: tuple[str, ...]
    timeout: float

    def __str__(self) -> str:
        return " ".join(self.command)

    def __call__(self, question: dict[str, Any]) -> str:
        try:
            done = subprocess.run(
                self.command, input=json.dumps(question).encode(), capture_output=True, timeout=self.timeout, check=True
            )
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        except subprocess.CalledProcessError as error:
            last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise OSError(f"it ended with {error.returncode}: {' '.join(last)}") from None
        except OSError as error:  # so no question has an answer, and the next attempt is to ask them all
            raise NegsimError(f"{literal(self.command[0])}: cannot be started ({error.strerror})") from None
        return done.stdout[:_MOST_BYTES].decode(errors="replace")


def chat(
    url: str, *, model: str, timeout: float = 60.0, key: str | None = None, options: Mapping[str, Any] | None = None
) -> Ask:
    """Ask a chat-completions endpoint, such as `http://127.0.0.1:8000/v1/chat/completions`.

    timeout: seconds after which it is too late. key: the name of the environment variable that holds the key, if it
    takes one. options: further fields of the request, such as `{"temperature": 0}`.
    """
    if not url.startswith(("http://", "https://")):
        raise NegsimError(f"{literal(url)} is not the address of an endpoint; write it as http://127.0.0.1:8000/...")
    return _Chat(url, model, timeout, key, tuple((options or {}).items()))


@dataclass(frozen=True)
class _Chat:
    url: str
    model: str
    timeout: float
    key: str | None
    options: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        return " ".join([self.model, *(f"{name}={json.dumps(value)}" for name, value in self.options)])

    def __call__(self, question: dict[str, Any]) -> str:
        from http.client import HTTPException  # noqa: PLC0415 - few runs need them
        from urllib.request import Request, urlopen  # noqa: PLC0415

        messages = [
            {"role": "system", "content": _TASK},
            {"role": "user", "content": json.dumps(question, ensure_ascii=False)},
        ]
        body = json.dumps({"model": self.model, "messages": messages, **dict(self.options)}).encode()
        headers = {"Content-Type": "application/json"}
        if self.key is not None:
            if self.key not in os.environ:
                raise NegsimError(f"the environment variable {self.key}, which is to hold a key, is not set")
            headers["Authorization"] = f"Bearer {os.environ[self.key]}"
        try:
            with urlopen(Request(self.url, body, headers), timeout=self.timeout) as response:  # noqa: S310 - as checked
                reply = json.loads(response.read(_MOST_BYTES))
        except HTTPException as error:
            raise OSError(f"the endpoint breaks off: {error!r}") from None
        try:
            return str(reply["choices"][0]["message"]["content"])
        except (KeyError, IndexError, TypeError):
            raise _AnswerError("the endpoint did not send a chat completion") from None


class Program:
    """A policy that asks a program.

    ask: `process(...)`, `chat(...)`, or any function from a question to a reply, both JSON; it raises TimeoutError if
    the reply is late. None asks nobody: every reply has to be in the file. replies: the file in which replies are kept
    with their questions, a JSON object a line, by the name of the program: a model with its options, a command, or a
    function; several seats, runs, processes and programs may share it. deaf: leave out of its questions what was said
    and shown at the table.

    Raises NegsimError for a file that cannot be read, and without `ask` for a decision whose reply it does not hold.
    """

    decisions = 0
    """How many decisions it has taken or left to the model, in this process."""

    refused = 0
    """How many of them it left because its reply was none."""

    def __init__(self, ask: Ask | None, *, replies: str | Path, deaf: bool = False) -> None:
        self.put_question = ask
        self.replies = Path(replies)
        self.deaf = deaf
        self._kept = _read(self.replies, _name_of(ask))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without the replies, which are in the file."""
        return partial(type(self), self.put_question, replies=self.replies, deaf=self.deaf), ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Program:
        """Share it among runs: it knows of decisions only what is in its file."""
        return self

    def speak(self, view: View) -> float | None:
        """Ask for a statement."""
        return self._answer("speak", view, _place)

    def propose(self, view: View) -> dict[str, float] | None:
        """Ask for a proposal."""
        return self._answer("propose", view, lambda answer: _places(answer, view.issues or tuple(view.position)))

    def respond(self, view: View) -> str | None:
        """Ask for a response to a text or a motion."""
        return self._answer("respond", view, lambda answer: _response(answer, view))

    def amend(self, view: View) -> float | None:
        """Ask for an amendment."""
        return self._answer("amend", view, _place)

    def offer(self, view: View) -> dict[str, float] | None:
        """Ask for a conditional offer."""
        return self._answer("offer", view, lambda answer: _one_place(answer, view.issues))

    def ask(self, view: View) -> list[str] | None:
        """Ask whom to ask in the corridor."""
        return self._answer("ask", view, lambda answer: _names(answer, view))

    def show(self, view: View) -> str | None:
        """Ask to whom to show what only the seat knows."""
        return self._answer("show", view, lambda answer: _name(answer.get("name"), view))

    def ask_for_pen(self, view: View) -> dict[str, float] | None:
        """Ask for a first text."""
        return self._answer("ask_for_pen", view, lambda answer: _one_place(answer, view.issues))

    def move(self, view: View) -> bool | None:
        """Ask whether to move to close the list of speakers."""
        return self._answer("move", view, _motion)

    def draft(self, view: RoomView) -> dict[str, float] | None:
        """Ask for a draft."""
        return self._answer("draft", view, lambda answer: _places(answer, view.issues))

    def _answer(self, method: str, view: RoomView, check: Callable[[dict[str, Any]], _Answer]) -> _Answer | None:
        """Return the checked answer to a decision; None, with a line in the log, if there is none."""
        question = _question(method, view, heard=not self.deaf)
        self.decisions += 1
        seed, replication = view.run
        decision = json.dumps([seed, replication, question], ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(decision.encode()).hexdigest()[:_DIGEST_DIGITS]
        entry = self._kept.get(digest)
        if entry is None:
            entry = self._kept[digest] = self._asked(question)
            about = {"decision": digest, "by": _name_of(self.put_question), "seed": seed, "replication": replication}
            _append(self.replies, about | {"question": question} | entry)
        try:
            return _checked(entry, check)
        except _AnswerError as error:
            self.refused += 1
            _logger.warning(
                "replication %d under seed %d, minute %.0f: %s: %s; the model decides",
                replication, seed, view.minute, view.name, printable(str(error)),
            )  # fmt: skip
            return None

    def _asked(self, question: dict[str, Any]) -> dict[str, str]:
        """Ask the program; return its reply, or why there is none."""
        if self.put_question is None:
            raise NegsimError(
                f"{self.replies}: holds no reply for this decision of {question['seat']}; it is of another run, "
                "or the scenario or a policy has changed since"
            )
        try:
            return {"reply": self.put_question(question)}
        except TimeoutError:
            return {"fault": "its reply came too late"}
        except OSError as error:  # of the network, or of the process
            late = isinstance(getattr(error, "reason", None), TimeoutError)
            return {"fault": "its reply came too late" if late else f"it did not reply ({error})"}
        except (ValueError, RecursionError) as error:
            return {"fault": str(error) if isinstance(error, _AnswerError) else "its reply is not JSON"}


def _question(method: str, view: RoomView, *, heard: bool) -> dict[str, Any]:
    """Put a decision as JSON. heard: with what was said and shown at the table."""
    text = view.text if heard or method == "respond" else {}
    question = {
        "seat": view.name,
        "brief": view.brief(heard=heard),
        "move": view.move.name.lower(),
        "minute": round(view.minute, 1),
        "labels": dict(view.labels),
        "delegates": dict(view.groups),
        "issues": list(view.issues),
        "text": {issue: round(paragraph.value, 4) for issue, paragraph in text.items()},
        "answer": _ANSWERS[method],
    }
    return question | _heard(view) if heard else question


def _heard(view: RoomView) -> dict[str, Any]:
    """Return what the model would do, and what was said about each issue."""
    default = dict(view.default) if isinstance(view.default, Mapping) else view.default
    heard = {
        issue: {name: row for name in view.groups if name != view.name and (row := _heard_of(view, name, issue))}
        for issue in view.issues or view.status_quo
    }
    return {"default": default, "heard": heard}


def _heard_of(view: RoomView, name: str, issue: str) -> dict[str, Any]:
    """Return what somebody has said about an issue, answered to texts, and told this seat alone."""
    known, told = view.known_answers[issue][name], getattr(view, "answers", {}).get(name)
    row = {
        "stated": view.statements.get(name, {}).get(issue),
        "refused_and_below": known.refused_below,
        "refused_and_above": known.refused_above,
        "accepted_from": known.accepted_low,
        "accepted_to": known.accepted_high,
        "told_position": told and told.position[issue],
        "told_never_below": told and told.red_lines[issue][0],
        "told_never_above": told and told.red_lines[issue][1],
    }
    numbers = {key: round(float(at), 4) for key, at in row.items() if at is not None and 0.0 <= at <= 1.0}
    return numbers | ({"holds_bracket": True} if name in view.brackets.get(issue, ()) else {})


def _checked(entry: Mapping[str, str], check: Callable[[dict[str, Any]], _Answer]) -> _Answer | None:
    """Return what the kept reply to a decision answers; None where it leaves the decision to the model."""
    if "fault" in entry:
        raise _AnswerError(entry["fault"])
    try:
        answer = json.loads(_unfenced(entry["reply"]))
    except (ValueError, RecursionError):
        raise _AnswerError(f"its reply {literal(entry['reply'])} is not JSON") from None
    if not isinstance(answer, dict):
        raise _AnswerError(f"its reply is {literal(answer)}, not a JSON object")
    return check(answer) if answer else None


def _unfenced(reply: str) -> str:
    """Return what is between the fences, if a reply has them, as models of language like to write."""
    lines = reply.strip().splitlines()
    fenced = len(lines) > 2 and lines[0].startswith("```") and lines[-1] == "```"
    return "\n".join(lines[1:-1]) if fenced else reply


def _place(answer: dict[str, Any]) -> float:
    return _position(answer.get("place"))


def _places(answer: dict[str, Any], issues: Sequence[str]) -> dict[str, float]:
    places = answer.get("places")
    if not isinstance(places, dict) or not places:
        raise _AnswerError("its reply has no places")
    if strange := [issue for issue in places if issue not in issues]:
        raise _AnswerError(f"its reply has {literal(strange[0])}, which is not an issue here")
    return {issue: _position(place) for issue, place in places.items()}


def _one_place(answer: dict[str, Any], issues: Sequence[str]) -> dict[str, float]:
    places = _places(answer, issues)
    if len(places) > 1:
        raise _AnswerError(f"its reply has places on {len(places)} issues; a move is about one")
    return places


def _names(answer: dict[str, Any], view: View) -> list[str]:
    names = answer.get("names")
    if not isinstance(names, list) or not 0 < len(names) <= QUESTIONS_A_DAY:
        raise _AnswerError(f"its reply has no list of up to {QUESTIONS_A_DAY} names")
    return [_name(name, view) for name in names]


def _name(name: object, view: View) -> str:
    if name not in list(view.trust):
        raise _AnswerError(f"its reply has {literal(name)}, which is no other delegate")
    return str(name)


def _motion(answer: dict[str, Any]) -> bool:
    moves = answer.get("move")
    if not isinstance(moves, bool):
        raise _AnswerError(f"its reply has {literal(moves)} for a move, which is true or false")
    return moves


def _position(place: object) -> float:
    if isinstance(place, int | float) and not isinstance(place, bool) and 0.0 <= place <= 1.0:
        return float(place)
    raise _AnswerError(f"its reply has {literal(place)} for a position, which is a number from 0 to 1")


def _response(answer: dict[str, Any], view: RoomView) -> str:
    response = answer.get("response")
    possible = ("accept", "object") if TURNS[view.move].question == "motion" else ("accept", "object", "block")
    if response not in possible:
        raise _AnswerError(f"its reply has {literal(response)} for a response, which is one of {', '.join(possible)}")
    return str(response)


def _name_of(ask: Ask | None) -> str:
    """Return what a program is called in its replies, "" for none."""
    return "" if ask is None else getattr(ask, "__qualname__", str(ask))


def _read(file: Path, by: str) -> dict[str, dict[str, str]]:
    """Read the kept replies, by decision; the first holds. Raises NegsimError for a file that holds anything else.

    by: the name of the program whose replies are read, "" for those of all.
    """
    replies: dict[str, dict[str, str]] = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    except (OSError, ValueError) as error:
        raise NegsimError(f"{file}: cannot be read ({error})") from None
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            what = "fault" if "fault" in entry else "reply"
            if by in {"", entry.get("by", by)}:
                replies.setdefault(entry["decision"], {what: str(entry[what])})
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NegsimError(f"{file}:{number}: is not a kept reply; name another file, or remove the line") from None
    return replies


def _append(file: Path, entry: Mapping[str, Any]) -> None:
    """Write one line, whole, so that several processes may write, and in ASCII, so that it is one line to everybody."""
    line = json.dumps(entry) + "\n"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        raise NegsimError(f"{file}: cannot be written ({error.strerror})") from None
