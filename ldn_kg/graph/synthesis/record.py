"""The answers as triples of the derived graph."""

import re
from collections.abc import Iterator
from functools import cache
from math import exp

from pyoxigraph import Literal, NamedNode, Triple

from ldn_kg.graph.namespaces import BASE, LDN, PREFIXES
from ldn_kg.graph.synthesis import words
from ldn_kg.graph.synthesis.answers import Answer, Graded
from ldn_kg.graph.synthesis.candidates import is_controlled, is_review, of_people, retracted
from ldn_kg.graph.synthesis.facts import Facts, decimal, named, relation, term
from ldn_kg.graph.synthesis.size import COMPARATOR, LITTLE, TREATMENT, finding, per_thousand
from ldn_kg.graph.synthesis.synthesis import Entry, Synthesis

_LEANS = {1: "leans-to-treatment", -1: "leans-to-comparator", 0: "lean-not-known"}
_XSD = PREFIXES["xsd"]
_SYNTHESIS = f"{BASE}synthesis/"
_relation = cache(relation)
_BOOLEAN, _INTEGER, _DECIMAL = (
    NamedNode(_XSD + kind) for kind in ("boolean", "integer", "decimal")
)


def triples(facts: Facts, answer: Answer) -> Iterator[Triple]:
    """Yield all that an answer adds to the derived graph."""
    yield from _claim(facts, answer)
    for graded in answer.graded:
        yield from _synthesis(facts, graded, answer)
    for entry in answer.kept_out:
        yield from _kept_out(answer, entry)
    yield from _lines(facts, answer)


def name(graded: Graded) -> str:
    """Return the end of the IRI of a synthesis."""
    synthesis = graded.synthesis
    claim = synthesis.question.claim.partition(":")[2]
    outcome = "" if synthesis.question.harm else f"-{synthesis.outcome}"
    if not synthesis.question.harm and not synthesis.question.on_condition:
        outcome += "".join(f"-{c.partition(':')[2]}" for c in synthesis.condition.split())
    against = "" if synthesis.comparator == "placebo" else f"-against-{synthesis.comparator}"
    return f"{claim}{outcome}{against}"


def _say(subject: NamedNode, predicate: str, value: object) -> Triple:
    """Return a triple; a name is an IRI, a number a literal, and text is English."""
    return Triple(subject, _relation(predicate), _object(value))


def _object(value: object) -> NamedNode | Literal:
    if isinstance(value, NamedNode | Literal):
        return value
    if isinstance(value, bool):
        return Literal("true" if value else "false", datatype=_BOOLEAN)
    if isinstance(value, int):
        return Literal(str(value), datatype=_INTEGER)
    if isinstance(value, float):
        return Literal(decimal(value), datatype=_DECIMAL)
    return Literal(str(value), language="en")


def _claim(facts: Facts, answer: Answer) -> Iterator[Triple]:
    claim = term(answer.question.claim)
    yield _say(claim, "status", term(answer.word))
    yield _say(claim, "answer", words.claim_sentence(facts, answer))
    if answer.certainty:
        yield _say(claim, "certainty", term(f"{answer.certainty}-certainty"))
    beside = answer.beside
    if beside.uncontrolled:
        yield _say(claim, "uncontrolledStudies", len(beside.uncontrolled))
        if beside.uncontrolled_people:
            yield _say(claim, "uncontrolledParticipants", beside.uncontrolled_people)
    if answer.awaited:
        yield _say(claim, "awaitedTrials", len(answer.awaited))
        planned = sum(trial.planned or 0 for trial in answer.awaited)
        if planned:
            yield _say(claim, "awaitedParticipants", planned)


