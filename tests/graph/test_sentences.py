"""The sentence of an answer, as a person would say it from what the studies found.

The words of docs/grading.md: *is* at high certainty, *probably* at moderate, *may* at low, *it is
not clear* at very low. The numbers are those that the studies say; of 60 of 200 against 30 of 200
the risk ratio is 2, its error 0.2, and so its interval 1.35 to 2.96.
"""

from dataclasses import replace

import pytest
from support.made_up import Study, said, world

from ldn_kg.graph.synthesis.answers import answer
from ldn_kg.graph.synthesis.facts import Facts, questions
from ldn_kg.graph.synthesis.words import fixed, people_words, unit

HELPS, HURTS = Study(effect=(-2.0, -2.5, -1.5)), Study(effect=(2.0, 1.5, 2.5))
NOTHING = Study(effect=(-0.1, -0.5, 0.3))
ONE_STEP, TWO_STEPS = {"judged": False}, {"judged": False, "read_as": "secondary-report"}
FOR, AGAINST = Study(favours="favours-treatment"), Study(favours="favours-comparator")
SILENT = Study(favours="no-difference")
SERIES = Study(design="case-series", people=30, contrast="within-group", judged=False)
REVIEW = Study(design="systematic-review", effect=(-2.0, -2.5, -1.5))
HARM = Study(type="adverse-event", symptom="s", on="harm", outcome="")
OFTEN = replace(HARM, counts=(60, 200, 30, 200))
SELDOM = replace(HARM, counts=(30, 200, 60, 200))
BETTER = "2.0 points lower, −2.5 to −1.5; 1 trial, 400 people"
ON_10 = "instrument:i schema:minValue 0.0 ; schema:maxValue 10.0 ."
FATIGUE = {"outcome": "fatigue-severity", "on": "two"}


def _sentence(*studies: Study, claim: str = "benefit", more: str = "") -> str:
    (found,) = said(world(*studies, claim=claim, more=more), f"claim/{claim}", "ldn:answer")
    return found


ONE_SIZE = {
    "high": (HELPS, f"high certainty; is better with examplone ({BETTER})"),
    "moderate": (
        replace(HELPS, **ONE_STEP),
        f"moderate certainty; probably is better with examplone ({BETTER})",
    ),
    "low": (
        replace(HELPS, **TWO_STEPS),
        f"low certainty; may be better with examplone ({BETTER})",
    ),
    "very low": (
        replace(HELPS, people=40, **TWO_STEPS),
        "very low certainty; it is not clear whether examplone helps (2.0 points lower,"
        " −2.5 to −1.5; 1 trial, 40 people)",
    ),
    "worse": (
        HURTS,
        "high certainty; is worse with examplone (2.0 points higher, 1.5 to 2.5; 1 trial,"
        " 400 people)",
    ),
    "worse, at low certainty": (
        replace(HURTS, **TWO_STEPS),
        "low certainty; may be worse with examplone (2.0 points higher, 1.5 to 2.5; 1 trial,"
        " 400 people)",
    ),
    "little": (
        NOTHING,
        "high certainty; examplone makes little or no difference (0.1 points lower,"
        " −0.5 to 0.3; 1 trial, 400 people)",
    ),
    "little, at moderate certainty": (
        replace(NOTHING, **ONE_STEP),
        "moderate certainty; examplone probably makes little or no difference (0.1 points lower,"
        " −0.5 to 0.3; 1 trial, 400 people)",
    ),
    "little, at low certainty": (
        replace(NOTHING, **TWO_STEPS),
        "low certainty; examplone may make little or no difference (0.1 points lower,"
        " −0.5 to 0.3; 1 trial, 400 people)",
    ),
    "little, at very low certainty": (
        replace(NOTHING, people=40, **TWO_STEPS),
        "very low certainty; it is not clear whether examplone helps (0.1 points lower,"
        " −0.5 to 0.3; 1 trial, 40 people)",
    ),
    "no people counted": (
        replace(HELPS, people=0),
        "low certainty; may be better with examplone (2.0 points lower, −2.5 to −1.5; 1 trial,"
        " an unknown number of people)",
    ),
    "one person": (
        replace(HELPS, people=1),
        "low certainty; may be better with examplone (2.0 points lower, −2.5 to −1.5; 1 trial,"
        " 1 person)",
    ),
    "not randomised": (
        replace(HELPS, design="cohort-study"),
        "low certainty; may be better with examplone (2.0 points lower, −2.5 to −1.5;"
        " 1 study not randomised, 400 people)",
    ),
}
SIGNS = {
    "both ways": (
        [FOR, AGAINST],
        "studies point both ways (no size known: better in 1 of 2 studies (p = 1 by their signs);"
        " 2 trials, 800 people)",
    ),
    "one for": (
        [FOR],
        "it is not clear whether examplone helps (no size known: better in one study; 1 trial,"
        " 400 people)",
    ),
    "one against": (
        [AGAINST],
        "it is not clear whether examplone helps (no size known: worse in one study; 1 trial,"
        " 400 people)",
    ),
    "one that does not say": (
        [SILENT],
        "it is not clear whether examplone helps (no size known: 1 study did not say which side"
        " was better; 1 trial, 400 people)",
    ),
    "some say, some do not": (
        [FOR, SILENT, SILENT],
        "it is not clear whether examplone helps (no size known: better in one study, 2 studies"
        " did not say which side was better; 3 trials, 1200 people)",
    ),
    "not randomised, two": (
        [replace(FOR, design="cohort-study")] * 2,
        "it is not clear whether examplone helps (no size known: better in 2 of 2 studies"
        " (p = 0.5 by their signs); 2 studies not randomised, 800 people)",
    ),
    # 2 / 2⁶ = 0.03125
    "six for": (
        [replace(FOR, **ONE_STEP)] * 6,
        "may be better with examplone (no size known: better in 6 of 6 studies (p = 0.031 by their"
        " signs); 6 trials, 2400 people)",
    ),
}
MEASURES = {
    "on a scale": (
        replace(HELPS, people=400),
        ON_10,
        "2.0 points lower on 0–10, −2.5 to −1.5",
    ),
    "with one end of the scale": (
        HELPS,
        "instrument:i schema:minValue 0.0 .",
        "2.0 points lower, −2.5 to −1.5",
    ),
    "with the other end of the scale": (
        HELPS,
        "instrument:i schema:maxValue 10.0 .",
        "2.0 points lower, −2.5 to −1.5",
    ),
}


