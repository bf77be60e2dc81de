"""Files that two processes make: all are there, each told once, and no fault is lost."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ldn_kg.graph import processes
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish import making
from ldn_kg.publish.making import make_apart
from ldn_kg.publish.release import artefacts
from ldn_kg.publish.site import files_of
from ldn_kg.publish.site.machines import VOID

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
]
FIRST = os.getpid()
Maker = Callable[[Path], bytes]


@pytest.fixture(autouse=True)
def _shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a second process, however many threads and processors the tests have."""
    for module in (making, processes):
        monkeypatch.setattr(module, "can_fork", lambda: True)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)


def _slow(_: Path) -> bytes:
    time.sleep(0.001)  # so that the second process has its turn
    return str(os.getpid()).encode()


def _made(folder: Path, ordered: dict[str, Maker], alone: dict[str, Maker]) -> list[str]:
    told: list[str] = []
    started: list[int] = []
    fork = os.fork

    def noted() -> int:
        started.append(fork())
        return started[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fork", noted)
        try:
            make_apart(folder, ordered, alone, told.append)
        finally:
            for child in started:  # whatever happened, none is left
                with pytest.raises(ChildProcessError):
                    os.waitpid(child, os.WNOHANG)
    return told


def test_two_processes_make_all_files(tmp_path: Path) -> None:
    alone = {f"a/{number}.txt": _slow for number in range(500)}
    ordered = {"first.txt": _slow, "second.txt": lambda folder: (folder / "first.txt").read_bytes()}
    told = _made(tmp_path, ordered, alone)
    assert sorted(told) == sorted({**ordered, **alone})
    makers = {(tmp_path / name).read_bytes() for name in alone}
    assert len(makers) == 2 and str(FIRST).encode() in makers
    assert (tmp_path / "second.txt").read_bytes() == str(FIRST).encode()


def test_more_files_than_a_pipe_has_room_for(tmp_path: Path) -> None:
    alone: dict[str, Maker] = {f"{number}.txt": lambda _: b"x" for number in range(40_000)}
    told: list[str] = []
    shared = making._Shared(list(alone))
    assert len(shared.bundles) <= 2048
    assert [name for bundle in shared.bundles for name in bundle] == list(alone)
    shared.close()
    few = dict(list(alone.items())[:40])
    make_apart(tmp_path, {}, few, told.append)
    assert sorted(told) == sorted(few)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_what_the_second_process_cannot_do_is_done_all_the_same(
    end: signal.Signals | None, tmp_path: Path
) -> None:
    def make(_: Path) -> bytes:
        if os.getpid() != FIRST:
            if end is None:
                raise MemoryError
            os.kill(os.getpid(), end)
        time.sleep(0.001)
        return b"made"

    alone: dict[str, Maker] = {f"{number}.txt": make for number in range(200)}
    told = _made(tmp_path, {}, alone)
    assert sorted(told) == sorted(alone)
    assert all((tmp_path / name).read_bytes() == b"made" for name in alone)


def test_a_fault_is_raised_wherever_it_happens(tmp_path: Path) -> None:
    def fail(_: Path) -> bytes:
        raise OSError(28, "No space left on device")

    alone = {f"{number}.txt": fail if number == 3 else _slow for number in range(200)}
    with pytest.raises(OSError, match="No space left"):
        _made(tmp_path, {"slow.txt": lambda _: time.sleep(0.2) or b""}, alone)


def test_nobody_waits_for_what_a_fault_makes_useless(tmp_path: Path) -> None:
    def fail(_: Path) -> bytes:
        raise OSError(28, "No space left on device")

    alone: dict[str, Maker] = {f"{n}.txt": lambda _: time.sleep(0.1) or b"" for n in range(200)}
    with pytest.raises(OSError, match="No space left"):
        make_apart(tmp_path, {"full.txt": fail}, alone, lambda _: None)
    assert len(list(tmp_path.iterdir())) < 100


def test_where_no_process_can_be_started_one_does_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    alone = {f"{number}.txt": _slow for number in range(40)}
    assert _made(tmp_path, {}, alone) == list(alone)


@pytest.mark.xdist_group("release")
def test_two_processes_make_the_same_release(kg: Dataset, release: Path, tmp_path: Path) -> None:
    """Each file that is made alone is made here without any other; the fixture made all."""
    planned = artefacts(kg)
    alone = {name: planned[name] for name in planned if name.startswith(("answers/", "tables/"))}
    assert len(alone) > 60
    _made(tmp_path, {}, alone)
    assert [n for n in alone if (tmp_path / n).read_bytes() != (release / n).read_bytes()] == []


@pytest.mark.xdist_group("site")
def test_two_processes_make_the_same_site(kg: Dataset, site_folder: Path, tmp_path: Path) -> None:
    planned = files_of(kg)
    copies = (
        "release/",
        "static/",
        "metadata.",
        VOID,
    )  # these need other files, or are none of ours
    pages = [name for name in planned if not name.startswith(copies)]
    alone = {name: planned[name] for name in pages[::60]}
    assert len(alone) > 60
    _made(tmp_path, {}, alone)
    assert [n for n in alone if (tmp_path / n).read_bytes() != (site_folder / n).read_bytes()] == []
