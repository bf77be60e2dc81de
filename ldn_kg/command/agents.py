"""The command that serves AI agents."""

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from ldn_kg.command.loading import is_off
from ldn_kg.command.options import own_data
from ldn_kg.command.terminal import say
from ldn_kg.errors import LdnKgError

_MEGABYTES = 2048  # of memory for what answers


@click.command()
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=20,
    show_default=True,
    metavar="SECONDS",
    help="How long a request may take.",
)
@click.option(
    "--max-rows",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    metavar="N",
    help="How many rows an answer has at most; the agent is told that it was cut.",
)
@own_data
def mcp(timeout: float, max_rows: int, own: tuple[Path, ...]) -> None:
    """Serve the evidence to AI agents, by the Model Context Protocol (MCP) over stdio.

    The client of the agent starts it; docs/agents.md says how to set it up. It only reads, and
    reaches no other host. Needs the extra `ldn-kg[mcp]`.

    \b
    Example:
      ldn-kg mcp
      ldn-kg mcp --data my-study.ttl
    """
    if not find_spec("mcp"):
        raise LdnKgError("Serving agents needs mcp: pip install 'ldn-kg[mcp]' installs it.")
    if sys.stdin.isatty():
        say("This waits for the client of an agent; Ctrl-C ends it.", err=True)
    from ldn_kg.publish.agents.worker import Worker

    worker = Worker(own, timeout, max_rows, _MEGABYTES, prepared=not is_off())
    try:
        from ldn_kg.publish.agents.server import server  # while the worker reads the data

        server(worker).run("stdio")
    finally:
        worker.stop()
