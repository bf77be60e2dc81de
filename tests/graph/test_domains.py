"""Each domain of certainty at its limits, as docs/grading.md, "How certain", says them.

A synthesis is put together by hand from results that say no more than a case needs.
"""

from collections.abc import Iterable
from typing import Any

import pytest
from support.made_up import CANDIDATE, facts_of

from ldn_kg.graph.synthesis.certainty import Awaited, Rating, certainty, ratings
from ldn_kg.graph.synthesis.effects import Estimate
from ldn_kg.graph.synthesis.facts import Facts, Question, Side
from ldn_kg.graph.synthesis.pooling import Effect
from ldn_kg.graph.synthesis.size import LITTLE, TREATMENT, UNCLEAR, finding, per_thousand, size
from ldn_kg.graph.synthesis.synthesis import Entry, Synthesis

BENEFIT = Question("claim:c", False, "drug:d", "condition:c", "low-dose", "")
HARM = BENEFIT._replace(harm=True, about="symptom:s")
DOMAINS = (
    "risk-of-bias",
    "inconsistency",
    "indirectness",
    "imprecision",
    "publication-bias",
    "second-hand-reading",
)
# A difference of 1 point matters for the condition, one of 10 % of baseline on the same scale.
SCALE = """
instrument:i ldn:importantDifference instrument:i-1, instrument:i-percent .
instrument:i-1 schema:value 1.0 ; ldn:condition condition:c .
instrument:i-percent schema:value 10.0 ; qudt:hasUnit unit:PERCENT ; ldn:condition condition:c .
"""
LOW_RISK = """
study:{0} ldn:riskOfBias study:{0}-r, study:{0}-b .
study:{0}-r dcterms:type ldnc:bias-from-randomisation ; ldn:judgement ldnc:low-risk .
study:{0}-b dcterms:type ldnc:bias-from-blinding ; ldn:judgement ldnc:{1} .
"""


def _facts(turtle: str = "") -> Facts:
    return facts_of(SCALE + turtle, "thresholds")


def _entry(
    study: str = "a",
    people: int | None = 200,
    effect: tuple[float, float] | None = None,
    *,
    lean: int = 0,
    measure: str = "mean-difference",
    question: Question = BENEFIT,
    **more: Any,
) -> Entry:
    """Return a result that enters, with an effect and its error where there is one."""
    candidate = CANDIDATE._replace(
        result=f"study:{study}-result",
        study=f"study:{study}",
        question=question,
        people=people,
        measure=measure,
        **{"readings": ("abstract",), **more},
    )
    sized = effect and Estimate(Effect(*effect), measure, (measure,), "error-printed")
    return Entry(candidate, sized or None, lean)


def _synthesis(*entries: Entry, question: Question = BENEFIT) -> Synthesis:
    return Synthesis(question, "pain-intensity", "placebo", entries, "condition:c")


def _rated(
    domain: str,
    *entries: Entry,
    turtle: str = "",
    awaited: Iterable[Awaited] = (),
    question: Question = BENEFIT,
) -> Rating:
    found = ratings(_facts(turtle), _synthesis(*entries, question=question), awaited)
    assert tuple(rating.domain for rating in found) == DOMAINS
    return found[DOMAINS.index(domain)]


def _told(rating: Rating) -> tuple[int, bool, str]:
    return rating.steps, rating.assessable, rating.facts


OPEN = "study:a ldn:blinding ldnc:open-label . ldnc:pain-intensity ldn:selfReported true ."
BIAS = {
    "half in open trials": (100, OPEN, (2, "50 % of the people report")),
    "fewer than half in open trials": (99, OPEN, (1, "No published judgement")),
    "open, and others report": (
        100,
        "study:a ldn:blinding ldnc:open-label .",
        (1, "No published judgement"),
    ),
    "75 % in trials of low risk": (
        300,
        LOW_RISK.format("a", "low-risk"),
        (0, "75 % of the people are in trials judged of low risk."),
    ),
    "fewer than 75 % in trials of low risk": (
        299,
        LOW_RISK.format("a", "low-risk"),
        (1, "75 % of the people are in trials judged of low risk."),
    ),
    "not of low risk in one domain": (
        300,
        LOW_RISK.format("a", "some-concerns"),
        (1, "0 % of the people are in trials judged of low risk."),
    ),
}


