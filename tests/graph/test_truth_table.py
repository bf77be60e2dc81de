"""Each status with the least that leads to it, as a person would say it from docs/grading.md."""

from dataclasses import replace

import pytest
from support.made_up import Study, said, world

from ldn_kg.graph.dataset import Dataset

HELPS, NOTHING, HURTS = (-2.0, -2.5, -1.5), (-0.1, -0.5, 0.3), (2.0, 1.5, 2.5)
# Nobody judged it, and it is known second-hand only: two steps, so of low certainty.
LOW = {"judged": False, "read_as": "secondary-report"}
SERIES = Study(design="case-series", people=30, contrast="within-group", judged=False)
REVIEW = Study(design="systematic-review", effect=HELPS)
HARM = Study(type="adverse-event", symptom="s", on="harm", outcome="")
OFTEN, SELDOM = (60, 200, 30, 200), (30, 200, 60, 200)
SEEN = Study(on="mechanism", outcome="biomarker", direction="supports", type="outcome")
UNSEEN = replace(SEEN, direction="disputes")
OPEN = replace(SEEN, direction="inconclusive")
SAID = Study(
    design="label-or-dosing-guide", on="dosage", direction="supports", outcome="not-an-outcome"
)

# The claim, its studies, and its status.
BENEFITS = {
    "certain and better": ([Study(effect=HELPS)], "benefit-shown"),
    "better, of low certainty": ([Study(effect=HELPS, **LOW)], "benefit-possible"),
    "certain and too small to matter": ([Study(effect=NOTHING)], "little-or-no-benefit"),
    "better and too small to matter": (
        [Study(effect=(-0.5, -0.8, -0.2))],
        "little-or-no-benefit",
    ),
    "too small to matter, of low certainty": (
        [Study(effect=NOTHING, **LOW)],
        "little-or-no-benefit-possible",
    ),
    "certain and worse": ([Study(effect=HURTS)], "harm-shown"),
    "worse, of low certainty": ([Study(effect=HURTS, **LOW)], "harm-possible"),
    "one for and one against, without a size": (
        [Study(favours="favours-treatment"), Study(favours="favours-comparator")],
        "studies-disagree",
    ),
    "two for and one against": (
        [Study(favours="favours-treatment")] * 2 + [Study(favours="favours-comparator")],
        "studies-disagree",
    ),
    "three for and one against": (
        [Study(favours="favours-treatment")] * 3 + [Study(favours="favours-comparator")],
        "too-little-to-say",
    ),
    "six of six, by their signs": ([Study(favours="favours-treatment")] * 6, "benefit-shown"),
    "five of five, by their signs": ([Study(favours="favours-treatment")] * 5, "too-little-to-say"),
    "six of six against, by their signs": (
        [Study(favours="favours-comparator", **LOW)] * 6,
        "too-little-to-say",
    ),
    "a side and no size": ([Study(favours="favours-treatment")], "too-little-to-say"),
    "no difference, without figures": ([Study(favours="no-difference")], "too-little-to-say"),
    "better, of very low certainty": (
        [Study(effect=HELPS, people=40, **LOW)],
        "too-little-to-say",
    ),
    "an interval that ends at no effect": (
        [Study(effect=(-2.0, -4.0, 0.0))],
        "too-little-to-say",
    ),
    "an interval that begins at no effect": (
        [Study(effect=(2.0, 0.0, 4.0))],
        "too-little-to-say",
    ),
    "as wide as what matters": ([Study(effect=(0.0, -1.0, 1.0))], "little-or-no-benefit"),
    "wider than what matters": ([Study(effect=(0.0, -1.1, 1.1))], "too-little-to-say"),
    "an interval that holds all": ([Study(effect=(-1.0, -4.0, 2.0))], "too-little-to-say"),
    "not randomised starts at low": (
        [Study(design="non-randomised-controlled-trial", effect=HELPS)],
        "benefit-possible",
    ),
    "another outcome than decides": (
        [Study(effect=HELPS, outcome="fatigue-severity")],
        "deciding-outcome-not-measured",
    ),
    "before and after": ([SERIES], "only-uncontrolled"),
    "ten people are a series": ([replace(SERIES, people=10)], "only-uncontrolled"),
    "nine people are case reports": ([replace(SERIES, people=9)], "only-case-reports"),
    "another dose": ([Study(effect=HELPS, dose=50.0)], "tested-otherwise"),
    "another drug": ([Study(effect=HELPS, drug="drug:e")], "tested-otherwise"),
    "with another drug": ([Study(effect=HELPS, drug="drug:d, drug:e")], "tested-otherwise"),
    "against another treatment": (
        [Study(effect=HELPS, comparator="active-comparator", contrast="against-active-drug")],
        "tested-otherwise",
    ),
    "between doses": ([Study(effect=HELPS, contrast="between-doses")], "tested-otherwise"),
    "a series with another dose": (
        [replace(SERIES, indirect=("other-dose",))],
        "tested-otherwise",
    ),
    "nothing": ([], "untested"),
    "a review alone": ([REVIEW], "untested"),
    "animals alone": ([Study(design="animal-study", effect=HELPS)], "untested"),
    "retracted": ([Study(effect=HELPS, retracted=True)], "withdrawn"),
    "retracted beside a series": (
        [Study(effect=HELPS, retracted=True), SERIES],
        "only-uncontrolled",
    ),
}
TWO = {
    "one outcome better, one open": (
        [
            Study(effect=HELPS, on="two"),
            Study(favours="no-difference", outcome="fatigue-severity", on="two"),
        ],
        "outcomes-differ",
    ),
    "both better, one of low certainty": (
        [
            Study(effect=HELPS, on="two"),
            Study(effect=HELPS, outcome="fatigue-severity", on="two", **LOW),
        ],
        "benefit-possible",
    ),
    "one outcome better, the other not measured": (
        [Study(effect=HELPS, on="two")],
        "benefit-shown",
    ),
}
HARMS = {
    "60 of 200 against 30": ([replace(HARM, counts=OFTEN)], "more-often"),
    "30 of 200 against 60": ([replace(HARM, counts=SELDOM)], "less-often"),
    "60 of 200 against 30, of very low certainty": (
        [replace(HARM, counts=OFTEN, indirect=("other-population",), **LOW)],
        "too-little-to-say",
    ),
    "40 of 200 against 40": ([replace(HARM, counts=(40, 200, 40, 200))], "no-clear-difference"),
    "5 of 200 against 4": ([replace(HARM, counts=(5, 200, 4, 200))], "too-few-events"),
    "none at all": ([replace(HARM, counts=(0, 200, 0, 200))], "too-few-events"),
    "more than placebo, less than nothing": (
        [replace(HARM, counts=OFTEN), replace(HARM, counts=SELDOM, comparator="no-treatment")],
        "studies-disagree",
    ),
    "reported of a series": (
        [replace(HARM, design="case-series", contrast="no-contrast")],
        "not-compared",
    ),
    "said by a review": (
        [replace(HARM, design="narrative-review", contrast="no-contrast")],
        "not-compared",
    ),
    "a label warns": (
        [replace(HARM, design="label-or-dosing-guide", type="warning", contrast="no-contrast")],
        "known-effect",
    ),
    "a label warns, and trials find little": (
        [
            replace(HARM, design="label-or-dosing-guide", type="warning", contrast="no-contrast"),
            replace(HARM, counts=(5, 200, 4, 200)),
        ],
        "known-effect",
    ),
    "nothing": ([], "untested"),
    "retracted": ([replace(HARM, counts=OFTEN, retracted=True)], "withdrawn"),
}
MECHANISMS = {
    "measured": ([SEEN], "observed"),
    "measured, and not decided by another": ([SEEN, OPEN], "observed"),
    "looked for and not found": ([UNSEEN], "not-observed"),
    "found and not found": ([SEEN, UNSEEN], "studies-disagree"),
    "measured without deciding": ([OPEN], "too-little-to-say"),
    "said by a review": ([replace(SEEN, design="narrative-review")], "inferred-only"),
    "of another drug": ([replace(SEEN, indirect=("other-drug",))], "inferred-only"),
    "second-hand": ([replace(SEEN, read_as="secondary-report")], "inferred-only"),
    "known by a title": ([replace(SEEN, read_as="title-only")], "inferred-only"),
    "in a table of another paper": ([replace(SEEN, read_as="table-of-another-paper")], "observed"),
    "nothing": ([], "untested"),
    "retracted": ([replace(SEEN, retracted=True)], "withdrawn"),
    "disagreed on for the group": (
        [SEEN, replace(SEEN, on="group"), replace(UNSEEN, on="group")],
        "studies-disagree",
    ),
    "observed of the group": ([SEEN, replace(SEEN, on="group")], "observed"),
}
SOURCES = {
    "said": ([SAID], "agreed"),
    "said and denied": ([SAID, replace(SAID, direction="disputes")], "sources-disagree"),
    "denied": ([replace(SAID, direction="disputes")], "contradicted"),
    "only stated": ([], "stated-only"),
    "said without deciding": ([replace(SAID, direction="inconclusive")], "stated-only"),
    "said of another dose": ([replace(SAID, indirect=("other-dose",))], "stated-only"),
    "said of another drug": ([replace(SAID, indirect=("other-drug",))], "stated-only"),
    "retracted": ([replace(SAID, retracted=True)], "withdrawn"),
}
TABLE = [
    (claim, case, [replace(s, on=claim) if s.on == "dosage" else s for s in studies], status)
    for claim, cases in (
        ("benefit", BENEFITS),
        ("two", TWO),
        ("harm", HARMS),
        ("mechanism", MECHANISMS),
        ("dosage", SOURCES),
        ("classification", SOURCES),
    )
    for case, (studies, status) in cases.items()
]


