"""Files of a user: what would pass in silence is named, with what should stand there instead."""

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from ldn_kg.check import own
from ldn_kg.check.own import Fault, is_shipped, of_file
from ldn_kg.check.validation import rules, validate
from ldn_kg.check.vocabularies import unknown_term
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import files, quads
from ldn_kg.graph.namespaces import BASE, PREFIXES, iri
from ldn_kg.graph.rules import load

CASES = settings(max_examples=300, deadline=None, derandomize=True)
VOCABULARIES = Path(__file__).parent.parent / "vocabularies"
ONTOLOGY = files("ontology", ".ttl")
CLASSES = {q.object for q in rules().quads_for_pattern(None, iri("sh:targetClass"), None)}
PROLOGUE = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
STUDY = 'study:probe2026 a ldn:Study ; rdfs:label "Probe and others 2026"@en ;'
Faults = Callable[..., list[Fault]]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """Return what is wrong in a file with a text, which has our prefixes before it."""

    def _of(text: str, ending: str = "ttl", prologue: str = PROLOGUE) -> list[Fault]:
        path = tmp_path / f"own.{ending}"
        path.write_text(prologue + text, encoding="utf-8")
        found = list(own.faults(read(path, shipped=False), CLASSES))
        assert all(fault.file == path for fault in found)
        return found

    return _of


def test_a_file_that_says_nothing_has_no_fault(tmp_path: Path) -> None:
    assert list(of_file(tmp_path / "none.ttl", [], read(*ONTOLOGY, shipped=False), CLASSES)) == []


def test_a_sound_study_has_no_fault(faults: Faults) -> None:
    assert (
        faults(f'{STUDY} ldn:enrolled 60 ; ldn:femalePercent 62.5 ; skos:note "Ångström"@en .')
        == []
    )


def test_the_shipped_files_have_no_fault(kg: Dataset) -> None:
    shipped = [file for file in kg.files if is_shipped(file)]
    assert len(shipped) > 200
    found = [fault for file in shipped for fault in of_file(file, list(quads(file)), kg, CLASSES)]
    # Some files of the ontology are about terms of others alone.
    apart = {f.file.name for f in found if f.rule == "nothing-known" and "data" not in f.file.parts}
    assert {(f.file.name, f.rule) for f in found} == {(name, "nothing-known") for name in apart}


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        (f"{STUDY} rdfs:seeAlso <other.html> .", "relative-iri", "<other.html> is relative"),
        ("<rel> a ldn:Study .", "relative-iri", "such as study:rel"),
        ('[] a ldn:Study ; rdfs:label "x"@en .', "nameless", "such as study:younger2013"),
        (f'{STUDY} skos:note "a \\u0007 bell"@en .', "hidden-character", "U+0007"),
        (f'{STUDY} skos:note "a \\u202E turn"@en .', "hidden-character", "U+202E"),
        (f'{STUDY} skos:note "a \\u200B gap"@en .', "hidden-character", "U+200B"),
        (f'{STUDY} skos:note "A\\u030Angstrom"@en .', "normal-form", "NFC"),
        (f'{STUDY} skos:note "words"@en--ltr .', "direction", "--ltr"),
        (f'{STUDY} skos:note ""@en .', "empty-text", "not empty"),
        (f'{STUDY} skos:note " \\n"@en .', "empty-text", "not empty"),
        (f"{STUDY} <https://example.org/p/1> 1 .", "no-xml-name", "RDF/XML"),
        ("study:a <https://example.org/p> 1 .", "nothing-known", "look at its prefixes"),
        ("study:a a <https://example.org/Study> .", "nothing-known", "look at its prefixes"),
        (f'{STUDY} dcterms:issued "2999"^^xsd:gYear .', "future", "look at the year"),
        (f'{STUDY} skos:altLable "LOST"@en .', "unknown-term", "; perhaps skos:altLabel is meant."),
        (f'{STUDY} dcterms:Title "Lost"@en .', "unknown-term", "; perhaps dcterms:title"),
        (f"{STUDY} rdf:_x study:other .", "unknown-term", "no term rdf:_x;"),
        (f"{STUDY} a skos:Nothing .", "unknown-term", "no term skos:Nothing;"),
        (f"{STUDY} a rdf: .", "unknown-term", "no term rdf:;"),
        *(
            (f'{STUDY} {past} "2999-01-01"^^xsd:date .', "future", "look at the year")
            for past in ("ldn:searchedOn", "ldn:noMatchAsOf", "dcterms:created", "dcterms:date")
        ),
    ],
)
def test_what_no_shape_sees_is_named(faults: Faults, text: str, rule: str, words: str) -> None:
    (found,) = faults(text)
    assert (found.rule, words in found.message) == (rule, True)
    assert found.message.endswith(".")


