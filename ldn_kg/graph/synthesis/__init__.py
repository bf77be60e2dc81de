"""Answers by outcome: who enters, what they show together, and how certain that is.

From the top: `answers` asks each claim on benefit or harm; `synthesis` chooses who enters and pools
them; `candidates` finds the results and `effects` their sizes; `certainty` and `size` judge;
`words` makes the sentence and `record` the triples. `pooling` and `student` are plain statistics.
`docs/grading.md` tells it with a worked example.
"""

from collections.abc import Iterator

from pyoxigraph import Triple

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.synthesis.answers import answer
from ldn_kg.graph.synthesis.facts import Facts, questions
from ldn_kg.graph.synthesis.record import triples

# What only the answers may say; the other properties that they use are also typed elsewhere.
DERIVED = (
    "ldn:answer",
    "ldn:awaitedParticipants",
    "ldn:awaitedTrials",
    "ldn:certainty",
    "ldn:certaintyIfAssessed",
    "ldn:certaintyRating",
    "ldn:comparator",
    "ldn:consideredFor",
    "ldn:contributesTo",
    "ldn:decides",
    "ldn:effect",
    "ldn:effectError",
    "ldn:errorFrom",
    "ldn:events",
    "ldn:finding",
    "ldn:keptOut",
    "ldn:lean",
    "ldn:leanNotKnown",
    "ldn:leansToComparator",
    "ldn:leansToTreatment",
    "ldn:ofResult",
    "ldn:participants",
    "ldn:perThousandWith",
    "ldn:perThousandWithHigh",
    "ldn:perThousandWithLow",
    "ldn:perThousandWithout",
    "ldn:pooledParticipants",
    "ldn:pooledTrials",
    "ldn:rating",
    "ldn:sensitivityOf",
    "ldn:setAside",
    "ldn:size",
    "ldn:status",
    "ldn:steps",
    "ldn:synthesisOf",
    "ldn:tauSquared",
    "ldn:trials",
    "ldn:uncontrolledParticipants",
    "ldn:uncontrolledStudies",
    "ldn:weight",
)


def synthesise(dataset: Dataset) -> Iterator[Triple]:
    """Yield what the answers to all claims on benefit and harm add to the derived graph."""
    facts = Facts(dataset)
    for question in questions(facts):
        yield from triples(facts, answer(facts, question))
