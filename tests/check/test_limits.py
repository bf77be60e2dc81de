"""What a rule on one value lets through, and what it does not, at the limits of each.

A message says what may stand there, and here is what that means: of "a whole number from 0" that 0
passes, and neither -1 nor 0.0. Each value stands on a record of its own, which says nothing else.
"""

import re

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse
from support.made_up import HEAD

from ldn_kg.check.shacl import validate
from ldn_kg.check.validation import rules
from ldn_kg.graph.namespaces import iri, shorten

# Faults for which `make mutants` asks these tests.
ABOUT = (
    r"sh:(datatype|node|nodeKind|in|hasValue|m(in|ax)(In|Ex)clusive|not|targetClass)\b|lsh:In[A-Z]"
    r"|\[\w+:[\w-]+\] -> \[\]"  # one of a list of values
)
_DAY = '"2026-01-31"^^xsd:date'
_YEAR = '"2026"^^xsd:gYear'
_MONTH = '"2026-01"^^xsd:gYearMonth'
_LICENCES = "https://creativecommons.org/"
_ECO = "<http://purl.obolibrary.org/obo/ECO_0000001>"
_SHA256 = "0123456789abcdef" * 4
# By what a message says: what passes, and what does not, in Turtle. The first that fits is meant.
KINDS = {
    r"whole number from 0|counted from 0|, 0 for the title|are one whole number": (
        "0 | 1",
        '-1 | 0.0 | "0"',
    ),
    r"whole number from 1|counted from 1": ("1 | 2", '0 | 1.0 | "1"'),
    r"whole number from 2": ("2 | 3", '1 | 2.0 | "2"'),
    r"ends before one character": ("1", '1.0 | "1"'),
    r"a decimal above zero": ("0.1 | 1.0", '0.0 | -0.1 | 1 | "1.0"'),
    r", a decimal\.$": ("0.0 | -0.1 | 1.0", '1 | "1.0"'),
    r"decimal from 0 to 100": ("0.0 | 100.0", "-0.1 | 100.1 | 1"),
    r"decimal from 50 to below 100": ("50.0 | 99.9", "49.9 | 100.0 | 95"),
    r"decimal above 0 and at most 1": ("0.1 | 1.0", "0.0 | 1.1 | 1"),
    r" by true\b": ("true", 'false | "true" | 1'),
    r"has one day |one day it was|on one day, an": (_DAY, f'"2026-01-31" | {_YEAR}'),
    r"one year": (_YEAR, f'"2026" | 2026 | {_DAY}'),
    r"names that were not seen are ', et al.'": (
        '"Doe J" | "Doe J, et al."',
        '"Doe J"@en | "Doe J," | "Doe J et al." | "Doe J, et al"',
    ),
    r", a text\.$|one text|is a text|names one body|cites the one place": ('"x"', '"x"@en'),
    r"title, which is not empty": ('"x"@en | "x"@de', '"x" | " "@en'),
    r"title, .*with a language tag": ('"x"@en | "x"@de', '"x" | 1'),
    r"one of =, <, ≤, > and ≥": ('"=" | "<" | "≤" | ">" | "≥"', '"==" | "!" | ""'),
    r"minutes, hours, days, weeks, months or years": (
        "unit:MIN | unit:HR | unit:DAY | unit:WK | unit:MO | unit:YR",
        'unit:SEC | "days"',
    ),
    r"milligrams per day": ("unit:MilliGM-PER-DAY", "unit:MilliGM"),
    r"one unit: milligrams, micrograms or nanograms, also per": (
        "unit:MilliGM | unit:MicroGM | unit:NanoGM | unit:MilliGM-PER-KiloGM | unit:MOL-PER-L |"
        " unit:MicroMOL-PER-L | unit:PERCENT",
        "unit:KiloGM | unit:MilliGM-PER-DAY",
    ),
    r"predicate of an efficacy claim is relieves": ("ldn:relieves", "ldn:causes"),
    r"predicate of a safety claim is causes": ("ldn:causes", "ldn:relieves"),
    r"predicate of a dosage claim is taken as": ("ldn:takenAs", "ldn:usedFor"),
    r"belongs to, has symptom, used for or studied for": (
        "ldn:belongsTo | ldn:hasSymptom | ldn:usedFor | ldn:studiedFor",
        "ldn:relieves",
    ),
    r"blocks, inhibits, decreases, increases, alters, relieves, worsens, acts": (
        "ldn:blocks | ldn:inhibits | ldn:decreases | ldn:increases | ldn:alters | ldn:relieves |"
        " ldn:worsens | ldn:actsThrough | ldn:actsUnexplainedIn",
        "ldn:causes | ldn:usedFor",
    ),
    r"was not recorded when it was made, or not given": (
        "ldnc:search-not-recorded | ldnc:not-seen",
        "ldnc:no-result-published",
    ),
    r"one of people does not": ("<urn:x:code>", '<urn:x:other> | "text" | _:nameless | ldnc:human'),
    r"from the list of|the computed one": ("<urn:x:code>", '<urn:x:other> | "text" | _:nameless'),
    # What form these texts have stands in test_patterns.py.
    r"64 lower-case hexadecimal": (f'"{_SHA256}"', f'"{_SHA256}"@en | "{_SHA256}0"'),
    r"has at most one DOI": ('"10.1000/x"', '"10.1000/x"@en | "10.1000/X" | "10.1000/%28"'),
    r"is PMC and digits, or ISBN": ('"PMC1"', '"PMC1"@en | "1"'),
    r"one PubMed identifier": ('"1"', '1 | "PMC1"'),
    r"begins with http:// or https://": ('"https://a"', '"https://a"@en | <https://a> | "www.a"'),
    r"as its registry writes it": ('"NCT00000000"', '"NCT00000000"@en | "NCT0000000"'),
    r"one previous version": ("<urn:x/2026.11>", '"/2026.11" | <urn:x/2026-11>'),
    r"is the address of a page": ("<https://a>", '"https://a" | <ftp://a>'),
    r"type of evidence, from ECO": (_ECO, f'"{_ECO[1:-1]}" | <urn:x:ECO_0000001>'),
    r"is an IRI of another vocabulary, not one of ours": ("<urn:x:a>", '"urn:x:a" | drug:a | _:a'),
    r"of which classes it is used|to which classes or datatypes": ("<urn:x:a>", '"urn:x:a" | _:a'),
    r"CC0 1.0, and no other licence": (f"<{_LICENCES}publicdomain/zero/1.0/>", '"CC0 1.0"'),
    r"defined by the ontology of ldn-kg": ("<https://w3id.org/ldn-kg/ontology>", "<urn:x:a>"),
    r"one day or month in which": (f"{_DAY} | {_MONTH}", f'{_YEAR} | "2026-01"'),
    r"month or year, it was|in one month or year|one day, month or year": (
        f"{_DAY} | {_MONTH} | {_YEAR}",
        '"2026-01-31" | "2026"',
    ),
    r"year and month, such as 2026.11": ('"2026.11"', '2026.11 | "2026.11"@en | "2026-11"'),
}
# Lists to which what is used newly is added.
_OPEN = {"lsh:Claim-predicate", "lsh:Result-unit-known"}
_LIMITS = (
    *("datatype", "in", "node", "nodeKind", "hasValue"),
    *("minInclusive", "minExclusive", "maxInclusive", "maxExclusive"),
)
# Each is a day or less of one: in either of two or three datatypes.
_DAYS = ("SecondReading-date", "Search-searchedOn", "Study-ends", "Study-searchedOn")


