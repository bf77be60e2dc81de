"""The questions as RDF, in the pattern that tools for SPARQL examples read.

The pattern is that of https://github.com/sib-swiss/sparql-examples.
"""

from collections.abc import Iterator

import pyoxigraph
from pyoxigraph import NamedNode, Triple
from rdflib import RDF, RDFS, SDO, SH, Graph, Literal, URIRef

from ldn_kg.check.shacl.bridge import Terms
from ldn_kg.graph.namespaces import BASE, PREFIXES, iri
from ldn_kg.graph.questions import Question, questions


def examples() -> bytes:
    """Return the shipped questions as Turtle, each as a sh:SPARQLExecutable, and our prefixes.

    There is no schema:target, because we have no public endpoint. rdflib writes the Turtle, because
    it keeps the line breaks of a query.
    """
    graph, terms = example(*questions().values()), Terms()
    for said in declarations():
        graph.add((terms[said.subject], terms[said.predicate], terms[said.object]))
    return graph.serialize(format="turtle", encoding="utf-8")


def declarations() -> Iterator[Triple]:
    """Yield our prefixes as SHACL declares them: a sh:prefix and a sh:namespace for each."""
    all_of_them = iri("lsh:prefixes")
    yield Triple(all_of_them, iri("rdf:type"), iri("owl:Ontology"))
    for prefix, space in PREFIXES.items():
        one = NamedNode(f"{all_of_them.value}-{prefix}")
        yield Triple(all_of_them, iri("sh:declare"), one)
        yield Triple(one, iri("sh:prefix"), pyoxigraph.Literal(prefix))
        namespace = pyoxigraph.Literal(space, datatype=iri("xsd:anyURI"))
        yield Triple(one, iri("sh:namespace"), namespace)


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
