"""The order of issues in a file means nothing: each session draws its own, unless the agenda says which comes first."""

from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Move
from negsim.scenario.lowering import lower
from odd import odd


def first_read(room, replication):
    """The number of the issue that is read first."""
    events = watch(lower(room), replication=replication).events
    return int(events["issue"][events["move"] == Move.READ][0])


def test_each_session_draws_the_order_of_issues_unless_the_agenda_says_which_comes_first():
    assert {first_read(odd(issues=3), replication) for replication in range(20)} == {0, 1, 2}
    agenda = [{"format": "chair_text", "share": 0.3, "issues": ["issue_2"]}, {"format": "chair_text", "share": 0.7}]
    meetings = [{"name": "Geneva", "days": 1, "agenda": agenda}]
    room = odd(issues=3, meetings=meetings, chair={"coverage": 1.0})
    assert {first_read(room, replication) for replication in range(20)} == {2}