@pytest.mark.parametrize(("people", "turtle", "told"), BIAS.values(), ids=BIAS)
def test_risk_of_bias(people: int, turtle: str, told: tuple[int, str]) -> None:
    """Beside one trial stands another of 100 people, of which nothing more is said."""
    rating = _rated("risk-of-bias", _entry("a", people), _entry("b", 100), turtle=turtle)
    assert (rating.steps, rating.facts[: len(told[1])]) == told
    assert rating.assessable is not told[1].startswith("No published")


LOST = {
    "20 % of those allocated": ("ldn:randomised 100 ; ldn:analysed 80", 1, "No published"),
    "21 % of those allocated": ("ldn:randomised 100 ; ldn:analysed 79", 2, "21 % of the people"),
    "all of them": ("ldn:randomised 100 ; ldn:analysed 0 ; ldn:completed 0", 2, "100 % of the"),
    "those who did not complete": ("ldn:randomised 100 ; ldn:completed 79", 2, "21 % of the"),
    "of those enrolled": ("ldn:enrolled 100 ; ldn:analysed 79", 2, "21 % of the people"),
    "allocated before enrolled": (
        "ldn:enrolled 1000 ; ldn:randomised 100 ; ldn:analysed 80",
        1,
        "No published",
    ),
    "analysed before completed": (
        "ldn:randomised 100 ; ldn:analysed 80 ; ldn:completed 10",
        1,
        "No published",
    ),
    "nobody said how many entered": ("ldn:analysed 10", 1, "No published"),
    "nobody said how many stayed": ("ldn:randomised 100", 1, "No published"),
}


@pytest.mark.parametrize(("said", "steps", "why"), LOST.values(), ids=LOST)
def test_people_who_were_lost(said: str, steps: int, why: str) -> None:
    rating = _rated("risk-of-bias", _entry(), turtle=f"study:a {said} .")
    assert (rating.steps, rating.facts[: len(why)]) == (steps, why)


def test_what_is_said_of_open_trials_and_of_losses() -> None:
    said = {
        OPEN: "100 % of the people report their outcome themselves in open trials.",
        "study:a ldn:randomised 100 ; ldn:analysed 79 .": (
            "21 % of the people were lost after they entered."
        ),
    }
    for turtle, sentence in said.items():
        assert _rated("risk-of-bias", _entry(), turtle=turtle).facts == sentence


def test_losses_are_added_up_over_the_trials_that_tell() -> None:
    """30 of 100 and 0 of 50 are 30 of 150, 20 %; the third trial says nothing."""
    said = "study:a ldn:randomised 100 ; ldn:analysed 70 . study:b ldn:randomised 50"
    entries = (_entry("a"), _entry("b"), _entry("c"))
    assert _rated("risk-of-bias", *entries, turtle=f"{said} ; ldn:analysed 50 .").steps == 1
    assert _rated("risk-of-bias", *entries, turtle=f"{said} ; ldn:analysed 49 .").steps == 2


def _two(distance: float, *, leans: tuple[int, int]) -> tuple[Entry, Entry]:
    """Return two effects with the error 1: Q is half the squared distance, I² is (Q - 1) / Q."""
    return (
        _entry("a", effect=(0.0, 1.0), lean=leans[0]),
        _entry("b", effect=(distance, 1.0), lean=leans[1]),
    )


@pytest.mark.parametrize(
    ("distance", "leans", "told"),
    [
        # Q is 1.5, and I² is 33 %.
        (3**0.5, (1, -1), (0, "I² is 33 %, in both directions; 1 of 2 studies with a known side ")),
        # Q is 2, and I² is 50 %, where it begins.
        (2.0, (1, -1), (1, "I² is 50 %, in both directions; 1 of 2 studies with a known side ")),
        (2.0, (1, 1), (0, "I² is 50 %, in one direction; 2 of 2 studies with a known side ")),
        (2.0, (1, 0), (0, "I² is 50 %, in one direction; 1 of 1 study with a known side ")),
        # Q is 4, and I² is 75 %; it has to be above.
        (8**0.5, (1, 1), (0, "I² is 75 %, in one direction; 2 of 2 studies with a known side ")),
        (2.84, (1, 1), (1, "I² is 75 %, in one direction; 2 of 2 studies with a known side ")),
        (2.84, (1, -1), (1, "I² is 75 %, in both directions; 1 of 2 studies with a known side ")),
        # Q is 10, and I² is 90 %; it has to be above.
        (4.48, (1, 1), (2, "I² is 90 %, in one direction; 2 of 2 studies with a known side ")),
        (4.47, (1, 1), (1, "I² is 90 %, in one direction; 2 of 2 studies with a known side ")),
        (4.48, (1, -1), (2, "I² is 90 %, in both directions; 1 of 2 studies with a known side ")),
    ],
)
def test_inconsistency_of_a_pool(
    distance: float, leans: tuple[int, int], told: tuple[int, str]
) -> None:
    rating = _rated("inconsistency", *_two(distance, leans=leans))
    assert _told(rating) == (told[0], True, f"{told[1]}found the treatment better.")