def _synthesis(facts: Facts, graded: Graded, answer: Answer) -> Iterator[Triple]:
    synthesis = graded.synthesis
    this = named(_SYNTHESIS + name(graded))
    question = synthesis.question
    yield _say(this, "rdf:type", NamedNode(f"{LDN}Synthesis"))
    yield _say(this, "rdfs:label", _label(facts, synthesis))
    yield _say(this, "synthesisOf", term(question.claim))
    yield _say(this, "symptom" if question.harm else "outcome", term(synthesis.outcome))
    for condition in synthesis.condition.split():
        yield _say(this, "condition", term(condition))
    yield _say(this, "comparator", term(synthesis.comparator))
    yield _say(this, "decides", graded.decides)
    yield from _numbers(this, synthesis)
    yield _say(this, "finding", term(graded.finding))
    yield _say(this, "size", term(graded.size))
    yield _say(this, "certainty", term(f"{graded.certainty}-certainty"))
    yield _say(this, "certaintyIfAssessed", term(f"{graded.if_assessed}-certainty"))
    yield _say(this, "status", term(graded.word))
    yield _say(this, "answer", words.synthesis_sentence(facts, graded))
    for entry in synthesis.entries:
        yield from _contribution(facts, this, synthesis, entry)
    for rating in graded.ratings:
        rated = NamedNode(f"{this.value}-{rating.domain}")
        yield _say(this, "certaintyRating", rated)
        yield _say(rated, "rdf:type", NamedNode(f"{LDN}CertaintyRating"))
        yield _say(rated, "dcterms:type", term(rating.domain))
        yield _say(rated, "rating", term(rating.word))
        yield _say(rated, "steps", rating.steps)
        yield _say(rated, "dcterms:description", rating.facts)
    if synthesis.second_hand:
        yield from _sensitivity(facts, this, synthesis)


def _label(facts: Facts, synthesis: Synthesis) -> str:
    question = synthesis.question
    treatment = words.treatment(facts, question)
    about = words.about(facts, question) if question.harm else words.people(facts, synthesis)
    outcome = "" if question.harm else f", {facts.label(synthesis.outcome)}"
    return f"{treatment} against {facts.label(synthesis.comparator)}: {about}{outcome}"


def _numbers(this: NamedNode, synthesis: Synthesis) -> Iterator[Triple]:
    yield _say(this, "trials", synthesis.trials)
    if synthesis.people:
        yield _say(this, "participants", synthesis.people)
    if synthesis.events is not None:
        yield _say(this, "events", synthesis.events)
    for side, prop in ((1, "leansToTreatment"), (-1, "leansToComparator"), (0, "leanNotKnown")):
        yield _say(this, prop, synthesis.leaning(side))
    scale, effect = synthesis.scale, synthesis.effect
    if scale is None or effect is None:
        return
    yield _say(this, "pooledTrials", len(synthesis.pooled))
    if synthesis.pooled_people:
        yield _say(this, "pooledParticipants", synthesis.pooled_people)
    yield _say(this, "effectMeasure", term(scale.measure))
    for prop, value in zip(("estimate", "ciLow", "ciHigh"), effect, strict=True):
        yield _say(this, prop, float(scale.natural(value)))
    yield _say(this, "ciLevel", 95.0)
    if synthesis.pool:
        yield _say(this, "iSquared", float(synthesis.pool.i_squared))
        model = (
            "common-effect-model" if synthesis.pool.tau_squared is None else "random-effects-model"
        )
        yield _say(this, "poolingModel", term(model))
        if synthesis.pool.tau_squared is not None:
            yield _say(this, "tauSquared", float(synthesis.pool.tau_squared))
    risks = per_thousand(synthesis)
    if risks:
        ends = (
            "perThousandWithout",
            "perThousandWith",
            "perThousandWithLow",
            "perThousandWithHigh",
        )
        yield from (_say(this, prop, value) for prop, value in zip(ends, risks, strict=True))


def _contribution(
    facts: Facts, this: NamedNode, synthesis: Synthesis, entry: Entry
) -> Iterator[Triple]:
    part = NamedNode(f"{this.value}-from-{_local(entry)}")
    yield _say(this, "prov:used", term(entry.candidate.result))
    yield _say(part, "contributesTo", this)
    yield from _entry(part, entry)
    yield _say(part, "lean", term(_LEANS[entry.lean]))
    yield _say(part, "finding", term(finding(facts, synthesis.of(entry))))
    if entry.estimate is None:
        return
    scale = entry.estimate
    yield _say(part, "effectMeasure", term(scale.measure))
    yield _say(part, "effect", float(scale.effect.value))
    yield _say(part, "effectError", float(scale.effect.error))
    yield _say(part, "errorFrom", term(scale.error_from))
    limits = (scale.effect.value, *scale.effect.interval())
    for prop, value in zip(("estimate", "ciLow", "ciHigh"), limits, strict=True):
        yield _say(part, prop, float(exp(value) if scale.ratio else value))
    if entry in synthesis.pooled:
        yield _say(part, "weight", 100 * synthesis.share(entry))


