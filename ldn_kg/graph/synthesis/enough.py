"""How many people would be enough: where the rule on imprecision stops costing a step.

A convention, not a calculation of power: the numbers are those that `certainty.imprecision`
compares with, and nothing is assumed of trials to come.
"""

from typing import NamedTuple

from ldn_kg.graph.synthesis.facts import Facts
from ldn_kg.graph.synthesis.size import smallest_differences
from ldn_kg.graph.synthesis.synthesis import Synthesis


class Enough(NamedTuple):
    """What the rule on imprecision asks of a synthesis, and what there is of it.

    `people` are those behind the effect, or all where there is none; 0 is not known. `no_step` is
    the number of people, and `no_step_events` of events, from which the number costs nothing, where
    there is a size with its interval (`is_sized`). Without one `one_step` is the number from which
    it costs one step and not two. `within` are the limits that an interval which holds no effect
    must keep, in natural units, or None where the rule asks nothing of it.
    """

    people: int
    no_step: int
    one_step: int
    is_sized: bool
    events: int | None = None
    no_step_events: int | None = None
    within: tuple[float, float] | None = None
    is_within: bool = True

    @property
    def is_there(self) -> bool:
        """True where imprecision costs nothing."""
        events = self.no_step_events is None or (self.events or 0) >= self.no_step_events
        return self.is_sized and self.people >= self.no_step and events and self.is_within

    def __str__(self) -> str:
        """Say it in two sentences."""
        here = "There are " + " and ".join(self._there()) if self.people else _UNKNOWN
        if not self.is_sized:
            return (
                "Imprecision costs a step with any number of people, until a size with its interval"
                f" is read; from {self._from(self.one_step)} on no more than one."
                f" {here}."
            )
        where = ""
        if self.within:
            low, high = (f"{end:.3g}".replace("-", "−") for end in self.within)
            where = f" where the interval excludes no effect or stays within {low} to {high}"
            here += f"; the interval {'does' if self.is_within else 'does not'}"
        return f"Imprecision costs no step from {self._from(self.no_step)} on{where}. {here}."

    def _from(self, people: int) -> str:
        events = f" and {self.no_step_events} events" if self.no_step_events is not None else ""
        return f"{people} people{events}"

    def _there(self) -> list[str]:
        pairs = [(self.people, self.no_step if self.is_sized else self.one_step, "people")]
        if self.events is not None and self.no_step_events is not None:
            pairs.append((self.events, self.no_step_events, "events"))
        return [
            f"{there} {noun}{f', {wanted - there} too few' if there < wanted else ''}"
            for there, wanted, noun in pairs
        ]


_UNKNOWN = "How many people there are is not known"


def enough(facts: Facts, synthesis: Synthesis) -> Enough:
    """Return what the rule on imprecision asks of a synthesis, and what there is of it."""
    limits = {name: int(value) for name, value in facts.thresholds.items() if "few" in name}
    effect, scale = synthesis.effect, synthesis.scale
    events = synthesis.events if synthesis.question.harm else None
    bounds = smallest_differences(facts, synthesis)
    few, very_few = limits["few-people"], limits["very-few-people"]
    no_step_events = limits["few-events"] if events is not None else None
    if effect is None or scale is None:
        return Enough(synthesis.people, few, very_few, False, events, no_step_events)
    if not bounds:
        return Enough(synthesis.pooled_people, few, very_few, True, events, no_step_events)
    _, low, high = effect
    reach = max(bounds)
    return Enough(
        synthesis.pooled_people,
        very_few,
        limits["fewest-people"],
        True,
        events,
        no_step_events,
        within=(scale.natural(-reach), scale.natural(reach)),
        is_within=not low <= 0 <= high or (-reach <= low and high <= reach),
    )
