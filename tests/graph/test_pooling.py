"""Pooling against judges: PyMARE, printed values of metafor, sums by hand, and what must hold.

PyMARE 0.0.13 has no estimator of Paule and Mandel, so our variance between trials goes to it as
given, and is held against the equation that defines it. statsmodels 0.15.0 is no judge here: its
variances can be negative.
"""

from collections.abc import Sequence
from math import exp, inf, log, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from pymare import Dataset as Trials
from pymare.estimators import WeightedLeastSquares
from scipy import optimize, stats
from support.chance import for_all

from ldn_kg.graph.synthesis.pooling import (
    Effect,
    Pool,
    from_counts,
    from_interval,
    from_means,
    from_p,
    paule_mandel,
    pool,
    sign_test,
)

# The trials of the vaccine against tuberculosis: cases and others with the vaccine, then without.
# metadat, data-raw/dat.colditz1994.txt, of which dat.bcg is a copy (data-raw/dat.bcg.r: "same as
# dat.colditz1994").
BCG = (
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
)
# metafor, tests/testthat/test_analysis_example_viechtbauer2005.r: ten trials, yi and vi.
TEN_VALUES = (-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232)
TEN_VARIANCES = (0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040)
# The same file, eighteen trials.
EIGHTEEN_VALUES = (
    *(0.100, -0.162, -0.090, -0.049, -0.046, -0.010, -0.431, -0.261, 0.134),
    *(0.019, 0.175, 0.056, 0.045, 0.103, 0.121, -0.482, 0.290, 0.342),
)
EIGHTEEN_VARIANCES = (
    *(0.016, 0.015, 0.050, 0.050, 0.032, 0.052, 0.036, 0.024, 0.034),
    *(0.033, 0.031, 0.034, 0.039, 0.167, 0.134, 0.096, 0.016, 0.035),
)
# metafor, tests/testthat/test_analysis_example_dersimonian2007.r: ai, n1i, ci, n2i.
CLASP = (
    (5, 156, 8, 74),
    (5, 303, 17, 303),
    (12, 565, 9, 477),
    (69, 1570, 94, 1565),
    (9, 103, 11, 105),
    (313, 4659, 352, 4650),
)

effect = st.builds(Effect, st.floats(-3, 3), st.floats(0.05, 2))
several = st.lists(effect, min_size=2, max_size=8)
many = st.lists(effect, min_size=3, max_size=8)
group = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def _bcg() -> list[Effect]:
    found = [from_counts(a, a + b, c, c + d) for a, b, c, d in BCG]
    assert all(found)
    return [one for one in found if one]


def _of(values: Sequence[float], variances: Sequence[float]) -> list[Effect]:
    return [Effect(v, sqrt(w)) for v, w in zip(values, variances, strict=True)]


def _q(effects: Sequence[Effect], between: float) -> float:
    weights = np.array([1 / (e.error**2 + between) for e in effects])
    values = np.array([e.value for e in effects])
    mean = np.average(values, weights=weights)
    return float(np.sum(weights * (values - mean) ** 2))


def _numbers(found: Pool) -> tuple[float, ...]:
    return (found.value, found.error, found.low, found.high, found.i_squared, found.q)


def _judged(effects: Sequence[Effect], between: float, correction: str) -> dict[str, Any]:
    """Return what PyMARE says with a variance between trials that is given."""
    values, errors = (np.array([getattr(e, part) for e in effects]) for part in ("value", "error"))
    trials = Trials(values, errors**2)
    judge = WeightedLeastSquares(tau2=between, small_sample_correction=correction)
    with np.errstate(all="ignore"):  # it divides by Q, and by the error of no effect
        summary = judge.fit_dataset(trials).summary()
        found = {**summary.get_fe_stats(), **summary.get_heterogeneity_stats()}
    return {name: float(np.squeeze(value)) for name, value in found.items()}


# PyMARE


