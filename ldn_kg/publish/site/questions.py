"""The pages that answer: each question, any SPARQL, and the search."""

import json
from collections.abc import Iterator
from typing import Any

from ldn_kg.graph.namespaces import BASE, LDN, PREFIXES, shorten
from ldn_kg.graph.questions import Question, query, questions
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.publish.site.render import Page, Renderer, alternates, data
from ldn_kg.read.record import Records, Value, kind

_ROWS = 500  # of an answer on the page of its question; all are in the CSV file
_SEARCHED = {
    LDN + "authorList",
    *(PREFIXES["bibo"] + name for name in ("doi", "pmid")),
    *(PREFIXES["skos"] + name for name in ("altLabel", "hiddenLabel")),
    PREFIXES["schema"] + "identifier",
    PREFIXES["dcterms"] + "title",
}


def question_page(records: Records, question: Question, renderer: Renderer) -> Page:
    """Return the page of a question with its answer."""
    answer = query(records.dataset, question.name)
    found = list(answer)
    path = f"query/{question.name}.html"
    return Page(
        path=path,
        title=question.words,
        template="question.html",
        summary=question.words,
        iri=f"{BASE}query/{question.name}",
        alternates=alternates(path),
        context={
            "name": question.name,
            "sparql": question.sparql,
            "columns": answer.columns,
            "total": len(found),
            "rows": [[_cell(records, row[c]) for c in answer.columns] for row in found[:_ROWS]],
        },
    )


def _cell(records: Records, value: Any) -> Value:
    if value is None:
        return Value("")
    words = str(value)
    if words.startswith(("http://", "https://")):
        known = words in records.homes
        return Value(records[words].label if known else shorten(words), words)
    return Value(words)


def query_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page where any SPARQL can be asked."""
    found = list(questions().values())
    return Page(
        path=path,
        title="Ask the graph",
        template="questions.html",
        summary="SPARQL over all of it, in your browser: nothing is sent anywhere.",
        context={
            "questions": found,
            "texts": data({question.name: question.sparql for question in found}),
            "prefixes": data(PREFIXES),
        },
    )


def search_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of the search."""
    summary = "Search all records, in your browser."
    return Page(path=path, title="Search", template="search.html", summary=summary)


def search_index(records: Records) -> bytes:
    """Return what the search looks through."""
    found = [
        {
            "h": page_path(record),
            "l": records[record].label,
            "k": kind(record),
            "a": " ".join(_other_words(records, record)),
        }
        for record in records
    ]
    return (json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _other_words(records: Records, record: str) -> Iterator[str]:
    for quad in records[record].quads:
        if quad.predicate.value in _SEARCHED:
            yield records.value(quad.object).words