def _entry(part: NamedNode, entry: Entry) -> Iterator[Triple]:
    candidate = entry.candidate
    yield _say(part, "rdf:type", NamedNode(f"{LDN}Contribution"))
    yield _say(part, "consideredFor", term(candidate.question.claim))
    yield _say(part, "ofResult", term(candidate.result))
    yield _say(part, "study", term(candidate.study))
    if candidate.people is not None:
        yield _say(part, "participants", candidate.people)


def _local(entry: Entry) -> str:
    """Return the name of a result for an IRI of ours, without what such an IRI may not hold."""
    local = entry.candidate.result.partition(":")[2]
    return re.sub(r"[^\w.-]+", "-", local.strip("/"))


def _kept_out(answer: Answer, entry: Entry) -> Iterator[Triple]:
    claim = answer.question.claim.partition(":")[2]
    part = NamedNode(f"{_SYNTHESIS}{claim}-without-{_local(entry)}")
    yield from _entry(part, entry)
    for reason in entry.kept_out:
        yield _say(part, "keptOut", term(reason))


def _sensitivity(facts: Facts, this: NamedNode, synthesis: Synthesis) -> Iterator[Triple]:
    """Yield the same synthesis without what was read at second hand, where something is left."""
    without = synthesis.first_hand()
    if not without.entries:
        return
    other = NamedNode(f"{this.value}-first-hand")
    yield _say(other, "rdf:type", NamedNode(f"{LDN}Synthesis"))
    yield _say(other, "rdfs:label", f"{_label(facts, synthesis)}, without second-hand readings")
    yield _say(other, "sensitivityOf", this)
    yield from _numbers(other, without)
    yield _say(other, "finding", term(finding(facts, without)))


def _lines(facts: Facts, answer: Answer) -> Iterator[Triple]:
    """Yield the direction of each line, and why a line is set aside."""
    entering: dict[str, list[tuple[Graded, Entry]]] = {}
    for graded in answer.graded:
        for entry in graded.synthesis.entries:
            entering.setdefault(entry.candidate.study, []).append((graded, entry))
    for line in facts.lines(answer.question.claim):
        study = facts.one(line, "study")
        pairs = entering.get(study, [])
        if pairs:
            yield _say(term(line), "direction", term(_direction(facts, pairs)))
            continue
        yield _say(term(line), "direction", term("beside"))
        for reason in _reasons(facts, answer, line, study):
            yield _say(term(line), "setAside", term(reason))


def _direction(facts: Facts, pairs: list[tuple[Graded, Entry]]) -> str:
    """Return the direction of a line: by what its study finds on the outcomes that decide."""
    deciding = [(g, e) for g, e in pairs if g.decides]
    found = set()
    for graded, entry in deciding:
        found.add(finding(facts, graded.synthesis.of(entry)))
    harm = pairs[0][0].synthesis.question.harm
    speaks_for = {COMPARATOR} if harm else {TREATMENT}
    against = {LITTLE, TREATMENT} if harm else {LITTLE, COMPARATOR}
    if found & speaks_for and not found & against:
        return "supports"
    if found & against and not found & speaks_for:
        return "disputes"
    return "inconclusive"


def _reasons(facts: Facts, answer: Answer, line: str, study: str) -> Iterator[str]:
    kept = {r for e in answer.kept_out if e.candidate.study == study for r in e.kept_out}
    if kept:
        yield from sorted(kept)
    elif retracted(facts, study):
        yield "kept-out-retracted"
    elif is_review(facts, study):
        yield "kept-out-review"
    elif not of_people(facts, study):
        yield "kept-out-not-people"
    else:
        yield "kept-out-no-comparison" if is_controlled(facts, study) else "kept-out-uncontrolled"
