"""The command that tells of the cache: what was prepared, where, and how to be rid of it."""

import time

import click

from ldn_kg.command.terminal import say
from ldn_kg.errors import LdnKgError
from ldn_kg.graph import prepared


@click.group(invoke_without_command=True)
@click.pass_context
def cache(ctx: click.Context) -> None:
    """Say what is kept to start sooner: where, how large, and of which files.

    The first command reads the data and derives the grades; what comes of it is kept, and later
    ones only open it. It is made again when a file changes, and removed when it was not used for 30
    days. LDN_KG_CACHE names another folder for it. Commands with --no-cache, or where
    LDN_KG_NO_CACHE is 1, do without.

    \b
    Example:
      ldn-kg cache
      ldn-kg cache clear
    """
    if ctx.invoked_subcommand:
        return
    place = prepared.place()
    if place is None:
        raise LdnKgError("There is no folder for a cache here; name one by LDN_KG_CACHE.")
    say(place)
    found = prepared.kept(place)
    for one in found:
        of = "the shipped data" + "".join(f"\n    with {path}" for path in one.own)
        used = time.strftime("%Y-%m-%d", time.localtime(one.used))
        say(f"  {_size(one.size)}, last used {used}: {of}")
    if not found:
        say("  nothing")


@cache.command()
def clear() -> None:
    """Remove all that is kept; the next command makes it anew.

    \b
    Example:
      ldn-kg cache clear
    """
    place = prepared.place()
    if place is not None:
        prepared.clear(place)
        if prepared.kept(place):
            raise LdnKgError(f"{place} cannot be emptied; remove it yourself.")
    say("Nothing is kept now.")


def _size(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"
