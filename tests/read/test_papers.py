"""Papers for reference managers: who wrote them, and what a format needs."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE, iri
from ldn_kg.read.papers import papers

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
    quads += [Quad(name, iri(k), Literal(v), GRAPHS["literature"]) for k, v in facts.items()]
    store.extend(quads)
    return Dataset(store, ())


@pytest.mark.parametrize(("written", "told"), AUTHORS)
def test_authors_are_told_apart(written: str, told: str) -> None:
    (found,) = papers(paper(ldn_authorList=written), f"{BASE}publication/made2020")
    assert f"  author = {{{told}}}," in found.bibtex.splitlines()


def test_what_bibtex_reads_otherwise_is_escaped() -> None:
    (found,) = papers(paper(ldn_journal="Sleep", bibo_pages="5-9"), f"{BASE}publication/made2020")
    assert r"  title = {{Sleep \& pain}}," in found.bibtex
    assert "  pages = {5--9}," in found.bibtex
    assert "SP  - 5\nEP  - 9\n" in found.ris
    assert found.bibtex.startswith("@article{made2020,")
    assert found.ris.splitlines()[0] == "TY  - JOUR"
    assert found.ris.splitlines()[-1] == "ER  - "


def test_a_paper_without_a_journal_is_none_of_an_article() -> None:
    (found,) = papers(paper(), f"{BASE}publication/made2020")
    assert found.bibtex.startswith("@misc{made2020,")
    assert "author" not in found.bibtex
    assert found.ris.startswith("TY  - GEN\n")


def test_every_paper_of_the_dataset_can_be_written(kg: Dataset) -> None:
    found = kg.rows("SELECT ?p { ?p a ldn:Publication }")
    assert len(found) > 250
    for row in found:
        (told,) = papers(kg, row["p"])
        assert told.bibtex.count("{") == told.bibtex.count("}")
        lines = told.ris.splitlines()
        assert all(line[2:6] == "  - " for line in lines), row["p"]
