"""The namespaces of the project, and the short and long forms of an IRI."""

import re
from functools import lru_cache

from pyoxigraph import NamedNode

BASE = "https://w3id.org/ldn-kg/"
LDN = BASE + "ontology#"
LDNC = BASE + "concept/"
GRAPH = BASE + "graph/"

# Kinds of records: each has a namespace, and its prefix is its name.
KINDS = (
    "claim",
    "condition",
    "dose",
    "drug",
    "duration",
    "exclusion",
    "group",
    "guidance",
    "instrument",
    "publication",
    "search",
    "source",
    "study",
    "symptom",
    "synthesis",
    "target",
)

PREFIXES = {
    "bibo": "http://purl.org/ontology/bibo/",
    "biolink": "https://w3id.org/biolink/vocab/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "ldn": LDN,
    "ldnc": LDNC,
    "ldnk": BASE,
    "lsh": BASE + "shapes#",
    "np": "http://www.nanopub.org/nschema#",
    "oa": "http://www.w3.org/ns/oa#",
    "obo": "http://purl.obolibrary.org/obo/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pav": "http://purl.org/pav/",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "unit": "http://qudt.org/vocab/unit/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "voidext": "http://ldf.fi/void-ext#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{kind: f"{BASE}{kind}/" for kind in KINDS},
}
_LONGEST = sorted(PREFIXES.items(), key=lambda pair: -len(pair[1]))


def expand(name: str) -> str | None:
    """Return the IRI of a prefixed name, or None where its prefix is not one of ours."""
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else None


def iri(name: str) -> NamedNode:
    """Return the IRI of a prefixed name with a prefix of ours."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


@lru_cache(1 << 14)  # the same properties and records come again and again
def shorten(iri: str) -> str:
    """Return the prefixed name of an IRI, or the IRI where no prefix fits."""
    for prefix, space in _LONGEST:
        if iri.startswith(space):
            return f"{prefix}:{iri[len(space) :]}"
    return iri


def tidy(turtle: bytes) -> bytes:
    """Sort the prefixes of a Turtle or TriG document that we wrote, and drop the unused ones."""
    lines = turtle.decode().splitlines(keepends=True)
    body = "".join(line for line in lines if not line.startswith("@prefix"))
    used = set(re.findall(r"(?<![a-z])([a-z]++):", body))
    declared = (line for line in lines if line.startswith("@prefix"))
    prefixes = sorted(line for line in declared if line[8 : line.index(":")] in used)
    return "".join([*prefixes, body]).encode()
