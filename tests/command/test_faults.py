"""What was written before is there and whole, whatever breaks while something new is written."""

import ctypes
import errno
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from support.commands import environment
from support.paths import Run
from support.steps import Event, full, told_to_end

from ldn_kg.command import terminal
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.beside import beside
from ldn_kg.publish import folder
from ldn_kg.publish.folder import SUMS, contents, replaced, sha256
from ldn_kg.publish.stores.temporary import temporary_folder

# A program that writes a word into many files of a folder, or often into one file. For each line
# on standard input a child of it does so, in which something happens at a step, which is a call of
# the system: the child is ended by a signal or writes something else first. "outside" ends it from
# another process, which is told of the step, and so also in the midst of a call. Then the program
# says how many steps there were, and how the child ended.
WRITER = """
import os, signal, sys
from pathlib import Path
from ldn_kg.publish import folder
from ldn_kg.graph.beside import beside
from ldn_kg.command.terminal import write

target, kind, files = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if kind == "two-steps":
    folder._exchanged = lambda one, other: False

def put(word):
    if kind == "file":
        write(target, lambda: word.encode() * files)
        return
    with folder.replaced(target) as beside:
        for number in range(files):
            (beside / f"{number}.txt").write_text(word)

def child(word, event, last, told):
    steps, busy = 0, False
    def step(*about):
        nonlocal steps, busy
        if busy:
            return
        os.write(told, b".")
        steps += 1
        if steps == last and event == "other":
            busy = True
            put("other")
            busy = False
        elif steps == last and event != "outside":
            os.kill(os.getpid(), signal.Signals[event])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # nohup would have it ignored
    sys.addaudithook(step)
    code = 1
    try:
        put(word)
        code = 0
    except KeyboardInterrupt:
        code = 130
    except SystemExit as end:
        code = end.code
    finally:
        os._exit(code)

for line in sys.stdin:
    word, event, last = line.split()
    heard, told = os.pipe()
    process = os.fork()
    if not process:
        child(word, event, int(last), told)
    os.close(told)
    seen = 0
    while os.read(heard, 1):
        seen += 1
        if event == "outside" and seen == int(last):
            os.kill(process, signal.SIGKILL)
    os.close(heard)
    print(seen, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""
# What a writer does, told the word, what happens and at which step: steps seen and exit code.
Writer = Callable[[str, str, int], tuple[int, int]]


@contextmanager
def _writer(target: Path, kind: str, files: int) -> Iterator[Writer]:
    command = [sys.executable, "-c", WRITER, str(target), kind, str(files)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin and process.stdout
        orders, answers = process.stdin, process.stdout

        def _do(word: str, event: str, last: int) -> tuple[int, int]:
            orders.write(f"{word} {event} {last}\n")
            orders.flush()
            steps, code = answers.readline().split()
            return int(steps), int(code)

        yield _do


def _write(target: Path, word: str, files: int = 3) -> None:
    with replaced(target) as beside:
        for number in range(files):
            (beside / f"{number}.txt").write_text(word, encoding="utf-8")


def _fail(target: Path) -> None:
    """Start to write a folder, which comes to nothing."""
    with pytest.raises(LdnKgError, match="cannot be written"), replaced(target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _whole(target: Path, files: int = 3) -> str:
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
    target, files = tmp_path / "release", 200
    _write(target, "0", files)
    chance, seen = random.Random(20), Counter[str]()
    with _writer(target, "exchange", files) as write:
        steps, code = write("0", "outside", -1)
        assert code == 0
        for number in map(str, range(1, 101)):
            _fail(target)  # clears what the last one left, so that each run has as many steps
            before = _whole(target, files)
            write(number, "outside", chance.randint(1, steps))
            after = _whole(target, files)
            assert after in (before, number)
            seen["new" if after == number else "old"] += 1
    assert set(seen) == {"old", "new"}, seen
    _write(target, "last", files)
    assert _whole(target, files) == "last"
    assert _beside(target) == []  # nothing piles up


@pytest.mark.parametrize("event", ["SIGKILL", "SIGTERM", "SIGINT"])
@pytest.mark.parametrize("kind", ["exchange", "two-steps"])
def test_ended_at_each_step_the_old_or_the_new_is_whole(
    kind: str, event: str, tmp_path: Path
) -> None:
    """Where folders change places in two steps, one may be away until the next start."""
    target = tmp_path / "release"
    seen = Counter[str]()
    with _writer(target, kind, 3) as write:
        _write(target, "old")
        steps, _ = write("new", event, -1)
        for last in range(1, steps + 1):
            _write(target, "old")
            _, code = write("new", event, last)
            number = signal.Signals[event]
            tidied = event != "SIGKILL" and code != -number  # it may come before or after the block
            assert code == (128 + number if tidied else -number)
            seen["tidied"] += tidied
            if not target.is_dir():
                seen["away"] += 1
                _fail(target)  # even a start that comes to nothing brings it back
            seen[_whole(target)] += 1
            if event != "SIGKILL":
                assert _beside(target) == []
            _fail(target)
            assert _beside(target) == []
    assert seen["old"] and seen["new"], seen
    assert bool(seen["away"]) == (kind == "two-steps" and event == "SIGKILL"), seen
    assert bool(seen["tidied"]) == (event != "SIGKILL"), seen


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("kind", ["exchange", "two-steps"])
def test_another_that_writes_at_any_step_is_followed_or_comes_last(
    kind: str, first: bool, tmp_path: Path
) -> None:
    target = tmp_path / "release"
    seen = Counter[str]()
    with _writer(target, kind, 3) as write:
        steps, last = 1, 0
        while last < steps:
            last += 1
            shutil.rmtree(target, ignore_errors=True)
            if not first:
                _write(target, "old")
            steps, code = write("new", "other", last)
            assert code == 0
            seen[_whole(target)] += 1
            assert _beside(target) == []
    assert set(seen) == {"new", "other"}, seen


def test_two_writers_at_once_leave_one_whole_folder(tmp_path: Path) -> None:
    """Three programs write at the same time, again and again."""
    target, words = tmp_path / "release", ["one", "two", "three"]
    command = [sys.executable, "-c", WRITER, str(target), "exchange", "50"]
    start = partial(
        subprocess.Popen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    running = [(word, start(command)) for word in words]
    for word, process in running:
        process.stdin.write(f"{word} none -1\n" * 5)
        process.stdin.flush()
    for _, process in running:
        said, _ = process.communicate(timeout=60)
        assert [line.split()[1] for line in said.splitlines()] == ["0"] * 5
    assert _whole(target, 50) in words
    assert _beside(target) == []


def test_without_a_step_for_both_the_old_comes_back_when_the_second_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_exchanged", lambda one, other: False)
    target = tmp_path / "release"
    _write(target, "old")
    rename, tried = Path.rename, []

    def _refuse(self: Path, other: Path) -> Path:
        tried.append(self)
        if len(tried) == 3:  # 1 finds the place taken, 2 moves the old one away
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", _refuse)
    with pytest.raises(LdnKgError, match="cannot be written: Input/output error"):
        _write(target, "new")
    assert len(tried) == 4
    assert _whole(target) == "old"
    assert _beside(target) == []


def test_what_a_living_process_writes_beside_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "release"
    with replaced(target) as beside:
        _write(target, "other")  # the same process is alive
        (beside / "own.txt").write_text("mine", encoding="utf-8")
    assert [path.name for path in contents(target)] == [SUMS, "own.txt"]


def test_only_what_a_dead_process_of_this_machine_left_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "release"
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass  # so it is dead
    left = beside(target).name.replace(f".{os.getpid()}.", f".{process.pid}.")
    kept = [
        f".another{left}",
        left.replace(platform.node(), "elsewhere"),
        left.replace(f".{process.pid}.", f".{os.getppid()}."),
        f"{left}.mine",
        left[1:],
        ".release",
    ]
    for name in (left, *kept):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("words", encoding="utf-8")
    pointed = left[:-8] + "0" * 8
    (tmp_path / pointed).symlink_to(kept[0])
    _write(target, "new")
    assert _beside(target) == sorted([*kept, pointed])
    assert all((tmp_path / name / "file").is_file() for name in kept)


def test_a_leftover_that_is_not_whole_takes_no_place(tmp_path: Path) -> None:
    target, made = tmp_path / "release", tmp_path / "made"
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    left = beside(target).name.replace(f".{os.getpid()}.", f".{process.pid}.")
    for spoil in ("0.txt", SUMS):
        _write(made, "old")
        (made / spoil).write_text("half", encoding="utf-8")
        made.rename(tmp_path / left)
        _fail(target)
        assert list(tmp_path.iterdir()) == []


def test_a_link_beside_takes_no_place(tmp_path: Path) -> None:
    target, made = tmp_path / "release", tmp_path / "made"
    _write(made, "mine")
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    left = beside(target).name.replace(f".{os.getpid()}.", f".{process.pid}.")
    (tmp_path / left).symlink_to(made)
    _fail(target)
    assert _beside(target) == sorted([left, "made"])
    assert not target.exists()
    assert _whole(made) == "mine"


def test_a_file_that_somebody_adds_meanwhile_is_not_lost(tmp_path: Path) -> None:
    target = tmp_path / "release"
    _write(target, "old")
    with (
        pytest.raises(LdnKgError, match=r"holds notes\.txt, which is not part of a release"),
        replaced(target),
    ):
        (target / "notes.txt").write_text("mine", encoding="utf-8")
    assert (target / "notes.txt").read_text(encoding="utf-8") == "mine"
    (target / "notes.txt").unlink()
    assert _whole(target) == "old"
    assert _beside(target) == []


# Ctrl-C, and at random points: once so many files of the new release are there.
@pytest.mark.parametrize(
    ("command", "how", "files"),
    [
        ("build", signal.SIGKILL, random.Random(1).randint(1, 90)),
        ("build", signal.SIGTERM, random.Random(2).randint(1, 90)),
        ("build", signal.SIGINT, random.Random(3).randint(1, 90)),
        ("site", signal.SIGINT, random.Random(4).randint(1, 90)),
    ],
)
def test_a_command_that_is_ended_leaves_what_was_there(
    command: str, how: signal.Signals, files: int, tmp_path: Path
) -> None:
    target = tmp_path / "release"
    _write(target, "before")
    # A shell's background jobs start deaf to Ctrl-C, which a program would inherit.
    hearing = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        [sys.executable, "-m", "support.few", command, str(target)],
        stderr=subprocess.PIPE,
        env=environment(),
        preexec_fn=hearing,
    ) as process:
        _until(lambda: len(list(tmp_path.glob(".release.*/**/*.*"))) >= files)
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
    killed = how == signal.SIGKILL
    assert process.returncode == (-how if killed else 128 + how)
    words = b"Stopped. No file is half-written.\n"
    assert said == (words if how == signal.SIGINT else b"")
    assert _whole(target) == "before"
    assert bool(_beside(target)) == killed
    _fail(target)
    assert _beside(target) == []


KILLS = int(os.environ.get("LDN_KG_KILLS", "3"))


# The website takes long; it has its turn where more kills are asked for.
@pytest.mark.parametrize("command", ["build", *(["site"] if KILLS > 3 else [])])
def test_a_command_that_is_killed_at_random_times_leaves_the_old_or_the_new(
    command: str, tmp_path: Path
) -> None:
    target = tmp_path / "release"
    _write(target, "before")
    argv, env = [sys.executable, "-m", "support.few", command, str(target)], environment()
    start = time.monotonic()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, env=env)
    seconds = time.monotonic() - start
    new = (target / SUMS).read_bytes()
    chance, found = random.Random(5), Counter[str]()
    for _ in range(KILLS):
        if (target / SUMS).read_bytes() == new:
            shutil.rmtree(target)
            _write(target, "before")
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, env=env) as process:
            # Any time will do; what is tested does not depend on it.
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0, 1.1 * seconds))
            process.kill()
        assert process.returncode in (0, -signal.SIGKILL)
        is_new = (target / SUMS).read_bytes() == new
        found["new" if is_new else "old"] += 1
        listed = [path for path in contents(target) if path.name != SUMS or path.parent != target]
        assert folder.sums(target, listed) == (target / SUMS).read_bytes()
        assert is_new or _whole(target) == "before"
    sys.stderr.write(f"{command}: {dict(found)}\n")
    assert found.total() == KILLS
    _fail(target)
    assert _beside(target) == []


def _until(happened: Callable[[], bool]) -> None:
    limit = time.monotonic() + 100
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.005)  # polls; what is tested does not depend on it


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("call", ["mkdir", "write_text", "write_bytes", "rename"])
def test_a_call_that_fails_is_said_in_a_sentence(
    call: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder, a file in it, the checksums, the last step: each may be one too many."""
    target = tmp_path / "release"
    _write(target, "before")

    def _full(*given: object, **options: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched, pytest.raises(LdnKgError) as caught:
        patched.setattr(Path, call, _full)
        _write(target, "after")
    assert str(caught.value) == f"{target} cannot be written: {os.strerror(number)}."
    assert _whole(target) == "before"
    assert _beside(target) == []


def _write_folder(target: Path) -> None:
    _write(target, "new")


def _write_file(target: Path) -> None:
    terminal.write(target, lambda: b"new")


def _write_temporary(target: Path) -> None:
    with temporary_folder() as folder:
        (folder / "file").write_text("new", encoding="utf-8")


@pytest.mark.parametrize("write", [_write_folder, _write_file, _write_temporary])
@pytest.mark.parametrize("happens", [full, told_to_end])
def test_whatever_happens_at_a_step_nothing_is_left_beside(
    happens: Event,
    write: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk without room, or a signal, also while it is cleaned up."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    target, ends = tmp_path / "kept", Counter[type]()
    for number in count(1):
        if write is _write_folder:
            _write(target, "old")
        else:
            target.write_text("old", encoding="utf-8")
        with happens(number) as steps:
            try:
                write(target)
            except (LdnKgError, SystemExit, OSError) as end:
                ends[type(end)] += 1
        said = _whole(target) if target.is_dir() else target.read_text(encoding="utf-8")
        assert said in ("old", "new")
        assert _beside(target) == []
        if len(steps) < number:
            break
    expected = LdnKgError if happens is full else SystemExit
    assert ends[expected] >= 1
    assert set(ends) <= {expected, OSError}
    assert ends[OSError] == (write is _write_temporary and happens is full)  # what is in it


NEW = "new doe2020 --design trial --title Naltrexone --year 2020 --force -o"


@pytest.mark.parametrize(
    ("command", "size"), [("build", 20_000), ("export -o", 20_000), ("cite -o", 10), (NEW, 100)]
)
def test_a_file_that_cannot_grow_is_said_in_a_sentence(
    command: str, size: int, process: Run, tmp_path: Path
) -> None:
    """A limit of the system on the size of files is as good as a full disk."""
    target = tmp_path / "kept"
    if command == "build":
        _write(target, "before")
    else:
        target.write_text("before", encoding="utf-8")
    done = process(*command.split(), "kept", largest=size)
    assert done.returncode == 2
    assert done.stderr == f"Error: {target} cannot be written: {os.strerror(errno.EFBIG)}.\n"
    kept = _whole(target) if command == "build" else target.read_text(encoding="utf-8")
    assert kept == "before"
    assert _beside(target) == []


LIBC = ctypes.CDLL(None, use_errno=True)


def _bound_by_permissions() -> None:
    """Take from root what lets it write everywhere; others have nothing to lose."""
    if os.geteuid() == 0:
        drop, everywhere, read = 24, 1, 2  # PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and _READ_SEARCH
        assert LIBC.prctl(drop, everywhere, 0, 0, 0) == 0
        assert LIBC.prctl(drop, read, 0, 0, 0) == 0


@pytest.mark.parametrize(
    ("command", "locked"),
    [
        ("build", "place"),
        ("build", "place/kept"),
        ("export -o", "place"),
        ("cite -o", "place/kept"),
    ],
)
def test_what_may_not_be_written_stays_as_it_is(
    command: str, locked: str, process: Run, tmp_path: Path
) -> None:
    target = tmp_path / "place" / "kept"
    if command == "build":
        _write(target, "before")
    else:
        target.parent.mkdir()
        target.write_text("before", encoding="utf-8")
    (tmp_path / locked).chmod(0o555)
    done = process(*command.split(), target, preexec_fn=_bound_by_permissions)
    assert done.returncode == 2
    assert done.stderr == f"Error: {target} cannot be written: {os.strerror(errno.EACCES)}.\n"
    kept = _whole(target) if command == "build" else target.read_text(encoding="utf-8")
    assert kept == "before"
    assert _beside(target) == []


@pytest.mark.parametrize(
    ("command", "place", "why"),
    [
        ("build", "file/in/it", errno.ENOTDIR),
        ("build", "x" * 300, errno.ENAMETOOLONG),
        ("site", "x" * 300, errno.ENAMETOOLONG),
        ("cite -o", "file/in/it", errno.ENOTDIR),
        ("cite -o", "missing/file", errno.ENOENT),
        ("cite -o", "x" * 300, errno.ENAMETOOLONG),
    ],
)
def test_a_place_that_cannot_be_is_said_in_a_sentence(
    command: str, place: str, why: int, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    done = run(*command.split(), place)
    assert done.returncode == 2
    said = f"Error: {tmp_path / place} cannot be written: {os.strerror(why)}."
    assert done.stderr.splitlines()[-1] == said
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_link_that_leads_to_itself_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    target = tmp_path / "release"
    target.symlink_to(target)
    with pytest.raises(LdnKgError, match="is a file; name a folder"), replaced(target):
        pytest.fail("it was begun")
    assert _beside(target) == []


@pytest.mark.parametrize("write", [_write_file, _write_folder])
def test_a_name_may_be_as_long_as_the_system_allows(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    """Also the hidden one beside it, which is longer."""
    target = tmp_path / ("é" * 127 + "x")
    for _ in range(2):
        write(target)
    assert _beside(target) == []
    assert target.exists()


def test_a_parent_that_is_missing_is_made(tmp_path: Path) -> None:
    _write(tmp_path / "one" / "two" / "release", "new")
    assert _whole(tmp_path / "one" / "two" / "release") == "new"


@pytest.mark.parametrize("event", ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"])
def test_a_file_is_written_whole_or_not_at_all(event: str, tmp_path: Path) -> None:
    """The way of --output, ended at each step."""
    target, times = tmp_path / "file.ttl", 1000
    seen = Counter[str]()
    with _writer(target, "file", times) as write:
        steps, last, left = 1, 0, 0
        while last < steps:
            last += 1
            target.write_text("old", encoding="utf-8")
            steps, _ = write("new", event, last)
            seen[target.read_text(encoding="utf-8")] += 1
            left = max(left, len(_beside(target)))
        assert write("new", "none", -1)[1] == 0
    assert _beside(target) == []
    assert left == (1 if event == "SIGKILL" else 0)  # the next clears what the last one left
    assert set(seen) <= {"old", "new" * times}, seen
    assert seen["old"], seen


def test_only_files_that_dead_processes_left_beside_a_file_are_removed(tmp_path: Path) -> None:
    target = tmp_path / "file.ttl"
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass  # so it is dead
    left = beside(target).name.replace(f".{os.getpid()}.", f".{process.pid}.")
    kept = [beside(target).name, left[1:], f"{left}.mine", ".file.ttl"]
    for name in (left, *kept):
        (tmp_path / name).write_text("words", encoding="utf-8")
    folder_of_mine = left[:-8] + "0" * 8
    (tmp_path / folder_of_mine).mkdir()
    terminal.write(target, lambda: b"new")
    assert target.read_bytes() == b"new"
    assert _beside(target) == sorted([*kept, folder_of_mine])


def test_a_file_that_nobody_else_may_read_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while it is being written."""
    target, modes = tmp_path / "file.ttl", []
    target.write_text("old", encoding="utf-8")
    target.chmod(0o600)
    chmod = Path.chmod

    def noted(self: Path, mode: int) -> None:
        modes.append(self.stat().st_mode & 0o777)
        chmod(self, mode)

    monkeypatch.setattr(Path, "chmod", noted)
    terminal.write(target, lambda: b"new")
    assert [*modes, target.stat().st_mode & 0o777] == [0o600, 0o600]


def test_a_file_is_kept_when_the_process_dies_in_a_write(tmp_path: Path) -> None:
    """The signal of a file that grows too big comes in the midst of writing it."""
    target = tmp_path / "file.ttl"
    target.write_text("old", encoding="utf-8")
    program = """
import resource, signal, sys
from pathlib import Path
from ldn_kg.command.terminal import write
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
write(Path(sys.argv[1]), lambda: b"new" * 100_000)
"""
    done = subprocess.run([sys.executable, "-B", "-c", program, target], timeout=60)
    assert done.returncode == -signal.SIGXFSZ
    assert target.read_text(encoding="utf-8") == "old"
