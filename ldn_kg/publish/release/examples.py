"""The questions as RDF, in the pattern that tools for SPARQL examples read.

The pattern is that of https://github.com/sib-swiss/sparql-examples.
"""

from rdflib import RDF, RDFS, SDO, SH, Graph, Literal, URIRef

from ldn_kg.graph.namespaces import BASE
from ldn_kg.graph.questions import Question, questions


def examples() -> bytes:
    """Return the shipped questions as Turtle, each as a sh:SPARQLExecutable.

    There is no schema:target, because we have no public endpoint. rdflib writes the Turtle, because
    it keeps the line breaks of a query.
    """
    return example(*questions().values()).serialize(format="turtle", encoding="utf-8")


def example(*chosen: Question) -> Graph:
    """Return questions as an rdflib graph, as `examples` describes them."""
    graph = Graph()
    graph.bind("question", f"{BASE}query/")
    for question in chosen:
        node = URIRef(f"{BASE}query/{question.name}")
        graph.add((node, RDF.type, SH.SPARQLExecutable))
        graph.add((node, RDF.type, SH.SPARQLSelectExecutable))
        graph.add((node, RDFS.comment, Literal(question.words, lang="en")))
        graph.add((node, SH.select, Literal(question.sparql)))
        for word in question.name.split("-"):
            graph.add((node, SDO.keywords, Literal(word)))
    return graph