@pytest.mark.parametrize(
    ("datatype", "right", "wrong"),
    [
        ("boolean", ("true", "0"), ("yes", "TRUE")),
        ("gYear", ("2020", "-0044", "2020Z"), ("20", "2020-01", "2020+1")),
        ("gYearMonth", ("2020-02", "2020-02+01:00"), ("2020", "2020-2", "2020-02-03")),
        ("date", ("2020-02-03", "2020-02-03Z"), ("2020-02", "2020-02-3", "03.02.2020")),
        ("string", ("", "any"), ()),
    ],
)
def test_a_day_or_a_truth_is_of_its_datatype(
    datatype: str, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    for typed in (*right, *wrong):
        literal = Literal(typed, datatype=iri(f"xsd:{datatype}"))
        found = [rule for rule, *_ in own._number(Quad(iri("study:a"), iri("ldn:p"), literal))]
        assert found == (["not-of-datatype"] if typed in wrong else []), typed


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('a ldn:Study ; rdfs:label "b"@en, ""@en', "a ldn:Study without a name ('')"),
        ('a ldn:Study, ldn:Arm ; ldn:condition ""', "a ldn:Arm without a name ('')"),
        ('ldn:enrolled ""', "a node without a name ('')"),
        ("a ldn:Study", "a ldn:Study without a name"),
    ],
)
def test_a_record_without_a_name_is_called_by_its_kind_and_label(
    faults: Faults, said: str, name: str
) -> None:
    assert {fault.record for fault in faults(f"[] {said} .")} == {name}


