"""The effect of one result, from the first of what was read that gives one; and where it leans.

By the table of docs/grading.md, "The effect of one study". Numbers are chosen so that each is
easily computed by hand; 1.959964 is the normal quantile of 0.975, 1.644854 that of 0.95.
"""

from math import log
from typing import Any

import pytest
from support.made_up import CANDIDATE

from ldn_kg.graph.synthesis.effects import estimate, lean
from ldn_kg.graph.synthesis.facts import Side

P_UP_TO = 0.5
CROSSOVER = {"design": "randomised-crossover-trial"}
OF_MEANS = {"measure": "mean-difference", "estimate": -2.0}
OF_RATIO = {"measure": "risk-ratio", "estimate": 0.5}
INTERVAL = {"low": -3.959964, "high": -0.040036, "level": 95.0}
EXACT = {"p": 0.05, "p_operator": "="}
MEANS = {"value_kind": "mean-value", "treatment": Side(3.0), "control": Side(5.0)}
COUNTS = {"treatment": Side(events=10, people=50), "control": Side(events=20, people=50)}
# The risk ratio of 10 of 50 and 20 of 50 is 0.5; 1/10 - 1/50 + 1/20 - 1/50 = 0.11.
OF_COUNTS = (log(0.5), 0.11**0.5)
SPREAD = {
    "value_kind": "mean-value",
    "treatment": Side(3.0, people=9, deviation=9.0),
    "control": Side(5.0, people=16, deviation=16.0),
}


def _sides(treated: dict[str, Any], control: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"treatment": Side(**treated), "control": Side(**control), **more}


