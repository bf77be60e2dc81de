"""The page of a record: what it says to a reader, its parts, and the same as data."""

from collections.abc import Callable
from typing import Any

from ldn_kg.graph.namespaces import LDNC, iri
from ldn_kg.publish.site import sections
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.publish.site.render import Page, Renderer, alternates
from ldn_kg.publish.site.schema_org import record_schema
from ldn_kg.read.citation import cite
from ldn_kg.read.citation_forms import RECORD
from ldn_kg.read.document import least_supported, sentences
from ldn_kg.read.mechanisms import in_blood, levels, mechanisms, most_in_cells, place
from ldn_kg.read.paper_forms import bibtex, ris
from ldn_kg.read.papers import papers
from ldn_kg.read.parts import part
from ldn_kg.read.reasoning import kept_out, of_answer, of_claim
from ldn_kg.read.record import Record, Records, kind, slug
from ldn_kg.read.study import study_told

_PUBLICATION, _RETRACTED = iri("ldn:publication"), iri("ldn:retracted")
_WITHDRAWN = iri("ldnc:withdrawn")
_ALSO = {iri("skos:altLabel"), iri("skos:hiddenLabel")}
_ABOVE = (
    "answer",
    "status",
    "alternative label",
    "hidden label",
)  # facts that stand above the others

Context = dict[str, Any]  # the variables of a template


def record_page(records: Records, name: str, renderer: Renderer) -> Page:
    """Return the page of the record with an IRI."""
    record, record_kind = records[name], kind(name)
    template, view = _VIEWS.get(record_kind, ("record.html", _nothing_more))
    return Page(
        path=page_path(name),
        title=record.label[:1].upper() + record.label[1:],
        template=template,
        summary=record.answer or f"{record.label}: what is known of it, and where it was read.",
        kind=record.kind,
        iri=name,
        warning=_retraction_warning(records, record),
        alternates=alternates(page_path(name)),
        schema=record_schema(records, record),
        context={
            "record": record,
            "names": sorted({q.object.value for q in record.quads if q.predicate in _ALSO}),  # type: ignore[union-attr]
            "status": _status(record),
            "facts": [fact for fact in record.facts if fact.name not in _ABOVE],
            "by_kind": record.parts,
            "users": _users(records, record),
            **view(records, record, renderer),
        },
    )


def _nothing_more(records: Records, record: Record, renderer: Renderer) -> Context:
    return {}


def _status(record: Record) -> str:
    """Return the status of a claim or synthesis in words, "" for another record."""
    found = (value.words for fact in record.facts if fact.name == "status" for value in fact.values)
    return next(found, "")


def _retraction_warning(records: Records, record: Record) -> str:
    papers = (quad.object for quad in record.quads if quad.predicate == _PUBLICATION)
    citable = [record, *(records[paper.value] for paper in papers)]  # type: ignore[union-attr]
    if any(quad.predicate == _RETRACTED for each in citable for quad in each.quads):
        return "RETRACTED. Nothing on this page counts as evidence."
    if any(quad.object == _WITHDRAWN for quad in record.quads):
        return "All that was found on this claim was retracted."
    return ""


def _users(records: Records, record: Record) -> dict[str, list[str]]:
    """Return the IRIs of the records that point to one, or whose parts do, by their kind."""
    homes = {records.homes.get(source, "") for source, _ in record.pointing}
    by_kind: dict[str, list[str]] = {}
    for home in sorted(homes - {"", record.iri}):
        by_kind.setdefault(kind(home), []).append(home)
    return by_kind


