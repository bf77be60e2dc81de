"""How an answer is made, on one example with all its numbers, and the rules behind it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.findings import Entered, Finding
from ldn_kg.read.summary import ClaimAnswer

_LIST = """
SELECT ?concept ?label ?words ?value ?source
WHERE {
  ?concept skos:inScheme %s ; skos:prefLabel ?label ; skos:definition ?words .
  OPTIONAL { ?concept schema:value ?value }
  OPTIONAL { ?concept dcterms:bibliographicCitation ?source }
}
ORDER BY ?label
"""
_Z = 1.96  # standard errors from the middle of a 95 % interval to its end


class Weighed(NamedTuple):
    """A study in a pool: its effect and interval, and the standard error and weight from these."""

    iri: str
    label: str
    effect: float
    low: float
    high: float
    error: float
    weight: float
    share: float


def example(answers: Iterable[ClaimAnswer]) -> tuple[ClaimAnswer, Finding] | None:
    """Return the answer with the pooled difference of most people, and that finding.

    Ratios, and pools of random effects, are harder to follow.
    """
    pooled = [
        (answer, finding)
        for answer in answers
        for finding in answer.deciding
        if finding.pooled_trials > 1 and not finding.is_ratio and not answer.is_harm
        if _is_plain(finding)
    ]
    return max(pooled, key=_people, default=None)


def _is_plain(finding: Finding) -> bool:
    """Say whether the shares follow from the intervals alone, as they do in a common effect."""
    studies = weighed(finding)
    total = sum(study.weight for study in studies)
    return all(abs(study.share - 100 * study.weight / total) < 1 for study in studies)


def _people(pair: tuple[ClaimAnswer, Finding]) -> tuple[int, bool, str]:
    answer, finding = pair
    # Of one finding in two answers, the narrower question.
    return finding.participants or 0, not finding.condition, answer.iri


def weighed(finding: Finding) -> list[Weighed]:
    """Return the pooled studies of a finding, with what their weights follow from."""
    return list(_weighed(study for study in finding.studies if study.weight is not None))


def _weighed(studies: Iterable[Entered]) -> Iterator[Weighed]:
    for study in studies:
        if study.estimate is not None and study.low is not None and study.high is not None:
            error = (study.high - study.low) / (2 * _Z)
            yield Weighed(
                study.study,
                study.label,
                study.estimate,
                study.low,
                study.high,
                error,
                1 / error**2,
                study.weight or 0.0,
            )


def concepts(dataset: Dataset, scheme: str) -> list[dict[str, str]]:
    """Return the concepts of a scheme such as "ldnc:statuses".

    The keys are `concept` (IRI), `label`, `words` (its definition), `value` and `source`.
    """
    return dataset.rows(_LIST % scheme)
