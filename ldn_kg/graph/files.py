"""The files: where they are, what is in them, and what of a file is refused."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import GRAPH
from ldn_kg.graph.syntax import depth, explained, refuse_json

_PACKAGE = Path(__file__).parent.parent
ROOT = _PACKAGE / "_files" if (_PACKAGE / "_files").is_dir() else _PACKAGE.parent

GRAPHS = {
    name: NamedNode(GRAPH + name)
    for name in ("source", "literature", "vocabulary", "derived", "dataset", "local")
}
SHIPPED = ("ontology", "data")
ENDINGS = (".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld")
_GZIP = ".gz"  # may follow each of them
_LARGEST = 2**30  # bytes of a gzipped file, unpacked, and of what is no file
_BLOCK = 2**20
_ENDINGS = ", ".join(ending[1:] for ending in ENDINGS)


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
    """Return the text of a file in UTF-8, line ends unchanged; a byte-order mark is no part of it.

    Raises LdnKgError where it is missing, a folder, unreadable or not UTF-8.
    """
    if path.is_dir():
        raise LdnKgError(f"{path} is a folder; name a file.")
    try:
        content = _gunzipped(path) if path.suffix == _GZIP else _plain(path)
    except OSError as error:
        raise LdnKgError(f"{path} cannot be read: {error.strerror or error}.") from error
    if b"\0" in content[:200]:  # also where each byte is a character of UTF-8, too
        raise LdnKgError(f"{path} is in UTF-16, UTF-32 or binary; save the file as UTF-8.")
    try:
        return content.decode().removeprefix("\ufeff")  # some editors put a mark before the text
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LdnKgError(
            f"{path}:{line}: byte {error.start} is not UTF-8; save the file as UTF-8."
        ) from error


def _plain(path: Path) -> bytes:
    """Return what is in a file; of a pipe or a device up to a limit, as it may have no end."""
    if path.is_file():
        return path.read_bytes()
    with path.open("rb") as file:
        return whole(file, str(path))


def whole(stream: BinaryIO, name: str) -> bytes:
    """Return what a stream gives until it ends. Raises LdnKgError where that fills the memory."""
    blocks = iter(lambda: stream.read(_BLOCK), b"")
    content = b"".join(islice(blocks, _LARGEST // _BLOCK + 1))
    if len(content) > _LARGEST:
        raise LdnKgError(f"{name} gives more than {_LARGEST >> 20} MiB; is it the right one?")
    return content


def _gunzipped(path: Path) -> bytes:
    """Return what is in a gzipped file, up to a limit: a small one can grow to fill the memory."""
    import gzip  # here, and zlib: most files are plain
    import zlib

    try:
        with gzip.open(path) as file:
            content = file.read(_LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LdnKgError(f"{path} cannot be read as gzip: {error}.") from error
    if len(content) > _LARGEST:
        raise LdnKgError(f"{path} holds more than {_LARGEST >> 20} MiB; unpack it first.")
    return content


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
    yield from dict.fromkeys(_parsed(path, *_opened(path)))


def _parsed(path: Path, content: str, form: RdfFormat) -> Iterator[Quad]:
    """Yield the quads of a file with their values as typed: a store spells them in its own way."""
    inside = GRAPHS["local"] if form.supports_datasets else _graph_of(path)
    with _faults_of(path, content):
        for quad in parse(content, format=form, base_iri=path.absolute().as_uri()):
            if quad.graph_name == DefaultGraph():
                quad = Quad(quad.subject, quad.predicate, quad.object, inside)
            yield quad


def read_into(store: Store, path: Path) -> None:
    """Add the quads of an RDF file to a store, as `quads` does."""
    content, form = _opened(path)
    if form.supports_datasets:
        for quad in _parsed(path, content, form):
            store.add(quad)
        return
    with _faults_of(path, content):
        base = path.absolute().as_uri()
        store.load(content, format=form, base_iri=base, to_graph=_graph_of(path))


def _opened(path: Path) -> tuple[str, RdfFormat]:
    """Return the text of an RDF file and its format; what a parser would let pass is refused."""
    form = RdfFormat.from_extension(_ending(path)[1:]) if _ending(path) in ENDINGS else None
    if form is None:
        raise LdnKgError(f"{path}: the ending is not one of {_ENDINGS}.")
    content = text(path)
    if form == RdfFormat.JSON_LD:
        if depth(_JSON_STRING.sub("", content)) > _DEEPEST:
            raise LdnKgError(f"{path}: the JSON is nested more than {_DEEPEST} deep; make it flat.")
        refuse_json(str(path), content)
    if form == RdfFormat.RDF_XML:
        from ldn_kg.graph.xml import expect_harmless  # here: few files are RDF/XML

        expect_harmless(path, content)
    return content, form


def _ending(path: Path) -> str:
    """Return the ending that says what is in a file: that before .gz where it is gzipped."""
    return path.with_suffix("").suffix if path.suffix == _GZIP else path.suffix


@contextmanager
def _faults_of(path: Path, content: str) -> Iterator[None]:
    """Turn a fault of syntax into a sentence with file, line and column."""
    try:
        yield
    except SyntaxError as error:
        line = (content.splitlines() or [""])[max((error.lineno or 1) - 1, 0) :][:1]
        said = explained(str(error.msg), "".join(line))
        place = f"{path}:{error.lineno}:{error.offset}" if error.lineno else str(path)
        raise LdnKgError(f"{place}: {said.rstrip('.')}.") from error
    except MemoryError as error:  # so the parser says that a value is longer than its buffer
        raise LdnKgError(
            f"{path}: a value is longer than 16 MB; shorten it, or leave it out."
        ) from error


_DEEPEST = 200  # the parser has no limit but that of its stack
# One that nobody closes goes to the end: so each is read once, however many quotes there are.
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)


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

    Raises LdnKgError for a folder without any, and for what cannot be read again: a first reading
    tells whether the file has changed, and the last where its faults are.
    """
    for path in paths:
        if not path.is_dir():
            if path.exists() and not path.is_file():
                raise LdnKgError(f"{path} cannot be read as a file: it is a pipe or a device.")
            yield path
            continue
        inside = sorted(p for p in path.rglob("*") if _ending(p) in ENDINGS and p.is_file())
        if not inside:
            raise LdnKgError(f"{path} holds no RDF file ({_ENDINGS}).")
        yield from inside
