"""A second process: it shares what the first has, ends with it, and is never left."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.paths import ROOT

from ldn_kg.graph import processes
from ldn_kg.graph.processes import can_fork, done_apart, second

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a second process, however many threads the tests have."""
    monkeypatch.setattr(processes, "can_fork", lambda: True)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise() -> None:
    raise MemoryError


@pytest.mark.parametrize(("do", "done"), [(lambda: None, True), (_raise, False), (_die, False)])
def test_whether_it_was_done(do: Callable[[], object], done: bool, forks: None) -> None:
    assert done_apart(do) is done


def test_it_has_the_memory_of_the_first_and_its_own_after_that(forks: None, tmp_path: Path) -> None:
    first, words, file = os.getpid(), ["before"], tmp_path / "words"

    def do() -> None:
        words.append(str(os.getpid() != first))
        file.write_text(" ".join(words), encoding="utf-8")

    assert done_apart(do)
    assert file.read_text(encoding="utf-8") == "before True"
    assert words == ["before"]


def test_without_a_second_process_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "can_fork", lambda: False)
    done: list[int] = []
    assert done_apart(lambda: done.append(os.getpid()))
    assert done == [os.getpid()]
    with pytest.raises(MemoryError):
        done_apart(_raise)


def test_where_the_system_refuses_it_is_done_here(
    forks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    done: list[int] = []
    assert done_apart(lambda: done.append(os.getpid()))
    assert done == [os.getpid()]


def test_it_ends_with_the_block(forks: None) -> None:
    start = time.monotonic()
    with pytest.raises(ZeroDivisionError), second(lambda: time.sleep(60)) as child:
        assert child
        raise ZeroDivisionError
    assert time.monotonic() - start < 30
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_program_with_threads_has_none() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        done.set()
        thread.join()


def _run(code: str, cache: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "LDN_KG_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_it_ends_with_a_first_that_is_killed(tmp_path: Path) -> None:
    code = """
import time
from ldn_kg.graph.processes import second
with second(lambda: time.sleep(60)) as child:
    print(child, flush=True)
    time.sleep(60)
"""
    with _run(code, tmp_path) as run:
        assert run.stdout
        child = int(run.stdout.readline())
        os.kill(child, 0)  # it is there
        run.kill()
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return  # only its parent, which is init now, can remove it
        time.sleep(0.1)
    pytest.fail("the second process outlives the first")


def test_after_a_store_was_prepared_there_can_be_a_second_process(tmp_path: Path) -> None:
    """The threads of the engine are gone, so that the first `build`, too, is one of two."""
    code = """
from ldn_kg.graph import prepared
from ldn_kg.graph.processes import can_fork
from ldn_kg.graph.rules import load
assert can_fork()
dataset = prepared.loaded((), load)
assert len(list(prepared.place().glob("*/store/CURRENT"))) == 1
print(len(dataset.files), can_fork())
"""
    with _run(code, tmp_path / "cache") as run:
        assert run.stdout
        count, can = run.stdout.read().split()
    assert run.returncode == 0
    assert int(count) > 200 and can == "True"
