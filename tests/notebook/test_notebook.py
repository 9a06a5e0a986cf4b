"""What a student finishes with: a notebook of twenty cells without a magic, in a kernel of its own."""

from pathlib import Path

import nbclient
import nbformat
import pytest

pytestmark = pytest.mark.slow

CELLS = (  # each with what has to be seen, a type of output and a part of it
    ("import negsim\ns = negsim.loads(TEXT)\ns", "text/plain", "<Scenario of"),
    ("s.with_changes({'meetings.count': 2})", "text/html", "delegates"),
    ("r = s.run(200, seed=1)\nr", "text/plain", "replications 0 to 199 under seed 1"),
    ("r.summary()", "text/html", "WHY ISSUES STAYED OPEN"),
    ("print(r.summary())", "stdout", "UNDER OTHER RULES"),
    ("r.frame()", "text/html", "share_agreed"),
    ("r.plot()", "text/html", "data:image/png;base64,"),
    ("r.plot()['trust']", "image/png", "iVBOR"),
    ("[picture for picture in r.plot().values()]", "text/plain", "<Picture: "),
    ("t = s.watch(seed=1)\nt", "text/plain", "<Trace of"),
    ("t.transcript()", "text/html", "## Outcome"),
    ("c = s.compare({'longer': ['meetings.count=2'], 'it': 'classroom'}, replications=50)\nc", "text/plain", "longer"),
    ("c.frame()", "text/html", "paired_low"),
    ("[one.paired for one in c]", "text/plain", "Estimate"),
    ("e = s.explain({'meetings.count': 2, 'trust.across': 0.1}, replications=50)\ne", "text/html", "trust.across"),
    ("e.plot()", "text/html", "data:image/png;base64,"),
    ("w = negsim.why(s, replications=20)\nw", "text/plain", "<Effects of"),
    ("found = negsim.sweep(negsim.loads_study(STUDY), 'results')\nfound", "text/html", "meetings.count"),
    ("found.plot('curves')['curves']", "image/png", "iVBOR"),
    ("negsim.load('clasroom')", "error", 'did you mean "classroom"?'),
    ("r.trust().frame()", "text/html", "Norland"),
    ("negsim.measures('depth')", "text/plain", "depth"),
)
STUDY = "scenario: classroom\nvary: {meetings.count: [1, 2]}\nreplications: 20\n"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The cells after they were run, by their sources."""
    folder = tmp_path_factory.mktemp("notebook")
    small = (Path(__file__).parents[1] / "data/small.yaml").read_text("utf-8")
    texts = nbformat.v4.new_code_cell(f"TEXT, STUDY = {small!r}, {STUDY!r}")
    page = nbformat.v4.new_notebook(cells=[texts, *(nbformat.v4.new_code_cell(source) for source, *_ in CELLS)])
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(folder / name))
        client = nbclient.NotebookClient(page, timeout=600, allow_errors=True, resources={"metadata": {"path": folder}})
        client.execute()
    return {cell["source"]: cell["outputs"] for cell in page["cells"]}


def shown(outputs):
    """What a cell shows, by type."""
    seen = {}
    for output in outputs:
        seen |= {output["name"]: output["text"]} if output["output_type"] == "stream" else dict(output.get("data", {}))
        if output["output_type"] == "error":
            seen["error"] = "\n".join(output["traceback"])
    return seen


def test_every_cell_shows_what_it_has(executed):
    missing = {
        source: shown(executed[source])
        for source, kind, part in CELLS
        if part not in shown(executed[source]).get(kind, "?")
    }
    assert missing == {}


def test_no_cell_is_flooded(executed):
    ours = {source: outputs for source, outputs in executed.items() if not source.endswith(".frame()")}  # pandas' own
    lengths = {source: len(shown(outputs).get("text/plain", "")) for source, outputs in ours.items()}
    assert {source: length for source, length in lengths.items() if length > 2_000} == {}


def test_an_error_of_the_user_is_its_message(executed):
    errors = {source: shown(outputs)["error"] for source, outputs in executed.items() if "error" in shown(outputs)}
    assert list(errors) == ["negsim.load('clasroom')"]
    assert errors["negsim.load('clasroom')"].count("\n") == 0


def test_nothing_of_progress_is_left_behind(executed):
    left = {source: shown(outputs).get("stderr", "") for source, outputs in executed.items()}
    assert {source: text for source, text in left.items() if text} == {}
    lines = [output for outputs in executed.values() for output in outputs if output["output_type"] == "display_data"]
    assert [line["data"]["text/plain"] for line in lines] == [""] * len(lines)
