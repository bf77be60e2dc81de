"""The commands for triple stores: push, serve, verify."""

import sys
import time
import webbrowser
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ldn_kg.command.loading import checked, loaded
from ldn_kg.command.options import PATH, Store, own_data, progress, store_options
from ldn_kg.command.terminal import say

if TYPE_CHECKING:
    from ldn_kg.publish.stores.endpoint import Endpoint
    from ldn_kg.publish.stores.transfer import Graphs


@click.command()
@click.argument("address", metavar="ENDPOINT")
@own_data
@store_options
@click.option("--graph-store", metavar="URL", help="Its SPARQL 1.1 Graph Store Protocol.")
@click.option("--update", metavar="URL", help="Its SPARQL 1.1 Update.")
@click.option("--verify", "compare", is_flag=True, help="Then read it back and compare.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def push(
    address: str,
    own: tuple[Path, ...],
    store: Store,
    graph_store: str | None,
    update: str | None,
    compare: bool,
    dry_run: bool,
) -> None:
    """Load the dataset into a triple store, after checking it: its own graphs, and no other.

    \b
    Example:
      ldn-kg push http://localhost:3030/ldn --store fuseki --verify
    """
    from ldn_kg.publish.stores import transfer  # needs httpx, an extra

    asking = store.anonymous() if dry_run else store
    where = asking.connect(address, update=update, graph_store=graph_store)
    dataset = checked(own)
    ours = transfer.graphs(dataset, store.base)
    if dry_run:
        for graph, triples in ours.items():
            say(f"{graph}  {sum(1 for _ in triples())} triples")
        say(f"Would go to {where.graph_store or where.update}. Nothing was sent.")
        return
    if not where.stages:
        say(
            "This store takes no staging graphs: each graph is replaced by one PUT. If that breaks "
            "off, a graph may be there in part; run the same command again.",
            err=True,
        )
    with progress("Pushing", sum(1 for _ in dataset.triples())) as advance:
        counts = transfer.push(where, ours, advance)
    for graph, count in counts.items():
        say(f"{graph}  {count} triples")
    if compare:
        _compare(where, ours)


@click.command()
@click.argument("address", metavar="ENDPOINT")
@own_data
@store_options
@click.option("--graph-store", metavar="URL", help="Its SPARQL 1.1 Graph Store Protocol.")
def verify(address: str, own: tuple[Path, ...], store: Store, graph_store: str | None) -> None:
    """Read our graphs back from a triple store and compare them with the dataset.

    A triple that is lost or added is a problem. A value that the store spells otherwise, such as
    1.50 as 1.5, is listed but is not an error.

    \b
    Example:
      ldn-kg verify http://localhost:3030/ldn --store fuseki
    """
    from ldn_kg.publish.stores import transfer  # needs httpx, an extra

    where = store.connect(address, graph_store=graph_store)
    _compare(where, transfer.graphs(loaded(own), store.base))


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7878,
    show_default=True,
    help="Port of the endpoint; 0 takes any that is free.",
)
@click.option("--open", "opened", is_flag=True, help="Open the page in a browser.")
@click.option(
    "--site",
    type=PATH,
    metavar="DIR",
    help="Serve this website, too, that `ldn-kg site` wrote, on a port of its own.",
)
@click.option("--cors", is_flag=True, help="Let pages of any website read the answers.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="Give up a query after so long, where the engine can.",
)
@own_data
def serve(
    port: int,
    opened: bool,
    site: Path | None,
    cors: bool,
    timeout: int,
    own: tuple[Path, ...],
) -> None:
    """Serve the dataset on this machine: a SPARQL endpoint and a page to ask in.

    It only reads, and no other machine can reach it. Ctrl-C ends it; nothing of it is left then.

    \b
    Example:
      ldn-kg serve --open
    """
    from ldn_kg.publish.stores import local

    with ExitStack() as running:
        pages = running.enter_context(local.website(site)) if site else None
        dataset = loaded(own)
        server = running.enter_context(local.endpoint(dataset, port, cors=cors, timeout=timeout))
        say(_served(server.address, pages.address if pages else None))
        first = (pages or server).address
        if opened and not webbrowser.open(first):
            say(f"No browser was found; open {first} yourself.", err=True)
        while True:  # until a signal, or the end of a server
            for one in filter(None, (server, pages)):
                one.expect_running()
            time.sleep(0.5)


def _served(address: str, site: str | None) -> str:
    """Say where the servers are and how to ask them, in lines that fit a narrow terminal."""
    lines = [
        "Serving the dataset on this machine, read-only, until Ctrl-C:",
        "",
        *([f"  {site:<30}  the website"] if site else []),
        f"  {address:<30}  a page to ask in",
        f"  {address + 'query':<30}  SPARQL, over all graphs by default",
        "",
        "In another terminal:",
        "",
        f"  ldn-kg query trials --endpoint {address.rstrip('/')} --store oxigraph",
        f"  curl -H 'Accept: text/csv' {address}query --data-urlencode \\",
        "    'query=SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g'",
    ]
    return "\n".join(lines)


def _compare(where: "Endpoint", ours: "Graphs") -> None:
    from ldn_kg.publish.stores.comparison import verify

    comparisons = verify(where, ours)
    for comparison in comparisons:
        say(comparison)
    sys.exit(0 if all(comparison.same for comparison in comparisons) else 1)
