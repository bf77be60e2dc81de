"""The pages that answer: one for each question, one for any SPARQL query, and the search."""

import json
from collections.abc import Iterator
from typing import Any

from ldn_kg.graph.namespaces import BASE, LDN, PREFIXES, shorten
from ldn_kg.graph.questions import Question, query, questions
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.publish.site.render import Page, Renderer, alternates, data
from ldn_kg.read.record import Records, Value, kind

_MOST_ROWS = 500  # on the page of a question; the CSV file has all rows
_SEARCHED = {  # properties whose values the search looks through
    LDN + "authorList",
    *(PREFIXES["bibo"] + name for name in ("doi", "pmid")),
    *(PREFIXES["skos"] + name for name in ("altLabel", "hiddenLabel")),
    PREFIXES["schema"] + "identifier",
    PREFIXES["dcterms"] + "title",
}


def question_page(records: Records, question: Question, renderer: Renderer) -> Page:
    """Return the page of a question with its answer."""
    answer = query(records.dataset, question.name)
    rows = list(answer)
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
            "total": len(rows),
            "rows": [
                [_linked_value(records, row[column]) for column in answer.columns]
                for row in rows[:_MOST_ROWS]
            ],
        },
    )


def _linked_value(records: Records, value: Any) -> Value:
    if value is None:
        return Value("")
    words = str(value)
    if words.startswith(("http://", "https://")):
        has_page = words in records.homes
        return Value(records[words].label if has_page else shorten(words), words)
    return Value(words)


def query_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page that runs any SPARQL query in the browser."""
    shipped = list(questions().values())
    return Page(
        path=path,
        title="Ask the graph",
        template="questions.html",
        summary="Query the whole graph in SPARQL, in your browser: nothing is sent anywhere.",
        context={
            "questions": shipped,
            "texts": data({question.name: question.sparql for question in shipped}),
            "prefixes": data(PREFIXES),
        },
    )


def search_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the search page."""
    summary = "Search all records, in your browser."
    return Page(path=path, title="Search", template="search.html", summary=summary)


def search_index(records: Records) -> bytes:
    """Return the index of the search: a JSON list of objects, one for each record.

    The keys are short for the size of the file: `h` is the path of the page, `l` the label, `k` the
    kind, and `a` all other words to search in.
    """
    entries = [
        {
            "h": page_path(record),
            "l": records[record].label,
            "k": kind(record),
            "a": " ".join(_other_words(records, record)),
        }
        for record in records
    ]
    return (json.dumps(entries, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _other_words(records: Records, record: str) -> Iterator[str]:
    for quad in records[record].quads:
        if quad.predicate.value in _SEARCHED:
            yield records.value(quad.object).words
