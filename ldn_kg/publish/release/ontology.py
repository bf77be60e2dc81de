"""The vocabulary as one ontology in OWL 2 DL, for tools such as Protégé, OLS and ROBOT.

The files in `ontology/` are written for people, each on one topic. Here their terms, closed lists
and alignments are together, with a comment for each definition, and with the version.
"""

from pathlib import Path

from pyoxigraph import Triple

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import text
from ldn_kg.publish.formats import rdf_xml

ONTOLOGY = "ontology/ldn-kg.owl"  # the rule ontology-version names it, too
_QUERY = Path(__file__).parent / "sparql" / "ontology.rq"


def ontology(dataset: Dataset) -> list[Triple]:
    """Return the triples of the ontology."""
    return list(dataset.ask(text(_QUERY)))


def ontology_xml(dataset: Dataset) -> bytes:
    """Return the ontology as RDF/XML, the one syntax that every tool for OWL 2 has to read."""
    return rdf_xml(ontology(dataset))
