"""How certain a synthesis is: five domains after GRADE, each a rule with its facts.

Certainty by rule, after GRADE and Pollock and others 2016; not GRADE, which needs judges. The
numbers compared with are the concepts of `ontology/concepts/thresholds.ttl`, each with its source.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ldn_kg.graph.synthesis.facts import Candidate, Facts
from ldn_kg.graph.synthesis.size import smallest_differences
from ldn_kg.graph.synthesis.synthesis import Entry, Synthesis

LEVELS = ("high", "moderate", "low", "very-low")
_JUDGED = ("bias-from-randomisation", "bias-from-blinding")


class Rating(NamedTuple):
    """What one domain costs: 0, 1 or 2 steps, and the facts that say so.

    `assessable` is false where nothing that was read tells; then the steps are those of ignorance.
    """

    domain: str
    steps: int
    facts: str
    assessable: bool = True

    @property
    def word(self) -> str:
        """The name of the rating, as FHIR's certainty-rating has it."""
        if not self.assessable:
            return "not-assessable"
        return ("no-concern", "serious-concern", "very-serious-concern")[self.steps]


class Awaited(NamedTuple):
    """A registered trial without a result: how many people it planned, and if it ended long ago."""

    study: str
    planned: int | None
    overdue: bool


def ratings(facts: Facts, synthesis: Synthesis, awaited: Iterable[Awaited]) -> list[Rating]:
    """Return the ratings of all domains, in the order of GRADE."""
    return [
        risk_of_bias(facts, synthesis),
        inconsistency(facts, synthesis),
        indirectness(facts, synthesis),
        imprecision(facts, synthesis),
        publication_bias(facts, synthesis, list(awaited)),
        reading(synthesis),
    ]


def certainty(synthesis: Synthesis, rated: Iterable[Rating], *, assessed: bool = False) -> str:
    """Return the level: from high (low, if not randomised), down by all steps, to very low.

    `assessed` leaves out what was not assessable: how certain it would be, were there no concern.
    """
    start = 0 if synthesis.randomised else LEVELS.index("low")
    steps = sum(rating.steps for rating in rated if rating.assessable or not assessed)
    return LEVELS[min(start + steps, len(LEVELS) - 1)]


def risk_of_bias(facts: Facts, synthesis: Synthesis) -> Rating:
    """Judge how the trials were done, by what others published and by open groups and losses."""
    limits = facts.thresholds
    open_label = _share(synthesis, lambda c: facts.one(c.study, "blinding") == "open-label")
    reported = facts.true(synthesis.outcome, "selfReported")
    if reported and open_label >= limits["open-trials-percent"]:
        why = f"{open_label:.0f} % of the people report their outcome themselves in open trials."
        return Rating("risk-of-bias", 2, why)
    lost = _lost(facts, synthesis)
    if lost is not None and lost > limits["lost-percent"]:
        return Rating(
            "risk-of-bias", 2, f"{lost:.0f} % of the people were lost after they entered."
        )
    judged = [e.candidate for e in synthesis.entries if facts.many(e.candidate.study, "riskOfBias")]
    if not judged:
        return Rating("risk-of-bias", 1, "No published judgement of these trials was read.", False)
    low = _share(synthesis, lambda c: _low_risk(facts, c.study))
    steps = 0 if low >= limits["least-low-risk-percent"] else 1
    return Rating(
        "risk-of-bias", steps, f"{low:.0f} % of the people are in trials judged of low risk."
    )


def _low_risk(facts: Facts, study: str) -> bool:
    judgements = {
        facts.one(judgement, "dcterms:type"): facts.one(judgement, "judgement")
        for judgement in facts.many(study, "riskOfBias")
    }
    return all(judgements.get(domain) == "low-risk" for domain in _JUDGED)


def _lost(facts: Facts, synthesis: Synthesis) -> float | None:
    """Return the share of people lost, in percent, of the trials that tell; None if none does."""
    entered = stayed = 0
    for entry in synthesis.entries:
        study = entry.candidate.study
        first = facts.count(study, "randomised") or facts.count(study, "enrolled")
        last = facts.count(study, "analysed") or facts.count(study, "completed")
        if first and last is not None:
            entered, stayed = entered + first, stayed + min(first, last)
    return 100 * (1 - stayed / entered) if entered else None


def inconsistency(facts: Facts, synthesis: Synthesis) -> Rating:
    """Judge how far the trials agree: by I² where they are pooled, else by their signs."""
    limits = facts.thresholds
    if synthesis.trials == 1:
        return Rating("inconsistency", 0, "One study alone.", False)
    sides = (synthesis.leaning(1), synthesis.leaning(-1))
    known = f"{_count(sum(sides), 'study')} with a known side"
    signs = f"{sides[0]} of {known} found the treatment better"
    if synthesis.pool:
        i_squared = synthesis.pool.i_squared
        both = all(any(e.lean == side for e in synthesis.pooled) for side in (1, -1))
        great = sum(
            i_squared > limits[name]
            for name in ("great-heterogeneity-percent", "extreme-heterogeneity-percent")
        )
        mixed = i_squared >= limits["moderate-heterogeneity-percent"] and both
        ways = "in both directions" if both else "in one direction"
        return Rating(
            "inconsistency", max(great, int(mixed)), f"I² is {i_squared:.0f} %, {ways}; {signs}."
        )
    if sum(sides) < 2:
        return Rating("inconsistency", 0, f"Too few signs: {signs}.", False)
    minority = 100 * min(sides) / sum(sides)
    return Rating(
        "inconsistency",
        int(minority >= limits["minority-percent"]),
        f"{signs[0].upper()}{signs[1:]}.",
    )


