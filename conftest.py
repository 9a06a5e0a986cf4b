"""Where doctests are looked for."""

from pathlib import Path

SOURCES = [Path(__file__).parent / folder for folder in ("src", "research")]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out a module of the package without an example: each process of the tests would import it."""
    is_source = collection_path.suffix == ".py" and any(map(collection_path.is_relative_to, SOURCES))
    return True if is_source and b">>>" not in collection_path.read_bytes() else None
