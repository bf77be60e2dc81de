"""The dataset against its shapes: every record, and every term of ours for being defined."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from ldn_kg.check import shacl
from ldn_kg.check.derived import derived_properties, typed
from ldn_kg.check.hints import Hints
from ldn_kg.check.own import Fault, faults, naming, said
from ldn_kg.check.place import line_of
from ldn_kg.errors import InvalidData, LdnKgError
from ldn_kg.graph import synthesis
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import ROOT, files, quads, text
from ldn_kg.graph.namespaces import BASE, iri, shorten
from ldn_kg.graph.rules import RULES, derive, rule

UNDEFINED = "undefined-term"
DERIVED = "derived-property"
_NODE = NamedNode("urn:x")
_MESSAGE, _CLASS = iri("sh:message"), iri("sh:targetClass")
_TRIPLES = "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }"


@dataclass(frozen=True, order=True)
class Problem:
    """One rule that one record breaks, and where the record stands, if in a file.

    `record` and `rule` are IRIs; `path` and `value` are words for a person, and so is `hint`, which
    says what could stand there instead. `line` counts from 1.
    """

    record: str
    rule: str
    message: str
    path: str | None = None
    value: str | None = None
    file: Path | None = None
    line: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Return the one line that a curator needs: file, record, rule, what is wrong."""
        line = f"{self.line}:" if self.line else ""
        place = f"{self.file}:{line} " if self.file else ""
        what = f"{self.path or 'it'} says {self.value}" if self.value else self.path
        detail = "; ".join(filter(None, [what, self.hint]))
        detail = f" ({detail})" if detail else ""
        return f"{place}{shorten(self.record)}: {self.message}{detail} [{shorten(self.rule)}]"


@dataclass(frozen=True)
class Report:
    """What a validation looked at and what it found."""

    triples: int
    shapes: int
    records: int
    problems: tuple[Problem, ...]


def load(*paths: str | Path, shipped: bool = True, prepared: bool = False) -> Dataset:
    """Read the shipped dataset with your own files or folders, and derive its grades.

    Your records stand in the graph `local`, beside the shipped ones, and are graded by the same
    rules. Raises InvalidData where they break a rule of the shapes (`validate` returns the problems
    instead), and LdnKgError for a path that is missing, empty, unreadable or not RDF.

    With `prepared`, the rules are not applied again to files that did not change: what they derived
    is kept in the user's cache folder.
    """
    if prepared and shipped:
        from ldn_kg.graph.prepared import loaded

        kept = loaded(paths, lambda: load(*paths))
        return Dataset(kept.store, kept.files)  # which may be changed, and is judged again then
    dataset = derive(read(*paths, shipped=shipped))
    if paths:
        check(dataset)
    return dataset


def validate(dataset: Dataset | str | Path, *paths: str | Path) -> Report:
    """Check every record of a dataset against the shapes, and every own term for being defined.

    What a rule derives is reported where it is typed. In place of a dataset, files or folders are
    read together with the shipped dataset. Raises LdnKgError where no shape finds a record to look
    at: nothing looked at is not valid.
    """
    if not isinstance(dataset, Dataset):
        dataset = derive(read(dataset, *paths))
    shapes = rules()
    records = _records(dataset.store, shapes)
    if not records:
        raise LdnKgError("No shape finds a record to look at; name a file that holds records.")
    broken = [
        *_judged(dataset.store, shapes, _validator()),
        *_undefined_terms(dataset),
        *_typed(dataset),
        *(
            Problem(f.record, f.rule, f.message, f.path, f.value, f.file)
            for f in _of_own(dataset, shapes)
        ),
    ]
    return Report(
        triples=int(dataset.rows(_TRIPLES)[0]["n"]),
        shapes=len({quad.subject for quad in _stating(shapes, _MESSAGE)}),
        records=records,
        problems=_with_places(dataset, broken),
    )


def problems(triples: Iterable[Triple], shapes: Path) -> tuple[Problem, ...]:
    """Check triples against the shapes of one file, which must find something to look at.

    Raises LdnKgError where they find nothing: nothing looked at is not valid.
    """
    data, rules = Store(), Store()
    data.extend(Quad(*triple) for triple in triples)
    rules.extend(quads(shapes))
    if not _records(data, rules):
        raise LdnKgError(f"{shapes.name} finds nothing to look at.")
    return tuple(sorted(_judged(data, rules, shacl.Validator(rules))))


def check(dataset: Dataset) -> None:
    """Raise InvalidData with all problems unless the dataset validates, now or when prepared."""
    if dataset.is_valid:
        return
    broken = validate(dataset).problems
    if broken:
        raise InvalidData(broken)


@cache
def rules() -> Store:
    """Return the shipped shapes in one store."""
    store = Store()
    for path in files("shapes", ".ttl"):
        store.extend(quads(path))
    return store


@cache
def only_derived() -> Mapping[str, str]:
    """Map each property that only rules give to the name of the first that gives it."""
    texts = {name: rule(name) for name in RULES if name != "synthesis"}
    return derived_properties(texts, {"synthesis": synthesis.DERIVED})


