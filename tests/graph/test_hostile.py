"""Files and queries that somebody made to fill the memory or to take for ever."""

import re
import resource
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from support.linear import expect_linear
from support.paths import Run

from ldn_kg.check import place
from ldn_kg.errors import LdnKgError
from ldn_kg.graph import files, namespaces, questions, sparql
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.publish.stores import remote

# Entities


def _rdf(declared: str, text: str, attribute: str = "") -> str:
    return (
        f'<?xml version="1.0"?>\n<!DOCTYPE r [{declared}]>\n<rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="https://example.org/">'
        f'<rdf:Description rdf:about="https://example.org/a"><x:p>{text}</x:p></rdf:Description>'
        f'<rdf:Description rdf:about="https://example.org/b" x:q="{attribute}"/></rdf:RDF>'
    )


def _tower(mark: str) -> str:
    """Return nine entities, each ten times the one before; a mark is part of their names."""
    first = '<!ENTITY a0 "xxxxxxxxxx">'
    names = ["a0", *(f"a{n}{mark}" for n in range(1, 9))]
    steps = zip(names[1:], names, strict=False)
    return first + "".join(f'<!ENTITY {name} "{f"&{last};" * 10}">' for name, last in steps)


LONG = f'<!ENTITY e "{"x" * 299}">'
BOMBS = {
    "a quote in the names": (_rdf(_tower("''"), "&a8'';"), "not well-formed XML"),
    "entities in entities": (_rdf(_tower(""), "&a8;"), "a1 holds entities"),
    "an entity as a sign": (_rdf('<!ENTITY a "&#38;b;">', "&a;"), "a holds entities"),
    "mark-up": (_rdf('<!ENTITY a "<x:q/>">', "&a;"), "mark-up"),
    "a long one": (_rdf(LONG.replace("xx", "xxx"), "&e;"), "e is 448 characters long"),
    "many uses": (_rdf(LONG, "&e;" * 100_000), "more than 10 times as long"),
    "many uses in an attribute": (_rdf(LONG, "a", "&e;" * 100_000), "more than 10 times as long"),
    "many entities": (
        _rdf("".join(LONG.replace(" e ", f" e{n} ") for n in range(500)), "&e1;" * 30_000),
        "more than 10 times as long",
    ),
    "in a comment": (_rdf('<!-- <!ENTITY a "x"> -->', "a"), "stands in a comment"),
    "in text": (_rdf("<!-- < -->", '<![CDATA[<!ENTITY a "x">]]>'), "stands in a comment or text"),
    "in an entity": (_rdf("<!ENTITY a '<!ENTITY b \"x\">'>", "&b;"), "mark-up"),
    "twice": (_rdf('<!ENTITY a "x"><!ENTITY a "y">', "&a;"), "declares a name again"),
    "for declarations": (_rdf('<!ENTITY % p "x">', "a"), "entity for declarations"),
    "elsewhere": (_rdf('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;"), "lies elsewhere"),
    "none of them": (_rdf("", "&a;"), "undefined entity"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_entities_that_could_grow_are_refused(name: str, tmp_path: Path) -> None:
    text, said = BOMBS[name]
    path = tmp_path / "own.rdf"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LdnKgError, match=said) as error:
        read(path, shipped=False)
    assert str(error.value).startswith(str(path))


def test_short_entities_are_expanded(tmp_path: Path) -> None:
    path = tmp_path / "own.rdf"
    space = '<!ENTITY x "https://example.org/"><!ENTITY dash "–">'
    path.write_text(_rdf(space, "a&dash;b &lt; &#38;", "&x;" * 100), encoding="utf-8")
    values = {quad.object.value for quad in read(path, shipped=False).triples()}
    assert values == {"a–b < &", "https://example.org/" * 100}


def test_what_is_not_well_formed_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "own.rdf"
    path.write_text(_rdf("", "a</x:q>"), encoding="utf-8")
    with pytest.raises(LdnKgError, match=r"own\.rdf:3:156: this is not well-formed XML"):
        read(path, shipped=False)


def _little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


@pytest.mark.parametrize("name", ["a quote in the names", "many uses in an attribute"])
def test_a_bomb_is_refused_in_little_memory(name: str, process: Run, tmp_path: Path) -> None:
    text, said = BOMBS[name]
    (tmp_path / "own.rdf").write_text(text.replace("&e;", "&e;" * 10), encoding="utf-8")
    done = process("validate", "own.rdf", preexec_fn=_little_memory)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize("ending", ["ttl", "nt", "rdf", "jsonld"])
def test_a_value_beyond_the_buffer_of_the_parser_is_said_in_a_sentence(
    ending: str, tmp_path: Path
) -> None:
    path, long = tmp_path / f"own.{ending}", "x" * (17 << 20)
    turtle = f'<https://example.org/a> <https://example.org/p> "{long}" .\n'
    json = f'{{"@id": "https://example.org/a", "https://example.org/p": "{long}"}}'
    texts = {"rdf": _rdf("", long), "jsonld": json}
    path.write_text(texts.get(ending, turtle), encoding="utf-8")
    try:
        dataset = read(path, shipped=False)
    except LdnKgError as error:
        assert str(error) == f"{path}: a value is longer than 16 MB; shorten it, or leave it out."
    else:
        assert max(len(quad.object.value) for quad in dataset.triples()) == len(long)


# Expressions

TEXTS: dict[str, Callable[[int], str]] = {
    "long string": lambda n: '"""\n' + '\\"""\n' * (n // 5),
    "long string and a stroke": lambda n: '"""\n' + '\\"""\n' * (n // 5) + "\\",
    "long string of the other kind": lambda n: "'''\n" + "\\'''\n" * (n // 5),
    "short string": lambda n: '"' + '\\"' * (n // 2),
    "quotes": lambda n: '"' * n,
    "empty lines": lambda n: "SELECT * {}" + "\n" * n,
    "parameters without an end": lambda n: "VALUES ?a { \n" * (n // 12),
    "parameters on one line": lambda n: "VALUES ?a { " * (n // 12),
    "blanks behind a parameter": lambda n: "VALUES ?a { UNDEF }" + " " * n,
    "blanks behind a prefix": lambda n: "prefix" + " " * n,
    "prefixes without an end": lambda n: "@prefix a: <\n" * (n // 13),
    "one word": lambda n: "a" * n,
    "open IRIs": lambda n: "<" * n,
    "a service behind comments": lambda n: "SELECT * {} service" + " # x\n" * (n // 5),
}
STRINGS = [text for text in TEXTS if "string" in text]
# What reads texts of others, and the texts that are hard for it.
READERS: dict[str, tuple[Callable[[str], object], list[str]]] = {
    "opaque": (partial(sparql._OPAQUE.sub, " "), [*STRINGS, "quotes", "open IRIs"]),
    "syntax": (partial(sparql.syntax_message, message="?"), ["blanks behind a prefix"]),
    "describe": (sparql.what_is_described, ["long string"]),
    "behind": (sparql._BEHIND_SERVICE.fullmatch, ["a service behind comments"]),
    "service": (sparql.refuse_service, ["a service behind comments"]),
    "parameter": (
        questions._PARAMETER.findall,
        [text for text in TEXTS if "parameter" in text or "lines" in text],
    ),
    "json": (partial(files._JSON_STRING.sub, ""), [*STRINGS, "quotes"]),
    "place": (place._PREFIX.findall, ["empty lines", "prefixes without an end"]),
    "prefixes": (remote._with_prefixes, ["one word", "blanks behind a prefix"]),
    "tidy": (lambda text: namespaces.tidy(text.encode()), ["one word"]),
}
HARD = [(reader, text) for reader, (_, texts) in READERS.items() for text in texts]


@pytest.mark.parametrize(("reader", "text"), HARD)
def test_a_text_is_read_in_a_time_like_its_length(reader: str, text: str) -> None:
    expect_linear(READERS[reader][0], TEXTS[text])


def test_a_time_that_grows_like_the_square_is_found() -> None:
    square = re.compile(r"\s+x")
    with pytest.raises(AssertionError, match="times a quarter"):
        expect_linear(lambda text: square.search(text[::4]), lambda n: " " * n)


DEEP: dict[str, Callable[[int], str]] = {
    "groups": lambda n: "ASK {" + "{" * n + "}" * n + "}",
    "groups without an end": lambda n: "ASK " + "{" * n,
    "a service behind groups": lambda n: "ASK " + "{" * n + "SERVICE <urn:x:x> {}",
    "an IRI of brackets": lambda n: "SELECT (1<" + "(" * n + "1" + ")" * n + ">2 AS ?x) {}",
    "parentheses": lambda n: "SELECT (" + "(" * n + "1" + ")" * n + " AS ?x) {}",
    "functions": lambda n: "SELECT (" + "STR(" * n + "1" + ")" * n + " AS ?x) {}",
    "exists": lambda n: "ASK { " + "FILTER EXISTS {" * n + "}" * n + " }",
    "negations": lambda n: "SELECT (" + "!" * n + "true AS ?x) {}",
    "sums": lambda n: "SELECT (1" + "+1" * n + " AS ?x) {}",
    "unions": lambda n: "ASK { {}" + "UNION{}" * n + " }",
    "filters": lambda n: "ASK { " + "FILTER(1)" * n + " }",
    "bindings": lambda n: "ASK { " + "".join(f"BIND(1 AS ?x{i})" for i in range(n)) + " }",
}


@pytest.mark.parametrize("name", DEEP)
def test_a_query_at_which_the_engine_would_crash_is_refused(name: str, kg: Dataset) -> None:
    with pytest.raises(LdnKgError, match=r"nested more than 200 deep|operators, and may have"):
        questions.prepare(kg, DEEP[name](30_000))


def test_a_query_that_is_as_deep_as_may_be_is_answered(process: Run, tmp_path: Path) -> None:
    """In a process of its own: it could crash. All limits are reached at once."""
    inner = "".join(f"BIND(1 AS ?x{i})" for i in range(700))
    deep = "SELECT * { " + "FILTER EXISTS {" * 95 + inner + "}" * 95 + "}"
    (tmp_path / "deep.rq").write_text(deep, encoding="utf-8")
    done = process("query", "--file", "deep.rq")
    assert (done.returncode, done.stderr) == (0, "")
    assert "(1 row)" in done.stdout


def test_many_values_and_brackets_in_words_are_no_depth(kg: Dataset) -> None:
    values = " ".join(f"<urn:x:a(b)/c-{n}> {n} ex:a-b" for n in range(5000))
    words = '"' + "{" * 500 + '" # ' + "(" * 500 + "\n"
    questions.prepare(kg, f"PREFIX ex: <urn:x:> ASK {{ VALUES ?x {{ {values} {words} }} }}")


@pytest.mark.parametrize("text", ["long string", "empty lines"])
def test_a_long_query_ends_with_a_sentence(text: str, process: Run, tmp_path: Path) -> None:
    (tmp_path / "long.rq").write_text(TEXTS[text](1 << 20), encoding="utf-8")
    done = process("query", "--file", "long.rq")
    assert done.returncode == 0 if text == "empty lines" else 2
    assert done.stdout or done.stderr.startswith("Error: SPARQL syntax error at line ")
