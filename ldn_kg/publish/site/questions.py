"""The pages that answer: one for each question, and one for any SPARQL query."""

import json
import re
from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.graph.namespaces import BASE, PREFIXES, shorten
from ldn_kg.graph.questions import Question, choices, query, questions
from ldn_kg.publish.site.render import Page, Renderer, alternates
from ldn_kg.read.record import Records, Value

_MOST_ROWS = 250  # on the page of a question; the CSV file has all rows
# By what they are about, for who looks for one; a question that is in no group is in the last.
_GROUPS = {
    "Does it help, and how sure is that": (
        "efficacy",
        "best-evidence",
        "summary-of-findings",
        "certainty",
        "evidence",
        "claims",
        "claim-evidence",
        "other-treatments",
        "special-populations",
        "guidance",
    ),
    "Trials and what they found": (
        "randomised-trials",
        "null-results",
        "results",
        "trials",
        "unpublished-studies",
        "published-syntheses",
        "publications",
        "evidence-by-year",
    ),
    "Harms": ("harms-table", "harms-against-placebo", "harms"),
    "Doses": (
        "doses-by-condition",
        "arms-by-dose",
        "dose-windows",
        "titration-in-studies",
        "titration",
    ),
    "Mechanisms": ("mechanisms", "mechanisms-in-people", "mechanism-path"),
    "The source document": (
        "document-today",
        "document-against-evidence",
        "passages",
        "self-contradictions",
    ),
    "How this was searched and screened": (
        "prisma",
        "searches",
        "searches-without-result",
        "exclusions",
    ),
    "What does not count, or not in full": (
        "kept-out",
        "set-aside",
        "indirect-evidence",
        "hypotheses",
        "retracted-evidence",
    ),
}
_REST = "The records themselves"
# What an own query may name: classes and properties that are used, ours or not.
_USED = """
SELECT DISTINCT ?term WHERE { { ?s ?term ?o } UNION { ?s a ?term } FILTER(isIRI(?term)) }
"""


def question_page(records: Records, question: Question, renderer: Renderer) -> Page:
    """Return the page of a question with its answer."""
    answer = query(records.dataset, question.name)
    rows = [row for row in answer]  # a list would ask for its length first, and run it again
    path = f"query/{question.name}.html"
    numeric = [
        any(row[c] is not None for row in rows) and all(_is_number(row[c]) for row in rows)
        for c in answer.columns
    ]
    return Page(
        path=path,
        title=question.words,
        template="question.html",
        summary=question.words,
        iri=f"{BASE}query/{question.name}",
        alternates=alternates(path),
        context={
            "name": question.name,
            "parameters": question.parameters,
            "sparql": question.sparql,
            "columns": [*zip(map(column_words, answer.columns), numeric, strict=True)],
            "total": len(rows),
            "rows": [
                [_linked_value(records, row[column]) for column in answer.columns]
                for row in rows[:_MOST_ROWS]
            ],
        },
    )


def column_words(name: str) -> str:
    """Return the name of a column as words: doseMin is "dose min"."""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda match: f" {match[0].lower()}", name)


def _is_number(value: Any) -> bool:
    return value is None or (not isinstance(value, bool | str))


def _linked_value(records: Records, value: Any) -> Value:
    if value is None:
        return Value("")
    words = str(value)
    return records.value(NamedNode(words)) if re.match("https?://", words) else Value(words)


def query_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page that runs questions and any SPARQL query in the browser."""
    return Page(
        path=path,
        title="Ask the graph",
        template="questions.html",
        summary="Questions with blanks to fill in, and any SPARQL query, answered in your browser.",
        context={"groups": _grouped()},
    )


def _grouped() -> list[tuple[str, list[Question]]]:
    """Return the questions under the titles of their groups."""
    shipped = questions()
    named = [
        (title, [shipped.pop(name) for name in names if name in shipped])
        for title, names in _GROUPS.items()
    ]
    return [*named, (_REST, list(shipped.values()))]


def questions_json(records: Records) -> bytes:
    """Return what the query page knows: questions, words for names, prefixes.

    Of each question there is the SPARQL text, and for each parameter that takes a record those that
    have an answer. Names are prefixed; records, terms of ours and terms that are used have words.
    """
    labels = {shorten(name): records.value(NamedNode(name)).words for name in _nameable(records)}
    document = {
        "questions": {
            name: {
                "sparql": question.sparql,
                "choices": {
                    parameter: [*map(shorten, values)]
                    for parameter, values in choices(records.dataset, question, records).items()
                },
            }
            for name, question in questions().items()
        },
        "labels": dict(sorted(labels.items())),
        "prefixes": PREFIXES,
    }
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _nameable(records: Records) -> Iterator[str]:
    """Yield the IRIs that a query can name; parts of records are too many and have no words."""
    yield from records
    yield from records.terms
    for row in records.dataset.rows(_USED):
        if shorten(row["term"]) != row["term"]:
            yield row["term"]
