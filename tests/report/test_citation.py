"""How to cite negsim: what the file says, as text and as BibTeX."""

import re

from answers import negsim
from negsim import __version__


def test_a_citation_names_the_version_and_the_account():
    printed = negsim("cite").stdout
    assert f"negsim {__version__}: " in printed
    assert re.search(r"(?m)^Maciel, Marilia \(2011\)\. Second meeting", printed)
    entries = re.findall(r"@(\w+)\{(\w+),\n((?:  \w+ = \{.+\},?\n)+)\}", printed)
    assert [entry[:2] for entry in entries] == [("software", "negsim"), ("misc", "maciel2011")]
    assert f"version = {{{__version__}}}" in printed
