"""Every term of another vocabulary that we use is really there; so is every identifier's form.

`vocabularies/<prefix>.txt` lists the terms as read from the vocabulary's own file, which its head
names; `not-real.txt` lists terms that look real and are not.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from support.frozen import names
from support.paths import ROOT, TESTS

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import files, quads
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, PREFIXES
from ldn_kg.graph.questions import questions
from ldn_kg.graph.synthesis.certainty import LEVELS

LISTS = sorted(p for p in (TESTS / "vocabularies").glob("*.txt") if p.stem != "not-real")
NOT_REAL = TESTS / "vocabularies" / "not-real.txt"
# obo: holds many ontologies. Terms of these are used as vocabulary and must be listed; ids of the
# others (MONDO, HP, ChEBI …) are identifiers of records, checked elsewhere.
OBO = re.compile(r"(ECO|OBI|RO|SEPIO|STATO)_\d{7}")


@cache
def _known() -> dict[str, frozenset[str]]:
    """Map each listed namespace to the local names of its terms."""
    known = {}
    for path in LISTS:
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        terms = frozenset(line.partition("\t")[0] for line in lines if not line.startswith("#"))
        assert terms, f"{path.name} lists nothing"
        assert any(line.startswith("# origin: ") for line in lines), f"{path.name} has no origin"
        known[head.removeprefix("# ")] = terms
    return known


def _unreal(iri: str) -> bool:
    for namespace, terms in _known().items():
        local = iri.removeprefix(namespace)
        if iri.startswith(namespace) and (namespace != PREFIXES["obo"] or OBO.match(local)):
            return local not in terms
    return False


def _terms(quad: Quad) -> Iterator[str]:
    for term in quad.triple:
        if isinstance(term, NamedNode):
            yield term.value
        elif isinstance(term, Literal):
            yield term.datatype.value


def _turtle() -> list[Path]:
    folders = ("data", "ontology", "ldn_kg/publish/release", "shapes")
    return [path for folder in folders for path in files(folder, ".ttl")]


@pytest.mark.parametrize("path", _turtle(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_terms_are_real(path: Path) -> None:
    used = {iri for quad in quads(path) for iri in _terms(quad)}
    assert used
    assert not sorted(filter(_unreal, used))


def test_derived_terms_are_real(kg: Dataset) -> None:
    used = {iri for quad in kg.triples("derived") for iri in _terms(quad)}
    assert not sorted(filter(_unreal, used))


@pytest.mark.xdist_group("release")
@pytest.mark.parametrize("name", ["metadata.ttl", "nanopubs.trig", "queries/examples.ttl"])
def test_published_terms_are_real(name: str, release: Path) -> None:
    used = {iri for quad in quads(release / name) for iri in _terms(quad)} - _known().keys()
    assert used
    assert not sorted(filter(_unreal, used))


def test_terms_of_questions_and_rules_are_real() -> None:
    texts = [q.sparql for q in questions().values()]
    texts += [
        path.read_text(encoding="utf-8")
        for folder in ("ontology", "ldn_kg/publish/release")
        for path in files(folder, ".rq")
    ]
    for text in texts:
        spaces = dict(re.findall(r"PREFIX (\w+): <([^>]+)>", text))
        body = re.sub(r"#[^\n>]*\n|PREFIX .*|\"[^\"]*\"", "\n", text)
        named = re.findall(r"(?<![\w?])(\w+):([\w-]+)", body)
        assert named
        assert not [f"{p}:{local}" for p, local in named if _unreal(spaces[p] + local)]


def test_every_used_namespace_is_listed(kg: Dataset) -> None:
    """A predicate or class outside the lists and outside our own namespaces is not checked."""
    listed = (*_known(), LDN)
    shapes = [quad for path in files("shapes", ".ttl") for quad in quads(path)]
    predicates = {quad.predicate.value for quad in [*kg.triples(), *shapes]}
    types = {q.object.value for q in kg.triples() if q.predicate.value.endswith("#type")}
    assert not sorted(iri for iri in predicates | types if not iri.startswith(listed))


@pytest.mark.parametrize("line", NOT_REAL.read_text(encoding="utf-8").splitlines())
def test_terms_that_are_not_real_are_caught(line: str) -> None:
    assert _unreal(line.partition("\t")[0])


def test_own_terms_are_defined_and_used(kg: Dataset) -> None:
    defined, used = set(), set()
    for quad in kg.triples():
        if quad.predicate.value.endswith("#isDefinedBy") or quad.predicate.value.endswith(
            "#inScheme"
        ):
            defined.add(quad.subject.value)
        used |= {t for t in _terms(quad) if t != quad.subject.value}
    own = {iri for iri in used if iri.startswith((LDN, LDNC))}
    schemes = {q.object.value for q in kg.triples() if q.predicate.value.endswith("#inScheme")}
    assert not sorted(own - defined - schemes)
    unused = defined - _asserted(kg) - _named_by_rules()
    assert sorted(iri.removeprefix(LDN).removeprefix(LDNC) for iri in unused) == sorted(UNUSED)


# Terms that no shipped record uses yet, each with the reason why it is there.
UNUSED = {
    "active-not-recruiting",  # a state that registries give
    "bias-from-missing-data",  # the list of RoB 2 is whole
    "bias-from-reporting",  # the same
    "bias-overall",  # the same
    "comparatorSE",  # the same of the other side is there
    "greatest-low-concentration",  # a shape compares with it
    "high-risk",  # the three judgements of RoB 2
    "maintenance",  # the step of a regimen after its target
    "median-change-value",  # what trials print, and what is kept from a pool of means
    "database-search",  # the curators recorded none so far
    "recommends",  # the stance opposite to one that is recorded
    "register-search",  # as of databases
    "silent",  # a line on a mechanism that does not address its claim
    "state-unknown",  # a state that registries give
}


def _named_by_rules() -> set[str]:
    """Return the terms that rules and questions name: they ask for them, whatever the data."""
    rules = [*files("ontology/rules", ".rq"), *files("queries", ".rq")]
    named = {
        space + local
        for path in rules
        for prefix, space in (("ldn", LDN), ("ldnc", LDNC))
        for local in re.findall(rf"\b{prefix}:([\w-]+)", path.read_text(encoding="utf-8"))
    }
    assert named
    modules = sorted((ROOT / "ldn_kg" / "graph" / "synthesis").glob("*.py"))
    quoted = {
        word
        for path in modules
        for word in re.findall(r'"([\w-]+)"', path.read_text(encoding="utf-8"))
    }
    assert set(LEVELS) <= quoted
    quoted |= {f"{level}-certainty" for level in LEVELS}
    return named | {space + word for space in (LDN, LDNC) for word in quoted}


def _asserted(kg: Dataset) -> set[str]:
    """Return the terms that records, rules or our own terms use, beside those that define terms."""
    facts = [q for g in ("source", "literature", "derived") for q in kg.triples(g)]
    terms = [q for q in kg.triples("vocabulary") if q.subject.value.startswith(LDNC)]
    facts += [q for q in terms if q.predicate.value.startswith(LDN)]
    used = {q.predicate.value for q in facts}
    return used | {q.object.value for q in facts if isinstance(q.object, NamedNode)}


@pytest.mark.parametrize(
    ("includes", "end"), [("domainIncludes", "subject"), ("rangeIncludes", "object")]
)
def test_own_properties_join_what_the_ontology_says(includes: str, end: str, kg: Dataset) -> None:
    allowed: dict[str, set[str]] = {}
    types: dict[str, set[str]] = {}
    for quad in kg.triples():
        if quad.predicate.value == PREFIXES["schema"] + includes:
            allowed.setdefault(quad.subject.value, set()).add(quad.object.value)
        if quad.predicate.value == PREFIXES["rdf"] + "type":
            types.setdefault(quad.subject.value, set()).add(quad.object.value)
    assert allowed
    wrong = set()
    for quad in kg.triples():
        if quad.predicate.value in allowed:
            term = quad.subject if end == "subject" else quad.object
            kinds = {f"{PREFIXES['rdf']}langString"} if getattr(term, "language", None) else set()
            kinds |= {term.datatype.value} if isinstance(term, Literal) else types[term.value]
            if not kinds & allowed[quad.predicate.value]:
                wrong.add((str(quad.subject), quad.predicate.value, str(term)))
    assert not wrong


# How JSON-LD is told the type of a value, by the range that the ontology names.
COERCIONS = {
    PREFIXES["xsd"] + "decimal": {"@type": "xsd:decimal"},
    PREFIXES["rdf"] + "langString": {"@language": "en"},
    PREFIXES["xsd"] + "integer": {},  # a JSON number
    PREFIXES["xsd"] + "boolean": {},  # true
    PREFIXES["xsd"] + "string": {},
    PREFIXES["xsd"] + "date": {},  # a date or a year: the value says its type
    PREFIXES["xsd"] + "gYear": {},
}


def test_the_context_types_every_term_as_the_ontology_does(kg: Dataset) -> None:
    terms = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))[
        "@context"
    ]
    ranges: dict[str, set[str]] = {}
    for quad in kg.triples("vocabulary"):
        if quad.predicate.value == PREFIXES["schema"] + "rangeIncludes":
            ranges.setdefault(quad.subject.value, set()).add(quad.object.value)
    names = [
        q.subject.value
        for q in kg.triples("vocabulary")
        if q.predicate.value.endswith("#isDefinedBy")
    ]
    assert len(names) > len(ranges) > 0
    for iri in names:
        name = iri.removeprefix(LDN)
        coercion = COERCIONS.get(
            min(ranges.get(iri, {""})), {"@type": "@id"} if iri in ranges else {}
        )
        expected = {"@id": f"ldn:{name}", **coercion} if coercion else f"ldn:{name}"
        assert terms[name] == expected
    prefixes = {k: v for k, v in terms.items() if isinstance(v, str) and v.endswith(("#", "/"))}
    assert prefixes and prefixes.items() <= PREFIXES.items()


@pytest.mark.parametrize("path", _turtle(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_prefixes_mean_one_namespace_are_sorted_and_used(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    declared = re.findall(r"^@prefix ([\w-]+): <([^>]+)> \.$", text, re.MULTILINE)
    body = re.sub(r"^@prefix .*|\"[^\"\n]*\"", "", text, flags=re.MULTILINE)
    assert declared == sorted(declared)
    own = {"lsh": "https://w3id.org/ldn-kg/shapes#"}
    if path.name == "dataset.ttl" and path.parent.name == "data":
        own["this"] = f"https://w3id.org/ldn-kg/dataset/{version('ldn-kg')}"
    assert not [p for p, space in declared if {**PREFIXES, **own}.get(p) != space]
    # A new study, begun by `ldn-kg new`, declares what it may need; those before it do not.
    if path.parent.name != "studies" or f"{BASE}study/{path.stem}" in names():
        assert not [p for p, _ in declared if not re.search(rf"(?<![\w:<]){p}:", body)]
