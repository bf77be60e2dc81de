"""Terms of other vocabularies: one that its vocabulary does not define is a misspelling.

A property such as skos:altLable is valid RDF, no shape is about it, and so it would pass in
silence. rdflib knows the terms of the vocabularies here, which hardly ever grow; those that do,
such as schema.org, are left alone.
"""

from functools import cache
from typing import Any

from ldn_kg.graph.names import alike
from ldn_kg.graph.namespaces import PREFIXES, shorten

_CLOSED = ("dcmitype", "dcterms", "foaf", "owl", "prov", "rdf", "rdfs", "skos", "vann", "void")


@cache
def unknown_term(iri: str) -> str | None:
    """Return in a sentence that a closed vocabulary has no term with an IRI, or None."""
    name = shorten(iri)
    prefix, _, local = name.partition(":")
    if prefix not in _CLOSED:
        return None
    vocabulary = _vocabulary(prefix)
    if local and local in vocabulary:
        return None
    terms = (str(term).removeprefix(PREFIXES[prefix]) for term in dir(vocabulary))
    close = " or ".join(f"{prefix}:{like}" for like in alike(local, terms, 2))
    meant = f"perhaps {close} is meant" if close else "look for a misspelling"
    return f"The vocabulary {prefix} has no term {name}; {meant}."


def _vocabulary(prefix: str) -> Any:
    """Return the terms of a vocabulary; rdf has rdf:_1, rdf:_2 and so on, too."""
    from rdflib import namespace  # here: it takes a while to import

    return getattr(namespace, prefix.upper())
