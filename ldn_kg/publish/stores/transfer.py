"""Loads the dataset into a triple store, completely or not at all."""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice

from pyoxigraph import BlankNode, Triple

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import GRAPH
from ldn_kg.publish.stores.endpoint import Endpoint
from ldn_kg.publish.stores.protocol import Client
from ldn_kg.publish.stores.temporary import faults_of_temporary_files, temporary_folder

# Maps the IRI of each graph to a function that returns its triples, as often as it is called.
Graphs = Mapping[str, Callable[[], Iterable[Triple]]]

# Triples in a request. A document of so many is 7 MB; with smaller ones, Fuseki's TDB2 needs many
# times the disk space, because it rewrites its indexes for each. An update has to be compiled, and
# Virtuoso has not enough memory for 5,000 triples.
_DOCUMENT, _UPDATE = 50_000, 1_000


def graphs(dataset: Dataset, base: str = GRAPH) -> Graphs:
    """Map the IRI of each graph of a dataset, `base` + its short name, to a maker of its triples.

    Empty graphs are left out. Raises LdnKgError if the dataset holds no triples.
    """
    expect_dataset(dataset)
    if not base.endswith(("/", "#", ":")):
        base += "/"

    def triples(name: str) -> Callable[[], Iterator[Triple]]:
        return lambda: (quad.triple for quad in dataset.triples(name))

    names = [name for name in GRAPHS if next(iter(dataset.triples(name)), None) is not None]
    if not names:
        raise LdnKgError("The dataset holds no triples; read one with ldn_kg.load().")
    return {base + name: triples(name) for name in names}


def push(
    endpoint: Endpoint, graphs: Graphs, progress: Callable[[int], object] = lambda triples: None
) -> dict[str, int]:
    """Replace graphs in a store, and map the IRI of each to the number of triples it has now.

    No other graph is touched. `progress` is called with the number of triples in each request. The
    triples first go to staging graphs, which are counted and then replace the old graphs in one
    update: the old graphs stay until the new ones are complete. If the store cannot do that, each
    graph is replaced by one PUT. Memory is bounded by one request. Raises LdnKgError if the store
    cannot be reached or refuses; the staging graphs are then dropped, or named in the message if
    that fails, too.
    """
    with Client(endpoint) as client:
        if endpoint.stages:
            return _push_by_staging(client, graphs, progress)
        return {graph: _push_by_put(client, graph, graphs[graph](), progress) for graph in graphs}


def _push_by_staging(
    client: Client, graphs: Graphs, progress: Callable[[int], object]
) -> dict[str, int]:
    token = secrets.token_hex(4)  # so that simultaneous pushes do not share staging graphs
    counts: dict[str, int] = {}
    staged: dict[str, str] = {}
    try:
        for graph, triples in graphs.items():
            stage = f"{graph}-staging-{token}"
            counts[graph] = 0
            for count in _load(client, stage, triples()):
                staged[graph] = stage
                counts[graph] += count
                progress(count)
        _check_counts(client, {stage: counts[graph] for graph, stage in staged.items()})
        client.update(_replacement(client.endpoint, staged))
        _check_counts(client, counts)
    except BaseException as error:
        _drop(client, staged.values(), error)
        raise
    _drop(client, staged.values())
    return counts


def _replacement(endpoint: Endpoint, staged: Mapping[str, str]) -> str:
    """Return one update that replaces graphs with their staged versions and may be sent again.

    COPY would do, but Fuseki's TDB2 (6.2.0) lost triples in COPY, because it reads the graph while
    writing; and Virtuoso, which copies without a transaction, has not enough room in its log for
    INSERT. MOVE cannot be repeated if its answer is lost.
    """
    if endpoint.replace == "copy":
        return " ;\n".join(f"COPY <{stage}> TO <{graph}>" for graph, stage in staged.items())
    triples = "{{ GRAPH <{}> {{ ?s ?p ?o }} }}".format
    return " ;\n".join(
        f"DROP SILENT GRAPH <{graph}> ;\nINSERT {triples(graph)} WHERE {triples(stage)}"
        for graph, stage in staged.items()
    )


def _check_counts(client: Client, sent: Mapping[str, int]) -> None:
    """Raise LdnKgError if a graph does not hold as many triples as were sent."""
    for graph, count in sent.items():
        held = client.count(graph)
        if held != count:
            raise LdnKgError(
                f"The store accepted {count} triples for {graph} without complaint, but holds "
                f"{held}. Check the address, the rights of the user and the limits of the store."
            )


def _drop(client: Client, staged: Collection[str], error: BaseException | None = None) -> None:
    """Drop the staging graphs; if that fails, too, raise an error with the update that does it."""
    if not staged:
        return
    drop = " ;\n".join(f"DROP SILENT GRAPH <{stage}>" for stage in staged)
    try:
        client.update(drop)
    except LdnKgError as drop_error:
        raise LdnKgError(
            f"{error or drop_error}\nEvery graph is complete, in its old or its new version. Run "
            "the same command again. Staging graphs may be left; this update drops them:\n"
            f"{drop}"
        ) from error


def _load(client: Client, graph: str, triples: Iterable[Triple]) -> Iterator[int]:
    """Add triples to a graph, request by request; yield the number of triples in each."""
    lines = map(_ntriples_line, triples)
    size = _DOCUMENT if client.endpoint.graph_store is not None else _UPDATE
    while batch := list(islice(lines, size)):
        client.add(graph, "".join(batch).encode())
        yield len(batch)


def _push_by_put(
    client: Client, graph: str, triples: Iterable[Triple], progress: Callable[[int], object]
) -> int:
    with temporary_folder() as folder:
        file, count = folder / "graph.nt", 0
        with faults_of_temporary_files(), file.open("w", encoding="utf-8") as out:
            for triple in triples:
                out.write(_ntriples_line(triple))
                count += 1
        client.put(graph, file)
    progress(count)
    return count


def _ntriples_line(triple: Triple) -> str:
    if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
        raise LdnKgError(
            f"{triple} has a blank node, which would become a new node in each request; "
            "give it an IRI."
        )
    return f"{triple} .\n"