@pytest.mark.parametrize(
    ("leans", "told"),
    [
        ((1,), (0, False, "One study alone.")),
        ((1, 0), (0, False, "Too few signs: 1 of 1 study")),
        ((0, -1), (0, False, "Too few signs: 0 of 1 study")),
        ((0, 0), (0, False, "Too few signs: 0 of 0 studies")),
        ((1, 1), (0, True, "2 of 2 studies")),
        ((1, -1), (1, True, "1 of 2 studies")),
        ((1, 1, -1), (1, True, "2 of 3 studies")),
        ((-1, 1, -1, 0), (1, True, "1 of 3 studies")),
        ((1, 1, 1, -1), (0, True, "3 of 4 studies")),
        ((-1, -1, -1, 1), (0, True, "1 of 4 studies")),
    ],
)
def test_inconsistency_by_signs(leans: tuple[int, ...], told: tuple[int, bool, str]) -> None:
    entries = (_entry(chr(97 + at), lean=lean) for at, lean in enumerate(leans))
    steps, assessable, facts = _told(_rated("inconsistency", *entries))
    assert (steps, assessable, facts[: len(told[2])]) == told


@pytest.mark.parametrize(
    ("people", "axis", "told"),
    [
        (100, "population-axis", (1, "50 % of the people differ from those of the question.")),
        (98, "population-axis", (0, "49 % of the people differ from those of the question.")),
        (100, "species-axis", (1, "50 % of the people differ from those of the question.")),
        (100, "dose-axis", (0, "0 % of the people differ from those of the question.")),
    ],
)
def test_indirectness(people: int, axis: str, told: tuple[int, str]) -> None:
    indirect = _entry("a", people, indirect=frozenset({axis}))
    assert _told(_rated("indirectness", indirect, _entry("b", 200 - people))) == (
        told[0],
        True,
        told[1],
    )


def test_a_share_is_of_the_studies_where_nobody_counted_people() -> None:
    indirect = _entry("a", None, indirect=frozenset({"population-axis"}))
    one_of = [_entry(name, None) for name in "bcd"]
    assert _rated("indirectness", indirect, one_of[0]).facts.startswith("50 % ")
    assert _rated("indirectness", indirect, *one_of).facts.startswith("25 % ")
    assert _rated("indirectness", indirect, _entry("b", 8)).facts.startswith("0 % ")


def test_a_surrogate_is_indirect() -> None:
    rating = _rated("indirectness", _entry(), turtle="ldnc:pain-intensity ldn:surrogate true .")
    assert _told(rating) == (1, True, "The outcome is a surrogate.")


def _reaching(low: float, high: float) -> tuple[float, float]:
    """Return the effect and error of an interval of 95 %."""
    return (low + high) / 2, (high - low) / 2 / 1.9599639845400545


NO, ONE, BOTH = (
    "holds no effect and no important difference",
    "holds no effect and one important difference",
    "holds no effect and important differences both ways",
)
INTERVALS = {
    "within what matters": (_reaching(-0.99, 0.99), 200, (0, NO)),
    "beyond it below": (_reaching(-1.01, 0.99), 200, (1, ONE)),
    "beyond it above": (_reaching(-0.99, 1.01), 200, (1, ONE)),
    "beyond it on both sides": (_reaching(-1.01, 1.01), 200, (2, BOTH)),
    "no effect excluded": (_reaching(-9.0, -0.01), 200, (0, "excludes no effect")),
    "no effect excluded above": (_reaching(0.01, 9.0), 200, (0, "excludes no effect")),
    "100 people": (_reaching(-9.0, -0.01), 100, (0, "excludes no effect")),
    "99 people": (_reaching(-9.0, -0.01), 99, (1, "excludes no effect")),
    "30 people": (_reaching(-9.0, -0.01), 30, (1, "excludes no effect")),
    "29 people": (_reaching(-9.0, -0.01), 29, (2, "excludes no effect")),
    "99 people, beyond on one side": (_reaching(-1.01, 0.99), 99, (1, ONE)),
    "29 people, beyond on one side": (_reaching(-1.01, 0.99), 29, (2, ONE)),
    "of percent of baseline": (_reaching(-9.9, 9.9), 200, (0, NO)),
}


