"""The flow of records: what is added up, and what says that it was not recorded."""

from collections import Counter

from pyoxigraph import NamedNode
from support.answered import changed, insert

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import files, quads
from ldn_kg.graph.namespaces import LDNC, iri, shorten
from ldn_kg.read.screening import Box, excluded, flow, found_by, searches

# Nobody made these searches.
MADE_UP = """
ldnk:search-a a ldn:Search ; rdfs:label "a" ; dcterms:type ldnc:database-search ;
  ldn:searchedOn "2026-12-03"^^xsd:date ; schema:query "naltrexone AND low" ;
  ldn:recordsFound 100 ; ldn:recordsScreened 60 ; ldn:recordsExcluded 50 .
ldnk:search-b a ldn:Search ; rdfs:label "b" ; dcterms:type ldnc:database-search ;
  ldn:searchedOn "2026-12-04"^^xsd:date ; schema:query "LDN" ;
  ldn:recordsFound 10 ; ldn:recordsScreened 10 ; ldn:recordsExcluded 0 .
"""
BY_OTHERS = """
ldnk:search-c a ldn:Search ; rdfs:label "c" ; dcterms:type ldnc:register-search ;
  ldn:searchedOn "2026-12-05"^^xsd:date ; dcterms:source publication:byambasuren2025 ;
  ldn:recordsFound 7 ; ldn:recordsScreened 5 ; ldn:recordsExcluded 1 .
"""
# Searches by the curators whose numbers nobody wrote down.
NO_OTHERS = """
DELETE { GRAPH ?g { ?search a ldn:Search } }
WHERE { GRAPH ?g { ?search a ldn:Search ; ldn:notReported ldnc:search-not-recorded } }
"""


def _boxes(dataset: Dataset) -> dict[str, Box]:
    steps = flow(dataset)
    boxes = [box for s in steps for box in (*s.onward, *([s.leaving] if s.leaving else []))]
    return {box.iri.removeprefix(LDNC): box for box in boxes}


def _words(dataset: Dataset, *names: str) -> list[str]:
    boxes = _boxes(dataset)
    return [boxes[name].words for name in names]


def test_every_box_is_in_the_diagram_once(kg: Dataset) -> None:
    rows = kg.rows("SELECT ?box { ?box skos:inScheme ldnc:prisma-boxes ; schema:position ?place }")
    steps = flow(kg)
    drawn = [box.iri for s in steps for box in (*s.onward, *([s.leaving] if s.leaving else []))]
    assert sorted(drawn) == sorted(row["box"] for row in rows)
    assert len(drawn) == 12


def test_what_has_no_number_says_so_and_is_not_zero(kg: Dataset) -> None:
    without = [box for box in _boxes(kg).values() if box.known == "not recorded"]
    assert without
    assert all(box.count is None and box.words == "not recorded" for box in without)
    assert all(box.count for box in _boxes(kg).values() if box.known != "not recorded")


def test_numbers_beside_searches_without_numbers_are_the_least() -> None:
    listed = _boxes(changed(insert(BY_OTHERS)))["records-excluded"].count
    dataset = changed(insert(MADE_UP), insert(BY_OTHERS))
    names = ("records-from-databases", "records-removed", "records-screened", "records-excluded")
    assert listed
    assert _words(dataset, *names) == [
        "at least 110",
        "at least 40",
        "at least 70",
        f"at least {50 + listed}",
    ]
    # A search by others is not ours.
    assert _words(dataset, "records-from-registers") == ["not recorded"]


def test_numbers_of_searches_that_all_have_them_are_whole() -> None:
    dataset = changed(NO_OTHERS, insert(MADE_UP))
    names = ("records-from-databases", "records-removed", "records-screened")
    assert _words(dataset, *names) == ["110", "40", "70"]
    assert _boxes(dataset)["reports-not-retrieved"].known == "recorded"


def test_a_search_that_found_no_record_has_the_number_nought() -> None:
    none = MADE_UP.partition("ldnk:search-b")[0].replace("100", "0").replace("60", "0")
    dataset = changed(NO_OTHERS, insert(none.replace("50", "0")))
    assert _words(dataset, "records-from-databases", "records-screened") == ["0", "0"]


def test_the_diagram_adds_up(kg: Dataset) -> None:
    numbers = {name: box.count or 0 for name, box in _boxes(kg).items()}
    left = ("records-excluded", "reports-not-retrieved", "reports-excluded")
    assert sum(numbers[name] for name in left) == len(excluded(kg)) > 40
    sought, assessed = numbers["reports-sought"], numbers["reports-assessed"]
    assert sought == numbers["reports-not-retrieved"] + assessed
    assert assessed == numbers["reports-excluded"] + numbers["reports-included"]
    assert numbers["studies-included"] == len(files("data/studies", ".ttl"))


def test_an_exclusion_counts_in_one_box() -> None:
    """Where the report was read, by that; else by what it is, and last by what is missing."""
    said = {
        "full-text | duplicate": "reports-excluded",
        "secondary-report, article-page | not-citable": "reports-excluded",
        "abstract | duplicate": "records-excluded",
        "abstract | not-citable, not-a-study": "records-excluded",
        "secondary-report, abstract | not-citable, title-not-seen": "reports-not-retrieved",
    }
    turtle = ""
    for number, words in enumerate(said):
        read, _, reasons = words.partition(" | ")
        ways = ", ".join(f"ldnc:{way}" for way in read.split(", "))
        why = ", ".join(f"ldnc:excluded-{reason}" for reason in reasons.split(", "))
        turtle += (
            f"ldnk:new-{number} a ldn:Exclusion ; ldn:readAs {ways} ; ldn:exclusionReason {why} . "
        )
    dataset = changed(insert(turtle))
    for number, box in enumerate(said.values()):
        new = iri(f"ldnk:new-{number}")
        found = dataset.store.quads_for_pattern(new, iri("ldn:prismaBox"), None, None)
        assert [shorten(quad.object.value) for quad in found] == [f"ldnc:{box}"]


def test_reasons_in_a_box_are_those_of_its_exclusions(kg: Dataset) -> None:
    """Counted once more from the file: who was read as a page of the article, or in full."""
    (file,) = [path for path in files("data/screening", ".ttl") if path.stem == "excluded"]
    read, reasons = set(), Counter[str]()
    for quad in quads(file):
        if quad.predicate == iri("ldn:readAs") and quad.object in (
            iri("ldnc:article-page"),
            iri("ldnc:full-text"),
        ):
            read.add(quad.subject)
    for quad in quads(file):
        if quad.predicate == iri("ldn:exclusionReason") and quad.subject in read:
            reasons[kg.label(NamedNode(quad.object.value))] += 1
    box = _boxes(kg)["reports-excluded"]
    assert reasons
    assert dict(box.reasons) == reasons
    assert box.count == len(read)


def test_searches_and_finds(kg: Dataset) -> None:
    rows = searches(kg)
    assert len(rows) == len({row["search"] for row in rows}) > 10
    assert [bool(row["source"]) for row in rows] == sorted(bool(row["source"]) for row in rows)
    found, all_ = found_by(kg)
    assert 0 < found < all_ == len(files("data/studies", ".ttl"))
