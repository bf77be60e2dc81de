"""Deriving takes time in proportion to the data: so many copies, so many times as long.

A question on one record takes as long as before.
"""

from collections.abc import Callable
from functools import partial
from gc import collect, disable, enable
from math import log
from time import process_time

import pytest
from benchmarks.generator import generate
from pyoxigraph import RdfFormat, Store

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import iri
from ldn_kg.graph.questions import query
from ldn_kg.graph.rules import derive
from ldn_kg.publish.site import sections
from ldn_kg.read.explanation import explain
from ldn_kg.read.lines import OF_CLAIM, OF_STUDY, lines
from ldn_kg.read.mechanisms import mechanisms
from ldn_kg.read.page import show
from ldn_kg.read.papers import papers
from ldn_kg.read.record import Records
from ldn_kg.read.study import study_told
from ldn_kg.read.summary import answer

COPIES = 4
TURNS = 7
# Where time grows as the data do, the exponent is 1; with each pair looked at once more, 2.
GREATEST_EXPONENT = 1.25
# Questions on a record that touch only what is linked to it.
BOUNDED = [
    ("certainty", "condition=fibromyalgia"),
    ("claim-evidence", "claim=ldn-crohns-disease"),
    ("efficacy", "about=fibromyalgia"),
    ("evidence", "condition=fibromyalgia"),
    ("harms", "study=bruun2024"),
    ("harms-table", "harm=headache"),
    ("indirect-evidence", "claim=ldn-fibromyalgia"),
    ("kept-out", "condition=fibromyalgia"),
    ("mechanisms", "object=toll-like-receptor-4"),
    ("published-syntheses", "condition=fibromyalgia"),
    ("results", "study=younger2013"),
    ("second-readings", "study=bruun2024"),
    ("secondary-figures", "study=bruun2024"),
    ("set-aside", "claim=ldn-fibromyalgia"),
]


def _dataset(copies: int) -> Dataset:
    store = Store()
    store.bulk_load("".join(generate(copies)), format=RdfFormat.N_QUADS)
    return Dataset(store, ())


def _seconds(do: Callable[[Dataset], object], *datasets: Dataset) -> list[float]:
    """Return the least of several times of this process for each dataset, taken in turn.

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
                do(dataset)
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
    one, many = _seconds(derive, *datasets)
    exponent = log(many / one) / log(COPIES)
    assert exponent <= GREATEST_EXPONENT, f"{one:.2f} s, and {many:.2f} s for {COPIES} times"


@pytest.fixture(scope="module")
def derived(datasets: tuple[Dataset, Dataset]) -> tuple[Dataset, ...]:
    return tuple(derive(dataset) for dataset in datasets)


@pytest.mark.parametrize(("question", "parameter"), BOUNDED)
def test_a_question_on_one_record_does_not_grow(
    question: str, parameter: str, derived: tuple[Dataset, ...]
) -> None:
    """What is above 1 is noise; one OPTIONAL that is joined over all of the data makes it 2."""
    name, _, value = parameter.partition("=")

    def answered(dataset: Dataset) -> int:
        return len(list(query(dataset, question, {name: value})))

    rows = {answered(dataset) for dataset in derived}
    assert rows.pop() > 0 and not rows
    one, many = _seconds(answered, *derived)
    assert many < 1.5 * one, f"{one:.4f} s, and {many:.4f} s with {COPIES} times the data"


def _section(section: str, about: str, dataset: Dataset) -> object:
    return getattr(sections, section)(Records(dataset), about)


CONDITION, TARGET = iri("condition:fibromyalgia"), iri("target:toll-like-receptor-4")
STUDY, CLAIM, MECHANISM = (
    iri(name)
    for name in (
        "study:younger2013",
        "claim:ldn-fibromyalgia",
        "claim:ldn-alters-toll-like-receptor-4",
    )
)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(partial(answer, name="fibromyalgia"), id="answer"),
        pytest.param(partial(explain, name="ldn-fibromyalgia"), id="explain"),
        pytest.param(partial(show, name="younger2013"), id="show"),
        pytest.param(partial(show, name="ldn-fibromyalgia"), id="show a claim"),
        pytest.param(partial(study_told, name=STUDY.value), id="a study"),
        pytest.param(partial(papers, name=STUDY.value), id="the papers of a study"),
        pytest.param(partial(lines, where=OF_STUDY, about=STUDY), id="the lines of a study"),
        pytest.param(partial(lines, where=OF_CLAIM, about=CLAIM), id="the lines of a claim"),
        pytest.param(partial(mechanisms, claim=MECHANISM.value), id="a mechanism"),
        pytest.param(partial(mechanisms, about=TARGET.value), id="the mechanisms of a target"),
        *(
            pytest.param(partial(_section, section, name.value), id=section)
            for section, name in (
                ("claims", CONDITION),
                ("studies", CONDITION),
                ("results", CONDITION),
                ("statements", CONDITION),
                ("guidance", iri("condition:multiple-sclerosis")),
            )
        ),
    ],
)
def test_what_is_told_of_one_record_does_not_grow(
    told: Callable[[Dataset], object], derived: tuple[Dataset, ...]
) -> None:
    assert len({str(told(dataset)) for dataset in derived}) == 1
    assert told(derived[0])
    one, many = _seconds(told, *derived)
    assert many < 1.5 * one, f"{one:.4f} s, and {many:.4f} s with {COPIES} times the data"
