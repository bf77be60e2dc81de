"""What was prepared is opened only if it is what the files say now; else the files are read."""

import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import count
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store
from support.commands import grow_to
from support.steps import full, told_to_end

from ldn_kg.errors import LdnKgError
from ldn_kg.graph import files, prepared
from ldn_kg.graph.beside import remove
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.prepared import Prepared, asked, loaded

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows tells no time of a change")
SUBJECT, PREDICATE = NamedNode("urn:x:s"), NamedNode("urn:x:p")
LATER = 10 * 10**9  # nanoseconds


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put one small file in the place of what is shipped, and a cache beside it."""
    file = tmp_path / "data" / "one.ttl"
    file.parent.mkdir()
    file.write_text("<urn:x:s> <urn:x:p> 1 .\n", encoding="utf-8")
    monkeypatch.setattr(prepared, "_FOLDERS", (file.parent,))
    monkeypatch.setenv("LDN_KG_CACHE", str(tmp_path / "cache"))
    return file


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the files be older than what no file system can tell apart."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + LATER)


class Loader:
    """Reads the file, with what a rule would derive, and counts how often."""

    def __init__(self, file: Path) -> None:
        """Note the file; nothing has read it yet."""
        self.file, self.times = file, 0

    def __call__(self) -> Dataset:
        """Return what is in the file now."""
        self.times += 1
        store = Store()
        for value in self.file.read_text(encoding="utf-8").split()[2:-1]:
            store.add(Quad(SUBJECT, PREDICATE, Literal(value), GRAPHS["literature"]))
            store.add(Quad(SUBJECT, PREDICATE, Literal(f"derived {value}"), GRAPHS["derived"]))
        return Dataset(store, (self.file,))


def _values(dataset: Dataset) -> list[str]:
    """Ask for every value, by each order in which the store has its quads."""
    rows = dataset.rows("SELECT ?o { ?s ?p ?o }")
    of_subject = {str(quad.object.value) for quad in dataset.about(SUBJECT)}  # type: ignore[union-attr]
    assert of_subject == {row["o"] for row in rows}
    return sorted(of_subject)


def _expected(value: str = "1") -> list[str]:
    return sorted([value, f"derived {value}"])


def _folders(cache: Path) -> list[Path]:
    return [path for path in cache.iterdir() if path.is_dir()]


def test_the_files_are_read_once(data: Path, late: None) -> None:
    load = Loader(data)
    for _ in range(3):
        assert asked((), load, _values) == _expected()
    assert load.times == 1


def test_a_start_reads_no_file_that_is_unchanged(
    data: Path, late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Loader(data)
    asked((), load, _values)
    monkeypatch.setattr(Prepared, "digest", lambda self: pytest.fail("it was read"))
    assert asked((), load, _values) == _expected()


def test_a_file_of_the_same_size_and_time_is_seen(data: Path, late: None) -> None:
    load = Loader(data)
    asked((), load, _values)
    before = data.stat()
    data.write_text("<urn:x:s> <urn:x:p> 2 .\n", encoding="utf-8")
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = data.stat()
    assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    assert asked((), load, _values) == _expected("2")


def test_a_file_that_takes_the_place_of_another_is_seen(data: Path, late: None) -> None:
    other = data.with_name("other")
    other.write_text("<urn:x:s> <urn:x:p> 2 .\n", encoding="utf-8")
    before = data.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    load = Loader(data)
    asked((), load, _values)
    other.replace(data)
    assert asked((), load, _values) == _expected("2")


def test_what_has_just_changed_is_read_each_time(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its next change may fall into the same tick of the clock, and then looks the same."""
    load = Loader(data)
    asked((), load, _values)
    # So the system would tell of the file after a second change in the same tick.
    real = prepared._said_of
    before = real([str(data)], prepared._inode)
    data.write_text("<urn:x:s> <urn:x:p> 2 .\n", encoding="utf-8")

    def same(paths: list[str], more: Callable[[os.stat_result], int]) -> bytes:
        return before if list(paths) == [str(data)] else real(paths, more)

    monkeypatch.setattr(prepared, "_said_of", same)
    assert asked((), load, _values) == _expected("2")
    assert asked((), load, _values) == _expected("2")


def test_a_touched_file_is_read_but_nothing_is_made_again(data: Path, late: None) -> None:
    load = Loader(data)
    asked((), load, _values)
    os.utime(data)
    assert asked((), load, _values) == _expected()
    assert load.times == 1


