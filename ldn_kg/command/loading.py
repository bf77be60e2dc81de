"""How a command gets the dataset: from what was prepared, or from the files."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ldn_kg.graph import prepared
from ldn_kg.graph.dataset import Dataset

if TYPE_CHECKING:
    from ldn_kg.check.validation import Report

_OFF = "ldn_kg.no_cache"  # in the context of click
T = TypeVar("T")


def without_cache(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Note that the command must read the files themselves: the option --no-cache."""
    ctx.meta[_OFF] = value


def asked(own: Iterable[Path], ask: Callable[[Dataset], T]) -> T:
    """Return what `ask` makes of the dataset, which it can only read."""
    if is_off():
        return ask(_read(own))
    return prepared.asked(own, lambda: _read(own), ask)


def loaded(own: Iterable[Path]) -> Dataset:
    """Return the dataset in memory, for what reads all of it or takes long."""
    return _read(own) if is_off() else prepared.loaded(own, lambda: _read(own))


def checked(own: Iterable[Path]) -> Dataset:
    """Return the dataset in memory, for what publishes it.

    Raises InvalidData where the shapes find a fault.
    """
    from ldn_kg.check import validation

    if is_off():
        dataset = _read(own)
        validation.check(dataset)
        return Dataset(dataset.store, dataset.files, is_valid=True)
    return prepared.loaded(own, lambda: _read(own), validation.check)


def judged(own: Iterable[Path]) -> "Report":
    """Judge the dataset anew, and note where no fault was found, so that others need not."""
    from ldn_kg.check import validation
    from ldn_kg.graph import rules

    place = None if is_off() else prepared.Prepared.of(own)
    digest = ""
    with suppress(OSError):  # which the reader of the file says in a sentence
        digest = place.digest() if place else ""
    dataset = rules.load(*own)
    report = validation.validate(dataset)
    if place and digest and not report.problems:
        place.keep(dataset, digest, valid=True)
    return report


def is_off() -> bool:
    """Tell whether the command must read the files themselves."""
    return bool(click.get_current_context().meta.get(_OFF))


def _read(own: Iterable[Path]) -> Dataset:
    from ldn_kg.check import validation  # here: it imports the shapes and the rules

    return validation.load(*own)