def indirectness(facts: Facts, synthesis: Synthesis) -> Rating:
    """Judge how far outcome and people are those of the question."""
    if facts.true(synthesis.outcome, "surrogate"):
        return Rating("indirectness", 1, "The outcome is a surrogate.")
    axes = ("population-axis", "species-axis")
    share = _share(synthesis, lambda c: bool(c.indirect.intersection(axes)))
    steps = int(share >= facts.thresholds["indirect-percent"])
    return Rating(
        "indirectness", steps, f"{share:.0f} % of the people differ from those of the question."
    )


def imprecision(facts: Facts, synthesis: Synthesis) -> Rating:
    """Judge how narrow the interval is, or how many people and events there are."""
    limits = facts.thresholds
    people = synthesis.pooled_people if synthesis.effect else synthesis.people
    events = synthesis.events
    if synthesis.question.harm and events is not None and events < limits["few-events"]:
        return Rating("imprecision", 2, f"{_count(events, 'event')}.")
    few = sum(people < limits[name] for name in ("few-people", "very-few-people"))
    count = f"{people} people" if people else "an unknown number of people"
    bounds = smallest_differences(facts, synthesis)
    if synthesis.effect and bounds:
        _, low, high = synthesis.effect
        none = low <= 0 <= high
        reach = min(bounds)  # where sources differ, the one that costs more
        spans = sum((low < -reach, high > reach)) if none else 0
        least = sum(people < limits[name] for name in ("very-few-people", "fewest-people"))
        steps = max(spans, least)
        words = (
            "no important difference",
            "one important difference",
            "important differences both ways",
        )
        holds = f"holds no effect and {words[spans]}" if none else "excludes no effect"
        return Rating("imprecision", steps, f"The interval {holds}; {count}.")
    if synthesis.effect is None:
        return Rating("imprecision", max(1, few), f"{count[0].upper()}{count[1:]}; no interval.")
    why = "no important difference is known for the scale"
    return Rating("imprecision", few, f"{count[0].upper()}{count[1:]}; {why}.")


def publication_bias(facts: Facts, synthesis: Synthesis, awaited: list[Awaited]) -> Rating:
    """Judge how much is missing: trials that ended long ago, and results that gave no size.

    A result that was only called not significant is missing from a pool for what it showed
    (Cochrane Handbook 6.5, chapter 13).
    """
    ended = [trial for trial in awaited if trial.overdue]
    planned = sum(trial.planned or 0 for trial in ended)
    sizeless = [e for e in synthesis.entries if synthesis.effect and _says_nothing(e)]
    left = len(sizeless)
    if not awaited and not left:
        return Rating("publication-bias", 0, "No trial without a result is known.", False)
    every = synthesis.people + planned
    share = 100 * (planned + sum(e.people for e in sizeless)) / every if every else 0.0
    unknown = any(not entry.people for entry in synthesis.entries)
    if unknown:
        share = 100 * (len(ended) + left) / (len(ended) + synthesis.trials)
    steps = int(share >= facts.thresholds["awaited-percent"])
    of_all = "studies" if unknown else "people"
    return Rating(
        "publication-bias",
        steps,
        f"Ended long ago without a result: {_count(len(ended), 'registered trial')}; entered"
        f" without a size: {_count(left, 'study')}. That is {share:.0f} % of all {of_all}.",
    )


def _says_nothing(entry: Entry) -> bool:
    """Say whether a result enters without a size; that nobody had an event is one of a kind."""
    candidate = entry.candidate
    counted = candidate.treatment.events is not None and candidate.control.events is not None
    return entry.estimate is None and not counted


def reading(synthesis: Synthesis) -> Rating:
    """Judge how the results were read: at second hand only, or once only; any costs a step.

    Own convention: a figure that one reader took from a page, and nobody compared with it again, is
    no surer than one that a secondary report gives.
    """
    share = _share(synthesis, lambda c: c.second_hand or c.read_once)
    candidates = [entry.candidate for entry in synthesis.entries]
    counted = (
        (sum(c.second_hand for c in candidates), "read in a secondary report only"),
        (sum(c.read_once for c in candidates), "of a study that was read only once"),
    )
    told = " and ".join(f"{number} {words}" for number, words in counted if number)
    if not told:
        facts = "Every result was read at its source, and every study a second time."
        return Rating("second-hand-reading", 0, facts)
    of_all = _count(synthesis.trials, "result")
    return Rating("second-hand-reading", 1, f"Of {of_all}, {told}: {share:.0f} % of the people.")


def _count(number: int, noun: str) -> str:
    plural = "studies" if noun == "study" else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _share(synthesis: Synthesis, holds: Callable[[Candidate], bool]) -> float:
    """Return of how many percent of the people something holds; of the studies, if none counted."""
    people = [(entry.people, holds(entry.candidate)) for entry in synthesis.entries]
    if not sum(count for count, _ in people):
        people = [(1, yes) for _, yes in people]
    return 100 * sum(count for count, yes in people if yes) / sum(count for count, _ in people)
