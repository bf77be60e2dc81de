"""A row of a summary of findings: one outcome, how large, how certain, and by which studies."""

from collections.abc import Iterable, Iterator
from math import exp
from typing import NamedTuple

from ldn_kg.graph.synthesis import words
from ldn_kg.graph.synthesis.answers import Graded
from ldn_kg.graph.synthesis.facts import Facts, term
from ldn_kg.graph.synthesis.record import name as name_of
from ldn_kg.graph.synthesis.size import finding as finding_of
from ldn_kg.graph.synthesis.size import important_differences, per_thousand
from ldn_kg.graph.synthesis.synthesis import Entry, Synthesis


class Domain(NamedTuple):
    """A domain of certainty: its rating, the steps that it costs, and the facts that say so."""

    name: str
    rating: str
    steps: int
    facts: str


class Important(NamedTuple):
    """The smallest difference that people notice, in the unit of the effect, and its source.

    Of a ratio it is the ratio that is greater than one.
    """

    value: float
    source: str


class Entered(NamedTuple):
    """A study in a synthesis: what it compared, in how many people, and what came out.

    `estimate`, `low` and `high` are None where no size is known. `weight` is the percentage of the
    pool, None where the study could not be pooled. `lean` is 1 where its figures lean to the
    treatment, -1 to the comparator, and 0 where the side is not known. `people_of` is the one study
    that stands for all with the same people.
    """

    study: str
    people_of: str
    label: str
    result: str
    participants: int | None
    estimate: float | None
    low: float | None
    high: float | None
    effect: str
    weight: float | None
    lean: int
    found: str


class Finding(NamedTuple):
    """One outcome against one comparator.

    `effect` is in words and natural units; `estimate`, `low` and `high` are None where no size is
    known, and in `unit` or, of a ratio, without one. `condition` is that of the people, "" where it
    is the one that is asked about. `without`, `with_treatment`, `with_low` and `with_high` count
    people among 1,000. `decides` says whether the outcome decides the question, `better` is 1 where
    more of it is better, -1 where less is, and 0 where that is not known.
    """

    iri: str
    outcome: str
    outcome_iri: str
    condition: str
    comparator: str
    is_harm: bool
    decides: bool
    trials: int
    participants: int | None
    pooled_trials: int
    measure: str
    is_ratio: bool
    estimate: float | None
    low: float | None
    high: float | None
    unit: str
    without: int | None
    with_treatment: int | None
    with_low: int | None
    with_high: int | None
    effect: str
    size: str
    important: tuple[Important, ...]
    better: int
    found: str
    certainty: str
    if_assessed: str
    domains: tuple[Domain, ...]
    status: str
    sentence: str
    studies: tuple[Entered, ...]

    @property
    def name(self) -> str:
        """The outcome, on a symptom with the condition of the people."""
        return f"{self.outcome} in {self.condition}" if self.condition else self.outcome


def in_order(graded: Iterable[Graded]) -> list[Graded]:
    """Return what decides first; of that, and of the rest, what is pooled and the largest first."""
    return sorted(
        graded,
        key=lambda g: (not g.decides, -len(g.synthesis.pooled), -g.synthesis.trials),
    )


def finding(facts: Facts, graded: Graded) -> Finding:
    """Return what a synthesis found, in words and numbers."""
    synthesis = graded.synthesis
    scale, effect = synthesis.scale, synthesis.effect
    values = [scale.natural(part) for part in effect] if scale and effect else [None, None, None]
    without, with_treatment, with_low, with_high = per_thousand(synthesis) or (None,) * 4
    return Finding(
        iri=term(f"synthesis:{name_of(graded)}").value,
        outcome=facts.label(synthesis.outcome),
        outcome_iri=term(synthesis.outcome).value,
        condition=_condition(facts, synthesis),
        comparator=facts.label(synthesis.comparator),
        is_harm=synthesis.question.harm,
        decides=graded.decides,
        trials=synthesis.trials,
        participants=synthesis.people or None,
        pooled_trials=len(synthesis.pooled),
        measure=facts.label(scale.measure) if scale else "",
        is_ratio=bool(scale and scale.ratio),
        estimate=values[0],
        low=values[1],
        high=values[2],
        unit=words.unit(facts, synthesis),
        without=without,
        with_treatment=with_treatment,
        with_low=with_low,
        with_high=with_high,
        effect="; ".join(words.effect_words(facts, synthesis)),
        size=facts.label(graded.size),
        important=tuple(_important(facts, synthesis)),
        better={"higher-is-better": 1, "lower-is-better": -1}.get(synthesis.better, 0),
        found=facts.label(graded.finding),
        certainty=facts.label(f"{graded.certainty}-certainty"),
        if_assessed=facts.label(f"{graded.if_assessed}-certainty"),
        domains=tuple(
            Domain(facts.label(r.domain), facts.label(r.word), r.steps, r.facts)
            for r in graded.ratings
        ),
        status=facts.label(graded.word),
        sentence=words.synthesis_sentence(facts, graded),
        studies=tuple(_entered(facts, synthesis, entry) for entry in synthesis.entries),
    )


def _condition(facts: Facts, synthesis: Synthesis) -> str:
    """Return the condition of the people, where it is not that of the question."""
    asked = synthesis.question
    return "" if asked.harm or asked.on_condition else words.people(facts, synthesis)


def _important(facts: Facts, synthesis: Synthesis) -> Iterator[Important]:
    for record, value in important_differences(facts, synthesis):
        if record:
            yield Important(value, facts.label(record))
        elif synthesis.scale and synthesis.scale.ratio:
            yield Important(exp(value), f"a ratio of {exp(value):.2f}, the threshold used here")
        else:
            yield Important(value, f"{value:g} in 100, the threshold used here")


def _entered(facts: Facts, synthesis: Synthesis, entry: Entry) -> Entered:
    candidate, estimate = entry.candidate, entry.estimate
    limits: tuple[float | None, ...] = (None, None, None)
    if estimate:
        value, (low, high) = estimate.effect.value, estimate.effect.interval()
        limits = tuple(map(estimate.natural, (value, low, high)))
    alone = synthesis.of(entry)
    pooled = entry in synthesis.pooled
    return Entered(
        study=term(candidate.study).value,
        people_of=term(facts.people(candidate.study)).value,
        label=facts.label(candidate.study),
        result=facts.label(candidate.result),
        participants=candidate.people,
        estimate=limits[0],
        low=limits[1],
        high=limits[2],
        effect="; ".join(words.effect_words(facts, alone)),
        weight=100 * synthesis.share(entry) if pooled else None,
        lean=entry.lean,
        found=facts.label(finding_of(facts, alone)),
    )