@pytest.mark.parametrize(
    ("claim", "studies", "status"),
    [pytest.param(c, studies, status, id=f"{c}: {case}") for c, case, studies, status in TABLE],
)
def test_a_status(claim: str, studies: list[Study], status: str) -> None:
    assert said(world(*studies, claim=claim), f"claim/{claim}", "ldn:status") == [status]


def test_every_status_is_in_the_table(kg: Dataset) -> None:
    """And no word that is not a status of the ontology."""
    words = kg.rows("SELECT ?status WHERE { ?status skos:inScheme ldnc:statuses }")
    names = {row["status"].rpartition("/")[2] for row in words}
    assert {status for *_, status in TABLE} == names
    assert len(names) > 20


def test_a_pool_beats_disagreement_of_signs() -> None:
    """One far better and one a little worse: the pool excludes no effect, so its word stands.

    -2 and 0.1, errors 0.1 and 1: by weights 100 and 1 the pool is (-200 + 0.1) / 101 = -1.98. I² is
    (Q - 1) / Q, Q = 2.1² / (0.01 + 1) = 4.37, so 77 %: one step, moderate.
    """
    one, other = (-2.0, -2.196, -1.804), (0.1, -1.86, 2.06)
    dataset = world(Study(effect=one), Study(effect=other))
    assert said(dataset, "claim/benefit", "ldn:status") == ["benefit-shown"]
    assert said(dataset, "claim/benefit", "ldn:certainty") == ["moderate-certainty"]


