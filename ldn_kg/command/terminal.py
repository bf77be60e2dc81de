"""Output: what suits a terminal, and files that are written completely or not at all."""

import errno
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from ldn_kg.command.columns import folded, in_columns
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import shorten

if TYPE_CHECKING:
    from ldn_kg.graph.answer import Answer


def table(answer: "Answer", output: Path | None) -> str:
    """Return the rows of an answer as a table for an output; for ASK, yes or no.

    Raises LdnKgError for an answer of triples.
    """
    if answer.truth is not None:
        return "yes\n" if answer.truth else "no\n"
    if answer.builds_triples:
        raise LdnKgError("The query builds triples, which do not fit in a table; use -f turtle.")
    rows = [list(row.values()) for row in answer]
    count = f"({len(rows)} row{'' if len(rows) == 1 else 's'})"
    return f"{tabulated(answer.columns, rows, output)}{count}\n"


def tabulated(header: Sequence[str], rows: Iterable[Iterable[object]], output: Path | None) -> str:
    """Return a header and rows as a table, IRIs as prefixed names.

    On standard output, where that is a terminal, it is as wide as the terminal. In a file or pipe
    each row is a line.
    """
    cells = [[printable(value) for value in row] for row in rows]
    to_terminal = (output is None or str(output) == "-") and sys.stdout.isatty()
    return in_columns(header, cells, _columns_of_terminal() if to_terminal else None)


def _columns_of_terminal() -> int:
    from shutil import get_terminal_size  # here: most output goes to a pipe

    return get_terminal_size().columns


def printable(value: object) -> str:
    """Return a value on one line, without characters that control a terminal."""
    text = "" if value is None else shorten(str(value))
    return harmless(text.translate(_SPACES))


def harmless(text: str) -> str:
    """Return a text in which what would steer a terminal is spelled out, such as \\x1b or \\u202e.

    Those are control characters, such as begin an escape sequence, marks that turn the direction of
    what is written, and halves of characters, as in names of files that are not UTF-8. Line ends
    stay.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text  # most are so
    return "".join(c if c.isprintable() or c == "\n" else _spelled(c) for c in text)


def _spelled(character: str) -> str:
    return " " if character.isspace() else character.encode("unicode_escape").decode()


_SPACES = str.maketrans("\n\r\t", "   ")


def say(text: object, *, err: bool = False, end: str = "\n") -> None:
    """Print a text for people, to standard output or standard error, as `harmless` makes it.

    At a terminal, lines that are wider than it are broken between words. Raises LdnKgError where
    standard output cannot be written.
    """
    words = harmless(str(text))
    if (sys.stderr if err else sys.stdout).isatty():
        words = folded(words, _columns_of_terminal())
    _put(words + end, err)


def _put(words: str, err: bool = False) -> None:
    if err:
        with suppress(OSError):  # there is nowhere left to say so
            click.echo(words, nl=False, err=True)
        return
    with faults_of_standard_output():
        click.echo(words, nl=False)


@contextmanager
def faults_of_standard_output() -> Iterator[None]:
    """Turn an error of standard output, such as a full disk, into a sentence."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has gone, which is no fault
    except OSError as error:
        discard_standard_output()
        raise LdnKgError(
            f"Standard output cannot be written: {error.strerror or error}."
        ) from error


def discard_standard_output() -> None:
    """Let what waits to be written go nowhere: Python would try again at the end, and fail."""
    with suppress(OSError, ValueError):  # it may be no file of the system
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def limits(
    seconds: float = 300, megabytes: int = 4096, raising: tuple[str, str] | None = None
) -> Iterator[None]:
    """End the program with a sentence and exit code 2 if a query in the block needs too much.

    The time is in seconds; the memory is what the process has more than at the start, in units of
    2**20 bytes, as Linux counts it: elsewhere it has no limit. `raising` names the options for
    both. The query engine cannot be stopped, but it lets other threads run, so one of them watches
    and ends the process. Nothing is written before a block has ended, so no file is left half-done.
    """
    options = [f" or raise {name}" for name in raising] if raising else ["", ""]
    slow = f"The query took longer than {seconds:g} seconds; narrow it{options[0]}."
    large = f"The query took more than {megabytes} MB of memory; narrow it{options[1]}."
    ended, most = Event(), _resident() + (megabytes << 20)

    def _watch() -> None:
        until = time.monotonic() + seconds
        while not ended.wait(max(0.0, min(_LOOK, until - time.monotonic()))):
            if time.monotonic() >= until:
                _end(slow)
            if _resident() > most:
                _end(large)

    Thread(target=_watch, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


_LOOK = 0.05  # seconds from one look at the memory to the next: an engine fills some 25 MB in them


def _end(sentence: str) -> None:
    say(f"Error: {sentence}", err=True)
    os._exit(2)


def _resident() -> int:
    """Return the bytes of memory that this process has, or 0 where that cannot be found out."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def write(output: Path | None, content: Callable[[], bytes]) -> None:
    """Write bytes to a file, or to standard output for None and "-".

    An existing file keeps its old content until the new content is complete. Raises LdnKgError if
    `output` is a folder or cannot be written.
    """
    if output is None or str(output) == "-":
        _print(content())
        return
    given = output
    with _faults_of(output):
        output = output.resolve()  # a link stays a link
    with _faults_of(output):
        is_folder, is_device = given.is_dir(), given.exists() and not given.is_file()
    if is_folder:
        raise LdnKgError(f"{output} is a folder; name a file.")
    written = content()  # before a temporary file exists, which an interrupt would leave behind
    with _faults_of(output):
        if is_device:  # or a pipe, such as /dev/null: it must not be replaced by a file
            given.write_bytes(written)  # what /dev/stdout leads to, if a pipe, has no name
        else:
            _replace(output, written)


def _print(content: bytes) -> None:
    """Write to standard output: to a pipe or file what it is, to a terminal what is harmless."""
    if sys.stdout.isatty():
        _put(harmless(content.decode("utf-8", "replace")))
        return
    with faults_of_standard_output():
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


@contextmanager
def _faults_of(output: Path) -> Iterator[None]:
    """Turn an error of the operating system into a sentence that names the file."""
    try:
        yield
    except RuntimeError as error:  # so pathlib says it
        raise LdnKgError(f"{output} is a link that leads to itself; name a file.") from error
    except OSError as error:
        raise LdnKgError(f"{output} cannot be written: {error.strerror or error}.") from error


def _replace(output: Path, content: bytes) -> None:
    """Write a hidden file beside the file and rename it; remove what killed processes left."""
    from ldn_kg.graph import beside  # here: most runs only print

    for left in beside.left_beside(output):
        with suppress(OSError):  # another process may be doing the same, or it is another user's
            left.unlink()  # a folder refuses, and stays
    if output.exists() and not os.access(output, os.W_OK):  # it could be replaced all the same
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    written = beside.beside(output)
    with beside.tidied_when_ended():
        try:
            with open(written, "xb", opener=_private) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # else a cut of power could leave a new name for nothing
            written.chmod(output.stat().st_mode if output.exists() else 0o666 & ~_umask())
            written.replace(output)
        finally:
            written.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    """Open a file that nobody else may read: the one that it takes the place of may be so."""
    return os.open(path, flags, 0o600)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
