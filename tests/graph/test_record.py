"""What an answer adds to the graph, triple by triple, computed by hand from what two trials say.

Both trials of 400 people have an interval of 0.5 to each side, and so the error 0.5 / 1.959964 =
0.2551. Their pool is the mean, -1.5; its error is 0.2551 / √2 = 0.1804, and it reaches 0.5 / √2 =
0.3536 to each side. Q is 2 × 1.959964² = 7.6829, and I² (7.6829 - 1) / 7.6829 = 86.9841 %, a step
for inconsistency. The second was read in a secondary report only, another step.
"""

from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from support.made_up import Study, world

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, LDN, expand, shorten
from ldn_kg.graph.synthesis import DERIVED, synthesise

FIRST, SECOND = (
    Study(effect=(-2.0, -2.5, -1.5)),
    Study(effect=(-1.0, -1.5, -0.5), read_as="secondary-report"),
)
AWAITED = """
study:x a ldn:Study ; ldn:condition condition:c ; ldn:notReported ldnc:no-result-published ;
  ldn:planned 50 ; ldn:arm study:x-arm . study:x-arm ldn:drug drug:d .
"""
SERIES = Study(design="case-series", people=30, contrast="within-group", judged=False)
OTHER_DOSE = Study(effect=(-2.0, -2.5, -1.5), dose=50.0)
HARM = Study(type="adverse-event", symptom="s", on="harm", outcome="", counts=(60, 200, 30, 200))
SENTENCE = (
    "Pain intensity in illness: low certainty; may be better with examplone (1.5 points lower, −1.9"
    " to −1.1; 2 trials, 800 people)."
)


@cache
def _benefit() -> Dataset:
    return world(FIRST, SECOND, SERIES, OTHER_DOSE, more=AWAITED)


@cache
def _harm() -> Dataset:
    return world(HARM, claim="harm")


@cache
def _triples(dataset: Dataset) -> tuple[Triple, ...]:
    return tuple(synthesise(dataset))


def _about(dataset: Dataset, name: str) -> set[str]:
    """Return what the answers say of a record: properties with their values, in short."""
    return {
        f"{shorten(triple.predicate.value)} {_words(triple.object)}"
        for triple in _triples(dataset)
        if triple.subject == NamedNode(BASE + name)
    }


def _words(value: object) -> str:
    if isinstance(value, Literal):
        return value.value if value.language is None else f'"{value.value}"@{value.language}'
    assert isinstance(value, NamedNode)
    return shorten(value.value).removeprefix("ldnc:")


CLAIM = {
    "ldn:status benefit-possible",
    f'ldn:answer "{SENTENCE} Results awaited: 1 registered trial (50 people planned)."@en',
    "ldn:certainty low-certainty",
    "ldn:uncontrolledStudies 1",
    "ldn:uncontrolledParticipants 30",
    "ldn:awaitedTrials 1",
    "ldn:awaitedParticipants 50",
}
POOLED = {
    "ldn:effectMeasure mean-difference",
    "ldn:estimate -1.5",
    "ldn:ciLow -1.8536",
    "ldn:ciHigh -1.1464",
    "ldn:ciLevel 95.0",
    "ldn:iSquared 86.9841",
    "ldn:poolingModel common-effect-model",
    "ldn:pooledTrials 2",
    "ldn:pooledParticipants 800",
}
SYNTHESIS = {
    "rdf:type ldn:Synthesis",
    'rdfs:label "examplone against placebo: illness, pain intensity"@en',
    "ldn:synthesisOf claim:benefit",
    "ldn:outcome pain-intensity",
    "ldn:condition condition:c",
    "ldn:comparator placebo",
    "ldn:decides true",
    "ldn:trials 2",
    "ldn:participants 800",
    "ldn:leansToTreatment 2",
    "ldn:leansToComparator 0",
    "ldn:leanNotKnown 0",
    "ldn:finding finds-treatment-better",
    "ldn:size important-size",
    "ldn:certainty low-certainty",
    "ldn:certaintyIfAssessed low-certainty",
    "ldn:status benefit-possible",
    f'ldn:answer "{SENTENCE}"@en',
    "prov:used study:a-result",
    "prov:used study:b-result",
    *POOLED,
}
RATINGS = {
    "risk-of-bias": "rating no-concern 0",
    "inconsistency": "rating serious-concern 1",
    "indirectness": "rating no-concern 0",
    "imprecision": "rating no-concern 0",
    "publication-bias": "rating no-concern 0",
    "second-hand-reading": "rating serious-concern 1",
}


def test_a_claim() -> None:
    assert {
        said for said in _about(_benefit(), "claim/benefit") if said.startswith("ldn:")
    } >= CLAIM
    assert not [said for said in _about(_harm(), "claim/harm") if "awaited" in said.lower()]
    assert "ldn:certainty high-certainty" in _about(_harm(), "claim/harm")


def test_a_synthesis() -> None:
    found = _about(_benefit(), "synthesis/benefit-pain-intensity")
    ratings = {said for said in found if said.startswith("ldn:certaintyRating ")}
    assert found - ratings == SYNTHESIS
    assert {said.partition("pain-intensity-")[2] for said in ratings} == set(RATINGS)


@pytest.mark.parametrize("domain", RATINGS)
def test_a_rating(domain: str) -> None:
    found = _about(_benefit(), f"synthesis/benefit-pain-intensity-{domain}")
    _, rating, steps = RATINGS[domain].split()
    if domain == "publication-bias":  # a trial is awaited, and has not ended
        assert any("0 registered trials" in said for said in found)
    words = {said for said in found if said.startswith("dcterms:description ")}
    assert len(words) == 1
    assert found - words == {
        "rdf:type ldn:CertaintyRating",
        f"dcterms:type {domain}",
        f"ldn:rating {rating}",
        f"ldn:steps {steps}",
    }


