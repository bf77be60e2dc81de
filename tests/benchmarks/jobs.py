"""The jobs of a user, each with the command of ours and with what one would use instead."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from support.paths import ROOT
from support.servers import _fuseki_jar, _java, _oxigraph

BOUNDED, WHOLE = "evidence", "results"  # questions on one condition, and on all studies
CONDITION = "fibromyalgia"
_BASE = "https://w3id.org/ldn-kg"
RECORD = f"{_BASE}/study/younger2013"
# What the tables hold as well as the graph.
SPARQL = """
SELECT (REPLACE(STR(?trial), "^.*/", "") AS ?study) ?name ?p
WHERE {
  ?trial a ldn:Study ; ldn:design ldnc:randomised-parallel-trial ; ldn:result ?result .
  ?result dcterms:type ldnc:primary-outcome ; rdfs:label ?name ; ldn:pValue ?p .
}
"""
SQL = """
SELECT study, results.name, pValue FROM {results} AS results JOIN {studies} AS studies USING (study)
WHERE design = 'randomised parallel trial' AND rank = 'primary outcome' AND pValue IS NOT NULL
"""
_DUCKDB = """
import csv, duckdb, sys
rows = duckdb.sql(sys.argv[1]).fetchall()
csv.writer(sys.stdout).writerows([("study", "name", "p"), *rows])
"""
_RDFLIB = """
import sys, rdflib
graph = rdflib.Graph().parse(sys.argv[1], format="nt")
job, *given = sys.argv[2:]
write = sys.stdout.buffer.write
if job == "ask": write(graph.query(open(given[0]).read()).serialize(format="csv"))
elif job == "show": write(graph.query(given[0]).serialize(format="turtle"))
else: graph.serialize(given[0], format=job)
"""
_RUDOF = """
import sys, pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(sys.argv[1], format=pyrudof.RDFFormat.NTriples)
rudof.read_shacl(sys.argv[2])
print("conforms:", rudof.validate_shacl().conforms)
"""
_BARE = "import click, pyoxigraph"
# Growth within our program: what each part of a command takes, in one process from files.
_PARTS = """
import gc, json, time
from pathlib import Path
from ldn_kg.graph.dataset import read
from ldn_kg.graph.rules import derive
times = {}
def lap(name, do):
    taken = []
    for _ in range(2):  # the first time also fills caches, those of the processor, too
        gc.collect()
        start = time.process_time()
        made = do()
        taken.append(time.process_time() - start)
    times[name] = min(taken)
    return made
data = lap("read", read)
derived = lap("derive", lambda: derive(data))
from ldn_kg.check.validation import validate
lap("validate", lambda: validate(derived))
from ldn_kg.graph.questions import query, questions
for name in questions():
    lap(f"query {name}", lambda: len(list(query(derived, name))))
from ldn_kg.read.explanation import explain
from ldn_kg.read.page import show
lap("show", lambda: show(derived, "younger2013"))
lap("explain", lambda: explain(derived, "ldn-fibromyalgia"))
from ldn_kg.publish.release import artefacts
for name, make in artefacts(derived).items():
    if name.startswith(("nanopubs.", "kgx/", "tables/")):
        lap(f"build {name}", lambda: make(Path()))
