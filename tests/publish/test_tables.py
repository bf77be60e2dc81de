"""The tables in other forms: a Data Package, a database, plain JSON, and the codebook of all.

Frictionless, Datasette, SQLite, Node and jq read them; what is compared with is the CSV files.
"""

import asyncio
import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from frictionless import Package, system
from support.needed import without
from support.paths import ROOT

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.release.codebook import codebook
from ldn_kg.publish.release.database import database
from ldn_kg.publish.release.plain import plain_json
from ldn_kg.publish.release.tables import Table, closed_lists, known_tables, rows

pytestmark = pytest.mark.xdist_group("release")

DOCS = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")


def _csv(release: Path, name: str) -> list[dict[str, str]]:
    content = (release / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    found = list(csv.DictReader(io.StringIO(content)))
    assert found
    return found


def _example(language: str, number: int = 0) -> str:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)[number]


@pytest.fixture(scope="module")
def cells(kg: Dataset) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table as values."""
    return {name: rows(kg, table) for name, table in known_tables().items()}


# Columns


def test_words_of_a_closed_list_are_in_it_and_no_list_is_empty(
    kg: Dataset, cells: dict[str, list[dict[str, Any]]]
) -> None:
    lists, closed = closed_lists(kg), 0
    for table in known_tables().values():
        for column in table.columns:
            words = column.words(lists)
            assert bool(words) == bool(column.codes), column
            found = [row[column.name] for row in cells[table.name] if column.name in row]
            values = {value for cell in found for value in (cell if column.several else [cell])}
            assert not words or values <= {*words}, column
            closed += bool(words)
    assert closed > 40


def test_a_closed_list_is_that_of_the_property(kg: Dataset) -> None:
    """A word may stand in two lists, so the list is looked up from the terms behind the words."""
    label = r"(?:/| \?\w+ OPTIONAL { \?\w+ )skos:prefLabel"
    pattern = re.compile(rf"(?:\?iri|\?reported) (ldn:\w+){label} \?(\w+) ")
    scheme = (
        "SELECT DISTINCT ?scheme WHERE { ?record PROPERTY ?term . ?term skos:inScheme ?scheme }"
    )
    compared = 0
    for table in known_tables().values():
        for property_, name in pattern.findall(table.sparql):
            column = next((c for c in table.columns if c.name == name), None)
            if column is None:  # a variable within the query
                continue
            found = kg.rows(scheme.replace("PROPERTY", property_))
            names = {f"ldnc:{row['scheme'].rpartition('/')[2]}" for row in found}
            assert column.codes in names, (table.name, name, names)
            compared += 1
    assert compared > 25


def test_the_unit_of_a_column_is_a_unit_or_a_column() -> None:
    known = {"%", "mg/d", "people", "studies", "groups", "steps", "syntheses"}
    found = set()
    for table in known_tables().values():
        names = {column.name for column in table.columns}
        for column in table.columns:
            assert column.unit is None or column.kind in ("decimal", "integer")
            assert column.unit_column is None or column.unit_column in names
            found |= {column.unit} - {None} if column.unit_column is None else set()
    assert found == known


def test_the_codebook_has_a_line_for_each_column(kg: Dataset, release: Path) -> None:
    book = _csv(release, "codebook")
    assert (release / "tables" / "codebook.csv").read_bytes() == codebook(kg)
    tables = {path.stem for path in (release / "tables").glob("*.csv")} - {"codebook"}
    assert {line["table"] for line in book} == tables
    for name in tables:
        expected = list(_csv(release, name)[0])
        assert [line["column"] for line in book if line["table"] == name] == expected
    lines = {(line["table"], line["column"]): line for line in book}
    dose = lines["arms", "dailyMax"]
    assert (dose["kind"], dose["unit"], dose["several"]) == ("decimal", "mg/d", "false")
    assert lines["arms", "max"]["unit"] == "see unit"
    assert lines["arms", "study"]["key"] == "studies"
    assert lines["studies", "blinding"]["words"].split("; ") == sorted(
        lines["studies", "blinding"]["words"].split("; ")
    )
    assert all(line["meaning"] for line in book)


def test_every_word_of_the_codebook_has_a_code(release: Path) -> None:
    words = {row["word"] for row in _csv(release, "codes") if row["meaning"]}
    own = {"arm", "step", "window", "direct", "=", "<", "≤", ">", "≥"}
    own |= {f"{kind} claim" for kind in "classification dosage efficacy mechanism safety".split()}
    used = {word for line in _csv(release, "codebook") for word in line["words"].split("; ")}
    assert used - {""} - own <= words
    assert len(used) > 100


# The Data Package


@pytest.fixture
def package(release: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a copy of the Data Package that a test may break."""
    shutil.copytree(release / "tables", tmp_path / "tables")
    shutil.copy(release / "datapackage.json", tmp_path)
    with system.use_context(trusted=True):
        yield tmp_path


