"""The questions as RDF, in the pattern that tools for SPARQL examples read."""

from pyoxigraph import Literal, NamedNode, Triple

from ldn_kg.dataset import iri
from ldn_kg.namespaces import BASE
from ldn_kg.serialization import turtle
from ldn_kg.sparql import questions


def examples() -> bytes:
    """Return the questions as Turtle: a sh:SPARQLExecutable each, as SIB's examples are.

    No schema:target, since there is no public endpoint of ours.
    """
    triples = []
    for question in questions().values():
        node = NamedNode(f"{BASE}query/{question.name}")
        facts: list[tuple[str, NamedNode | Literal]] = [
            ("rdf:type", iri("sh:SPARQLExecutable")),
            ("rdf:type", iri("sh:SPARQLSelectExecutable")),
            ("rdfs:comment", Literal(question.words, language="en")),
            ("sh:select", Literal(question.sparql)),
            *(("schema:keywords", Literal(word)) for word in question.name.split("-")),
        ]
        triples += [Triple(node, iri(name), value) for name, value in facts]
    return turtle(triples)
