"""Options that several commands share, each written once."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ldn_kg.command.loading import without_cache
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import GRAPH

if TYPE_CHECKING:
    from ldn_kg.publish.stores.endpoint import Endpoint

Command = TypeVar("Command", bound=Callable[..., None])


class _Path(click.Path):
    """A path; the empty one, which would mean the current folder, is a forgotten variable."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the path. Raises LdnKgError for an empty one."""
        if value == "":
            raise LdnKgError("The name of a file or folder is empty.")
        return super().convert(value, param, ctx)


PATH = _Path(path_type=Path)
# These two as in publish/stores/endpoint.py, which only commands that reach a store import; a test
# compares them.
STORES = (
    "generic",
    "blazegraph",
    "corese",
    "fuseki",
    "graphdb",
    "neptune",
    "oxigraph",
    "qlever",
    "rdf4j",
    "stardog",
    "virtuoso",
)

MAX_BYTES = 1 << 28

_own = click.option(
    "--data",
    "own",
    multiple=True,
    type=PATH,
    metavar="PATH",
    help="Your own RDF file or folder, read and graded beside the shipped data; may be repeated.",
)
_no_cache = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    envvar="LDN_KG_NO_CACHE",
    callback=without_cache,
    help="Read the files, also if they were prepared before.",
)


def own_data(command: Command) -> Command:
    """Add what says which data a command reads; it gets the paths as `own`."""
    return _own(_no_cache(command))


parameters = click.option(
    "-p",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value for a parameter of the question.",
)
output = click.option("-o", "--output", type=PATH, help="File to write instead of standard output.")


def format_of(
    forms: Sequence[str], default: str | None = None, help: str | None = None
) -> Callable[[Command], Command]:
    """Return the option -f, --format with some forms to choose from."""
    return click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice(forms),
        default=default,
        show_default=default is not None,
        help=help,
    )


def pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    """Map the name of each parameter to its value, from what -p was given."""
    by_name = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name or not value:
            raise LdnKgError(f"-p {parameter!r} is not of the form NAME=VALUE.")
        if name in by_name:
            raise LdnKgError(f"Parameter {name!r} is given twice.")
        by_name[name] = value
    return by_name


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar at a terminal while the block runs; yield what moves it on."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden) as bar:
        yield bar.update


class Store(NamedTuple):
    """What the options say of a triple store: its kind, the names of our graphs, who asks.

    `base` is the start of the names of our graphs there, `timeout` is in seconds.
    """

    kind: str
    base: str
    user: str | None
    auth: str | None
    timeout: float
    max_bytes: int

    def anonymous(self) -> "Store":
        """Return the same store without who asks, so that no secret is asked for."""
        return self._replace(user=None)

    def connect(self, address: str, **more: Any) -> "Endpoint":
        """Return its endpoints, with a secret from the environment or a prompt."""
        from ldn_kg.publish.stores.endpoint import Credentials, connect, scheme

        credentials = None
        if self.user or self.auth == "bearer":
            how = self.auth or scheme(self.kind)
            variable = "LDN_KG_TOKEN" if how == "bearer" else "LDN_KG_PASSWORD"
            secret = os.environ.get(variable) or _asked(variable)
            credentials = Credentials(how, self.user or "", secret)
        elif self.auth:
            raise LdnKgError(f"--auth {self.auth} needs --user.")
        more |= {"timeout": self.timeout, "max_bytes": self.max_bytes}
        return connect(address, self.kind, credentials=credentials, **more)


def store_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what says where a triple store is and who asks; the command gets it as `store`."""

    @wraps(command)
    def with_store(
        kind: str,
        base: str | None,
        user: str | None,
        auth: str | None,
        timeout: float,
        max_bytes: int,
        **rest: Any,
    ) -> None:
        if base and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S", base):
            raise LdnKgError(f"--graph {base!r} is no IRI; give one such as {GRAPH}.")
        command(store=Store(kind, base or GRAPH, user, auth, timeout, max_bytes), **rest)

    options = (
        click.option(
            "--store",
            "kind",
            type=click.Choice(STORES),
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
        click.option(
            "--max-bytes",
            type=click.IntRange(min=1),
            default=MAX_BYTES,
            show_default=True,
            metavar="N",
            help="Refuse an answer of the store that is longer, unpacked.",
        ),
    )
    for option in reversed(options):
        with_store = option(with_store)
    return with_store


def _asked(variable: str) -> str:
    """Ask for a secret at the terminal; it is never taken from the command line."""
    if not sys.stdin.isatty():
        raise LdnKgError(f"Set {variable} in the environment: there is no terminal to ask at.")
    return str(click.prompt(variable, hide_input=True, err=True))
