"""How to cite negsim, from CITATION.cff: the file of the checkout, which the wheel carries too."""

from __future__ import annotations

from pathlib import Path

import negsim
from negsim.scenario.values import Json
from negsim.scenario.yaml import parse

_FILE = "CITATION.cff"


def citation() -> str:
    """Return the references to negsim and to the account that it began with, as text and as BibTeX."""
    home = Path(negsim.__file__).parent
    path = next(place / _FILE for place in (home, home.parents[1]) if (place / _FILE).exists())
    about = parse(path.read_text(encoding="utf-8"), _FILE).data
    year, account = str(about["date-released"])[:4], about["references"][0]
    summary = " ".join(str(about["abstract"]).split()).rstrip(".")
    author, writer = _names(about), _names(account)
    return f"""{author} ({year}). {about["title"]} {about["version"]}: {summary} [computer software].
{writer} ({account["year"]}). {account["title"]}.

@software{{negsim,
  author = {{{{{author}}}}},
  title = {{{about["title"]}: {summary}}},
  version = {{{about["version"]}}},
  year = {{{year}}}
}}

@misc{{maciel{account["year"]},
  author = {{{writer}}},
  title = {{{account["title"]}}},
  year = {{{account["year"]}}},
  note = {{{account["notes"]}}}
}}"""


def _names(work: Json) -> str:
    """Write the authors of a work."""
    return " and ".join(
        author.get("name") or f"{author['family-names']}, {author['given-names']}" for author in work["authors"]
    )