@for_all(many, examples=30)
def test_random_effects_are_those_of_pymare(effects: list[Effect]) -> None:
    """Its conservative correction is the interval that is never narrower than Wald's."""
    ours = pool(effects)
    assert ours.tau_squared is not None
    theirs = _judged(effects, ours.tau_squared, "knapp-hartung-conservative")
    expected = (theirs["est"], theirs["se"], theirs["ci_l"], theirs["ci_u"])
    assert _numbers(ours)[:4] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@for_all(several, examples=30)
def test_heterogeneity_is_that_of_pymare(effects: list[Effect]) -> None:
    ours, theirs = pool(effects), _judged(effects, 0.0, "wald")
    assert ours.q == pytest.approx(theirs["Q"], rel=1e-8, abs=1e-8)
    assert ours.i_squared == pytest.approx(theirs["I^2"], rel=1e-6, abs=1e-6)


@for_all(st.tuples(effect, effect), examples=30)
def test_two_trials_have_the_common_effect_of_pymare(effects: tuple[Effect, Effect]) -> None:
    ours, theirs = pool(effects), _judged(effects, 0.0, "wald")
    assert ours.tau_squared is None
    expected = (theirs["est"], theirs["se"], theirs["ci_l"], theirs["ci_u"])
    assert _numbers(ours)[:4] == pytest.approx(expected, rel=1e-9, abs=1e-9)


# What metafor prints


def test_the_log_risk_ratio_is_that_of_metafor() -> None:
    """test_misc_escalc.r: the first trial has yi -0.8893 and vi 0.3256."""
    first = _bcg()[0]
    assert round(first.value, 4) == -0.8893
    assert round(first.error**2, 4) == 0.3256


def test_heterogeneity_is_that_of_metafor() -> None:
    """test_misc_metan_vs_rma.uni_with_dat.bcg.r: QE 152.2330, I² by DerSimonian-Laird 92.1173.

    test_misc_calc_q.r: QE 152.23301. Our I² is that of Q, which DerSimonian and Laird's is, too.
    """
    found = pool(_bcg())
    assert round(found.q, 5) == 152.23301
    assert round(found.i_squared, 4) == 92.1173


def test_two_of_the_trials_are_pooled_as_by_metafor_with_an_equal_effect() -> None:
    """The file above has for method EE -0.4303 (-0.5097 to -0.3509) of all thirteen.

    A pool of two that say what twelve and one say must be the same.
    """
    effects = _bcg()
    weights = [1 / e.error**2 for e in effects[1:]]
    rest = Effect(
        sum(w * e.value for w, e in zip(weights, effects[1:], strict=True)) / sum(weights),
        1 / sqrt(sum(weights)),
    )
    found = pool([effects[0], rest])
    assert [round(x, 4) for x in (found.value, found.low, found.high)] == [
        -0.4303,
        -0.5097,
        -0.3509,
    ]
    # predict(res, transf=exp): 0.6503, 0.6007 to 0.7040
    ratios = [round(exp(x), 4) for x in (found.value, found.low, found.high)]
    assert ratios == [0.6503, 0.6007, 0.7040]


@pytest.mark.parametrize(
    ("effects", "printed", "digits"),
    [
        # test_analysis_example_viechtbauer2005.r: tau2 by EB 0.192 and 0.0104. man/rma.uni.Rd: "the
        # empirical Bayes estimator is actually identical to the Paule-Mandel estimator".
        (_of(TEN_VALUES, TEN_VARIANCES), 0.192, 3),
        (_of(EIGHTEEN_VALUES, EIGHTEEN_VARIANCES), 0.0104, 4),
    ],
)
def test_the_variance_between_trials_is_that_of_metafor(
    effects: list[Effect], printed: float, digits: int
) -> None:
    assert round(paule_mandel(effects), digits) == printed


