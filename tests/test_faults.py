"""What was written before is there and whole, whatever breaks while something new is written."""

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Run

from ldn_kg.errors import LdnKgError
from ldn_kg.release import folder
from ldn_kg.release.folder import SUMS, contents, replaced, sha256

# A program that replaces a folder by one with many files, all of which say the same word.
WRITER = """
import sys
from pathlib import Path
from ldn_kg.release.folder import replaced
print("ready", flush=True)
with replaced(Path(sys.argv[1])) as beside:
    for number in range(int(sys.argv[3])):
        (beside / f"{number}.txt").write_text(sys.argv[2])
"""
FILES = 200


def _write(target: Path, word: str, files: int = FILES) -> None:
    with replaced(target) as beside:
        for number in range(files):
            (beside / f"{number}.txt").write_text(word, encoding="utf-8")


def _whole(target: Path, files: int = FILES) -> str:
    """Return the word of a folder, every file of which must be there, right and of one kind."""
    lines = (target / SUMS).read_text(encoding="utf-8").splitlines()
    named = {line.partition("  ")[2]: line.partition("  ")[0] for line in lines}
    assert {path.name for path in contents(target)} == {*named, SUMS}
    assert len(named) == files
    assert all(sha256(target / name) == digest for name, digest in named.items())
    (word,) = {(target / name).read_text(encoding="utf-8") for name in named}
    return word


def _beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if path != target)


def test_killed_at_any_time_the_old_or_the_new_is_whole(tmp_path: Path) -> None:
    """Killed 100 times, spread over a whole run: what is there is one of the two, and complete."""
    target = tmp_path / "release"
    _write(target, "0")
    took = _writing(target, "0", None)
    chance, seen = random.Random(20), {"old": 0, "new": 0}
    for number in range(1, 101):
        before = _whole(target)
        took = max(took, _writing(target, str(number), chance.uniform(0, took * 1.5)))
        after = _whole(target)
        assert after in (before, str(number))
        seen["new" if after == str(number) else "old"] += 1
    assert all(seen.values()), seen
    _write(target, "last")
    assert _whole(target) == "last"
    assert _beside(target) == []  # nothing piles up


def _writing(target: Path, word: str, seconds: float | None) -> float:
    """Run the writer and kill it after so many seconds from its start; return how long it took."""
    command = [sys.executable, "-c", WRITER, str(target), word, str(FILES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        start = time.perf_counter()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return time.perf_counter() - start


def test_without_a_step_for_both_the_old_is_kept_until_the_new_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_exchanged", lambda one, other: False)
    target = tmp_path / "release"
    _write(target, "old", 3)
    _write(target, "new", 3)
    assert _whole(target, 3) == "new"
    rename, refused = Path.rename, []

    def _refuse(self: Path, other: Path) -> Path:
        if other == target and not refused:
            refused.append(self)
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", _refuse)
    with pytest.raises(LdnKgError, match="cannot be written: Input/output error"):
        _write(target, "newer", 3)
    assert _whole(target, 3) == "new"
    assert _beside(target) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_ended_leaves_the_release(how: signal.Signals, tmp_path: Path) -> None:
    target = tmp_path / "release"
    _write(target, "before", 3)
    command = [sys.executable, "-m", "ldn_kg", "build", str(target)]
    # A shell's background jobs start deaf to Ctrl-C, which a program would inherit.
    hearing = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    with subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=hearing) as process:
        _until(lambda: any(path.is_dir() for path in tmp_path.glob(".release.*")))
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert b"Traceback" not in said
    assert _whole(target, 3) == "before"
    if how == signal.SIGINT:
        assert _beside(target) == []
    _write(target, "after", 3)
    assert _beside(target) == []


def _until(true: object) -> None:
    limit = time.monotonic() + 60
    while not true():  # type: ignore[operator]
        assert time.monotonic() < limit
        time.sleep(0.005)  # polls; what is tested does not depend on it


def test_what_a_living_process_writes_beside_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "release"
    with replaced(target) as beside:
        _write(target, "other", 3)  # the same process is alive
        (beside / "own.txt").write_text("mine", encoding="utf-8")
    assert [path.name for path in contents(target)] == [SUMS, "own.txt"]
    for name in (".release.elsewhere.1", ".release", ".other.1"):
        (tmp_path / name).mkdir()
    folder._clear(target)
    assert _beside(target) == [".other.1", ".release", ".release.elsewhere.1"]


def test_two_writers_at_once_leave_one_whole_folder(tmp_path: Path) -> None:
    target = tmp_path / "release"
    words = ["one", "two", "three"]
    command = [sys.executable, "-c", WRITER, str(target)]
    running = [
        subprocess.Popen([*command, w, str(FILES)], stdout=subprocess.DEVNULL) for w in words
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert _whole(target) in words
    assert _beside(target) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_takes_no_more_is_said_in_a_sentence(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "release"
    _write(target, "before", 3)

    def _full(self: Path, text: str, encoding: str) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_text", _full)
    with pytest.raises(LdnKgError) as caught:
        _write(target, "after", 3)
    monkeypatch.undo()
    assert str(caught.value) == f"{target} cannot be written: {os.strerror(number)}."
    assert _whole(target, 3) == "before"
    assert _beside(target) == []


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


@pytest.mark.parametrize("command", ["build", "export"])
def test_a_file_that_cannot_grow_is_said_in_a_sentence(
    command: str, run: Run, tmp_path: Path
) -> None:
    """A limit of the system on the size of files is as good as a full disk."""
    target = tmp_path / "kept"
    if command == "build":
        _write(target, "before", 3)
        words = ["build", "kept"]
    else:
        target.write_text("before", encoding="utf-8")
        words = ["export", "-o", "kept"]
    done = run(*words, preexec_fn=_small_files)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(
        f"Error: {target} cannot be written: File too la"
    )
    kept = _whole(target, 3) if command == "build" else target.read_text(encoding="utf-8")
    assert kept == "before"
    assert _beside(target) == []


@pytest.mark.parametrize("command", ["build", "site"])
@pytest.mark.parametrize("place", ["file/in/it", "x" * 300])
def test_a_place_that_cannot_be_is_said_in_a_sentence(
    command: str, place: str, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    done = run(command, place)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert "cannot be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
