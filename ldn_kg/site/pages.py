"""Which pages there are, and what stands on each."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

from pyoxigraph import Literal, NamedNode

from ldn_kg import plots
from ldn_kg.citation import cite
from ldn_kg.dataset import GRAPHS, files, quads
from ldn_kg.explanation import explain
from ldn_kg.namespaces import BASE, LDN, PREFIXES, shorten
from ldn_kg.page import part_line
from ldn_kg.release import artefacts
from ldn_kg.release.crate import CRATE
from ldn_kg.release.media import described, media
from ldn_kg.release.metadata import about, address, version_of
from ldn_kg.site import sections
from ldn_kg.site.graph import Graph, Value, kind, slug
from ldn_kg.site.render import Page, Renderer, data
from ldn_kg.sparql import Question, query, questions

Files = dict[str, Callable[[], bytes]]

# What schema.org calls the kinds of records.
_SCHEMA = {
    "claim": "Claim",
    "concept": "DefinedTerm",
    "condition": "MedicalCondition",
    "drug": "Drug",
    "guidance": "MedicalGuideline",
    "publication": "CreativeWork",
    "source": "CreativeWork",
    "study": "MedicalStudy",
    "symptom": "MedicalSymptom",
}
_SHOWN = ("plot", "claims", "lines", "studies", "text", "items")  # what a section can consist of
_ROWS = 500  # of an answer on the page of its question; all are in the CSV file


def pages(graph: Graph, base_url: str | None = None) -> Files:
    """Return the pages by their paths, and how to make each."""
    renderer = Renderer(graph, base_url)
    made: Files = {}
    for record in graph.records:
        made[_path(record)] = partial(_render, renderer, _record, graph, record)
    for name, node in GRAPHS.items():
        if graph.dataset.store.contains_named_graph(node):
            made[f"graph/{name}.html"] = partial(_render, renderer, _graph, graph, name)
    for question in questions().values():
        path = f"query/{question.name}.html"
        made[path] = partial(_render, renderer, _question, graph, question)
    for path, make in _SINGLE.items():
        made[path] = partial(_render, renderer, make, graph, path)
    made[f"release/{version_of(graph.dataset)[1]}/index.html"] = partial(
        _render, renderer, _release, graph, f"release/{version_of(graph.dataset)[1]}/index.html"
    )
    made["search.json"] = partial(_index, graph)
    return made


def _render(renderer: Renderer, make: Callable[..., Page], *arguments: Any) -> bytes:
    return renderer.render(make(*arguments, renderer))


def _path(record: str) -> str:
    return f"{kind(record)}/{slug(record)}.html"


def _alternates(path: str) -> tuple[tuple[str, str], ...]:
    stem = path.removesuffix(".html")
    return (("text/turtle", f"{stem}.ttl"), ("application/ld+json", f"{stem}.jsonld"))


def _record(graph: Graph, record: str, renderer: Renderer) -> Page:
    found = kind(record)
    retracted = _retractions(graph, record)
    parts = {
        "claim": _claim,
        "condition": _condition,
        "study": _study,
    }.get(found, _others)
    words = graph.label(record)
    return Page(
        path=_path(record),
        title=words,
        template="record.html",
        summary=f"{found}: {words}. What is known of it, and where it was read.",
        kind=found,
        iri=record,
        warning=retracted,
        alternates=_alternates(_path(record)),
        schema=_schema(graph, record),
        context={
            "facts": _facts(graph, record),
            "status": next(iter(_statuses(graph, record)), None),
            "sections": [
                section
                for section in (_section(**given) for given in parts(graph, record, renderer))
                if any(section[name] for name in _SHOWN)
            ],
        },
    )


def _from(renderer: Renderer, root: str) -> Callable[[str], str]:
    """Return where an IRI leads from a page that stands some folders deep."""
    return lambda iri: renderer.href(iri, root) or iri


def _section(title: str, **given: Any) -> dict[str, Any]:
    empty = dict.fromkeys((*_SHOWN, "note", "results"))
    name = "".join(c if c.isalnum() else "-" for c in title.lower())
    return {**empty, "with_claim": True, "id": f"section-{name}", "title": title, **given}


def _facts(graph: Graph, record: str) -> list[Any]:
    """Return the facts of a record but for its parts, which have sections of their own."""
    parts = set(graph.records[record])
    return [
        fact for fact in graph.facts(record) if not parts & {value.iri for value in fact.values}
    ]


def _statuses(graph: Graph, record: str) -> Iterator[dict[str, str]]:
    if kind(record) == "claim":
        yield from (row for row in sections.claims(graph) if row["claim"] == record)


def _retractions(graph: Graph, record: str) -> str:
    about = {record, *(value.iri or "" for value in _objects(graph, record, "publication"))}
    if any(q.predicate.value == f"{LDN}retracted" for name in about for q in graph.quads(name)):
        return "RETRACTED. Nothing on this page counts as evidence."
    if any(q.object == NamedNode(f"{BASE}concept/retracted") for q in graph.quads(record)):
        return "The only support for this claim was retracted."
    return ""


def _schema(graph: Graph, record: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org/",
        "@type": _SCHEMA.get(kind(record), "Thing"),
        "@id": record,
        "name": graph.label(record),
        "isPartOf" if kind(record) in ("claim", "publication", "source") else "subjectOf": {
            "@id": f"{BASE}dataset",
            "@type": "Dataset",
        },
    }


def _claim(graph: Graph, record: str, renderer: Renderer) -> Iterator[dict[str, Any]]:
    yield {"title": "Evidence", "lines": sections.lines(graph, record), "with_claim": False}
    yield {"title": "How it got its status and level", "text": explain(graph.dataset, record)}
    yield {"title": "What the source document says", "items": _said(graph, record)}


def _condition(graph: Graph, record: str, renderer: Renderer) -> Iterator[dict[str, Any]]:
    claims = sections.claims(graph, record)
    helps = [row for row in claims if row["kind"] == "efficacy claim"]
    for row in helps:
        reason = explain(graph.dataset, row["claim"]).split("\nEvidence lines")[0]
        yield {
            "title": graph.label(row["claim"]),
            "claims": [row],
            "text": reason.partition("\n\n")[2].strip(),
        }
    wanted = {row["claim"] for row in helps}
    yield {
        "title": "For and against",
        "lines": [row for row in sections.lines(graph, record) if row["claim"] in wanted],
        "plot": plots.condition_plot(graph.dataset, record, _from(renderer, "../")),
    }
    results = sections.results(graph, record)
    yield {
        "title": "Studies and their primary results",
        "studies": sections.studies(graph, record),
        "results": _lines_of(graph, results, "primary outcome"),
        "note": "A study without a result here named no primary outcome in what was read.",
    }
    yield {
        "title": "Doses used in these studies",
        "plot": plots.condition_doses(graph.dataset, record, _from(renderer, "../")),
    }
    harms = _lines_of(graph, results, "adverse event")
    yield {
        "title": "Harms in these studies",
        "items": [
            _item(text, None, Value(graph.label(study), study))
            for study, texts in harms.items()
            for text in texts
        ],
    }
    yield {"title": "What the source document says", "items": _said(graph, record)}
    other = [row for row in claims if row["claim"] not in wanted]
    yield {"title": "Other claims about it", "claims": other}
    yield from _others(graph, record, renderer)


def _study(graph: Graph, record: str, renderer: Renderer) -> Iterator[dict[str, Any]]:
    groups: dict[str, list[str]] = {}
    for part in graph.records[record]:
        name = "".join(graph.classes(part) & {"Arm", "Result", "Regimen", "RegimenStep"})
        groups.setdefault(name or "Other", []).append(part)
    for name, title in (("Arm", "Arms"), ("Regimen", "Schedules"), ("RegimenStep", "Steps")):
        yield {"title": title, "items": _parts(graph, groups.get(name, []))}
    yield {"title": "Results", "items": _parts(graph, groups.get("Result", []))}
    lines = [part for part in groups.get("Other", []) if "EvidenceLine" in graph.classes(part)]
    yield {
        "title": "Bears on",
        "items": [
            _item(f"{_word(graph, part, 'direction')}:", part, *_objects(graph, part, "claim"))
            for part in lines
        ],
    }
    differing = [part for part in groups.get("Other", []) if part not in lines]
    words = [_item(_word(graph, part, "description"), part) for part in differing]
    yield {"title": "Discrepancies", "items": words}
    yield from _others(graph, record, renderer, parts=False)


def _others(
    graph: Graph, record: str, renderer: Renderer, parts: bool = True
) -> Iterator[dict[str, Any]]:
    """Yield the parts of a record, unless told elsewhere, and what points to it."""
    if parts:
        yield {"title": "Parts", "items": _parts(graph, graph.records[record])}
    pointing: dict[str, set[str]] = {}
    for quad in graph.pointing(record):
        home = graph.homes.get(str(quad.subject).strip("<>"))
        if home and home != record:
            pointing.setdefault(home, set()).add(str(quad.subject).strip("<>"))
    items = [_item("", None, Value(graph.label(home), home)) for home in sorted(pointing)]
    yield {"title": "Used by", "items": items}


def _said(graph: Graph, about: str) -> list[dict[str, Any]]:
    return [
        _item(f"{row['said']} ({row['hedge']})", None, Value("passage", row["passage"]))
        for row in sections.statements(graph, about)
    ]


def _lines_of(graph: Graph, found: sections.Rows, rank: str) -> dict[str, list[str]]:
    """Map each study to its results of a rank, each in a line."""
    said: dict[str, list[str]] = {}
    for row in found:
        if row["rank"] == rank:
            line = part_line(graph.dataset, NamedNode(row["result"]))[1]
            said.setdefault(row["study"], []).append(line.replace(f"{rank}; ", ""))
    return said


def _parts(graph: Graph, parts: list[str]) -> list[dict[str, Any]]:
    lines = sorted((part_line(graph.dataset, NamedNode(part)), part) for part in parts)
    return [_item(words, part) for (_, words), part in lines]


def _item(words: str, part: str | None = None, *links: Value) -> dict[str, Any]:
    return {"words": words, "id": slug(part) if part else None, "links": links}


def _objects(graph: Graph, record: str, name: str) -> list[Value]:
    return [graph.value(q.object) for q in graph.quads(record) if q.predicate.value == LDN + name]


def _word(graph: Graph, record: str, name: str) -> str:
    wanted = (LDN + name, PREFIXES["dcterms"] + name)
    found = [
        graph.value(q.object).words for q in graph.quads(record) if q.predicate.value in wanted
    ]
    return ", ".join(found)


def _question(graph: Graph, question: Question, renderer: Renderer) -> Page:
    answer = query(graph.dataset, question.name)
    found = list(answer)
    path = f"query/{question.name}.html"
    return Page(
        path=path,
        title=question.words,
        template="question.html",
        summary=question.words,
        iri=f"{BASE}query/{question.name}",
        alternates=_alternates(path),
        context={
            "name": question.name,
            "sparql": question.sparql,
            "columns": answer.columns,
            "total": len(found),
            "rows": [[_cell(graph, row[c]) for c in answer.columns] for row in found[:_ROWS]],
        },
    )


def _cell(graph: Graph, value: Any) -> Value:
    if value is None:
        return Value("")
    words = str(value)
    if words.startswith(("http://", "https://")):
        known = words in graph.homes
        return Value(graph.label(words) if known else shorten(words), words)
    return Value(words)


_GRAPHS = {
    "dataset": "The dataset about itself.",
    "derived": "What the rules derived: grades, statuses, and the words of standard vocabularies.",
    "literature": "Drugs, doses, conditions, claims, and the studies with their results.",
    "source": "What the source document says, statement by statement.",
    "vocabulary": "The terms, the closed lists of concepts, and their ties to other vocabularies.",
}


def _graph(graph: Graph, name: str, renderer: Renderer) -> Page:
    count = sum(1 for _ in graph.dataset.triples(name))
    path = f"graph/{name}.html"
    return Page(
        path=path,
        title=f"The graph {name}",
        template="record.html",
        summary=_GRAPHS[name],
        kind="named graph",
        iri=GRAPHS[name].value,
        alternates=_alternates(path),
        context={
            "facts": [],
            "status": None,
            "sections": [
                _section("What is in it", text=f"{_GRAPHS[name]} {count} triples."),
            ],
        },
    )


def _home(graph: Graph, path: str, renderer: Renderer) -> Page:
    efficacy = [
        row
        for row in sections.claims(graph)
        if row["kind"] == "efficacy claim" and row["status"] not in ("hypothesis", "retracted")
    ]
    # The best evidence first, whichever way it points.
    efficacy.sort(key=lambda row: min(row["level"] or "none", row["counterLevel"] or "none"))
    return Page(
        path=path,
        title="The evidence on low-dose naltrexone",
        template="index.html",
        summary="A knowledge graph of the evidence for and against low-dose naltrexone.",
        iri=f"{BASE}dataset",
        alternates=_alternates("metadata.html"),
        schema=_dataset(graph),
        context={
            "counts": sections.counts(graph),
            "drawn": plots.evidence_map(graph.dataset, _from(renderer, "")),
            "claims": efficacy,
            "citation": cite(graph.dataset).strip(),
        },
    )


def _dataset(graph: Graph) -> dict[str, Any]:
    """Say in the words of schema.org what search engines for datasets ask."""
    version, number = version_of(graph.dataset)
    said = about(graph.dataset)
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": version.value,
        "name": said["name"],
        "description": f"{said['description']} {said['not']}",
        "version": number,
        "datePublished": said["issued"],
        "license": said["license"],
        "creator": {"@type": "Organization", "name": said["creator"]},
        "temporalCoverage": said["years"],
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": address(number, f"ldn-kg.{ending}"),
                "encodingFormat": media(f"ldn-kg.{ending}").type,
            }
            for ending in ("ttl", "jsonld", "nq")
        ],
    }


def _listing(graph: Graph, path: str, renderer: Renderer) -> Page:
    """Return the page of all records of a kind."""
    title, summary, groups, drawn = {
        "conditions.html": _conditions,
        "claims.html": _claims,
        "studies.html": _studies,
        "mechanism.html": _mechanism,
        "doses.html": _doses,
    }[path](graph, renderer)
    empty = dict.fromkeys(("claims", "studies", "links"))
    return Page(
        path=path,
        title=title,
        template="listing.html",
        summary=summary,
        context={"groups": [{**empty, **group} for group in groups], "drawn": drawn},
    )


Listing = tuple[str, str, list[dict[str, Any]], Any]


def _conditions(graph: Graph, renderer: Renderer) -> Listing:
    links = [(name, "") for name in sorted(_walk(graph, "condition"), key=graph.label)]
    symptoms = [(name, "") for name in sorted(_walk(graph, "symptom"), key=graph.label)]
    groups = [{"title": "Conditions", "links": links}, {"title": "Symptoms", "links": symptoms}]
    return "Conditions and symptoms", "All that studies or claims are about.", groups, None


def _claims(graph: Graph, renderer: Renderer) -> Listing:
    found = sections.claims(graph)
    first = ("efficacy claim", "safety claim")
    kinds = sorted({row["kind"] for row in found}, key=lambda name: (name not in first, name))
    groups = [
        {"title": f"{name}s".capitalize(), "claims": [r for r in found if r["kind"] == name]}
        for name in kinds
    ]
    return "Claims", "Each with its status and levels, which rules compute.", groups, None


def _studies(graph: Graph, renderer: Renderer) -> Listing:
    groups = [{"title": "All studies", "studies": sections.studies(graph)}]
    return "Studies", "Every study, whatever it found.", groups, None


def _mechanism(graph: Graph, renderer: Renderer) -> Listing:
    found = [row for row in sections.claims(graph) if row["kind"] == "mechanism claim"]
    groups = [{"title": "Claims on how it works", "claims": found}]
    drawn = plots.mechanism_plot(graph.dataset, _from(renderer, ""))
    return "Mechanism", "How naltrexone is said to work, and what stands behind it.", groups, drawn


def _doses(graph: Graph, renderer: Renderer) -> Listing:
    links = [(name, "") for name in sorted(_walk(graph, "dose"), key=graph.label)]
    groups: list[dict[str, Any]] = [{"title": "Doses, windows and schedules", "links": links}]
    found = [row for row in sections.studies(graph) if row["doseMax"]]
    groups.insert(0, {"title": "Studies that state a daily dose", "studies": found})
    drawn = plots.dose_plot(graph.dataset, _from(renderer, ""))
    return "Doses", "Dose windows, what studies gave, and how doses were built up.", groups, drawn


def _walk(graph: Graph, wanted: str) -> Iterator[str]:
    return (record for record in graph.records if kind(record) == wanted)


def _queries(graph: Graph, path: str, renderer: Renderer) -> Page:
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


def _release(graph: Graph, path: str, renderer: Renderer) -> Page:
    """Return the page of the files of this release, which says what each is."""
    version, number = version_of(graph.dataset)
    names = [*artefacts(graph.dataset), "SHA256SUMS"]
    plain = {"SHA256SUMS": "The checksums of all files.", CRATE: "The release as an RO-Crate."}
    return Page(
        path=path,
        title=f"Version {number}",
        template="release.html",
        summary="All files of this version of the dataset.",
        iri=version.value,
        alternates=_alternates(f"release/{number}/metadata.html"),
        context={"files": [(n, plain.get(n) or described(n)) for n in sorted(names)]},
    )


def _search(graph: Graph, path: str, renderer: Renderer) -> Page:
    summary = "Search all records, in your browser."
    return Page(path=path, title="Search", template="search.html", summary=summary)


def _ontology(graph: Graph, path: str, renderer: Renderer) -> Page:
    groups: dict[str, list[dict[str, Any]]] = {"Classes": [], "Properties": []}
    for name in graph.subjects:
        if name.startswith(LDN):
            is_class = any(str(q.object).endswith("#Class>") for q in graph.quads(name))
            groups["Classes" if is_class else "Properties"].append(
                {
                    "id": name.removeprefix(LDN),
                    "name": graph.label(name),
                    "code": shorten(name),
                    "facts": graph.facts(name),
                }
            )
    return Page(
        path=path,
        title="Vocabulary",
        template="ontology.html",
        summary="The terms of the graph. Closed lists of concepts have pages of their own.",
        iri=f"{BASE}ontology",
        alternates=_alternates(path),
        context={"groups": [{"title": k, "terms": v} for k, v in groups.items()]},
    )


def _shapes(graph: Graph, path: str, renderer: Renderer) -> Page:
    groups = [(path.stem, sorted(set(_rules(path)))) for path in files("shapes", ".ttl")]
    return Page(
        path=path,
        title="Rules for the data",
        template="shapes.html",
        summary="What a good record is, as SHACL shapes: each rule with its message.",
        iri=f"{BASE}shapes",
        alternates=_alternates(path),
        context={"groups": groups},
    )


def _rules(path: Path) -> Iterator[tuple[str, str]]:
    for quad in quads(path):
        if quad.predicate.value == PREFIXES["sh"] + "message" and isinstance(
            quad.subject, NamedNode
        ):
            yield str(quad.subject).strip("<>").rpartition("#")[2], cast(Literal, quad.object).value


def _index(graph: Graph) -> bytes:
    """Return what the search looks through."""
    found = [
        {
            "h": _path(record),
            "l": graph.label(record),
            "k": kind(record),
            "a": " ".join(_other_words(graph, record)),
        }
        for record in graph.records
    ]
    return (json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


_SEARCHED = {
    LDN + "authorList",
    *(PREFIXES["bibo"] + name for name in ("doi", "pmid")),
    *(PREFIXES["skos"] + name for name in ("altLabel", "hiddenLabel")),
    PREFIXES["schema"] + "identifier",
    PREFIXES["dcterms"] + "title",
}


def _other_words(graph: Graph, record: str) -> Iterator[str]:
    for quad in graph.quads(record):
        if quad.predicate.value in _SEARCHED:
            yield graph.value(quad.object).words


_SINGLE: dict[str, Callable[..., Page]] = {
    "index.html": _home,
    **dict.fromkeys(
        ("conditions.html", "claims.html", "studies.html", "mechanism.html", "doses.html"), _listing
    ),
    "query.html": _queries,
    "search.html": _search,
    "ontology.html": _ontology,
    "shapes.html": _shapes,
}