def test_a_file_that_comes_or_goes_is_seen(data: Path, late: None) -> None:
    load = Loader(data)
    asked((), load, _values)
    other = data.with_name("two.ttl")
    other.write_text("", encoding="utf-8")
    asked((), load, _values)
    assert load.times == 2
    other.unlink()
    asked((), load, _values)
    assert load.times == 3


def test_a_file_that_changes_while_it_is_read_is_not_kept(data: Path, late: None) -> None:
    load = Loader(data)

    def changing() -> Dataset:
        dataset = load()
        data.write_text("<urn:x:s> <urn:x:p> 2 .\n", encoding="utf-8")
        return dataset

    assert asked((), changing, _values) == _expected("1")  # so it was when it began
    assert asked((), load, _values) == _expected("2")


def test_another_engine_makes_its_own(
    data: Path, late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Loader(data)
    asked((), load, _values)
    monkeypatch.setattr(prepared, "_ENGINE", "another")
    asked((), load, _values)
    assert load.times == 2


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _turn_one_bit_in_place(file: Path) -> None:
    before, content = file.stat(), bytearray(file.read_bytes())
    if not content:
        content += b"x"
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("damage", [_cut, _turn_one_bit_in_place])
def test_a_damaged_file_of_the_store_is_never_asked(
    damage: Callable[[Path], None], data: Path, late: None, tmp_path: Path
) -> None:
    """Each in turn: nothing of what came of it is answered, and it is made anew."""
    load, done = Loader(data), set()
    asked((), load, _values)
    for _ in range(40):
        (folder,) = _folders(tmp_path / "cache")
        left = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in done]
        left = [p for p in left if p.name not in ("own", "valid")]
        if not left:
            break
        done.add(left[0].name)
        damage(left[0])
        assert asked((), load, _values) == _expected()
    assert len(done) > 8 and {"CURRENT", "derived.nt"} < done


def test_a_damaged_stamp_is_not_believed(data: Path, late: None, tmp_path: Path) -> None:
    load = Loader(data)
    asked((), load, _values)
    (stamp,) = (tmp_path / "cache").glob("*.stamp")
    whole = stamp.read_bytes()
    for content in (b"", b"\n", b"../data\n\n", b"\0\n\n", b"\xff" * 300, whole[:-5], whole[9:]):
        stamp.write_bytes(content)
        assert asked((), load, _values) == _expected()
        assert asked((), load, _values) == _expected()


@pytest.mark.parametrize("gone", ["store", "derived.nt", "."])
def test_what_is_removed_while_it_is_asked_is_asked_in_memory(
    gone: str, data: Path, late: None, tmp_path: Path
) -> None:
    load = Loader(data)
    asked((), load, _values)
    asked_of = []

    def removing(dataset: Dataset) -> list[str]:
        asked_of.append(dataset)
        if len(asked_of) == 1:
            (folder,) = _folders(tmp_path / "cache")
            remove(folder / gone)
            return ["what a store without files might say"]
        return _values(dataset)

    assert asked((), load, removing) == _expected()
    assert len(asked_of) == 2 and load.times == 2


def test_a_fault_of_a_removed_store_is_no_fault_of_the_question(
    data: Path, late: None, tmp_path: Path
) -> None:
    load = Loader(data)
    asked((), load, _values)
    times = []

    def failing(dataset: Dataset) -> list[str]:
        times.append(1)
        if len(times) == 1:
            prepared.clear(tmp_path / "cache")
            raise LdnKgError("The query could not be answered.")
        return _values(dataset)

    assert asked((), load, failing) == _expected()


def test_a_fault_of_the_question_is_said_once(data: Path, late: None) -> None:
    load, times = Loader(data), []

    def failing(dataset: Dataset) -> None:
        times.append(1)
        raise LdnKgError("There is no such record.")

    for _ in range(2):
        with pytest.raises(LdnKgError, match="no such record"):
            asked((), load, failing)
    assert len(times) == 2 and load.times == 1


def test_others_must_not_be_able_to_write_there(data: Path, late: None, tmp_path: Path) -> None:
    load = Loader(data)
    asked((), load, _values)
    cache = tmp_path / "cache"
    cache.chmod(0o777)
    asked((), load, _values)
    assert load.times == 2
    cache.chmod(0o700)
    (folder,) = _folders(cache)
    folder.chmod(0o770)
    asked((), load, _values)
    assert load.times == 3


