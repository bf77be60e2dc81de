"""Namespaces: their prefixes are those of the shipped files, and names go back and forth."""

import re

import pytest
from support.paths import ROOT

from ldn_kg.graph.namespaces import PREFIXES, expand, iri, shorten, tidy

DECLARED = re.compile(r"^\s*@?prefix ([\w-]+): +<([^>]+)>", re.IGNORECASE | re.MULTILINE)


def _declared() -> dict[str, set[str]]:
    """Map each prefix in the shipped Turtle and SPARQL to what it stands for there."""
    spaces: dict[str, set[str]] = {}
    for folder in ("ontology", "data", "shapes", "queries", "ldn_kg"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".ttl", ".rq"):
                for prefix, space in DECLARED.findall(path.read_text(encoding="utf-8")):
                    spaces.setdefault(prefix, set()).add(space)
    return spaces


def test_prefixes_are_those_of_the_shipped_files() -> None:
    spaces = {prefix: found for prefix, found in _declared().items() if prefix in PREFIXES}
    assert len(spaces) > 40
    assert spaces == {prefix: {PREFIXES[prefix]} for prefix in spaces}


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("ldnk:x", "https://w3id.org/ldn-kg/x"),
        ("ldn:Study", "https://w3id.org/ldn-kg/ontology#Study"),
        ("study:younger2013", "https://w3id.org/ldn-kg/study/younger2013"),
        ("ldnc:supports", "https://w3id.org/ldn-kg/concept/supports"),
        ("ldnk:graph/local", "https://w3id.org/ldn-kg/graph/local"),
    ],
)
def test_a_name_has_a_short_and_a_long_form(name: str, full: str) -> None:
    assert expand(name) == iri(name).value == full
    assert shorten(full) == name


def test_a_name_without_a_prefix_of_ours_has_none() -> None:
    for name in ("younger2013", "http://example.org/", "nobody:x", ""):
        assert expand(name) is None
    assert shorten("https://example.org/a") == "https://example.org/a"


def test_prefixes_that_are_not_used_go_and_the_others_are_in_order() -> None:
    turtle = b"@prefix b: <urn:b> .\n@prefix c: <urn:c> .\n@prefix a: <urn:a> .\na:x b:y 1 .\n"
    assert tidy(turtle) == b"@prefix a: <urn:a> .\n@prefix b: <urn:b> .\na:x b:y 1 .\n"
