"""The rules of the ontology, applied in order: the data into the derived graph."""

from pathlib import Path

from pyoxigraph import Quad

from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS, ROOT, text

# Each rule sees what the rules before it derived. The synthesis is written in Python.
RULES = (
    "version",
    "ontology-version",
    "stated-in",
    "daily-dose",
    "days",
    "participants",
    "directness",
    "synthesis",
    "newer-trials",
    "labels",
    "line-level",
    "set-aside",
    "tally",
    "groups",
    "evidence-level",
    "chain-level",
    "status",
    "sources",
    "prisma-box",
    "standard-terms",
)


def rule(name: str) -> str:
    """Return the SPARQL CONSTRUCT text of a rule."""
    return text(ROOT / "ontology" / "rules" / f"{name}.rq")


def derive(dataset: Dataset) -> Dataset:
    """Fill the derived graph of a dataset by the rules, and return the dataset.

    Levels and statuses are here and nowhere else: what a former run derived is dropped first.
    """
    from ldn_kg.graph.synthesis import synthesise  # here: who reads a rule does not apply it

    store, graph = dataset.store, GRAPHS["derived"]
    store.clear_graph(graph)
    for name in RULES:
        derived = synthesise(dataset) if name == "synthesis" else dataset.ask(rule(name))
        triples = list(derived)
        store.extend(Quad(t.subject, t.predicate, t.object, graph) for t in triples)
    return dataset


def load(*paths: str | Path, shipped: bool = True) -> Dataset:
    """Read the shipped dataset, with further files where given, and derive its grades.

    Raises LdnKgError for a path that is missing, empty, unreadable or not RDF.
    """
    return derive(read(*paths, shipped=shipped))