def test_today_has_come_and_tomorrow_has_not(
    faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Today(date):
        @classmethod
        def today(cls) -> date:
            return date(2020, 5, 17)

    monkeypatch.setattr(own, "date", Today)
    for property, last, next_ in (
        ("dcterms:date", "2020-05-17", "2020-05-18"),
        ("dcterms:date", "2020-05-17Z", "2020-05-18Z"),
        ("dcterms:date", "2020-05", "2020-06"),
        ("dcterms:date", "2020", "2021"),
        ("dcterms:issued", "2021-05-17", "2021-05-18"),
        ("dcterms:issued", "2021", "2022"),
    ):
        kind = ("gYear", "gYearMonth", "date")[last.count("-")]
        for day, wrong in ((last, 0), (next_, 1)):
            assert len(faults(f'{STUDY} {property} "{day}"^^xsd:{kind} .')) == wrong, (
                property,
                day,
            )


def test_terms_that_a_vocabulary_has_or_may_come_to_have_are_left_alone(faults: Faults) -> None:
    has = "a owl:Thing ; rdf:_12 study:a ; prov:wasDerivedFrom study:b ; dcterms:title 'x'@en"
    may = "a schema:Newest ; schema:new 'x' ; bibo:any 'x' ; <https://example.org/own> 'x'"
    assert faults(f"{STUDY} {has} ; {may} .") == []


CLOSED = ("dcmitype", "dcterms", "foaf", "owl", "prov", "rdf", "rdfs", "skos", "vann", "void")


@pytest.mark.parametrize("prefix", CLOSED)
def test_the_terms_are_those_that_the_vocabulary_publishes(prefix: str) -> None:
    lines = (VOCABULARIES / f"{prefix}.txt").read_text(encoding="utf-8").splitlines()
    names = {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}
    assert names
    assert {n for n in names if unknown_term(PREFIXES[prefix] + n)} == set()
    message = unknown_term(f"{PREFIXES[prefix]}zzzzzz")
    assert (
        message == f"The vocabulary {prefix} has no term {prefix}:zzzzzz; look for a misspelling."
    )


def test_the_year_to_come_is_that_of_an_issue_and_a_trial_may_end_later(faults: Faults) -> None:
    issued = f'dcterms:issued "{date.today().year + 1}"^^xsd:gYear'
    assert faults(f'{STUDY} {issued} ; ldn:ends "2999-01"^^xsd:gYearMonth .') == []


def test_a_record_without_a_name_is_called_the_same_each_time(faults: Faults) -> None:
    text = '[] a ldn:Study ; rdfs:label "x"@en .'
    assert faults(text) == faults(text)
    assert faults(text)[0].record == "a ldn:Study without a name ('x')"


SPACES = sorted(space for space in PREFIXES.values() if space != BASE)


@given(data=st.data(), space=st.sampled_from(SPACES))
@CASES
def test_a_namespace_one_sign_away_is_named_with_the_right_one(
    data: st.DataObject, space: str
) -> None:
    at = data.draw(st.integers(0, len(space) - 1))
    sign = data.draw(st.sampled_from("abxsw0/#-."))
    edits = (space[:at] + space[at + 1 :], space[:at] + sign + space[at:])
    typed = data.draw(st.sampled_from([*edits, space[:at] + sign + space[at + 1 :]]))
    meant = own._near(f"{typed}Term")
    if typed.startswith(tuple(SPACES)):
        assert meant is None
    elif typed.lower() != space.lower():
        assert meant, typed
        # Another of ours may be as near, such as oa: and org:.
        assert meant[1] == space or own.distance(typed.lower(), meant[1].lower()) <= 1


@pytest.mark.parametrize("space", SPACES)
def test_a_right_namespace_is_near_to_none(space: str) -> None:
    assert own._near(f"{space}term") is None


@pytest.mark.parametrize(
    "name",
    [
        "http://www.w3.org/ns/org#Organization",
        "http://purl.org/dc/elements/1.1/title",
        "https://example.org/study/a",
        "https://doi.org/10.5555/x",
        "https://w3id.org/ldn-kg/ontology",
        "https://w3id.org/ldn-kg/dataset/2026.1",
    ],
)
def test_the_namespaces_of_others_are_left_alone(name: str) -> None:
    assert own._near(name) is None


def test_a_misspelt_prefix_is_named_once(faults: Faults) -> None:
    http = PROLOGUE.replace(
        "<https://w3id.org/ldn-kg/ontology#>", "<http://w3id.org/ldn-kg/ontology#>"
    )
    assert http != PROLOGUE
    found = faults(f"{STUDY} ldn:enrolled 1 .", prologue=http)
    near = [fault for fault in found if fault.rule == "near-namespace"]
    assert [fault.message for fault in near] == [
        "<http://w3id.org/ldn-kg/ontology#> is no namespace; ldn: is "
        "<https://w3id.org/ldn-kg/ontology#>. Mend the prefix."
    ]
    assert len(found) == len(near) + 1
    assert "nothing-known" in {fault.rule for fault in found}


NUMBERS = ("60", "60.0", "6e1", "sixty", "NaN", "INF", "-INF", "", " 60", "+60", "60.", ".5")
HELD = {"integer": ("60", "+60"), "decimal": ("60", "60.0", "+60", "60.", ".5")}
OTHER = """nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger long int short byte
    unsignedLong unsignedInt unsignedShort unsignedByte""".split()


@pytest.mark.parametrize("typed", NUMBERS)
@pytest.mark.parametrize("datatype", [*HELD, *OTHER])
def test_a_number_is_of_its_datatype(datatype: str, typed: str, tmp_path: Path) -> None:
    literal = Literal(typed, datatype=iri(f"xsd:{datatype}"))
    found = list(own._number(Quad(NamedNode("urn:a"), iri("ldn:enrolled"), literal)))
    assert {value for *_, value in found} <= {f'"{typed}"^^xsd:{datatype}'}
    rules = [rule for rule, *_ in found]
    if datatype in OTHER:
        assert rules == ["other-datatype"]
    else:
        assert bool(rules) == (typed not in HELD[datatype])


def test_what_a_file_says_in_the_derived_graph_is_not_lost_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "own.trig"
    text = (
        f"{PROLOGUE} GRAPH <https://w3id.org/ldn-kg/graph/derived> {{ {STUDY} ldn:enrolled 1 . }}"
    )
    path.write_text(text, encoding="utf-8")
    dataset = load(*ONTOLOGY, path, shipped=False)
    assert [fault.rule for fault in own.faults(dataset, CLASSES)] == ["derived-graph"]


def _problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "own.ttl"
    path.write_text(f"{PROLOGUE}{text}", encoding="utf-8")
    return [str(problem) for problem in validate(load(*ONTOLOGY, path, shipped=False)).problems]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1.0", '"1.0"^^xsd:decimal'),
        ("6.0e1", '"6.0e1"^^xsd:double'),
        ('"sixty"', '"sixty"^^xsd:string'),
        ('"NaN"^^xsd:decimal', '"NaN"^^xsd:decimal'),
        ('"060"^^xsd:nonNegativeInteger', '"060"^^xsd:nonNegativeInteger'),
    ],
)
def test_a_message_shows_the_value_as_typed(tmp_path: Path, value: str, said: str) -> None:
    found = [p for p in _problems(tmp_path, f"{STUDY} ldn:enrolled {value} .") if "enrolled" in p]
    assert found
    assert any(f"ldn:enrolled says {said}" in problem for problem in found), found


