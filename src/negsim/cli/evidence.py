"""Commands that weigh the model against what is known: patterns, levers, calibrate."""

from __future__ import annotations

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import Ensemble, File, Replications, Seed
from negsim.report.progress import followed

commands = typer.Typer()


@commands.command()
def patterns(
    *, replications: Replications = 1000, seed: Seed = 0, parameters: Ensemble = None, out: File = None
) -> None:
    """Say which patterns hold, with intervals; of an ensemble, for what share of its members."""
    from negsim.scenario.ensembles import members

    if parameters is not None:
        members(parameters)  # one that there is not is told before any work is done
    make_ready()
    from negsim.report.ensembles import holdings_report
    from negsim.report.findings import patterns_report

    if parameters is None:
        report = patterns_report(replications, seed, out)
    else:
        report = holdings_report(parameters, replications, seed, out)
    print(followed(report))


@commands.command()
def levers(*, replications: Replications = 1000, seed: Seed = 0, out: File = None) -> None:
    """Turn what history changed at once, one change at a time."""
    make_ready()
    from negsim.report.findings import levers_report

    print(followed(levers_report(replications, seed, out)))


@commands.command()
def calibrate(*, replications: Replications = 2000, out: File = None) -> None:
    """Calibrate the model anew and check it on other seeds (minutes)."""
    make_ready()
    from negsim.report.findings import calibration_report

    print(followed(calibration_report(replications, out)))
