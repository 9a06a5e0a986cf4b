"""Cases of every kind for hypothesis: rooms, people, plans, rules and habits, everything within its range."""

import math
from functools import cache

import numpy as np
from hypothesis import strategies as st

from cases import CODES, breaks, case, rows
from negsim.cast.moves import TABLE_MOVES
from negsim.negotiation.acceptance import ANY_NUMBER, MAJORITY
from negsim.negotiation.formats import ChairStyle
from negsim.negotiation.parameters import about
from negsim.negotiation.tables import Pen, Row

UNIT = st.floats(0.0, 1.0)
OPTIONS = st.sampled_from([math.nan, math.nan, 0.4, 0.95])


@cache
def between(low, high):
    return st.floats(low, high)


@cache
def arrays(shape, elements):
    """An array with every element drawn on its own."""
    count = int(np.prod(shape))
    return st.lists(elements, min_size=count, max_size=count).map(lambda values: np.array(values).reshape(shape))


@cache
def habits():
    """Some of the parameters, within their ranges."""
    return st.fixed_dictionaries({}, optional={name: between(known.low, known.high) for name, known in about().items()})


@cache
def settings_of_a_case():
    return st.fixed_dictionaries(
        {},
        optional={
            "salience_spread": between(0.0, 1.0),
            "trust_spread": between(0.0, 0.3),
            "linkage": UNIT,
            "spillover": between(0.0, 0.12),
            "table_size": st.integers(2, 9),
            "pressure": UNIT,
            "accept": st.sampled_from([0.0, 0.5, 0.75, 1.0]),
            "blocks": st.sampled_from([0, 0, 1, 3, ANY_NUMBER]),
            "weight_accept": st.sampled_from([0.0, 0.65, MAJORITY]),
            "minority": st.sampled_from([0, 2]),
            "record_dissent": st.booleans(),
            "separable": st.booleans(),
            "vote_share": st.sampled_from([math.nan, 0.5, 2.0 / 3.0]),
            "chair_reports": st.booleans(),
            **dict.fromkeys(TABLE_MOVES, st.booleans()),
            "motions": st.sampled_from([-1, CODES["rolling_text"]]),
            "initiative": st.sampled_from([0.0, 0.3, 1.0]),
            "disclosure": UNIT,
        },
    )


@cache
def texts(issues):
    """Nothing on the table, or text on some issues: open or agreed, the chair's, nobody's or of the first seat."""
    columns = {
        "value": arrays((issues,), st.sampled_from([math.nan, 0.3, 0.6])),
        "precision": st.just(0.6),
        "agreed": arrays((issues,), st.booleans()),
        "pen": st.sampled_from([Pen.NOBODY, Pen.CHAIR, 0]),
    }
    return st.one_of(st.just({}), st.just({}), st.fixed_dictionaries(columns))


@cache
def sessions():
    return st.fixed_dictionaries(
        {
            "kind": st.just(Row.SESSION),
            "format": st.sampled_from(sorted(CODES.values())),
            "minutes": between(0.5, 150.0),
            "frankness": st.sampled_from([0.0, 0.6]),
        }
    )


@cache
def evenings():
    return st.fixed_dictionaries(
        {
            "kind": st.just(Row.EVENING),
            "mixed_share": st.sampled_from([0.0, 0.5, 1.0]),
            "caucus": st.booleans(),
            "quality": UNIT,
        }
    )


@cache
def gaps():
    """Days between meetings, and what people do in them."""
    return st.fixed_dictionaries(
        {
            "kind": st.just(Row.GAP),
            "days": between(0.0, 400.0),
            "reconsider": st.booleans(),
            "record": st.booleans(),
            "consult": st.booleans(),
            "circulate": st.sampled_from([math.nan, math.nan, 30.0]),
        }
    )


@cache
def incidents():
    return st.one_of(
        gaps(),
        st.just({"kind": Row.SUBMISSION}),
        st.builds(lambda strength: {"kind": Row.REAFFIRM, "quality": strength}, between(0.0, 2.0)),
        st.just({"kind": Row.MEETING_END}),
        st.builds(
            lambda debrief, clean: {"kind": Row.RENEWAL, "quality": float(debrief), "clean_slate": clean},
            st.booleans(),
            st.booleans(),
        ),
    )