def test_a_problem_of_a_gzipped_file_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "own.ttl.gz"
    path.write_bytes(gzip.compress(f"{PROLOGUE}{STUDY} ldn:enrolled 1.0 .".encode()))
    problems = validate(load(*ONTOLOGY, path, shipped=False)).problems
    assert {problem.line for problem in problems} == {len(PROLOGUE.splitlines()) + 1}


TYPED = {
    "integer": "7",
    "decimal": "7.5",
    "double": "8.5E0",
    "string": "seven",
    "boolean": "true",
    "date": "2020-02-03",
    "gYear": "2020",
    "gYearMonth": "2020-02",
    "dateTime": "2020-02-03T00:00:00Z",
    "anyURI": "https://example.org/7",
}
HOLDS = {
    "study:probe2026 ldn:enrolled": ("integer",),
    "study:probe2026 ldn:femalePercent": ("decimal",),
    "study:probe2026 schema:identifier": (),
    "study:probe2026 ldn:ends": ("date", "gYear", "gYearMonth"),
    "publication:probe2026 dcterms:issued": ("gYear",),
    "publication:probe2026 bibo:doi": (),
    "publication:probe2026 ldn:journal": ("string",),
    "publication:probe2026 ldn:retracted": ("boolean",),
    "study:probe2026-result ldn:pValue": (),
    "study:probe2026-result ldn:ciLow": ("decimal",),
    "study:probe2026-result ldn:analysed": ("integer",),
    "study:probe2026-result ldn:adjusted": ("boolean",),
}
KINDS = (
    "study:probe2026 a ldn:Study . publication:probe2026 a ldn:Publication ."
    " study:probe2026-result a ldn:Result ."
)


@pytest.mark.parametrize("said", HOLDS)
def test_a_literal_of_another_datatype_is_a_problem_that_shows_it(
    said: str, tmp_path: Path
) -> None:
    wrong = {kind: text for kind, text in TYPED.items() if kind not in HOLDS[said]}
    values = " , ".join(f'"{text}"^^xsd:{kind}' for kind, text in wrong.items())
    found = _problems(tmp_path, f"{KINDS} {said} {values} .")
    for text in wrong.values():
        assert any(f"{said.split()[1]} says " in p and text in p for p in found), (text, found)


def test_a_nan_in_a_comparison_is_a_problem(tmp_path: Path) -> None:
    found = _problems(tmp_path, f'{STUDY} ldn:femalePercent "NaN"^^xsd:decimal .')
    assert any("This is no xsd:decimal" in problem for problem in found)


