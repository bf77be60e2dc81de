"""Bibliographic files that somebody made to take for ever, or that hold what no format knows."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.linear import expect_linear

from ldn_kg.curate.bibliography import read_references
from ldn_kg.curate.bibliography.json_text import read_json
from ldn_kg.curate.bibliography.nbib import read_nbib
from ldn_kg.curate.bibliography.reference import Reference
from ldn_kg.curate.bibliography.ris import read_ris
from ldn_kg.errors import LdnKgError


def _ris(lines: str) -> str:
    return f"TY  - JOUR\nTI  - a\n{lines}\nER  - \n"


TEXTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "an address without a number": ("_ris", lambda n: _ris("UR  - " + "pubmed" * (n // 6))),
    "a name of particles": ("_ris", lambda n: _ris("AU  - Doe, J " + "van " * (n // 4))),
    "open mark-up": ("_ris", lambda n: _ris("T2  - " + "<a " * (n // 3))),
    "a register without a number": ("_ris", lambda n: _ris("AB  - " + "EudraCT " * (n // 8))),
    "a value on many lines": (
        "_nbib",
        lambda n: "PMID- 1\nAB  - x\n" + "      more words\n" * (n // 17),
    ),
    "many dashes": ("_nbib", lambda n: "PMID- 1\nPG  - " + "- " * (n // 2)),
    "many items": ("_csl", lambda n: "[" + '{"title": "a"},' * (n // 15) + '{"title": "a"}]'),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_is_read_in_a_time_like_its_length(name: str) -> None:
    reader, text = TEXTS[name]
    read = {"_ris": read_ris, "_nbib": read_nbib, "_csl": read_json}[reader]
    expect_linear(lambda content: list(read(content)), text)


def test_the_number_behind_an_address_of_pubmed_is_still_found() -> None:
    for url in ("https://pubmed.ncbi.nlm.nih.gov/123/", "http://www.ncbi.nlm.nih.gov/pubmed/123"):
        (record,) = read_ris(_ris(f"UR  - {url}"))
        assert isinstance(record, Reference)
        assert record.pmid == "123"
    (record,) = read_ris(_ris("UR  - https://example.org/123/pubmed"))
    assert isinstance(record, Reference)
    assert record.pmid is None


@pytest.mark.parametrize(
    "item",
    [
        '{"title": "a", "issued": {"date-parts": [[]]}}',
        '{"title": "a", "issued": {"date-parts": []}}',
        '{"title": "a", "issued": 2013}',
        '{"title": "a", "author": 5}',
        '{"title": "a", "author": ["Doe"]}',
        '{"title": "a", "PMID": %s}' % ("9" * 5000),
        '{"title": "\\ud800\\u001b]0;x\\u0007", "PMID": 1e999}',
        "[" * 100_000,
        '{"items": 5}',
        "5",
        "null",
    ],
)
def test_an_odd_item_is_read_or_said_in_a_sentence(item: str, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(item, encoding="utf-8")
    try:
        (record,) = read_references(path)
    except LdnKgError as error:
        assert str(error).startswith(f"{path}")
    else:
        assert str(record).isprintable()
        assert len(str(record)) < 200


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                "title author issued date-parts raw family given literal page DOI PMID note "
                "container-title keyword suffix items".split()
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(document=VALUES)
def test_csl_json(document: object, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    try:
        assert read_references(path)
    except LdnKgError as error:
        assert str(error).startswith(f"{path}")
