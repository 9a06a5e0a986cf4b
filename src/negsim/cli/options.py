"""Shared by the commands: arguments and options, the checks made before any work starts, compiling, and exit codes.

- A type of argument or option carries its check: a command that names the type cannot forget it.
- A check fails before the model is compiled or run.
- No command writes over a file that it reads.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from sys import modules
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from negsim import files, plugins
from negsim.errors import NegsimError, ScenarioError, did_you_mean, encodable, errors_about
from negsim.report.looks import PICTURE_KINDS, STYLES, PictureFiles, check_form, is_caption
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.report.plots.style import Picture, Pictures
    from negsim.scenario import Scenario


def make_ready() -> bool:
    """Compile the model unless an earlier command has; in the main thread, where Ctrl-C can interrupt it.

    Returns whether it had to.
    """
    from negsim import kernel

    if not kernel.must_compile():
        return False
    which = "with every index checked" if kernel.BOUNDS else "once for this version"
    say(f"negsim: compiling the model, {which}")
    followed(kernel.compiling())
    return True


def spare_docstrings() -> None:
    """Keep matplotlib from writing docstrings while it is imported, which takes a tenth of a second.

    No command shows any. Without effect where it was imported before, or where its own names for this have changed.
    """
    from matplotlib import artist

    vars(artist)["kwdoc"] = lambda _: ""
    artist.Artist._update_set_signature_and_docstring = classmethod(lambda _: None)  # type: ignore[attr-defined]  # noqa: SLF001


FAILED, BAD_INPUT = 1, 2
RUNS_PRINTED = 1000  # runs behind what a command prints of a scenario: the same for all, so that their numbers agree
_NAMING = ("delegates.", "policies.", "process.meetings.", "trust.pairs.")  # paths with names that may have blanks
_QUOTES, _ESCAPED = "\"'", "\"'\\"  # letters that shlex reads
_ENSEMBLE = "uncertain.parameters"  # where a scenario names the ensemble its parameters are drawn from


def example(*lines: str) -> str:
    """Format the end of a command's help: how it is used, a line each."""
    return "\n".join(("\b", "Example:" if len(lines) == 1 else "Examples:", *(f"  {line}" for line in lines)))


def _check_ending(*suffixes: str) -> Callable[[typer.Context, Path | None], Path | None]:
    """Make the check of a file to write, which the command must not read. suffixes: those allowed; none allows any."""

    def check(context: typer.Context, file: Path | None) -> Path | None:
        if file is not None:
            files.check_file(file, suffixes)
            _noted(context, "outputs").append(file)
            _check_apart(context)
        return file

    return check


check_file = _check_ending()


def check_folder(context: typer.Context, folder: Path | None) -> Path | None:
    """Check a folder to write. Raises NegsimError unless it is new, empty or was written by the same command."""
    if folder is not None:
        command = context.command_path.partition(" ")[2]  # such as `study sweep`, as its marker has it
        files.check_folder(folder, command)
    return folder


def _check_picture_folder(folder: Path) -> Path:
    files.check_pictures(folder)
    return folder


def check_new(*written: Path | None) -> None:
    """Raise NegsimError if one of the files exists: no command overwrites somebody's coding."""
    if taken := [str(file) for file in written if file is not None and file.exists()]:
        raise NegsimError(f"{', '.join(taken)}: already exists; name another file")


def write_or_print(text: str, out: Path | None) -> None:
    """Write a text to a file, or print it if there is none."""
    if out is None:
        print(text.rstrip("\n"))
    else:
        files.write_text(out, text)
    say_written(out)


def write_table(table: files.Table, out: Path | None) -> None:
    """Write a table to a file, if there is one."""
    if out is not None:
        files.write_table(out, *table)
    say_written(out)


def say_written(out: Path | None) -> None:
    """Say where the results of a command are, if it wrote any."""
    if out is not None:
        say(f"written: {out}")


_Source = TypeVar("_Source", bound=str | Path | list[str])


def check_source(context: typer.Context, source: _Source) -> _Source:
    """Check what a command reads. Raises NegsimError if it is to write over it."""
    words = [word for text in source for word in split_words(text)] if isinstance(source, list) else [source]
    _noted(context, "inputs").extend(words)
    _check_apart(context)
    return source


