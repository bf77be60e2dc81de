"""The files: where they are, what is in them, and what of a file is refused."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import GRAPH

_PACKAGE = Path(__file__).parent.parent
ROOT = _PACKAGE / "_files" if (_PACKAGE / "_files").is_dir() else _PACKAGE.parent

GRAPHS = {
    name: NamedNode(GRAPH + name)
    for name in ("source", "literature", "vocabulary", "derived", "dataset", "local")
}
SHIPPED = ("ontology", "data")
_ENDINGS = "ttl, nt, nq, trig, rdf, jsonld"


def files(folder: str | Path, suffix: str) -> tuple[Path, ...]:
    """Return the shipped files below a folder, sorted; finding none is an error.

    A relative folder is below the root of the dataset.
    """
    place = ROOT / folder
    paths = tuple(sorted(place.rglob(f"*{suffix}")))
    if not paths:
        raise LdnKgError(f"There is no {suffix} file under {place}; reinstall ldn-kg.")
    return paths


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
    read_into(store, path)
    yield from store


def read_into(store: Store, path: Path) -> None:
    """Add the quads of an RDF file to a store, as `quads` does."""
    form = RdfFormat.from_extension(path.suffix.lstrip("."))
    if form is None:
        raise LdnKgError(f"{path}: the ending is not one of {_ENDINGS}.")
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
    if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in SHIPPED:
        return GRAPHS["local"]
    parts = path.relative_to(ROOT).parts
    if parts[0] == "ontology":
        return GRAPHS["vocabulary"]
    if parts[1] == "sources":
        return GRAPHS["source"]
    return GRAPHS["dataset" if parts[1] == "dataset.ttl" else "literature"]


def rdf_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that paths name: a file itself, or the RDF files below a folder, sorted.

    Raises LdnKgError for a folder without any.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(p for p in path.rglob("*") if RdfFormat.from_extension(p.suffix[1:]))
        if not inside:
            raise LdnKgError(f"{path} holds no RDF file ({_ENDINGS}).")
        yield from inside
