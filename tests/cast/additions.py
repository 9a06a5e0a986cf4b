"""Looks for additions to the cast in a copy of the package that has them, and prints where they are missing.

A folder for a study is the argument. `test_additions` makes the copy and runs this.
"""

import sys
from pathlib import Path

from matplotlib.colors import to_hex

from negsim.cast.knobs import KNOBS
from negsim.cast.paths import NAMED_PATHS
from negsim.classroom.pack import LESSON_TEMPLATES
from negsim.page import LabKnobs
from negsim.page.knobs import knobs_of
from negsim.report.odd import odd
from negsim.report.pages.setting import knobs
from negsim.report.plots.runs import minutes_spent
from negsim.report.plots.study import study_pictures
from negsim.report.words import format_name, phrase
from negsim.scenario import load
from negsim.scenario.schema import schema_json
from negsim.studio import links
from negsim.study.catalogue import catalogue
from negsim.study.explain import differing
from negsim.study.results import results
from negsim.study.runner import run, workers
from negsim.study.schema import loads_study
from negsim.study.sweep import opened

CHANGES = ["methodology=fish_bowl", "process.decision_rule=two_thirds", "breaks.a_day=2", "informal.corridors=0.5"]
STUDY = """
scenario: classroom
changes: {informal.corridors: 0.5}
vary: {breaks.a_day: [0, 2], methodology: [fish_bowl, rolling_text]}
replications: 10
detail: true
"""


def places(folder):
    """Where the additions are looked for, and whether they are there."""
    plain, changed = load("classroom"), load("classroom", changes=CHANGES)
    asked = changed.process.decision_rule.numbers("business")
    yield "scenario", (asked.accept, changed.process.informal.breaks) == (0.66, 2)
    yield "aspects", differing(plain, changed) == ("methodology", "informal contact", "decision rule")
    runs = run(changed, replications=5)
    yield "run", runs.results.minutes[:, list(changed.session_formats).index("fish_bowl")].min() > 0.0
    bars = {to_hex(bar.get_facecolor()) for bar in minutes_spent({"here": runs}).patches}
    yield "plot", "#a0c000" in bars

    with opened(loads_study(STUDY), folder) as sweep, workers("threads") as crew:
        for _ in sweep.steps(crew):
            pass
    swept = results(folder)
    yield "minutes", "minutes.fish_bowl" in swept.details
    picture = next(iter(study_pictures(swept).values()))
    written = [axes.get_xlabel() for axes in picture.draw().axes] + [picture.caption]
    yield "axis", "breaks a day" in written
    yield "caption", "fish bowl" in picture.caption

    variant = links.Variant(name="classroom", turned=(("breaks.a_day", 2),))
    yield "link", links.query(variant) == "s=classroom&b=2&seed=0" and links.variant_of(links.query(variant)) == variant
    yield "words", "2 breaks a day" in phrase(*variant.turned[0])
    levels = {knob.name: [level.value for level in knob.levels] for knob in knobs_of(plain, lab=LabKnobs())}
    yield "lab's axes", levels["breaks"][1:] == [1, 2, 3] and "fish_bowl" in levels["methodology"]
    yield (
        "lab's menus",
        format_name("fish_bowl") == "fish bowl" and "two_thirds" in NAMED_PATHS["process.decision_rule"].choices,
    )
    yield "page", "breaks" in {knob.name for knob in knobs_of(plain)}
    yield "report", ["breaks.a_day", "how many breaks a day has", "3 breaks a day"] in knobs(plain).rows
    yield "ODD", all(text in odd(plain, "classroom") for text in ("`fish_bowl`", "an inner circle speaks"))
    yield "schema", all(f'"{name}"' in schema_json() for name in ("fish_bowl", "two_thirds"))
    yield "why", "two thirds" in {one.name for one in catalogue(plain)}
    context = {"title": "", "about": "", "number": 2, "scenario": plain, "in_front": ""}
    context |= {"points": 4, "prices": {"meeting": 2, "day": 1}, "written": [], "score": "depth"}
    slides = LESSON_TEMPLATES.fill("2_budget/slides.md.j2", **context, formats=plain.session_formats.values())
    yield "lesson 2", "| fish_bowl | a few speak |" in slides.text.replace("\\", "")
    yield "knobs", "breaks.a_day" in KNOBS


if __name__ == "__main__":
    missing = [place for place, is_there in places(Path(sys.argv[1])) if not is_there]
    sys.stdout.write(f"missing: {', '.join(missing) or 'nothing'}\n")