def _condition(records: Records, record: Record, renderer: Renderer) -> Context:
    name = record.iri
    answers = [a for a in renderer.answers.values() if a.about == name]
    answers.sort(key=lambda a: (a.is_harm, a.dose != f"{LDNC}low-dose", a.label))
    treatments = {(a.drug, a.dose) for a in answers if not a.is_harm}
    harms = [a for a in renderer.answers.values() if a.is_harm and (a.drug, a.dose) in treatments]
    results = sections.results(records, name)
    told = {answer.iri for answer in answers}
    return {
        "answers": answers,
        "first": next((answer for answer in answers if not answer.is_harm), None),
        "harms": [a for a in harms if a.findings or a.status == "known effect"],
        "events": _results_by_study(records, results, "adverse event"),
        "statements": _once(sections.statements(records, name)),
        "guidance": sections.guidance(records, name),
        "claims": [row for row in sections.claims(records, name) if row["claim"] not in told],
        "studies": sections.studies(records, name),
        "primary": _results_by_study(records, results, "primary outcome"),
        "users": {},
    }


def _once(statements: sections.Rows) -> sections.Rows:
    """Return each statement once, though it may express several claims."""
    return list({(row["said"], row["passage"]): row for row in statements}.values())


def _claim(records: Records, record: Record, renderer: Renderer) -> Context:
    dataset = records.dataset
    answer = renderer.answers.get(record.iri)
    found = mechanisms(dataset, claim=record.iri) if "MechanismClaim" in record.classes else []
    out = kept_out(dataset, record.iri) if answer else []
    mechanism = found[0] if found else None
    steps = of_answer(answer, out) if answer else of_claim(dataset, record.iri, mechanism)
    return {
        "answer": answer,
        "steps": steps,
        "mechanism": mechanism,
        "kept_out": out,
        "statements": sections.statements(records, record.iri),
        "users": {
            name: users
            for name, users in _users(records, record).items()
            if name not in _TOLD_BY_CLAIM
        },
    }


_TOLD_BY_CLAIM = ("study", "source", "synthesis")


def _study(records: Records, record: Record, renderer: Renderer) -> Context:
    return {
        "told": study_told(records.dataset, record.iri),
        "papers": papers(records.dataset, record.iri),
        "bibtex": bibtex,
        "ris": ris,
        "record_citation": cite(records.dataset, record.iri).splitlines()[-1].removeprefix(RECORD),
        "users": {
            name: users
            for name, users in _users(records, record).items()
            if name not in _TOLD_BY_STUDY
        },
    }


_TOLD_BY_STUDY = ("claim", "synthesis")


def _target(records: Records, record: Record, renderer: Renderer) -> Context:
    return {
        "found": sorted(mechanisms(records.dataset, about=record.iri), key=place),
        "levels": levels(records.dataset),
        "in_blood": in_blood(records.dataset),
        "most_in_cells": most_in_cells(records.dataset),
        "users": {n: u for n, u in _users(records, record).items() if n != "claim"},
    }


def _source(records: Records, record: Record, renderer: Renderer) -> Context:
    statements = sentences(records.dataset, record.iri)
    return {
        "statements": statements,
        "weakest": least_supported(statements),
        "told": {slug(name) for each in statements for name in (each.iri, each.passage)},
        "users": {},
    }


def _synthesis(records: Records, record: Record, renderer: Renderer) -> Context:
    of_all = (each for answer in renderer.answers.values() for each in answer.findings)
    return {"finding": next((each for each in of_all if each.iri == record.iri), None)}


def _results_by_study(records: Records, results: sections.Rows, rank: str) -> dict[str, list[str]]:
    """Map the IRI of each study to its results of a rank, each in a line of words."""
    texts_by_study: dict[str, list[str]] = {}
    for row in results:
        if row["rank"] == rank:
            text = part(records.dataset, row["result"], "result").words
            texts_by_study.setdefault(row["study"], []).append(text.replace(f"{rank}; ", ""))
    return texts_by_study


# The template of each kind of record that has more to tell than its facts, and what it needs.
_VIEWS: dict[str, tuple[str, Callable[[Records, Record, Renderer], Context]]] = {
    "claim": ("claim.html", _claim),
    "condition": ("condition.html", _condition),
    "source": ("source.html", _source),
    "study": ("study.html", _study),
    "symptom": ("condition.html", _condition),
    "synthesis": ("synthesis.html", _synthesis),
    "target": ("target.html", _target),
}