@pytest.mark.parametrize(("effect", "people", "told"), INTERVALS.values(), ids=INTERVALS)
def test_imprecision_of_an_interval(
    effect: tuple[float, float], people: int, told: tuple[int, str]
) -> None:
    unit = "unit:PERCENT" if effect[1] > 5 else "points"
    rating = _rated("imprecision", _entry("a", people, effect, unit=unit))
    assert _told(rating) == (told[0], True, f"The interval {told[1]}; {people} people.")


@pytest.mark.parametrize(("further", "told"), [(0.5, (2, BOTH)), (2.0, (0, NO))])
def test_of_several_important_differences_the_smallest_counts(
    further: float, told: tuple[int, str]
) -> None:
    """An interval from -0.9 to 0.9, where 1 point matters by one source."""
    second = (
        "instrument:i ldn:importantDifference instrument:i-2 . "
        f"instrument:i-2 schema:value {further} ; ldn:condition condition:c ."
    )
    rating = _rated("imprecision", _entry("a", 200, _reaching(-0.9, 0.9)), turtle=second)
    assert _told(rating) == (told[0], True, f"The interval {told[1]}; 200 people.")


@pytest.mark.parametrize(
    ("people", "effect", "told"),
    [
        (200, None, (1, "200 people; no interval.")),
        (199, None, (1, "199 people; no interval.")),
        (100, None, (1, "100 people; no interval.")),
        (99, None, (2, "99 people; no interval.")),
        (None, None, (2, "An unknown number of people; no interval.")),
        (200, (-1.0, 0.1), (0, "200 people; no important difference is known for the scale.")),
        (199, (-1.0, 0.1), (1, "199 people; no important difference is known for the scale.")),
        (99, (-1.0, 0.1), (2, "99 people; no important difference is known for the scale.")),
    ],
)
def test_imprecision_where_no_interval_can_be_judged(
    people: int | None, effect: tuple[float, float] | None, told: tuple[int, str]
) -> None:
    rating = _rated("imprecision", _entry("a", people, effect, instrument=""))
    assert _told(rating) == (told[0], True, told[1])


def test_only_people_behind_the_effect_make_it_precise() -> None:
    sized, silent = _entry("a", 99, _reaching(-9.0, -0.01)), _entry("b", 500)
    assert _rated("imprecision", sized, silent).facts.endswith("; 99 people.")
    assert _rated("imprecision", silent).facts.startswith("500 people; ")


def _counted(study: str, events: int, others: int, *, harm: bool = True, **more: Any) -> Entry:
    """Return counts in two groups of 200."""
    return _entry(
        study,
        400,
        (0.7, 0.3),
        measure="risk-ratio",
        question=HARM if harm else BENEFIT,
        treatment=Side(events=events, people=200),
        control=Side(events=others, people=200),
        **more,
    )


@pytest.mark.parametrize(
    ("events", "question", "told"),
    [
        ((20, 9), HARM, (2, "29 events.")),
        ((1, 0), HARM, (2, "1 event.")),
        ((20, 10), HARM, (0, "The interval excludes no effect; 400 people.")),
        ((20, 9), BENEFIT, (0, "The interval excludes no effect; 400 people.")),
    ],
)
def test_imprecision_of_a_harm(
    events: tuple[int, int], question: Question, told: tuple[int, str]
) -> None:
    entry = _counted("a", *events)
    assert _told(_rated("imprecision", entry, question=question)) == (told[0], True, told[1])


def test_events_are_known_where_every_study_counted_them() -> None:
    one, other = _counted("a", 12, 8), _counted("b", 6, 3)
    assert _synthesis(one, other).events == 29
    assert _synthesis(one, _entry("b")).events is None
    half = other.candidate._replace(control=Side(people=200))
    assert _synthesis(one, other._replace(candidate=half)).events is None