def _of(shape: NamedNode, name: str) -> list[NamedNode | Literal]:
    return [quad.object for quad in rules().quads_for_pattern(shape, iri(name), None)]  # type: ignore[misc]


def _limited() -> list[str]:
    """Return the names of the rules on the values of one property."""
    said = (q for name in _LIMITS for q in rules().quads_for_pattern(None, iri(f"sh:{name}"), None))
    shapes = {q.subject for q in said if isinstance(q.subject, NamedNode)}
    shapes |= {iri(f"lsh:{name}") for name in _DAYS}
    return sorted(
        shorten(shape.value)
        for shape in shapes
        if any(isinstance(path, NamedNode) for path in _of(shape, "sh:path"))
        and _of(shape, "sh:message")
        and shorten(shape.value) not in _OPEN
    )


def _kind(name: str) -> tuple[str, str]:
    """Return what passes and what does not by the message of a rule."""
    (message,) = _of(iri(name), "sh:message")
    return next(values for said, values in KINDS.items() if re.search(said, message.value))


def _alone(name: str, records: list[NamedNode]) -> Store:
    """Return a rule with all that it asks for, aimed at some records."""
    store, todo, seen = Store(), [iri(name)], set()
    while todo:
        node = todo.pop()
        if isinstance(node, Literal) or node in seen:
            continue
        seen.add(node)
        said = list(rules().quads_for_pattern(node, None, None))
        store.extend(said)
        todo += [quad.object for quad in said]
    store.extend(Quad(iri(name), iri("sh:targetNode"), record) for record in records)
    return store