def check_scenario(context: typer.Context, name: str) -> str:
    """Check the name of a scenario. Raises NegsimError for a folder: only `study` and `case` commands read folders."""
    if is_folder(name):
        raise NegsimError(f"{name}: is a folder; name a scenario or a file (`negsim study` reads results folders)")
    return check_source(context, name)


def _noted(context: typer.Context, what: str) -> list[str | Path]:
    """Return what the command reads or writes, of the words checked so far. what: `inputs` or `outputs`."""
    noted: list[str | Path] = context.meta.setdefault(f"negsim.{what}", [])
    return noted


def _check_apart(context: typer.Context) -> None:
    """Raise NegsimError if a file to write is one that the command reads."""
    for file in map(Path, _noted(context, "outputs")):
        if any(_is_same(file, source) or _is_within(file, source) for source in _noted(context, "inputs")):
            raise NegsimError(f"{file}: the command reads this file; name another")


def _is_same(file: Path, source: str | Path) -> bool:
    """Return whether a file is the one that a source names."""
    from negsim.scenario.library import is_there, locate

    try:
        return is_there(file) and file.samefile(locate(source))
    except (ScenarioError, OSError, ValueError):  # no file at all
        return False


def _is_within(file: Path, source: str | Path) -> bool:
    """Return whether a file is part of a results folder, or would lie among its parts."""
    if not is_folder(str(source)):
        return False
    from negsim.study.store import MANIFEST_FILE, PARTS_FOLDER, SERIES_FOLDER

    held = [path for name in (MANIFEST_FILE, PARTS_FOLDER, SERIES_FOLDER) if (path := Path(source) / name).exists()]
    return any(path.samefile(one) for path in (file, file.parent) if path.exists() for one in held)


def scenario_name(source: str) -> str:
    """Return the display name of a scenario: its name, or that of its file without folders and suffix."""
    return encodable(Path(source).stem)


def is_folder(name: str) -> bool:
    """Return whether a name is that of a folder, and not of a built-in scenario or case."""
    from negsim.scenario.library import is_builtin

    try:
        return not is_builtin(name) and Path(name).is_dir()
    except OSError:  # such as a name that is too long
        return False


def files_of(name: str) -> list[str]:
    """List the YAML files of a folder, in order; any other name stands for itself.

    Raises NegsimError for a folder that has none.
    """
    if not is_folder(name):
        return [name]
    names = sorted(str(path) for path in Path(name).iterdir() if path.suffix.lower() in {".yaml", ".yml"})
    if not names:
        raise NegsimError(f"{name}: has no scenario or case files (*.yaml, *.yml)")
    return names


def split_words(text: str) -> list[str]:
    """Split `NAME PATH=VALUE ...` into words; quotes join words and go, brackets join them and stay.

    A path to a delegate or a meeting is one word, with the blanks in their names.

    Raises NegsimError for a quote or a bracket that is not closed.

    >>> split_words("'my label:' groups.a.red_lines={price: {max: 0.35, spread: 0.05}} meetings.count=3")
    ['my label:', 'groups.a.red_lines={price: {max: 0.35, spread: 0.05}}', 'meetings.count=3']
    >>> split_words("classroom delegates.Saudi Arabia.voice=2 meetings.count=3")
    ['classroom', 'delegates.Saudi Arabia.voice=2', 'meetings.count=3']
    """
    letters, depth, quote = [], 0, ""  # the text, with every blank and quote inside brackets escaped for shlex
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES:
            quote = letter
        else:
            depth = max(0, depth + (letter in "[{") - (letter in "]}"))
        letters.append(f"\\{letter}" if depth and (letter.isspace() or letter in _ESCAPED) else letter)
    if depth and not quote:
        raise NegsimError(f"{text}: cannot be read (a bracket is not closed)")
    try:
        words = shlex.split("".join(letters))
    except ValueError as error:
        raise NegsimError(f"{text}: cannot be read ({error})") from None
    joined: list[str] = []
    for word in words:
        if joined and "=" not in joined[-1] and joined[-1].startswith(_NAMING):
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def name_and_changes(words: list[str]) -> tuple[str | None, list[str]]:
    """Return the scenario that words name, None if they are changes alone, and the changes."""
    from negsim.scenario.library import is_there

    if "=" in words[0] and not is_there(Path(words[0])):
        return None, words
    return words[0], words[1:]


