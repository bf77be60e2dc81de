"""What was prepared: the dataset as it was read and derived once, kept on disk, opened at once.

It is a cache: whatever is wrong with it, the answer comes from the files. In the user's cache
folder, or in the one that LDN_KG_CACHE names, each set of files has

    NAME-TOKEN/   what was made of them, which never changes: store/ is a store of Oxigraph,
                  derived.nt the graph of what rules derived, own the names of a user's own
                  files, and valid says that the shapes found no fault, and what judged them;
                  what a reader takes long to make of the dataset is added when it is made
    NAME.stamp    which folder that is, the digest of the files, and what the system says of each
                  file in the folder and of the data

A start compares the stamp with what the system says now, and reads a file again only where that
differs. The new stamp takes the place of the old one in one step.
"""

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar
from zlib import crc32

import pyoxigraph
from pyoxigraph import RdfFormat, Store

from ldn_kg.graph.dataset import Dataset, own_files, read
from ldn_kg.graph.files import GRAPHS, ROOT, SHIPPED

_ENGINE = "\n".join(
    (
        "ldn-kg cache, format 1",
        f"pyoxigraph {pyoxigraph.__version__}",
        f"{sys.implementation.cache_tag} {sys.platform}",
    )
)
# What can change an answer: the data, questions, rules and shapes, and the program that reads and
# judges them.
_ENDINGS = (".ttl", ".rq", ".jsonld", ".py")
_PACKAGE = Path(__file__).parent.parent
_FOLDERS = (
    *(ROOT / name for name in (*SHIPPED, "queries", "shapes")),
    *(_PACKAGE / room for room in ("graph", "check", "read")),
)
_DAY = 24 * 60 * 60
_KEPT = 30 * _DAY  # what nobody has used for so long is removed
_UNNAMED = 60 * 60  # a folder without a stamp may be about to get one
_TICK = 2 * 10**9  # nanoseconds: no file system tells times more coarsely
_FOLDER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}")
_STAMP = re.compile(r"[0-9a-f]{8}\.stamp")
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"  # of CACHEDIR.TAG, as bford.info defines it
T = TypeVar("T")


def place() -> Path | None:
    """Return the folder of the cache, or None where the system has no such place for the user."""
    named = os.environ.get("LDN_KG_CACHE")
    if named:
        return Path(named).absolute()
    from platformdirs import user_cache_path

    try:
        found = user_cache_path("ldn-kg", appauthor=False)
    except (OSError, RuntimeError):  # no home
        return None
    return found if found.is_absolute() else None


def asked(own: Iterable[str | Path], load: Callable[[], Dataset], ask: Callable[[Dataset], T]) -> T:
    """Return what `ask` makes of the dataset with a user's own files: all of it, nothing lazy.

    It gets what was prepared, which can only be read. Where there is nothing, `load` reads the
    files, and what it returns is kept for the next time. Where the store was damaged or removed
    while it was asked, what came of it is dropped, and `ask` gets a dataset in memory.
    """
    prepared = Prepared.of(own)
    if prepared is None:
        return ask(load())
    dataset = prepared.open()
    if dataset is None:
        made = prepared.make(load)
        dataset = prepared.open()
        if dataset is None:
            return ask(made)
    try:
        answer = ask(dataset)
    except Exception:
        if prepared.is_whole():
            raise
    else:
        if prepared.is_whole():
            return answer
    return ask(load())


def loaded(
    own: Iterable[str | Path],
    load: Callable[[], Dataset],
    judge: Callable[[Dataset], None] | None = None,
) -> Dataset:
    """Return the dataset with a user's own files, in memory: for what reads all of it.

    What rules derived, and the verdict of the shapes, come from what was prepared. Where there is
    nothing, `load` reads the files, and what it returns is kept for the next time. `judge` raises
    where the shapes find a fault; it is asked only where they were not asked before.
    """
    prepared = Prepared.of(own)
    if prepared is None:
        return load()
    dataset = prepared.load() or prepared.make(load)
    if judge is None or dataset.is_valid:
        return dataset
    judge(dataset)
    prepared.note_valid()
    return Dataset(dataset.store, dataset.files, is_valid=True)