FOUND = {
    "an interval of 95 %": (OF_MEANS | INTERVAL, -2.0, 1.0, "error-from-interval"),
    "an interval of 90 %": (
        OF_MEANS | {"low": -3.644854, "high": -0.355146, "level": 90.0},
        -2.0,
        1.0,
        "error-from-interval",
    ),
    "an interval of unstated level": (
        OF_MEANS | INTERVAL | {"level": None},
        -2.0,
        1.0,
        "error-from-assumed-level",
    ),
    "of a ratio: the logarithms": (
        OF_RATIO | {"low": 0.25, "high": 1.0, "level": 95.0},
        log(0.5),
        log(4) / 2 / 1.959964,
        "error-from-interval",
    ),
    "the interval before the error": (
        OF_MEANS | INTERVAL | {"error": 7.0},
        -2.0,
        1.0,
        "error-from-interval",
    ),
    "the printed error": (OF_MEANS | {"error": 0.7}, -2.0, 0.7, "error-printed"),
    "the printed error before p": (OF_MEANS | {"error": 0.7} | EXACT, -2.0, 0.7, "error-printed"),
    "an interval without width is none": (
        OF_MEANS | {"low": -2.0, "high": -2.0, "error": 0.7},
        -2.0,
        0.7,
        "error-printed",
    ),
    "the printed error before the counts": (
        COUNTS | {"measure": "risk-difference", "estimate": -20.0, "error": 9.0},
        -20.0,
        9.0,
        "error-printed",
    ),
    "counts": (COUNTS, *OF_COUNTS, "error-from-counts"),
    "counts, beside a ratio from 0": (
        COUNTS | OF_RATIO | {"low": 0.0, "high": 1.0},
        *OF_COUNTS,
        "error-from-counts",
    ),
    "counts before p": (COUNTS | OF_RATIO | EXACT, *OF_COUNTS, "error-from-counts"),
    # 0 of 10 and 0.5 more to each cell: (0.5/11) / (5.5/11), 2 - 1/11 + 1/5.5 - 1/11.
    "nobody of those treated": (
        _sides({"events": 0, "people": 10}, {"events": 5, "people": 10}),
        log(1 / 11),
        2.0**0.5,
        "error-from-counts",
    ),
    "nobody without it": (
        _sides({"events": 5, "people": 10}, {"events": 0, "people": 10}),
        log(11),
        2.0**0.5,
        "error-from-counts",
    ),
    "everybody without it": (
        _sides({"events": 5, "people": 10}, {"events": 10, "people": 10}),
        log(5.5 / 10.5),
        (1 / 5.5 + 1 / 10.5 - 2 / 11) ** 0.5,
        "error-from-counts",
    ),
    # 9/√9 = 3 and 16/√16 = 4, together 5.
    "deviations": (SPREAD, -2.0, 5.0, "error-from-deviations"),
    "deviations, of changes": (
        SPREAD | {"value_kind": "mean-change-value"},
        -2.0,
        5.0,
        "error-from-deviations",
    ),
    "deviations, of reductions": (
        SPREAD | {"value_kind": "mean-reduction"},
        2.0,
        5.0,
        "error-from-deviations",
    ),
    "errors of the sides before deviations": (
        _sides(
            {"value": 3.0, "people": 9, "deviation": 9.0, "error": 6.0},
            {"value": 5.0, "error": 8.0},
            value_kind="mean-value",
        ),
        -2.0,
        10.0,
        "error-from-deviations",
    ),
    "intervals of the groups": (
        _sides(
            {"value": 3.0, "low": -2.879892, "high": 8.879892},
            {"value": 5.0, "low": -2.839856, "high": 12.839856},
            value_kind="mean-value",
        ),
        -2.0,
        5.0,
        "error-from-group-intervals",
    ),
    "intervals of the groups, of 90 %": (
        _sides(
            {"value": 3.0, "low": -1.934562, "high": 7.934562},
            {"value": 5.0, "low": -1.579416, "high": 11.579416},
            value_kind="mean-value",
            level=90.0,
        ),
        -2.0,
        5.0,
        "error-from-group-intervals",
    ),
    # t of 0.975 with 10 and with 11 degrees of freedom is 2.228139 and 2.200985.
    "p, of two groups": (
        OF_MEANS | EXACT | {"people": 12},
        -2.0,
        2.0 / 2.228139,
        "error-from-p",
    ),
    "p, of a crossover": (
        OF_MEANS | EXACT | {"people": 12} | CROSSOVER,
        -2.0,
        2.0 / 2.200985,
        "error-from-p",
    ),
    # t of 0.975 with one degree of freedom is tan(0.475 π) = 12.706205.
    "p, of two people": (OF_MEANS | EXACT | {"people": 2}, -2.0, 2.0 / 12.706205, "error-from-p"),
    "p, of unknown people": (OF_MEANS | EXACT, -2.0, 2.0 / 1.959964, "error-from-p"),
    "p, of a ratio": (
        OF_RATIO | EXACT | {"people": 12},
        log(0.5),
        log(2) / 1.959964,
        "error-from-p",
    ),
    "p, of a difference of risks": (
        {"measure": "risk-difference", "estimate": -20.0, "people": 12} | EXACT,
        -20.0,
        20.0 / 1.959964,
        "error-from-p",
    ),
    "p, of two means": (MEANS | EXACT, -2.0, 2.0 / 1.959964, "error-from-p"),
    "p, of two means of the same people": (
        MEANS | EXACT | CROSSOVER,
        -2.0,
        2.0 / 1.959964,
        "error-from-p",
    ),
    "p, of two reductions": (
        MEANS | EXACT | {"value_kind": "mean-reduction"},
        2.0,
        2.0 / 1.959964,
        "error-from-p",
    ),
    "p, of two shares": (
        _sides({"value": 20.0}, {"value": 40.0}, value_kind="percent-of-people", people=12) | EXACT,
        -20.0,
        20.0 / 1.959964,
        "error-from-p",
    ),
    # The normal quantile of 0.75 is 0.674490.
    "p, the greatest that is used": (
        OF_MEANS | {"p": 0.5, "p_operator": "="},
        -2.0,
        2.0 / 0.674490,
        "error-from-p",
    ),
}
NONE = {
    "nothing": {},
    "an estimate alone": OF_MEANS,
    "an interval alone": INTERVAL,
    "one end of an interval": OF_MEANS | {"low": -4.0},
    "the other end of an interval": OF_MEANS | {"high": 0.0},
    "an interval that is turned over": OF_MEANS | {"low": 0.0, "high": -4.0},
    "medians are never pooled": OF_MEANS
    | INTERVAL
    | {"measure": "median-difference", "error": 1.0},
    "another measure": OF_MEANS | INTERVAL | {"measure": "correlation", "error": 1.0},
    "a ratio of 0": {"measure": "risk-ratio", "estimate": 0.0, "low": 0.1, "high": 2.0},
    "the error of a ratio, on which scale": OF_RATIO | {"error": 0.2},
    "an error of 0": OF_MEANS | {"error": 0.0},
    "counts of the same people": COUNTS | CROSSOVER,
    "counts of one side": COUNTS | {"control": Side()},
    "counts without people": _sides({"events": 1}, {"events": 2, "people": 9}),
    "more events than people": _sides({"events": 11, "people": 10}, {"events": 2, "people": 10}),
    "more events than people without it": _sides(
        {"events": 2, "people": 10}, {"events": 11, "people": 10}
    ),
    "nobody on one side": _sides({"events": 0, "people": 0}, {"events": 2, "people": 10}),
    "nobody on the other side": _sides({"events": 2, "people": 10}, {"events": 0, "people": 0}),
    "nobody had it": _sides({"events": 0, "people": 10}, {"events": 0, "people": 10}),
    "everybody had it": _sides({"events": 10, "people": 10}, {"events": 10, "people": 10}),
    "deviations of the same people": SPREAD | CROSSOVER,
    "deviations of medians": SPREAD | {"value_kind": "median-value"},
    "deviations of one side": SPREAD | {"control": Side(5.0, people=16)},
    "deviations without people": SPREAD | {"control": Side(5.0, deviation=16.0)},
    "deviations without a value": SPREAD | {"control": Side(people=16, deviation=16.0)},
    "deviations without the other value": SPREAD | {"treatment": Side(people=9, deviation=9.0)},
    "means alone": MEANS,
    "p below a bound": OF_MEANS | {"p": 0.05, "p_operator": "<"},
    "p above a half": OF_MEANS | {"p": 0.51, "p_operator": "="},
    "p of no effect": OF_MEANS | EXACT | {"estimate": 0.0},
    "p of medians": OF_MEANS | EXACT | {"measure": "median-difference"},
    "p of medians of the sides": MEANS | EXACT | {"value_kind": "median-value"},
    "p of shares of the same people": _sides(
        {"value": 20.0}, {"value": 40.0}, value_kind="percent-of-people", **CROSSOVER
    )
    | EXACT,
    "p of one side": MEANS | EXACT | {"control": Side()},
    "p of the other side": MEANS | EXACT | {"treatment": Side()},
}


