"""The commands that talk to triple stores: push, verify."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ldn_kg.check import validation
from ldn_kg.command.options import Store, own_data, progress, store_options

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
    dataset = validation.load(*own)
    validation.check(dataset)
    ours = transfer.graphs(dataset, store.base)
    if dry_run:
        for graph, triples in ours.items():
            click.echo(f"{graph}  {sum(1 for _ in triples())} triples")
        click.echo(f"Would go to {where.graph_store or where.update}. Nothing was sent.")
        return
    if not where.stages:
        click.echo(
            "This store takes no staging graphs: each graph is replaced by one PUT. If that breaks "
            "off, a graph may be there in part; run the same command again.",
            err=True,
        )
    with progress("Pushing", sum(1 for _ in dataset.triples())) as advance:
        counts = transfer.push(where, ours, advance)
    for graph, count in counts.items():
        click.echo(f"{graph}  {count} triples")
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
    _compare(where, transfer.graphs(validation.load(*own), store.base))


def _compare(where: "Endpoint", ours: "Graphs") -> None:
    from ldn_kg.publish.stores.comparison import verify

    comparisons = verify(where, ours)
    for comparison in comparisons:
        click.echo(comparison)
    sys.exit(0 if all(comparison.same for comparison in comparisons) else 1)