@pytest.mark.parametrize(("study", "words"), ONE_SIZE.values(), ids=ONE_SIZE)
def test_one_size(study: Study, words: str) -> None:
    assert _sentence(study) == f"Pain intensity in illness: {words}."


@pytest.mark.parametrize(("studies", "words"), SIGNS.values(), ids=SIGNS)
def test_signs(studies: list[Study], words: str) -> None:
    head, _, rest = _sentence(*studies).partition(" certainty; ")
    assert head.startswith("Pain intensity in illness: ")
    assert rest == f"{words}."


@pytest.mark.parametrize(("study", "more", "words"), MEASURES.values(), ids=MEASURES)
def test_a_scale_is_named_with_both_ends(study: Study, more: str, words: str) -> None:
    assert f"({words}; 1 trial, 400 people)" in _sentence(study, more=more)


def _measured(measure: str, value: float, low: float, high: float, unit: str = "") -> Study:
    figures = (
        f"ldn:effectMeasure ldnc:{measure} ; ldn:estimate {value} ; ldn:ciLow {low} ;"
        f" ldn:ciHigh {high} ; ldn:ciLevel 95.0 ; ldn:instrument instrument:i {unit}"
    )
    return Study(more=f"ldn:enrolled 400 . study:a-result {figures} . study:a ")


@pytest.mark.parametrize(
    ("measure", "effect", "unit", "words"),
    [
        ("risk-ratio", (0.5, 0.25, 1.0), "", "risk ratio 0.50, 0.25 to 1.00"),
        ("risk-difference", (-20.0, -30.0, -10.0), "", "20 fewer in 100, 30 fewer to 10 fewer"),
        ("risk-difference", (20.0, -10.0, 50.0), "", "20 more in 100, 10 fewer to 50 more"),
        (
            "standardised-mean-difference",
            (-0.5, -0.8, -0.2),
            "",
            "0.5 standard deviations lower, −0.8 to −0.2",
        ),
        (
            "mean-difference",
            (-10.0, -15.0, -5.0),
            "; qudt:hasUnit unit:PERCENT",
            "10.0 percent of baseline lower, −15.0 to −5.0",
        ),
        (
            "mean-difference",
            (-10.0, -15.0, -5.0),
            '; schema:unitText "steps"',
            "10.0 steps lower, −15.0 to −5.0",
        ),
    ],
)
def test_an_effect_is_told_in_its_own_unit(
    measure: str, effect: tuple[float, float, float], unit: str, words: str
) -> None:
    assert f"({words}; 1 trial, 400 people)" in _sentence(_measured(measure, *effect, unit))


