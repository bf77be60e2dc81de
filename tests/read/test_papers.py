"""Papers for reference managers: who wrote them, and what a format needs."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE, iri
from ldn_kg.read.paper_forms import bibtex, csl_items, nbib, ris
from ldn_kg.read.papers import Paper, papers

AUTHORS = [
    ("Bruun KD, Toft P", "Bruun, K. D. and Toft, P."),
    ("Blichfeldt-Eckhardt MR", "Blichfeldt-Eckhardt, M. R."),
    ("van den Berg J-P", "van den Berg, J.-P."),
    ("Aguado García Á", "Aguado García, Á."),
    ("Herndon JE 2nd", "Herndon, 2nd, J. E."),
    ("Raknes G, et al.", "Raknes, G. and others"),
    ("Pain Therapeutics, Inc.", "{Pain Therapeutics, Inc.}"),
    ("Simonsen", "{Simonsen}"),
]


def paper(**values: str) -> Dataset:
    """Return a dataset with one paper that has some values, by their prefixed names."""
    store, name = Store(), NamedNode(f"{BASE}publication/made2020")
    facts = {"dcterms:title": "Sleep & pain", **{k.replace("_", ":"): v for k, v in values.items()}}
    quads = [Quad(name, iri("rdf:type"), iri("ldn:Publication"), GRAPHS["literature"])]
    quads += [Quad(name, iri(k), Literal(v), GRAPHS["literature"]) for k, v in facts.items() if v]
    store.extend(quads)
    return Dataset(store, ())


def one(**values: str) -> Paper:
    """Return the one paper that has some values."""
    (found,) = papers(paper(**values), f"{BASE}publication/made2020")
    return found


@pytest.mark.parametrize(("written", "told"), AUTHORS)
def test_authors_are_told_apart(written: str, told: str) -> None:
    assert f"  author = {{{told}}}," in bibtex([one(ldn_authorList=written)]).splitlines()


def test_people_and_groups_in_the_other_formats() -> None:
    found = one(ldn_authorList="Herndon JE 2nd, Pain Therapeutics, Inc., et al.", bibo_pmid="1")
    assert [x[6:] for x in ris([found]).splitlines() if x.startswith("AU")] == [
        "Herndon, J. E., 2nd",
        "Pain Therapeutics Inc.",
        "et al.",
    ]
    assert csl_items([found])[0]["author"] == [
        {"family": "Herndon", "given": "J. E.", "suffix": "2nd"},
        {"literal": "Pain Therapeutics, Inc."},
        {"literal": "et al."},
    ]
    assert "\nFAU - Herndon, J E 2nd\nAU  - Herndon JE 2nd\nCN  - Pain" in nbib([found])


def test_what_bibtex_reads_otherwise_is_escaped() -> None:
    found = one(ldn_journal="Sleep {50 %}", bibo_pages="5-9", bibo_doi="10.1000/a_b")
    lines = bibtex([found]).splitlines()
    assert lines[0] == "@article{made2020,"
    assert r"  title = {{Sleep \& pain}}," in lines
    assert r"  journal = {Sleep \textbraceleft{}50 \%\textbraceright{}}," in lines
    assert "  pages = {5--9}," in lines
    assert "  doi = {10.1000/a_b}," in lines
    lines = ris([found]).split("\r\n")
    assert {"TY  - JOUR", "SP  - 5", "EP  - 9"} < set(lines)
    assert lines[-2:] == ["ER  - ", ""]


# What says of which kind a paper is, and its types in RIS, BibTeX and CSL.
KINDS = [
    ("Pain Reports", "JOUR", "article", "article-journal"),
    ("Cochrane Database of Systematic Reviews", "JOUR", "article", "article-journal"),
    ("medRxiv (preprint)", "UNPB", "misc", "article"),
    ("In: Multiple Sclerosis (Codon)", "CHAP", "incollection", "chapter"),
    ("Multiple Conditions (book chapter)", "CHAP", "incollection", "chapter"),
    ("Annual Meeting 2013 (abstract 1092)", "CPAPER", "inproceedings", "paper-conference"),
    ("Report from the Knowledge Centre", "RPRT", "techreport", "report"),
    ("INAHTA database, record 3", "GEN", "misc", "document"),
    ("", "GEN", "misc", "document"),
]


@pytest.mark.parametrize(("journal", "in_ris", "in_bibtex", "in_csl"), KINDS)
def test_kinds_of_papers(journal: str, in_ris: str, in_bibtex: str, in_csl: str) -> None:
    found = one(**({"ldn_journal": journal} if journal else {}))
    assert ris([found]).startswith(f"TY  - {in_ris}\r\n")
    assert bibtex([found]).startswith(f"@{in_bibtex}{{made2020,")
    assert csl_items([found])[0]["type"] == in_csl
    place = journal.removeprefix("In: ")  # which the styles write themselves
    assert f"- {place}\r\n" in ris([found])
    assert not journal or place in csl_items([found])[0].values()


def test_what_has_a_volume_and_an_issue_is_an_article() -> None:
    found = one(ldn_journal="Meeting Points", bibo_volume="2", bibo_issue="1")
    assert ris([found]).startswith("TY  - JOUR")


def test_a_retraction_is_in_the_title_of_every_form() -> None:
    found = Paper("https://example.org/a", "journal article", "On pain", pmid="1", retracted=True)
    for written in (ris([found]), bibtex([found]), nbib([found])):
        assert "RETRACTED: On pain" in written
    assert "\nPT  - Retracted Publication\n" in nbib([found])
    assert csl_items([found])[0]["status"] == "retracted"
    assert found.reference.startswith("RETRACTED: On pain.")


def test_a_title_that_was_not_seen_is_in_brackets() -> None:
    assert one(dcterms_title="").title == "[title not seen]"
    assert one(dcterms_title="", rdfs_label="study of mice").title == "[study of mice]"


def test_a_key_is_made_of_the_iri_alone() -> None:
    """So it stays where other papers come; one of your own has its whole address."""
    names = ("publication/a2020", "study/a2020", "https://example.org/p/a2020#x")
    addresses = [name if ":" in name else f"{BASE}{name}" for name in names]
    assert [Paper(iri, "document", "x").key for iri in addresses] == [
        "a2020",
        "study-a2020",
        "https-example-org-p-a2020-x",
    ]
