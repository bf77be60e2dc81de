"""A synthesis: the comparable results on one outcome, what they amount to, and the doubts.

Who enters, in short: results of people that compare groups, at the drug and dose of the claim;
one for each study, one for each group of people; randomised before others. Reviews and uncontrolled
studies never enter.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from ldn_kg.graph.synthesis.effects import Estimate, estimate, lean
from ldn_kg.graph.synthesis.facts import Candidate, Facts, Question
from ldn_kg.graph.synthesis.pooling import Pool, pool

_RANKS = {"primary-outcome": 0}
_SETS = {"intention-to-treat": 0, "": 1, "per-protocol": 2}
_READINGS = {
    "full-text": 0,
    "article-page": 1,
    "abstract": 1,
    "registry-record": 2,
    "label": 2,
    "table-of-another-paper": 2,
    "secondary-report": 3,
    "title-only": 3,
}


class Entry(NamedTuple):
    """A candidate with its effect, and the reason for which it is kept out, if any."""

    candidate: Candidate
    estimate: Estimate | None
    lean: int
    kept_out: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """How many people it compares; 0 where nobody said."""
        return self.candidate.people or 0


@dataclass(frozen=True)
class Synthesis:
    """What the results that enter on one outcome and against one comparator say together.

    `condition` names the conditions of the people, "" for a harm: harms are a question on the
    treatment and are put together whatever people have, benefits never.
    """

    question: Question
    outcome: str
    comparator: str
    entries: tuple[Entry, ...]
    condition: str = ""

    @property
    def trials(self) -> int:
        """How many studies enter."""
        return len(self.entries)

    @property
    def people(self) -> int:
        """How many people were compared, each once."""
        return sum(entry.people for entry in self.entries)

    @property
    def randomised(self) -> bool:
        """True where the studies that enter are randomised."""
        return all(entry.candidate.randomised for entry in self.entries)

    @cached_property
    def pooled(self) -> tuple[Entry, ...]:
        """The entries that can be pooled: the largest set on one scale, by studies, then people."""
        sets: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.estimate:
                sets[entry.estimate.key].append(entry)
        if not sets:
            return ()
        best = max(sets, key=lambda k: (len(sets[k]), sum(e.people for e in sets[k]), k))
        return tuple(sets[best])

    @cached_property
    def pool(self) -> Pool | None:
        """The pool of two or more effects."""
        effects = [e.estimate.effect for e in self.pooled if e.estimate]
        return pool(effects) if len(effects) > 1 else None

    @property
    def scale(self) -> Estimate | None:
        """An estimate that says on which scale the effect is, or None where there is none."""
        return self.pooled[0].estimate if self.pooled else None

    @property
    def effect(self) -> tuple[float, float, float] | None:
        """The effect with its 95 % limits as it is pooled, or None where there is none."""
        if self.pool:
            return self.pool.value, self.pool.low, self.pool.high
        if not self.scale:
            return None
        return (self.scale.effect.value, *self.scale.effect.interval())

    @property
    def better(self) -> str:
        """Which way is better on the scale of the effect."""
        return self.pooled[0].candidate.better if self.pooled else ""

    def leaning(self, side: int) -> int:
        """Return how many studies lean to the treatment (1), the comparator (-1) or unknown (0)."""
        return sum(entry.lean == side for entry in self.entries)

    @property
    def pooled_people(self) -> int:
        """How many people stand behind the effect."""
        return sum(entry.people for entry in self.pooled)

    @property
    def events(self) -> int | None:
        """How many people had the event, where every study said so."""
        counts = [(e.candidate.treatment.events, e.candidate.control.events) for e in self.entries]
        if any(None in pair for pair in counts):
            return None
        return sum((a or 0) + (b or 0) for a, b in counts)

    @property
    def second_hand(self) -> bool:
        """True where a result that enters was read in a secondary report only."""
        return any(entry.candidate.second_hand for entry in self.entries)

    def of(self, entry: Entry) -> "Synthesis":
        """Return the same with one entry alone."""
        return replace(self, entries=(entry,))

    def share(self, entry: Entry) -> float:
        """Return the weight of an entry in the pool: of all 1, and so of one alone."""
        return self.pool.shares[self.pooled.index(entry)] if self.pool else 1.0

    def first_hand(self) -> "Synthesis":
        """Return the same without what was read in a secondary report only."""
        kept = tuple(e for e in self.entries if not e.candidate.second_hand)
        return replace(self, entries=kept)


def syntheses(
    facts: Facts, question: Question, candidates: Iterable[Candidate]
) -> tuple[list[Synthesis], list[Entry]]:
    """Return the syntheses of a question, and the entries that are kept out of them."""
    groups: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    out: list[Entry] = []
    greatest_p = facts.thresholds["greatest-usable-p"]
    for candidate in candidates:
        doubts = tuple(dict.fromkeys(candidate.doubts))
        entry = Entry(candidate, estimate(candidate, greatest_p), lean(candidate), doubts)
        if entry.kept_out:
            out.append(entry)
        else:
            condition = "" if question.harm else candidate.condition
            groups[candidate.outcome, candidate.comparator, condition].append(entry)
    found = []
    for (outcome, comparator, condition), entries in sorted(groups.items()):
        chosen, rest = choose(facts, entries)
        out += rest
        found.append(Synthesis(question, outcome, comparator, tuple(chosen), condition))
    return found, out


def choose(facts: Facts, entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return one entry for each group of people, and the others with the reason.

    Randomised comparisons stand before others; of each group of people and of each study the first
    by the published order.
    """
    out: list[Entry] = []
    if any(entry.candidate.randomised for entry in entries):
        out += [_out(e, "kept-out-not-randomised") for e in entries if not e.candidate.randomised]
        entries = [entry for entry in entries if entry.candidate.randomised]
    chosen: dict[str, Entry] = {}
    for entry in sorted(entries, key=order):
        people = facts.people(entry.candidate.study)
        first = chosen.setdefault(people, entry)
        if first is not entry:
            same = first.candidate.study == entry.candidate.study
            out.append(_out(entry, "kept-out-same-study" if same else "kept-out-same-people"))
    return sorted(chosen.values(), key=lambda e: e.candidate.study), out


def order(entry: Entry) -> tuple[object, ...]:
    """Return the place of a result among those of the same people; the least comes first.

    The main report before an analysis of it; the primary outcome; intention to treat; the end of
    the treatment; an interval before a p value before values alone; the better reading.
    """
    c = entry.candidate
    return (
        not c.randomised,
        c.again,
        _RANKS.get(c.rank, 1),
        _SETS.get(c.analysis_set, 1),
        -c.days,
        _precision(entry),
        min((_READINGS.get(reading, 3) for reading in c.readings), default=3),
        c.result,
    )


def _precision(entry: Entry) -> int:
    if entry.estimate:
        return 1 if entry.estimate.error_from == "error-from-p" else 0
    return 2 if entry.lean else 3


def _out(entry: Entry, reason: str) -> Entry:
    return entry._replace(kept_out=(reason,))
