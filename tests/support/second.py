"""All that is derived on benefit, harm and mechanisms, worked out a second time in plain Python.

From the facts that people type alone, as docs/grading.md and the vocabulary say. Nothing is
imported from the rules or from `ldn_kg.graph.synthesis`; SciPy gives the quantiles and finds the
variance between trials.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, inf, log, sqrt
from typing import Any

from pyoxigraph import NamedNode
from scipy import optimize, stats

from ldn_kg.graph.dataset import Dataset

HOME = "https://w3id.org/ldn-kg/"
# The domains of certainty in the order of GRADE, then our own.
DOMAINS = (
    *("risk-of-bias", "inconsistency", "indirectness", "imprecision", "publication-bias"),
    "second-hand-reading",
)
CONTROLLED = {
    "randomised-parallel-trial",
    "randomised-crossover-trial",
    "non-randomised-controlled-trial",
    "controlled-trial-of-unstated-allocation",
}
CERTAINTIES = ("high", "moderate", "low", "very-low")
SAYS_NOTHING_OF_BENEFIT = {
    *("treatment-use", "pharmacokinetics", "receptor-occupancy", "not-an-outcome", ""),
}
BETTER, WORSE = "finds-treatment-better", "finds-comparator-better"
LITTLE, UNCLEAR = "finds-little-or-no-difference", "finds-unclear"
RATIO = {"risk-ratio", "odds-ratio", "hazard-ratio", "incidence-rate-ratio"}
DIFFERENCE = {
    *("mean-difference", "median-difference", "standardised-mean-difference"),
    *("risk-difference", "relative-reduction-percent"),
}
MEAN = {"mean-value", "mean-change-value", "mean-reduction"}
SHARE = {"response", "remission", "endoscopic-response", "attack-relief"}


def name(iri: str) -> str:
    """Return a short name: a concept or term without its space, a record with its kind."""
    if iri.startswith(HOME):
        rest = iri.removeprefix(HOME)
        return rest.removeprefix("concept/").removeprefix("ontology#")
    return iri.replace("#", "/").rpartition("/")[2]


def key(predicate: str) -> str:
    """Return a short name of a property; the type of a record is told from the class."""
    if predicate.endswith("22-rdf-syntax-ns#type"):
        return "class"
    return name(predicate)


class Book:
    """What was typed: for each subject and property the values as text."""

    def __init__(self, dataset: Dataset) -> None:
        """Read what is in no derived graph."""
        self.said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in dataset.store:
            if quad.graph_name.value.endswith("/derived"):
                continue
            value = quad.object.value
            text = name(value) if isinstance(quad.object, NamedNode) else value
            self.said[name(quad.subject.value)][key(quad.predicate.value)].append(text)
        self.limit = {
            concept: float(said["value"][0])
            for concept, said in self.said.items()
            if said.get("inScheme") == ["thresholds"]
        }

    def all(self, subject: str, prop: str) -> set[str]:
        """Return the values of a property."""
        return set(self.said[subject][prop]) if subject in self.said else set()

    def one(self, subject: str, prop: str) -> str:
        """Return the first value of a property, or ""."""
        return min(self.all(subject, prop), default="")

    def number(self, subject: str, prop: str) -> float | None:
        """Return a value as a number."""
        text = self.one(subject, prop)
        return float(text) if text else None

    def first(self, subject: str, *props: str) -> int | None:
        """Return the first number that is there."""
        known = (self.number(subject, prop) for prop in props)
        return next((int(number) for number in known if number is not None), None)

    def of(self, kind: str) -> list[str]:
        """Return the records of a class."""
        return sorted(s for s, said in self.said.items() if kind in said.get("class", ()))

    @cached_property
    def lines(self) -> dict[str, list[str]]:
        """The lines of each claim."""
        found = defaultdict(list)
        for line in self.of("EvidenceLine"):
            found[self.one(line, "claim")].append(line)
        return found

    @cached_property
    def same_people(self) -> dict[str, frozenset[str]]:
        """For each study all that have its people."""
        groups = {study: {study} for study in self.of("Study")}
        for study in list(groups):
            for other in self.all(study, "analysisOf") | self.all(study, "probablySameAs"):
                joined = groups[study] | groups[other]
                for member in joined:
                    groups[member] = joined
        return {study: frozenset(group) for study, group in groups.items()}

    @cached_property
    def twice(self) -> set[str]:
        """The studies whose record was compared with the source again, in at least one figure."""
        nothing = {r for r in self.of("SecondReading") if self.first(r, "compared") == 0}
        real = set(self.of("SecondReading")) - nothing
        return set().union(*(self.all(reading, "readingOf") for reading in real))

    def head(self, study: str) -> str:
        """Return the study that stands for all with its people: no analysis, with results."""
        return min(
            self.same_people[study],
            key=lambda s: (bool(self.all(s, "analysisOf")), not self.all(s, "result"), s),
        )

    def axes(self, lines: Iterable[str]) -> set[str]:
        """Return the axes on which lines are indirect."""
        return {
            self.one(difference, "axis")
            for line in lines
            for difference in self.all(line, "indirect")
        }

    def is_review(self, study: str) -> bool:
        """Say whether a study only sums up others."""
        return self.one(self.one(study, "design"), "review") == "true"

    def is_of_people(self, study: str) -> bool:
        """Say whether people were studied."""
        laboratory = {"animal-study", "in-vitro-study"}
        return self.one(study, "design") not in laboratory and (
            self.one(study, "system") in ("", "human")
        )

    def is_retracted(self, study: str) -> bool:
        """Say whether nothing of a study stands."""
        papers = self.all(study, "publication")
        return bool(papers) and all("true" in self.all(p, "retracted") for p in papers)

    def daily(self, arm: str) -> tuple[float, float] | None:
        """Return the least and greatest daily dose of an arm in milligrams."""
        dose = self.one(arm, "dose")
        times = self.number(self.one(arm, "frequency"), "intakesPerDay")
        most = self.number(dose, "maxValue")
        factor = {"MilliGM": 1.0, "MicroGM": 0.001}.get(self.one(dose, "hasUnit"))
        if times is None or most is None or factor is None:
            return None
        least = self.number(dose, "minValue")
        return (most if least is None else least) * times * factor, most * times * factor


@dataclass
class Result:
    """One compared result on the question of a claim."""

    book: Book
    claim: str
    study: str
    id: str
    lines: list[str]

    def number(self, prop: str) -> float | None:
        """Return a number of the result."""
        return self.book.number(self.id, prop)

    def word(self, prop: str) -> str:
        """Return a word of the result."""
        return self.book.one(self.id, prop)

    @cached_property
    def harm(self) -> bool:
        """Whether the claim is on a harm."""
        return "SafetyClaim" in self.book.all(self.claim, "class")

    @cached_property
    def about(self) -> str:
        """The condition, symptom or harm of the claim."""
        return self.book.one(self.claim, "object")

    @cached_property
    def outcome(self) -> str:
        """The outcome, or the harm."""
        return self.about if self.harm else self.word("outcome")

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """The conditions that keep it apart: none for a harm."""
        if self.harm:
            return ()
        if self.about.startswith("condition/"):
            return (self.about,)
        return tuple(sorted(self.book.all(self.study, "condition")))

    @cached_property
    def arms(self) -> tuple[set[str], set[str]]:
        """The treated arms and the others: as named, else all of the study."""
        arms = self.book.all(self.id, "compares") or self.book.all(self.study, "arm")
        treated = {a for a in arms if self.book.one(a, "type") == "experimental-arm"}
        return treated, arms - treated

    @cached_property
    def comparator(self) -> str:
        """Placebo before no treatment; else nothing that counts."""
        kinds = {self.book.one(arm, "type") for arm in self.arms[1]}
        if not kinds:
            kinds = {f"{self.book.one(self.study, 'control')}-arm"}
        return next((k for k in ("placebo", "no-treatment") if f"{k}-arm" in kinds), "")

    @cached_property
    def design(self) -> str:
        """The design that made the groups: of an analysis of a trial, that of the trial."""
        own, whole = self.book.one(self.study, "design"), self.book.one(self.study, "analysisOf")
        return self.book.one(whole, "design") if own == "secondary-analysis" and whole else own

    @cached_property
    def randomised(self) -> bool:
        """Whether chance decided."""
        return self.design in ("randomised-parallel-trial", "randomised-crossover-trial")

    @cached_property
    def crossover(self) -> bool:
        """Whether the same people are on both sides."""
        return self.design == "randomised-crossover-trial"

    @cached_property
    def people(self) -> int | None:
        """How many were compared."""
        own = self.book.first(self.id, "analysed")
        if own is not None:
            return own
        sides = [self.book.first(self.id, f"{s}Analysed") for s in ("experimental", "comparator")]
        if None not in sides:
            return (max if self.crossover else sum)(n for n in sides if n is not None)
        return self.book.first(self.study, "analysed", "randomised", "enrolled")

    @cached_property
    def second_hand(self) -> bool:
        """Whether a secondary report or the title is all that was read."""
        readings = self.book.all(self.id, "readAs")
        return bool(readings) and not readings - {"secondary-report", "title-only"}

    @cached_property
    def scale(self) -> str:
        """The instrument, where there is one."""
        named = self.book.all(self.id, "instrument")
        return min(named) if len(named) == 1 else ""

    @cached_property
    def unit(self) -> str:
        """The unit."""
        return self.word("hasUnit") or self.word("unitText")

    @cached_property
    def up_is_good(self) -> bool | None:
        """Whether a higher value is better; None where nobody said."""
        if self.harm:
            return False
        is_share = self.word("valueKind") == "percent-of-people" or self.outcome in SHARE
        said = "" if is_share else self.book.one(self.scale, "better")
        said = said or self.book.one(self.outcome, "better")
        return {"higher-is-better": True, "lower-is-better": False}.get(said)

    @cached_property
    def kept_out(self) -> set[str]:
        """Why its study cannot enter."""
        found = set()
        axes, (treated, _) = self.book.axes(self.lines), self.arms
        drugs = {drug for arm in treated for drug in self.book.all(arm, "drug")}
        if self.book.is_retracted(self.study):
            found.add("kept-out-retracted")
        if any(self.study in self.book.all(s, "supersedes") for s in self.book.of("Study")):
            found.add("kept-out-superseded")
        untreated = bool(self.book.all(self.id, "compares")) and not treated
        others = bool(drugs) and drugs != {self.book.one(self.claim, "subject")}
        if "drug-axis" in axes or others or untreated:
            found.add("kept-out-other-drug")
        if "dose-axis" in axes or not all(self._low_enough(arm) for arm in treated):
            found.add("kept-out-other-dose")
        if self.word("contrast") == "between-doses":
            found.add("kept-out-between-doses")
        elif self.word("contrast") == "against-active-drug" or not self.comparator:
            found.add("kept-out-active-comparator")
        return found

    def _low_enough(self, arm: str) -> bool:
        """Say whether a dose that is known is one of the window, 0.5 to 10 mg a day."""
        daily = self.book.daily(arm)
        if self.book.one(self.claim, "doseCategory") != "low-dose" or daily is None:
            return True
        return daily[0] <= 10.0 and daily[1] >= 0.5

    def side(self, prop: str) -> tuple[float | None, float | None]:
        """Return a number of both sides, the treated first."""
        return self.number(f"experimental{prop}"), self.number(f"comparator{prop}")

    @cached_property
    def sign(self) -> int:
        """1 where the figures lean to the treatment, -1 to the comparator, 0 where not known."""
        difference = self._raw_difference()
        if difference and self.up_is_good is not None:
            return 1 if (difference > 0) == self.up_is_good else -1
        return {"favours-treatment": 1, "favours-comparator": -1}.get(self.word("favours"), 0)

    def _raw_difference(self) -> float:
        estimate, measure = self.number("estimate"), self.word("effectMeasure")
        if estimate is not None and measure in RATIO:
            return estimate - 1 if estimate > 0 else 0.0
        if estimate is not None and measure in DIFFERENCE:
            return estimate
        (a, c), (n, m) = self.side("Count"), self.side("Analysed")
        if a is not None and c is not None and n and m:
            return a / n - c / m
        one, other = self.side("Value")
        if one is None or other is None:
            return 0.0
        return other - one if self.word("valueKind") == "mean-reduction" else one - other

    @cached_property
    def estimate(self) -> "Estimate | None":
        """The effect and its error, by the first way that gives one."""
        ways = (self._interval, self._error, self._counts, self._spread, self._p)
        return next(filter(None, (way() for way in ways)), None)

    @property
    def _printed(self) -> float | None:
        """The printed estimate as it is pooled."""
        value, measure = self.number("estimate"), self.word("effectMeasure")
        if value is None or measure == "median-difference":
            return None
        if measure in RATIO:
            return log(value) if value > 0 else None
        return value if measure in DIFFERENCE else None

    def _set(self, measure: str) -> tuple[str, ...]:
        """Return what it can be pooled with."""
        if measure in RATIO or measure == "risk-difference":
            return (measure,)
        return measure, self.scale or self.id, self.unit

    def _interval(self) -> "Estimate | None":
        value, low, high = self._printed, self.number("ciLow"), self.number("ciHigh")
        if value is None or low is None or high is None or not low < high:
            return None
        measure = self.word("effectMeasure")
        if measure in RATIO:
            if low <= 0:
                return None
            low, high = log(low), log(high)
        z = stats.norm.isf((1 - (self.number("ciLevel") or 95.0) / 100) / 2)
        source = "error-from-interval" if self.number("ciLevel") else "error-from-assumed-level"
        return Estimate(value, (high - low) / 2 / z, measure, self._set(measure), source)

    def _error(self) -> "Estimate | None":
        value, error, measure = (
            self._printed,
            self.number("standardError"),
            self.word("effectMeasure"),
        )
        if value is None or not error or measure in RATIO:
            return None
        return Estimate(value, error, measure, self._set(measure), "error-printed")

    def _counts(self) -> "Estimate | None":
        (a, c), (n, m) = self.side("Count"), self.side("Analysed")
        if self.crossover or a is None or c is None or not n or not m:
            return None
        if a > n or c > m or a + c in (0, n + m):
            return None
        cells = [a, n - a, c, m - c]
        if 0 in cells:
            cells = [cell + 0.5 for cell in cells]
        a, b, c, d = cells
        value = log((a * (c + d)) / (c * (a + b)))
        error = sqrt(b / (a * (a + b)) + d / (c * (c + d)))
        return Estimate(value, error, "risk-ratio", ("risk-ratio",), "error-from-counts")

    def _spread(self) -> "Estimate | None":
        (one, other), (n, m) = self.side("Value"), self.side("Analysed")
        if self.crossover or self.word("valueKind") not in MEAN or one is None or other is None:
            return None
        errors: list[tuple[str, list[float | None]]] = []
        (se, te), (sd, td) = self.side("SE"), self.side("SD")
        by_deviation = [
            error or (sd_ / sqrt(count) if sd_ and count else None)
            for error, sd_, count in ((se, sd, n), (te, td, m))
        ]
        z = stats.norm.isf((1 - (self.number("ciLevel") or 95.0) / 100) / 2)
        lows, highs = self.side("CiLow"), self.side("CiHigh")
        by_interval = [
            (high - low) / 2 / z if low is not None and high is not None and low < high else None
            for low, high in zip(lows, highs, strict=True)
        ]
        errors = [
            ("error-from-deviations", by_deviation),
            ("error-from-group-intervals", by_interval),
        ]
        for source, (x, y) in errors:
            if x and y:
                return self._means(one - other, sqrt(x * x + y * y), source)
        return None

    def _means(self, value: float, error: float, source: str) -> "Estimate":
        if self.word("valueKind") == "mean-reduction":
            value = -value
        return Estimate(value, error, "mean-difference", self._set("mean-difference"), source)

    def _p(self) -> "Estimate | None":
        """Return the effect whose error follows from an exact p that says something."""
        p = self.number("pValue")
        if p is None or self.word("pOperator") != "=" or not 0 < p <= 0.5:
            return None
        value, measure = self._printed, self.word("effectMeasure")
        if self.number("estimate") is None:
            value, measure = self._difference_of_sides()
        if not value:
            return None
        df = max(1, self.people - (1 if self.crossover else 2)) if self.people else inf
        if measure in RATIO or measure == "risk-difference":
            df = inf
        quantile = float(stats.norm.isf(p / 2) if df == inf else stats.t.isf(p / 2, df))
        return Estimate(value, abs(value) / quantile, measure, self._set(measure), "error-from-p")

    def _difference_of_sides(self) -> tuple[float | None, str]:
        (one, other), kind = self.side("Value"), self.word("valueKind")
        if one is None or other is None:
            return None, ""
        if kind == "percent-of-people":
            return (None if self.crossover else one - other), "risk-difference"
        if kind == "mean-reduction":
            return other - one, "mean-difference"
        return (one - other if kind in MEAN else None), "mean-difference"

    @cached_property
    def place(self) -> tuple[Any, ...]:
        """The published order: the least comes first."""
        length = self.word("assessedAt")
        in_days = {"WK": 7.0, "MO": 30.4, "YR": 365.25, "HR": 1 / 24}
        days = in_days.get(self.book.one(length, "hasUnit"), 1.0)
        readings = {"full-text": 0, "article-page": 1, "abstract": 1}
        readings |= {"registry-record": 2, "label": 2, "table-of-another-paper": 2}
        by_p = self.estimate is not None and self.estimate.source == "error-from-p"
        return (
            bool(self.book.all(self.study, "analysisOf")),
            self.word("type") != "primary-outcome",
            {"intention-to-treat": 0, "per-protocol": 2}.get(self.word("analysisSet"), 1),
            -(self.book.number(length, "maxValue") or 0.0) * days,
            int(by_p) if self.estimate else (2 if self.sign else 3),
            min((readings.get(r, 3) for r in self.book.all(self.id, "readAs")), default=3),
            self.id,
        )


@dataclass(frozen=True)
class Estimate:
    """An effect as it is pooled."""

    value: float
    error: float
    measure: str
    set: tuple[str, ...]
    source: str


@dataclass
class Answer:
    """A synthesis, worked out."""

    results: list[Result]
    planned: int
    ended: int
    awaited: int
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        """Take the book of the results."""
        self.book = self.results[0].book

    @property
    def first(self) -> Result:
        """One that stands for what all share."""
        return self.results[0]

    @cached_property
    def pooled(self) -> list[Result]:
        """The greatest set on one scale, by studies, then people, then its name."""
        sets = defaultdict(list)
        for result in self.results:
            if result.estimate:
                sets[result.estimate.set].append(result)
        ranked = sorted(sets, key=lambda s: (len(sets[s]), sum(r.people or 0 for r in sets[s]), s))
        return sets[ranked[-1]] if ranked else []

    @cached_property
    def effect(self) -> tuple[float, float, float] | None:
        """The pooled value with its limits, as it is pooled."""
        estimates = [r.estimate for r in self.pooled if r.estimate]
        if not estimates:
            return None
        between = 0.0
        if len(estimates) > 2 and self._q(0.0) > len(estimates) - 1:
            excess = lambda x: self._q(x) - len(estimates) + 1  # noqa: E731
            between = float(optimize.brentq(excess, 0.0, 1e6, xtol=1e-14))
        weights = [1 / (e.error**2 + between) for e in estimates]
        mean = sum(w * e.value for w, e in zip(weights, estimates, strict=True)) / sum(weights)
        error, reach = 1 / sqrt(sum(weights)), float(stats.norm.isf(0.025))
        if len(estimates) > 2:
            df = len(estimates) - 1
            error *= max(1.0, sqrt(self._q(between) / df))
            reach = float(stats.t.isf(0.025, df))
        return mean, mean - reach * error, mean + reach * error

    def _q(self, between: float) -> float:
        pairs = [
            (r.estimate.value, r.estimate.error**2 + between) for r in self.pooled if r.estimate
        ]
        mean = sum(v / w for v, w in pairs) / sum(1 / w for _, w in pairs)
        return sum((v - mean) ** 2 / w for v, w in pairs)

    @cached_property
    def i_squared(self) -> float | None:
        """The share of the variation that chance would not leave, in percent."""
        if len(self.pooled) < 2:
            return None
        q = self._q(0.0)
        return max(0.0, 100 * (1 - (len(self.pooled) - 1) / q)) if q else 0.0

    @property
    def measure(self) -> str:
        """The effect measure, or ""."""
        one = self.pooled[0].estimate if self.pooled else None
        return one.measure if one else ""

    def natural(self, value: float) -> float:
        """Return a value as it is printed: a ratio, not its logarithm."""
        return exp(value) if self.measure in RATIO else value

    @cached_property
    def signs(self) -> tuple[int, int, int]:
        """Studies leaning to the treatment, to the comparator, to neither side that is known."""
        signs = [r.sign for r in self.results]
        return signs.count(1), signs.count(-1), signs.count(0)

    @cached_property
    def people(self) -> int:
        """How many were compared."""
        return sum(r.people or 0 for r in self.results)

    @cached_property
    def pooled_people(self) -> int:
        """How many are behind the effect."""
        return sum(r.people or 0 for r in self.pooled)

    @cached_property
    def events(self) -> int | None:
        """How many had the event, where all tell."""
        counts = [count for r in self.results for count in r.side("Count")]
        known = [int(count) for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    @cached_property
    def limits(self) -> list[float]:
        """The smallest important differences."""
        limit = self.book.limit
        if not self.measure or self.measure == "standardised-mean-difference":
            return []
        if self.measure in RATIO:
            return [-log(limit["least-important-ratio"])]
        if self.measure == "risk-difference":
            return [limit["important-risk-difference"]]
        result = self.pooled[0]
        found = []
        for record in self.book.all(result.scale, "importantDifference"):
            percent = self.book.one(record, "hasUnit") == "PERCENT"
            if percent == (result.unit == "PERCENT"):
                own = self.book.one(record, "condition") == " ".join(result.conditions)
                found.append((own, self.book.number(record, "value") or 0.0))
        preferred = [value for own, value in found if own] if not result.harm else []
        return preferred or [value for _, value in found]

    @cached_property
    def finding(self) -> str:
        """What the interval shows; where the important differences disagree, nothing."""
        if not self.effect:
            return self._by_signs()
        verdicts = {self._verdict(limit) for limit in self.limits or [0.0]}
        return verdicts.pop() if len(verdicts) == 1 else UNCLEAR

    def _by_signs(self) -> str:
        """Say what signs alone show, by an exact test at 5 percent."""
        better, worse, _ = self.signs
        known = better + worse
        if not known or stats.binomtest(better, known).pvalue >= 0.05:
            return UNCLEAR
        return BETTER if better > worse else WORSE

    def _verdict(self, limit: float) -> str:
        assert self.effect
        value, low, high = self.effect
        if limit and max(-low, high) <= limit and self._is_rare():
            return LITTLE
        good = self.pooled[0].up_is_good
        if low <= 0 <= high or good is None:
            return UNCLEAR
        return BETTER if (value > 0) == good else WORSE

    def _is_rare(self) -> bool:
        """Say whether of a ratio, too, the difference of risks is small, where it is known."""
        risk = self._risk()
        if risk is None or not self.effect or self.measure not in ("risk-ratio", "risk-difference"):
            return True
        limit = 10 * self.book.limit["important-risk-difference"]
        ends = [
            risk * exp(end) if self.measure == "risk-ratio" else risk + end / 100
            for end in self.effect[1:]
        ]
        rounded = [round(1000 * min(1.0, max(0.0, end))) for end in ends]
        return all(abs(end - round(1000 * risk)) <= limit for end in rounded)

    def _risk(self) -> float | None:
        counts = [(r.side("Count")[1], r.side("Analysed")[1]) for r in self.pooled]
        if all(count is not None and people for count, people in counts):
            return sum(c or 0 for c, _ in counts) / sum(n or 0 for _, n in counts)
        value = self.pooled[0].side("Value")[1]
        return value / 100 if len(self.pooled) == 1 and value is not None else None

    def share(self, holds: Callable[[Result], bool]) -> float:
        """Return the percent of people of whom something holds; of studies where none are known."""
        weights = [(r.people or 0) if self.people else 1 for r in self.results]
        yes = sum(w for w, r in zip(weights, self.results, strict=True) if holds(r))
        return 100 * yes / sum(weights)

    @cached_property
    def steps(self) -> dict[str, int]:
        """How many steps each domain costs."""
        ways = (self._bias, self._inconsistency, self._indirectness, self._imprecision)
        found = [way() for way in ways] + [self._publication()]
        once = any(r.study not in self.book.twice for r in self.results)
        found.append(int(once or any(r.second_hand for r in self.results)))
        return dict(zip(DOMAINS, found, strict=True))

    def _bias(self) -> int:
        """Two for open trials of what people report, or losses; one if not judged of low risk."""
        limit, book = self.book.limit, self.book
        is_open = self.share(lambda r: book.one(r.study, "blinding") == "open-label")
        reported = "true" in book.all(self.first.outcome, "selfReported")
        if reported and is_open >= limit["open-trials-percent"]:
            return 2
        entered = stayed = 0
        for result in self.results:
            start = book.first(result.study, "randomised", "enrolled")
            end = book.first(result.study, "analysed", "completed")
            if start and end is not None:
                entered, stayed = entered + start, stayed + min(start, end)
        if entered and 100 * (entered - stayed) / entered > limit["lost-percent"]:
            return 2
        return int(self.share(self._is_low_risk) < limit["least-low-risk-percent"])

    def _is_low_risk(self, result: Result) -> bool:
        judged = {
            self.book.one(j, "type"): self.book.one(j, "judgement")
            for j in self.book.all(result.study, "riskOfBias")
        }
        wanted = ("bias-from-randomisation", "bias-from-blinding")
        return all(judged.get(domain) == "low-risk" for domain in wanted)

    def _inconsistency(self) -> int:
        limit = self.book.limit
        if len(self.results) == 1:
            return 0
        if self.i_squared is not None:
            both = {1, -1} <= {r.sign for r in self.pooled}
            if self.i_squared > limit["extreme-heterogeneity-percent"]:
                return 2
            great = self.i_squared > limit["great-heterogeneity-percent"]
            return int(
                great or (both and self.i_squared >= limit["moderate-heterogeneity-percent"])
            )
        known = self.signs[0] + self.signs[1]
        minority = 100 * min(self.signs[:2]) / known if known else 0.0
        return int(known > 1 and minority >= limit["minority-percent"])

    def _indirectness(self) -> int:
        if "true" in self.book.all(self.first.outcome, "surrogate"):
            return 1
        others = {"population-axis", "species-axis"}
        share = self.share(lambda r: bool(others & self.book.axes(r.lines)))
        return int(share >= self.book.limit["indirect-percent"])

    def _imprecision(self) -> int:
        limit = self.book.limit
        if self.first.harm and self.events is not None and self.events < limit["few-events"]:
            return 2
        people = self.pooled_people if self.effect else self.people
        few, very, fewest = (
            int(people < limit[n]) for n in ("few-people", "very-few-people", "fewest-people")
        )
        if not self.effect:
            return max(1, few + very)
        if not self.limits:
            return few + very
        _, low, high = self.effect
        reach = max(self.limits)
        spans = (low < -reach) + (high > reach) if low <= 0 <= high else 0
        return max(spans, very + fewest)

    def _publication(self) -> int:
        """Trials that ended long ago without a result, and results without a size."""
        sides = ("experimentalCount", "comparatorCount")
        without = [
            r
            for r in self.results
            if self.effect and not r.estimate and None in (r.number(side) for side in sides)
        ]
        if not self.awaited and not without:
            return 0
        if any(not r.people for r in self.results):
            missing, every = self.ended + len(without), self.ended + len(self.results)
        else:
            missing = self.planned + sum(r.people or 0 for r in without)
            every = self.planned + self.people
        return int(100 * missing / every >= self.book.limit["awaited-percent"] if every else 0)

    @cached_property
    def certainty(self) -> str:
        """From high, or low if not randomised, down by all steps."""
        start = 0 if all(r.randomised for r in self.results) else 2
        return CERTAINTIES[min(3, start + sum(self.steps.values()))]

    @cached_property
    def word(self) -> str:
        """The status of the synthesis."""
        return self._harm_word() if self.first.harm else self._benefit_word()

    def _benefit_word(self) -> str:
        words = {BETTER: "benefit", LITTLE: "little-or-no-benefit", WORSE: "harm"}
        if self.finding in words and self.certainty != "very-low":
            word, low = words[self.finding], self.certainty == "low"
            return (
                f"{word}{'-possible' if low else ''}"
                if self.finding == LITTLE
                else f"{word}-{'possible' if low else 'shown'}"
            )
        better, worse, _ = self.signs
        minority = 100 * min(better, worse) / (better + worse) if better + worse > 1 else 0.0
        if self.finding == UNCLEAR and minority >= self.book.limit["minority-percent"]:
            return "studies-disagree"
        return "too-little-to-say"

    def _harm_word(self) -> str:
        if self.finding in (WORSE, BETTER) and self.certainty == "very-low":
            return "too-little-to-say"
        if self.finding in (WORSE, BETTER):
            return "more-often" if self.finding == WORSE else "less-often"
        enough = (
            self.events >= self.book.limit["few-events"]
            if self.events is not None
            else bool(self.effect) and self.people >= self.book.limit["few-people"]
        )
        return "no-clear-difference" if enough or self.finding == LITTLE else "too-few-events"

    @cached_property
    def decides(self) -> bool:
        """Whether the outcome is one that decides."""
        if self.first.harm:
            return True
        critical = self.book.all(self.first.about, "criticalOutcome")
        if critical:
            return self.first.outcome in critical
        return "true" not in self.book.all(self.first.outcome, "surrogate")


@dataclass
class Claim:
    """A claim on benefit or harm, worked out."""

    book: Book
    claim: str

    @cached_property
    def harm(self) -> bool:
        """Whether it is on a harm."""
        return "SafetyClaim" in self.book.all(self.claim, "class")

    @cached_property
    def about(self) -> str:
        """Its condition, symptom or harm."""
        return self.book.one(self.claim, "object")

    @cached_property
    def lines_of(self) -> dict[str, list[str]]:
        """Its lines by study."""
        found = defaultdict(list)
        for line in self.book.lines[self.claim]:
            found[self.book.one(line, "study")].append(line)
        return found

    @cached_property
    def results(self) -> list[Result]:
        """The compared results of people that bear on it."""
        return [
            Result(self.book, self.claim, study, result, lines)
            for study, lines in self.lines_of.items()
            if self.book.is_of_people(study) and not self.book.is_review(study)
            for result in self._bearing(study, lines)
            if self.book.one(result, "contrast")
            in ("between-groups", "against-active-drug", "between-doses")
        ]

    def _bearing(self, study: str, lines: list[str]) -> set[str]:
        book, results = self.book, self.book.all(study, "result")
        if self.harm:
            return {r for r in results if self.about in book.all(r, "symptom")}
        named = {r for line in lines for r in book.all(line, "restsOn")}
        results = {
            r
            for r in results
            if book.one(r, "type") != "adverse-event"
            and book.one(r, "outcome") not in SAYS_NOTHING_OF_BENEFIT
        }
        if not self.about.startswith("condition/"):
            return results & named
        others = {
            result
            for line in book.of("EvidenceLine")
            if book.one(line, "study") == study and book.one(line, "claim") != self.claim
            if "EfficacyClaim" in book.all(book.one(line, "claim"), "class")
            if book.one(book.one(line, "claim"), "object").startswith("condition/")
            for result in book.all(line, "restsOn")
        }
        return results - (others - named)

    @cached_property
    def awaited(self) -> list[tuple[int, bool]]:
        """The planned people of each trial without a result, and whether it ended long ago."""
        if self.harm:
            return []
        book, found = self.book, []
        for study in book.of("Study"):
            ours = self.about in book.all(study, "condition") and (
                "no-result-published" in book.all(study, "notReported")
            )
            children = "children" in book.all(study, "population")
            drugs = {d for arm in book.all(study, "arm") for d in book.all(arm, "drug")}
            if not ours or book.one(study, "recruitment") == "never-started":
                continue
            if book.head(study) != study or book.one(self.claim, "subject") not in drugs:
                continue
            if children == (book.one(self.claim, "population") == "children"):
                planned = book.first(study, "planned", "analysed", "randomised", "enrolled")
                found.append((planned or 0, self._is_overdue(study)))
        return found

    def _is_overdue(self, study: str) -> bool:
        issued = max(
            self.book.one(version, "issued")
            for version, said in self.book.said.items()
            if "isVersionOf" in said
        )
        ends = self.book.one(study, "ends")
        months = _months(issued) - _months(ends) if ends else 0
        return months >= 12 * self.book.limit["awaited-years"]

    @cached_property
    def chosen(self) -> tuple[dict[tuple[Any, ...], list[Result]], dict[str, set[str]]]:
        """Who enters each synthesis, and why the others do not."""
        groups, out = defaultdict(list), {}
        for result in self.results:
            if result.kept_out:
                out[result.id] = result.kept_out
            else:
                groups[result.outcome, result.comparator, result.conditions].append(result)
        for name_, group in groups.items():
            if any(r.randomised for r in group):
                out |= {r.id: {"kept-out-not-randomised"} for r in group if not r.randomised}
                group = [r for r in group if r.randomised]
            first: dict[frozenset[str], Result] = {}
            for result in sorted(group, key=lambda r: r.place):
                other = first.setdefault(self.book.same_people[result.study], result)
                if other is not result:
                    same = "study" if other.study == result.study else "people"
                    out[result.id] = {f"kept-out-same-{same}"}
            groups[name_] = sorted(first.values(), key=lambda r: r.study)
        return dict(groups), out

    @cached_property
    def answers(self) -> dict[tuple[Any, ...], Answer]:
        """Its syntheses."""
        ended = [planned for planned, overdue in self.awaited if overdue]
        return {
            name_: Answer(group, sum(ended), len(ended), len(self.awaited))
            for name_, group in self.chosen[0].items()
        }

    @cached_property
    def certainty(self) -> str:
        """The least certain of what decides."""
        levels = [a.certainty for a in self.answers.values() if a.decides]
        return max(levels, key=CERTAINTIES.index, default="")

    @cached_property
    def uncontrolled(self) -> dict[frozenset[str], tuple[str, str]]:
        """The studies without a comparison and their lines, one for each group of people."""
        found: dict[frozenset[str], tuple[str, str]] = {}
        for line in self.book.lines[self.claim]:
            study = self.book.one(line, "study")
            if self._place(line, study) == "uncontrolled":
                found.setdefault(self.book.same_people[study], (line, study))
        return found

    @cached_property
    def uncontrolled_people(self) -> int:
        """How many people they have."""
        counts = ("analysed", "randomised", "enrolled")
        return sum(
            self.book.first(line, "analysed") or self.book.first(study, *counts) or 0
            for line, study in self.uncontrolled.values()
        )

    def _place(self, line: str, study: str) -> str:
        """Say where a line stands: withdrawn, review, otherwise, uncontrolled, or nowhere."""
        book = self.book
        if book.is_retracted(study):
            return "withdrawn"
        groups = self.chosen[0].values()
        entered = {self.book.same_people[r.study] for group in groups for r in group}
        if book.same_people[study] in entered or not book.is_of_people(study):
            return ""
        if book.is_review(study):
            return "review"
        if book.axes([line]) & {"drug-axis", "dose-axis", "outcome-axis"}:
            return "otherwise"
        if not book.all(line, "restsOn"):
            return ""
        contrasts = {book.one(r, "contrast") for r in book.all(study, "result")}
        compared = contrasts & {"between-groups", "against-active-drug", "between-doses"}
        return (
            "otherwise" if compared or book.one(study, "design") in CONTROLLED else "uncontrolled"
        )

    @cached_property
    def word(self) -> str:
        """The status of the claim."""
        words = {a.word for a in self.answers.values() if a.decides}
        places = {
            self._place(line, study) for study, lines in self.lines_of.items() for line in lines
        }
        if self.harm:
            return self._harm_word(words, places)
        if words:
            return self._together(words)
        if self.answers:
            return "deciding-outcome-not-measured"
        if self.uncontrolled:
            few = self.uncontrolled_people < self.book.limit["case-report-people"]
            return "only-case-reports" if few else "only-uncontrolled"
        standing = [why for why in self.chosen[1].values() if "kept-out-retracted" not in why]
        if "otherwise" in places or standing:
            return "tested-otherwise"
        return "withdrawn" if "withdrawn" in places else "untested"

    @staticmethod
    def _together(words: set[str]) -> str:
        if len(words) == 1:
            return min(words)
        for sure, possible in (
            ("benefit-shown", "benefit-possible"),
            ("little-or-no-benefit", "little-or-no-benefit-possible"),
            ("harm-shown", "harm-possible"),
        ):
            if words == {sure, possible}:
                return possible
        return "outcomes-differ"

    def _harm_word(self, words: set[str], places: set[str]) -> str:
        rests = (r for line in self.book.lines[self.claim] for r in self.book.all(line, "restsOn"))
        if any(self.book.one(r, "type") == "warning" for r in rests):
            return "known-effect"
        if words:
            return min(words) if len(words) == 1 else "studies-disagree"
        if places & {"uncontrolled", "review", "otherwise"}:
            return "not-compared"
        return "withdrawn" if "withdrawn" in places else "untested"


@dataclass
class Mechanism:
    """A claim on a mechanism, a dose or a kind, worked out."""

    book: Book
    claim: str

    @cached_property
    def kind(self) -> str:
        """Its class."""
        kinds = ("MechanismClaim", "DosageClaim", "ClassificationClaim")
        return next(kind for kind in kinds if kind in self.book.all(self.claim, "class"))

    @cached_property
    def levels(self) -> dict[str, int]:
        """The level of each line: where and how it was measured."""
        if self.kind != "MechanismClaim":
            return {}
        lines = self.book.lines[self.claim]
        return {line: self._level(line) for line in lines if self._has_design(line)}

    def _has_design(self, line: str) -> bool:
        return bool(self.book.one(self.book.one(line, "study"), "design"))

    def _level(self, line: str) -> int:
        book, study = self.book, self.book.one(line, "study")
        design = book.one(study, "design")
        system = book.one(study, "system") or "human"
        results = book.all(line, "restsOn")
        measured = any(book.one(r, "outcome") != "not-an-outcome" for r in results)
        if not measured or (book.is_review(study) and design != "label-or-dosing-guide"):
            shown = 5
        elif design == "in-vitro-study" or system == "in-vitro":
            shown = 4
        elif design == "animal-study" or system != "human":
            shown = 4 if "dose-axis" in book.axes([line]) else 3
        else:
            direct = "dose-axis" not in book.axes([line])
            shown = 1 if direct and any(map(self._is_controlled, results)) else 2
        claimed = book.one(self.claim, "system") or "human"
        return max(shown, {"human": 1, "in-vitro": 4}.get(claimed, 3))

    def _is_controlled(self, result: str) -> bool:
        compared = ("between-groups", "against-active-drug", "between-doses")
        return self.book.one(result, "contrast") in compared or (
            self.book.one(result, "outcome") == "receptor-occupancy"
        )

    def set_aside(self, line: str) -> set[str]:
        """Return why a line does not count."""
        book, study = self.book, self.book.one(line, "study")
        axes, found = book.axes([line]), set()
        if "drug-axis" in axes:
            found.add("kept-out-other-drug")
        if "outcome-axis" in axes:
            found.add("kept-out-other-outcome")
        if "dose-axis" in axes and self.kind != "MechanismClaim":
            found.add("kept-out-other-dose")
        if book.is_retracted(study):
            found.add("kept-out-retracted")
        readings = self._readings(line)
        if readings and not readings - {"secondary-report", "title-only"}:
            reasons = {"secondary-report": "second-hand", "title-only": "title-only"}
            found |= {f"kept-out-{reasons[reading]}" for reading in readings}
        if any(map(self._is_repeated_by(line), book.lines[self.claim])):
            found.add("kept-out-same-people")
        return found

    def _readings(self, line: str) -> set[str]:
        book = self.book
        return {x for r in book.all(line, "restsOn") for x in book.all(r, "readAs")}

    def _is_repeated_by(self, line: str) -> Callable[[str], bool]:
        """Tell of a line whether it stands, and says of the same people what the line says."""
        book = self.book
        first = book.all(book.one(line, "study"), "analysisOf")

        def is_repeated(other: str) -> bool:
            study = book.one(other, "study")
            published = book.all(study, "publication")
            return (
                study in first
                and book.one(other, "direction") == book.one(line, "direction")
                and not book.axes([other]) & {"drug-axis", "outcome-axis", "dose-axis"}
                and bool(self._readings(other) - {"secondary-report", "title-only"})
                and not any(book.one(p, "retracted") == "true" for p in published)
            )

        return is_repeated

    def side(self, direction: str) -> list[str]:
        """Return the lines that count on one side."""
        return [
            line
            for line in self.book.lines[self.claim]
            if direction in self.book.all(line, "direction") and not self.set_aside(line)
        ]

    def level(self, direction: str) -> int | None:
        """Return the best level on one side."""
        ranks = [self.levels[line] for line in self.side(direction) if line in self.levels]
        return min(ranks, default=None)

    def chain(self) -> int | None:
        """Return the weakest step of the path that leads here, or None where it follows nothing."""
        if self.kind != "MechanismClaim" or not self.book.all(self.claim, "follows"):
            return None
        steps, new = {self.claim}, {self.claim}
        while new:
            new = {b for step in new for b in self.book.all(step, "follows")} - steps
            steps |= new
        return max(Mechanism(self.book, step).level("supports") or 5 for step in steps)

    @cached_property
    def is_in_dispute(self) -> bool:
        """Whether studies disagree on the group to which what is claimed belongs."""
        book = self.book
        groups, new = set[str](), {book.one(self.claim, "object")}
        while new:
            new = {g for one in new for g in book.all(one, "broader")} - groups
            groups |= new
        same = ("subject", "predicate", "system", "doseCategory")
        if not groups or not book.all(self.claim, "system"):
            return False
        return any(
            wider.side("supports") and wider.side("disputes")
            for claim, wider in mechanisms(book).items()
            if book.one(claim, "object") in groups
            and all(book.all(claim, part) == book.all(self.claim, part) for part in same)
        )

    @cached_property
    def word(self) -> str:
        """The status."""
        both, only_for, against, open_, none = (
            ("studies-disagree", "observed", "not-observed", "inferred-only", "untested")
            if self.kind == "MechanismClaim"
            else ("sources-disagree", "agreed", "contradicted", "stated-only", "stated-only")
        )
        lines = self.book.lines[self.claim]
        for_, disputing = self.side("supports"), self.side("disputes")
        if for_ and disputing:
            return both
        if for_:
            if self.level("supports") == 5:
                return open_
            return both if self.is_in_dispute else only_for
        if disputing:
            return against
        tried = [ln for ln, rank in self.levels.items() if rank < 5 and not self.set_aside(ln)]
        if tried:
            return "too-little-to-say"
        if any("kept-out-retracted" not in self.set_aside(line) for line in lines):
            return open_
        return "withdrawn" if lines else none


def _months(date: str) -> int:
    """Return a date in months; a year without a month is over at its end."""
    return 12 * int(date[:4]) + (int(date[5:7]) if len(date) > 4 else 12)


def claims(book: Book) -> dict[str, Claim]:
    """Return all claims on benefit and harm."""
    names = book.of("EfficacyClaim") + book.of("SafetyClaim")
    return {claim: Claim(book, claim) for claim in names}


def mechanisms(book: Book) -> dict[str, Mechanism]:
    """Return all claims on mechanisms, doses and kinds."""
    kinds = ("MechanismClaim", "DosageClaim", "ClassificationClaim")
    return {c: Mechanism(book, c) for kind in kinds for c in book.of(kind)}