print(json.dumps(times))
"""


@dataclass(frozen=True)
class Step:
    """A command: what it does and by which tool, what is read from it, and what it leaves behind.

    `kind` is a function of `said`, `output` the file that it reads. What `makes` names is removed
    before, and kept for later steps where `keep` says so. Without what it `needs`, and with more
    data than `most` times ours, it is not tried. It may take `patience` times the limit.
    """

    job: str
    tool: str
    command: list[str]
    kind: str = ""
    output: str = "out"
    makes: str = ""
    _: KW_ONLY
    needs: str = ""
    keep: bool = False
    most: int = 0
    once: bool = False
    patience: int = 1
    server: str = ""

    @property
    def name(self) -> str:
        """What it is called in the results."""
        return f"{self.job}: {self.tool}"


@dataclass(frozen=True)
class Pair:
    """A line of the page: a job, the tool of ours, another one, and what both give."""

    job: str
    ours: str
    theirs: str
    gives: str


LONG = 5  # patience with what no other tool does
OURS, FILES, BARE = "ldn-kg", "ldn-kg --no-cache", "Python alone"
ONE, ALL = "ask about one condition", "ask about all studies"
_NO_PAGE = "not compared: triples, not a page"
_ALONE = "nothing: it only imports click and pyoxigraph"
PAIRS = (
    Pair(ONE, OURS, BARE, _ALONE),
    Pair(ONE, OURS, "oxigraph query", "the same rows"),
    Pair(ONE, OURS, "Jena tdbquery", "the same rows"),
    Pair(ONE, OURS, "Jena arq", "the same rows"),
    Pair(ONE, OURS, "rdflib", "the same rows"),
    Pair(ONE, FILES, "Jena arq", "the same rows"),
    Pair(ONE, FILES, "rdflib", "the same rows"),
    Pair(ALL, OURS, "oxigraph query", "the same rows"),
    Pair(ALL, OURS, "Jena tdbquery", "the same rows"),
    Pair(ALL, OURS, "Jena arq", "the same rows"),
    Pair(ALL, OURS, "rdflib", "the same rows"),
    Pair(ALL, FILES, "Jena arq", "the same rows"),
    Pair(ALL, FILES, "rdflib", "the same rows"),
    Pair("show a record", OURS, BARE, _ALONE),
    Pair("show a record", OURS, "oxigraph query", _NO_PAGE),
    Pair("show a record", OURS, "rdflib", _NO_PAGE),
    Pair("explain a claim", OURS, BARE, _ALONE),
    Pair("search", OURS, BARE, _ALONE),
    Pair("prepare a store", OURS, "oxigraph load", "not compared: ours reads, derives and judges"),
    Pair("prepare a store", OURS, "Jena tdbloader", "not compared: ours reads, derives and judges"),
    Pair("validate", OURS, "Jena shacl", "the same verdict"),
    Pair("validate", FILES, "Jena shacl", "the same verdict"),
    Pair("validate", FILES, "rudof", "the same verdict"),
    Pair("validate", FILES, "pySHACL", "the same verdict"),
    Pair("export Turtle", OURS, "oxigraph convert", "the same triples"),
    Pair("export Turtle", OURS, "Jena riot", "the same triples"),
    Pair("export Turtle", OURS, "rdflib", "the same triples"),
    Pair("export JSON-LD", OURS, "oxigraph convert", "the same triples"),
    Pair("export JSON-LD", OURS, "Jena riot", "the same triples"),
    Pair("export JSON-LD", OURS, "rdflib", "the same triples"),
    Pair("export N-Triples", OURS, "oxigraph convert", "the same triples"),
    Pair("export N-Triples", OURS, "Jena riot", "the same triples"),
    Pair("export N-Triples", OURS, "rdflib", "the same triples"),
    Pair("push to Oxigraph", OURS, "curl", "as many triples in the store"),
    Pair("push to Fuseki", OURS, "curl", "as many triples in the store"),
    Pair("ask the tables", OURS, "DuckDB", "the same rows"),
    Pair("ask the tables", OURS, "SQLite", "the same rows"),
)
# What no other tool does.
ONLY_OURS = ("build", "site")


def steps(folder: Path, size: int) -> Iterator[list[Step]]:
    """Yield the steps at one size in groups; those of a group take turns."""
    ldn = [sys.executable, "-m", "ldn_kg"]
    python = [sys.executable, "-c"]
    jar, java, oxigraph = _fuseki_jar(), _java(), _oxigraph()
    if not jar or not java or not oxigraph:
        raise SystemExit("Jena or Oxigraph is not there; .ci/install-stores installs Jena.")
    jena = [java, "-Xmx12g", "-cp", str(jar)]
    condition = f"condition={CONDITION}"
    one = [*ldn, "query", BOUNDED, "-p", condition, "-f", "csv"]
    whole = [*ldn, "query", WHOLE, "-f", "csv"]
    rdflib = [*python, _RDFLIB, "all.nt"]
    describe = f"DESCRIBE <{RECORD}>"

    yield [Step("prepare a store", OURS, whole, makes="cache", keep=True)]
    # What is exported is judged once; the first export is not to bear that alone.
    yield [Step("judge what was prepared", OURS, [*ldn, "validate"])]
    for form, ending, label in _FORMS:
        export = [*ldn, "export", "-f", form, "-o", f"all.{ending}"]
        kept = form in ("ntriples", "nquads")
        job = f"export {label}"
        made = f"all.{ending}"
        yield [Step(job, OURS, export, "triples", made, made, keep=kept)]
    yield [
        Step(
            "prepare a store",
            "oxigraph load",
            [oxigraph, "load", "--location", "ox", "--file", "all.nt"],
            makes="ox",
            keep=True,
        ),
        Step(
            "prepare a store",
            "Jena tdbloader",
            [*jena, "tdb2.tdbloader", "--loc=tdb", "all.nt"],
            makes="tdb",
            keep=True,
        ),
    ]
    same = _same_store(folder)
    for job, ours, question in ((ONE, one, f"{BOUNDED}.rq"), (ALL, whole, f"{WHOLE}.rq")):
        asked = [*same, "--query-file", question, "--results-format", "csv"]
        yield [
            Step(job, BARE, [*python, _BARE]),
            Step(job, OURS, ours, "rows"),
            Step(job, FILES, [*ours, "--no-cache"], "rows"),
            Step(job, "oxigraph query", [oxigraph, "query", *asked], "rows"),
            Step(
                job,
                "Jena tdbquery",
                [*jena, "tdb2.tdbquery", "--loc=tdb", f"--query={question}", "--results=CSV"],
                "rows",
            ),
            Step(
                job,
                "Jena arq",
                [*jena, "arq.arq", "--data=all.nt", f"--query={question}", "--results=CSV"],
                "rows",
            ),
            Step(job, "rdflib", [*rdflib, "ask", question], "rows"),
        ]
    yield [
        Step("show a record", BARE, [*python, _BARE]),
        Step("show a record", OURS, [*ldn, "show", "younger2013"]),
        Step("show a record", FILES, [*ldn, "show", "younger2013", "--no-cache"]),
        Step(
            "show a record",
            "oxigraph query",
            [oxigraph, "query", *same, "-q", describe, "--results-format", "ttl"],
        ),
        Step("show a record", "rdflib", [*rdflib, "show", describe]),
    ]
    yield [
        Step("explain a claim", BARE, [*python, _BARE]),
        Step("explain a claim", OURS, [*ldn, "explain", "ldn-fibromyalgia"]),
        Step("search", BARE, [*python, _BARE]),
        Step("search", OURS, [*ldn, "search", "pain in fibromyalgia"]),
    ]
    yield [
        Step("validate", OURS, [*ldn, "validate"], "verdict"),
        Step("validate", FILES, [*ldn, "validate", "--no-cache"], "verdict"),
        Step(
            "validate",
            "Jena shacl",
            [*jena, "shacl.shacl", "v", "-s=shapes.ttl", "-d=all.nt"],
            "verdict",
        ),
        Step("validate", "rudof", [*python, _RUDOF, "all.nt", "shapes.ttl"], "verdict"),
        Step(
            "validate",
            "pySHACL",
            [sys.executable, "-m", "pyshacl", "--shacl", "shapes.ttl", "-df", "nt", "all.nt"],
            "verdict",
        ),
    ]
    for form, ending, label in _FORMS:
        if form == "nquads":
            continue
        job, made = f"export {label}", f"theirs.{ending}"
        convert = [oxigraph, "convert", "--from-file", "all.nt", "--to-file", made]
        riot = [*jena, "riotcmd.riot", f"--formatted={label}", "all.nt"]
        riot = riot if form != "ntriples" else [*jena, "riotcmd.riot", "--output=NT", "all.nt"]
        yield [
            Step(job, "oxigraph convert", convert, "triples", made, made),
            Step(
                job, "Jena riot", ["sh", "-c", f'"$0" "$@" > {made}', *riot], "triples", made, made
            ),
            Step(job, "rdflib", [*rdflib, _RDFLIB_NAMES[form], made], "triples", made, made),
        ]
    for kind in ("oxigraph", "fuseki"):
        job, upload = f"push to {kind.title()}", ["curl", "-sSf", "-X", "POST", "-T", "all.nq"]
        media = ["-H", "Content-Type: application/n-quads"]
        data = "{address}/store" if kind == "oxigraph" else "{address}/data"
        yield [
            Step(job, OURS, [*ldn, "push", "{address}", "--store", kind], server=kind),
            Step(job, "curl", [*upload, *media, data], server=kind),
        ]
    yield [
        Step(
            "build",
            OURS,
            [*ldn, "build", "dist"],
            makes="dist",
            keep=True,
            most=10,
            once=True,
            patience=LONG,
        )
    ]
    tables = {name: f"'dist/tables/{name}.csv'" for name in ("results", "studies")}
    sqlite = SQL.format(results="results", studies="studies")
    yield [
        Step("ask the tables", OURS, [*ldn, "query", SPARQL, "-f", "csv"], "rows"),
        Step(
            "ask the tables",
            "DuckDB",
            [*python, _DUCKDB, SQL.format(**tables)],
            "rows",
            needs="dist",
            most=10,
        ),
        Step(
            "ask the tables",
            "SQLite",
            ["sqlite3", "-csv", "-header", "dist/ldn-kg.sqlite", sqlite],
            "rows",
            needs="dist",
            most=10,
        ),
    ]
    site = [*ldn, "site", "site"]
    yield [Step("site", OURS, site, makes="site", most=10, once=True, patience=LONG)]
    yield [Step("parts", OURS, [*python, _PARTS], "parts", once=True, patience=LONG)]


def _same_store(folder: Path) -> list[str]:
    """Return the options for a copy of the prepared store: the program writes to what it opens."""
    copy, prepared = folder / "same", sorted(folder.glob("cache/*/store"))
    if prepared and not copy.exists():
        shutil.copytree(prepared[0], copy)
    return ["--location", "same" if copy.exists() else "ox", "--union-default-graph"]


_FORMS = (
    ("ntriples", "nt", "N-Triples"),
    ("nquads", "nq", "N-Quads"),
    ("turtle", "ttl", "Turtle"),
    ("jsonld", "jsonld", "JSON-LD"),
)
_RDFLIB_NAMES = {"ntriples": "nt", "turtle": "turtle", "jsonld": "json-ld"}


def _into(file: str, command: list[str]) -> list[str]:
    """Return a command whose output goes to a file."""
    return ["sh", "-c", f'exec "$0" "$@" > {file}', *command]


def prepare(folder: Path) -> None:
    """Write what others are given beside the triples: the shapes, and questions with values."""
    shapes = sorted((ROOT / "shapes").rglob("*.ttl"))
    assert shapes
    (folder / "shapes.ttl").write_bytes(b"".join(path.read_bytes() for path in shapes))
    for name, value in ((BOUNDED, f"<{_BASE}/condition/{CONDITION}>"), (WHOLE, "UNDEF")):
        text = (ROOT / "queries" / f"{name}.rq").read_text(encoding="utf-8")
        bound = text.replace("VALUES ?condition { UNDEF }", f"VALUES ?condition {{ {value} }}")
        assert value == "UNDEF" or bound != text
        (folder / f"{name}.rq").write_text(bound, encoding="utf-8")


def clear(path: Path) -> None:
    """Remove a file or folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