def _list(name: str) -> str:
    """Return the name of the closed list of a rule: that of lsh:InStudyDesigns is study-designs."""
    node = next((shorten(node.value) for node in _of(iri(name), "sh:node")), "lsh:InNone")
    return re.sub(r"(?<!^)([A-Z])", r"-\1", node.removeprefix("lsh:In")).lower()


def _reported(name: str, values: dict[NamedNode, str]) -> set[NamedNode]:
    """Return the records that a rule reports, each with one value."""
    listed = ("<urn:x:code>", "ldnc:human", "_:nameless")
    text = "<urn:x:other> skos:inScheme ldnc:no . "
    text += " ".join(f"{code} skos:inScheme ldnc:{_list(name)} . " for code in listed)
    (path,) = _of(iri(name), "sh:path")
    text += " ".join(f"{record} {path} {value} ." for record, value in values.items())
    data = Store()
    data.extend(Quad(*quad.triple) for quad in parse(HEAD + text, format=RdfFormat.TURTLE))
    found = validate(data, _alone(name, list(values)))
    return {result.focus_node for result in found if result.source_shape == iri(name)}  # type: ignore[misc]


NAMES = _limited()


@pytest.mark.parametrize("name", NAMES)
def test_what_passes_and_what_does_not(name: str) -> None:
    right, wrong = (values.split(" | ") for values in _kind(name))
    values = {NamedNode(f"urn:x:{at}"): value for at, value in enumerate(right + wrong)}
    assert _reported(name, values) == set(list(values)[len(right) :])


def test_every_kind_is_used() -> None:
    messages = [_of(iri(name), "sh:message")[0].value for name in NAMES]
    assert not [said for said in KINDS if not any(re.search(said, words) for words in messages)]
    assert len(messages) > 150


# Shapes of more classes than one, of some records of one, or of values.
_NOT_OF_ONE = {
    *("Claim-fits", "Claim-window", "DatasetVersion", "Found", "Matched", "Matched-noMatch-whole"),
    *("Measurement", "OfNoPeople", "Record-name", "Study-includes-counted", "naltrexone"),
}
# By the first word of their names: shapes of a class of others.
_OF_OTHERS = {
    **dict.fromkeys(("Concept", "Design", "Directness", "Domain", "Frequency"), "skos:Concept"),
    "Class": "rdfs:Class",
    "Dataset": "dcat:Dataset",
    "Property": "rdf:Property",
    "Scheme": "skos:ConceptScheme",
    "Selector": "oa:TextPositionSelector",
}


def _shapes_of_records() -> list[str]:
    """Return the names of the shapes of records of one class."""
    shapes = rules().quads_for_pattern(None, iri("rdf:type"), iri("sh:NodeShape"))
    names = {shorten(q.subject.value)[4:] for q in shapes if isinstance(q.subject, NamedNode)}
    return sorted(name for name in names - _NOT_OF_ONE if not re.match("In[A-Z]", name))


@pytest.mark.parametrize("name", _shapes_of_records())
def test_a_shape_is_about_the_class_that_it_is_named_after(name: str) -> None:
    first = name.partition("-")[0]
    wanted = _OF_OTHERS.get(first, f"ldn:{first}")
    assert _of(iri(f"lsh:{name}"), "sh:targetClass") == [iri(wanted)]
