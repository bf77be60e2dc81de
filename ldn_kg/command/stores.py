"""The commands that talk to triple stores, and the options by which one is chosen."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import GRAPH

if TYPE_CHECKING:
    from ldn_kg.publish.stores.endpoint import Endpoint
    from ldn_kg.publish.stores.transfer import Graphs

# As in endpoint.py, which is not imported before a command needs it.
_STORES = ("generic", "fuseki", "graphdb", "oxigraph", "qlever", "rdf4j", "virtuoso")


def store_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what says where a triple store is, and who asks."""
    options = (
        click.option(
            "--store",
            type=click.Choice(_STORES),
            default="generic",
            show_default=True,
            help="The kind of store: where it keeps its endpoints.",
        ),
        click.option(
            "--graph", "base", metavar="BASE", help="Start of the names of our graphs there."
        ),
        click.option("--user", help="User name; the password is asked or in LDN_KG_PASSWORD."),
        click.option(
            "--auth",
            type=click.Choice(["basic", "digest", "bearer"]),
            help="Authentication, by default that of the store; the token of bearer is asked or in "
            "LDN_KG_TOKEN.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0.1),
            default=300,
            show_default=True,
            metavar="SECONDS",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(short_help="Load the dataset into a triple store.")
@click.argument("address", metavar="ENDPOINT")
@store_options
@click.option("--graph-store", metavar="URL", help="Its SPARQL 1.1 Graph Store Protocol.")
@click.option("--update", metavar="URL", help="Its SPARQL 1.1 Update.")
@click.option("--verify", "check", is_flag=True, help="Then read it back and compare.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def push(
    address: str,
    store: str,
    base: str | None,
    user: str | None,
    auth: str | None,
    timeout: float,
    graph_store: str | None,
    update: str | None,
    check: bool,
    dry_run: bool,
) -> None:
    """Load the dataset into a triple store, after checking it: its own graphs, and no other.

    \b
    Example:
      ldn-kg push http://localhost:3030/ldn --store fuseki --verify
    """
    from ldn_kg.check.validation import check as check_data
    from ldn_kg.graph.rules import load
    from ldn_kg.publish.stores.transfer import graphs, push

    where = chosen(
        address,
        store,
        None if dry_run else user,
        auth,
        timeout,
        update=update,
        graph_store=graph_store,
    )
    kg = load()
    check_data(kg)
    ours = graphs(kg, base or GRAPH)
    if dry_run:
        for graph, triples in ours.items():
            click.echo(f"{graph}  {sum(1 for _ in triples())} triples")
        click.echo(f"Would go to {where.graph_store or where.update}. Nothing was sent.")
        return
    total = sum(1 for _ in kg.triples())
    if not where.stages:
        click.echo(
            "This store takes no staging graphs: each graph is replaced by one PUT. If that breaks "
            "off, a graph may be there in part; run the same command again.",
            err=True,
        )
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=total, label="Pushing", file=sys.stderr, hidden=hidden) as bar:
        counts = push(where, ours, bar.update)
    for graph, count in counts.items():
        click.echo(f"{graph}  {count} triples")
    if check:
        _compare(where, ours)


@click.command(short_help="Compare what a triple store holds with the dataset.")
@click.argument("address", metavar="ENDPOINT")
@store_options
@click.option("--graph-store", metavar="URL", help="Its SPARQL 1.1 Graph Store Protocol.")
def verify(
    address: str,
    store: str,
    base: str | None,
    user: str | None,
    auth: str | None,
    timeout: float,
    graph_store: str | None,
) -> None:
    """Read our graphs back from a triple store and compare them with the dataset.

    A triple that is lost or added is a problem. A value that the store spells otherwise, such as
    1.50 as 1.5, is counted and named, and is none.

    \b
    Example:
      ldn-kg verify http://localhost:3030/ldn --store fuseki
    """
    from ldn_kg.graph.rules import load
    from ldn_kg.publish.stores.transfer import graphs

    where = chosen(address, store, user, auth, timeout, graph_store=graph_store)
    _compare(where, graphs(load(), base or GRAPH))


def _compare(where: "Endpoint", ours: "Graphs") -> None:
    from ldn_kg.publish.stores.comparison import verify

    comparisons = verify(where, ours)
    for comparison in comparisons:
        click.echo(comparison)
    sys.exit(0 if all(comparison.same for comparison in comparisons) else 1)


def chosen(
    address: str,
    store: str,
    user: str | None,
    auth: str | None,
    timeout: float,
    *,
    update: str | None = None,
    graph_store: str | None = None,
) -> "Endpoint":
    """Return the endpoints that the options say, with a secret from the environment or a prompt."""
    from ldn_kg.publish.stores.endpoint import Credentials, connect, scheme

    credentials = None
    if user or auth == "bearer":
        how = auth or scheme(store)
        variable = "LDN_KG_TOKEN" if how == "bearer" else "LDN_KG_PASSWORD"
        credentials = Credentials(how, user or "", os.environ.get(variable) or _asked(variable))
    elif auth:
        raise LdnKgError(f"--auth {auth} needs --user.")
    return connect(
        address,
        store,
        update=update,
        graph_store=graph_store,
        credentials=credentials,
        timeout=timeout,
    )


def _asked(variable: str) -> str:
    """Ask for a secret at the terminal; it is never taken from the command line."""
    if not sys.stdin.isatty():
        raise LdnKgError(f"Set {variable} in the environment: there is no terminal to ask at.")
    return str(click.prompt(variable, hide_input=True, err=True))
