"""The bibliography, read back: each paper once, each field as in the graph.

The expectations are asked of the graph here, and the readers are others: rispy, bibtexparser and
citeproc-py. `read_references` turns what they read into the words of the data.
"""

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from click.testing import CliRunner

import ldn_kg
from ldn_kg.command.main import main
from ldn_kg.curate.bibliography import Reference, read_references
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.bibliography import FORMATS, bibliography

BASE = "https://w3id.org/ldn-kg/"
ENDINGS = {"ris": "ris", "bibtex": "bib", "csl-json": "json", "nbib": "nbib"}
WHOLE = ("ris", "bibtex", "csl-json")  # NBIB holds what PubMed has
FIELDS = {
    "title": "dcterms:title",
    "label": "rdfs:label",
    "authors": "ldn:authorList",
    "journal": "ldn:journal",
    "year": "dcterms:issued",
    "volume": "bibo:volume",
    "issue": "bibo:issue",
    "pages": "bibo:pages",
    "doi": "bibo:doi",
    "pmid": "bibo:pmid",
    "retracted": "ldn:retracted",
}
Facts = dict[str, str]

_KEYS: dict[str, Callable[[str], list[str]]] = {
    "ris": lambda text: [item["id"] for item in rispy.loads(text)],
    "bibtex": lambda text: [entry.key for entry in bibtexparser.parse_string(text).entries],
    "csl-json": lambda text: [item["id"] for item in json.loads(text)],
    "nbib": lambda text: re.findall(r"^GN  - ldn-kg: .*/publication/(.*)$", text, re.MULTILINE),
}


@pytest.fixture(scope="module")
def publications(kg: Dataset) -> dict[str, Facts]:
    """Map the key of each publication to what the graph says of it."""
    optional = "".join(f"OPTIONAL {{ ?of {p} ?{f} }} " for f, p in FIELDS.items())
    optional += 'OPTIONAL { ?of schema:identifier ?pmcid FILTER(STRSTARTS(?pmcid, "PMC")) }'
    names = " ?".join([*FIELDS, "pmcid"])
    rows = kg.rows(f"SELECT DISTINCT ?of ?{names} {{ ?of a ldn:Publication {optional} }}")
    assert len(rows) > 250
    return {row["of"].removeprefix(f"{BASE}publication/"): row for row in rows}


@pytest.fixture(scope="module")
def registered(kg: Dataset) -> set[str]:
    """Return the keys of the studies that have a registration and no publication."""
    rows = kg.rows(
        "SELECT DISTINCT ?of { ?of a ldn:Study ; schema:identifier ?number "
        "FILTER NOT EXISTS { ?of ldn:publication ?paper } }"
    )
    assert len(rows) > 20
    return {row["of"].removeprefix(BASE).replace("/", "-") for row in rows}


@pytest.fixture(scope="module")
def written(kg: Dataset) -> dict[str, str]:
    return {form: bibliography(kg, form) for form in FORMATS}


@pytest.mark.parametrize("form", WHOLE)
def test_every_publication_is_there_once(
    written: dict[str, str], publications: dict[str, Facts], registered: set[str], form: str
) -> None:
    keys = _KEYS[form](written[form])
    assert len(keys) == len(set(keys))
    assert set(keys) == {*publications, *registered}


def test_nbib_has_what_pubmed_has(written: dict[str, str], publications: dict[str, Facts]) -> None:
    """Pages in their own right: a reader takes the DOI from AID, and a new paper from a gap."""
    keys = _KEYS["nbib"](written["nbib"])
    assert len(keys) == len(set(keys)) > 100
    assert set(keys) == {key for key, facts in publications.items() if facts["pmid"]}
    records = written["nbib"].split("\n\n")
    assert len(records) == len(keys)
    for key, record in zip(keys, records, strict=True):
        facts = publications[key]
        assert record.startswith(f"PMID- {facts['pmid']}\n")
        assert (f"AID - {facts['doi']} [doi]" in record) == bool(facts["doi"])
        assert ("PT  - Retracted Publication" in record) == bool(facts["retracted"])


@pytest.mark.parametrize("form", FORMATS)
def test_each_field_is_read_back(
    kg: Dataset,
    written: dict[str, str],
    publications: dict[str, Facts],
    form: str,
    tmp_path: Path,
) -> None:
    file = tmp_path / f"ldn-kg.{ENDINGS[form]}"
    file.write_bytes(written[form].encode())
    records = dict(zip(_KEYS[form](written[form]), read_references(file), strict=True))
    compared = 0
    for key, facts in publications.items():
        if key in records:
            _compare(key, facts, records[key], form)
            compared += 1
    assert compared > 100


