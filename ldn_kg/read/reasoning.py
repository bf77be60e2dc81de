"""How a claim came to its status, as steps to read: what entered, what was kept out, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.explanation import path_to, wider_claims
from ldn_kg.read.findings import Finding
from ldn_kg.read.mechanisms import Mechanism, levels
from ldn_kg.read.summary import ClaimAnswer

_KEPT_OUT = """
SELECT ?part ?study ?who ?result ?why
WHERE {
  ?part ldn:consideredFor ?claim ; ldn:keptOut/skos:prefLabel ?why ; ldn:study ?study ;
    ldn:ofResult/rdfs:label ?result .
  ?study rdfs:label ?who .
}
ORDER BY ?who ?result ?part ?why
"""
_STARTS = """
SELECT ?status ?meaning
WHERE { ?claim ldn:status [ skos:prefLabel ?status ; skos:definition ?meaning ] }
"""
_STEP_DOWN = ("no step", "1 step", "2 steps", "3 steps")


class Point(NamedTuple):
    """A line under a step: a link, and what is said of it; each may be missing."""

    words: str
    name: str = ""
    iri: str = ""


class Step(NamedTuple):
    """A step of the reasoning: what it does in a few words, what came out, and by what."""

    title: str
    words: str
    points: tuple[Point, ...] = ()


class KeptOut(NamedTuple):
    """A result that is kept out of the syntheses of a claim, and why."""

    iri: str
    study: str
    who: str
    result: str
    why: tuple[str, ...]


def kept_out(dataset: Dataset, claim: str) -> list[KeptOut]:
    """Return the results that are kept out of the syntheses of a claim, by study."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in dataset.rows(_KEPT_OUT, claim=NamedNode(claim)):
        rows.setdefault(row["part"], []).append(row)
    return [
        KeptOut(
            part,
            several[0]["study"],
            several[0]["who"],
            several[0]["result"],
            tuple(row["why"] for row in several),
        )
        for part, several in rows.items()
    ]


def of_answer(answer: ClaimAnswer, out: Iterable[KeptOut]) -> list[Step]:
    """Return the steps to the answer on a benefit or a harm."""
    steps = [_question(answer), _entered(answer), *_left_out(list(out))]
    for finding in answer.deciding:
        steps += [_together(finding), _certainty(finding)]
    return [*steps, *_beside(answer), _so(answer)]


def _question(answer: ClaimAnswer) -> Step:
    if answer.is_harm:
        return Step("What decides", "how often it came with the treatment, and without it.")
    points = tuple(
        Point(f"against {each.comparator}", each.name, each.iri) for each in answer.deciding
    )
    words = "these outcomes, in trials that compared them." if points else ""
    return Step("What decides", words or "no outcome that decides was compared.", points)


def _entered(answer: ClaimAnswer) -> Step:
    entered = {s.study: s.label for f in answer.findings for s in f.studies}
    results = sum(len(finding.studies) for finding in answer.findings)
    points = tuple(Point("", label, study) for study, label in sorted(entered.items()))
    words = f"{_count(results, 'result')} of {_count(len(entered), 'study')}."
    return Step("What enters", words if entered else "no result.", points)


def _left_out(out: list[KeptOut]) -> Iterator[Step]:
    if out:
        reasons = Counter(why for each in out for why in each.why)
        points = tuple(Point(f"{why}: {number}") for why, number in reasons.most_common())
        yield Step("What is kept out", f"{_count(len(out), 'result')}, for these reasons.", points)


def _together(finding: Finding) -> Step:
    points = [Point(f"{finding.effect}.")]
    if finding.important:
        limits = "; ".join(each.source for each in finding.important)
        points.append(Point(f"Smallest that matters: {limits}. This effect: {finding.size}."))
    pooled = (
        f"{finding.pooled_trials} of {_count(finding.trials, 'trial')} pooled"
        if finding.pooled_trials > 1
        else _count(finding.trials, "trial")
    )
    people = f", {finding.participants} people" if finding.participants else ""
    words = f"{pooled}{people}: {finding.found}."
    return Step(f"{_capital(finding.name)}, put together", words, tuple(points))


