"""Tables for people: nothing is cut, and at a terminal no line is wider than it."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ldn_kg.command.columns import folded, in_columns

CASES = settings(max_examples=100, deadline=None, derandomize=True)
HEADER = ("study", "dose", "words")
LONG = "Improved more with naltrexone; not significant after adjustment for multiplicity."
ROWS = [("study:a", "4.5 mg", LONG), ("study:b", "", "Null.")]


def _seen(text: str) -> int:
    """Return the width of a text of letters, of signs of two columns, and of marks of none."""
    return sum(0 if unicodedata.combining(c) else 2 if "一" <= c <= "鿿" else 1 for c in text)


def test_in_a_file_or_pipe_each_row_is_a_line() -> None:
    first, rule, a, b = in_columns(HEADER, ROWS, None).splitlines()
    assert first.split() == list(HEADER)
    assert set(rule) == {"-", " "}
    assert a == f"study:a  4.5 mg  {LONG}"
    assert b == "study:b          Null."


def test_what_fits_is_as_in_a_file() -> None:
    assert in_columns(HEADER, ROWS, 100) == in_columns(HEADER, ROWS, None)


def test_cells_are_broken_between_words_and_rows_are_apart() -> None:
    assert in_columns(HEADER, ROWS, 60) == (
        "study    dose    words\n"
        "-------  ------  -------------------------------------------\n"
        "study:a  4.5 mg  Improved more with naltrexone; not\n"
        "                 significant after adjustment for\n"
        "                 multiplicity.\n"
        "\n"
        "study:b          Null.\n"
    )


def test_where_columns_are_too_narrow_each_value_has_a_line() -> None:
    assert in_columns(HEADER, ROWS, 30) == (
        "study  study:a\n"
        "dose   4.5 mg\n"
        "words  Improved more with\n"
        "       naltrexone; not\n"
        "       significant after\n"
        "       adjustment for\n"
        "       multiplicity.\n"
        "\n"
        "study  study:b\n"
        "words  Null.\n"
    )


@pytest.mark.parametrize("width", [10, 40, 80])
def test_an_iri_or_number_stays_whole(width: int) -> None:
    iri = "https://w3id.org/ldn-kg/study/" + "x" * 60
    number = "9999999999999999.999999999999999999"
    table = in_columns(("a", "b"), [(iri, number)], width)
    assert iri in table
    assert number in table


def test_signs_of_two_columns_and_of_none_are_counted_so() -> None:
    rows = [("日本", "x"), ("Ångstro\u0308m", "y"), ("plain", "z")]
    lines = in_columns(("name", "at"), rows, None).splitlines()
    assert {_seen(line) for line in lines[1:]} == {len("Ångström") + 4 - 1, len("Ångström") + 4}
    assert [_seen(line[: line.index(at)]) for line, at in zip(lines[2:], "xyz", strict=True)] == (
        [len("Ångström") + 2] * 3
    )


def test_a_table_without_rows_or_values_says_so() -> None:
    assert in_columns(("a", "b"), [], 3) == "a\nb\n"
    assert in_columns(("a", "b"), [], None) == "a  b\n-  -\n"
    assert in_columns(("long", "names"), [("", "")], 5) == "–\n"


WORDS = st.text(st.sampled_from("abc-–日\u0301"), min_size=1, max_size=12)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


@given(
    rows=st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=4),
    width=st.integers(8, 120),
)
@CASES
def test_no_word_is_lost_and_no_line_too_wide(rows: list[list[str]], width: int) -> None:
    table = in_columns(HEADER, rows, width)
    for word in " ".join(cell for row in rows for cell in row).split():
        assert word in table
    longest = max(map(_seen, " ".join([*HEADER, *map(" ".join, rows)]).split()))
    # Beside a name, a value has at least 20 columns.
    assert max(map(_seen, table.splitlines())) <= max(width, 7 + max(20, longest))
    whole = in_columns(HEADER, rows, None)
    assert len(whole.splitlines()) == 2 + len(rows)


@given(text=TEXTS, indent=st.integers(0, 6), width=st.integers(10, 60))
@CASES
def test_a_line_is_folded_between_words(text: str, indent: int, width: int) -> None:
    line = " " * indent + text
    done = folded(line, width)
    assert done.split() == line.split()
    if "\n" in done:
        assert all(part.startswith(" " * indent) for part in done.split("\n"))
        longest = max(map(_seen, text.split()))
        assert max(map(_seen, done.split("\n"))) <= max(width, indent + 2 + longest)
    else:
        assert done == line