@st.composite
def plans(draw):
    """Rows in any order that makes sense, now and then with the two futures of a motion."""
    whatever = st.one_of(sessions(), sessions(), evenings(), incidents())
    first = draw(st.lists(whatever, min_size=1, max_size=7))
    end = {"kind": Row.END}
    if not draw(st.booleans()):
        entries = [*first, end]
        split = len(entries)
    else:
        second = draw(st.lists(whatever, min_size=1, max_size=4))
        entries = [{"kind": Row.MOTION, "otherwise": len(first) + 2}, *first, end, *second, end]
        split = len(first) + 2
    table = rows(entries)
    table["day"] = np.arange(len(table))  # every evening and motion has draws of its own
    for part in (slice(0, split), slice(split, None)):
        minutes = table["minutes"][part]
        table["starts"][part] = np.concatenate(([0.0], np.cumsum(minutes)))[: len(minutes)]
    table["deadline"] = max(table["minutes"][:split].sum(), table["minutes"][split:].sum())
    return table


def caucuses(sizes, most):
    """Every group divided into so many caucuses, or as many as it has seats, which take the seats in turn."""
    firsts = np.cumsum([0, *(min(size, most) for size in sizes)])
    return np.concatenate([first + np.arange(size) % most for first, size in zip(firsts, sizes, strict=False)])


@st.composite
def cases(draw):
    """A whole case."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    n, issues = sum(sizes), draw(st.integers(1, 3))
    table = draw(plans())
    camps = draw(st.sampled_from([0, 2]))
    red = draw(st.sampled_from([0.0, 0.1, 0.3]))
    seats = {
        "openness": draw(UNIT),
        "voice": draw(arrays((n,), between(0.2, 5.0))),
        "may_block": draw(arrays((n,), st.sampled_from([True, True, True, False]))),
        "voting_weight": draw(arrays((n,), st.sampled_from([0.0, 1.0, 1.0, 0.1, 83.5]))),
        "outside_option": np.repeat(
            draw(arrays((len(sizes),), st.sampled_from([math.nan, math.nan, 0.4, 0.95]))), sizes
        ),
        "no_deal": draw(arrays((n,), st.sampled_from([math.nan, math.nan, 0.2, 0.7]))),
        "aspiration": draw(arrays((n,), between(0.0, 0.3))),
        "concession_exponent": draw(st.sampled_from([1.0, 2.5])),
        "goodwill": draw(UNIT),
        "secret_issue": draw(arrays((n,), st.sampled_from([-1, -1, 0]))),
        "secret": 0.2,
        "chair_trust": draw(UNIT),
        "camp": draw(arrays((n,), st.sampled_from([-2, -1, 0, 1]))) if camps else -1,
        "caucus": caucuses(sizes, draw(st.sampled_from([1, 1, 2, 3]))),
    }
    stances = {
        "position": draw(arrays((n, issues), UNIT)),
        "spread": draw(between(0.0, 0.4)),
        "salience": draw(arrays((1, issues), between(0.1, 3.0))),
        "red_low": red or -math.inf,
        "red_high": 1.0 - red if red else math.inf,
        "red_spread": draw(st.sampled_from([0.0, 0.05])),
        "red_shared": draw(st.booleans()),
    }
    agenda = draw(arrays((len(table), issues), st.sampled_from([True, True, True, False])))
    agenda[:, 0] |= ~agenda.any(axis=1)
    return case(
        sizes,
        issues,
        timetable=table,
        seats=seats,
        stances=stances,
        setting=draw(settings_of_a_case()),
        text=draw(texts(issues)),
        consent=draw(st.sampled_from([{}, {"accept": MAJORITY}, {"accept": 0.4, "blocks": 1}])),
        parameters=draw(habits()),
        chair=ChairStyle(*draw(arrays((4,), UNIT)).tolist()),
        status_quo=draw(arrays((issues,), UNIT)),
        core=draw(arrays((issues,), st.sampled_from([False, False, True]))),
        trust_mean=draw(arrays((len(sizes), len(sizes)), UNIT))[np.ix_(*[np.repeat(np.arange(len(sizes)), sizes)] * 2)],
        camp_share=np.full((len(sizes), camps), 0.4),
        camp_line=np.array([[1.0] + [math.nan] * (issues - 1), [0.0] * issues])[:camps],
        camp_red_low=np.array([[0.2] + [-math.inf] * (issues - 1), [-math.inf] * issues])[:camps],
        camp_red_high=np.full((camps, issues), math.inf),
        breaks=breaks(sorted(draw(st.lists(between(0.0, 300.0), max_size=3))), across=draw(UNIT), dose=draw(UNIT)),
        plan_issues=agenda,
        plan_seats=draw(arrays((len(table), n), st.sampled_from([0, 0, 1, 2]))),
        plan_values=draw(arrays((len(table), issues), st.sampled_from([math.nan, 0.2, 0.7]))),
    )