def test_a_contribution() -> None:
    found = _about(_benefit(), "synthesis/benefit-pain-intensity-from-a-result")
    assert found == {
        "ldn:contributesTo synthesis:benefit-pain-intensity",
        "rdf:type ldn:Contribution",
        "ldn:consideredFor claim:benefit",
        "ldn:ofResult study:a-result",
        "ldn:study study:a",
        "ldn:participants 400",
        "ldn:lean leans-to-treatment",
        "ldn:finding finds-treatment-better",
        "ldn:effectMeasure mean-difference",
        "ldn:effect -2.0",
        "ldn:effectError 0.2551",
        "ldn:errorFrom error-from-interval",
        "ldn:estimate -2.0",
        "ldn:ciLow -2.5",
        "ldn:ciHigh -1.5",
        "ldn:weight 50.0",
    }


def test_what_was_kept_out() -> None:
    found = _about(_benefit(), "synthesis/benefit-without-d-result")
    assert found == {
        "rdf:type ldn:Contribution",
        "ldn:consideredFor claim:benefit",
        "ldn:ofResult study:d-result",
        "ldn:study study:d",
        "ldn:participants 400",
        "ldn:keptOut kept-out-other-dose",
    }


def test_the_same_without_what_was_read_second_hand() -> None:
    found = _about(_benefit(), "synthesis/benefit-pain-intensity-first-hand")
    assert found == {
        "ldn:sensitivityOf synthesis:benefit-pain-intensity",
        "rdf:type ldn:Synthesis",
        'rdfs:label "examplone against placebo: illness, pain intensity, without second-hand'
        ' readings"@en',
        "ldn:trials 1",
        "ldn:participants 400",
        "ldn:leansToTreatment 1",
        "ldn:leansToComparator 0",
        "ldn:leanNotKnown 0",
        "ldn:pooledTrials 1",
        "ldn:pooledParticipants 400",
        "ldn:effectMeasure mean-difference",
        "ldn:estimate -2.0",
        "ldn:ciLow -2.5",
        "ldn:ciHigh -1.5",
        "ldn:ciLevel 95.0",
        "ldn:finding finds-treatment-better",
    }
    alone = world(SECOND)
    assert _about(alone, "synthesis/benefit-pain-intensity")
    assert not _about(alone, "synthesis/benefit-pain-intensity-first-hand")


def test_a_harm() -> None:
    """60 of 200 against 30: the ratio is 2, its logarithm 0.6931 and the error of that 0.2.

    The limits are 2 / exp(1.959964 × 0.2) = 1.3514 and 2 × exp(1.959964 × 0.2) = 2.9599.
    """
    found = _about(_harm(), "synthesis/harm")
    assert found >= {
        'rdfs:label "examplone against placebo: harm"@en',
        "ldn:symptom symptom:s",
        "ldn:decides true",
        "ldn:events 90",
        "ldn:effectMeasure risk-ratio",
        "ldn:estimate 2.0",
        "ldn:ciLow 1.3514",
        "ldn:ciHigh 2.9599",
        "ldn:pooledTrials 1",
        "ldn:perThousandWithout 150",
        "ldn:perThousandWith 300",
        "ldn:perThousandWithLow 203",
        "ldn:perThousandWithHigh 444",
        "ldn:status more-often",
    }
    assert not [
        said for said in found if said.startswith(("ldn:outcome", "ldn:iSq", "ldn:pooling"))
    ]
    assert _about(_harm(), "synthesis/harm-from-a-result") >= {
        "ldn:effect 0.6931",
        "ldn:effectError 0.2",
        "ldn:errorFrom error-from-counts",
        "ldn:estimate 2.0",
        "ldn:ciLow 1.3514",
        "ldn:ciHigh 2.9599",
        "ldn:lean leans-to-comparator",
        "ldn:weight 100.0",
    }


def test_three_trials_have_random_effects() -> None:
    """-1, -2 and -3 with the error 0.5: Q is 8, I² 75 %, and τ² is 1 - 0.25 = 0.75."""
    reach = 1.959964 * 0.5
    studies = [
        Study(effect=(-value, round(-value - reach, 6), round(-value + reach, 6)))
        for value in (1.0, 2.0, 3.0)
    ]
    found = _about(world(*studies), "synthesis/benefit-pain-intensity")
    assert {"ldn:poolingModel random-effects-model", "ldn:iSquared 75.0"} <= found
    assert {"ldn:tauSquared 0.75", "ldn:estimate -2.0", "ldn:pooledTrials 3"} <= found


def test_the_name_says_against_what_unless_it_is_placebo() -> None:
    other = world(Study(effect=(-2.0, -2.5, -1.5), comparator="no-treatment"))
    assert _about(other, "synthesis/benefit-pain-intensity-against-no-treatment")


TYPED_TOO = set(
    """
    ldn:ciHigh ldn:ciLevel ldn:ciLow ldn:condition ldn:direction ldn:effectMeasure ldn:estimate
    ldn:iSquared ldn:outcome ldn:poolingModel ldn:study ldn:symptom
    """.split()
)


def test_what_only_answers_may_say_is_listed() -> None:
    """Each property of ours that they use, but those that records also have typed."""
    studies = (FIRST, SECOND, SERIES, OTHER_DOSE, HARM)
    dataset = world(*studies, Study(effect=(-3.0, -3.5, -2.5)), more=AWAITED)
    used = {triple.predicate.value for triple in synthesise(dataset)}
    ours = {shorten(name) for name in used if name.startswith(LDN)}
    assert ours - TYPED_TOO == set(DERIVED)
    assert expand("ldn:status") in used
