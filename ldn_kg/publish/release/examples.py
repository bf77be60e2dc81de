"""The questions as RDF, in the pattern that tools for SPARQL examples read."""

from rdflib import RDF, RDFS, SDO, SH, Graph, Literal, URIRef

from ldn_kg.graph.namespaces import BASE
from ldn_kg.graph.questions import Question, questions


def examples() -> bytes:
    """Return the questions as Turtle: a sh:SPARQLExecutable each, as SIB's examples are.

    No schema:target, since there is no public endpoint of ours. rdflib writes it, because it keeps
    the lines of a query apart.
    """
    return example(*questions().values()).serialize(format="turtle", encoding="utf-8")


def example(*asked: Question) -> Graph:
    """Return questions as an rdflib graph."""
    graph = Graph()
    graph.bind("question", f"{BASE}query/")
    for question in asked:
        node = URIRef(f"{BASE}query/{question.name}")
        graph.add((node, RDF.type, SH.SPARQLExecutable))
        graph.add((node, RDF.type, SH.SPARQLSelectExecutable))
        graph.add((node, RDFS.comment, Literal(question.words, lang="en")))
        graph.add((node, SH.select, Literal(question.sparql)))
        for word in question.name.split("-"):
            graph.add((node, SDO.keywords, Literal(word)))
    return graph