def test_smoothed_trials_are_pooled_as_by_metafor() -> None:
    """test_analysis_example_berkey1995.r: by EB -0.5429, error 0.1842, tau2 0.2682.

    Its variances are sum(tneg/tpos)/(13*(tneg+tpos)) + sum(cneg/cpos)/(13*(cneg+cpos)).
    """
    with_vaccine = sum(b / a for a, b, _, _ in BCG) / 13
    without = sum(d / c for _, _, c, d in BCG) / 13
    effects = [
        Effect(one.value, sqrt(with_vaccine / (a + b) + without / (c + d)))
        for one, (a, b, c, d) in zip(_bcg(), BCG, strict=True)
    ]
    found = pool(effects)
    assert found.tau_squared is not None
    printed = [round(x, 4) for x in (found.value, found.error, found.tau_squared)]
    assert printed == [-0.5429, 0.1842, 0.2682]


def test_odds_ratios_are_pooled_as_by_metafor() -> None:
    """test_analysis_example_dersimonian2007.r: by PM tau 0.3681, mu -0.3811, se 0.2060."""
    effects = [
        Effect(log(a * (m - c) / (c * (n - a))), sqrt(1 / a + 1 / (n - a) + 1 / c + 1 / (m - c)))
        for a, n, c, m in CLASP
    ]
    found = pool(effects)
    assert found.tau_squared is not None
    printed = [round(x, 4) for x in (sqrt(found.tau_squared), found.value, found.error)]
    assert printed == [0.3681, -0.3811, 0.2060]


# By hand


def test_pain_in_fibromyalgia_is_what_a_person_computes() -> None:
    """Bruun 2024: -0.34 (-0.95 to 0.27). INNOVA: +0.49, p = 0.236, 98 people.

    First way, by weights. Bruun: the interval is 1.22 wide, so the error is 1.22 / (2 * 1.95996) =
    0.31123, the weight 1 / 0.31123² = 10.3238. INNOVA: t of 96 degrees with 0.118 beyond it is
    1.19251, so the error is 0.49 / 1.19251 = 0.41090, the weight 5.9228. Their sum is 16.2466.
    Pooled (10.3238 * -0.34 + 5.9228 * 0.49) / 16.2466 = (-3.51009 + 2.90217) / 16.2466 = -0.03742.
    Error 1 / sqrt(16.2466) = 0.24810, reach 1.95996 * 0.24810 = 0.48626, so -0.5237 to 0.4488.

    Second way, for two trials: Q is the squared distance by the sum of the variances, 0.83² /
    (0.09686 + 0.16884) = 0.6889 / 0.26570 = 2.5928, and I² = (2.5928 - 1) / 2.5928 = 61.4 %. The
    pooled value lies from Bruun's at the share of INNOVA's weight, 0.09686 / 0.26570 = 0.36455:
    -0.34 + 0.36455 * 0.83 = -0.0374.
    """
    bruun = from_interval(-0.34, -0.95, 0.27, 95.0)
    innova = from_p(0.49, 0.236, 96)
    assert innova is not None
    assert round(bruun.error, 5) == 0.31123
    assert round(innova.error, 4) == 0.4109
    found = pool([bruun, innova])
    assert [round(x, 3) for x in (found.value, found.low, found.high)] == [-0.037, -0.524, 0.449]
    assert round(found.i_squared, 1) == 61.4
    assert round(found.shares[1], 3) == 0.365


def test_three_trials_by_hand() -> None:
    """0, 1 and 2, each with error 0.5: with equal errors the mean is 1 whatever the variance.

    Q is (1 + 0 + 1) / 0.25 = 8 and I² (8 - 2) / 8 = 75 %. Paule and Mandel want 2 / (0.25 + τ²) =
    2, so τ² = 0.75. The error is sqrt(1 / 3), t of 2 degrees 4.30265, so 1 ± 2.48413.
    """
    found = pool([Effect(0.0, 0.5), Effect(1.0, 0.5), Effect(2.0, 0.5)])
    assert found.tau_squared == pytest.approx(0.75)
    assert (found.q, found.i_squared) == pytest.approx((8.0, 75.0))
    assert (found.low, found.high) == pytest.approx((1 - 2.48413, 1 + 2.48413), abs=1e-5)