def with_ensemble(changes: list[str], ensemble: str | None) -> list[str]:
    """Add to the changes of a scenario one that draws its parameters from an ensemble, built in or in a file."""
    if ensemble is not None and ensemble.endswith(".csv"):
        from negsim.scenario.ensembles import read_change

        return [*changes, read_change(Path(ensemble))]
    return changes if ensemble is None else [*changes, f"{_ENSEMBLE}={ensemble}"]


def shown_changes(changes: list[str], ensemble: str | None) -> list[str]:
    """Return the changes as results show them: with the name of an ensemble's file in place of its members."""
    from negsim.scenario.ensembles import FITTED

    if ensemble is not None and ensemble.endswith(".csv"):
        return [*changes, f"{FITTED}={ensemble}"]
    return with_ensemble(changes, ensemble)


@contextmanager
def blaming(ensemble: str | None, load: Callable[[str], object]) -> Iterator[None]:
    """Blame a line of an ensemble's file, not the scenario, for what it makes of that. load: with a change."""
    try:
        yield
    except ScenarioError:
        if ensemble is not None and ensemble.endswith(".csv"):
            from negsim.scenario.ensembles import blame

            blame(Path(ensemble), load)
        raise


def load_scenario(name: str, changes: list[str], ensemble: str | None = None) -> Scenario:
    """Load the scenario that a command runs. Bad input is an error before the kernels are compiled."""
    from negsim.scenario import load

    with blaming(ensemble, lambda change: load(name, changes=[*changes, change])):
        scenario = load(name, changes=with_ensemble(changes, ensemble))
    check_policies(scenario, name)
    make_ready()
    return scenario


def check_policies(scenario: Scenario, source: str) -> None:
    """Raise ScenarioError unless plug-ins have the policies that a scenario names, if it names any."""
    if scenario.policies:
        from negsim.policies.seated import check_names

        check_names(scenario, source)


def add_pictures(pictures: Pictures, out: Path, form: PictureFiles) -> list[Path]:
    """Draw pictures into a folder and return their files."""
    with files.add_pictures(out, [file for name in pictures for file in form.names(name)]) as part:
        followed(pictures.steps(part, form))
    return [out / f"{name}.{form.form}" for name in pictures]


def check_picture(file: Path | None, form: PictureFiles) -> None:
    """Raise NegsimError if the captions of a picture would take the place of other files."""
    if file is None or not form.captions:
        return
    captions = [file.with_name(name) for name in form.names(file.stem)[1:]]
    if not any(is_caption(one) for one in captions) and (taken := [one for one in captions if one.exists()]):
        raise NegsimError(f"{taken[0]}: exists and is not a caption; give the picture another name")


def add_picture(picture: Picture, file: Path | None, form: PictureFiles) -> None:
    """Draw a picture into a file, if there is one, and say so."""
    check_picture(file, form)
    if file is not None:
        picture.write(file, form._replace(form=file.suffix.removeprefix(".")))
    say_written(file)


def _command(context: typer.Context) -> str:
    """Return the command that is running, as pictures keep it: as it was given, with its seed, without its files."""
    words = ["negsim", *context.command_path.split()[1:]]
    for one in context.command.params:
        value = context.params.get(one.name)
        values = list(map(str, value if isinstance(value, list) else [value]))
        if one.param_type_name == "argument":
            words += values
        elif one.name == "seed" or (_was_given(context, one.name) and one.name not in _NOT_OF_A_PICTURE):
            words += [word for each in values for word in (one.opts[0], *([] if value is True else [each]))]
    return shlex.join(words)


def _was_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def check_measures(measures: list[str], *scenarios: Scenario) -> None:
    """Check names of measures that runs of all these scenarios have. Raises NegsimError for an unknown one."""
    from negsim.study.schema import check_measures as check

    for scenario in scenarios:
        check(measures, scenario.measures)


def value_of(option: str, written: str, measure: str) -> float:
    """Read a value of a measure as an option has it. Raises NegsimError."""
    from negsim.cast.units import read_value

    with errors_about(option):
        return read_value(written, measure)