@pytest.mark.parametrize(
    ("study", "claim", "words"),
    [(HELPS, "benefit", "points"), (FOR, "benefit", ""), (OFTEN, "harm", "")],
    ids=["of a difference", "without a size", "of a ratio"],
)
def test_the_unit_of_an_effect(study: Study, claim: str, words: str) -> None:
    facts = Facts(world(study, claim=claim))
    ((graded,),) = (answer(facts, asked).graded for asked in questions(facts))
    assert unit(facts, graded.synthesis) == words


WITHOUT = {
    "another outcome": (
        [replace(HELPS, outcome="fatigue-severity")],
        "what decides (pain intensity) was not measured in a comparison, only fatigue severity",
    ),
    "two other outcomes": (
        [
            replace(HELPS, outcome="fatigue-severity"),
            replace(HELPS, outcome="quality-of-life"),
        ],
        "what decides (pain intensity) was not measured in a comparison, only fatigue severity and"
        " quality of life",
    ),
    "uncontrolled": (
        [SERIES, SERIES],
        "only uncontrolled studies (2 studies, 60 people), so whether it helps is not known",
    ),
    "case reports": (
        [replace(SERIES, people=9)],
        "only case reports (9 people), so whether it helps is not known",
    ),
    "with controlled studies not read": (
        [SERIES, *[replace(SERIES, design="randomised-parallel-trial")] * 2],
        "only uncontrolled studies (1 study, 30 people) and 2 controlled studies whose comparison"
        " was not read, so whether it helps is not known",
    ),
    "another dose": (
        [replace(HELPS, dose=50.0)],
        "studied only otherwise (another dose, or none stated)",
    ),
    "another drug": ([replace(HELPS, drug="drug:e")], "studied only otherwise (another drug)"),
    "both": (
        [replace(HELPS, drug="drug:e"), replace(HELPS, contrast="between-doses")],
        "studied only otherwise (another drug and between doses)",
    ),
    "a controlled study that was not read": (
        [replace(SERIES, design="randomised-parallel-trial")],
        "studied only otherwise (no comparison read)",
    ),
    "a series of other people": (
        [replace(SERIES, indirect=("other-dose", "other-population", "other-species"))],
        "studied only otherwise (other dose)",
    ),
    "nothing": ([], "no study of people in this dataset"),
    "a review": ([REVIEW], "no study of people in this dataset, only 1 review or label"),
    "two reviews": ([REVIEW] * 2, "no study of people in this dataset, only 2 reviews or labels"),
    "retracted": ([replace(HELPS, retracted=True)], "what was found has been retracted"),
}


@pytest.mark.parametrize(("studies", "words"), WITHOUT.values(), ids=WITHOUT)
def test_without_an_answer(studies: list[Study], words: str) -> None:
    assert _sentence(*studies) == f"Illness with examplone: {words}."


