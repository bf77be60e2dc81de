"""Every thing has a term of others or says why not, the term is of it, and has its label.

A condition, symptom, drug or target has a match in a vocabulary, or says which vocabularies were
asked without one, why, and when. `ontology/external.ttl` holds, for each IRI in use that is not
ours, the label that its authority gives it and the place where that was seen; where the authority's
page was not seen with one, a note says so.
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
      VALUES ?match { skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch }
      ?record ?match ?identifier .
      FILTER(STRSTARTS(STR(?record), "https://w3id.org/ldn-kg/"))
      FILTER NOT EXISTS { ?record skos:inScheme|rdfs:isDefinedBy ?ours }
    }
"""
THINGS = """
    SELECT ?record (COUNT(DISTINCT ?match) AS ?matches) (COUNT(DISTINCT ?asked) AS ?noMatch)
    WHERE {
      VALUES ?kind { ldn:Condition ldn:Symptom ldn:Drug ldn:Target }
      ?record a ?kind .
      OPTIONAL { ?record skos:exactMatch|skos:closeMatch|skos:broadMatch|skos:narrowMatch ?match }
      OPTIONAL {
        ?record ldn:noMatchIn ?asked ; ldn:noMatchReason ?reason ; ldn:noMatchAsOf ?day .
      }
    }
    GROUP BY ?record
"""
# Identifiers whose authority has no table here: their labels were read one by one.
WITHOUT_TABLE = (
    "http://purl.bioontology.org/ontology/RXNORM/",
    "http://purl.obolibrary.org/obo/NCIT_",
    "http://rdf.ebi.ac.uk/resource/chembl/",
    "http://rdf.ncbi.nlm.nih.gov/pubchem/",
    "http://www.orpha.net/ORDO/",
    "http://www.wikidata.org/entity/",
    "https://go.drugbank.com/drugs/",
    "https://omim.org/entry/",
    "https://www.kegg.jp/entry/",
    "https://www.whocc.no/atc_ddd_index/",
)
# Of these, one database has an entry for each species, and the gene stands for its protein.
GENES = ("hgnc/", "ncbigene/", "ensembl/", "uniprot/", "chembl/target/", "omim.org/entry/")
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


def _tables() -> dict[str, str]:
    """Map each identifier of the authorities' tables to its label there."""
    labels: dict[str, str] = {}
    for path in sorted((TESTS / "vocabularies" / "identifiers").glob("*.tsv")):
        head, origin, *rows = path.read_text(encoding="utf-8").splitlines()
        assert origin.startswith("# origin: "), path
        for key, label in (row.split("\t") for row in rows):
            labels[head.removeprefix("# ") + key] = label
    return labels


def _unmatched(kg: Dataset) -> set[str]:
    """Return the things without a match and without a dated reason."""
    things = ldn_kg.query(kg, THINGS)
    counts = defaultdict(int)
    for row in things:
        counts[row["record"].rpartition("/")[0].rpartition("/")[2]] += 1
    assert counts.keys() == {"condition", "symptom", "drug", "target"}
    assert min(counts.values()) > 20
    return {row["record"] for row in things if not row["matches"] and not row["noMatch"]}


def _mislabelled(kg: Dataset) -> set[str]:
    """Return the identifiers whose label here is not the one in the table of their authority."""
    tables, authority = _tables(), _authority()
    held = {identifier for _, _, identifier in _matches(kg)}
    return {
        identifier
        for identifier in held
        if not identifier.startswith(WITHOUT_TABLE)
        and (identifier not in tables or tables[identifier] != authority.get(identifier))
    }


def _misfits(kg: Dataset) -> set[tuple[str, str]]:
    """Return the identifiers whose authority calls them by a name that the record does not have.

    A record has the names of its exact matches, and of its genes and proteins.
    """
    names = defaultdict(set)
    for row in ldn_kg.query(kg, NAMES):
        names[row["record"]].add(row["name"].casefold())
    authority = _authority()
    return {
        (record, identifier)
        for record, match, identifier in _matches(kg)
        if identifier not in authority
        or (
            (match.endswith("#exactMatch") or any(gene in identifier for gene in GENES))
            and authority[identifier]
            and authority[identifier].casefold() not in names[record]
        )
    }


