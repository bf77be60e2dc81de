"""The search: its page, and the index that the browser reads when somebody searches."""

import json
from collections.abc import Iterator
from typing import Any

from ldn_kg.publish.site.addresses import page_path
from ldn_kg.publish.site.render import Page, Renderer
from ldn_kg.read.record import Records
from ldn_kg.read.search import RULES, TOPICS, Entry, entries

_TITLES = {
    "mechanism": "Mechanisms",
    "studies": "Trials and other studies",
    "method": "How answers are made",
    "changes": "What changed",
}
_WEIGHT = 4.0  # of a page that lists


def search_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the search page."""
    summary = "Search all records, in your browser."
    return Page(path=path, title="Search", template="search.html", summary=summary)


def search_index(records: Records) -> bytes:
    """Return the index of the search: the rules by which it is searched, and the entries.

    The keys of an entry are short for the size of the file: `h` is the path of the page, `l` the
    label, `k` the kind, `n` are other names in full, `a` other words to search in, `v` says in a
    few words what is known, and `w` is the weight; what is empty is left out.
    """
    told = [*_pages(), *map(_told, entries(records.dataset))]
    kept = [{key: value for key, value in entry.items() if value} for entry in told]
    index = {"rules": RULES, "entries": kept}
    return (json.dumps(index, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _pages() -> Iterator[dict[str, Any]]:
    """Yield the pages that list, which only the site has."""
    for topic, (names, _) in TOPICS.items():
        title = _TITLES.get(topic) or topic.capitalize()
        yield {"h": f"{topic}.html", "l": title, "k": "page", "n": names, "w": _WEIGHT}


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "h": page_path(entry.iri) if entry.iri else f"query/{entry.name}.html",
        "l": entry.label,
        "k": entry.kind,
        "n": entry.names,
        "a": entry.words,
        "v": entry.status,
        "w": entry.weight,
    }