HARMS = {
    "more often": (
        OFTEN,
        "high certainty; comes more often (risk ratio 2.00, 1.35 to 2.96; 300 against 150 in"
        " 1,000; 1 trial, 400 people)",
    ),
    "less often": (
        SELDOM,
        "high certainty; comes less often (risk ratio 0.50, 0.34 to 0.74; 150 against 300 in"
        " 1,000; 1 trial, 400 people)",
    ),
    "probably": (
        replace(OFTEN, **ONE_STEP),
        "moderate certainty; probably comes more often (risk ratio 2.00, 1.35 to 2.96; 300 against"
        " 150 in 1,000; 1 trial, 400 people)",
    ),
    "may": (
        replace(SELDOM, **TWO_STEPS),
        "low certainty; may come less often (risk ratio 0.50, 0.34 to 0.74; 150 against 300 in"
        " 1,000; 1 trial, 400 people)",
    ),
    "very low": (
        replace(OFTEN, indirect=("other-population",), **TWO_STEPS),
        "very low certainty; it is not clear whether it comes more often (risk ratio 2.00, 1.35 to"
        " 2.96; 300 against 150 in 1,000; 1 trial, 400 people)",
    ),
    # 1000 of 20,000 on both sides: the error is √(2 × (1/1000 - 1/20000)) = 0.0436.
    "as often": (
        replace(HARM, people=40000, counts=(1000, 20000, 1000, 20000)),
        "high certainty; comes about as often (risk ratio 1.00, 0.92 to 1.09; 50 against 50 in"
        " 1,000; 1 trial, 40000 people)",
    ),
    "as often, at low certainty": (
        replace(HARM, people=40000, counts=(1000, 20000, 1000, 20000), **TWO_STEPS),
        "low certainty; may come about as often (risk ratio 1.00, 0.92 to 1.09; 50 against 50 in"
        " 1,000; 1 trial, 40000 people)",
    ),
    "by a sign": (
        replace(HARM, favours="favours-treatment"),
        "moderate certainty; it is not clear whether it comes more often (no size known: less often"
        " in one study; 1 trial, 400 people)",
    ),
    "by the other sign": (
        replace(HARM, favours="favours-comparator"),
        "moderate certainty; it is not clear whether it comes more often (no size known: more often"
        " in one study; 1 trial, 400 people)",
    ),
}


@pytest.mark.parametrize(("study", "words"), HARMS.values(), ids=HARMS)
def test_a_harm(study: Study, words: str) -> None:
    assert _sentence(study, claim="harm") == f"Harm with examplone: {words}."


def test_a_harm_decides_even_where_it_is_a_surrogate() -> None:
    """It costs a step, as any surrogate does."""
    found = _sentence(OFTEN, claim="harm", more="symptom:s ldn:surrogate true .")
    assert found == f"Harm with examplone: {HARMS['probably'][1]}."


def test_signs_of_a_harm_are_counted_as_more_often() -> None:
    against = [replace(HARM, favours="favours-comparator")] * 2
    found = _sentence(*against, replace(HARM, favours="favours-treatment"), claim="harm")
    assert "more often in 2 of 3 studies (p = 1 by their signs)" in found


REPORTED = {
    "a series": ([replace(HARM, design="case-series")], "1 uncontrolled study"),
    "two series": ([replace(HARM, design="case-series")] * 2, "2 uncontrolled studies"),
    "reviews": ([replace(HARM, design="narrative-review")] * 2, "2 reviews or labels"),
    "of another dose": ([replace(HARM, dose=50.0, indirect=("other-dose",))], "1 other study"),
    "all three": (
        [
            replace(HARM, design="case-series"),
            replace(HARM, design="narrative-review"),
            *[replace(HARM, dose=50.0, indirect=("other-dose",))] * 2,
        ],
        "1 uncontrolled study, 2 other studies and 1 review or label",
    ),
}


@pytest.mark.parametrize(("studies", "words"), REPORTED.values(), ids=REPORTED)
def test_where_a_harm_was_reported(studies: list[Study], words: str) -> None:
    without = [replace(study, contrast="no-contrast") for study in studies]
    assert _sentence(*without, claim="harm") == (
        f"Harm with examplone: not compared with people without it ({words})."
    )


def test_a_warning_stands_before_all_else() -> None:
    warning = replace(HARM, design="label-or-dosing-guide", type="warning", contrast="no-contrast")
    for others in ([], [OFTEN]):
        assert _sentence(warning, *others, claim="harm") == (
            "Harm with examplone: a known effect; product labels warn of it."
        )


PUBLISHED = """
study:a-result ldn:effectMeasure ldnc:risk-ratio ; ldn:estimate {} ; ldn:ciLow 0.9 ;
  ldn:ciHigh 1.523 .
"""


def test_what_reviews_published_on_a_harm_is_told() -> None:
    review = replace(HARM, design="systematic-review")
    assert _sentence(review, claim="harm", more=PUBLISHED.format("1.2")) == (
        "Harm with examplone: not compared with people without it (1 review or label). Published"
        " syntheses: risk ratio 1.20, 0.90 to 1.52 (a)."
    )
    for contrast in ("within-group", "no-contrast"):
        other = replace(review, contrast=contrast)
        found = _sentence(other, claim="harm", more=PUBLISHED.format("1.2"))
        assert "Published" not in found