def _certainty(finding: Finding) -> Step:
    lowered = [domain for domain in finding.domains if domain.steps]
    points = tuple(
        Point(f"{_capital(d.name)}: {_STEP_DOWN[min(d.steps, 3)]} down, {d.rating}. {d.facts}")
        for d in lowered
    )
    kept = ", ".join(domain.name for domain in finding.domains if not domain.steps)
    if kept:
        points = (*points, Point(f"No step down: {kept}."))
    return Step(f"{_capital(finding.name)}, how sure", f"{finding.certainty} certainty.", points)


def _beside(answer: ClaimAnswer) -> Iterator[Step]:
    kinds = Counter(each.kind for each in answer.beside)
    if kinds or answer.published:
        points = [Point(f"{kind}: {number}") for kind, number in kinds.items()]
        if answer.published:
            points.append(Point(f"pooled values of published reviews: {len(answer.published)}"))
        yield Step("What stands beside", "shown, neither for nor against.", tuple(points))


def _so(answer: ClaimAnswer) -> Step:
    points = [Point(each.status, each.name, each.iri) for each in answer.deciding]
    certainty = f" Its certainty is {answer.certainty}." if answer.certainty else ""
    if answer.certainty and len(answer.deciding) > 1:
        least = "that of the least certain outcome that decides"
        certainty = f" Its certainty, {answer.certainty}, is {least}."
    return Step("So the answer is", f"{answer.status}.{certainty}", tuple(points))


def of_claim(dataset: Dataset, claim: str, mechanism: Mechanism | None) -> list[Step]:
    """Return the steps to the status of a claim on a mechanism, a dose or a kind."""
    rows = dataset.rows(_STARTS, claim=NamedNode(claim))
    steps = list(_of_mechanism(dataset, mechanism)) if mechanism else []
    follows = tuple(
        Point(f"level {row['level'] or 'none'}", row["words"], row["step"])
        for row in path_to(dataset, NamedNode(claim))
    )
    if follows:
        chain = mechanism.chain if mechanism else ""
        steps.append(Step("The path to it", f"as strong as its weakest step: {chain}.", follows))
    return [*steps, *(Step("So it is", f"{r['status']}. {r['meaning']}") for r in rows)]


def _of_mechanism(dataset: Dataset, mechanism: Mechanism) -> Iterator[Step]:
    meanings = levels(dataset)
    counted = [each for each in mechanism.exposures if each.counts]
    if not mechanism.exposures:
        yield Step("What was looked at", "no study bears on it.")
        return
    points = tuple(
        Point(", ".join(filter(None, (e.said, e.level, *e.doses))), e.who, e.study) for e in counted
    )
    aside = len(mechanism.exposures) - len(counted)
    more = f" {_count(aside, 'study')} set aside." if aside else ""
    yield Step("What was looked at", f"{_count(len(counted), 'study')} counted.{more}", points)
    sides = [
        _side(*numbers)
        for numbers in zip(
            ("for it", "against it"),
            mechanism.studies,
            mechanism.groups,
            mechanism.ungrouped,
            strict=True,
        )
    ]
    yield Step("Independent groups", "; ".join(sides) + ".")
    if mechanism.status == "studies disagree" and not mechanism.studies[1]:
        wider = tuple(
            Point("", row["words"], row["wider"])
            for row in wider_claims(dataset, NamedNode(mechanism.claim))
        )
        yield Step("Its group", "studies disagree on it, and this claim stands no firmer.", wider)
    for title, level in (("for it", mechanism.level), ("against it", mechanism.counter_level)):
        if level:
            yield Step(f"The best measurement {title}", f"level {level}. {meanings[level]}")


def _side(side: str, studies: int, groups: int, ungrouped: int) -> str:
    if not studies:
        return f"none {side}"
    known = f"{_count(groups, 'group')} {side}"
    return f"{known}, and {_count(ungrouped, 'study')} of no known group" if ungrouped else known


def _count(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number} {'studies' if noun == 'study' else f'{noun}s'}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