@pytest.mark.parametrize(("said", "value", "error", "source"), FOUND.values(), ids=FOUND)
def test_an_effect(said: dict[str, Any], value: float, error: float, source: str) -> None:
    found = estimate(CANDIDATE._replace(**said), P_UP_TO)
    assert found is not None
    assert found.effect.value == pytest.approx(value)
    assert found.effect.error == pytest.approx(error, rel=1e-5)
    assert found.error_from == source


@pytest.mark.parametrize("said", NONE.values(), ids=NONE)
def test_no_effect(said: dict[str, Any]) -> None:
    assert estimate(CANDIDATE._replace(**said), P_UP_TO) is None


@pytest.mark.parametrize(
    ("said", "key"),
    [
        (OF_MEANS | INTERVAL, ("mean-difference", "instrument:i", "points")),
        (
            OF_MEANS | INTERVAL | {"instrument": ""},  # a scale without a name is like no other
            ("mean-difference", "study:a-result", "points"),
        ),
        (SPREAD, ("mean-difference", "instrument:i", "points")),
        (MEANS | EXACT, ("mean-difference", "instrument:i", "points")),
        (COUNTS, ("risk-ratio",)),
        (OF_RATIO | {"low": 0.25, "high": 1.0}, ("risk-ratio",)),
        ({"measure": "risk-difference", "estimate": -2.0, "error": 1.0}, ("risk-difference",)),
    ],
)
def test_what_an_effect_can_be_pooled_with(said: dict[str, Any], key: tuple[str, ...]) -> None:
    found = estimate(CANDIDATE._replace(**said), P_UP_TO)
    assert found is not None
    assert found.key == key
    assert found.measure == key[0]


