"""The answer on a condition, a symptom or a harm, with its summary of findings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import expand, shorten
from ldn_kg.graph.synthesis import words
from ldn_kg.graph.synthesis.answers import Answer
from ldn_kg.graph.synthesis.answers import answer as answer_question
from ldn_kg.graph.synthesis.candidates import participants
from ldn_kg.graph.synthesis.effects import RATIOS
from ldn_kg.graph.synthesis.facts import Facts, Question, questions, term
from ldn_kg.graph.synthesis.size import TREATMENT
from ldn_kg.graph.synthesis.size import finding as found_by
from ldn_kg.read.findings import Finding, finding, in_order

NOT_ADVICE = "Not medical advice. Certainty by rule, after GRADE; not GRADE itself."


class Trial(NamedTuple):
    """A study that entered, with its dose, its people and what it found on what decides.

    `daily` are the least and greatest doses a day in mg of the treated arms, where both are known.
    """

    iri: str
    label: str
    dose: str
    daily: tuple[tuple[float, float], ...]
    duration: str
    participants: int | None
    found_benefit: bool


@dataclass(frozen=True)  # as agents get it: with the names of its fields
class Awaited:
    """A registered study without a published result."""

    iri: str
    label: str
    identifiers: tuple[str, ...]
    planned: int | None
    state: str
    ends: str


class Beside(NamedTuple):
    """A study that stands beside the answer, and why."""

    iri: str
    label: str
    kind: str
    dose: str
    participants: int | None


class Published(NamedTuple):
    """A pooled value that a review published, as printed, and what it has of our studies.

    `includes` are studies of ours that it includes, by its own words or very likely; `newer` are
    studies that enter our synthesis and are newer than its search, where its date is known.
    """

    iri: str
    label: str
    outcome: str
    measure: str
    is_ratio: bool
    estimate: float
    low: float
    high: float
    searched: str
    includes: tuple[str, ...]
    newer: tuple[str, ...]


class ClaimAnswer(NamedTuple):
    """What can be said on one claim: its sentence first, then all that it rests on.

    `about` is the condition or harm, `drug` and `dose` are the treatment: IRIs, "" for any dose.
    """

    iri: str
    label: str
    about: str
    drug: str
    dose: str
    sentence: str
    status: str
    certainty: str
    subject: str
    is_harm: bool
    findings: tuple[Finding, ...]
    trials: tuple[Trial, ...]
    awaited: tuple[Awaited, ...]
    published: tuple[Published, ...]
    beside: tuple[Beside, ...]

    @property
    def deciding(self) -> tuple[Finding, ...]:
        """The findings on the outcomes that decide."""
        return tuple(finding for finding in self.findings if finding.decides)


class Summary(NamedTuple):
    """The answers on a condition, a symptom or a harm, and the harms of the treatments asked about.

    `str()` gives the page that `ldn-kg answer` prints.
    """

    iri: str
    label: str
    answers: tuple[ClaimAnswer, ...]
    harms: tuple[ClaimAnswer, ...]

    def __str__(self) -> str:
        """Return the summary as a page of 80 columns."""
        from ldn_kg.read.summary_page import page

        return page(self)


def answer(dataset: Dataset, name: str) -> Summary:
    """Return what is known on a condition, a symptom, a harm or a claim, by any of its names.

    Certainty is by published rules, after GRADE and Pollock 2016; it is not GRADE, which needs
    judges. Raises LdnKgError where the name means nothing that a claim on benefit or harm is about.
    """
    expect_dataset(dataset)
    record = dataset.find(name, kind="condition", strict=False).value
    facts = Facts(dataset, few=True)
    asked = [q for q in questions(facts) if record in map(expand, (q.claim, q.about))]
    if not asked:
        raise LdnKgError(_nothing(dataset, record))
    answers = tuple(claim_answer(facts, answer_question(facts, question)) for question in asked)
    harms = tuple(_harms(facts, asked))
    return Summary(record, _label(dataset, record), answers, harms)


def _label(dataset: Dataset, record: str) -> str:
    return dataset.label(NamedNode(record))


def _nothing(dataset: Dataset, record: str) -> str:
    return (
        f"No claim on benefit or harm is about {shorten(record)}. `ldn-kg query claims` lists what"
        f" there is; `ldn-kg show {shorten(record)}` tells of the record."
    )


def _harms(facts: Facts, asked: Iterable[Question]) -> Iterator[ClaimAnswer]:
    """Yield the answers on the harms of the treatments that are asked about, unless harms are."""
    treatments = {(q.drug, q.dose) for q in asked if not q.harm}
    for question in questions(facts):
        if question.harm and (question.drug, question.dose) in treatments:
            yield claim_answer(facts, answer_question(facts, question))


def claim_answer(facts: Facts, found: Answer) -> ClaimAnswer:
    """Return an answer of the synthesis in words."""
    question = found.question
    return ClaimAnswer(
        iri=_iri(question.claim),
        label=facts.label(question.claim),
        about=_iri(question.about),
        drug=_iri(question.drug),
        dose=_iri(question.dose),
        sentence=words.claim_sentence(facts, found),
        status=facts.label(found.word),
        certainty=facts.label(f"{found.certainty}-certainty") if found.certainty else "",
        subject=words.about(facts, question),
        is_harm=question.harm,
        findings=tuple(finding(facts, graded) for graded in in_order(found.graded)),
        trials=tuple(_trials(facts, found)),
        awaited=tuple(_awaited(facts, found)),
        published=tuple(_published(facts, found)),
        beside=tuple(_beside(facts, found)),
    )


def _iri(name: str) -> str:
    """Return the IRI of what the facts name, "" for nothing."""
    return term(name).value if name else ""


def _trials(facts: Facts, found: Answer) -> Iterator[Trial]:
    """Yield the studies that entered on an outcome that decides, each once, by name."""
    entered: dict[str, tuple[int | None, bool]] = {}
    for graded in found.deciding:
        for entry in graded.synthesis.entries:
            study = entry.candidate.study
            people, benefit = entered.get(study, (None, False))
            benefit |= found_by(facts, graded.synthesis.of(entry)) == TREATMENT
            entered[study] = (max(people or 0, entry.people) or None, benefit)
    for study, (people, benefit) in sorted(entered.items()):
        doses, durations = _treatment(facts, study)
        daily = tuple(_daily(facts, study))
        yield Trial(_iri(study), facts.label(study), doses, daily, durations, people, benefit)


def _treatment(facts: Facts, study: str) -> tuple[str, str]:
    """Return the doses and durations of the treated arms in words."""
    doses, durations = [], []
    for arm in _treated(facts, study):
        parts = [
            facts.label(facts.one(arm, name))
            for name in ("dose", "frequency")
            if facts.one(arm, name)
        ]
        doses.append(" ".join(parts))
        if facts.one(arm, "duration"):
            durations.append(facts.label(facts.one(arm, "duration")))
    return _or(doses), _or(durations)


def _treated(facts: Facts, study: str) -> list[str]:
    arms = facts.many(study, "arm")
    return [arm for arm in arms if facts.one(arm, "dcterms:type") == "experimental-arm"]


def _daily(facts: Facts, study: str) -> Iterator[tuple[float, float]]:
    for arm in _treated(facts, study):
        least, most = (facts.number(arm, f"dailyDose{end}") for end in ("Min", "Max"))
        if least is not None and most is not None:
            yield least, most


def _or(values: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(filter(None, values)))


def _awaited(facts: Facts, found: Answer) -> Iterator[Awaited]:
    for trial in found.awaited:
        state = facts.one(trial.study, "recruitment")
        yield Awaited(
            _iri(trial.study),
            facts.label(trial.study),
            tuple(facts.many(trial.study, "schema:identifier")),
            trial.planned,
            facts.label(state) if state else "",
            facts.one(trial.study, "ends"),
        )


def _published(facts: Facts, found: Answer) -> Iterator[Published]:
    """Yield the published syntheses, the newest search first."""
    for pooled in sorted(
        found.beside.published, key=lambda p: facts.one(p.study, "searchedOn"), reverse=True
    ):
        searched = facts.one(pooled.study, "searchedOn")
        included = {
            study
            for name in ("includes", "probablyIncludes")
            for study in facts.many(pooled.study, name)
        }
        outcome = facts.one(pooled.result, "outcome") or found.question.about
        ours = {
            entry.candidate.study
            for graded in found.graded
            for entry in graded.synthesis.entries
            if graded.synthesis.outcome == outcome
        }
        newer = [
            study for study in ours - included if searched and _year(facts, study) > searched[:4]
        ]
        yield Published(
            _iri(pooled.study),
            facts.label(pooled.study),
            facts.label(pooled.result),
            facts.label(pooled.measure),
            pooled.measure in RATIOS,
            pooled.estimate,
            pooled.low,
            pooled.high,
            searched,
            tuple(sorted(map(facts.label, included))),
            tuple(sorted(map(facts.label, newer))),
        )


def _year(facts: Facts, study: str) -> str:
    """Return the year of the first publication of a study, or "" where none is known."""
    papers = facts.many(study, "publication")
    return min(filter(None, (facts.one(p, "dcterms:issued")[:4] for p in papers)), default="")


def _beside(facts: Facts, found: Answer) -> Iterator[Beside]:
    groups = (
        ("without a comparison", found.beside.uncontrolled),
        ("studied otherwise", found.beside.otherwise),
        ("review or label", found.beside.reviews),
        ("retracted", found.beside.withdrawn),
    )
    for kind, studies in groups:
        for study in dict.fromkeys(studies):
            dose, _ = _treatment(facts, study)
            people = participants(facts, study)
            yield Beside(_iri(study), facts.label(study), kind, dose, people)