def test_several_outcomes_are_listed_the_most_certain_first() -> None:
    low = replace(HELPS, **FATIGUE, **TWO_STEPS)
    found = _sentence(low, replace(HELPS, on="two"), claim="two")
    assert found == (
        f"Two with examplone: benefit possible. Pain intensity: high certainty; is better with"
        f" examplone ({BETTER}). Fatigue severity: low certainty; may be better with examplone"
        f" ({BETTER})."
    )


def test_what_decides_and_was_not_compared_is_named() -> None:
    assert _sentence(replace(HELPS, on="two"), claim="two") == (
        f"Pain intensity in two: high certainty; is better with examplone ({BETTER}). Not compared:"
        " fatigue severity."
    )


def test_three_outcomes_are_listed_and_the_others_counted() -> None:
    more = "condition:c ldn:criticalOutcome ldnc:{} ."
    outcomes = ("fatigue-severity", "mood", "quality-of-life", "cognition")
    studies = [replace(HELPS, outcome=outcome) for outcome in outcomes]
    wanted = "".join(map(more.format, outcomes))
    found = _sentence(*studies[:3], more=wanted)
    assert found.count(" is better with ") == 3
    assert "summary of findings" not in found
    assert found.endswith(" Not compared: cognition and pain intensity.")
    found = _sentence(*studies, more=wanted)
    assert found.count(" is better with ") == 3
    assert ". 1 further outcome in the summary of findings. " in found


def test_what_could_not_be_pooled_is_counted() -> None:
    sized = [HELPS, HELPS]
    assert "further" not in _sentence(*sized)
    assert _sentence(*sized, FOR).endswith(
        "2 trials, 800 people); 1 further trial could not be pooled."
    )
    assert _sentence(*sized, FOR, FOR).endswith("; 2 further trials could not be pooled.")


def _registered(name: str, said: str) -> str:
    return f"""
    study:{name} a ldn:Study ; ldn:condition condition:c ; ldn:notReported
      ldnc:no-result-published ; ldn:arm study:{name}-arm ; {said} .
    study:{name}-arm ldn:drug drug:d .
    """


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("ldn:planned 50", " Results awaited: 1 registered trial (50 people planned)."),
        ("ldn:enrolled 40", " Results awaited: 1 registered trial (40 people planned)."),
        ('rdfs:label "x"@en', " Results awaited: 1 registered trial."),
        ("ldn:recruitment ldnc:never-started", ""),
        ("ldn:population ldnc:children", ""),
    ],
)
def test_trials_without_a_result_are_awaited(said: str, words: str) -> None:
    found = _sentence(HELPS, more=_registered("x", said))
    assert found == (
        f"Pain intensity in illness: high certainty; is better with examplone ({BETTER}).{words}"
    )


def test_several_trials_are_awaited() -> None:
    more = _registered("x", "ldn:planned 50") + _registered("y", "ldn:planned 25")
    found = _sentence(HELPS, more=more)
    assert found.endswith(" Results awaited: 2 registered trials (75 people planned).")


def test_people_are_counted_in_words() -> None:
    told = [people_words(number) for number in (0, 1, 2)]
    assert told == ["an unknown number of people", "1 person", "2 people"]


def test_the_limits_of_one_trial_are_rounded_as_by_hand() -> None:
    """0.35 and 3.65 are a little less for a computer, which would say 0.3 and 3.6."""
    found = _sentence(Study(effect=(2.0, 0.35, 3.65)))
    assert "2.0 points higher, 0.4 to 3.7" in found


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (0.35, 1, "0.4"),
        (0.25, 1, "0.3"),
        (-0.35, 1, "-0.4"),
        (0.349, 1, "0.3"),
        (3.6499999999999995, 1, "3.7"),  # 2 and 1.65, added up
        (1.005, 2, "1.01"),
        (0.5, 0, "1"),
        (12, 0, "12"),
        (1e-13, 2, "0.00"),
    ],
)
def test_a_half_is_rounded_away_from_nought(value: float, digits: int, words: str) -> None:
    assert fixed(value, digits) == words
