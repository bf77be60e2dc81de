"""The pages that answer: one for each question, and one for any SPARQL query."""

from typing import Any

from ldn_kg.graph.namespaces import BASE, PREFIXES, shorten
from ldn_kg.graph.questions import Question, query, questions
from ldn_kg.publish.site.render import Page, Renderer, alternates, data
from ldn_kg.read.record import Records, Value

_MOST_ROWS = 500  # on the page of a question; the CSV file has all rows


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