@pytest.mark.parametrize(
    ("study", "certainty"),
    [
        (Study(effect=HELPS), "high"),
        (Study(effect=HELPS, judged=False), "moderate"),
        (Study(effect=HELPS, read_as="secondary-report"), "moderate"),
        (Study(effect=HELPS, compared=None), "moderate"),
        (Study(effect=HELPS, compared=0), "moderate"),  # the source was not found again
        (Study(effect=HELPS, compared=1), "high"),
        (Study(effect=HELPS, compared=-1), "high"),  # compared, and not counted
        (Study(effect=HELPS, compared=None, read_as="secondary-report"), "moderate"),
        (Study(effect=HELPS, people=99), "moderate"),
        (Study(effect=HELPS, people=29), "low"),
        (Study(effect=HELPS, indirect=("other-population",)), "moderate"),
        (Study(effect=(-0.5, -0.9, 1.1)), "moderate"),
        (Study(effect=(0.0, -1.1, 1.1)), "low"),
        (Study(favours="favours-treatment", people=200), "moderate"),
        (Study(favours="favours-treatment", people=199), "moderate"),
        (Study(favours="favours-treatment", people=99), "low"),
        (Study(effect=HELPS, design="cohort-study"), "low"),
        (Study(effect=HELPS, more="ldn:analysed 319 ;"), "low"),  # 20.25 % lost
        (Study(effect=HELPS, more="ldn:analysed 320 ;"), "high"),  # 20 % lost
    ],
)
def test_the_certainty_of_one_study(study: Study, certainty: str) -> None:
    """By hand: each differs from high by the steps of docs/grading.md."""
    assert said(world(study), "claim/benefit", "ldn:certainty") == [f"{certainty}-certainty"]