ENDED, RUNNING = Awaited("study:x", 100, True), Awaited("study:y", 900, False)
SIZED = (-2.0, 0.1)
MISSING = {
    "nothing": ((), (_entry(effect=SIZED),), (0, "No trial without a result is known.")),
    "a third of the people": (
        (ENDED,),
        (_entry("a", 200, SIZED),),
        (1, "result: 1 registered trial; entered without a size: 0 studies. That is 33 % of all "),
    ),
    "fewer than a third": (
        (ENDED,),
        (_entry("a", 201, SIZED),),
        (0, "result: 1 registered trial; entered without a size: 0 studies. That is 33 % of all "),
    ),
    "trials that have not ended": (
        (RUNNING,),
        (_entry("a", 200, SIZED),),
        (0, "result: 0 registered trials; entered without a size: 0 studies. That is 0 % of all "),
    ),
    "two that ended, one with a plan": (
        (ENDED, ENDED._replace(planned=None)),
        (_entry("a", 300, SIZED),),
        (0, "result: 2 registered trials; entered without a size: 0 studies. That is 25 % of all "),
    ),
    "a result without a size": (
        (),
        (_entry("a", 200, SIZED), _entry("b", 100)),
        (1, "result: 0 registered trials; entered without a size: 1 study. That is 33 % of all "),
    ),
    "both": (
        (ENDED,),
        (_entry("a", 200, SIZED), _entry("b", 100)),
        (1, "result: 1 registered trial; entered without a size: 1 study. That is 50 % of all "),
    ),
    "no size at all": (
        (),
        (_entry("a", 200), _entry("b", 100)),
        (0, "No trial without a result is known."),
    ),
    "nobody had the event": (
        (),
        (
            _entry("a", 200, SIZED),
            _entry("b", 200, treatment=Side(events=0), control=Side(events=0)),
        ),
        (0, "No trial without a result is known."),
    ),
    "counted on one side": (
        (),
        (_entry("a", 200, SIZED), _entry("b", 200, treatment=Side(events=0))),
        (1, "result: 0 registered trials; entered without a size: 1 study. That is 50 % of all "),
    ),
}


@pytest.mark.parametrize(("awaited", "entries", "told"), MISSING.values(), ids=MISSING)
def test_publication_bias(
    awaited: tuple[Awaited, ...], entries: tuple[Entry, ...], told: tuple[int, str]
) -> None:
    rating = _rated("publication-bias", *entries, awaited=awaited)
    assert rating.steps == told[0]
    said = rating.facts.removeprefix("Ended long ago without a ").removesuffix("people.")
    assert said == told[1]
    assert rating.assessable is not told[1].startswith("No trial")


def test_publication_bias_is_of_the_studies_where_one_did_not_count_its_people() -> None:
    """One ended and one without a size, of four: half."""
    entries = (_entry("a", None, SIZED), _entry("b", 1), _entry("c", 900, SIZED))
    rating = _rated("publication-bias", *entries, awaited=(ENDED,))
    assert rating.steps == 1
    assert rating.facts.endswith(" That is 50 % of all studies.")


READ = {
    "all at the source": ({}, (0, "Every result was read at its source, and every study a secon")),
    "second-hand": (
        {"readings": ("secondary-report",)},
        (1, "Of 2 results, 1 read in a secondary report only: 25 % of the people."),
    ),
    "by the title": (
        {"readings": ("title-only", "secondary-report")},
        (1, "Of 2 results, 1 read in a secondary report only: 25 % of the people."),
    ),
    "second-hand and at the source": (
        {"readings": ("secondary-report", "abstract")},
        (0, "Every result was read at its source, and every study a secon"),
    ),
    "read once": (
        {"read_once": True},
        (1, "Of 2 results, 1 of a study that was read only once: 25 % of the people."),
    ),
    "both": (
        {"readings": ("secondary-report",), "read_once": True},
        (
            1,
            "Of 2 results, 1 read in a secondary report only and 1 of a study that was read only"
            " once: 25 % of the people.",
        ),
    ),
}


