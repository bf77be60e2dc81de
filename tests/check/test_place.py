"""Where in a file a record begins, and where it says something."""

import gzip
from pathlib import Path

import pytest

from ldn_kg.check.place import file_of, line_of

BASE = "https://example.org/"
TURTLE = """@prefix e: <https://example.org/> .
PREFIX long: <https://example.org/long/>
@prefix  : <urn:x:> .
@prefix other: <https://example.com/> .

e:a e:p 1 ;
    e:q e:b ; # of e:r.
    e:r 2 .

e:ab e:q 3 .
<https://example.org/c>
    e:p 4 .
long:d e:p e:a .
:d e:p 5 .
other:a e:p 6 .
    e:e
    e:p 7 .

e:a e:s 8 .
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.ttl"
    path.write_text(TURTLE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("record", "path", "line"),
    [
        ("a", None, 6),
        ("a", "e:p", 6),
        ("a", "e:q", 7),
        ("a", "e:r", 8),
        ("a", "e:s", 19),
        ("a", "e:none", 6),
        ("ab", None, 10),
        ("ab", "e:p", 10),
        ("c", None, 11),
        ("c", "e:p", 12),
        ("long/d", None, 13),
        ("e", None, 16),
        ("e", "e:p", 17),
        ("b", None, None),
        ("d", None, None),
    ],
)
def test_a_record_is_found_by_its_name(
    file: Path, record: str, path: str | None, line: int | None
) -> None:
    assert line_of(file, BASE + record, path) == line


def test_a_name_with_an_empty_prefix_is_found(file: Path) -> None:
    assert line_of(file, "urn:x:d") == 14


def test_an_empty_namespace_is_that_of_no_record(tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text("@prefix e: <> .\ne:urn:x:d e:p 1 .\n", encoding="utf-8")
    assert line_of(path, "urn:x:d") is None


@pytest.mark.parametrize("ending", ["ttl", "trig", "nt", "nq", "nt.gz"])
def test_the_line_formats_are_looked_through(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"own.{ending}"
    content = b"<urn:x:a> <urn:x:p> 1 .\n<urn:x:b> <urn:x:p> 1 .\n"
    path.write_bytes(gzip.compress(content) if ending.endswith(".gz") else content)
    assert line_of(path, "urn:x:b") == 2


@pytest.mark.parametrize("ending", ["rdf", "jsonld", "txt"])
def test_other_formats_have_no_lines(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"own.{ending}"
    path.write_text("<urn:x:a> <urn:x:p> 1 .\n", encoding="utf-8")
    assert line_of(path, "urn:x:a") is None


def test_of_some_files_the_first_that_has_a_record_is_named(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text("<https://example.org/z> <urn:x:p> 1 .\n" + TURTLE, encoding="utf-8")
    assert file_of([file, other], f"{BASE}z") == other
    assert file_of([other, file], f"{BASE}a") == other
    assert file_of([file, other], f"{BASE}none") is None
