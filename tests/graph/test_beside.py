"""Hidden names beside a target: what dead processes of this machine left there."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from ldn_kg.graph.beside import beside, left_beside


@pytest.fixture
def dead() -> int:
    """Return the number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def _named(target: Path, process: int, host: str | None = None, token: str = "0a1b2c3d") -> Path:
    path = target.with_name(f".{target.name}.{host or platform.node()}.{process}.{token}")
    path.write_text("half", encoding="utf-8")
    return path


def test_a_name_is_new_hidden_and_in_the_same_folder(tmp_path: Path) -> None:
    target = tmp_path / "dist"
    names = {beside(target) for _ in range(100)}
    assert len(names) == 100
    assert {path.parent for path in names} == {tmp_path}
    assert all(path.name.startswith(".dist.") for path in names)


def test_what_a_dead_process_left_is_found_in_order(tmp_path: Path, dead: int) -> None:
    target = tmp_path / "dist"
    left = [_named(target, dead, token=f"{number:08x}") for number in (3, 1, 2)]
    assert left_beside(target) == sorted(left)


def test_what_is_written_under_a_new_name_is_of_a_living_process(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "dist"
    written = beside(target)
    written.mkdir()
    assert left_beside(target) == []
    monkeypatch.setattr(os, "getpid", lambda: dead)
    later = beside(target)
    later.mkdir()
    assert left_beside(target) == [later]


def test_what_may_be_of_others_stays(tmp_path: Path, dead: int) -> None:
    target = tmp_path / "dist"
    _named(target, dead, host="elsewhere")
    _named(tmp_path / "dist2", dead)
    _named(target, dead, token="0a1b2c3")
    _named(target, dead, token="0a1b2c3d4")
    _named(target, dead, token="0A1B2C3D")
    _named(target, os.getppid())
    _named(target, 10**30)  # too large for a process
    mine = tmp_path / "mine"
    mine.mkdir()
    _named(target, dead, token="ffffffff").unlink()
    tmp_path.joinpath(f".dist.{platform.node()}.{dead}.ffffffff").symlink_to(mine)
    assert left_beside(target) == []


def test_the_process_of_another_user_may_be_running(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(process: int, sign: int) -> None:
        assert (process, sign) == (dead, 0)  # which only asks
        raise PermissionError

    _named(tmp_path / "dist", dead)
    monkeypatch.setattr(os, "kill", refuse)
    assert left_beside(tmp_path / "dist") == []


def test_windows_is_not_asked_since_that_would_end_the_process(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _named(tmp_path / "dist", dead)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("it was ended"))
    assert left_beside(tmp_path / "dist") == []


def test_where_there_is_no_folder_nothing_is_left(tmp_path: Path) -> None:
    assert left_beside(tmp_path / "no" / "dist") == []