@pytest.mark.parametrize(("said", "told"), READ.values(), ids=READ)
def test_how_results_were_read(said: dict[str, Any], told: tuple[int, str]) -> None:
    entry = _entry("a", 50)
    entry = entry._replace(candidate=entry.candidate._replace(**said))
    rating = _rated("second-hand-reading", entry, _entry("b", 150))
    assert (rating.steps, rating.facts[: len(told[1])]) == told


def test_certainty_falls_by_the_steps_of_all_domains() -> None:
    randomised = _synthesis(_entry())
    not_randomised = _synthesis(_entry(), _entry("b", design="cohort-study"))
    silent, concern = Rating("x", 1, "", False), Rating("x", 1, "")
    for rated, level, lower, assessed in (
        ([], "high", "low", "high"),
        ([concern], "moderate", "very-low", "moderate"),
        ([concern, silent], "low", "very-low", "moderate"),
        ([concern._replace(steps=2), silent], "very-low", "very-low", "low"),
        ([concern] * 9, "very-low", "very-low", "very-low"),
    ):
        assert certainty(randomised, rated) == level
        assert certainty(not_randomised, rated) == lower
        assert certainty(randomised, rated, assessed=True) == assessed
    assert [concern._replace(steps=n).word for n in (0, 1, 2)] == [
        "no-concern",
        "serious-concern",
        "very-serious-concern",
    ]
    assert silent.word == "not-assessable"


@pytest.mark.parametrize(
    ("low", "high", "found", "large"),
    [
        (-0.99, 0.99, LITTLE, "unimportant-size"),
        (-0.99, -0.01, LITTLE, "unimportant-size"),
        (-1.01, 0.99, UNCLEAR, "unimportant-size"),
        (-0.99, 1.01, UNCLEAR, "unimportant-size"),
        (-1.5, -0.01, TREATMENT, "unimportant-size"),
        (-2.01, -0.01, TREATMENT, "important-size"),
        (0.01, 2.01, "finds-comparator-better", "important-size"),
        (-2.5, 0.1, UNCLEAR, "important-size"),
    ],
)
def test_what_an_interval_shows(low: float, high: float, found: str, large: str) -> None:
    facts, synthesis = _facts(), _synthesis(_entry(effect=_reaching(low, high)))
    assert (finding(facts, synthesis), size(facts, synthesis)) == (found, large)


def test_a_size_of_exactly_the_important_difference_is_important() -> None:
    facts = _facts()
    for value in (1.0, -1.0):
        assert size(facts, _synthesis(_entry(effect=(value, 0.1)))) == "important-size"
    assert size(facts, _synthesis(_entry(effect=(0.999, 0.1)))) == "unimportant-size"


@pytest.mark.parametrize(
    ("events", "others", "effect", "people"),
    [
        # 20 of 200 are 100 in 1,000; the ratio is 2, from 1 to 4.
        (
            40,
            20,
            (0.6931471805599453, 0.6931471805599453 / 1.9599639845400545),
            (100, 200, 100, 400),
        ),
        # No more than all of them.
        (
            200,
            100,
            (0.6931471805599453, 0.6931471805599453 / 1.9599639845400545),
            (500, 1000, 500, 1000),
        ),
    ],
)
def test_people_among_a_thousand(
    events: int, others: int, effect: tuple[float, float], people: tuple[int, ...]
) -> None:
    entry = _counted("a", events, others)
    sized = Estimate(Effect(*effect), "risk-ratio", ("risk-ratio",), "error-from-counts")
    assert per_thousand(_synthesis(entry._replace(estimate=sized))) == people


def test_people_among_a_thousand_by_a_difference_of_risks() -> None:
    """30 % without, 10 in 100 fewer: 200 with, from 300 - 196 to 300 - 4; never below none."""
    entry = _entry("a", 200, (-10.0, 4.9), measure="risk-difference", control=Side(value=30.0))
    assert per_thousand(_synthesis(entry)) == (300, 200, 104, 296)
    few = _entry("a", 200, (-10.0, 4.9), measure="risk-difference", control=Side(value=5.0))
    assert per_thousand(_synthesis(few)) == (50, 0, 0, 46)
    unknown = _entry("a", 200, (-10.0, 4.9), measure="risk-difference")
    assert per_thousand(_synthesis(unknown)) is None
    assert per_thousand(_synthesis(_entry(effect=(-1.0, 0.1), control=Side(value=30.0)))) is None