@cache
def _validator() -> shacl.Validator:
    """Return what validates by the shipped shapes: it translates them once."""
    return shacl.Validator(rules())


def _judged(data: Store, shapes: Store, validator: shacl.Validator) -> Iterator[Problem]:
    try:
        results = validator.validate(data)
    except shacl.ShapesError as error:
        raise LdnKgError(str(error)) from error
    hints = Hints(data, shapes)
    for result in results:
        # A rule on a whole record reports the record itself, which is said already.
        value = None if result.value == result.focus_node else _words(result.value)
        if isinstance(result.value, Literal) and _is_of_other_datatype(shapes, result):
            value = said(result.value)
        missing = _is_ours(result.value) and not _is_typed(data, result.value)
        yield Problem(
            record=naming(_about(data, result.focus_node))(result.focus_node),
            rule=result.source_shape.value,
            message=result.message,
            path=_words(result.path),
            value=f"{value}, which is no record" if value and missing else value,
            hint=hints.on(result),
        )


def _about(data: Store, node: Any) -> Iterable[Quad]:
    return data.quads_for_pattern(node, None, None, None) if isinstance(node, BlankNode) else ()


def _is_of_other_datatype(shapes: Store, result: Any) -> bool:
    wanted = shapes.quads_for_pattern(result.source_shape, iri("sh:datatype"), None, None)
    return any(quad.object != result.value.datatype for quad in wanted)


def _words(term: shacl.Term | None) -> str | None:
    return None if term is None or isinstance(term, BlankNode) else shorten(term.value)


def _is_ours(term: object) -> bool:
    return isinstance(term, NamedNode) and term.value.startswith(BASE)


def _is_typed(data: Store, term: Any) -> bool:
    return next(data.quads_for_pattern(term, iri("rdf:type"), None, None), None) is not None


def _stating(shapes: Store, predicate: NamedNode) -> Iterable[Quad]:
    return shapes.quads_for_pattern(None, predicate, None, None)


def _records(data: Store, shapes: Store) -> int:
    """Count what is of a class that some shape is about."""
    classes = " ".join(sorted({str(quad.object) for quad in _stating(shapes, _CLASS)}))
    where = f"VALUES ?class {{ {classes} }} ?record a ?class"
    sparql = f"SELECT (COUNT(DISTINCT ?record) AS ?n) WHERE {{ {where} }}"
    return int(Dataset(data, ()).rows(sparql)[0]["n"])


def _undefined_terms(dataset: Dataset) -> Iterable[Problem]:
    """Find own terms that no file defines: SHACL has no target for a misspelt property."""
    hints = Hints(dataset.store, rules())
    for row in dataset.rows(text(ROOT / "shapes" / f"{UNDEFINED}.rq")):
        term = shorten(row["term"])
        message = f"{term} is not defined in the ontology; look for a misspelling."
        yield Problem(row["record"], UNDEFINED, message, hint=hints.on_term(row["term"]))


def _typed(dataset: Dataset) -> Iterable[Problem]:
    """Find what is typed and only a rule may say: the shapes see no graphs."""
    derived = only_derived()
    for quad in typed(dataset.store, derived):
        name, record = shorten(quad.predicate.value), quad.subject
        by = f"by the rule {derived[name]}" if name in derived else "for this record"
        message = f"{name} is derived {by}; take it away."
        said = _words(quad.object)  # type: ignore[arg-type]  # RDF 1.1 only
        yield Problem(str(record).strip("<>"), DERIVED, message, path=name, value=said)


def _of_own(dataset: Dataset, shapes: Store) -> Iterator[Fault]:
    return faults(dataset, {quad.object for quad in _stating(shapes, _CLASS)})


def _with_places(dataset: Dataset, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Name the file and line of each record; read again, since that is needed for faults only."""
    broken = sorted(set(problems), key=str)
    records = {problem.record for problem in broken}
    where: dict[tuple[str, str | None], Path] = {}
    typed: dict[tuple[str, str | None], list[Literal]] = {}
    for path in dataset.files if records else ():
        held = list(quads(path))
        name_of = naming(held)
        for quad in held:
            name = name_of(quad.subject)
            if name in records:
                # The last one: a user's own file comes after the shipped ones.
                property = shorten(quad.predicate.value)
                where[name, None] = where[name, property] = path
                if isinstance(quad.object, Literal):
                    typed.setdefault((name, property), []).append(quad.object)
    return tuple(
        _placed(
            _as_typed(p, typed.get((p.record, p.path), [])),
            p.file or where.get((p.record, p.path)) or where.get((p.record, None)),
        )
        for p in broken
    )


def _as_typed(problem: Problem, literals: list[Literal]) -> Problem:
    """Show the literal of a file in place of what a store has made of it (1.0 for "1.0")."""
    for literal in literals:
        store = Store()
        store.add(Quad(_NODE, _NODE, literal))
        kept: Any = next(iter(store)).object
        if problem.value in (kept.value, said(kept)):
            shown = literal.value if problem.value == kept.value else said(literal)
            return replace(problem, value=shown)
    return problem


def _placed(problem: Problem, file: Path | None) -> Problem:
    line = line_of(file, problem.record, problem.path) if file else None
    return replace(problem, file=file, line=line)
