"""The search: its page, and the index that the browser reads when somebody searches."""

import json
from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode

from ldn_kg.graph.namespaces import LDNC, PREFIXES, iri
from ldn_kg.publish.site import sections
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.publish.site.render import Page, Renderer
from ldn_kg.read.record import Records, kind
from ldn_kg.read.summary import ClaimAnswer

_NAMES = {
    *map(iri, ("skos:altLabel", "skos:hiddenLabel", "schema:identifier", "bibo:doi", "bibo:pmid"))
}
_WORDS = {iri("dcterms:title"), NamedNode(PREFIXES["ldn"] + "authorList")}
# By these a record has the names of another as well: a study those of its papers, a claim those of
# what it is about, such as the short name of a target.
_ALSO = {NamedNode(PREFIXES["ldn"] + "publication"), *map(iri, ("rdf:subject", "rdf:object"))}
_OTHER_PAGES = {  # what people call a page that lists
    "conditions.html": ("diseases", "indications"),
    "harms.html": ("side effects", "adverse events", "safety", "interactions with opioids"),
    "doses.html": ("dosage", "titration", "how much"),
    "mechanism.html": ("how it works", "mode of action"),
    "studies.html": ("trials",),
    "claims.html": ("statements",),
    "method.html": ("method", "rules", "how certain", "grading", "GRADE"),
    "changes.html": ("news", "changelog", "what is new"),
}
_TITLES = {
    "mechanism.html": "Mechanisms",
    "studies.html": "Trials and other studies",
    "method.html": "How answers are made",
    "changes.html": "What changed",
}


def search_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the search page."""
    summary = "Search all records, in your browser."
    return Page(path=path, title="Search", template="search.html", summary=summary)


def search_index(records: Records, renderer: Renderer) -> bytes:
    """Return the index of the search: a JSON list of objects, for each record and each list.

    The keys are short for the size of the file: `h` is the path of the page, `l` the label, `k` the
    kind, `n` are other names in full, `a` other words to search in, and `v` says in a few words
    what is known; what is empty is left out.
    """
    said = {**_of_studies(records), **_of_answers(records, renderer)}
    entries = [*_pages(), *(_entry(records, name, said.get(name, "")) for name in records)]
    kept = [{key: value for key, value in entry.items() if value} for entry in entries]
    return (json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _pages() -> Iterator[dict[str, Any]]:
    for path, names in _OTHER_PAGES.items():
        title = _TITLES.get(path) or path.removesuffix(".html").capitalize()
        yield {"h": path, "l": title, "k": "page", "n": names}


def _entry(records: Records, name: str, said: str) -> dict[str, Any]:
    names, words = _names(records, name), _words(records, name)
    return {
        "h": page_path(name),
        "l": records[name].label,
        "k": kind(name),
        "n": sorted(names),
        "a": " ".join(sorted(words - names)),
        "v": said,
    }


def _names(records: Records, name: str) -> set[str]:
    """Return by what else a record is called; a study also by what its papers are called."""
    quads = records[name].quads
    names = {_text(quad.object) for quad in quads if quad.predicate in _NAMES}
    others = (quad.object for quad in quads if quad.predicate in _ALSO)
    return names.union(*(_names(records, o.value) for o in others if isinstance(o, NamedNode)))


def _words(records: Records, name: str) -> set[str]:
    return {_text(quad.object) for quad in records[name].quads if quad.predicate in _WORDS}


def _text(value: Any) -> str:
    return value.value if isinstance(value, Literal) else str(value).strip("<>")


def _of_studies(records: Records) -> dict[str, str]:
    """Map each study to its design, people and year."""
    said = {}
    for row in sections.studies(records):
        people = f"{row['people']} people" if row["people"] else ""
        said[row["study"]] = ", ".join(filter(None, (row["design"], people, row["year"])))
    return said


def _prominence(answer: ClaimAnswer) -> tuple[bool, int]:
    return answer.dose == f"{LDNC}low-dose", len(answer.trials)


def _of_answers(records: Records, renderer: Renderer) -> dict[str, str]:
    """Map each claim to its status, and each condition and harm to that of its main claim."""
    said = {row["claim"]: row["status"] for row in sections.claims(records)}
    for answer in sorted(renderer.answers.values(), key=_prominence):
        certainty = f", {answer.certainty} certainty" if answer.certainty else ""
        said[answer.iri] = said[answer.about] = f"{answer.status}{certainty}"
    return said
