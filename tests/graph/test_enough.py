"""How many people are enough: a trial of that size ends the cost, one person fewer does not."""

import pytest
from support.made_up import Study, said, world

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDN
from ldn_kg.graph.rules import derive
from ldn_kg.graph.synthesis.answers import Graded, answer
from ldn_kg.graph.synthesis.enough import Enough, enough
from ldn_kg.graph.synthesis.facts import Facts, questions

HELPS = (-2.0, -2.5, -1.5)
HARM = Study(type="adverse-event", symptom="s", on="harm", outcome="")
UNIMPORTANT = f"DELETE WHERE {{ GRAPH ?g {{ ?scale <{LDN}importantDifference> ?record }} }}"


def _graded(dataset: Dataset) -> list[tuple[Enough, Graded]]:
    facts = Facts(dataset)
    every = [graded for asked in questions(facts) for graded in answer(facts, asked).graded]
    assert every
    return [(enough(facts, graded.synthesis), graded) for graded in every]


def _only(dataset: Dataset) -> Enough:
    ((found, _),) = _graded(dataset)
    return found


def _steps(graded: Graded) -> int:
    (steps,) = (rating.steps for rating in graded.ratings if rating.domain == "imprecision")
    return steps


def test_it_agrees_with_the_rule_on_every_shipped_synthesis(kg: Dataset) -> None:
    every = _graded(kg)
    assert len(every) > 50
    assert not [str(found) for found, graded in every if found.is_there != (_steps(graded) == 0)]
    assert {found.is_sized for found, _ in every} == {True, False}


def _on_a_scale_without_important_difference(*studies: Study) -> Dataset:
    dataset = world(*studies)
    dataset.store.update(UNIMPORTANT)
    return derive(dataset)


@pytest.mark.parametrize(
    ("make", "first"),
    [
        pytest.param(world, Study(effect=HELPS, people=28), id="an important difference"),
        pytest.param(
            _on_a_scale_without_important_difference,
            Study(effect=HELPS, people=28),
            id="none is known",
        ),
    ],
)
def test_a_trial_of_the_missing_size_ends_the_cost(make: type, first: Study) -> None:
    """By docs/grading.md: from 100 people on with an important difference, else from 200 on."""
    found = _only(make(first))
    wanted = 100 if make is world else 200  # typed from the page
    assert (found.people, found.no_step, found.is_there) == (28, wanted, False)
    assert f"from {wanted} people on" in str(found)
    assert f"There are 28 people, {wanted - 28} too few" in str(found)
    for missing, costs in ((1, 1), (0, 0)):
        more = Study(effect=HELPS, people=wanted - 28 - missing)
        ((after, graded),) = _graded(make(first, more))
        assert (_steps(graded), after.is_there) == (costs, not costs)


def test_the_interval_counts_beside_the_people() -> None:
    """1 point matters on the scale: an interval that holds 0 has to end before it."""
    for effect, ends in (((0.0, -1.0, 1.0), True), ((0.0, -1.0, 1.1), False), (HELPS, True)):
        found = _only(world(Study(effect=effect)))
        assert (found.within, found.is_within, found.is_there) == ((-1.0, 1.0), ends, ends)
    assert "stays within −1 to 1. There are 400 people; the interval does." in str(found)


def test_without_a_size_no_number_is_enough() -> None:
    for people in (99, 100, 100_000):
        ((found, graded),) = _graded(world(Study(favours="favours-treatment", people=people)))
        assert _steps(graded) == (2 if people < found.one_step else 1)
        assert not found.is_there
    assert "with any number of people" in str(found)
    nobody = Study(favours="favours-treatment", people=0)
    assert "How many people there are is not known." in str(_only(world(nobody)))


def test_a_harm_needs_events_as_well() -> None:
    found = _only(world(Study(**{**HARM.__dict__, "counts": (19, 200, 10, 200)}), claim="harm"))
    assert "from 100 people and 30 events on" in str(found)
    assert "There are 400 people and 29 events, 1 too few" in str(found)
    one_more = Study(**{**HARM.__dict__, "counts": (20, 200, 10, 200)})
    assert _only(world(one_more, claim="harm")).events == 30
    assert said(world(one_more, claim="harm"), "synthesis/harm-imprecision", "ldn:steps") == ["1"]


@pytest.mark.parametrize(
    ("people", "events", "sized", "within", "there"),
    [
        (200, 100, True, True, True),
        (199, 100, True, True, False),
        (200, 99, True, True, False),
        (200, 100, False, True, False),
        (200, 100, True, False, False),
    ],
)
def test_people_events_size_and_interval_must_all_be_there(
    people: int, events: int, sized: bool, within: bool, there: bool
) -> None:
    found = Enough(people, 200, 50, sized, events, 100, (-1.0, 1.0), is_within=within)
    assert found.is_there is there
    nothing_on_events = Enough(people, 200, 50, sized, None, None, is_within=within)
    assert nothing_on_events.is_there is (there or events == 99)
