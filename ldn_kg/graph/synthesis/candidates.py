"""Which results bear on a question, and what keeps some of them out."""

from collections.abc import Iterator

from ldn_kg.graph.synthesis.facts import Candidate, Facts, Question, Side

# Outcomes of people that say nothing of benefit: they are never compared.
NO_BENEFIT = {"treatment-use", "pharmacokinetics", "receptor-occupancy", "not-an-outcome"}
# Outcomes that are shares of people, whatever scale they are made of.
SHARES = {"response", "remission", "endoscopic-response", "attack-relief"}
CONTROLLED = {
    "randomised-parallel-trial",
    "randomised-crossover-trial",
    "non-randomised-controlled-trial",
    "controlled-trial-of-unstated-allocation",
}
COMPARED = {"between-groups", "against-active-drug", "between-doses"}
# The daily doses, in milligrams, of the categories that the data can be held against.
DOSES = {"low-dose": (0.5, 10.0)}
_AXES = {"drug-axis": "kept-out-other-drug", "dose-axis": "kept-out-other-dose"}


def candidates(facts: Facts, question: Question) -> Iterator[Candidate]:
    """Yield the compared results of people that bear on a question, with the doubts about each."""
    by_study: dict[str, list[str]] = {}
    for line in facts.lines(question.claim):
        by_study.setdefault(facts.one(line, "study"), []).append(line)
    for study, lines in sorted(by_study.items()):
        if not of_people(facts, study) or is_review(facts, study):
            continue
        for result in sorted(_results(facts, question, study, lines)):
            if facts.one(result, "contrast") in COMPARED:
                yield _candidate(facts, question, study, lines, result)


def of_people(facts: Facts, study: str) -> bool:
    """Say whether a study is of people."""
    laboratory = facts.one(study, "design") in ("animal-study", "in-vitro-study")
    return not laboratory and facts.one(study, "system") in ("", "human")


def is_review(facts: Facts, study: str) -> bool:
    """Say whether a study sums up others and measures nobody itself."""
    return facts.one(facts.one(study, "design"), "review") == "true"


def is_compared(facts: Facts, study: str) -> bool:
    """Say whether any result of a study compares groups, treatments or doses."""
    return any(facts.one(r, "contrast") in COMPARED for r in facts.many(study, "result"))


def is_controlled(facts: Facts, study: str) -> bool:
    """Say whether the design of a study has a group beside the treated one."""
    return facts.one(study, "design") in CONTROLLED


def retracted(facts: Facts, study: str) -> bool:
    """Say whether every publication of a study is retracted."""
    papers = facts.many(study, "publication")
    return bool(papers) and all(facts.true(paper, "retracted") for paper in papers)


def _results(facts: Facts, question: Question, study: str, lines: list[str]) -> set[str]:
    """Return the results of a study that bear on a question.

    On a harm, those that count it. On a benefit in a condition, all but those that lines name for
    claims on other things only; on a symptom, those that a line names.
    """
    results = set(facts.many(study, "result"))
    if question.harm:
        return {r for r in results if question.about in facts.many(r, "symptom")}
    results = {r for r in results if facts.one(r, "dcterms:type") != "adverse-event"}
    results = {r for r in results if facts.one(r, "outcome") not in NO_BENEFIT | {""}}
    own = {r for line in lines for r in facts.many(line, "restsOn")}
    if not question.on_condition:
        return results & own
    return results - (facts.named_for_others(study, question.claim) - own)


def _candidate(
    facts: Facts, question: Question, study: str, lines: list[str], result: str
) -> Candidate:
    experimental, others = _arms(facts, study, result)
    outcome = question.about if question.harm else facts.one(result, "outcome")
    instruments = facts.many(result, "instrument")
    instrument = instruments[0] if len(instruments) == 1 else ""
    conditions = facts.many(study, "condition")
    return Candidate(
        result=result,
        study=study,
        question=question,
        outcome=outcome,
        contrast=facts.one(result, "contrast"),
        comparator=_comparator(facts, study, others),
        design=_design(facts, study),
        condition=question.about if question.on_condition else " ".join(conditions),
        treatment=_side(facts, result, "experimental"),
        control=_side(facts, result, "comparator"),
        people=_people(facts, study, result, [*experimental, *others]),
        measure=facts.one(result, "effectMeasure"),
        estimate=facts.number(result, "estimate"),
        low=facts.number(result, "ciLow"),
        high=facts.number(result, "ciHigh"),
        level=facts.number(result, "ciLevel"),
        error=facts.number(result, "standardError"),
        p=facts.number(result, "pValue"),
        p_operator=facts.one(result, "pOperator"),
        favours=facts.one(result, "favours"),
        value_kind=facts.one(result, "valueKind"),
        unit=facts.one(result, "qudt:hasUnit") or facts.one(result, "schema:unitText"),
        instrument=instrument,
        better=_better(facts, question, result, outcome, instrument),
        rank=facts.one(result, "dcterms:type"),
        analysis_set=facts.one(result, "analysisSet"),
        days=facts.number(facts.one(result, "assessedAt"), "days") or 0.0,
        readings=tuple(facts.many(result, "readAs")),
        again=bool(facts.many(study, "analysisOf")),
        read_once=not facts.is_read_again(study),
        doubts=tuple(_doubts(facts, question, study, lines, result, experimental)),
        indirect=frozenset(_differences(facts, lines)),
    )


