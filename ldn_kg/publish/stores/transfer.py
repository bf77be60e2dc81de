"""The dataset into a triple store, never half."""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import BlankNode, Triple

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import GRAPH
from ldn_kg.publish.stores.endpoint import Endpoint
from ldn_kg.publish.stores.protocol import Client

# The triples of each graph by its IRI, as often as they are asked for.
Graphs = Mapping[str, Callable[[], Iterable[Triple]]]

# Triples in a request. As a document they are 7 MB: in smaller ones, Fuseki's TDB2 needs many times
# the disk, since it writes its indexes anew for each. As an update they have to be compiled, and
# Virtuoso has no memory for 5,000.
_DOCUMENT, _UPDATE = 50_000, 1_000


def graphs(dataset: Dataset, base: str = GRAPH) -> Graphs:
    """Return the graphs of a dataset that a store is to hold, named base + short name."""
    expect_dataset(dataset)
    if not base.endswith(("/", "#", ":")):
        base += "/"

    def triples(name: str) -> Callable[[], Iterator[Triple]]:
        return lambda: (quad.triple for quad in dataset.triples(name))

    names = [name for name in GRAPHS if next(iter(dataset.triples(name)), None) is not None]
    if not names:
        raise LdnKgError("The dataset holds no triples.")
    return {base + name: triples(name) for name in names}


def push(
    endpoint: Endpoint, graphs: Graphs, progress: Callable[[int], object] = lambda triples: None
) -> dict[str, int]:
    """Replace graphs in a store; return how many triples each of them has now.

    Touches no other graph. Each graph yields each of its triples once. They first go to staging
    graphs, which are counted and then take the place of the old ones in one update: the old graphs
    stay until the new ones are whole. Where the store cannot do that, each graph is replaced by one
    PUT. Memory is bounded by one request. Raises LdnKgError where the store cannot be reached or
    refuses; staging graphs are dropped then, or named in the message where even that fails.
    """
    with Client(endpoint) as client:
        if endpoint.stages:
            return _by_staging(client, graphs, progress)
        return {graph: _by_put(client, graph, graphs[graph](), progress) for graph in graphs}


def _by_staging(
    client: Client, graphs: Graphs, progress: Callable[[int], object]
) -> dict[str, int]:
    token = secrets.token_hex(4)  # so that pushes at the same time do not meet
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
        _count(client, {stage: counts[graph] for graph, stage in staged.items()})
        client.update(_replacement(client.endpoint, staged))
        _count(client, counts)
    except BaseException as error:
        _drop(client, staged.values(), error)
        raise
    _drop(client, staged.values())
    return counts


def _replacement(endpoint: Endpoint, staged: Mapping[str, str]) -> str:
    """Return one update that puts staged graphs in the place of others, and may be sent again.

    COPY would say it in one word. But Fuseki's TDB2 (6.2.0) was seen to lose triples in COPY, as it
    reads the graph while it writes; and Virtuoso, which can COPY without a transaction, has no room
    in its log for what INSERT does. MOVE cannot be sent again when its answer is lost.
    """
    if endpoint.replace == "copy":
        return " ;\n".join(f"COPY <{stage}> TO <{graph}>" for graph, stage in staged.items())
    triples = "{{ GRAPH <{}> {{ ?s ?p ?o }} }}".format
    return " ;\n".join(
        f"DROP SILENT GRAPH <{graph}> ;\nINSERT {triples(graph)} WHERE {triples(stage)}"
        for graph, stage in staged.items()
    )


def _count(client: Client, sent: Mapping[str, int]) -> None:
    """Raise LdnKgError where a graph does not hold as many triples as the store has taken."""
    for graph, count in sent.items():
        held = client.count(graph)
        if held != count:
            raise LdnKgError(
                f"The store took {count} triples for {graph} without complaint, but holds {held}. "
                "Check the address, the rights of the user and the limits of the store."
            )


def _drop(client: Client, staged: Collection[str], error: BaseException | None = None) -> None:
    """Drop what was staged; where that fails too, say in the error how to."""
    if not staged:
        return
    drop = " ;\n".join(f"DROP SILENT GRAPH <{stage}>" for stage in staged)
    try:
        client.update(drop)
    except LdnKgError as another:
        text = (
            f"{error or another}\nEvery graph is whole, as before or as now. Run the same command "
            f"again. Staging graphs may be left, which this update drops:\n{drop}"
        )
        raise LdnKgError(text) from error


def _load(client: Client, graph: str, triples: Iterable[Triple]) -> Iterator[int]:
    """Add triples to a graph, a request at a time; yield how many each of them held."""
    lines = map(_line, triples)
    size = _DOCUMENT if client.endpoint.graph_store is not None else _UPDATE
    while batch := list(islice(lines, size)):
        client.add(graph, "".join(batch).encode())
        yield len(batch)


def _by_put(
    client: Client, graph: str, triples: Iterable[Triple], progress: Callable[[int], object]
) -> int:
    with TemporaryDirectory() as folder:
        file, count = Path(folder, "graph.nt"), 0
        with file.open("w", encoding="utf-8") as out:
            for triple in triples:
                out.write(_line(triple))
                count += 1
        client.put(graph, file)
    progress(count)
    return count


def _line(triple: Triple) -> str:
    if isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode):
        raise LdnKgError(
            f"{triple} has a blank node, which means another thing in each request; give it an IRI."
        )
    return f"{triple} .\n"
