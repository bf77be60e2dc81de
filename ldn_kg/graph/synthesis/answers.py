"""The word for each synthesis and each claim on benefit or harm, and what stands beside it."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ldn_kg.graph.synthesis.candidates import (
    candidates,
    is_compared,
    is_controlled,
    is_review,
    of_people,
    participants,
    retracted,
)
from ldn_kg.graph.synthesis.certainty import LEVELS, Awaited, Rating, certainty, ratings
from ldn_kg.graph.synthesis.facts import Facts, Question
from ldn_kg.graph.synthesis.size import COMPARATOR, LITTLE, TREATMENT, finding, size
from ldn_kg.graph.synthesis.synthesis import Entry, Synthesis, syntheses

_DISTINCT_WAYS = {
    "other-dose",
    "dose-not-stated",
    "other-drug",
    "other-isomer",
    "combination-product",
}
_NEVER = {"never-started"}
_SHOWN = {
    TREATMENT: ("benefit-shown", "benefit-possible"),
    LITTLE: ("little-or-no-benefit", "little-or-no-benefit-possible"),
    COMPARATOR: ("harm-shown", "harm-possible"),
}


class Graded(NamedTuple):
    """A synthesis with all that follows from it."""

    synthesis: Synthesis
    finding: str
    size: str
    ratings: tuple[Rating, ...]
    certainty: str
    if_assessed: str
    word: str
    decides: bool


class Published(NamedTuple):
    """A pooled value that a review published: its study, the result, and the value as printed."""

    study: str
    result: str
    measure: str
    estimate: float
    low: float
    high: float


class Beside(NamedTuple):
    """What stands beside an answer: studies without a comparison, and reviews."""

    uncontrolled: tuple[str, ...]
    uncontrolled_people: int
    reviews: tuple[str, ...]
    otherwise: tuple[str, ...]
    withdrawn: tuple[str, ...]
    published: tuple[Published, ...]
    warned: bool


class Answer(NamedTuple):
    """What can be said on a question, and by what."""

    question: Question
    graded: tuple[Graded, ...]
    kept_out: tuple[Entry, ...]
    beside: Beside
    awaited: tuple[Awaited, ...]
    word: str

    @property
    def deciding(self) -> tuple[Graded, ...]:
        """The syntheses on the outcomes that decide."""
        return tuple(graded for graded in self.graded if graded.decides)

    @property
    def certainty(self) -> str:
        """The certainty of the least certain synthesis that decides, or ""."""
        return max((graded.certainty for graded in self.deciding), key=LEVELS.index, default="")


def answer(facts: Facts, question: Question) -> Answer:
    """Return what the studies say on a question."""
    found, kept_out = syntheses(facts, question, candidates(facts, question))
    registered = tuple(awaited(facts, question))
    graded = tuple(
        grade(facts, synthesis, registered, decides=_decides(facts, synthesis))
        for synthesis in found
    )
    entered = {facts.people(entry.candidate.study) for s in found for entry in s.entries}
    beside = stand_beside(facts, question, entered)
    word = (
        harm_word(graded, beside)
        if question.harm
        else benefit_word(graded, kept_out, beside, facts)
    )
    return Answer(question, graded, tuple(kept_out), beside, registered, word)


def grade(
    facts: Facts, synthesis: Synthesis, registered: Iterable[Awaited], *, decides: bool
) -> Graded:
    """Return a synthesis with its finding, size, certainty and word."""
    rated = tuple(ratings(facts, synthesis, registered))
    found = finding(facts, synthesis)
    level = certainty(synthesis, rated)
    judge = _harm if synthesis.question.harm else _benefit
    word = judge(facts, synthesis, found, level)
    return Graded(
        synthesis,
        found,
        size(facts, synthesis),
        rated,
        level,
        certainty(synthesis, rated, assessed=True),
        word,
        decides,
    )


def critical_outcomes(facts: Facts, question: Question) -> list[str]:
    """Return the outcomes that decide a question on benefit; none where nobody has said."""
    return facts.many(question.about, "criticalOutcome")


def _decides(facts: Facts, synthesis: Synthesis) -> bool:
    """Say whether the outcome of a synthesis decides its claim.

    A harm is its own outcome. Where nobody has said what decides it is every outcome that is no
    surrogate.
    """
    question = synthesis.question
    critical = critical_outcomes(facts, question)
    if question.harm or not critical:
        return question.harm or not facts.true(synthesis.outcome, "surrogate")
    return synthesis.outcome in critical


def _benefit(facts: Facts, synthesis: Synthesis, found: str, level: str) -> str:
    if level in ("high", "moderate", "low") and found in _SHOWN:
        return _SHOWN[found][level == "low"]
    sides = synthesis.leaning(1), synthesis.leaning(-1)
    minority = 100 * min(sides) / sum(sides) if sum(sides) > 1 else 0.0
    if found not in _SHOWN and minority >= facts.thresholds["minority-percent"]:
        return "studies-disagree"
    return "too-little-to-say"


def _harm(facts: Facts, synthesis: Synthesis, found: str, level: str) -> str:
    if found in (COMPARATOR, TREATMENT):
        if level == "very-low":
            return "too-little-to-say"
        return "more-often" if found == COMPARATOR else "less-often"
    events = synthesis.events
    if found == LITTLE or (events is not None and events >= facts.thresholds["few-events"]):
        return "no-clear-difference"
    many = synthesis.effect is not None and synthesis.people >= facts.thresholds["few-people"]
    return "no-clear-difference" if many and events is None else "too-few-events"


def benefit_word(
    graded: Iterable[Graded], kept_out: Iterable[Entry], beside: Beside, facts: Facts
) -> str:
    """Return the word of a claim on benefit: by what decides, else by what stands beside."""
    every = list(graded)
    words = {g.word for g in every if g.decides}
    if words:
        return _together(words)
    if every:
        return "deciding-outcome-not-measured"
    if beside.uncontrolled:
        few = beside.uncontrolled_people < facts.thresholds["case-report-people"]
        return "only-case-reports" if few else "only-uncontrolled"
    if beside.otherwise or any("kept-out-retracted" not in e.kept_out for e in kept_out):
        return "tested-otherwise"
    return "withdrawn" if beside.withdrawn else "untested"


def _together(words: set[str]) -> str:
    """Return one word for several outcomes: the cautious one of two that agree."""
    if len(words) == 1:
        return next(iter(words))
    for pair in _SHOWN.values():
        if words == set(pair):
            return pair[1]
    return "outcomes-differ"


def harm_word(graded: Iterable[Graded], beside: Beside) -> str:
    """Return the word of a claim on harm: a warning on labels stands before what was compared."""
    words = [g.word for g in graded]
    if beside.warned:
        return "known-effect"
    if words:
        return words[0] if len(set(words)) == 1 else "studies-disagree"
    if beside.uncontrolled or beside.reviews or beside.otherwise:
        return "not-compared"
    return "withdrawn" if beside.withdrawn else "untested"


def stand_beside(facts: Facts, question: Question, entered: set[str]) -> Beside:
    """Return the studies that bear on a question and can speak neither for nor against it.

    `entered` are the people of those that enter a synthesis, by the study that stands for them.
    """
    uncontrolled: dict[str, tuple[str, int]] = {}
    reviews, otherwise, withdrawn = [], [], []
    warned = False
    for line in facts.lines(question.claim):
        study = facts.one(line, "study")
        differences = set(facts.many(line, "indirect"))
        results = facts.many(line, "restsOn")
        warned |= any(facts.one(r, "dcterms:type") == "warning" for r in results)
        if retracted(facts, study):
            withdrawn.append(study)
        elif facts.people(study) in entered or not of_people(facts, study):
            continue
        elif is_review(facts, study):
            reviews.append(study)
        elif differences & _DISTINCT_WAYS or "other-outcome" in differences:
            otherwise.append(study)
        elif results and not is_compared(facts, study) and not is_controlled(facts, study):
            people = facts.count(line, "analysed") or participants(facts, study) or 0
            uncontrolled.setdefault(facts.people(study), (study, people))
        elif results:
            otherwise.append(study)
    return Beside(
        tuple(sorted(study for study, _ in uncontrolled.values())),
        sum(people for _, people in uncontrolled.values()),
        tuple(sorted(set(reviews))),
        tuple(sorted(set(otherwise))),
        tuple(withdrawn),
        tuple(_published(facts, question, sorted(set(reviews)))),
        warned,
    )


def _published(facts: Facts, question: Question, reviews: Iterable[str]) -> Iterable[Published]:
    """Yield the pooled comparisons between groups that reviews published on a question.

    On a benefit those on an outcome that decides, on a harm those of the harm alone.
    """
    critical = critical_outcomes(facts, question)
    for review in reviews:
        for result in facts.many(review, "result"):
            if facts.one(result, "contrast") != "between-groups":
                continue
            if question.harm and facts.many(result, "symptom") != [question.about]:
                continue
            if not question.harm and facts.one(result, "outcome") not in critical:
                continue
            numbers = [facts.number(result, name) for name in ("estimate", "ciLow", "ciHigh")]
            value, low, high = numbers
            if value is not None and low is not None and high is not None:
                yield Published(
                    review, result, facts.one(result, "effectMeasure"), value, low, high
                )


def awaited(facts: Facts, question: Question) -> Iterable[Awaited]:
    """Yield the registered trials of the same treatment and condition that have no result yet.

    A trial that another record of the same people reports is not awaited, nor one that was
    withdrawn before its start.
    """
    if question.harm:
        return
    for study in facts.unreported(question.about):
        if facts.one(study, "recruitment") in _NEVER or facts.people(study) != study:
            continue
        children = "children" in facts.many(study, "population")
        if children != (question.population == "children"):
            continue
        if any(facts.one(arm, "drug") == question.drug for arm in facts.many(study, "arm")):
            planned = facts.count(study, "planned") or participants(facts, study)
            yield Awaited(study, planned, _overdue(facts, study))


def _overdue(facts: Facts, study: str) -> bool:
    """Say whether a trial ended so long before the dataset was issued that a result is missing."""
    today, ends = _year(facts.issued), _year(facts.one(study, "ends"))
    return bool(today and ends) and today - ends >= facts.thresholds["awaited-years"]


def _year(date: str) -> float:
    """Return a date as a year with its part, or 0 where it is none; a year stands for its end."""
    found = re.match(r"(\d{4})(?:-(\d\d))?", date)
    if not found:
        return 0.0
    return int(found[1]) + (int(found[2]) / 12 if found[2] else 1)