@pytest.mark.parametrize(
    ("measure", "natural"),
    [
        ("risk-ratio", 2.0),
        ("odds-ratio", 2.0),
        ("hazard-ratio", 2.0),
        ("incidence-rate-ratio", 2.0),
        ("mean-difference", log(2)),
        ("standardised-mean-difference", log(2)),
        ("risk-difference", log(2)),
        ("relative-reduction-percent", log(2)),
    ],
)
def test_an_effect_in_natural_units(measure: str, natural: float) -> None:
    """The logarithm of a ratio is pooled, the ratio itself is told."""
    size, low, high = (2.0, 1.0, 4.0) if natural == 2 else (1.0, 0.5, 1.5)
    found = estimate(
        CANDIDATE._replace(measure=measure, estimate=size, low=low, high=high), P_UP_TO
    )
    assert found is not None
    assert found.ratio == (natural == 2)
    assert found.natural(log(2)) == pytest.approx(natural)
    assert found.natural(found.effect.value) == pytest.approx(size)


LEANS = {
    "less is better": (OF_MEANS, 1),
    "more is better": (OF_MEANS | {"better": "higher-is-better"}, -1),
    "more, where less is better": (OF_MEANS | {"estimate": 2.0}, -1),
    "more, where more is better": (OF_MEANS | {"estimate": 2.0, "better": "higher-is-better"}, 1),
    "a difference of medians": (OF_MEANS | {"measure": "median-difference"}, 1),
    "a share": (OF_MEANS | {"measure": "risk-difference"}, 1),
    "an unknown scale": (OF_MEANS | {"better": ""}, 0),
    "no difference": (OF_MEANS | {"estimate": 0.0}, 0),
    "a ratio below 1": (OF_RATIO, 1),
    "a ratio above 1": (OF_RATIO | {"estimate": 1.5}, -1),
    "a ratio of 1": (OF_RATIO | {"estimate": 1.0}, 0),
    "a ratio of 0": (OF_RATIO | {"estimate": 0.0}, 0),
    "counts": (COUNTS, 1),
    "counts, by their shares": (
        _sides({"events": 5, "people": 10}, {"events": 8, "people": 40}),
        -1,
    ),
    "the estimate before the counts": (COUNTS | OF_MEANS | {"estimate": 2.0}, -1),
    "counts before values": (
        _sides(
            {"value": 9.0, "events": 1, "people": 10}, {"value": 1.0, "events": 5, "people": 10}
        ),
        1,
    ),
    "counts of nobody": (_sides({"events": 0, "people": 0}, {"events": 5, "people": 10}), 0),
    "counts of nobody without it": (
        _sides({"events": 5, "people": 10}, {"events": 0, "people": 0}),
        0,
    ),
    "counts of one side": (_sides({"events": 5, "people": 10}, {"people": 10}), 0),
    "counts of the other side": (_sides({"people": 10}, {"events": 5, "people": 10}), 0),
    "values": (MEANS, 1),
    "reductions": (MEANS | {"value_kind": "mean-reduction"}, -1),
    "one value": (MEANS | {"control": Side()}, 0),
    "the other value": (MEANS | {"treatment": Side()}, 0),
    "the word alone": ({"favours": "favours-treatment"}, 1),
    "the other word alone": ({"favours": "favours-comparator"}, -1),
    "no difference, in words": ({"favours": "no-difference"}, 0),
    "figures before the word": (OF_MEANS | {"favours": "favours-comparator"}, 1),
    "the word where figures say nothing": (
        OF_MEANS | {"estimate": 0.0, "favours": "favours-comparator"},
        -1,
    ),
    "nothing": ({}, 0),
}


@pytest.mark.parametrize(("said", "side"), LEANS.values(), ids=LEANS)
def test_the_side_to_which_a_result_leans(said: dict[str, Any], side: int) -> None:
    assert lean(CANDIDATE._replace(**said)) == side
