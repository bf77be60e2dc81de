"""The cases of the questions: their expected rows, as CSV."""

from pathlib import Path

from support.paths import TESTS

CASES = sorted((TESTS / "queries").glob("*.csv"))


def case(path: Path) -> tuple[str, dict[str, str]]:
    """Return the question of a case and the values of its parameters."""
    name, _, parameter = path.stem.partition("@")
    return name, dict([parameter.split("=", 1)]) if parameter else {}
