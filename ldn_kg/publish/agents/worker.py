"""A process of its own that answers: what takes too long is ended, and the server goes on.

The query engine cannot be stopped within a process.
"""

import os
import signal
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from ldn_kg.errors import InvalidData, LdnKgError

_START = 120  # seconds until the data are read, with those of the user


class Worker:
    """A process with the dataset, which answers one request after another."""

    def __init__(
        self,
        paths: Sequence[Path],
        seconds: float,
        rows: int,
        megabytes: int,
        *,
        prepared: bool = False,
    ) -> None:
        """Start the process, which reads the data, with the user's own.

        A request may take `seconds` and `megabytes`, and an answer has `rows` rows at most. With
        `prepared`, it starts from what was derived before, if the data are still the same.
        """
        self._given = (tuple(paths), rows, megabytes, prepared)
        self._seconds, self._megabytes = seconds, megabytes
        self._one_at_a_time = Lock()
        self._start()

    def ask(self, tool: str, *arguments: Any) -> Any:
        """Return what a tool answers; one of `ldn_kg.publish.agents.tools.Tools`.

        Raises LdnKgError where the tool does, and where it needs too much time or memory; and
        InvalidData, or LdnKgError, where the data are not valid or cannot be read.
        """
        with self._one_at_a_time:
            if not self._is_ready:
                self._wait()
            self._connection.send((tool, arguments))
            if not self._connection.poll(self._seconds):
                self._again()
                raise LdnKgError(
                    f"It took longer than {self._seconds:g} seconds and was stopped; ask for less: "
                    "fewer patterns without a shared variable, a narrower type, a LIMIT."
                )
            return self._received()

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _start(self) -> None:
        context = get_context("spawn")  # nothing of the server is in it, such as its threads
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_answer, args=(theirs, *self._given), daemon=True, name="ldn-kg"
        )
        self._process.start()
        self._is_ready = False
        theirs.close()

    def _again(self) -> None:
        """End the process and start another, which reads the data while nobody asks."""
        self.stop()
        self._start()

    def _wait(self) -> None:
        if not self._connection.poll(_START):
            raise LdnKgError(f"The data were not read within {_START} seconds.")
        self._received()
        self._is_ready = True

    def _received(self) -> Any:
        try:
            said, value = self._connection.recv()
        except (EOFError, ConnectionError) as error:
            self._again()
            raise LdnKgError(
                f"It ended the process that answers, which has {self._megabytes} MB of memory; ask "
                "for less."
            ) from error
        if said == "invalid":
            raise InvalidData(value)
        if said == "refused":
            raise LdnKgError(value)
        if said == "failed":
            raise RuntimeError(value)
        return value


def _answer(
    connection: Connection, paths: tuple[Path, ...], rows: int, megabytes: int, prepared: bool
) -> None:  # pragma: no cover - in another process
    """Read the data, then answer until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends us
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # standard output is the server's
    _limit(megabytes)
    from ldn_kg.check.validation import load
    from ldn_kg.publish.agents.tools import Tools

    try:
        tools = Tools(load(*paths, prepared=prepared), rows)
        connection.send(("ready", None))
        while True:
            tool, arguments = connection.recv()
            connection.send(_outcome(tools, tool, arguments))
    except InvalidData as error:
        connection.send(("invalid", error.problems))
    except LdnKgError as error:
        connection.send(("refused", str(error)))
    except (EOFError, ConnectionError):
        return


def _outcome(tools: Any, tool: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "answered", getattr(tools, tool)(*arguments)
    except LdnKgError as error:
        return "refused", str(error)
    except MemoryError:
        os._exit(1)
    except Exception as error:  # of ours: the server says so, and lives on
        return "failed", f"{tool}: {error!r}"


def _limit(megabytes: int) -> None:
    """Limit the memory of this process, where the system can."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return
    size = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