def test_a_cache_of_another_user_is_left_alone(
    data: Path, late: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Loader(data)
    asked((), load, _values)
    if os.geteuid() != 0:  # what root has made can be trusted, whoever asks
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
    else:
        for path in ((tmp_path / "cache"), *(tmp_path / "cache").iterdir()):
            os.chown(path, 4711, -1)
    before = sorted((tmp_path / "cache").rglob("*"))
    assert asked((), load, _values) == _expected()
    assert load.times == 2 and sorted((tmp_path / "cache").rglob("*")) == before


@pytest.mark.parametrize("kind", ["file", "below a file", "link to nowhere"])
def test_a_place_that_is_no_folder(
    kind: str, data: Path, late: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "cache"
    if kind == "link to nowhere":
        place.symlink_to(tmp_path / "nowhere" / "at" / "all")
    else:
        place.write_text("mine", encoding="utf-8")
    if kind == "below a file":
        monkeypatch.setenv("LDN_KG_CACHE", str(place / "deeper"))
    load = Loader(data)
    assert asked((), load, _values) == _expected()
    assert asked((), load, _values) == _expected()
    assert load.times == 2


def test_what_others_have_there_stays(data: Path, late: None, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    mine = [cache / "thesis.stamp", cache / "notes" / "one", cache / "12345678.stamp" / "two"]
    for path in mine:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    load = Loader(data)
    for _ in range(2):
        assert asked((), load, _values) == _expected()
    assert load.times == 1 and not (cache / "CACHEDIR.TAG").exists()  # the folder is not ours
    prepared.clear(cache)
    assert all(path.read_text(encoding="utf-8") == "mine" for path in mine)
    assert not list(cache.glob("????????-*"))


def test_no_home_is_no_fault(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LDN_KG_CACHE")
    monkeypatch.setattr(prepared, "place", lambda: None)
    assert asked((), Loader(data), _values) == _expected()


def test_the_cache_is_found_as_the_system_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LDN_KG_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere/cache")
    if os.uname().sysname == "Linux":
        assert prepared.place() == Path("/somewhere/cache/ldn-kg")
    monkeypatch.setenv("LDN_KG_CACHE", "here")
    assert prepared.place() == Path("here").absolute()


def test_the_old_goes_as_the_new_comes(data: Path, late: None, tmp_path: Path) -> None:
    load = Loader(data)
    for value in range(5):
        data.write_text(f"<urn:x:s> <urn:x:p> {value} .\n", encoding="utf-8")
        assert asked((), load, _values) == _expected(str(value))
    assert len(_folders(tmp_path / "cache")) == 1
    assert len(list((tmp_path / "cache").glob("*.stamp"))) == 1


def test_what_nobody_uses_goes_after_a_month(data: Path, late: None, tmp_path: Path) -> None:
    cache, own = tmp_path / "cache", tmp_path / "own.ttl"
    own.write_text("<urn:x:s> <urn:x:p> 3 .\n", encoding="utf-8")
    load = Loader(data)
    asked((), load, _values)
    (old,) = cache.glob("*.stamp")
    day = 24 * 60 * 60
    os.utime(old, (time.time() - 29 * day,) * 2)
    asked((), load, _values)  # which is a use
    assert time.time() - old.stat().st_mtime < day
    os.utime(old, (time.time() - 31 * day,) * 2)
    unnamed = cache / "01234567-89abcdef"
    unnamed.mkdir()
    os.utime(unnamed, (time.time() - day,) * 2)
    asked([own], load, _values)
    assert not old.exists() and not unnamed.exists()
    asked([own], load, _values)
    assert load.times == 2


def test_a_verdict_is_of_the_very_same_files(data: Path, late: None) -> None:
    def is_valid() -> bool:
        place = Prepared.of(())
        return place is not None and place.find() and place.is_valid

    load = Loader(data)
    asked((), load, _values)
    assert not is_valid()
    place = Prepared.of(())
    assert place is not None
    place.keep(load(), place.digest(), valid=True)
    assert is_valid()
    digest = place.digest()
    data.write_text("<urn:x:s> <urn:x:p> 2 .\n", encoding="utf-8")
    place.keep(load(), digest, valid=True)  # judged before the file was changed
    asked((), load, _values)
    assert not is_valid()


def test_a_verdict_is_asked_for_once_by_the_same_libraries(
    data: Path, late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(dataset: Dataset) -> None:
        raise LdnKgError("a fault")

    judged: list[Dataset] = []
    load = Loader(data)
    for _ in range(2):  # what is not valid is not noted
        with pytest.raises(LdnKgError, match="a fault"):
            loaded((), load, refuse)
    for _ in range(2):
        assert loaded((), load, judged.append).is_valid
    assert len(judged) == 1
    monkeypatch.setattr(prepared, "_judges", lambda: "another version")
    assert loaded((), load, judged.append).is_valid
    assert len(judged) == 2


def test_what_was_derived_is_loaded_into_memory(
    data: Path, late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Loader(data)

    def read(*paths: Path) -> Dataset:
        dataset = load()
        dataset.store.clear_graph(GRAPHS["derived"])
        return dataset

    monkeypatch.setattr(prepared, "read", read)
    assert _values(loaded((), load)) == _expected()
    again = loaded((), lambda: pytest.fail("nothing need be derived"))
    assert _values(again) == _expected()
    again.store.add(Quad(SUBJECT, PREDICATE, Literal("mine"), GRAPHS["local"]))
    assert _values(loaded((), load)) == _expected()  # it can be changed, and what is kept is not


def test_what_is_kept_can_be_listed(data: Path, late: None, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text("<urn:x:s> <urn:x:p> 3 .\n", encoding="utf-8")
    load = Loader(data)
    asked((), load, _values)
    asked([own], load, _values)
    kept = prepared.kept(tmp_path / "cache")
    assert {one.own for one in kept} == {(), (str(own),)}
    assert all(one.size > 10_000 for one in kept)
    prepared.clear(tmp_path / "cache")
    assert prepared.kept(tmp_path / "cache") == []
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["CACHEDIR.TAG"]


def test_the_last_used_is_listed_first_with_all_its_bytes(
    data: Path, late: None, tmp_path: Path
) -> None:
    load, own = Loader(data), tmp_path / "own.ttl"
    own.write_text("<urn:x:s> <urn:x:p> 3 .\n", encoding="utf-8")
    asked((), load, _values)
    (folder,) = _folders(tmp_path / "cache")
    size = sum(path.stat().st_size for path in folder.rglob("*"))
    (stamp,) = (tmp_path / "cache").glob("*.stamp")
    before = time.time() // 1 - 1000
    os.utime(stamp, (before, before))
    asked([own], load, _values)
    last, first = prepared.kept(tmp_path / "cache")
    assert (last.own, first) == ((str(own),), prepared.Kept((), size, before))
    os.utime(stamp, (time.time() + 1000,) * 2)
    assert [one.own for one in prepared.kept(tmp_path / "cache")] == [(), (str(own),)]


def test_what_has_a_name_stays_however_old_it_is(data: Path, late: None, tmp_path: Path) -> None:
    load, own = Loader(data), tmp_path / "own.ttl"
    own.write_text("<urn:x:s> <urn:x:p> 3 .\n", encoding="utf-8")
    asked((), load, _values)
    (folder,) = _folders(tmp_path / "cache")
    os.utime(folder, (1000, 1000))
    asked([own], load, _values)
    asked((), load, _values)
    assert folder.exists() and load.times == 2


def test_what_may_be_about_to_get_a_name_stays_for_an_hour(
    data: Path, late: None, tmp_path: Path
) -> None:
    young, old = (tmp_path / "cache" / f"01234567-0000000{n}" for n in range(2))
    for path, age in ((young, 50), (old, 70)):
        path.mkdir(parents=True)
        os.utime(path, (time.time() - age * 60,) * 2)
    asked((), Loader(data), _values)
    assert young.exists() and not old.exists()


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    folder.mkdir()
    file.write_text("mine", encoding="utf-8")
    for target in (folder, file, tmp_path / "nowhere"):
        link = tmp_path / "link"
        link.symlink_to(target)
        remove(link)
        assert not link.is_symlink()
    assert folder.is_dir() and file.is_file()
    remove(folder)
    remove(file)
    remove(file)  # which is gone: no fault
    assert list(tmp_path.iterdir()) == []


def test_a_new_cache_is_for_nobody_else_and_for_no_backup(data: Path, tmp_path: Path) -> None:
    asked((), Loader(data), _values)
    cache = tmp_path / "cache"
    assert cache.stat().st_mode & 0o777 == 0o700
    # As https://bford.info/cachedir/ has it.
    tag = (cache / "CACHEDIR.TAG").read_text(encoding="ascii")
    assert tag.startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_where_the_system_names_no_place_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LDN_KG_CACHE", raising=False)

    def no_home(*_: object, **more: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("platformdirs.user_cache_path", no_home)
    assert prepared.place() is None
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **more: Path("relative"))
    assert prepared.place() is None


def test_a_file_that_is_gone_is_said_by_who_reads_it(data: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.ttl"
    assert Prepared.of([missing]) is not None
    prepared_of = Prepared(tmp_path / "cache", [missing])
    assert not prepared_of.find() and prepared_of.open() is None and prepared_of.load() is None
    with pytest.raises(LdnKgError, match="a sentence"):
        asked([missing], lambda: _refuse("a sentence"), _values)


def _refuse(words: str) -> Dataset:
    raise LdnKgError(words)


def test_the_files_are_those_that_are_read(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own.ttl", files.ROOT / "data" / "drug.ttl"
    own.write_text("<urn:x:s> <urn:x:p> 3 .\n", encoding="utf-8")
    found = Prepared(tmp_path / "cache", [own, shipped])
    found_files = tuple(found.files())
    assert found_files == read(own, shipped).files
    assert len(found_files) > 200


def test_what_takes_long_to_make_is_made_once(data: Path, late: None, tmp_path: Path) -> None:
    made: list[str] = []

    def ask(dataset: Dataset) -> bytes:
        def make() -> bytes:
            made.append(*_values(dataset)[:1])
            return made[-1].encode()

        return dataset.kept("first.txt", make)

    load = Loader(data)
    assert [asked((), load, ask) for _ in range(3)] == [b"1"] * 3
    assert made == ["1"]
    (file,) = (tmp_path / "cache").glob("*/first.txt")
    for damaged in (b"", b"2", file.read_bytes()[:-1] + b"2", file.read_bytes()[:-1]):
        file.write_bytes(damaged)
        made.clear()
        assert [asked((), load, ask) for _ in range(2)] == [b"1"] * 2
        assert made == ["1"]
    data.write_text("<urn:x:s> <urn:x:p> 2 .\n", encoding="utf-8")
    assert asked((), load, ask) == b"2"
    assert [path.parent for path in (tmp_path / "cache").glob("*/first.txt")] == _folders(
        tmp_path / "cache"
    )


def test_what_is_made_of_a_store_that_was_damaged_is_not_kept(
    data: Path, late: None, tmp_path: Path
) -> None:
    load, cache = Loader(data), tmp_path / "cache"
    asked((), load, _values)

    def make() -> bytes:
        (table,) = cache.glob("*/store/CURRENT")
        table.touch()
        return b"wrong"

    asked((), load, lambda dataset: dataset.kept("first.txt", make))
    assert not list(cache.glob("*/first.txt"))


def test_where_nothing_can_be_kept_it_is_made_each_time(
    data: Path, late: None, tmp_path: Path
) -> None:
    load, cache = Loader(data), tmp_path / "cache"
    asked((), load, _values)
    (folder,) = _folders(cache)
    (folder / "first.txt").mkdir()
    for content in (b"one", b"two"):
        assert asked((), load, lambda kg, c=content: kg.kept("first.txt", lambda: c)) == content
    assert load.times == 1
    assert not list(cache.rglob(".*"))
    assert load().kept("first.txt", lambda: b"three") == b"three"


def test_what_can_change_an_answer_is_looked_at(tmp_path: Path) -> None:
    inputs = {Path(path) for path in Prepared(tmp_path / "cache", ())._inputs}
    for folder, ending in (
        ("data", "ttl"),
        ("ontology", "rq"),
        ("shapes", "ttl"),
        ("shapes", "rq"),
        ("queries", "rq"),
    ):
        assert {*(files.ROOT / folder).rglob(f"*.{ending}")} <= inputs
    for module in (
        "graph/synthesis/pooling.py",
        "graph/prepared.py",
        "check/own.py",
        "read/search.py",
    ):
        assert Path(prepared.__file__).parents[1] / module in inputs


def test_the_judges_are_named_with_their_versions() -> None:
    words = prepared._judges().split()
    assert words[::2] == ["pyshacl", "rdflib"]
    assert words[1::2] == [version(name) for name in words[::2]]


def test_without_a_limit_memory_is_not_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, limited in ((resource.RLIM_INFINITY, False), (1 << 40, True)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: (limit, limit))
        assert prepared._memory_is_limited() is limited


def test_what_is_loaded_without_a_judge_is_not_called_valid(data: Path, late: None) -> None:
    load = Loader(data)
    assert not loaded((), load).is_valid
    judged: list[Dataset] = []
    assert loaded((), load, judged.append).is_valid
    assert loaded((), load).is_valid and len(judged) == 1


def test_where_nothing_can_be_kept_the_files_are_read_each_time(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "place", lambda: None)
    load = Loader(data)
    for number in (1, 2):
        assert _values(loaded((), load)) == _expected()
        assert load.times == number


# Processes of their own, as the engine does not bear a fork of one that has opened a store.
SPAWN = multiprocessing.get_context("spawn")


def _first_run(file: Path, ready: "Event", answers: "Queue[list[str]]") -> None:
    prepared._FOLDERS = (file.parent,)
    ready.wait()
    answers.put(asked((), Loader(file), _values))


def test_ten_first_runs_at_once(data: Path, tmp_path: Path) -> None:
    ready, answers = SPAWN.Event(), SPAWN.Queue()
    runs = [SPAWN.Process(target=_first_run, args=(data, ready, answers)) for _ in range(10)]
    for run in runs:
        run.start()
    ready.set()
    assert [answers.get(timeout=60) for _ in runs] == [_expected()] * 10
    for run in runs:
        run.join(timeout=60)
        assert run.exitcode == 0
    load = Loader(data)
    assert asked((), load, _values) == _expected()
    assert load.times == 0
    assert not [path for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")]


def _make_again(file: Path, ready: "Event") -> None:
    prepared._FOLDERS = (file.parent,)
    ready.set()
    while True:
        prepared.clear(prepared.place() or Path())
        asked((), Loader(file), _values)


def test_a_killed_run_leaves_nothing_that_misleads(data: Path, tmp_path: Path) -> None:
    """KILLS in the environment says how often; a hundred and more are tried by hand."""
    cache = tmp_path / "cache"
    left = 0
    for kill in range(int(os.environ.get("KILLS", "4"))):
        ready = SPAWN.Event()
        run = SPAWN.Process(target=_make_again, args=(data, ready))
        run.start()
        assert ready.wait(60)
        time.sleep(0.02 + 0.013 * (kill % 16))
        run.kill()
        run.join()
        assert run.exitcode == -signal.SIGKILL
        left += any(path.name.startswith(".") for path in cache.glob(".*"))
        assert asked((), Loader(data), _values) == _expected()
        prepared.clear(cache)  # so that the next run makes it again
        assert not list(cache.glob(".*"))
    assert left > 0, "no run was killed while it made something"


@pytest.mark.parametrize("happens", [full, told_to_end])
def test_whatever_happens_at_a_step_nothing_is_left_that_nobody_finds(
    happens: Event,
    data: Path,
    late: None,
    tmp_path: Path,
) -> None:
    """Also where an older store goes as the new one comes."""
    cache, codes = tmp_path / "cache", []
    for number in count(1):
        data.write_text(f"<urn:x:s> <urn:x:p> {number} .\n", encoding="utf-8")
        with happens(number) as seen:
            try:
                assert asked((), Loader(data), _values) == _expected(str(number))
            except SystemExit as end:
                codes.append(end.code)
        named = {path.read_text("latin-1").partition("\n")[0] for path in cache.glob("*.stamp")}
        assert {path.name for path in _folders(cache)} <= named
        assert asked((), Loader(data), _values) == _expected(str(number))
        if len(seen) < number:
            break
    assert {"os.mkdir", "open", "os.rename"} <= set(seen)
    assert codes == ([143] * len(codes) if happens is told_to_end else [])
    assert bool(codes) == (happens is told_to_end)


@pytest.fixture
def room(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Return what lets no file grow above a size, as if the disk were full."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # as in `apart`
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.getsignal(signal.SIGXFSZ)
    yield grow_to
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize("size", [0, 10, 30, 100, 1000, 10_000, 50_000])
def test_a_full_disk_is_no_fault(
    size: int, room: Callable[[int], None], data: Path, late: None, tmp_path: Path
) -> None:
    load = Loader(data)
    room(size)
    for _ in range(2):
        assert asked((), load, _values) == _expected()
    room(resource.RLIM_INFINITY)
    assert load.times == 2
    assert not list((tmp_path / "cache").glob(".*"))
    assert asked((), load, _values) == _expected()


def test_where_memory_is_limited_the_engine_is_not_opened(
    data: Path, late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Loader(data)
    asked((), load, _values)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 30, 1 << 30))
    monkeypatch.setattr(Store, "read_only", lambda _: pytest.fail("it was opened"))
    assert asked((), load, _values) == _expected()