def share_of(option: str, written: str) -> float:
    """Read a share as an option has it: from 0 to 1, or with its %. Raises NegsimError."""
    from negsim.cast.units import read_share

    with errors_about(option):
        return read_share(written)


def width_of(option: str, written: str, measures: list[str]) -> float:
    """Read the width that intervals of all these measures are to have. Raises NegsimError, as for other units."""
    from negsim.cast.units import read_value
    from negsim.negotiation.measures import DEFAULT_MEASURES

    with errors_about(option):
        widths = {measure: read_value(written, measure, is_width=True) for measure in measures or DEFAULT_MEASURES}
    if len(set(widths.values())) > 1:
        raise NegsimError(f"{option}: {written} is not as much for {' as for '.join(widths)}; name one with --measure")
    return next(iter(widths.values()))


def _check_style(style: str) -> str:
    if style not in STYLES:
        raise NegsimError(f'unknown style "{style}"{did_you_mean(style, STYLES)}')
    return style


def _load_plugins(files: list[str]) -> list[str]:
    """Load plug-ins, before any other option is read: a measure may be one of theirs."""
    for file in files:
        plugin = plugins.load(file)
        if "negsim.rules" in modules:  # which a file with rules imports
            from negsim import rules

            rules.check_taken(plugin)
    return files


def _load_rules(files: list[str]) -> list[str]:
    """Give the process the rules of a file, before anything is compiled or run."""
    for file in files:
        from negsim import rules  # loads the model

        say(f"negsim: {file} replaces {', '.join(rules.load(file).kernels)}")
    return files


# Most arguments and options have no default that is worth showing.
argument, option = partial(typer.Argument, show_default=False), partial(typer.Option, show_default=False)


def repeated(
    name: str, metavar: str, text: str, check: Callable[[list[str]], list[str]] | None = None, *, first: bool = False
) -> Any:  # noqa: ANN401
    """Make an option that may be given several times. first: whether it is read before the others."""
    text = f"{text}; may be repeated."
    return option(name, metavar=metavar, default_factory=list, callback=check, is_eager=first, help=text)


def output(metavar: str, text: str, check: Callable[[typer.Context, Path | None], Path | None]) -> Any:  # noqa: ANN401
    """Make an option that names a file or folder to write."""
    return option(metavar=metavar, callback=check, help=text)


