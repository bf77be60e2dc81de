"""Every external identifier is of the thing that carries it, and every term of others has a label.

`ontology/external.ttl` holds, for each IRI in use that is not ours, the label that its authority
gives it and the place where that was seen; where the authority's page was not seen with one, a note
says so.
"""

from collections import defaultdict

from pyoxigraph import NamedNode
from support.paths import ROOT, TESTS

import ldn_kg
from ldn_kg.check.validation import validate
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import quads
from ldn_kg.graph.namespaces import BASE, PREFIXES, iri
from ldn_kg.graph.rules import derive

EXTERNAL = ROOT / "ontology" / "external.ttl"
NO_LABEL = "Its authority's label was not seen."
NO_PLACE = "Read in a file of a public repository."
# Terms in use whose label was not seen, so that they are not in the file.
UNLABELLED = {
    "http://lexvo.org/id/iso639-3/eng",  # its page was not seen
    "http://purl.org/cld/freq/irregular",  # its page was not seen
    "http://purl.org/ontology/bibo/doi",  # the vocabulary gives it none
    "http://purl.org/ontology/bibo/pmid",  # the vocabulary gives it none
}
# What these lead to are pages, not terms.
PAGES = {iri("schema:sameAs"), iri("dcterms:source")}
MATCHES = """
    SELECT ?record ?match ?identifier
    WHERE {
      VALUES ?match { skos:exactMatch skos:closeMatch }
      ?record ?match ?identifier .
      FILTER(STRSTARTS(STR(?record), "https://w3id.org/ldn-kg/"))
      FILTER NOT EXISTS { ?record skos:inScheme|rdfs:isDefinedBy ?ours }
    }
"""
NAMES = """
    SELECT ?record ?name
    WHERE { ?record rdfs:label|skos:altLabel|skos:hiddenLabel ?name }
"""
NALTREXONE = "https://w3id.org/ldn-kg/drug/naltrexone"


def _external() -> dict[str, dict[str, list[str]]]:
    """Map each IRI of the file to what is said of it, by the last part of the property."""
    rows: dict[str, dict[str, list[str]]] = {}
    for quad in quads(EXTERNAL):
        name = quad.predicate.value.rpartition("#")[2].rpartition("/")[2]
        rows.setdefault(str(quad.subject).strip("<>"), {}).setdefault(name, []).append(
            quad.object.value  # type: ignore[union-attr]
        )
    assert rows
    return rows


def _authority() -> dict[str, str]:
    """Map each IRI of the file to its label, or to "" where none was seen."""
    return {name: "".join(facts.get("label", [])) for name, facts in _external().items()}


def _terms(kg: Dataset) -> set[str]:
    """Return the IRIs in use that are not ours: properties, classes, units, identifiers."""
    found = {quad.predicate.value for quad in kg.triples()}
    found |= {
        quad.object.value
        for quad in kg.triples()
        if isinstance(quad.object, NamedNode) and quad.predicate not in PAGES
    }
    return {name for name in found if not name.startswith(BASE)}


def _matches(kg: Dataset) -> list[tuple[str, str, str]]:
    rows = [(r["record"], r["match"], r["identifier"]) for r in ldn_kg.query(kg, MATCHES)]
    assert rows
    return rows


def _misfits(kg: Dataset) -> set[tuple[str, str]]:
    """Return the identifiers whose authority calls them by a name that the record does not have."""
    names = defaultdict(set)
    for row in ldn_kg.query(kg, NAMES):
        names[row["record"]].add(row["name"].casefold())
    authority = _authority()
    return {
        (record, identifier)
        for record, _, identifier in _matches(kg)
        if identifier not in authority
        or (authority[identifier] and authority[identifier].casefold() not in names[record])
    }


def test_labels_are_those_of_the_authority(kg: Dataset) -> None:
    assert not _misfits(kg)


def test_the_file_holds_what_is_used_and_nothing_else(kg: Dataset) -> None:
    assert set(_authority()) == _terms(kg) - UNLABELLED
    assert UNLABELLED < _terms(kg)


def test_each_has_one_label_or_says_that_none_was_seen() -> None:
    for name, facts in _external().items():
        assert facts.get("source") or NO_PLACE in facts["note"], name
        assert not facts.keys() - {"label", "symbol", "note", "source"}, name
        assert len(facts.get("label", [])) + facts.get("note", []).count(NO_LABEL) == 1, name


def test_each_unit_has_a_symbol(kg: Dataset) -> None:
    units = {name for name in _terms(kg) if name.startswith(PREFIXES["unit"])}
    assert units
    assert {name for name, facts in _external().items() if "symbol" in facts} == units


def test_labels_are_those_of_the_lists() -> None:
    """Two lists of terms, read from the vocabularies at other times, have labels, too."""
    compared = 0
    for prefix in ("obo", "unit"):
        text = (TESTS / "vocabularies" / f"{prefix}.txt").read_text(encoding="utf-8")
        rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
        labels = {PREFIXES[prefix] + row[0]: row[1] for row in rows}
        both = labels.keys() & _authority().keys()
        assert {name: _authority()[name] for name in both} == {name: labels[name] for name in both}
        compared += len(both)
    assert compared > 30


def test_one_identifier_is_of_one_thing(kg: Dataset) -> None:
    carriers = defaultdict(set)
    for record, _, identifier in _matches(kg):
        carriers[identifier].add(record)
    assert not {i: records for i, records in carriers.items() if len(records) > 1}


def test_the_naloxone_swap_fails() -> None:
    """Elsewhere naltrexone carries the MeSH identifier of naloxone; here that is caught twice."""
    dataset = derive(read())
    mesh = "http://id.nlm.nih.gov/mesh/D00927"
    update = f"""
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        DELETE {{ GRAPH ?g {{ <{NALTREXONE}> skos:exactMatch <{mesh}1> }} }}
        INSERT {{ GRAPH ?g {{ <{NALTREXONE}> skos:exactMatch <{mesh}0> }} }}
        WHERE {{ GRAPH ?g {{ <{NALTREXONE}> skos:exactMatch <{mesh}1> }} }}
    """
    assert not _misfits(dataset)
    dataset.store.update(update)
    assert _misfits(dataset) == {(NALTREXONE, f"{mesh}0")}
    rules = {problem.rule.rpartition("#")[2] for problem in validate(dataset).problems}
    assert rules == {"naltrexone-identifier-not-of-naloxone"}
