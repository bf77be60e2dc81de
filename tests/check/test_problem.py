"""A problem is told in one line: where, which record, what is wrong, what it says, which rule."""

from dataclasses import replace
from pathlib import Path

import pytest

from ldn_kg.check.validation import Problem
from ldn_kg.graph.namespaces import BASE

PROBLEM = Problem(f"{BASE}study/a", f"{BASE}shapes#Study-label", "A study has one label.")
FILE = Path("own.ttl")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "study:a: A study has one label. [lsh:Study-label]"),
        ({"file": FILE}, "own.ttl: study:a: A study has one label. [lsh:Study-label]"),
        ({"file": FILE, "line": 7}, "own.ttl:7: study:a: A study has one label. [lsh:Study-label]"),
        ({"line": 7}, "study:a: A study has one label. [lsh:Study-label]"),
        (
            {"path": "rdfs:label"},
            "study:a: A study has one label. (rdfs:label) [lsh:Study-label]",
        ),
        ({"value": "x"}, "study:a: A study has one label. (it says x) [lsh:Study-label]"),
        (
            {"path": "rdfs:label", "value": "x", "hint": "one of: a, b"},
            "study:a: A study has one label. (rdfs:label says x; one of: a, b) [lsh:Study-label]",
        ),
        (
            {"hint": "one of: a, b"},
            "study:a: A study has one label. (one of: a, b) [lsh:Study-label]",
        ),
    ],
)
def test_it_is_told_in_one_line(more: dict[str, object], told: str) -> None:
    assert str(replace(PROBLEM, **more)) == told  # type: ignore[arg-type]