def _design(facts: Facts, study: str) -> str:
    """Return the design that made the groups: of an analysis of a trial, that of the trial."""
    own = facts.one(study, "design")
    first = facts.one(study, "analysisOf")
    return facts.one(first, "design") if own == "secondary-analysis" and first else own


def _better(facts: Facts, question: Question, result: str, outcome: str, instrument: str) -> str:
    """Return which way is better: fewer events; of shares by the domain; else by the scale."""
    if question.harm:
        return "lower-is-better"
    share = facts.one(result, "valueKind") == "percent-of-people" or outcome in SHARES
    scale = "" if share else facts.one(instrument, "better")
    return scale or facts.one(outcome, "better")


def _arms(facts: Facts, study: str, result: str) -> tuple[list[str], list[str]]:
    """Return the treated arms that a result compares, and the others; by name, or all."""
    arms = facts.many(result, "compares") or facts.many(study, "arm")
    treated = [arm for arm in arms if facts.one(arm, "dcterms:type") == "experimental-arm"]
    return treated, [arm for arm in arms if arm not in treated]


def _comparator(facts: Facts, study: str, others: list[str]) -> str:
    kinds = {facts.one(arm, "dcterms:type").removesuffix("-arm") for arm in others}
    kinds = kinds or {facts.one(study, "control")}
    return next((kind for kind in ("placebo", "no-treatment") if kind in kinds), "")


def _side(facts: Facts, result: str, side: str) -> Side:
    people = facts.count(result, f"{side}Analysed")
    return Side(
        facts.number(result, f"{side}Value"),
        facts.count(result, f"{side}Count"),
        people,
        facts.number(result, f"{side}SD"),
        facts.number(result, f"{side}SE"),
        facts.number(result, f"{side}CiLow"),
        facts.number(result, f"{side}CiHigh"),
    )


def _people(facts: Facts, study: str, result: str, arms: list[str]) -> int | None:
    """Return how many people a result compares: as it says, by its sides, or as its study says."""
    stated = facts.count(result, "analysed")
    if stated is not None:
        return stated
    sides = [facts.count(result, f"{side}Analysed") for side in ("experimental", "comparator")]
    known = [people for people in sides if people is not None]
    if len(known) == 2:
        paired = facts.one(study, "design") == "randomised-crossover-trial"
        return max(known) if paired else sum(known)
    return participants(facts, study)


def participants(facts: Facts, study: str) -> int | None:
    """Return how many people a study rests on: the first known of three numbers."""
    counts = (facts.count(study, name) for name in ("analysed", "randomised", "enrolled"))
    return next((count for count in counts if count is not None), None)


def _doubts(
    facts: Facts, question: Question, study: str, lines: list[str], result: str, treated: list[str]
) -> Iterator[str]:
    """Yield the reasons that keep a result out, whatever the others are."""
    if retracted(facts, study):
        yield "kept-out-retracted"
    if facts.is_superseded(study):
        yield "kept-out-superseded"
    for axis in _differences(facts, lines):
        if axis in _AXES:
            yield _AXES[axis]
    drugs = {drug for arm in treated for drug in facts.many(arm, "drug")}
    named = facts.many(result, "compares")
    if (drugs and drugs != {question.drug}) or (named and not treated):
        yield "kept-out-other-drug"
    if not all(_in_window(facts, arm, question.dose) for arm in treated):
        yield "kept-out-other-dose"
    contrast = facts.one(result, "contrast")
    if contrast == "against-active-drug":
        yield "kept-out-active-comparator"
    elif contrast == "between-doses":
        yield "kept-out-between-doses"
    elif not _comparator(facts, study, _arms(facts, study, result)[1]):
        yield "kept-out-active-comparator"


def _differences(facts: Facts, lines: list[str]) -> Iterator[str]:
    """Yield the axes on which lines are indirect."""
    for line in lines:
        for difference in facts.many(line, "indirect"):
            yield facts.one(difference, "axis")


def _in_window(facts: Facts, arm: str, category: str) -> bool:
    """Say whether the dose of an arm is one of a category; one that is not known is not outside."""
    least, most = facts.number(arm, "dailyDoseMin"), facts.number(arm, "dailyDoseMax")
    if category not in DOSES or most is None:
        return True
    low, high = DOSES[category]
    return most >= low and (least if least is not None else most) <= high
