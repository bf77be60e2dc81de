"""Deriving takes time in proportion to the data: so many copies, so many times as long."""

from gc import collect, disable, enable
from math import log
from time import process_time

import pytest
from benchmarks.generator import generate
from pyoxigraph import RdfFormat, Store

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.rules import derive

COPIES = 4
TURNS = 7
# Where time grows as the data do, the exponent is 1; with each pair looked at once more, 2.
GREATEST_EXPONENT = 1.25


def _dataset(copies: int) -> Dataset:
    store = Store()
    store.bulk_load("".join(generate(copies)), format=RdfFormat.N_QUADS)
    return Dataset(store, ())


def _seconds(*datasets: Dataset) -> list[float]:
    """Return the least of several times of this process for each, taken in turn.

    Turns share what slows the machine for a while, and the least is what others delay least. The
    collector of garbage is off: its work depends on all objects that live, not on the rules.
    """
    times: list[list[float]] = [[] for _ in datasets]
    collect()
    disable()
    try:
        for _ in range(TURNS):
            for dataset, found in zip(datasets, times, strict=True):
                start = process_time()
                derive(dataset)
                found.append(process_time() - start)
    finally:
        enable()
    return [min(found) for found in times]


@pytest.fixture(scope="module")
def datasets() -> tuple[Dataset, Dataset]:
    return _dataset(1), _dataset(COPIES)


def test_the_copies_derive_as_many_times_as_much(datasets: tuple[Dataset, Dataset]) -> None:
    """What belongs to the shared vocabulary is derived once, and is small."""
    found = []
    for dataset in datasets:
        derive(dataset)
        found.append(sum(1 for _ in dataset.triples("derived")))
    assert COPIES * 0.9 < found[1] / found[0] <= COPIES


def test_deriving_grows_in_proportion(datasets: tuple[Dataset, Dataset]) -> None:
    one, many = _seconds(*datasets)
    exponent = log(many / one) / log(COPIES)
    assert exponent <= GREATEST_EXPONENT, f"{one:.2f} s, and {many:.2f} s for {COPIES} times"
