"""The sentence of each answer, in the plain words of GRADE (Santesso and others 2020).

Every sentence names the outcome, the comparison, the people, the size and the certainty.
J Clin Epidemiol 119:126.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from ldn_kg.graph.synthesis.answers import Answer, Graded, critical_outcomes
from ldn_kg.graph.synthesis.candidates import is_compared, is_controlled
from ldn_kg.graph.synthesis.certainty import LEVELS
from ldn_kg.graph.synthesis.facts import Facts, Question
from ldn_kg.graph.synthesis.pooling import sign_test
from ldn_kg.graph.synthesis.size import COMPARATOR, LITTLE, TREATMENT, per_thousand
from ldn_kg.graph.synthesis.synthesis import Synthesis

_SURE = dict(zip(LEVELS, ("", "probably ", "may ", ""), strict=True))
_PLURALS = {
    "study": "studies",
    "study not randomised": "studies not randomised",
    "controlled study": "controlled studies",
    "uncontrolled study": "uncontrolled studies",
    "other study": "other studies",
    "review or label": "reviews or labels",
}
_PRECISE = 12  # decimals: more than anybody prints, fewer than a computer errs by
_MOST = 3  # outcomes that a claim's sentence spells out


def treatment(facts: Facts, question: Question) -> str:
    """Return the treatment of a claim in words, as its label begins."""
    return _halves(facts, question)[0]


def about(facts: Facts, question: Question) -> str:
    """Return the condition or harm of a claim in words, with its people, as its label ends."""
    return _halves(facts, question)[1]


def _halves(facts: Facts, question: Question) -> tuple[str, str]:
    label = facts.label(question.claim)
    first, _, second = re.sub(
        r" ((?:do|does) not relieve|relieves?|causes?|worsens?) ", "\0", f"{label} ", count=1
    ).partition("\0")
    first = first.partition(": ")[0]  # what a product is made of
    second = second.strip()
    return (first, second) if second else (facts.label(question.drug), facts.label(question.about))


def outcome(facts: Facts, synthesis: Synthesis) -> str:
    """Return the outcome of a synthesis in words."""
    return facts.label(synthesis.outcome)


def synthesis_sentence(facts: Facts, graded: Graded) -> str:
    """Return the sentence of a synthesis."""
    question = graded.synthesis.question
    head = _capital(outcome(facts, graded.synthesis))
    if question.harm:
        head = f"{_capital(about(facts, question))} with {treatment(facts, question)}"
        return f"{head}: {clause(facts, graded)}."
    return f"{head} in {people(facts, graded.synthesis)}: {clause(facts, graded)}."


def people(facts: Facts, synthesis: Synthesis) -> str:
    """Return the condition of the people of a synthesis, in words."""
    if synthesis.question.on_condition:
        return about(facts, synthesis.question)
    conditions = [facts.label(condition) for condition in synthesis.condition.split()]
    return _list(conditions) if conditions else "people"


def clause(facts: Facts, graded: Graded) -> str:
    """Return what a synthesis says, without the outcome and the condition."""
    synthesis = graded.synthesis
    level = facts.label(f"{graded.certainty}-certainty")
    parts = "; ".join([*effect_words(facts, synthesis), _people(synthesis)])
    return f"{level} certainty; {_verb(facts, graded)} ({parts}){_rest(synthesis)}"


def _verb(facts: Facts, graded: Graded) -> str:
    drug = treatment(facts, graded.synthesis.question)
    found, level = graded.finding, graded.certainty
    if graded.synthesis.question.harm:
        return _harm_verb(graded)
    if found == LITTLE and level != "very-low":
        return f"{drug} {_sure(level, 'makes', 'make')} little or no difference"
    if found in (TREATMENT, COMPARATOR) and level != "very-low":
        better = "better" if found == TREATMENT else "worse"
        return f"{_sure(level, 'is', 'be')} {better} with {drug}"
    if graded.word == "studies-disagree":
        return "studies point both ways"
    return f"it is not clear whether {drug} helps"


def _harm_verb(graded: Graded) -> str:
    level = graded.certainty
    if level == "very-low":
        return "it is not clear whether it comes more often"
    if graded.finding in (TREATMENT, COMPARATOR):
        often = "less" if graded.finding == TREATMENT else "more"
        return f"{_sure(level, 'comes', 'come')} {often} often"
    if graded.finding == LITTLE:
        return f"{_sure(level, 'comes', 'come')} about as often"
    return "it is not clear whether it comes more often"


def _sure(level: str, certain: str, possible: str) -> str:
    return f"may {possible}" if level == "low" else f"{_SURE[level]}{certain}"


def effect_words(facts: Facts, synthesis: Synthesis) -> Iterator[str]:
    """Yield the effect in natural units, and for events the people among 1,000."""
    scale, effect = synthesis.scale, synthesis.effect
    if scale is None or effect is None:
        yield _signs(synthesis)
        return
    value, low, high = (scale.natural(part) for part in effect)
    if scale.ratio:
        yield f"{facts.label(scale.measure)} {fixed(value, 2)}, {_span(low, high, 2)}"
    elif scale.measure == "risk-difference":
        yield f"{_more(value, 0)} in 100, {_more(low, 0)} to {_more(high, 0)}"
    else:
        yield f"{_points(facts, synthesis, value)}, {_span(low, high, 1)}"
    risks = per_thousand(synthesis)
    if risks:
        yield f"{risks[1]} against {risks[0]} in 1,000"


def unit(facts: Facts, synthesis: Synthesis) -> str:
    """Return the unit of an effect as it is written; of a ratio or without an effect ""."""
    scale = synthesis.scale
    if scale is None or scale.ratio:
        return ""
    if scale.measure == "standardised-mean-difference":
        return "standard deviations"
    if scale.measure == "risk-difference":
        return "in 100"
    written = synthesis.pooled[0].candidate.unit
    if written == "unit:PERCENT":
        return "percent of baseline"
    return facts.one(written, "qudt:symbol") or written


def fixed(value: float, digits: int) -> str:
    """Return a number with so many decimals, rounded as by hand: 0.35 to 0.4, -0.35 to -0.4.

    A computer has 0.35 as a little less, and would say 0.3.
    """
    exact = Decimal(repr(round(value, _PRECISE)))
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"


def _number(value: float) -> str:
    return fixed(value, 2).replace("-", "−")


def _points(facts: Facts, synthesis: Synthesis, value: float) -> str:
    candidate, of = synthesis.pooled[0].candidate, unit(facts, synthesis)
    least, most = (
        facts.number(candidate.instrument, f"schema:{end}Value") for end in ("min", "max")
    )
    on_scale = (
        f" on {least:g}–{most:g}"
        if of == "points" and least is not None and most is not None
        else ""
    )
    return f"{fixed(abs(value), 1)} {of} {_side(value)}{on_scale}".replace("  ", " ")


def _span(low: float, high: float, digits: int) -> str:
    return f"{fixed(low, digits)} to {fixed(high, digits)}".replace("-", "−")


def _side(value: float) -> str:
    return "lower" if value <= 0 else "higher"


def _more(value: float, digits: int) -> str:
    return f"{fixed(abs(value), digits)} {'fewer' if value < 0 else 'more'}"


def _signs(synthesis: Synthesis) -> str:
    better, worse, unknown = (synthesis.leaning(side) for side in (1, -1, 0))
    silent = f"{count(unknown, 'study')} did not say which side was better" if unknown else ""
    return "no size known: " + ", ".join(filter(None, (_known(synthesis, better, worse), silent)))


def _known(synthesis: Synthesis, better: int, worse: int) -> str:
    """Return in how many of the studies that say so the treatment was better, or the harm more."""
    harm = synthesis.question.harm
    ways = ("more often", "less often") if harm else ("better", "worse")
    told, known = (worse if harm else better), better + worse
    if known < 2:
        return f"{ways[0] if told else ways[1]} in one study" if known else ""
    p = sign_test(told, known)
    return f"{ways[0]} in {told} of {known} studies (p = {p:.2g} by their signs)"


def _people(synthesis: Synthesis) -> str:
    trials = len(synthesis.pooled) or synthesis.trials
    people = synthesis.pooled_people if synthesis.pooled else synthesis.people
    kind = "trial" if synthesis.randomised else "study not randomised"
    return f"{count(trials, kind)}, {people_words(people)}"


def _rest(synthesis: Synthesis) -> str:
    left = synthesis.trials - len(synthesis.pooled) if synthesis.pooled else 0
    return f"; {count(left, 'further trial')} could not be pooled" if left else ""


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where there are several."""
    return f"{number} {noun if number == 1 else _PLURALS.get(noun, f'{noun}s')}"