def test_frictionless_accepts_every_row(package: Path) -> None:
    report = Package(str(package / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])[:9]
    found = {task.name: task.stats["rows"] for task in report.tasks}
    assert found == {name: len(_csv(package, name)) for name in known_tables()}
    document = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    assert document["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"


def test_frictionless_finds_what_is_broken(package: Path) -> None:
    """A key that is nowhere, one that is there twice, a word of no list, a number that is none."""
    document = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    document["resources"] = [r for r in document["resources"] if r["name"] in ("arms", "studies")]
    for resource in document["resources"]:
        del resource["bytes"], resource["hash"]  # would be found out by the size alone
    (package / "datapackage.json").write_text(json.dumps(document), encoding="utf-8")
    arms = _csv(package, "arms")
    arms[1]["arm"] = arms[0]["arm"]
    arms[2]["study"] = "nobody1999"
    arms[3]["role"] = "happy arm"
    arms[4]["enrolled"] = "many"
    arms[5]["readAs"] = "abstract; hearsay"
    with (package / "tables" / "arms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(arms[0]))
        writer.writeheader()
        writer.writerows(arms)
    report = Package(str(package / "datapackage.json")).validate()
    found = set(map(tuple, report.flatten(["rowNumber", "type"])))
    assert found == {
        (3, "primary-key"),
        (3, "unique-error"),
        (4, "foreign-key"),
        (5, "constraint-error"),
        (6, "type-error"),
        (7, "constraint-error"),
    }


# The database


@pytest.fixture
def sql(release: Path) -> Iterator[sqlite3.Connection]:
    path = (release / "ldn-kg.sqlite").as_uri()
    with closing(sqlite3.connect(f"{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def test_the_database_has_the_cells_of_the_tables(release: Path, sql: sqlite3.Connection) -> None:
    """Each number with the digits of the CSV, so no double stands for another decimal."""
    decimals = 0
    for table in known_tables().values():
        found = [*sql.execute(f"SELECT * FROM {_in_sql(table)}")]
        expected = _csv(release, table.name)
        assert len(found) == len(expected)
        for row, cells in zip(found, expected, strict=True):
            for column in table.columns:
                value, cell = row[column.name], cells[column.name]
                assert (value is None) == (cell == "")
                decimals += isinstance(value, float)
                assert _same(value, cell, column.kind), (table.name, column.name, cell, value)
    assert decimals > 500


def _in_sql(table: Table) -> str:
    return table.name.replace("-", "_")


def _same(value: Any, cell: str, kind: str) -> bool:
    if value is None or kind in ("text", "url"):
        return (value or "") == cell
    if kind == "boolean":
        return (value, cell) in ((1, "true"), (0, "false"))
    return isinstance(value, float if kind == "decimal" else int) and (
        Decimal(repr(value)) == Decimal(cell)
    )


def test_the_database_keeps_its_keys(sql: sqlite3.Connection) -> None:
    assert sql.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert [*sql.execute("PRAGMA foreign_key_check")] == []
    references = 0
    for table in known_tables().values():
        name = _in_sql(table)
        (key,) = (row["name"] for row in sql.execute(f"PRAGMA table_info({name})") if row["pk"])
        assert key == table.key
        found = {
            row["from"]: row["table"] for row in sql.execute(f"PRAGMA foreign_key_list({name})")
        }
        assert found == {column: _in_sql(to) for column, to in table.references().items()}
        references += len(found)
        for column in found:
            plan = f"EXPLAIN QUERY PLAN SELECT * FROM {name} WHERE {column} = 'x'"
            assert "USING INDEX" in sql.execute(plan).fetchone()["detail"]
    assert references >= 12


def test_the_database_says_what_it_is(sql: sqlite3.Connection, release: Path) -> None:
    facts = dict(map(tuple, sql.execute("SELECT fact, value FROM about")))
    assert facts["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert facts["not"].startswith("Not medical advice")
    book = [tuple(row) for row in sql.execute("SELECT * FROM codebook")]
    assert book == [tuple(line.values()) for line in _csv(release, "codebook")]
    (made,) = sql.execute("SELECT sql FROM sqlite_master WHERE name = 'arms'")
    assert '"dailyMax" REAL, -- highest dose in mg a day, where it follows' in made["sql"]


def test_sql_of_the_documentation(sql: sqlite3.Connection) -> None:
    """Typed from the files of the studies: three trials, their primary outcomes between groups."""
    found = [tuple(row) for row in sql.execute(_example("sql"))]
    pain = next(row for row in found if row[0] == 2024)
    assert pain[2:] == (-0.34, "points", "=", 0.27)
    assert {row[0]: row[5] for row in found}[2013] == 0.016
    assert [row[5] for row in found if row[0] == 2023] == [0.3, 0.4]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # within Datasette
def test_datasette_opens_the_database(release: Path) -> None:
    async def ask(*addresses: str) -> list[Any]:
        served = Datasette(immutables=[str(release / "ldn-kg.sqlite")])
        answers = [await served.client.get(address) for address in addresses]
        assert [answer.status_code for answer in answers] == [200] * len(answers)
        return [answer.json() if ".json" in str(answer.url) else answer.text for answer in answers]

    found = asyncio.run(
        ask(
            "/ldn-kg.json",
            "/ldn-kg/studies/bruun2024.json?_shape=objects",
            "/ldn-kg/results.json?study=bruun2024&rank=primary+outcome&_shape=array",
            "/ldn-kg/arms.json?_facet=role&_size=0",
            "/ldn-kg/results?study=bruun2024",
        )
    )
    tables, study, results, arms, page = found
    counts = {table["name"]: table["count"] for table in tables["tables"]}
    assert counts["evidence_lines"] == len(_csv(release, "evidence-lines"))
    assert (study["rows"][0]["randomised"], study["rows"][0]["year"]) == (99, 2024)
    assert [row["pValue"] for row in results] == [0.27]
    roles = {each["value"] for each in arms["facet_results"]["role"]["results"]}
    assert {"placebo arm", "experimental arm"} <= roles
    assert 'href="/ldn-kg/studies/bruun2024"' in page  # the key leads to the study


# Plain JSON


def test_the_json_has_the_cells_of_the_tables(release: Path) -> None:
    text = (release / "ldn-kg.json").read_text(encoding="utf-8")
    kg = json.loads(text, parse_float=Decimal)
    top = {"about", "claims", "codes", "doses", "exclusions", "searches", "studies"}
    assert set(kg) == top
    seen = 0
    for table in known_tables().values():
        for cells in _csv(release, table.name):
            record = _record(kg, table, cells)
            assert record["iri"] == cells["iri"]
            for column in table.columns:
                value, cell = record.get(column.name), cells[column.name]
                if isinstance(value, list):
                    value = "; ".join(value)
                    assert column.several
                elif isinstance(value, bool):
                    value = str(value).lower()
                elif column.kind in ("integer", "decimal") and value is not None:
                    assert Decimal(value) == Decimal(cell)
                    value = cell
                assert (value or "") == cell, (table.name, column.name)
                seen += cell != ""
    assert seen > 10_000


def _record(kg: Any, table: Table, cells: dict[str, str]) -> Any:
    """Find a record where the documentation says that it stands."""
    key = cells[table.key]
    match table.name:
        case "results" | "arms":
            return kg["studies"][cells["study"]][table.name][key]
        case "doses":
            return (kg["studies"][cells["study"]] if cells["study"] else kg)["doses"][key]
        case "syntheses":
            return kg["claims"][cells["claim"]]["syntheses"][key]
        case "evidence-lines":
            return kg["claims"][cells["claim"]]["evidenceLines"][key]
        case "kept-out-results":
            return kg["claims"][cells["claim"]]["keptOutResults"][key]
        case "included-results":
            synthesis = kg["claims"][cells["claim"]]["syntheses"][cells["synthesis"]]
            return synthesis["includedResults"][key]
        case _:
            return kg[table.name][key]


def test_the_json_is_for_people(release: Path) -> None:
    """Typed from the file of the study."""
    kg = json.loads((release / "ldn-kg.json").read_text(encoding="utf-8"))
    study = kg["studies"]["younger2013"]
    assert (study["year"], study["analysed"], study["femalePercent"]) == (2013, 28, 100)
    pain = study["results"]["younger2013-result-pain"]
    assert (pain["pValue"], pain["experimentalValue"], pain["comparatorValue"]) == (0.016, 28.8, 18)
    assert study["conditions"] == ["fibromyalgia"]
    assert study["arms"]["younger2013-arm-naltrexone"]["dailyMax"] == 4.5
    assert "blinding" in study
    assert "age" not in study  # not read


def test_a_value_with_a_semicolon_is_one_value(cells: dict[str, list[dict[str, Any]]]) -> None:
    lists = [cell for rows in cells.values() for row in rows for cell in row.values()]
    several = [value for cell in lists if isinstance(cell, list) for value in cell]
    assert any("; " in value for value in several)


def test_python_of_the_documentation(
    release: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(release)
    exec(compile(_example("python"), "docs/tables.md", "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert "reduction of baseline pain at the end of each condition = 0.016" in said
    exec(compile(_example("python", 1), "docs/tables.md", "exec"), {})
    assert capsys.readouterr().out == "0.016\n"


def test_javascript_of_the_documentation(release: Path) -> None:
    found = _run(shutil.which("node"), "-e", _example("javascript"), release)
    claims = {row["answer"] for row in _csv(release, "claims") if row["certainty"] == "low"}
    assert claims
    assert claims <= set(found.splitlines())


def test_jq_of_the_documentation(release: Path) -> None:
    found = _run(shutil.which("jq"), "--compact-output", _example("jq"), release, "ldn-kg.json")
    assert '["reduction of baseline pain at the end of each condition",0.016]' in found.splitlines()
    assert all(json.loads(line)[1] < 0.02 for line in found.splitlines())


def _run(program: str | None, option: str, script: str, folder: Path, *files: str) -> str:
    if not program:
        without("node or jq is missing: .ci/install-browsers installs them on Debian")
    done = subprocess.run(
        [program, option, script, *files],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return done.stdout


def test_a_record_under_an_iri_of_ones_own_has_it_as_its_key(tmp_path: Path) -> None:
    text = (ROOT / "data" / "studies" / "younger2013.ttl").read_text(encoding="utf-8")
    for old, new in (
        ("https://w3id.org/ldn-kg/study/", "https://my.example/s/"),
        ("publication:younger2013", "publication:mine2026"),
        ("10.1002/art.37734", "10.5555/mine.2026"),
        ("NCT00568555", "NCT99999999"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "mine.ttl"
    path.write_text(text, encoding="utf-8")
    own = ldn_kg.load(path)
    study = json.loads(plain_json(own))["studies"]["https://my.example/s/younger2013"]
    assert study["results"]["https://my.example/s/younger2013-result-pain"]["pValue"] == 0.016
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database(own))
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        found = connection.execute("SELECT pValue FROM results WHERE study = ?", [study["study"]])
        assert (0.016,) in found.fetchall()
