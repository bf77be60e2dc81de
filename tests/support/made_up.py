"""A small made-up world beside the ontology: one claim, and studies that say one thing each.

The condition is decided by pain, on a scale where less is better and 1 point matters.
"""

from dataclasses import dataclass
from functools import cache

from pyoxigraph import Quad, RdfFormat, Store, parse

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS, ROOT, files, quads
from ldn_kg.graph.namespaces import BASE, PREFIXES
from ldn_kg.graph.rules import derive
from ldn_kg.graph.synthesis.facts import Candidate, Facts, Question, Side

HEAD = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(PREFIXES.items()))
WORLD = """
condition:c a ldn:Condition ; rdfs:label "illness"@en ; ldn:criticalOutcome ldnc:pain-intensity .
condition:two a ldn:Condition ; rdfs:label "two"@en ;
  ldn:criticalOutcome ldnc:pain-intensity, ldnc:fatigue-severity .
symptom:s a ldn:Symptom ; rdfs:label "harm"@en .
drug:d a ldn:Drug ; rdfs:label "examplone"@en .
target:group a ldn:Target ; rdfs:label "peptides"@en .
target:one a ldn:Target ; rdfs:label "peptide"@en ; skos:broader target:group .
instrument:i a ldn:Instrument ; rdfs:label "scale"@en ; ldn:better ldnc:lower-is-better ;
  ldn:importantDifference instrument:i-1 .
instrument:i-1 a ldn:ImportantDifference ; rdfs:label "1 point"@en ; schema:value 1.0 ;
  schema:unitText "points" ; ldn:condition condition:c, condition:two .
"""
CLAIMS = {
    "benefit": "a ldn:EfficacyClaim ; rdf:object condition:c ; ldn:doseCategory ldnc:low-dose",
    "two": "a ldn:EfficacyClaim ; rdf:object condition:two ; ldn:doseCategory ldnc:low-dose",
    "harm": "a ldn:SafetyClaim ; rdf:object symptom:s ; ldn:doseCategory ldnc:low-dose",
    "mechanism": "a ldn:MechanismClaim ; rdf:object target:one ; ldn:system ldnc:human",
    "group": "a ldn:MechanismClaim ; rdf:object target:group ; ldn:system ldnc:human",
    "cells": "a ldn:MechanismClaim ; rdf:object target:one ; ldn:system ldnc:in-vitro",
    "dosage": "a ldn:DosageClaim ; rdf:object ldnc:once-daily",
    "classification": "a ldn:ClassificationClaim ; rdf:object condition:c",
}
_DOSES = """
dose:{dose} a ldn:Dose ; rdfs:label "{dose} mg"@en ; schema:minValue {dose} ;
  schema:maxValue {dose} ; qudt:hasUnit unit:MilliGM .
"""


