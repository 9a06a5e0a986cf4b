"""The pages of the API have every public name."""

import re
from pathlib import Path

import negsim
from negsim import cases, policies

API = Path(__file__).parents[2] / "docs" / "api"
FOR_SEATS = {"RESPONSES", "SeatedNegotiation", "read_only", "replicate"}  # of policies; what runs and the studio need


def described():
    """The last part of each name that has an entry."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in API.glob("*.md"))
    entries = re.findall(r"^\.\. auto(?:function|class|exception):: (\S+)", pages, re.MULTILINE)
    return {name.rpartition(".")[2] for name in entries}


def test_every_public_name_has_an_entry():
    modules = {"plugins", "rules"}  # their functions have entries
    names = {*negsim.__all__, *cases.__all__, *policies.__all__} - modules - FOR_SEATS
    assert names - described() == set()
