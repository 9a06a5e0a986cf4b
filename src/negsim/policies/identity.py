"""What identifies policies: the same study with other policies is another study, and a folder says which it had.

- A policy that a plug-in defines goes by its name, as in `"mine:Spoiler"`, into the scenario; the digest of the plug-in
  identifies it.
- Any other is identified by its class, the digest of its source, and the plain values that it holds.
"""

from __future__ import annotations

import inspect
import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping

from negsim import plugins
from negsim.errors import NegsimError
from negsim.policies.seated import check_held, has_policies, is_of_policies, is_policy
from negsim.scenario import Scenario, with_changes
from negsim.scenario.schema import POLICIES_KEY
from negsim.scenario.values import Json

_PLAIN = str | int | float | bool


def with_named(scenario: Scenario, policies: Mapping[str, object]) -> tuple[Scenario, dict[str, object]]:
    """Return the scenario with the policies that have names, and the other policies."""
    check_held(policies)
    names = {seat: _name_of(held) for seat, held in policies.items()}
    named = {seat: name for seat, name in names.items() if name is not None}
    others = {seat: held for seat, held in policies.items() if names[seat] is None}
    return with_changes(scenario, {POLICIES_KEY: scenario.policies | named}) if named else scenario, others


def _name_of(held: object) -> str | None:
    """Return the name of a policy, or of a class in a plug-in; None for what has none."""
    if isinstance(held, str):
        return held
    for plugin in plugins.loaded():
        for name, value in plugin.objects.items():
            if value is held and (isinstance(held, type) or inspect.isfunction(held)):
                return f"{plugin.name}:{name}"
    return None


def identity_of_policies(scenarios: Iterable[Scenario], policies: Mapping[str, object]) -> Json:
    """Return what identifies the policies of a study in its manifest; empty if it has none.

    scenarios: that the study has in common, and for each level. policies: beside theirs.
    """
    scenarios = list(scenarios)
    if not any(has_policies(scenario, policies) for scenario in scenarios):
        return {}
    digests = {name: plugins.named(name).digest for name in _plugins_of(scenarios)}
    given = {seat: _described(held) for seat, held in sorted(policies.items()) if is_policy(held)}
    return {key: value for key, value in (("plugins", digests), ("policies", given)) if value}


def check_versions(scenario: Scenario, identifies: Json, where: object) -> None:
    """Raise NegsimError unless the policies of a scenario are loaded as a manifest has them. where: the folder."""
    for name in _plugins_of([scenario]):
        if plugins.named(name).digest != identifies.get("plugins", {}).get(name):
            raise NegsimError(f"{where}: was begun with another version of the plug-in {name}")


def _plugins_of(scenarios: Iterable[Scenario]) -> list[str]:
    """List the names of the plug-ins whose policies scenarios have or may draw."""
    return sorted({name.partition(":")[0] for scenario in scenarios for name in _names_in(scenario)})


def _names_in(scenario: Scenario) -> Iterator[str]:
    """Yield the names of the policies that a scenario has or may draw."""
    held: list[object] = [scenario.policies]
    for key, distribution in scenario.uncertain.items():
        changes = [{key: value} for value in distribution.one_of or ()] + list(distribution.either or ())
        held += [value for change in changes for path, value in change.items() if is_of_policies(path)]
    for value in held:
        names = value.values() if isinstance(value, Mapping) else [value]
        yield from (name for name in names if isinstance(name, str) and is_policy(name))


def _described(held: object) -> Json:
    kind = held if isinstance(held, type) or inspect.isfunction(held) else type(held)
    try:
        source = inspect.getsource(kind)
    except (OSError, TypeError):  # such as one that was typed in
        source = ""
    values = {} if held is kind else getattr(held, "__dict__", {})
    holds = {name: value for name, value in values.items() if value is None or isinstance(value, _PLAIN)}
    return {"class": f"{kind.__module__}.{kind.__qualname__}", "digest": plugins.digest_of(source), "holds": holds}


def check_travel(policies: Mapping[str, object], *, anywhere: bool) -> None:
    """Raise NegsimError unless policies can go to another process.

    anywhere: whether it can have classes of a session without a file, as Dask's workers can.
    """
    for seat, held in policies.items():
        kind = held if isinstance(held, type) else type(held)
        if not anywhere and kind.__module__ == "__main__" and not hasattr(sys.modules["__main__"], "__file__"):
            why = f"the class {kind.__qualname__} is not in a file"
        else:
            try:
                pickle.dumps(held)
                continue
            except Exception as error:  # noqa: BLE001 - whatever goes wrong in it
                why = str(error)
        raise NegsimError(
            f"{seat}: this policy cannot go to another process ({why}); put it into a plug-in, or use threads"
        )
