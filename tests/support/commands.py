"""The command line, in this process and in one of its own, with and without the network."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click.testing
import pytest

from ldn_kg.check import validation
from ldn_kg.command.main import main
from ldn_kg.graph import rules
from ldn_kg.graph.dataset import Dataset
from support.paths import TESTS

Done = subprocess.CompletedProcess[str]
OLDER = "older.txt"  # a file of a release before
_ENVIRONMENT = {"COLUMNS": "100", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Built:
    """A folder that a command has filled, what it said, and the hosts that it reached for."""

    folder: Path
    done: Done
    reached: tuple[object, ...]


def here(kg: Dataset, *words: str | Path, cwd: Path, input: str = "") -> Done:
    """Run the command in this process, where an exception that it lets through fails the test.

    Where it loads the shipped dataset and no other file, it gets `kg`.
    """

    def shared(loading: Callable[..., Dataset]) -> Callable[..., Dataset]:
        def load(*paths: str | Path, shipped: bool = True) -> Dataset:
            return kg if shipped and not paths else loading(*paths, shipped=shipped)

        return load

    arguments = [str(word) for word in words]
    # What was prepared would be opened in place of `kg`.
    env = {**_ENVIRONMENT, "LDN_KG_NO_CACHE": "1"}
    runner = click.testing.CliRunner(env=env, catch_exceptions=False)
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(cwd):
        for module in (rules, validation):
            patch.setattr(module, "load", shared(module.load))
        done = runner.invoke(main, arguments, input=input, prog_name="ldn-kg")
    printed, said = _text(done.stdout_bytes), _text(done.stderr_bytes)
    assert "Traceback" not in said, said
    return subprocess.CompletedProcess(arguments, done.exit_code, printed, said)


def _text(content: bytes) -> str:
    return content.decode().replace("\r\n", "\n")


def apart(
    *words: str | Path,
    cwd: Path,
    module: str = "ldn_kg",
    largest: int | None = None,
    **options: Any,
) -> Done:
    """Run the command in a process of its own, as a user does; a traceback fails the test.

    Where `largest` is given, no file of the process grows above that many bytes: this is as good
    as a full disk. Then Python keeps nothing that it compiles, since it does not notice that only
    a part of it was written, and each later process would fail on that (python/cpython#126606).
    """
    env = environment()
    if largest is not None:
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        options["preexec_fn"] = partial(grow_to, largest)
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, words)],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env=env,
        timeout=120,
        **options,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def grow_to(size: int) -> None:
    """Let no file of this process grow above a size in bytes, from now on."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def environment() -> dict[str, str]:
    """Return the environment of a process, which finds what the tests share."""
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(TESTS)]))
    return {**os.environ, **_ENVIRONMENT, "PYTHONPATH": path}


@contextlib.contextmanager
def cut_off(patch: Callable[[object, str, object], None]) -> Iterator[list[object]]:
    """Put a trap in the place of the network: what reaches for a host fails, and is listed."""
    reached: list[object] = []

    def trap(*words: object, **_: object) -> None:
        reached.append(words)
        raise OSError("the network is cut off")

    patch(socket, "getaddrinfo", trap)
    patch(socket.socket, "connect", trap)
    patch(socket.socket, "connect_ex", trap)
    yield reached