def test_trials_that_agree_too_well_are_no_narrower_than_wald() -> None:
    """Three times 1 with error 0.3: Q is 0, and Hartung and Knapp alone would have no width.

    The error stays 0.3 / sqrt(3) = 0.173205, times 4.30265 is 0.745241.
    """
    found = pool([Effect(1.0, 0.3)] * 3)
    assert (found.tau_squared, found.i_squared) == (0.0, 0.0)
    assert (found.low, found.high) == pytest.approx((1 - 0.745241, 1 + 0.745241), abs=1e-6)


def test_a_table_with_an_empty_cell_by_hand() -> None:
    """0 of 10 against 5 of 10: with half a person in each cell (0.5 / 11) / (5.5 / 11) = 1 / 11.

    The variance is 1/0.5 - 1/11 + 1/5.5 - 1/11 = 2 - 0.181818 + 0.181818 = 2.
    """
    found = from_counts(0, 10, 5, 10)
    assert found is not None
    assert (found.value, found.error) == pytest.approx((-log(11), sqrt(2)))


@pytest.mark.parametrize("table", [(0, 10, 0, 10), (10, 10, 12, 12)])
def test_a_table_without_a_difference_to_see_has_no_effect(table: tuple[int, ...]) -> None:
    assert from_counts(*table) is None


def test_a_difference_of_means_by_hand() -> None:
    """4 (error 3) minus 1 (error 4): 3, and by Pythagoras 5."""
    assert from_means(4.0, 3.0, 1.0, 4.0) == Effect(3.0, 5.0)


@pytest.mark.parametrize(
    ("value", "p"),
    [(0.0, 0.5), (1.0, 1.0), (1.0, 0.0), (1.0, 1e-31)],
    ids=["no effect", "one", "nought", "less than any trial has"],
)
def test_a_p_value_that_says_nothing_gives_no_error(value: float, p: float) -> None:
    assert from_p(value, p, 20) is None


@pytest.mark.parametrize("df", [1, 5, 500, inf])
@pytest.mark.parametrize("p", [1e-30, 1e-17, 1e-10])
def test_a_very_small_p_value_gives_an_error_all_the_same(p: float, df: float) -> None:
    """1 - p/2 is 1 for a computer, so the lower tail is asked."""
    found = from_p(1.0, p, df)
    judge = stats.norm if df == inf else stats.t(df)
    assert found is not None
    assert found.error == pytest.approx(1 / judge.isf(p / 2), rel=1e-9)


