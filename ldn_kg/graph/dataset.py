"""The dataset: all graphs in one store, and what can be asked of it."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from pyoxigraph import Literal, NamedNode, Quad, Store

from ldn_kg.errors import LdnKgError
from ldn_kg.graph import names
from ldn_kg.graph.files import GRAPHS, SHIPPED, files, rdf_files, read_into
from ldn_kg.graph.namespaces import PREFIXES, iri, shorten

_LABELS = tuple(iri(name) for name in ("rdfs:label", "skos:prefLabel", "dcterms:title"))
_TRIPLE_TERMS = "SELECT ?record WHERE { ?record ?property ?object FILTER(isTRIPLE(?object)) }"


class Dataset:
    """All graphs in one store, and the files that they were read from.

    `is_valid` says that the shapes have found no fault in these very files before.
    """

    def __init__(self, store: Store, files: Iterable[Path], *, is_valid: bool = False) -> None:
        """Keep the store; the files are looked at when they are first asked for."""
        self.store, self.is_valid, self._files = store, is_valid, files

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The files, in the order in which they are read."""
        return tuple(self._files)

    def __repr__(self) -> str:
        """Say how much there is, and from where; the store itself has no end."""
        own = sum(1 for _ in self.store.quads_for_pattern(None, None, None, GRAPHS["local"]))
        return f"<Dataset of {len(self.store)} quads from {len(self.files)} files, {own} local>"

    def triples(self, graph: str | None = None) -> Iterator[Quad]:
        """Yield the quads of one graph by its short name, or of all graphs.

        Raises LdnKgError where there is no such graph.
        """
        if graph is None:
            return self.store.quads_for_pattern(None, None, None, None)
        if graph not in GRAPHS:
            raise LdnKgError(f"There is no graph {graph!r}; the graphs are {', '.join(GRAPHS)}.")
        return self.store.quads_for_pattern(None, None, None, GRAPHS[graph])

    @property
    def has_local(self) -> bool:
        """True where records of a user's own stand beside the shipped ones."""
        return self.store.contains_named_graph(GRAPHS["local"])

    def about(self, subject: Any) -> Iterator[Quad]:
        """Yield the quads with a subject, in whatever graph."""
        return self.store.quads_for_pattern(subject, None, None, None)

    def ask(self, sparql: str, union: bool = True) -> Any:
        """Return what the store answers to a SPARQL query with our prefixes.

        The default graph is the union of all graphs, or where `union` is false what the query says.
        """
        return self.store.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=union)

    def rows(self, sparql: str, **values: NamedNode) -> list[dict[str, str]]:
        """Return the rows of a SELECT query of our own, each as a dict from variable to text.

        A variable with the name of one of `values` is replaced by it; what is unbound is "".
        """
        for name, value in values.items():
            sparql = sparql.replace(f"?{name}", str(value))
        result = self.ask(sparql)
        columns = [variable.value for variable in result.variables]
        return [{c: row[c].value if row[c] is not None else "" for c in columns} for row in result]

    def label(self, term: Any) -> str:
        """Return the words for a term: its label, or its prefixed name; a literal's own text."""
        if isinstance(term, Literal):
            return str(term.value)
        for predicate in _LABELS:
            for quad in self.store.quads_for_pattern(term, predicate, None, None):
                return str(cast(Literal, quad.object).value)
        return shorten(term.value)

    def kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return what `make` makes of this dataset, or made before where that could be kept.

        `name` is that of a file, and stands for the same each time.
        """
        return make()

    def find(self, name: str, kind: str | None = None, *, strict: bool = True) -> NamedNode:
        """Return the record that a name means; `ldn_kg.graph.names.find` says which names.

        Raises LdnKgError with the nearest names where there is no such record, or with all of them
        where a name means several.
        """
        return names.find(self, name, kind, strict=strict)


def expect_dataset(value: object) -> None:
    """Raise LdnKgError for what is no dataset: the first argument is forgotten easily."""
    if not isinstance(value, Dataset):
        kind = type(value).__name__
        raise LdnKgError(f"A dataset is needed first, from ldn_kg.load(), not {kind} {value!r}.")


def read(*paths: str | Path, shipped: bool = True) -> Dataset:
    """Read the shipped files, together with further files or folders where given.

    Raises LdnKgError for a path that is missing, empty, unreadable or not RDF.
    """
    own = own_files(*paths)
    chosen = [path for folder in SHIPPED for path in files(folder, ".ttl")] if shipped else []
    store = Store()
    for path in chosen:
        read_into(store, path)
    dataset = Dataset(store, tuple(chosen))
    return _with(dataset, [path for path in own if Path(os.path.realpath(path)) not in chosen])


def extended(dataset: Dataset, *paths: Path, without: Collection[str] = ()) -> Dataset:
    """Return a copy of a dataset with further files, and without what rules derived.

    What is said of the records `without`, by their IRIs, is left out before the files are read.
    """
    store = Store()
    store.bulk_extend(
        quad
        for quad in dataset.triples()
        if quad.graph_name != GRAPHS["derived"] and str(quad.subject).strip("<>") not in without
    )
    return _with(Dataset(store, dataset.files), paths)


def own_files(*paths: str | Path) -> list[Path]:
    """Return the files that paths of a user name, those in folders sorted.

    Raises LdnKgError for what is no path, and for a folder without an RDF file.
    """
    for path in paths:
        if not isinstance(path, str | Path):
            raise LdnKgError(f"{path!r} is not the path of a file or folder.")
        if str(path) == "":
            raise LdnKgError("The name of a file or folder is empty.")
    return list(rdf_files(Path(path) for path in paths))


def _with(dataset: Dataset, own: Iterable[Path]) -> Dataset:
    """Read files of a user into the store of a dataset; each must bring something."""
    store, added = dataset.store, tuple(own)
    for path in added:
        before = len(store)  # only for the files of a user: the store counts one by one
        read_into(store, path)
        if len(store) == before:
            raise LdnKgError(f"{path} brings not one triple that is not there already.")
    if len(store) == 0:
        raise LdnKgError("There is not one triple in what was read; name a file that has some.")
    for row in dataset.rows(_TRIPLE_TERMS) if added else ():
        raise LdnKgError(f"{row['record']} has a triple term, which RDF 1.1 does not have.")
    return Dataset(store, (*dataset.files, *added))
