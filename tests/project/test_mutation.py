"""The faults that `make mutants` puts in are those that it says."""

from pathlib import Path

import pytest
from mutation import python_faults, report, text_faults
from mutation.__main__ import GROUPS
from support.paths import ROOT

PYTHON = '''
"""A module."""

LIMIT = 3


def few(number: int) -> bool:
    """Tell whether it is less."""
    if number is None:
        raise ValueError("not a number")
    return number < LIMIT
'''
OF_PYTHON = {
    "m module: 3 -> 4",
    "m few(): number < LIMIT -> number <= LIMIT",
    "m few(): number < LIMIT -> number >= LIMIT",
    "m few(): number is None -> number is not None",
    "m few(): if number is None: raise ValueError('not a number') -> if not number is None: raise"
    " ValueError('not a number')",
    "m few(): return number < LIMIT -> return None",
}
QUERY = """
# How many are there? A comment = 1.
PREFIX ldn: <https://w3id.org/ldn-kg/ontology#>
SELECT ?study
WHERE {
  ?study ldn:enrolled ?count .
  FILTER(?count > 9)
  OPTIONAL { ?study ldn:randomised ?other }
}
"""
# What is left of the pattern, in one line.
OF_QUERY = {
    "FILTER(?count > 9) OPTIONAL { ?study ldn:randomised ?other }",
    "?study ldn:enrolled ?count . OPTIONAL { ?study ldn:randomised ?other }",
    "?study ldn:enrolled ?count . FILTER(?count > 9)",
    "?study ldn:enrolled ?count . FILTER(?count > 9) { ?study ldn:randomised ?other }",
    "?study ldn:enrolled ?count . FILTER(?count >= 9) OPTIONAL { ?study ldn:randomised ?other }",
    "?study ldn:enrolled ?count . FILTER(?count <= 9) OPTIONAL { ?study ldn:randomised ?other }",
    "?study ldn:enrolled ?count . FILTER(?count > 10) OPTIONAL { ?study ldn:randomised ?other }",
    "?study ldn:randomised ?count . FILTER(?count > 9) OPTIONAL { ?study ldn:randomised ?other }",
    "?study ldn:enrolled ?count . FILTER(?count > 9) OPTIONAL { ?study ldn:enrolled ?other }",
}
SHAPES = """
@prefix lsh: <https://w3id.org/ldn-kg/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
lsh:Study-count
    a sh:PropertyShape ;
    sh:path lsh:count ;
    sh:maxCount 1 ;
    sh:minInclusive 0 ;
    sh:message "A study has one count of at least 1."@en .
"""
OF_SHAPES = {
    "sh:minInclusive 0 ;",
    "sh:maxCount 1 ;",
    "sh:maxCount 2 ; sh:minInclusive 0 ;",
    "sh:maxCount 1 ; sh:minInclusive 1 ;",
    "sh:maxCount 1 ; sh:minExclusive 0 ;",
}


def _one_line(text: str, begin: str, end: str) -> str:
    return " ".join(text.partition(begin)[2].rpartition(end)[0].split())


def test_faults_in_python(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text(PYTHON, encoding="utf-8")
    assert {fault.name for fault in python_faults.faults(module, "m")} == OF_PYTHON
    for fault in python_faults.faults(module, "m"):
        space: dict[str, object] = {}
        if " -> number >= LIMIT" in fault.name:
            exec(fault.compiled(), space)
            assert space["few"](2) is False  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "text", "begin", "end", "wanted"),
    [
        ("q.rq", QUERY, "WHERE {", "}", OF_QUERY),
        ("s.ttl", SHAPES, "lsh:count ;", "sh:message", OF_SHAPES),
    ],
    ids=["query", "shapes"],
)
def test_faults_in_texts(
    name: str, text: str, begin: str, end: str, wanted: set[str], tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    found = list(text_faults.faults(file, name))
    assert {_one_line(fault.text, begin, end) for fault in found} == wanted
    assert len({fault.name for fault in found}) == len(found) == len(wanted)


def test_every_test_that_is_to_find_faults_is_there() -> None:
    for group in GROUPS.values():
        for test in (*group.tests, *group.without):
            file, _, name = test.partition("::")
            assert (ROOT / file).exists()
            assert f"def {name}" in (ROOT / file).read_text("utf-8") if name else True


@pytest.mark.parametrize(("found", "tried"), [(9, 10), (81, 90), (1, 10)])
def test_the_interval_is_that_of_wilson(found: int, tried: int) -> None:
    """At its ends what was found lies 1.96 standard errors away, those of the end itself."""
    for end in report.interval(found, tried):
        share = end / 100
        away = abs(found / tried - share)
        assert away == pytest.approx(1.959964 * (share * (1 - share) / tried) ** 0.5, abs=1e-9)