def _with_error(value: float, error: float) -> Study:
    reach = 1.959964 * error
    return Study(effect=(value, round(value - reach, 4), round(value + reach, 4)))


@pytest.mark.parametrize(
    ("other", "error", "certainty"),
    [(-2.0, 0.8944, "high"), (-2.0, 0.6325, "moderate"), (0.2, 1.98, "low")],
)
def test_how_far_two_trials_agree(other: float, error: float, certainty: str) -> None:
    """Beside -4 with the same error: Q is the squared distance by twice the squared error.

    2² / (2 * 0.8) = 2.5, so I² is 60 % and both help: nothing. 2² / (2 * 0.4) = 5, so 80 %: a step.
    4.2² / (2 * 3.92) = 2.25, so 56 %, and they lean to both sides: a step. The last pool is -1.9
    with the error 1.4, which holds no effect and reaches 0.84 above it, not 1, and 4.6 below: the
    step for imprecision comes on top.
    """
    dataset = world(_with_error(-4.0, error), _with_error(other, error))
    assert said(dataset, "claim/benefit", "ldn:certainty") == [f"{certainty}-certainty"]


def test_one_study_of_several_that_was_read_once_costs_a_step() -> None:
    """And two cost no more: the domain takes one step at most."""
    twice, once = Study(effect=HELPS), Study(effect=HELPS, compared=None)
    for studies in ((twice, once), (once, once)):
        dataset = world(*studies)
        assert said(dataset, "claim/benefit", "ldn:certainty") == ["moderate-certainty"]
    assert said(world(twice, twice), "claim/benefit", "ldn:certainty") == ["high-certainty"]


def test_a_claim_is_as_certain_as_its_least_certain_outcome() -> None:
    sure, unsure = TWO["both better, one of low certainty"][0]
    dataset = world(sure, unsure, claim="two")
    assert said(dataset, "claim/two", "ldn:certainty") == ["low-certainty"]


def test_a_trial_that_analysed_more_than_entered_makes_up_for_no_loss() -> None:
    """400 of 400 at most, and 220 of 400: 22.5 % were lost, two steps."""
    more = Study(effect=HELPS, more="ldn:analysed 500 ;")
    fewer = Study(effect=HELPS, more="ldn:analysed 220 ;")
    assert said(world(more, fewer), "claim/benefit", "ldn:certainty") == ["low-certainty"]


def test_case_reports_do_not_hide_a_trial_whose_comparison_was_not_read() -> None:
    """A trial of a placebo that tells before and after only stands in the sentence with them."""
    case, trial = replace(SERIES, people=1), replace(SERIES, design="randomised-parallel-trial")
    (sentence,) = said(world(case, trial), "claim/benefit", "ldn:answer")
    assert "only case reports (1 person) and 1 controlled study whose comparison" in sentence
    (alone,) = said(world(case), "claim/benefit", "ldn:answer")
    assert "only case reports (1 person), so whether it helps" in alone