def _compare(key: str, facts: Facts, record: Reference, form: str) -> None:
    title = facts["title"] or f"[{facts['label']}]"
    assert record.title == ("RETRACTED: " if facts["retracted"] else "") + title, key
    names = tuple(name for name in re.split(", (?!Inc)", facts["authors"]) if name)
    if form == "ris":  # where a comma in a group would make a person of it
        names = tuple(name.replace(",", "") for name in names)
    assert record.authors == names, key
    for field in ("year", "volume", "issue", "pages", "doi", "pmid", "pmcid"):
        assert (getattr(record, field) or "") == facts[field], (key, field)


# Where a paper appeared, by its key: each kind has a field of its own for it.
_PLACES: dict[str, Callable[[str], dict[str, str]]] = {
    "ris": lambda text: {
        item["id"]: item.get("secondary_title", item.get("publisher", ""))
        for item in rispy.loads(text)
    },
    "bibtex": lambda text: {
        entry.key: next(
            (field.value.replace("\\", "") for field in entry.fields if field.key in _BIBTEX), ""
        )
        for entry in bibtexparser.parse_string(text).entries
    },
    "csl-json": lambda text: {
        item["id"]: item.get("container-title", item.get("publisher", ""))
        for item in json.loads(text)
    },
    "nbib": lambda text: {
        _KEYS["nbib"](record)[0]: next(iter(re.findall(r"(?m)^(?:JT |BTI) *- (.*)$", record)), "")
        for record in text.split("\n\n")
    },
}
_BIBTEX = ("journal", "booktitle", "howpublished", "institution")


@pytest.mark.parametrize("form", FORMATS)
def test_where_a_paper_appeared_is_read_back(
    written: dict[str, str], publications: dict[str, Facts], form: str
) -> None:
    places = _PLACES[form](written[form])
    told = {key: place for key, place in places.items() if key in publications}
    assert len(told) > 100
    assert told == {key: publications[key]["journal"].removeprefix("In: ") for key in told}


@pytest.mark.parametrize("form", WHOLE)
def test_pmc_numbers_registrations_and_the_way_back(
    kg: Dataset, written: dict[str, str], form: str
) -> None:
    """Typed from data/studies/bruun2021.ttl and zhang2018.ttl."""
    told = _by_key(written[form], form)
    for key in ("bruun2021", "zhang2018"):
        assert f"{BASE}publication/{key}" in told[key]
        assert f"{BASE}study/{key}" in told[key]
    assert "PMC8591911" in told["bruun2021"]
    assert "NCT04270877" in told["bruun2021"]
    assert "PMC6700752" in told["zhang2018"]


def _by_key(text: str, form: str) -> dict[str, str]:
    """Map each key to the text of its entry, as read and written down again."""
    if form == "bibtex":
        entries = bibtexparser.parse_string(text).entries
        return {e.key: " ".join(str(field.value) for field in e.fields) for e in entries}
    items: list[dict[str, Any]] = json.loads(text) if form == "csl-json" else rispy.loads(text)
    return {item["id"]: json.dumps(item) for item in items}


def test_no_paper_is_data_and_ris_has_no_unknown_tag(written: dict[str, str]) -> None:
    items = rispy.loads(written["ris"])
    assert not any("unknown_tag" in item for item in items)
    assert {"JOUR", "CHAP", "ELEC"} < {item["type_of_reference"] for item in items} - {"DATA"}
    assert all(item["type_of_reference"] != "DATA" for item in items)
    assert all(item["title"].strip() for item in items)  # what screening needs
    assert written["ris"].count("\n") == written["ris"].count("\r\n")


def test_where_volume_and_issue_are_known_it_is_an_article(
    written: dict[str, str], publications: dict[str, Facts]
) -> None:
    """So that no journal is taken for a book or a meeting by a word in its name."""
    kinds = {item["id"]: item["type_of_reference"] for item in rispy.loads(written["ris"])}
    known = [key for key, facts in publications.items() if facts["volume"] and facts["issue"]]
    assert len(known) > 100
    assert {kinds[key] for key in known} == {"JOUR"}


def test_nothing_stands_twice_under_two_keys(written: dict[str, str]) -> None:
    fields = ("title", "year", "secondary_title", "doi")
    told = [tuple(item.get(f) for f in fields) for item in rispy.loads(written["ris"])]
    assert len(set(told)) == len(told)


