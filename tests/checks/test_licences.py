"""Licences of what is locked: known, as the packages say, and compatible with Apache-2.0."""

import pytest

import licences


def test_every_locked_package_has_its_row():
    assert {package: row["locks"].split() for package, row in licences.table().items()} == licences.locked()


def test_every_row_is_what_the_package_says():
    rows = {package: (row["licence"], licences.licence_of(package)) for package, row in licences.table().items()}
    assert {package: pair for package, pair in rows.items() if not agree(*pair)} == {}


def agree(row, declared):
    """Whether a row is what a package declares, in one of its versions; one of the two may say less."""
    return declared is None or row == declared or row.startswith(f"{declared}-") or declared.startswith(f"{row}-")


def test_every_licence_is_compatible():
    rows = licences.table()
    assert not {package for package, row in rows.items() if not licences.is_compatible(row["licence"])}


@pytest.mark.parametrize(
    ("licence", "compatible"),
    [
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("GPL-2.0-only OR MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("MIT AND (GPL-2.0-only OR LGPL-3.0-only)", False),
        ("unknown", False),
    ],
)
def test_an_expression_is_read_part_by_part(licence, compatible):
    assert licences.is_compatible(licence) is compatible