def test_each_thing_has_a_match_or_a_dated_reason_for_none(kg: Dataset) -> None:
    assert not _unmatched(kg)


def test_a_thing_without_either_is_found_out() -> None:
    for kind, name, dropped in (
        ("Condition", "condition/fibromyalgia", "skos:exactMatch"),
        ("Drug", "drug/pxt3003", "ldn:noMatchAsOf"),
    ):
        dataset = derive(read())
        record = f"{BASE}{name}"
        dataset.store.update(f"""
            PREFIX ldn: <{PREFIXES["ldn"]}>
            PREFIX skos: <{PREFIXES["skos"]}>
            DELETE {{ GRAPH ?g {{ ?record {dropped} ?value }} }}
            INSERT {{ GRAPH ?g {{ <{BASE}{kind.lower()}/nothing> a ldn:{kind} }} }}
            WHERE {{
              VALUES ?record {{ <{record}> }}
              GRAPH ?g {{ ?record {dropped} ?value }}
            }}
        """)
        assert _unmatched(dataset) == {record, f"{BASE}{kind.lower()}/nothing"}


def test_labels_are_those_of_the_tables(kg: Dataset) -> None:
    assert len(_tables()) > 400
    assert not _mislabelled(kg)


def test_the_tables_hold_what_is_used_and_nothing_else(kg: Dataset) -> None:
    held = {identifier for _, _, identifier in _matches(kg)}
    assert not _tables().keys() - held
    for start in WITHOUT_TABLE:
        assert any(identifier.startswith(start) for identifier in held), start


def test_an_identifier_of_another_thing_is_found_out() -> None:
    """MeSH D004743 is leu-enkephalin, and has been seen for met-enkephalin."""
    dataset = derive(read())
    mesh = "http://id.nlm.nih.gov/mesh/D00474"
    dataset.store.update(f"""
        PREFIX rdfs: <{PREFIXES["rdfs"]}>
        PREFIX skos: <{PREFIXES["skos"]}>
        DELETE {{ GRAPH ?g {{ ?record skos:exactMatch <{mesh}4> }} }}
        INSERT {{ GRAPH ?g {{ ?record skos:exactMatch <{mesh}3> }} }}
        WHERE {{ GRAPH ?g {{ ?record skos:exactMatch <{mesh}4> }} }}
    """)
    assert _mislabelled(dataset) == {f"{mesh}3"}


def test_genes_and_proteins_say_of_which_species_they_are(kg: Dataset) -> None:
    """A target is of no species: a human protein is narrower than it, and never the same."""
    found = {r["i"] for r in kg.rows("SELECT ?i { ?i obo:RO_0002162 obo:NCBITaxon_9606 }")}
    genes = [m for m in _matches(kg) if any(gene in m[2] for gene in GENES)]
    assert len(genes) > 60
    assert {identifier for _, _, identifier in genes} == found
    assert not {m for m in genes if m[1].endswith("#exactMatch")}


def test_labels_are_those_of_the_authority(kg: Dataset) -> None:
    assert not _misfits(kg)


def test_the_file_holds_what_is_used_and_nothing_else(kg: Dataset) -> None:
    assert set(_authority()) == _terms(kg) - UNLABELLED
    assert UNLABELLED < _terms(kg)


def test_each_has_one_label_or_says_that_none_was_seen() -> None:
    for name, facts in _external().items():
        assert facts.get("source") or NO_PLACE in facts["note"], name
        assert not facts.keys() - {"label", "symbol", "RO_0002162", "note", "source"}, name
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
    for record, match, identifier in _matches(kg):
        if not match.endswith("#broadMatch"):  # several things have the same above them
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
    # The second: naloxone is a drug here, too.
    assert rules == {"naltrexone-identifier-not-of-naloxone", "Drug-identifier-kept-apart"}
