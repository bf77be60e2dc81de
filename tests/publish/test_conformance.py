"""Our data and shapes through processors that are not ours say there what they say here.

JSON-LD through PyLD and npm's jsonld; every format of the export through rdflib, Jena's riot and
rudof; the shapes through Jena SHACL and rudof, on the shipped data and on every case of one fault.
The questions are asked of Jena in `test_stores.py`. Where Jena or npm's jsonld is missing the tests
skip, unless LDN_KG_STORES or LDN_KG_BROWSER says that they are required. docs/conformance.md tells
what was found.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from traceback import format_exception
from typing import Any

import httpx
import pytest
from pyld import jsonld
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    parse,
    serialize,
)
from pyrudof import (
    RDFFormat,
    ReaderMode,
    ResultDataFormat,
    Rudof,
    RudofConfig,
    ShaclFormat,
    ShaclValidationMode,
)
from rdflib import Dataset as RdflibDataset
from support.cases import CASES, Case, Pairs, apart, load, wrong
from support.graphs import canonical
from support.paths import ROOT
from support.servers import SHORT_LIVED, Server, _fuseki_jar, _java, require

from ldn_kg.check.validation import rules
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import files
from ldn_kg.graph.namespaces import PREFIXES
from ldn_kg.publish.formats import FORMATS, json_ld, turtle
from ldn_kg.publish.site.rdf import _shapes
from ldn_kg.read.record import Records

MODULES = ROOT / "web" / "node_modules"
RDFLIB = {"turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml"}
RDFLIB |= {"nquads": "nquads", "trig": "trig"}
RUDOF = {
    "turtle": RDFFormat.Turtle,
    "jsonld": RDFFormat.JsonLd,
    "ntriples": RDFFormat.NTriples,
    "nquads": RDFFormat.NQuads,
    "trig": RDFFormat.TriG,
    "rdfxml": RDFFormat.RdfXml,
}
GRAPHS_KEPT = ("nquads", "trig")
SHACL, RDF, XSD = PREFIXES["sh"], PREFIXES["rdf"], PREFIXES["xsd"]
# Each processor has a worker of its own, so that it is started once.
in_jsonld = pytest.mark.xdist_group("conformance-jsonld")
in_jena = pytest.mark.xdist_group("conformance-jena")
in_rudof = pytest.mark.xdist_group("conformance-rudof")

Documents = dict[str, Any]
Processor = Callable[[Documents], dict[str, str]]
Verdict = tuple[bool, Pairs]


@pytest.fixture(scope="session")
def shipped(kg: Dataset) -> set[str]:
    found = {str(quad.triple) for quad in kg.triples()}
    assert len(found) > 30_000
    return found


def _triples(content: bytes | str, form: RdfFormat = RdfFormat.N_QUADS) -> set[str]:
    return {str(quad.triple) for quad in parse(content, format=form)}


def test_the_data_have_no_blank_node_and_the_datatypes_that_could_be_lost(kg: Dataset) -> None:
    """Then two readings are the same if they are the same triples, letter by letter."""
    terms = [term for quad in kg.triples() for term in (quad.subject, quad.object)]
    assert not [term for term in terms if isinstance(term, BlankNode)]
    types = {term.datatype.value for term in terms if isinstance(term, Literal)}
    wanted = ("decimal", "integer", "date", "gYear", "boolean", "string")
    assert types >= {f"{RDF}langString", *(XSD + name for name in wanted)}


# JSON-LD

_NODE = """
const jsonld = require("jsonld");
const documentLoader = (url) => { throw new Error(`asked for ${url}`); };
const documents = JSON.parse(require("fs").readFileSync(0));
(async () => {
  const options = { format: "application/n-quads", safe: true, documentLoader };
  const found = {};
  for (const [name, document] of Object.entries(documents))
    found[name] = await jsonld.toRDF(document, options);
  process.stdout.write(JSON.stringify(found));
})();
"""


def _refuse(url: str, _options: object) -> Any:
    raise RuntimeError(f"asked for {url}")


def _pyld(documents: Documents) -> dict[str, str]:
    """Return what PyLD makes of documents; raises RuntimeError with what it says."""
    options = {"format": "application/n-quads", "documentLoader": _refuse}
    try:
        return {name: jsonld.to_rdf(document, options) for name, document in documents.items()}
    except jsonld.JsonLdError as error:
        raise RuntimeError("".join(format_exception(error))) from error


def _npm(documents: Documents) -> dict[str, str]:
    """Return what npm's jsonld makes of documents; raises RuntimeError with what it says."""
    if not shutil.which("node") or not (MODULES / "jsonld").is_dir():
        reason = "npm's jsonld is not installed; make scripts installs it, with npm"
        pytest.fail(reason) if os.environ.get("LDN_KG_BROWSER") == "required" else pytest.skip(
            reason
        )
    done = subprocess.run(
        ["node", "-e", _NODE],
        cwd=MODULES.parent,
        input=json.dumps(documents),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return dict(json.loads(done.stdout))


PROCESSORS = pytest.mark.parametrize("processor", [_pyld, _npm], ids=["PyLD", "jsonld"])


@in_jsonld
@PROCESSORS
def test_json_ld_of_all_data_is_the_same_triples(
    processor: Processor, written: dict[str, bytes], shipped: set[str]
) -> None:
    found = processor({"all": json.loads(written["jsonld"])})
    assert _triples(found["all"]) == shipped == _triples(written["turtle"], RdfFormat.TURTLE)


def _beside_pages(kg: Dataset) -> dict[str, tuple[bytes, bytes]]:
    """Return the first and the last record of each kind as the site writes it, in both forms."""
    records = Records(kg)
    kinds: dict[str, list[str]] = {}
    for record in records:
        kinds.setdefault(record.rpartition("/")[0], []).append(record)
    found = {}
    for names in kinds.values():
        for record in {names[0], names[-1]}:
            parts = (record, *records.parts_of(record))
            triples = [quad.triple for name in parts for quad in records[name].quads]
            found[record] = turtle(triples), json_ld(triples)
    return found


@in_jsonld
@PROCESSORS
def test_json_ld_of_records_is_the_same_triples(processor: Processor, kg: Dataset) -> None:
    beside = _beside_pages(kg)
    assert len(beside) >= 20
    found = processor({name: json.loads(both[1]) for name, both in beside.items()})
    for name, (as_turtle, _) in beside.items():
        expected = _triples(as_turtle, RdfFormat.TURTLE)
        assert expected
        assert _triples(found[name]) == expected, name


@in_jsonld
@PROCESSORS
def test_json_ld_of_the_shapes_is_the_same_graph(processor: Processor) -> None:
    """They have blank nodes and lists, which the data have not."""
    found = processor({"shapes": json.loads(json_ld(_shapes()))})["shapes"]
    expected = canonical(rules())
    assert len(expected) == len({quad.triple for quad in rules()})
    assert canonical(parse(found, format=RdfFormat.N_QUADS)) == expected


# What the data have not, but files of users may: each is lost or becomes another where JSON has no
# form for it, or where a converter takes a value that is false in Python for none.
_RARE = """
@prefix : <https://example.org/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a :double "1.0E0"^^xsd:double , "5.3E-1"^^xsd:double ; :numbers 0 , 5 ; :truths false , true , 0 .
:a :texts "" , "x" , ""@en ; :ill "1.5"^^xsd:integer , "yes"^^xsd:boolean .
:a :large 9007199254740993 , 0 ; :day "2026-11-27"^^xsd:date .
:a dcterms:publisher [ :says "behind a property whose values are IRIs" ] ; a [ a :Class ] .
:a :list ( 0 "" ( 1 ) ) .
:b :list _:shared . :c :list _:shared . _:shared rdf:first 1 ; rdf:rest () .
_:round :next _:other . _:other :next _:round . _:alone rdf:first 2 ; rdf:rest ( 3 ) .
_:typed a rdf:List ; rdf:first 4 ; rdf:rest () . :d :list _:typed .
_:self rdf:first _:self ; rdf:rest () .
"""


@in_jsonld
@PROCESSORS
def test_json_ld_of_what_is_rare_is_the_same_graph(processor: Processor) -> None:
    quads = list(parse(_RARE, format=RdfFormat.TURTLE))
    found = processor({"rare": json.loads(json_ld(quads))})["rare"]
    assert canonical(parse(found, format=RdfFormat.N_QUADS)) == canonical(quads)


@pytest.mark.xdist_group("release")
@PROCESSORS
def test_json_ld_of_the_description_is_the_same_graph(processor: Processor, release: Path) -> None:
    described = json.loads((release / "metadata.jsonld").read_bytes())
    found = processor({"metadata": described})["metadata"]
    expected = _triples((release / "metadata.ttl").read_bytes(), RdfFormat.TURTLE)
    assert expected
    assert _triples(found) == expected


@in_jsonld
@PROCESSORS
def test_every_term_of_the_context_means_what_it_says(processor: Processor) -> None:
    published = json.loads((ROOT / "ontology" / "context.jsonld").read_bytes())
    meant = {term: _target(value) for term, value in published["@context"].items()}
    terms = {term: name for term, name in meant.items() if not name.startswith("@")}
    assert len(terms) > 150
    document = {**published, "id": "ldnk:it", **dict.fromkeys(terms, "ldnk:value")}
    quads = list(parse(processor({"context": document})["context"], format=RdfFormat.N_QUADS))
    assert {quad.predicate.value for quad in quads} == set(terms.values())
    said = {(quad.predicate.value, str(quad.object)) for quad in quads}
    typed = {t: v for t, v in published["@context"].items() if isinstance(v, dict)}
    assert {(terms[term], _object(value)) for term, value in typed.items()} <= said


def _target(definition: Any) -> str:
    """Return the IRI that a term of the context stands for, or the keyword."""
    name = definition["@id"] if isinstance(definition, dict) else definition
    if not isinstance(name, str):
        return "@version"
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name


def _object(definition: dict[str, str]) -> str:
    """Return what "ldnk:value" must become as the value of a term."""
    if "@language" in definition:
        return f'"ldnk:value"@{definition["@language"]}'
    if definition["@type"] == "@id":
        return f"<{PREFIXES['ldnk']}value>"
    return f'"ldnk:value"^^<{_target(definition["@type"])}>'


@in_jsonld
@PROCESSORS
def test_a_remote_context_would_be_noticed(processor: Processor) -> None:
    with pytest.raises(RuntimeError, match=r"asked for https://example\.org/context"):
        processor({"remote": {"@context": "https://example.org/context", "@id": "urn:a:b"}})


# Other parsers

_FILE = re.compile(r"\d\d:\d\d:\d\d INFO +riot +:: File: (.+)")


def _riot(*paths: Path) -> tuple[dict[str, set[str]], list[str]]:
    """Return the statements that Jena reads from each file, strictly, and what it complains of."""
    require("fuseki")
    jena = ("-cp", str(_fuseki_jar()), "riotcmd.riot", "--strict", "--check")
    command = [_java() or "", *SHORT_LIVED, *jena]
    done = subprocess.run(
        [*command, "--output=nq", *map(str, paths)],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    texts: dict[str, list[str]] = {str(path): [] for path in paths}
    inside = texts[str(paths[0])]  # of one file alone the name is not said
    said = done.stderr.splitlines()
    for line in done.stdout.splitlines():
        if named := _FILE.fullmatch(line):
            inside = texts[named[1]]
        elif line.startswith(("<", "_:")):
            inside.append(line)
        elif line:
            said.append(line)
    assert done.returncode == 0 or said
    form = RdfFormat.N_QUADS
    read = {name: set(map(str, parse("\n".join(t), format=form))) for name, t in texts.items()}
    return read, said


@in_jena
def test_jena_reads_the_same_from_every_format(
    written: dict[str, bytes], kg: Dataset, shipped: set[str], tmp_path: Path
) -> None:
    paths = {form: tmp_path / f"all.{FORMATS[form]}" for form in FORMATS}
    for form, path in paths.items():
        path.write_bytes(written[form])
    found, said = _riot(*paths.values())
    assert said == []
    quads = set(map(str, kg.triples()))
    for form, path in paths.items():
        assert found[str(path)] == (quads if form in GRAPHS_KEPT else shipped), form


@in_jena
def test_jena_has_nothing_to_say_of_any_file_that_people_write() -> None:
    paths = [path for folder in ("data", "ontology", "shapes") for path in files(folder, ".ttl")]
    found, said = _riot(*paths)
    assert said == []
    assert [path for path in paths if not found[str(path)]] == []


@in_jena
def test_jena_would_have_something_to_say(tmp_path: Path) -> None:
    wrong = {f'"4,5"^^<{XSD}decimal>': "not valid", f'"13"^^<{XSD}gYear>': "not valid"}
    wrong |= {"<a b>": "Bad character in IRI", '"en"@not_a_language': "not terminated"}
    paths = [tmp_path / f"{number}.ttl" for number in range(len(wrong))]
    for path, term in zip(paths, wrong, strict=True):
        line = f"<https://example.org/s> <https://example.org/p> {term} .\n"
        path.write_text(line, encoding="utf-8")
    _, said = _riot(*paths)
    assert len(said) == len(wrong)
    assert all(fault in line for fault, line in zip(wrong.values(), said, strict=True)), said


@in_rudof
@pytest.mark.filterwarnings("ignore:Dataset.*is deprecated:DeprecationWarning")  # inside rdflib
@pytest.mark.parametrize("form", FORMATS)
def test_rdflib_reads_the_same_from_every_format(
    form: str, written: dict[str, bytes], kg: Dataset, shipped: set[str]
) -> None:
    read = RdflibDataset().parse(data=written[form], format=RDFLIB[form])
    found = read.serialize(format="nquads")
    if form in GRAPHS_KEPT:
        quads = parse(found, format=RdfFormat.N_QUADS)
        assert set(map(str, quads)) == set(map(str, kg.triples()))
    else:
        assert _triples(found) == shipped


@in_rudof
@pytest.mark.parametrize("form", FORMATS)
def test_rudof_reads_the_same_from_every_format(
    form: str, written: dict[str, bytes], shipped: set[str]
) -> None:
    rudof = Rudof(RudofConfig())
    rudof.read_data(written[form].decode(), format=RUDOF[form], reader_mode=ReaderMode.Strict)
    found = rudof.serialize_data(format=ResultDataFormat.NTriples)
    assert _triples(found, RdfFormat.N_TRIPLES) == shipped


# SHACL

_SERVICE = """
@prefix fuseki: <http://jena.apache.org/fuseki#> .
@prefix ja: <http://jena.hpl.hp.com/2005/11/Assembler#> .
<#service> a fuseki:Service ;
    fuseki:name "ldn" ;
    fuseki:endpoint
        [ fuseki:operation fuseki:gsp-rw ; fuseki:name "data" ] ,
        [ fuseki:operation fuseki:shacl ; fuseki:name "shacl" ] ;
    fuseki:dataset [ a ja:MemoryDataset ] .
"""
_GRAPH = {"graph": "https://example.org/data"}


class _Judge(Server):
    """Fuseki with an endpoint to which shapes are posted: one Java for all the cases."""

    def _command(self) -> list[str]:
        (self.folder / "service.ttl").write_text(_SERVICE, encoding="utf-8")
        where = ("--localhost", f"--port={self.port}", "--ping", "--config=service.ttl")
        return [_java() or "", "-Xmx2g", "-jar", str(_fuseki_jar()), *where]


@pytest.fixture(scope="module")
def jena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    require("fuseki")
    server = _Judge("fuseki", tmp_path_factory.mktemp("judge"))
    try:
        server.start()
        with httpx.Client(base_url=server.address, timeout=120) as client:
            yield client
    finally:
        server.kill()


@cache
def _shape_files() -> str:
    """Return the shapes as they are shipped, file after file."""
    return "\n".join(path.read_text(encoding="utf-8") for path in files("shapes", ".ttl"))


def _lines(store: Store) -> bytes:
    written = serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES)
    assert written
    return written


def _by_jena(client: httpx.Client, data: Dataset) -> Verdict:
    lines = {"Content-Type": "application/n-triples"}
    client.put("/data", params=_GRAPH, headers=lines, content=_lines(data.store)).raise_for_status()
    kinds = {"Content-Type": "text/turtle", "Accept": "application/n-triples"}
    answer = client.post("/shacl", params=_GRAPH, headers=kinds, content=_shape_files().encode())
    answer.raise_for_status()
    report = Store()
    report.load(answer.content, format=RdfFormat.N_TRIPLES)
    (conforms,) = _values(report, None, "conforms")
    pairs: Pairs = set()
    for result in _stating(report, None, "result"):
        (focus,) = _values(report, result.object, "focusNode")
        (shape,) = _values(report, result.object, "sourceShape")
        pairs.add((focus, shape))
    return conforms == "true", pairs


def _stating(store: Store, subject: Any, name: str) -> Iterator[Quad]:
    return store.quads_for_pattern(subject, NamedNode(SHACL + name), None, None)


def _values(store: Store, subject: Any, name: str) -> list[str]:
    return [getattr(quad.object, "value", "") for quad in _stating(store, subject, name)]


@cache
def _rudof() -> Rudof:
    rudof = Rudof(RudofConfig())
    rudof.read_shacl(_shape_files(), format=ShaclFormat.Turtle, reader_mode=ReaderMode.Strict)
    return rudof


def _by_rudof(mode: ShaclValidationMode, data: Dataset) -> Verdict:
    rudof = _rudof()
    rudof.reset_data()
    lines = _lines(data.store).decode()
    rudof.read_data(lines, format=RDFFormat.NTriples, reader_mode=ReaderMode.Strict)
    report = rudof.validate_shacl(mode=mode)
    return report.conforms, {
        (entry.focus_node.strip("<>"), (entry.source_shape or "").strip("<>")) for entry in report
    }


MODES = pytest.mark.parametrize(
    "mode", [ShaclValidationMode.Native, ShaclValidationMode.Sparql], ids=["native", "sparql"]
)


@in_jena
@pytest.mark.parametrize("what", ["shipped", "valid"])
def test_jena_finds_that_what_is_right_conforms(what: str, jena: httpx.Client, kg: Dataset) -> None:
    assert _by_jena(jena, kg if what == "shipped" else load()) == (True, set())


@in_jena
def test_jena_reports_the_faults_and_nothing_else(jena: httpx.Client) -> None:
    assert _wrong(partial(_by_jena, jena)) == {}


@in_rudof
@MODES
@pytest.mark.parametrize("what", ["shipped", "valid"])
def test_rudof_finds_that_what_is_right_conforms(
    what: str, mode: ShaclValidationMode, kg: Dataset
) -> None:
    assert _by_rudof(mode, kg if what == "shipped" else load()) == (True, set())


@in_rudof
@MODES
def test_rudof_reports_the_faults_and_nothing_else(mode: ShaclValidationMode) -> None:
    assert _wrong(partial(_by_rudof, mode)) == {}


def _wrong(judge: Callable[[Dataset], Verdict]) -> dict[Case, Pairs]:
    """Return the cases in which an engine reports anything but the fault, and what it reports."""

    def found(dataset: Dataset) -> Pairs:
        conforms, pairs = judge(dataset)
        assert conforms == (not pairs)
        return pairs

    groups = apart(CASES)
    assert sum(map(len, groups)) == len(CASES) > 400
    return {case: pairs for group in groups for case, pairs in wrong(group, found).items()}