@dataclass(frozen=True)
class Study:
    """One study with one result and one line on the claim; "" and None say nothing.

    `effect` is the mean difference in points with its limits, `counts` the events and people with
    the treatment, then without. `judged` says that others judged it to be of low risk of bias,
    `compared` how many figures a second reader compared: -1 did not count them.
    """

    design: str = "randomised-parallel-trial"
    people: int = 400
    effect: tuple[float, float, float] | None = None
    counts: tuple[int, int, int, int] | None = None
    favours: str = ""
    outcome: str = "pain-intensity"
    contrast: str = "between-groups"
    comparator: str = "placebo"
    drug: str = "drug:d"
    dose: float = 4.5
    read_as: str = "abstract"
    judged: bool = True
    compared: int | None = 9
    retracted: bool = False
    indirect: tuple[str, ...] = ()
    direction: str = ""
    type: str = "primary-outcome"
    symptom: str = ""
    system: str = ""
    on: str = "benefit"
    more: str = ""

    def turtle(self, name: str) -> str:
        """Write the study."""
        return f"""
        study:{name} a ldn:Study ; rdfs:label "{name}"@en ; ldn:design ldnc:{self.design} ;
          ldn:blinding ldnc:double-blind ; ldn:enrolled {self.people} ; ldn:condition condition:c ;
          {self._about("ldn:system", self.system)} {self.more}
          ldn:publication publication:{name} ; ldn:result study:{name}-result ;
          ldn:arm study:{name}-arm, study:{name}-other .
        publication:{name} a ldn:Publication ; ldn:retracted {str(self.retracted).lower()} .
        study:{name}-arm a ldn:Arm ; dcterms:type ldnc:experimental-arm ; ldn:drug {self.drug} ;
          ldn:dose dose:{self.dose} ; ldn:frequency ldnc:once-daily .
        study:{name}-other a ldn:Arm ; dcterms:type ldnc:{self.comparator}-arm .
        study:{name}-result a ldn:Result ; rdfs:label "{name}"@en ; dcterms:type ldnc:{self.type} ;
          ldn:contrast ldnc:{self.contrast} ; ldn:readAs ldnc:{self.read_as} ;
          ldn:analysed {self.people} {self._figures()} .
        study:{name}-line a ldn:EvidenceLine ; ldn:claim claim:{self.on} ; ldn:study study:{name} ;
          {self._about("ldn:direction", self.direction)}
          {"".join(f"ldn:indirect ldnc:{way} ; " for way in self.indirect)}
          ldn:restsOn study:{name}-result .
        {self._judgements(name) if self.judged else ""}
        {self._second_reading(name) if self.compared is not None else ""}
        {_DOSES.format(dose=self.dose)}
        """

    @staticmethod
    def _about(prop: str, word: str) -> str:
        return f"{prop} ldnc:{word} ;" if word else ""

    def _figures(self) -> str:
        said = [f"ldn:symptom symptom:{self.symptom}" if self.symptom else ""]
        said.append(f"ldn:outcome ldnc:{self.outcome}" if self.outcome and not self.symptom else "")
        said.append(f"ldn:favours ldnc:{self.favours}" if self.favours else "")
        if self.effect:
            value, low, high = self.effect
            said.append(
                'ldn:instrument instrument:i ; schema:unitText "points" ; ldn:ciLevel 95.0 ;'
                f"ldn:effectMeasure ldnc:mean-difference ; ldn:estimate {float(value)} ;"
                f"ldn:ciLow {float(low)} ; ldn:ciHigh {float(high)}"
            )
        if self.counts:
            a, n, c, m = self.counts
            said.append(
                f"ldn:experimentalCount {a} ; ldn:experimentalAnalysed {n} ;"
                f"ldn:comparatorCount {c} ; ldn:comparatorAnalysed {m}"
            )
        return "".join(f" ; {words}" for words in said if words)

    def _second_reading(self, name: str) -> str:
        count = f"; ldn:compared {self.compared}" if self.compared != -1 else ""
        return f"study:{name}-again a ldn:SecondReading ; ldn:readingOf study:{name} {count} ."

    def _judgements(self, name: str) -> str:
        return "".join(
            f"study:{name} ldn:riskOfBias study:{name}-{domain} . study:{name}-{domain} a"
            f" ldn:BiasJudgement ; dcterms:type ldnc:{domain} ; ldn:judgement ldnc:low-risk .\n"
            for domain in ("bias-from-randomisation", "bias-from-blinding")
        )


# A result between groups of which no number was read.
CANDIDATE = Candidate(
    result="study:a-result",
    study="study:a",
    question=Question("claim:c", False, "drug:d", "condition:c", "low-dose", ""),
    outcome="pain-intensity",
    contrast="between-groups",
    comparator="placebo",
    design="randomised-parallel-trial",
    condition="condition:c",
    treatment=Side(),
    control=Side(),
    people=None,
    measure="",
    estimate=None,
    low=None,
    high=None,
    level=None,
    error=None,
    p=None,
    p_operator="",
    favours="",
    value_kind="",
    unit="points",
    instrument="instrument:i",
    better="lower-is-better",
    rank="",
    analysis_set="",
    days=0.0,
    readings=(),
)


def facts_of(turtle: str, *lists: str, few: bool = False) -> Facts:
    """Return the facts of Turtle, beside closed lists of the ontology by their names."""
    store = Store()
    for name in lists:
        store.extend(_list(name))
    store.extend(Quad(*quad.triple) for quad in parse(HEAD + turtle, format=RdfFormat.TURTLE))
    return Facts(Dataset(store, ()), few=few)


@cache
def _list(name: str) -> tuple[Quad, ...]:
    return tuple(quads(ROOT / "ontology" / "concepts" / f"{name}.ttl"))


@cache
def _ontology() -> tuple[Quad, ...]:
    return tuple(quad for path in files("ontology", ".ttl") for quad in quads(path))


def quads_of(*studies: Study, more: str = "") -> list[Quad]:
    """Return what studies, named a, b, c and so on, and further Turtle say."""
    text = HEAD + more + "".join(s.turtle(chr(97 + at)) for at, s in enumerate(studies))
    return [Quad(*q.triple, GRAPHS["literature"]) for q in parse(text, format=RdfFormat.TURTLE)]


def world(*studies: Study, more: str = "", claim: str = "benefit") -> Dataset:
    """Return a claim with studies on it, and what the rules derive."""
    asked = {claim, *(study.on for study in studies)}
    claims = "".join(
        f'claim:{name} {CLAIMS[name]} ; rdfs:label "{name}"@en ; rdf:subject drug:d ;'
        " rdf:predicate ldn:relieves .\n"
        for name in sorted(asked)
    )
    store = Store()
    store.extend(_ontology())
    store.extend(quads_of(*studies, more=WORLD + claims + more))
    return derive(Dataset(store, ()))


def said(dataset: Dataset, subject: str, prop: str) -> list[str]:
    """Return the values of a property by the ends of their names, sorted."""
    sparql = f"SELECT ?value WHERE {{ <{BASE}{subject}> {prop} ?value }}"
    return sorted(row["value"].rpartition("/")[2] for row in dataset.rows(sparql))