@for_all(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_sign_test_is_the_binomial_test_of_scipy(signs: tuple[int, int]) -> None:
    assert sign_test(*signs) == pytest.approx(stats.binomtest(*signs).pvalue)


# What cannot be pooled is refused


def test_one_effect_is_no_pool() -> None:
    with pytest.raises(ValueError, match="at least two"):
        pool([Effect(1.0, 1.0)])


def test_an_interval_without_width_is_refused() -> None:
    with pytest.raises(ValueError, match="no width"):
        from_interval(1.0, 1.0, 1.0, 95.0)


@pytest.mark.parametrize("signs", [(0, 0), (3, 2), (-1, 2)])
def test_no_signs_are_refused(signs: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be tested"):
        sign_test(*signs)


# What must hold


@for_all(many)
def test_the_variance_between_trials_solves_its_equation(effects: list[Effect]) -> None:
    """Q(τ²) = k - 1 where Q without it is greater, else τ² is 0; SciPy finds the same root."""
    found, expected = paule_mandel(effects), len(effects) - 1
    if _q(effects, 0.0) <= expected:
        assert found == 0.0
        return
    assert found >= 0.0
    assert _q(effects, found) == pytest.approx(expected, rel=1e-6)
    root = optimize.brentq(lambda between: _q(effects, between) - expected, 0.0, 1e4)
    assert found == pytest.approx(root, rel=1e-6, abs=1e-9)


@for_all(several.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_does_not_matter(both: tuple[list[Effect], list[Effect]]) -> None:
    one, other = (pool(effects) for effects in both)
    assert _numbers(one) == pytest.approx(_numbers(other), rel=1e-6, abs=1e-7)


@for_all(several, st.floats(0.1, 10))
def test_another_unit_scales_all_but_the_heterogeneity(
    effects: list[Effect], factor: float
) -> None:
    one = pool(effects)
    other = pool([Effect(factor * e.value, factor * e.error) for e in effects])
    scaled = [factor * x for x in (one.value, one.error, one.low, one.high)]
    assert _numbers(other)[:4] == pytest.approx(scaled, rel=1e-6, abs=1e-7)
    assert other.q == pytest.approx(one.q, rel=1e-6, abs=1e-6)
    assert other.shares == pytest.approx(one.shares, rel=1e-6, abs=1e-7)


@for_all(several)
def test_other_signs_turn_the_pool_over(effects: list[Effect]) -> None:
    one, other = pool(effects), pool([Effect(-e.value, e.error) for e in effects])
    assert (other.value, other.low, other.high) == pytest.approx((-one.value, -one.high, -one.low))
    assert (other.i_squared, other.q) == pytest.approx((one.i_squared, one.q))


@for_all(many)
def test_as_many_trials_again_that_say_the_same_narrow_the_interval(effects: list[Effect]) -> None:
    """One more copy of a trial that lies apart may widen it, rightly; of all of them it may not."""
    one, other = pool(effects), pool([*effects, *effects])
    assert other.error <= one.error / sqrt(2) * (1 + 1e-9)
    assert other.high - other.low < one.high - one.low


@for_all(effect, st.integers(2, 6))
def test_another_copy_of_the_same_effect_narrows_the_error(one: Effect, copies: int) -> None:
    fewer, more = pool([one] * copies), pool([one] * (copies + 1))
    assert more.error < fewer.error
    assert more.value == pytest.approx(one.value, abs=1e-9)
    assert more.i_squared == pytest.approx(0.0, abs=1e-6)


@for_all(several)
def test_a_pool_lies_between_its_effects_and_inside_its_interval(effects: list[Effect]) -> None:
    found, values = pool(effects), [e.value for e in effects]
    assert min(values) - 1e-9 <= found.value <= max(values) + 1e-9
    assert found.low < found.value < found.high
    assert 0.0 <= found.i_squared < 100.0
    assert sum(found.shares) == pytest.approx(1.0)


@for_all(effect, st.sampled_from([80.0, 90.0, 95.0, 99.0]))
def test_an_interval_goes_to_an_error_and_back(one: Effect, level: float) -> None:
    low, high = one.interval(level)
    assert from_interval(one.value, low, high, level).error == pytest.approx(one.error)


@pytest.mark.parametrize("tenths", range(1, 100))
def test_a_limit_that_is_printed_as_no_effect_is_no_effect(tenths: int) -> None:
    value = tenths / 10
    assert from_interval(value, 0.0, 2 * value, 95.0).interval()[0] == 0.0
    assert from_interval(-value, -2 * value, 0.0, 95.0).interval()[1] == 0.0


@for_all(effect, st.integers(3, 200))
def test_a_p_value_goes_to_an_error_and_back(one: Effect, df: int) -> None:
    p = 2 * stats.t.sf(abs(one.value) / one.error, df)
    if not 1e-30 < p < 0.99:
        return
    found = from_p(one.value, p, df)
    assert found is not None
    assert found.error == pytest.approx(one.error, rel=1e-9)


@for_all(
    st.tuples(st.integers(1, 60), st.integers(1, 60)).flatmap(
        lambda n: st.tuples(
            st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1])
        )
    )
)
def test_counts_are_symmetric_under_swapping_the_groups(table: tuple[int, int, int, int]) -> None:
    a, n, c, m = table
    one, other = from_counts(a, n, c, m), from_counts(c, m, a, n)
    assert (one is None) == (other is None) == (a + c == 0 or a + c == n + m)
    if one and other:
        assert (other.value, other.error) == pytest.approx((-one.value, one.error))
