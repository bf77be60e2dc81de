"""What a record says once, or in English: a second value, or another language, is told.

`shapes/values.txt` names rules whose messages say "one" and "English", on properties that the right
records have. These get a second value of each property at once, and each rule must report one.
"""

from collections.abc import Iterator
from functools import cache

from pyoxigraph import Literal, NamedNode, Quad
from support.cases import CASE_FILES, Case, load, right
from support.paths import TESTS

from ldn_kg.check.validation import Problem, rules, validate
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import iri, shorten

WANTED = [
    line.split() for line in (TESTS / "shapes" / "values.txt").read_text("utf-8").splitlines()
]
ABOUT = r"sh:(maxCount|languageIn)\b"  # faults for which `make mutants` asks these tests
_NUMBERS = tuple(iri(f"xsd:{name}") for name in ("integer", "decimal"))


def _second(quad: Quad) -> Iterator[Quad]:
    """Yield the statement again with another value."""
    subject, predicate, old = quad.subject, quad.predicate, quad.object
    new: Literal | NamedNode = NamedNode("https://example.org/another")
    if isinstance(old, Literal):
        if old.language:
            new = Literal("Wort", language="de")
        elif old.value in ("true", "false"):
            new = Literal(old.value == "false")
        elif old.datatype in _NUMBERS:
            new = Literal(f"1{old.value.lstrip('-')}", datatype=old.datatype)
        else:
            new = Literal(f"{old.value}1", datatype=old.datatype)
    if predicate != iri("rdf:type"):
        yield Quad(subject, predicate, new, GRAPHS["local"])


@cache
def _problems() -> tuple[Problem, ...]:
    dataset = load(*(Case(file) for file in CASE_FILES))
    for quad in right(*CASE_FILES):
        dataset.store.extend(_second(quad))
    return validate(dataset).problems


def _rules(word: str) -> set[str]:
    found = {name for name, *words in WANTED if word in words}
    assert len(found) > 40
    return found


def test_a_second_value_is_told() -> None:
    told = {shorten(problem.rule) for problem in _problems() if problem.value is None}
    assert _rules("one") - told == set()


def test_another_language_is_told() -> None:
    told = {shorten(problem.rule) for problem in _problems() if problem.value == "Wort"}
    assert _rules("English") - told == set()


def test_the_messages_say_so() -> None:
    for name, *words in WANTED:
        (message,) = rules().quads_for_pattern(iri(name), iri("sh:message"), None)
        assert all(word in message.object.value for word in words), name