def people_words(number: int) -> str:
    """Return a number of people in words; 0 is unknown, since nobody was never studied."""
    if not number:
        return "an unknown number of people"
    return "1 person" if number == 1 else f"{number} people"


def claim_sentence(facts: Facts, answer: Answer) -> str:
    """Return the sentence of a claim."""
    return _claim(facts, answer) + _published(facts, answer) + _awaited(answer)


def _claim(facts: Facts, answer: Answer) -> str:
    question = answer.question
    drug, subject = treatment(facts, question), _capital(about(facts, question))
    if answer.word == "known-effect":
        return f"{subject} with {drug}: a known effect; product labels warn of it."
    deciding = answer.deciding
    if len(deciding) == 1:
        rest = _not_compared(facts, answer)
        return synthesis_sentence(facts, deciding[0]) + rest
    if deciding:
        word = facts.label(answer.word)
        listed = ". ".join(_listed(facts, deciding))
        rest = _not_compared(facts, answer)
        return f"{subject} with {drug}: {word}. {listed}.{rest}"
    return f"{subject} with {drug}: {_without_synthesis(facts, answer)}."


def _listed(facts: Facts, graded: Iterable[Graded]) -> Iterator[str]:
    ordered = sorted(
        graded,
        key=lambda g: (LEVELS.index(g.certainty), -len(g.synthesis.pooled), -g.synthesis.trials),
    )
    for one in ordered[:_MOST]:
        where = "" if one.synthesis.question.on_condition else f" in {people(facts, one.synthesis)}"
        yield f"{_capital(outcome(facts, one.synthesis))}{where}: {clause(facts, one)}"
    left = len(ordered) - _MOST
    if left > 0:
        yield f"{count(left, 'further outcome')} in the summary of findings"


