"""The pages that explain: how answers are made, how studies were found, and what changed."""

from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.site.render import Page, Renderer
from ldn_kg.read.method import concepts, example, weighed
from ldn_kg.read.reasoning import kept_out, of_answer
from ldn_kg.read.record import Records
from ldn_kg.read.screening import excluded, flow, found_by, searches
from ldn_kg.read.versions import versions

_SCHEMES = {
    "Certainty": "ldnc:certainties",
    "What lowers it": "ldnc:certainty-domains",
    "Where a claim stands": "ldnc:statuses",
}


def method_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page that says how an answer is made, on one example with its numbers."""
    dataset = records.dataset
    found = example(renderer.answers.values())
    answer, finding = found or (None, None)
    return Page(
        path=path,
        title="How answers are made",
        template="method.html",
        summary="From what studies printed to one sentence: the rules, and one example computed.",
        context={
            "example": answer,
            "finding": finding,
            "weighed": weighed(finding) if finding else [],
            "steps": of_answer(answer, kept_out(dataset, answer.iri)) if answer else [],
            "lists": {title: concepts(dataset, name) for title, name in _SCHEMES.items()},
            "thresholds": concepts(dataset, "ldnc:thresholds"),
        },
    )


def screening_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page that says what was searched, what was screened and what was not taken."""
    dataset = records.dataset
    return Page(
        path=path,
        title="How this was searched and screened",
        template="screening.html",
        summary="Where studies were looked for, what came of it, and what was not taken, and why.",
        context={
            "steps": flow(dataset),
            "searches": searches(dataset),
            "excluded": excluded(dataset),
            "found": found_by(dataset),
            "question": f"{BASE}query/prisma",
        },
    )


def changes_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of what changed: claim by claim where that is known, then in words."""
    return Page(
        path=path,
        title="What changed",
        template="changes.html",
        summary="What is new in each version, and which answers changed.",
        context={"changes": renderer.changes, "versions": versions()},
    )