class _Opened(Dataset):
    """A prepared dataset that was opened."""

    def __init__(self, store: Store, prepared: "Prepared") -> None:
        super().__init__(store, prepared.files())
        self._prepared = prepared

    def kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return what was made before, or is made now, as `Dataset.kept` says."""
        return self._prepared.kept(name, make)


class Prepared:
    """What was prepared of the shipped files and a user's own, if they are still the same."""

    def __init__(self, cache: Path, own: Iterable[str | Path]) -> None:
        """Look at the files. Raises LdnKgError as `own_files` does, OSError for what is gone."""
        self._cache = cache
        self._given = tuple(own)
        self._own = own_files(*self._given)
        self._typed = [str(path.absolute()) for path in self._own]
        self._shipped = sorted(path for folder in _FOLDERS for path in _files_in(str(folder)))
        self._inputs = [*self._shipped, *self._typed]
        self._name = f"{crc32(_bytes(chr(0).join((_ENGINE, str(ROOT), *self._typed)))):08x}"
        self._stamp = cache / f"{self._name}.stamp"
        self._folder: Path | None = None
        self._held = b""

    @classmethod
    def of(cls, own: Iterable[str | Path]) -> "Prepared | None":
        """Return what there is of some files, or None where nothing can be kept."""
        cache = place()
        if cache is None:
            return None
        try:
            return cls(cache, own)
        except OSError:  # the reader of the file says it in a sentence
            return None

    def open(self) -> Dataset | None:
        """Return the prepared dataset, which can only be read, or None where there is none."""
        if _memory_is_limited() or not self.find():
            return None
        try:
            store = Store.read_only(str(self._folder / "store"))  # type: ignore[operator]
        except (OSError, RuntimeError, ValueError):
            return None
        return _Opened(store, self)

    def load(self) -> Dataset | None:
        """Return the dataset in memory with what rules derived before, or None if there is none.

        Reading the files again is as quick as copying a store, and memory answers many queries
        sooner; only the rules and the judgement are spared.
        """
        if not self.find() or self._folder is None:
            return None
        with suppress(OSError, SyntaxError, ValueError):
            derived = (self._folder / "derived.nt").read_bytes()
            dataset = read(*self._given)
            dataset.store.bulk_load(derived, format=RdfFormat.N_TRIPLES, to_graph=GRAPHS["derived"])
            if self.is_whole() and self.digest() == self._digest:  # nothing changed meanwhile
                return Dataset(dataset.store, dataset.files, is_valid=self.is_valid)
        return None

    def find(self) -> bool:
        """Tell whether these very files were prepared, and what was made of them is untouched."""
        self._folder = None
        try:
            self._folder = self._found()
        except (OSError, ValueError):
            return False
        return self._folder is not None

    def _found(self) -> Path | None:
        if not (_is_trusted(self._cache) and _is_trusted(self._stamp)):
            return None
        named, digest, said = self._stamp.read_bytes().split(b"\n", 2)
        folder = self._cache / named.decode("ascii")
        if not _FOLDER.fullmatch(folder.name) or not _is_trusted(folder):
            return None
        held = _held(folder)
        if not said.startswith(held):
            return None
        self._held, self._digest = held, digest.decode("ascii")
        start = time.time_ns()
        now = _said_of(self._inputs, _inode)
        if said[len(held) :] != now:
            if self.digest() != self._digest:
                return None
            with suppress(OSError):
                self._put_stamp(folder, now, start)
        elif time.time() - self._stamp.stat().st_mtime > _DAY:
            with suppress(OSError):
                os.utime(self._stamp)  # it is in use
        return folder

    def is_whole(self) -> bool:
        """Tell whether nobody has touched or removed what was found."""
        try:
            return self._folder is not None and _held(self._folder) == self._held
        except OSError:
            return False

    @property
    def is_valid(self) -> bool:
        """True where the shapes found no fault in these very files."""
        with suppress(OSError, ValueError, ImportError):  # a library that does not say its version
            if self._folder is not None:
                return (self._folder / "valid").read_text(encoding="utf-8") == _judges()
        return False

    def make(self, load: Callable[[], Dataset]) -> Dataset:
        """Return what `load` reads, and keep it for the next time if that can be done."""
        with suppress(OSError):
            before = self.digest()
            dataset = load()
            # A user's own files are judged as they are loaded, the shipped ones are not.
            self.keep(dataset, before, valid=bool(self._given))
            return dataset
        return load()

    def note_valid(self) -> None:
        """Note that the shapes found no fault in what was loaded or made last."""
        with suppress(OSError, ImportError):
            if self._folder is not None and self.is_whole():
                (self._folder / "valid").write_text(_judges(), encoding="utf-8")

    def keep(self, dataset: Dataset, digest: str, *, valid: bool) -> None:
        """Keep a dataset that was read from files with a digest, unless they have changed since.

        Where it cannot be kept, that is no fault. With `valid`, the shapes found no fault in it.
        """
        with suppress(OSError, RuntimeError):
            if not self.find() or self._digest != digest:
                self._folder = None  # until it is written
                self._write(dataset, digest)
            if valid:
                self.note_valid()

    def _write(self, dataset: Dataset, digest: str) -> None:
        from ldn_kg.graph.beside import beside, remove, tidied_when_ended

        if _memory_is_limited():
            return
        _create(self._cache)
        _tidy(self._cache)
        made = beside(self._cache / "store")
        with tidied_when_ended():
            try:
                self._fill(made, dataset, digest)
            finally:
                remove(made)

    def _fill(self, made: Path, dataset: Dataset, digest: str) -> None:
        """Make what is kept of a dataset; give it its name, and name it in the stamp."""
        from ldn_kg.graph.beside import remove
        from ldn_kg.graph.processes import done_apart

        made.mkdir(mode=0o700)
        if not done_apart(lambda: _keep(dataset.store, made / "store")):
            return
        derived = dataset.store.dump(format=RdfFormat.N_TRIPLES, from_graph=GRAPHS["derived"])
        (made / "own").write_bytes(_bytes("".join(f"{path}\0" for path in self._typed)))
        (made / "derived.nt").write_bytes(derived or b"")
        start = time.time_ns()
        now = _said_of(self._inputs, _inode)
        if self.digest() != digest:
            return
        folder, before = self._cache / f"{self._name}-{made.name[-8:]}", self._named()
        try:
            made.rename(folder)
            self._held, self._digest, self._folder = _held(folder), digest, folder
            self._put_stamp(folder, now, start)
        finally:
            named = self._named()
            for one in (before, folder):
                if one and one != named:  # nobody would find it
                    remove(one)

    def _named(self) -> Path | None:
        """Return the folder that the stamp names."""
        with suppress(OSError, ValueError):
            folder = self._cache / self._stamp.read_bytes().partition(b"\n")[0].decode("ascii")
            return folder if _FOLDER.fullmatch(folder.name) else None
        return None

    def _put_stamp(self, folder: Path, now: bytes, start: int) -> None:
        """Write the stamp; what changed just before `start` could change again and look the same.

        Then the stamp is silent on the data, and the next start reads them.
        """
        changed = (int(line.split(b" ", 3)[2]) for line in now.split(b"\0")[:-1])
        trusted = max(changed) < start - _TICK and sys.platform != "win32"  # which has no such time
        head = f"{folder.name}\n{self._digest}\n".encode()
        _replace(self._stamp, head + self._held + (now if trusted else b""))

    def digest(self) -> str:
        """Return the digest of all files, and of what reads them. Raises OSError for one gone."""
        from hashlib import sha256

        whole = sha256(_ENGINE.encode())
        for path in self._inputs:
            with open(path, "rb") as file:  # noqa: PTH123 - a thousand paths are quicker as text
                whole.update(_bytes(path) + b"\0" + sha256(file.read()).digest())
        return whole.hexdigest()

    def kept(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return what `make` made of what was opened, from a file with its digest before it."""
        from hashlib import sha256

        if self._folder is None:
            return make()
        path = self._folder / name
        with suppress(OSError):
            digest, _, content = path.read_bytes().partition(b"\n")
            if digest == sha256(content).hexdigest().encode():
                return content
        content = make()
        if self.is_whole():
            with suppress(OSError):
                _replace(path, sha256(content).hexdigest().encode() + b"\n" + content)
        return content

    def files(self) -> Iterator[Path]:
        """Yield the files of the data in the order of `read`: a Path takes longer than its text."""
        paths = {name: [] for name in SHIPPED}  # type: dict[str, list[Path]]
        for name, found in paths.items():
            start = str(ROOT / name) + os.sep
            found += [Path(p) for p in self._shipped if p.startswith(start) and p[-4:] == ".ttl"]
        chosen = [path for found in paths.values() for path in sorted(found)]
        yield from chosen
        yield from (path for path in self._own if Path(os.path.realpath(path)) not in chosen)


def _judges() -> str:
    """Say which libraries judge by shapes: another version may find what this one does not."""
    from importlib.metadata import version  # here: a question needs no verdict

    return "".join(f"{name} {version(name)}\n" for name in ("pyshacl", "rdflib"))


def _keep(store: Store, path: Path) -> None:
    """Write a store to disk. The engine starts threads for it, which stay."""
    kept = Store(str(path))
    kept.bulk_extend(store)
    kept.flush()


def _replace(path: Path, content: bytes) -> None:
    """Give a file its content in one step; what is left of a killed process stands beside it."""
    from ldn_kg.graph.beside import beside, tidied_when_ended

    written = beside(path.with_name("store"))
    with tidied_when_ended():
        try:
            written.write_bytes(content)
            written.replace(path)
        finally:
            written.unlink(missing_ok=True)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _files_in(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_in(entry.path)
            elif entry.name.endswith(_ENDINGS):
                yield entry.path


def _said_of(paths: Iterable[str], more: Callable[[os.stat_result], int]) -> bytes:
    """Return what the system says of files: size and times in nanoseconds, one by one."""
    lines = []
    for path in paths:
        s = os.stat(path)  # noqa: PTH116 - as above
        lines.append(f"{s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {more(s)} {path}\0")
    return _bytes("".join(lines))


def _inode(said: os.stat_result) -> int:
    return said.st_ino


def _no_inode(_: os.stat_result) -> int:
    return 0  # which the home of a user may tell anew each time, where it is on another machine


def _held(folder: Path) -> bytes:
    """Return what the system says of the files that were made."""
    paths = sorted(map(str, (folder / "store").iterdir()))
    return _said_of([*paths, str(folder / "derived.nt")], _no_inode)


def _is_trusted(path: Path) -> bool:
    """Tell whether nobody but the user, and who rules the machine, can have written a path."""
    if sys.platform == "win32":
        return True
    said = path.stat()
    return said.st_uid in (0, os.geteuid()) and not said.st_mode & 0o022


def _memory_is_limited() -> bool:
    """Tell whether the engine could find no room for its threads, which ends the program."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return False
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def _create(cache: Path) -> None:
    """Create the folder of the cache, for nobody else. Raises OSError if others may write there."""
    with suppress(FileExistsError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.mkdir(mode=0o700)
        (cache / "CACHEDIR.TAG").write_text(_TAG, encoding="ascii")  # tells backups to skip it
    if not _is_trusted(cache):
        raise PermissionError


def _tidy(cache: Path) -> None:
    """Remove what killed processes left, and what nobody has used for a month."""
    from ldn_kg.graph.beside import left_beside, remove

    for left in left_beside(cache / "store"):
        remove(left)
    now, named = time.time(), set()
    for stamp in _stamps(cache):
        with suppress(OSError):
            if now - stamp.stat().st_mtime > _KEPT:
                stamp.unlink()
            else:
                named.add(stamp.read_bytes().partition(b"\n")[0].decode("ascii", "replace"))
    for folder in _folders(cache):
        with suppress(OSError):
            if folder.name not in named and now - folder.stat().st_mtime > _UNNAMED:
                remove(folder)


class Kept(NamedTuple):
    """What is kept of one set of files: which of the user's own, how many bytes, when last used."""

    own: tuple[str, ...]
    size: int
    used: float


def kept(cache: Path) -> list[Kept]:
    """Return what a cache holds, the last used first."""
    found = []
    for stamp in _stamps(cache):
        with suppress(OSError, ValueError):
            folder = cache / stamp.read_bytes().partition(b"\n")[0].decode("ascii")
            own = (folder / "own").read_text(encoding="utf-8", errors="surrogateescape")
            size = sum(path.stat().st_size for path in folder.rglob("*"))
            found.append(Kept(tuple(own.split("\0")[:-1]), size, stamp.stat().st_mtime))
    return sorted(found, key=lambda one: -one.used)


def clear(cache: Path) -> None:
    """Remove all that was prepared, and nothing that anybody else has put there."""
    from ldn_kg.graph.beside import left_beside, remove

    for path in (*_stamps(cache), *_folders(cache), *left_beside(cache / "store")):
        remove(path)


def _stamps(cache: Path) -> list[Path]:
    return sorted(p for p in _inside(cache) if _STAMP.fullmatch(p.name) and p.is_file())


def _folders(cache: Path) -> list[Path]:
    return sorted(p for p in _inside(cache) if _FOLDER.fullmatch(p.name) and p.is_dir())


def _inside(cache: Path) -> Iterator[Path]:
    if cache.is_dir():
        yield from cache.iterdir()
