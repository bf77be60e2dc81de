"""The media type of each file of the release, and a sentence on what is in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Media:
    """A media type, its usual name, and whether it is RDF."""

    type: str
    name: str
    rdf: bool = False


_MEDIA = {
    "bib": Media("application/x-bibtex", "BibTeX"),
    "cff": Media("application/yaml", "Citation File Format"),
    "csv": Media("text/csv", "CSV"),
    "gz": Media("application/gzip", "N-Quads, compressed"),
    "html": Media("text/html", "HTML"),
    "json": Media("application/json", "JSON"),
    "jsonl": Media("application/jsonl", "JSON Lines"),
    "jsonld": Media("application/ld+json", "JSON-LD", rdf=True),
    "md": Media("text/markdown", "Markdown"),
    "nbib": Media("application/nbib", "NBIB (PubMed)"),
    "nq": Media("application/n-quads", "N-Quads", rdf=True),
    "nt": Media("application/n-triples", "N-Triples", rdf=True),
    "owl": Media("application/rdf+xml", "OWL in RDF/XML", rdf=True),
    "rdf": Media("application/rdf+xml", "RDF/XML", rdf=True),
    "ris": Media("application/x-research-info-systems", "RIS"),
    "rq": Media("application/sparql-query", "SPARQL"),
    "sqlite": Media("application/vnd.sqlite3", "SQLite"),
    "srj": Media("application/sparql-results+json", "SPARQL results in JSON"),
    "trig": Media("application/trig", "TriG", rdf=True),
    "tsv": Media("text/tab-separated-values", "TSV"),
    "ttl": Media("text/turtle", "Turtle", rdf=True),
}
# By the name of a file, by its path without the ending, or by its folder.
_DESCRIPTIONS = {
    "CHANGES": "The claims that changed since the version before, and why",
    "CITATION": "How to cite the dataset",
    "answers": "The answer to the question {stem}",
    "bibliography": "The papers that the dataset was read from, for reference managers",
    "citation": "How to cite the dataset",
    "croissant": "The tables and their columns described for search engines and machine learning",
    "datapackage": "The tables and their columns, keys and closed lists described for data tools",
    "fhir": "The syntheses as Evidence with its certainty, in HL7 FHIR R5",
    "kgx": "The {stem} of a knowledge graph in the Biolink Model, in KGX format",
    "ldn-kg": "All triples of the dataset",
    "ldn-kg.json": "All tables in one document, nested and keyed by name",
    "ldn-kg.sqlite": "All tables in one database, with keys and a codebook",
    "metadata": "The description of the dataset, its graphs and its files",
    "nanopubs": "A nanopublication for each claim, with its answer and its syntheses",
    "ontology": "The vocabulary and the rules that derive: {stem}",
    "ontology/ldn-kg": "The whole vocabulary with its closed lists, for ontology tools",
    "queries": "Questions in SPARQL: {stem}",
    "ro-crate-preview": "The release as an RO-Crate, to read",
    "shapes": "The checks of the data and of the metadata: {stem}",
    "tables": "The table {stem}, for use without RDF",
    "tables/codebook.csv": "What each column of each table means",
}


def media(name: str) -> Media:
    """Return the media type of a file by the ending of its name; raise KeyError if unknown."""
    return _MEDIA[name.rpartition(".")[2]]


def described(name: str) -> str:
    """Return a sentence on what a file of the release is, by its path in the release.

    Raises KeyError for a file that is not described here.
    """
    path = name.partition(".")[0]
    known = _DESCRIPTIONS
    description = known.get(name) or known.get(path) or known[path.partition("/")[0]]
    stem = path.rpartition("/")[2]
    return f"{description.format(stem=stem.removeprefix('ldn-kg_'))}, as {media(name).name}."