Name = Annotated[str, argument(metavar="NAME", callback=check_scenario, help="A built-in scenario or case, or a file.")]
Changes = Annotated[list[str], repeated("--set", "PATH=VALUE", "Change the scenario")]
Knobs = Annotated[list[str], repeated("--knob", "PATH=LOW..HIGH", "Another number that readers can turn")]
Ensemble = Annotated[
    str | None,
    option("--parameters", metavar="ENSEMBLE", help="Sample parameters for each run: plausible, prior or a CSV file."),
]
Plugins = Annotated[list[str], repeated("--plugin", "FILE.py", "Load a plug-in", _load_plugins, first=True)]
Rules = Annotated[
    list[str],
    option(
        "--rules",
        metavar="FILE.py",
        default_factory=list,
        callback=_load_rules,
        is_eager=True,
        help="Replace functions of the model by those of a file.",
    ),
]
Measures = Annotated[list[str], repeated("--measure", "NAME", "A measure to report")]
Raised = Annotated[str, typer.Option("--measure", metavar="NAME", help="The measure to raise.")]
Seed = Annotated[int, typer.Option(min=0, max=2**64 - 1, metavar="N", help="Seed of the random draws.")]
Replications = Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help="Number of runs.")]
MostReplications = Annotated[
    int, typer.Option("--replications", min=1, max=1_000_000, metavar="N", help="Number of runs of each, at most.")
]
Worlds = Annotated[
    int | None,
    option(
        "--worlds",
        min=1,
        max=100_000,
        metavar="N",
        help="Also say how far the chance of consensus (why: the measure) moves over N draws; by steps where nothing is"
        " uncertain.",
    ),
]
Exactly = Annotated[bool, typer.Option("--exactly", help="Make all N; do not stop when enough is known.")]
Replication = Annotated[int, typer.Option(min=0, max=2**32 - 1, metavar="N", help="Which run, counted from 0.")]
OneReplication = Annotated[
    int | None,
    option(
        "--replication",
        min=0,
        max=2**32 - 1,
        metavar="N",
        help="Which run, counted from 0 (default: the first with the most common outcome).",
    ),
]
Threads = Annotated[int | None, option(min=1, max=1024, metavar="N", help="Threads (default: one per core).")]
_PictureFormat = Annotated[
    str,
    typer.Option("--format", metavar="|".join(PICTURE_KINDS), callback=check_form, help="Format of the pictures."),
]
_Style = Annotated[
    str,
    typer.Option("--style", metavar="|".join(STYLES), callback=_check_style, help="The look of the pictures."),
]
_Width = Annotated[float | None, option("--width", metavar="MM", help="Width: about 85 for a column, 180 for a page.")]
_Dpi = Annotated[int | None, option("--dpi", metavar="N", help="Dots an inch of a PNG.")]
_Font = Annotated[str, option("--font", metavar="NAME", help="An installed font, or serif.")]
_Grey = Annotated[bool, typer.Option("--grey", help="Without colours.")]
_Captions = Annotated[bool, typer.Option("--captions", help="Also write captions, as text and for LaTeX.")]
NewFolder = Annotated[Path, typer.Option(metavar="FOLDER", callback=check_folder, help="Folder to write.")]
TableFolder = Annotated[Path | None, output("FOLDER", "Also write the results into a folder.", check_folder)]
TextFile = Annotated[Path | None, output("FILE", "Write to a file, not to the screen.", check_file)]
PageFile = Annotated[
    Path, typer.Option(metavar="FILE", callback=_check_ending(".html", ".htm"), help="The file to write.")
]
PictureFile = Annotated[
    Path | None, output("FILE", "Also draw a picture.", _check_ending(*(f".{kind}" for kind in PICTURE_KINDS)))
]
PictureFolder = Annotated[
    Path, typer.Option(metavar="FOLDER", callback=_check_picture_folder, help="Folder to add the pictures to.")
]
SomePictures = Annotated[list[str], repeated("--only", "PICTURE", "Only this picture")]
TableFile = Annotated[Path | None, output("FILE", "Also write a CSV table.", check_file)]

_LOOK_OPTIONS: dict[str, tuple[object, object]] = {  # type and default
    "style": (_Style, "paper"),
    "width": (_Width, None),
    "dpi": (_Dpi, None),
    "font": (_Font, ""),
    "grey": (_Grey, False),
}
_FORM_OPTION: dict[str, tuple[object, object]] = {"form": (_PictureFormat, "png")}
_CAPTION_OPTION: dict[str, tuple[object, object]] = {"captions": (_Captions, False)}
_Command = Callable[..., None]
_NOT_OF_A_PICTURE = {"out", "picture", "threads"}  # options that change none


def _with_options(own: dict[str, tuple[object, object]], run: _Command) -> _Command:
    """Put options in the place of a command's parameter `form`, which gets the `PictureFiles` that they ask for.

    These have the command, for pictures to keep.
    """
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in own.items()
    ]
    parameters = [Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    for one in signature(run, eval_str=True).parameters.values():
        parameters += options if one.name == "form" else [one]

    @wraps(run)
    def run_in_form(context: typer.Context, **values: Any) -> None:  # noqa: ANN401 - what the command takes
        form = _form(**{name: values.pop(name) for name in own})
        run(form=form._replace(command=_command(context)), **values)

    vars(run_in_form)["__signature__"] = Signature(parameters)  # typer reads both
    run_in_form.__annotations__ = {one.name: one.annotation for one in parameters}
    return run_in_form


def _form(
    *,
    style: str,
    width: float | None,
    dpi: int | None,
    font: str,
    grey: bool,
    form: str = "png",
    captions: bool = False,
) -> PictureFiles:
    usual = STYLES[style]
    look = usual._replace(
        width=usual.width if width is None else width, dpi=usual.dpi if dpi is None else dpi, font=font, grey=grey
    )
    return PictureFiles(form, look.check(), captions)


pictures_in_a_folder = partial(_with_options, _FORM_OPTION | _LOOK_OPTIONS | _CAPTION_OPTION)
one_picture = partial(_with_options, _LOOK_OPTIONS | _CAPTION_OPTION)  # its file says its format
pictures_on_a_page = partial(_with_options, _LOOK_OPTIONS)  # with their captions