def _published(facts: Facts, answer: Answer) -> str:
    """Return the pooled values that reviews published on a harm; they stand beside the answer."""
    if not answer.question.harm or not answer.beside.published:
        return ""
    values = [
        f"{facts.label(pooled.measure)} {_number(pooled.estimate)}, {_number(pooled.low)} to"
        f" {_number(pooled.high)} ({facts.label(pooled.study)})"
        for pooled in answer.beside.published[:_MOST]
    ]
    return f" Published syntheses: {'; '.join(values)}."


def _not_compared(facts: Facts, answer: Answer) -> str:
    """Return which outcomes that decide were compared nowhere."""
    if answer.question.harm:
        return ""
    measured = {graded.synthesis.outcome for graded in answer.deciding}
    wanted = [o for o in critical_outcomes(facts, answer.question) if o not in measured]
    return f" Not compared: {_list(map(facts.label, wanted))}." if wanted else ""


def _without_synthesis(facts: Facts, answer: Answer) -> str:
    beside = answer.beside
    people = people_words(beside.uncontrolled_people)
    studies = f"{count(len(beside.uncontrolled), 'study')}, {people}"
    unknown = f"{_not_read(facts, answer)}, so whether it helps is not known"
    if answer.word == "deciding-outcome-not-measured":
        measured = _list(outcome(facts, graded.synthesis) for graded in answer.graded)
        wanted = _list(map(facts.label, critical_outcomes(facts, answer.question)))
        named = f" ({wanted})" if wanted else ""
        return f"what decides{named} was not measured in a comparison, only {measured}"
    return {
        "only-uncontrolled": f"only uncontrolled studies ({studies}){unknown}",
        "only-case-reports": f"only case reports ({people}){unknown}",
        "tested-otherwise": f"studied only otherwise ({_otherwise(facts, answer)})",
        "untested": f"no study of people in this dataset{_reviews(answer)}",
        "withdrawn": "what was found has been retracted",
        "not-compared": f"not compared with people without it ({_reported(answer)})",
    }[answer.word]


def _otherwise(facts: Facts, answer: Answer) -> str:
    """Return in what the studies of a question differ from it."""
    reasons = {reason for entry in answer.kept_out for reason in entry.kept_out}
    for line in facts.lines(answer.question.claim):
        reasons.update(facts.many(line, "indirect"))
    if _unread(facts, answer):
        reasons.add("kept-out-no-comparison")
    reasons -= {"other-population", "other-species", "kept-out-same-study", "kept-out-same-people"}
    return _list(sorted(map(facts.label, reasons)))


def _unread(facts: Facts, answer: Answer) -> list[str]:
    """Return the controlled studies of a question whose comparison was not read."""
    unread = (study for study in answer.beside.otherwise if not is_compared(facts, study))
    return [study for study in unread if is_controlled(facts, study)]


def _not_read(facts: Facts, answer: Answer) -> str:
    unread = len(_unread(facts, answer))
    studies = count(unread, "controlled study")
    return f" and {studies} whose comparison was not read" if unread else ""


def _reviews(answer: Answer) -> str:
    number = len(answer.beside.reviews)
    return f", only {count(number, 'review or label')}" if number else ""


def _reported(answer: Answer) -> str:
    """Return where a harm was reported."""
    beside = answer.beside
    kinds = (
        (beside.uncontrolled, "uncontrolled study"),
        (beside.otherwise, "other study"),
        (beside.reviews, "review or label"),
    )
    return _list([count(len(studies), noun) for studies, noun in kinds if studies])


def _list(words: Iterable[str]) -> str:
    every = list(dict.fromkeys(words))
    return " and ".join(filter(None, (", ".join(every[:-1]), *every[-1:])))


def _awaited(answer: Answer) -> str:
    if not answer.awaited:
        return ""
    planned = sum(trial.planned or 0 for trial in answer.awaited)
    people = f" ({planned} people planned)" if planned else ""
    return f" Results awaited: {count(len(answer.awaited), 'registered trial')}{people}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