def test_a_second_record_of_a_paper_is_named_however_its_doi_is_typed(tmp_path: Path) -> None:
    paper = 'a ldn:Publication ; dcterms:title "T"@en ; dcterms:issued "2020"^^xsd:gYear ; bibo:doi'
    first = f'publication:one {paper} "10.5555/probe" .'
    for typed in (
        "10.5555/PROBE",
        "10.5555/probe.",
        "10.5555%2Fprobe",
        "https://doi.org/10.5555/probe",
    ):
        found = _problems(tmp_path, f'{first} publication:two {paper} "{typed}" .')
        said = f"says {typed}; its normal form is 10.5555/probe, which publication:one has already"
        assert any(said in problem for problem in found), found
    found = _problems(tmp_path, f'{first} publication:two {paper} "10.5555/probe" .')
    assert any("(the same stands on publication:one)" in problem for problem in found)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.rdf", "<html><body>404</body></html>", "a web page: its root is <html>"),
        ("a.rdf", "<feed/>", "no RDF/XML: its root is <feed>"),
        (
            "a.rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n',
            ":2:1: .* early",
        ),
        ("a.rdf", "<a><b></a>", r":1:9: this is not well-formed XML: mismatched tag"),
        ("a.jsonld", '{"@context": "https://schema.org/", "@id": "urn:x"}', "is not fetched"),
        ("a.jsonld", '{"@context": {"@import": "c.jsonld"}, "@id": "urn:x"}', "c.jsonld is not"),
        ("a.jsonld", '{"@id": "urn:x", "enroled": 3, "b": 1}', "keys mean: enroled, b"),
        ("a.jsonld", '{"@id": "urn:x", "lnd:enrolled": 3}', "keys mean: lnd:enrolled"),
        ("a.ttl", '<urn:a> <urn:b> "x"@en_US .', "a language tag has a hyphen: @en-US, not @en_US"),
        ("a.ttl", "<\0u\0r\0n\0", "in UTF-16"),
    ],
)
def test_what_a_parser_lets_pass_is_refused(
    name: str, content: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LdnKgError, match=said):
        read(path, shipped=False)


@pytest.mark.parametrize(
    "content",
    [
        '{"@context": {"e": "urn:e"}, "@id": "urn:x", "e": {"@value": "v", "@language": "en"}}',
        '{"@context": {"e": {"@id": "urn:e", "@container": "@language"}}, "@id": "urn:x",'
        ' "e": {"en": "v"}}',
        '{"@context": {"@vocab": "urn:"}, "@id": "urn:x", "any": 3}',
        '{"@context": {"v": "@value"}, "@id": "urn:x", "urn:e":'
        ' {"v": {"any": 3}, "@type": "@json"}}',
        '{"@context": [{"e": "urn:"}, {"p": "e:p"}],'
        ' "@graph": [{"@id": "urn:x", "p": 1, "e:q": 2}]}',
        '{"@id": "urn:x", "https://example.org/p": {"@list": [1, 2]}}',
    ],
)
def test_keys_that_mean_something_are_read(content: str, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonld"
    path.write_text(content, encoding="utf-8")
    assert len(read(path, shipped=False).store) >= 1


@pytest.mark.parametrize("ending", ["ttl", "nt", "nq", "trig"])
def test_what_is_gzipped_is_read_as_its_plain_form(ending: str, tmp_path: Path) -> None:
    content = b'<urn:a> <urn:b> "x" .\n'
    (tmp_path / f"own.{ending}").write_bytes(content)
    (tmp_path / f"packed.{ending}.gz").write_bytes(gzip.compress(content))
    plain, packed = (
        read(tmp_path / f"own.{ending}", shipped=False),
        read(tmp_path / f"packed.{ending}.gz", shipped=False),
    )
    assert set(plain.store) == set(packed.store)


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b"<urn:a> <urn:b> 1 .\n" * 999)[:40]],
    ids=["other", "cut off"],
)
def test_gzip_that_is_damaged_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "own.nq.gz"
    path.write_bytes(content)
    with pytest.raises(LdnKgError, match=r"own\.nq\.gz cannot be read as gzip"):
        read(path, shipped=False)


def test_of_a_folder_only_data_are_read(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("Dear diary", encoding="utf-8")
    (tmp_path / "page.xml").write_text("<html/>", encoding="utf-8")
    (tmp_path / "study.ttl").write_text(f"{PROLOGUE}{STUDY[:-1]}.", encoding="utf-8")
    assert [path.name for path in read(tmp_path, shipped=False).files] == ["study.ttl"]