def test_braces_balance_in_bibtex(written: dict[str, str]) -> None:
    library = bibtexparser.parse_string(written["bibtex"])
    assert not library.failed_blocks
    for entry in library.entries:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", entry.key)
        assert all(f.value.count("{") == f.value.count("}") for f in entry.fields)


def test_a_citation_processor_prints_every_paper(
    written: dict[str, str], publications: dict[str, Facts]
) -> None:
    items = json.loads(written["csl-json"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as of a variable that CSL does not have
        source = CiteProcJSON(items)
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    printer = CitationStylesBibliography(style, source, formatter.plain)
    for item in items:
        printer.register(Citation([CitationItem(item["id"])]))
    printed = [str(line) for line in printer.bibliography()]
    assert len(printed) == len(items)
    [younger] = [line for line in printed if "assessing daily pain levels" in line]
    assert "2013" in younger
    assert "65(2)" in younger
    retracted = [facts["title"] for facts in publications.values() if facts["retracted"]]
    assert len([line for line in printed if "RETRACTED: " in line]) == len(retracted) > 0


def test_the_papers_of_a_condition(kg: Dataset) -> None:
    studies = kg.rows("SELECT DISTINCT ?s { ?s a ldn:Study ; ldn:condition condition:psoriasis }")
    assert studies
    for name in ("psoriasis", "condition:psoriasis"):
        text = bibliography(kg, "ris", {"condition": name})
        told = " ".join(note for item in rispy.loads(text) for note in item["notes"])
        assert set(re.findall(rf"{BASE}study/\S+", told)) == {row["s"] for row in studies}


@pytest.mark.parametrize("question", ["randomised-trials", "kept-out", "dose-windows"])
def test_the_papers_in_the_rows_of_a_question(kg: Dataset, question: str) -> None:
    """Of studies, of results, and papers themselves."""
    values = {v for row in ldn_kg.query(kg, question) for v in row.values() if isinstance(v, str)}
    named = {v for v in values if re.match(rf"{BASE}(study|publication)/", v)}
    text = bibliography(kg, "ris", included_in=question)
    told = " ".join(note for item in rispy.loads(text) for note in item["notes"])
    found = set(re.findall(rf"{BASE}(?:study|publication)/\S+", told))
    whole = {row["s"] for row in kg.rows("SELECT ?s { ?s a ldn:Study }")}
    assert found
    assert {name for name in named if name in whole or "/publication/" in name} <= found
    assert found != set(re.findall(rf"{BASE}(?:study|publication)/\S+", bibliography(kg)))


def test_a_part_of_a_study_stands_for_it(kg: Dataset) -> None:
    sparql = "SELECT ?part { VALUES ?part { study:younger2013-result-pain } ?part a ldn:Result }"
    assert _KEYS["ris"](bibliography(kg, included_in=sparql)) == ["younger2013"]


NO_PAPER = "SELECT ?s { ?s a ldn:Study FILTER NOT EXISTS { ?s ldn:publication ?paper } }"
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"form": "endnote"}, "no format 'endnote'; the formats are ris, bibtex, csl-json, nbib"),
    ({"included_in": "trails"}, "no question 'trails'. Did you mean trials"),
    ({"parameters": {"study": "younger2013"}}, "no parameter 'study'; its parameters are cond"),
    ({"included_in": "claims"}, "the rows of 'claims' contain no study that has a paper"),
    ({"included_in": "SELECT ?s { ?s a ldn:Nothing }"}, "are none"),
    ({"form": "nbib", "included_in": NO_PAPER}, "PubMed identifier, which NBIB needs"),
]


@pytest.mark.parametrize(("asked", "said"), REFUSED)
def test_what_cannot_be_written(kg: Dataset, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(LdnKgError, match=re.escape(said)):
        bibliography(kg, **asked)


def test_the_command_says_what_nbib_cannot_hold(kg: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "ldn.nbib"
    asked = ["bibliography", "-f", "nbib", "-p", "condition=fibromyalgia", "-o", str(file)]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    held = file.read_text(encoding="utf-8")
    assert held == bibliography(kg, "nbib", {"condition": "fibromyalgia"})
    every = len(_KEYS["csl-json"](bibliography(kg, "csl-json", {"condition": "fibromyalgia"})))
    missing = every - held.count("PMID- ")
    assert done.stderr.startswith(f"{missing} of {every} are not in NBIB")
