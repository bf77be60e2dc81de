"""The pages of the website, and how each is made."""

from collections.abc import Callable
from functools import partial
from typing import Any

from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.questions import questions
from ldn_kg.publish.release.metadata import version_of
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.publish.site.explanations import changes_page, method_page, screening_page
from ldn_kg.publish.site.listings import LISTINGS, home, listing
from ldn_kg.publish.site.overviews import (
    doses_page,
    harms_page,
    mechanisms_page,
    trials_page,
)
from ldn_kg.publish.site.questions import query_page, question_page, questions_json
from ldn_kg.publish.site.record import record_page
from ldn_kg.publish.site.reference import (
    graph_page,
    not_found,
    ontology_page,
    release_page,
    shapes_page,
)
from ldn_kg.publish.site.render import Page, Renderer
from ldn_kg.publish.site.search import search_index, search_page
from ldn_kg.read.record import Records

Files = dict[str, Callable[[], bytes]]


def pages(records: Records, renderer: Renderer) -> Files:
    """Map the path of each page to a function that makes it."""

    def page(make: Callable[[Records, Any, Renderer], Page], topic: Any) -> Callable[[], bytes]:
        return lambda: renderer.render(make(records, topic, renderer))

    graphs = [n for n, node in GRAPHS.items() if records.dataset.store.contains_named_graph(node)]
    release = f"release/{version_of(records.dataset)[1]}/index.html"
    return {
        **{page_path(record): page(record_page, record) for record in records},
        **{f"graph/{name}.html": page(graph_page, name) for name in graphs},
        **{f"query/{q.name}.html": page(question_page, q) for q in questions().values()},
        **{path: page(listing, path) for path in LISTINGS},
        **{path: page(make, path) for path, make in _SINGLE.items()},
        release: page(release_page, release),
        "questions.json": partial(questions_json, records),
        "search.json": partial(search_index, records),
    }


_SINGLE = {
    "index.html": home,
    "changes.html": changes_page,
    "doses.html": doses_page,
    "harms.html": harms_page,
    "mechanism.html": mechanisms_page,
    "studies.html": trials_page,
    "method.html": method_page,
    "screening.html": screening_page,
    "query.html": query_page,
    "search.html": search_page,
    "ontology.html": ontology_page,
    "shapes.html": shapes_page,
    "404.html": not_found,
}
