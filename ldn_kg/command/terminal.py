"""What the terminal gets: rows laid out in columns, and files that are old or new, never half."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import shorten

if TYPE_CHECKING:
    from ldn_kg.graph.answer import Answer


def table(answer: "Answer") -> str:
    """Lay rows out in columns, IRIs as prefixed names; cells share the width of a terminal."""
    if answer.truth is not None:
        return "yes\n" if answer.truth else "no\n"
    if answer.builds_triples:
        raise LdnKgError("The query builds triples, which make no table; use -f turtle.")
    rows = [[_cell(value) for value in row.values()] for row in answer]
    cells = [list(answer.columns), *rows]
    widths = _widths([max(map(len, column)) for column in zip(*cells, strict=True)])
    ruled = [cells[0], ["-" * width for width in widths], *cells[1:]]
    lines = ["  ".join(_fit(c, w) for c, w in zip(row, widths, strict=True)) for row in ruled]
    count = f"({len(rows)} row{'' if len(rows) == 1 else 's'})"
    return "\n".join(line.rstrip() for line in [*lines, count]) + "\n"


def _cell(value: object) -> str:
    """Return a value on one line, without what could steer a terminal."""
    words = "" if value is None else shorten(str(value))
    return "".join(c if c.isprintable() else " " for c in words)


def _widths(wanted: list[int]) -> list[int]:
    """Shrink the widest columns until a row fits the terminal; a file gets whole cells."""
    if not sys.stdout.isatty():
        return wanted
    from shutil import get_terminal_size

    room = get_terminal_size().columns - 2 * (len(wanted) - 1)
    widths = list(wanted)
    while sum(widths) > room and max(widths) > 4:
        widths[widths.index(max(widths))] -= 1
    return widths


def _fit(cell: str, width: int) -> str:
    return cell.ljust(width) if len(cell) <= width else cell[: width - 1] + "…"


@contextmanager
def deadline(seconds: float, sentence: str) -> Iterator[None]:
    """End the program with a sentence and exit code 2 if the block takes longer.

    The engine cannot be asked to stop; it lets other threads run, so one of them ends it all.
    Nothing is written before a block has ended, so no file is left half.
    """

    def _end() -> None:
        sys.stderr.write(f"Error: {sentence}\n")
        sys.stderr.flush()
        os._exit(2)

    from threading import Timer

    timer = Timer(seconds, _end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def write(output: Path | None, content: Callable[[], bytes]) -> None:
    """Write to standard output (also for -), or beside the file and then rename."""
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(content())
        return
    try:
        output = output.resolve()  # a link stays a link
        is_folder, is_other = output.is_dir(), output.exists() and not output.is_file()
    except OSError as error:
        raise LdnKgError(f"{output} cannot be written: {error.strerror or error}.") from error
    if is_folder:
        raise LdnKgError(f"{output} is a folder; name a file.")
    if is_other:
        _write_through(output, content())
        return
    from tempfile import NamedTemporaryFile  # here: it is slow to import, and most runs print

    made = content()  # first, so that nothing is there to clear away if that is ended
    try:
        beside: IO[bytes] = NamedTemporaryFile(
            dir=output.parent, prefix=f".{output.name}.", delete=False
        )
    except OSError as error:
        raise LdnKgError(f"{output} cannot be written: {error.strerror or error}.") from error
    try:
        with beside:
            beside.write(made)
        mode = output.stat().st_mode if output.exists() else 0o666 & ~_umask()
        Path(beside.name).chmod(mode)
        Path(beside.name).replace(output)
    except OSError as error:
        raise LdnKgError(f"{output} cannot be written: {error.strerror or error}.") from error
    finally:
        Path(beside.name).unlink(missing_ok=True)


def _write_through(device: Path, content: bytes) -> None:
    """Write to a device or pipe such as /dev/null, which must not be replaced by a file."""
    try:
        device.write_bytes(content)
    except OSError as error:
        raise LdnKgError(f"{device} cannot be written: {error.strerror or error}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
