"""Deriving takes time in proportion to the data: so many copies, so many times as long."""

from math import log
from time import process_time

import pytest
from benchmarks.generator import generate
from pyoxigraph import RdfFormat, Store

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.rules import derive

COPIES = 4
# Where time grows as the data do, the exponent is 1; with each pair looked at once more, 2. A busy
# machine adds to the larger, whose data leave the cache of the processor.
GREATEST_EXPONENT = 1.6


def _dataset(copies: int) -> Dataset:
    store = Store()
    store.bulk_load("".join(generate(copies)), format=RdfFormat.N_QUADS)
    return Dataset(store, ())


def _seconds(dataset: Dataset) -> float:
    """Return the least of three times of this process, which others on the machine delay least."""
    times = []
    for _ in range(3):
        start = process_time()
        derive(dataset)
        times.append(process_time() - start)
    return min(times)


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
    one, many = (_seconds(dataset) for dataset in datasets)
    exponent = log(many / one) / log(COPIES)
    assert exponent <= GREATEST_EXPONENT, f"{one:.2f} s, and {many:.2f} s for {COPIES} times"
