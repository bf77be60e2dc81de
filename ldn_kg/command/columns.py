"""Rows for people: in columns, and at a terminal no wider than it is, without cutting a word."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

_GAP = 2  # between columns
_NARROWEST = 20  # what values are given at least, however narrow the terminal


def in_columns(header: Sequence[str], rows: Iterable[Sequence[str]], width: int | None) -> str:
    """Return a header, a rule and rows in columns, each line with its end.

    Without a width, as for a file or pipe, each row is a line. In a width that is too small for
    that, cells are broken between words, with an empty line between rows; or, where this would take
    more lines, or a word would not fit, each value has a line of its own behind the name of its
    column, as far as there is one. Words, and so numbers and IRIs, stay whole.
    """
    cells = [list(row) for row in rows]
    columns = list(zip(header, *cells, strict=True))
    full = [max(map(_width, column)) for column in columns]
    room = None if width is None else width - _GAP * (len(full) - 1)
    if room is None or sum(full) <= room:
        return _text(_broken(header, cells, full, 0))
    narrow = _narrowed(full, [max(map(_widest_word, column)) for column in columns], room)
    records = list(_records(header, cells, width or 0))
    broken = list(_broken(header, cells, narrow, 1)) if narrow else []
    return _text(broken if narrow and len(broken) <= len(records) else records)


def folded(text: str, width: int) -> str:
    """Return a text in which no line is wider than `width`, if its words are not; ends as it did.

    What is broken off stands two columns further in than its line.
    """
    return "\n".join(
        line if _width(line) <= width else "\n".join(_folded(line, width))
        for line in text.split("\n")
    )


def _folded(line: str, width: int) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip())]
    first, *rest = _lines(line, width - len(indent) - _GAP) or [""]
    yield f"{indent}{first}"
    yield from (f"{indent}{' ' * _GAP}{more}" for more in rest)


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _broken(
    header: Sequence[str], rows: list[list[str]], widths: list[int], apart: int
) -> Iterator[str]:
    """Yield the lines of a table whose cells are broken to some widths, its rows so far apart."""
    yield from _row([[name] for name in header], widths)
    yield from _row([["-" * width] for width in widths], widths)
    for number, row in enumerate(rows):
        yield from [""] * (apart if number else 0)
        yield from _row([_lines(cell, w) for cell, w in zip(row, widths, strict=True)], widths)


def _row(cells: list[list[str]], widths: list[int]) -> Iterator[str]:
    for line in zip_longest(*cells, fillvalue=""):
        yield (" " * _GAP).join(_padded(part, w) for part, w in zip(line, widths, strict=True))


def _records(header: Sequence[str], rows: list[list[str]], width: int) -> Iterator[str]:
    """Yield a line for each value that there is, behind the name of its column; or the names."""
    names = max(map(_width, header)) + _GAP
    yield from () if rows else header
    for number, row in enumerate(rows):
        yield from [""] * (1 if number else 0)
        for name, cell in zip(header, row, strict=True):
            for part in _lines(cell, max(width - names, _NARROWEST)) if cell else ():
                yield f"{_padded(name, names)}{part}"
                name = ""
        if not any(row):
            yield "–"


def _narrowed(full: list[int], least: list[int], room: int) -> list[int] | None:
    """Narrow the widest columns until a row fits the room, none below its least; None if it cannot.

    Columns with long texts so come to share what the others leave.
    """
    if sum(least) > room:
        return None
    widths = list(full)
    while sum(widths) > room:
        wide = max((w, n) for n, w in enumerate(widths) if w > least[n])
        widths[wide[1]] -= 1
    return widths


def _lines(text: str, width: int) -> list[str]:
    """Return a text in lines that are no wider than `width`, if its words are not."""
    if _width(text) <= width:
        return [text]
    lines: list[str] = []
    wide = width
    for word in text.split():
        wide += 1 + _width(word)
        if wide > width:
            lines.append(word)
            wide = _width(word)
        else:
            lines[-1] += f" {word}"
    return lines


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _widest_word(text: str) -> int:
    return max(map(_width, text.split()), default=0)


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):  # they go on the one before
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
