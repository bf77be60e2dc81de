"""Where the files are; files into quads, each file into its graph."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from ldn_kg.errors import LdnKgError
from ldn_kg.namespaces import BASE, GRAPH, KINDS, PREFIXES, expand, shorten

_HERE = Path(__file__).parent
ROOT = _HERE / "_files" if (_HERE / "_files").is_dir() else _HERE.parent

GRAPHS = {
    name: NamedNode(GRAPH + name)
    for name in ("source", "literature", "vocabulary", "derived", "dataset", "local")
}


@dataclass(frozen=True)
class Dataset:
    """All graphs in one store, and the files that they were read from."""

    store: Store
    files: tuple[Path, ...]

    def triples(self, graph: str | None = None) -> Iterator[Quad]:
        """Yield the quads of one graph by its short name, or of all graphs.

        Raises LdnKgError where there is no such graph.
        """
        if graph is None:
            return self.store.quads_for_pattern(None, None, None, None)
        if graph not in GRAPHS:
            raise LdnKgError(f"There is no graph {graph!r}; the graphs are {', '.join(GRAPHS)}.")
        return self.store.quads_for_pattern(None, None, None, GRAPHS[graph])


def files(folder: str, suffix: str) -> tuple[Path, ...]:
    """Return the shipped files below a folder, sorted; finding none is an error."""
    found = tuple(sorted((ROOT / folder).rglob(f"*{suffix}")))
    if not found:
        raise LdnKgError(f"There is no {suffix} file under {ROOT / folder}; reinstall ldn-kg.")
    return found


def text(path: Path) -> str:
    """Return the text of a file in UTF-8, line ends unchanged.

    Raises LdnKgError where it is missing, a folder, unreadable or not UTF-8.
    """
    if path.is_dir():
        raise LdnKgError(f"{path} is a folder; name a file.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LdnKgError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LdnKgError(
            f"{path}:{line}: byte {error.start} is not UTF-8; save the file as UTF-8."
        ) from error


def context() -> dict[str, Any]:
    """Return the published JSON-LD context: its terms in the order of the ontology."""
    import json  # here: questions are answered without it

    terms: dict[str, Any] = json.loads(text(ROOT / "ontology" / "context.jsonld"))["@context"]
    return terms


def quads(path: Path) -> Iterator[Quad]:
    """Yield the quads of an RDF file; what is in no graph goes to the graph of the file.

    The format follows from the ending (ttl, nt, nq, trig, rdf, jsonld). Raises LdnKgError with
    file, line and column where the file cannot be parsed.
    """
    store = Store()
    _load(store, path)
    yield from store


def _load(store: Store, path: Path) -> None:
    form = RdfFormat.from_extension(path.suffix.lstrip("."))
    if form is None:
        raise LdnKgError(f"{path}: the ending is not one of ttl, nt, nq, trig, rdf, jsonld.")
    content, base = text(path).removeprefix("\ufeff"), path.absolute().as_uri()
    if form == RdfFormat.JSON_LD and _depth(content) > _DEEPEST:
        raise LdnKgError(f"{path}: the JSON is nested more than {_DEEPEST} deep; make it flat.")
    if form == RdfFormat.RDF_XML and _BOMB.search(content):
        raise LdnKgError(f"{path}: an entity that holds entities, or is long, is not expanded.")
    try:
        if form.supports_datasets:
            for quad in parse(content, format=form, base_iri=base):
                inside = quad.graph_name if quad.graph_name != DefaultGraph() else GRAPHS["local"]
                store.add(Quad(quad.subject, quad.predicate, quad.object, inside))
        else:
            store.load(content, format=form, base_iri=base, to_graph=_graph_of(path))
    except SyntaxError as error:
        raise LdnKgError(f"{path}:{error.lineno}:{error.offset}: {error.msg}.") from error


def _depth(json: str) -> int:
    """Return how deep brackets are nested: the parser has no limit but that of its stack."""
    depth = most = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", json)):
        depth += 1 if bracket in "[{" else -1
        most = max(most, depth)
    return most


_DEEPEST = 200
# Short entities, for namespaces, are common; others can grow to fill the memory.
_BOMB = re.compile(r"""<!ENTITY[^>"']*(?:"[^"]*&|'[^']*&|"[^"]{300}|'[^']{300})""")


def _graph_of(path: Path) -> NamedNode:
    if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in _SHIPPED:
        return GRAPHS["local"]
    parts = path.relative_to(ROOT).parts
    if parts[0] == "ontology":
        return GRAPHS["vocabulary"]
    if parts[1] == "sources":
        return GRAPHS["source"]
    return GRAPHS["dataset" if parts[1] == "dataset.ttl" else "literature"]


_SHIPPED = ("ontology", "data")


def _expand_paths(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(p for p in path.rglob("*") if RdfFormat.from_extension(p.suffix[1:]))
        if not inside:
            raise LdnKgError(f"{path} holds no RDF file (ttl, nt, nq, trig, rdf, jsonld).")
        yield from inside


def read(*paths: str | Path, shipped: bool = True) -> Dataset:
    """Read the shipped files, together with further files or folders where given.

    Raises LdnKgError for a path that is missing, empty, unreadable or not RDF.
    """
    chosen = [path for folder in _SHIPPED for path in files(folder, ".ttl")] if shipped else []
    own = list(_expand_paths(Path(path) for path in paths))
    chosen += [path for path in own if path.resolve() not in chosen]
    store = Store()
    for path in chosen:
        if path not in own:
            _load(store, path)
            continue
        before = len(store)  # only for the files of a user: the store counts one by one
        _load(store, path)
        if len(store) == before:
            raise LdnKgError(f"{path} brings not one triple that is not there already.")
    if len(store) == 0:
        raise LdnKgError("There is not one triple in what was read; name a file that has some.")
    dataset = Dataset(store, tuple(chosen))
    for row in rows(dataset, _TRIPLE_TERMS) if own else ():
        raise LdnKgError(f"{row['record']} has a triple term, which RDF 1.1 does not have.")
    return dataset


def ask(dataset: Dataset, sparql: str, union: bool = True) -> Any:
    """Return what the store answers to a SPARQL query, as a rule over the union of all graphs."""
    return dataset.store.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=union)


def iri(name: str) -> NamedNode:
    """Return the IRI of a prefixed name with a prefix of ours."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def rows(dataset: Dataset, sparql: str, **values: NamedNode) -> list[dict[str, str]]:
    """Return the rows of a SELECT query of our own, as text; what is unbound is ""."""
    for name, value in values.items():
        sparql = sparql.replace(f"?{name}", str(value))
    result = ask(dataset, sparql)
    names = [variable.value for variable in result.variables]
    return [{n: row[n].value if row[n] is not None else "" for n in names} for row in result]


def label(dataset: Dataset, term: Any) -> str:
    """Return the words for a term: its label, or its prefixed name; a literal's own text."""
    if isinstance(term, Literal):
        return str(term.value)
    for predicate in _LABELS:
        for quad in dataset.store.quads_for_pattern(term, predicate, None, None):
            return str(cast(Literal, quad.object).value)
    return shorten(term.value)


_LABELS = tuple(
    NamedNode(PREFIXES[prefix] + name)
    for prefix, name in (("rdfs", "label"), ("skos", "prefLabel"), ("dcterms", "title"))
)


def find(dataset: Dataset, name: str, kind: str | None = None) -> NamedNode:
    """Return the record that a slug, prefixed name or IRI means.

    A kind (claim, condition, study …) is tried first for a slug. Raises LdnKgError with the
    nearest names where there is no such record, or with all of them where a slug means several.
    """
    for iri in _candidates(name, kind):
        if _is_record(dataset, iri):
            return _of_kind(iri, kind)
    places = _iris(f"{place}{name}" for place in _PLACES)
    meant = [iri.value for iri in places if _is_record(dataset, iri)]
    slugs = {} if meant else _slugs(dataset)  # which looks at all records
    meant = meant or slugs.get(name, [])
    # A publication has the slug of its study, which is what is meant.
    meant = [iri for iri in meant if len(meant) == 1 or shorten(iri) != f"publication:{name}"]
    if len(meant) == 1:
        return _of_kind(NamedNode(meant[0]), kind)
    if meant:
        names = ", ".join(shorten(iri) for iri in sorted(meant))
        raise LdnKgError(f"{name!r} means several records: {names}. Name one of them.")
    local = shorten(name).rpartition(":")[2].lower()
    near = [
        shorten(iri)
        for slug in difflib.get_close_matches(local, slugs, n=3, cutoff=0.5)
        for iri in slugs[slug]
        if kind not in KINDS or iri.startswith(f"{BASE}{kind}/")
    ]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise LdnKgError(f"There is no {kind or 'record'} {name!r}.{hint}")


def _of_kind(record: NamedNode, kind: str | None) -> NamedNode:
    """Refuse one of our records that is of another kind: it could only give an empty answer."""
    if kind in KINDS and record.value.startswith(BASE):
        if not record.value.startswith(f"{BASE}{kind}/"):
            raise LdnKgError(f"{shorten(record.value)} is not a {kind}.")
    return record


def _candidates(name: str, kind: str | None) -> Iterator[NamedNode]:
    iris = [name.strip("<>"), expand(name)]
    if kind in KINDS:
        iris.insert(0, f"{BASE}{kind}/{name}")
    return _iris(iri for iri in iris if iri)


def _iris(texts: Iterable[str]) -> Iterator[NamedNode]:
    """Yield those texts that are IRIs."""
    for text in texts:
        try:
            yield NamedNode(text)
        except ValueError:
            continue


def _is_record(dataset: Dataset, iri: NamedNode) -> bool:
    return next(dataset.store.quads_for_pattern(iri, None, None, None), None) is not None


def _slugs(dataset: Dataset) -> dict[str, list[str]]:
    """Map the last part of each record's IRI to the IRIs that end with it."""
    slugs: dict[str, list[str]] = {}
    for row in rows(dataset, _RECORDS):
        slugs.setdefault(row["record"].rpartition("/")[2], []).append(row["record"])
    return slugs


_PLACES = [s for s in PREFIXES.values() if s.startswith(BASE) and s.endswith("/")]
_TRIPLE_TERMS = "SELECT ?record WHERE { ?record ?property ?object FILTER(isTRIPLE(?object)) }"
_RECORDS = f"""
SELECT DISTINCT ?record
WHERE {{
  ?record a ?type .
  FILTER(isIRI(?record) && STRSTARTS(STR(?record), "{BASE}") && !CONTAINS(STR(?record), "#"))
}}
ORDER BY ?record
"""
