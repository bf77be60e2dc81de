"""What the rules in SPARQL tell, and what they leave, at the limits of each.

Of made-up records those whose names begin with "told" break a rule, by what its message says, and
those that begin with "left" do not. Only the query of the rule is run.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import product

import pytest
from pyoxigraph import Literal, Quad, RdfFormat, Store, parse
from support.made_up import HEAD

from ldn_kg.check.validation import rules
from ldn_kg.graph.namespaces import PREFIXES, iri

_PROLOGUE = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
_SIDES = {"favours-treatment": 1, "favours-comparator": -1, "no-difference": 0}
_BETTER = {"higher-is-better": 1, "lower-is-better": -1}
_CONTRASTS = {"between-groups": 1, "against-active-drug": 1, "between-doses": 0, "within-group": 0}
_RATIOS = ("risk-ratio", "odds-ratio", "hazard-ratio", "incidence-rate-ratio")
_SCALES = "".join(f"<urn:x:{name}> ldn:better ldnc:{name} . " for name in _BETTER)
Rows = Iterable[tuple[bool, str]]


def _written(rows: Rows) -> str:
    """Write records, each named after whether it is told; in its text $this is its own name."""
    written = ""
    for at, (told, text) in enumerate(rows):
        name = f"<urn:x:{'told' if told else 'left'}{at}>"
        written += f"{name} {text.replace('$this', name)} .\n"
    return written


def _judged() -> Iterator[tuple[int, str]]:
    """Yield what is said of contrast and side, and which sign of a gain belongs to it."""
    for (contrast, counts), (side, sign) in product(_CONTRASTS.items(), _SIDES.items()):
        yield counts * sign, f"ldn:contrast ldnc:{contrast} ; ldn:favours ldnc:{side}"


def _differences() -> Iterator[tuple[bool, str]]:
    """Yield differences: a gain has their sign where higher is better; a reduction is turned."""
    measures = {
        **dict.fromkeys(
            ("mean-difference", "median-difference", "standardised-mean-difference"), 1
        ),
        "relative-reduction-percent": -1,
        **dict.fromkeys(("risk-ratio", "mean-change", "risk-difference"), 0),
    }
    ways = product(_judged(), measures.items(), _BETTER.items(), (-0.5, 0.0, 0.5))
    for (sign, said), (measure, turn), (better, up), value in ways:
        text = f"{said} ; ldn:effectMeasure ldnc:{measure} ; ldn:estimate {value}"
        for scale in ("instrument", "outcome"):
            yield sign * turn * up * value < 0, f"{text} ; ldn:{scale} <urn:x:{better}>"
        # The instrument decides, whatever the outcome says; and no event is judged here.
        (other,) = set(_BETTER) - {better}
        both = f"ldn:instrument <urn:x:{better}> ; ldn:outcome <urn:x:{other}>"
        yield sign * turn * up * value < 0, f"{text} ; {both}"
        event = f"dcterms:type ldnc:adverse-event ; ldn:outcome <urn:x:{better}>"
        yield False, f"{text} ; {event}"


def _risks() -> Iterator[tuple[bool, str]]:
    """Yield ratios, which are measured from 1, and differences of risks, from 0."""
    measures = {**dict.fromkeys(_RATIOS, 1.0), "risk-difference": 0.0, "mean-difference": None}
    ways = product(_judged(), measures.items(), _BETTER.items(), (-0.5, 0.0, 0.5))
    for (sign, said), (measure, none), (better, up), more in ways:
        text = f"{said} ; ldn:effectMeasure ldnc:{measure} ; ldn:estimate {(none or 0.0) + more}"
        told = none is not None and sign * up * more < 0
        yield told, f"{text} ; ldn:outcome <urn:x:{better}>"


def _events() -> Iterator[tuple[bool, str]]:
    """Yield adverse events, of which less is better."""
    measures = {**dict.fromkeys(_RATIOS, 1.0), "risk-difference": 0.0, "mean-difference": 0.0}
    for (sign, said), (measure, none), more in product(
        _judged(), measures.items(), (-0.5, 0.0, 0.5)
    ):
        text = f"{said} ; ldn:effectMeasure ldnc:{measure} ; ldn:estimate {none + more}"
        yield sign * -more < 0, f"{text} ; dcterms:type ldnc:adverse-event"
        yield False, f"{text} ; dcterms:type ldnc:primary-outcome"
    for (sign, said), more in product(_judged(), (-0.5, 0.0, 0.5)):
        text = f"{said} ; ldn:effectMeasure ldnc:relative-reduction-percent ; ldn:estimate {more}"
        yield sign * more < 0, f"{text} ; dcterms:type ldnc:adverse-event"


# Counts of people on the two sides, and whether the share with the treatment is the greater one.
_COUNTS = {(10, 100, 5, 100): 1, (5, 100, 10, 100): -1, (5, 50, 10, 100): 0, (6, 50, 10, 100): 1}


def _counts(*, events: bool) -> Iterator[tuple[bool, str]]:
    for (sign, said), ((a, n, c, m), more) in product(_judged(), _COUNTS.items()):
        text = (
            f"{said} ; ldn:experimentalCount {a} ; ldn:experimentalAnalysed {n} ;"
            f" ldn:comparatorCount {c} ; ldn:comparatorAnalysed {m}"
        )
        yield from _of_less_or_better(text, sign * more, events=events)


def _shares(*, events: bool) -> Iterator[tuple[bool, str]]:
    for (sign, said), more in product(_judged(), (-0.5, 0.0, 0.5)):
        text = f"{said} ; ldn:experimentalValue {20 + more} ; ldn:comparatorValue 20.0"
        share = f"{text} ; ldn:valueKind ldnc:percent-of-people"
        yield from _of_less_or_better(text if events else share, sign * more, events=events)
        if not events:
            scale = "ldn:outcome <urn:x:higher-is-better>"
            yield False, f"{text} ; ldn:valueKind ldnc:mean-value ; {scale}"


def _of_less_or_better(text: str, gain: float, *, events: bool) -> Iterator[tuple[bool, str]]:
    """Yield events, of which less is better, or outcomes that say which end is better."""
    if events:
        yield -gain < 0, f"{text} ; dcterms:type ldnc:adverse-event"
        yield False, f"{text} ; dcterms:type ldnc:primary-outcome"
        return
    for better, up in _BETTER.items():
        yield up * gain < 0, f"{text} ; ldn:outcome <urn:x:{better}>"


def _estimated(measure: str, value: float, low: float, high: float) -> str:
    return (
        f"ldn:effectMeasure ldnc:{measure} ; ldn:estimate {value} ; ldn:ciLow {low} ;"
        f" ldn:ciHigh {high}"
    )


_EXPLAINED = "; rdfs:comment 1 . [] ldn:between $this"


def _middle_of_differences() -> Iterator[tuple[bool, str]]:
    """Yield intervals: from -6 to 6 the middle third ends at 2; the last decimal is added."""
    within = (2.0, 3.0, -3.0, 2.1, -2.1, 2.01, -2.01, 6.1, -6.1)
    outside = (4.0, -4.0, 2.2, -2.2, 2.02, -2.02, 2.011, 6.0, -6.0)
    measures = ("mean-difference", "mean-change", "standardised-mean-difference")
    measures += ("standardised-mean-change", "risk-difference", "relative-reduction-percent")
    for value in within:
        yield False, _estimated("mean-difference", value, -6.0, 6.0)
    for value, measure in product(outside, measures):
        yield True, _estimated(measure, value, -6.0, 6.0)
        yield False, _estimated(measure, value, -6.0, 6.0) + _EXPLAINED
        yield False, _estimated("risk-ratio", value, -6.0, 6.0)
    # The decimals may stand at a limit; from 1 to 13.1 the third ends at 9.067.
    yield False, _estimated("mean-difference", 9.0, 1.0, 13.1)
    yield True, _estimated("mean-difference", 10.0, 1.0, 13.1)
    yield False, _estimated("mean-difference", 10.0, 1.0, 13.0)
    yield True, _estimated("mean-difference", 4.0, 0.9, 13.0)
    yield False, _estimated("mean-difference", 4.0, 1.0, 13.0)


def _middle_of_ratios() -> Iterator[tuple[bool, str]]:
    """Yield intervals: from 1 to 8 the middle third is from 2 to 4; the last decimal is added."""
    for value, measure in product((1.8, 4.2, 1.98, 4.02, 1.0, 8.0), _RATIOS):
        yield True, _estimated(measure, value, 1.0, 8.0)
        yield False, _estimated(measure, value, 1.0, 8.0) + _EXPLAINED
        yield False, _estimated("mean-difference", value, 1.0, 8.0)
    for value in (2.0, 3.0, 4.0, 1.9, 4.1, 1.99, 4.01, 0.9, 8.1):
        yield False, _estimated("risk-ratio", value, 1.0, 8.0)
    yield False, _estimated("risk-ratio", 7.0, 0.0, 8.0)


def _p_values(*, of_effect: bool) -> Iterator[tuple[bool, str]]:
    """Yield intervals: of one that ends at no effect p is 0.05, and up to 0.01 from it is left."""
    # Low and high limit as seen from no effect, and whether they leave it out or hold it.
    limits = {
        **dict.fromkeys(((0.1, 0.5), (-0.5, -0.1)), True),
        **dict.fromkeys(((0.0, 0.5), (-0.5, 0.0)), None),
        (-0.1, 0.5): False,
    }
    measures = {**dict.fromkeys(_RATIOS, 1.0), "mean-difference": 0.0, "effective-dose": 0.0}
    operators = ("=", ">", "≥") if of_effect else ("=", "<", "≤")
    ps = {0.06: True, 0.059: False} if of_effect else {0.04: True, 0.041: False}
    levels = {"": True, "95.0": True, "94.9": not of_effect, "95.1": of_effect}
    for ((low, high), out), (measure, none) in product(limits.items(), measures.items()):
        for operator, (p, far), (level, near) in product("=<≤>≥", ps.items(), levels.items()):
            text = (
                f'ldn:pValue {p} ; ldn:pOperator "{operator}" ; ldn:effectMeasure ldnc:{measure} ;'
                f" ldn:ciLow {none + low} ; ldn:ciHigh {none + high}"
            )
            text += f" ; ldn:ciLevel {level}" if level else ""
            told = out is of_effect and operator in operators and far and near
            yield told and measure != "effective-dose", text
            if told:
                yield False, text + _EXPLAINED


def _low_doses() -> Iterator[tuple[bool, str]]:
    """Yield doses: low are 0.5 to 10 mg, at most 0.1 mg/kg or 0.1 µmol/l."""
    doses = {
        "MilliGM-PER-KiloGM": ("0.1", "0.11"),
        "MicroGM-PER-KiloGM": ("100.0", "101.0"),
        "MicroMOL-PER-L": ("0.1", "0.11"),
        "NanoMOL-PER-L": ("100.0", "100.01"),
        "MOL-PER-L": ("0.0000001", "0.0000002"),
        "MilliGM": ("10.0", "10.1"),
    }
    for unit, (low, high) in doses.items():
        yield False, _line(_arm(low, unit))
        yield True, _line(_arm(high, unit))
        yield False, _line(_arm(high, unit) + _arm(low, unit))
        yield True, _line(_arm(high, unit) + _arm(low, unit, role="placebo"))
        yield True, _line(_arm(high, unit) + _arm("", "", role="placebo"))
        yield False, _line(_arm(high, unit) + _arm("", ""))
        yield False, _line(_arm(high, unit, role="placebo"))
        yield False, _line(_arm(high, unit), category="standard-dose")
        yield False, _line(_arm(high, unit), axis="drug-axis")
    yield (
        False,
        _line(
            _arm("50.0", "MilliGM") + " ; ldn:arm [ dcterms:type ldnc:experimental-arm ;"
            " ldn:dose [ schema:minValue 50.0 ] ]"
        ),
    )
    yield False, _line(_arm("0.5", "MilliGM"))
    yield True, _line(_arm("0.49", "MilliGM"))
    yield False, _line(_arm("20.0", "MilliGM", least="10.0"))
    yield True, _line(_arm("20.0", "MilliGM", least="10.1"))
    yield True, _line(_arm("4.5", "MicroGM"))


def _arm(most: str, unit: str, *, least: str = "", role: str = "experimental") -> str:
    dose = f"; ldn:dose [ schema:maxValue {most} ; qudt:hasUnit unit:{unit} ]" if most else ""
    dose = dose.replace("[", f"[ schema:minValue {least} ;") if least else dose
    return f" ; ldn:arm [ dcterms:type ldnc:{role}-arm {dose} ]"


def _line(arms: str, category: str = "low-dose", axis: str = "dose-axis") -> str:
    claim = f"[ ldn:doseCategory ldnc:{category} ]"
    return f"ldn:directOn ldnc:{axis} ; ldn:claim {claim} ; ldn:study [ a ldn:Study {arms} ]"


def _side_of_percent(side: str) -> Iterator[tuple[bool, str]]:
    """Yield shares: 10 of 50 are 20 %, and one percentage point is allowed."""
    (other,) = {"experimental", "comparator"} - {side}
    for value, told in {21.0: False, 21.1: True, 19.0: False, 18.9: True}.items():
        text = f"ldn:{side}Value {value} ; ldn:{side}Count 10 ; ldn:{side}Analysed 50"
        text += f" ; ldn:{other}Value 1.0 ; ldn:{other}Count 1 ; ldn:{other}Analysed 100"
        yield told, f"{text} ; ldn:valueKind ldnc:percent-of-people"
        yield False, f"{text} ; ldn:valueKind ldnc:mean-value"


def _only_arm(side: str) -> Iterator[tuple[bool, str]]:
    """Yield numbers: no more than were assigned to the only arm of the side; not so of two arms."""
    role = {"experimental": "experimental", "comparator": "placebo"}[side]
    (other,) = {"experimental", "placebo"} - {role}
    for people, told in {25: False, 26: True}.items():
        arm = f"[ dcterms:type ldnc:{role}-arm ; ldn:randomised 25 ]"
        # The other side is larger, and then smaller.
        for more in (9, 99):
            arms = f"{arm}, [ dcterms:type ldnc:{other}-arm ; ldn:randomised {more} ]"
            yield told, _analysed(side, people, arms)
            yield False, _analysed(side, people, f"{arms}, [ dcterms:type ldnc:{role}-arm ]")
            yield False, _analysed(side, people, arms, "randomised-crossover-trial")
            yield (
                False,
                _analysed(side, people, f"[ dcterms:type ldnc:{other}-arm ; ldn:randomised 9 ]"),
            )


def _analysed(side: str, people: int, arms: str, design: str = "randomised-parallel-trial") -> str:
    study = f"[] ldn:result $this ; ldn:design ldnc:{design} ; ldn:arm {arms}"
    (other,) = {"experimental", "comparator"} - {side}
    return f"ldn:{side}Analysed {people} ; ldn:{other}Analysed 50 . {study}"


def _claims() -> Iterator[tuple[bool, str]]:
    """Yield pairs of claims: the same but for a qualifier, an end or the kind is not the same."""
    kinds = ("Efficacy", "Mechanism", "Dosage", "Safety", "Classification")
    for kind, other in zip(kinds, kinds[1:] + kinds[:1], strict=True):
        yield from _pair(False, f"a ldn:{kind}Claim, ldn:Claim", f"a ldn:{other}Claim, ldn:Claim")
    for kind in kinds:
        yield from _pair(True, f"a ldn:{kind}Claim", f"a ldn:{kind}Claim")
    for name in ("doseCategory", "population", "route", "system", "negated"):
        said = f"a ldn:SafetyClaim ; ldn:{name} <urn:x:said>"
        yield from _pair(True, said, said)
        yield from _pair(False, said, "a ldn:SafetyClaim")
        yield from _pair(False, said, f"a ldn:SafetyClaim ; ldn:{name} <urn:x:other>")


def _pair(told: bool, one: str, other: str) -> Iterator[tuple[bool, str]]:
    """Yield two claims on the same, and beside each one with another end."""
    ends = {"subject": "<urn:x:s>", "predicate": "ldn:causes", "object": "<urn:x:o>"}
    mark = f"<urn:x:{sha256(f'{one}{other}'.encode()).hexdigest()}>"  # pairs have nothing in common
    for text in (one, other):
        said = {**ends, "object": mark}
        yield told, f"{text} ; " + " ; ".join(f"rdf:{end} {said[end]}" for end in said)
    for end in ("subject", "predicate"):
        said = {**ends, "object": mark, end: "<urn:x:apart>"}
        yield False, f"{one} ; " + " ; ".join(f"rdf:{each} {said[each]}" for each in said)


def _contraries() -> Iterator[tuple[bool, str]]:
    """Yield lines of one study on one claim, and such as are of another, or on another."""
    directions = ("supports", "disputes", "inconclusive")
    for at, (one, other) in enumerate(product(directions, repeat=2)):
        told = {one, other} == {"supports", "disputes"}
        for number, (claim, study) in enumerate((("", ""), ("-other", ""), ("", "-other"))):
            same = f"{at}-{number}"
            pair = ((one, "", ""), (other, claim, study))
            for direction, of_claim, of_study in pair:
                yield (
                    told and not claim + study,
                    f"ldn:claim <urn:x:c{same}{of_claim}> ; ldn:study <urn:x:s{same}{of_study}> ;"
                    f" ldn:direction ldnc:{direction}",
                )


def _overlaps() -> Iterator[tuple[bool, str]]:
    """Yield passages: one that ends where another begins does not overlap it."""
    for document, (start, end), told in (
        ("a", (0, 10), True),
        ("a", (9, 20), True),
        ("a", (20, 30), False),
        ("a", (30, 40), False),
        ("a", (50, 60), True),
        ("a", (52, 55), True),
        ("b", (0, 30), False),
    ):
        selector = f"[ oa:start {start} ; oa:end {end} ]"
        yield told, f"oa:hasSource <urn:x:{document}> ; oa:hasSelector {selector}"


def _positions() -> Iterator[tuple[bool, str]]:
    """Yield regimens: their steps are numbered from 1, without repeats or gaps."""
    for numbers, told in {
        (1,): False,
        (1, 2, 3): False,
        (2,): True,
        (1, 3): True,
        (1, 1): True,
        (1, 2, 2): True,
        (1, 2, 4): True,
    }.items():
        yield told, "ldn:step " + ", ".join(f"[ schema:position {number} ]" for number in numbers)


def _sums() -> Iterator[tuple[bool, str]]:
    """Yield parallel trials, and others: their arms hold no more than were assigned in all."""
    for (one, other), told in {(10, 10): False, (10, 11): True, (10, 9): False}.items():
        arms = f"[ ldn:randomised {one} ], [ ldn:randomised {other} ]"
        text = f"ldn:randomised 20 ; ldn:arm {arms} ; ldn:design ldnc:randomised-"
        yield told, f"{text}parallel-trial"
        yield False, f"{text}crossover-trial"


def _within() -> Iterator[tuple[bool, str]]:
    """Yield studies: an arm holds no more people than its study, counted at the same time."""
    names = ("enrolled", "randomised", "completed", "analysed")
    for name, (people, told) in product(names, {10: False, 11: True}.items()):
        yield told, f"ldn:{name} 10 ; ldn:arm [ ldn:{name} {people} ]"
        yield False, f"ldn:planned 10 ; ldn:arm [ ldn:planned {people} ; ldn:{name} {people} ]"


def _added_up() -> Iterator[tuple[bool, str]]:
    """Yield results of parallel trials and others: both sides are all."""
    for (one, other), told in {(10, 10): False, (10, 11): True, (10, 9): True}.items():
        text = f"ldn:experimentalAnalysed {one} ; ldn:comparatorAnalysed {other} ; ldn:analysed 20"
        study = "[] ldn:result $this ; ldn:design ldnc:randomised-"
        yield told, f"{text} . {study}parallel-trial"
        yield False, f"{text} . {study}crossover-trial"


RULES: dict[str, Rows] = {
    "lsh:Result-difference-favours": _differences(),
    "lsh:Result-share-favours": _risks(),
    "lsh:Result-event-favours": _events(),
    "lsh:Result-counts-favour": _counts(events=False),
    "lsh:Result-event-counts-favour": _counts(events=True),
    "lsh:Result-shares-favour": _shares(events=False),
    "lsh:Result-event-shares-favour": _shares(events=True),
    "lsh:Result-interval-of-difference": _middle_of_differences(),
    "lsh:Result-interval-of-ratio": _middle_of_ratios(),
    "lsh:Result-p-of-effect": _p_values(of_effect=True),
    "lsh:Result-p-of-no-effect": _p_values(of_effect=False),
    "lsh:EvidenceLine-low-dose": _low_doses(),
    "lsh:Result-experimentalCount-share": _side_of_percent("experimental"),
    "lsh:Result-comparatorCount-share": _side_of_percent("comparator"),
    "lsh:Result-experimentalAnalysed-arm": _only_arm("experimental"),
    "lsh:Result-comparatorAnalysed-arm": _only_arm("comparator"),
    "lsh:Claim-kept-apart": _claims(),
    "lsh:EvidenceLine-contrary": _contraries(),
    "lsh:Passage-overlap": _overlaps(),
    "lsh:Regimen-positions": _positions(),
    "lsh:Study-arms-sum": _sums(),
    "lsh:Study-arm-within": _within(),
    "lsh:Result-analysed-sum": _added_up(),
}
TEXTS = {name: _written(rows) for name, rows in RULES.items()}
ABOUT = "|".join(f"{name}:" for name in TEXTS)  # faults for which `make mutants` asks these tests
_BESIDE = f"{_SCALES} ldnc:greatest-low-concentration schema:value 0.1 ."


def _told(name: str, turtle: str) -> set[str]:
    """Return the names of the records that a rule reports; it is about all of their class."""
    kind = iri(name.replace("lsh:", "ldn:").partition("-")[0])
    assert list(rules().quads_for_pattern(iri(name), iri("sh:targetClass"), kind))
    (holder,) = rules().quads_for_pattern(iri(name), iri("sh:sparql"), None)
    (query,) = rules().quads_for_pattern(holder.object, iri("sh:select"), None)  # type: ignore[arg-type]
    assert isinstance(query.object, Literal)
    store = Store()
    store.extend(Quad(*q.triple) for q in parse(HEAD + turtle, format=RdfFormat.TURTLE))
    found = store.query(_PROLOGUE + query.object.value)
    return {solution["this"].value for solution in found}  # type: ignore[union-attr]


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_told_and_what_is_left(name: str) -> None:
    text = TEXTS[name]
    told, left = (
        set(re.findall(rf"^<(urn:x:{word}\d+)> ", text, re.M)) for word in ("told", "left")
    )
    assert told
    assert left
    assert _told(name, f"{_BESIDE} {text}") == told
