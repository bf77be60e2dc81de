"""Run the tests against faults, each in a fork of one process that has everything read and warm.

The tests run once without a fault: that tells what each costs, and which functions and files it
reaches. Then each fault gets a fork: the code of the function is exchanged (or the constants of the
module, or the text of the file), what was kept from before is dropped, and the tests that reach it
run until one fails: first those that found other faults there, then the quick ones. A fork is
stopped by the time of the processor that it uses, so that a busy machine changes nothing. Tests
that open a store on disk run in forks from the first: the engine does not bear a fork of a process
that has opened one.
"""

import gc
import json
import os
import re
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.fixtures import FixtureDef
from _pytest.runner import runtestprotocol
from _pytest.scope import Scope
from support.frozen import frozen
from support.paths import ROOT

from ldn_kg.graph.dataset import extended
from ldn_kg.graph.rules import derive
from mutation import python_faults, text_faults

Fault = python_faults.Fault | text_faults.Fault
Places = Iterable[tuple[str, str]]  # files, with a function that is reached in them, or ""
_OURS = ("ldn_kg", "support", "test")
# The second implementation reads the data and imports nothing of what has faults.
_APART = ("book", "second", "again", "computed")
_NAMED = re.compile(r"(?:#[^\n]*\n)*lsh:([\w-]+)")
_READ_ONCE = ("_ontology", "right", "frozen")  # what tests keep of files


class Runner:
    """A plugin of pytest that runs faults in place of the tests."""

    def __init__(
        self, chosen: list[Fault], folder: Path, seconds: float, apart: tuple[str, ...] = ()
    ) -> None:
        """Take faults, the folder of what is known, and how long tests may run for each fault.

        The tests `apart` run in forks only, also without a fault.
        """
        self._chosen, self._limit, self._apart = chosen, seconds, apart
        self._results, self._known = folder / "results.jsonl", folder / "reached.json"
        self._now: set[tuple[str, str]] = set()
        self._reach: dict[str, Places] = {}
        self._shared: dict[str, Places] = {}
        self._cost: dict[str, float] = {}
        self._finders: dict[str, Counter[str]] = defaultdict(Counter)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Know the mark of a plugin that runs tests side by side, which is not used here."""
        config.addinivalue_line("markers", "xdist_group(name): tests that share something")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep what the tests of a module share until the end, as what all of them share."""
        for fixtures in session._fixturemanager._arg2fixturedefs.values():
            for fixture in fixtures:
                if fixture.scope in ("module", "package"):
                    fixture._scope = Scope.Session

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: FixtureDef[Any]) -> Iterator[None]:
        """Note what a shared fixture reaches: every test that asks for it depends on that."""
        if fixturedef.scope != "session":
            return (yield)
        outer, self._now = self._now, set()
        try:
            return (yield)
        finally:
            self._shared[fixturedef.argname] = frozenset(self._now)
            self._now = outer

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests without a fault, then the faults that were not tried before."""
        self._items = {item.nodeid: item for item in self._without_fault(session.items)}
        self._fixtures = session._fixturemanager._arg2fixturedefs
        data = self._fixtures.get("kg", [None])[-1]
        self._data = extended(data.cached_result[0]) if data and data.cached_result else None
        self._functions, self._caches = _functions(), _caches()
        gc.collect()
        gc.freeze()  # a fork shares what no collection touches
        for entry in results(self._results):
            self._note(entry)
        done = {entry["name"] for entry in results(self._results)}
        for fault in self._chosen:
            if fault.name not in done:
                self._record(fault)
        return True

    def _without_fault(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Run each test without a fault; one that fails tells nothing and is left out.

        What is known of a test from before is taken, where nothing has to be made ready for it.
        """
        known = json.loads(self._known.read_text()) if self._known.exists() else {}
        self._shared |= known.get("shared", {})
        self._caches = _caches()
        good, ready = [], set()
        with _told_of_files(lambda path: self._now.add((str(path), ""))):
            if any(hasattr(item.module, "frozen") for item in items):
                self._shared["frozen"] = self._traced(frozen)
            for item in items:
                name, shared = item.nodeid, set(item.fixturenames) & set(self._shared)
                if name in known.get("cost", {}) and shared <= ready:
                    self._cost[name], self._reach[name] = known["cost"][name], known["reach"][name]
                    good.append(item)
                elif self._passes(item):
                    ready |= shared
                    good.append(item)
                else:
                    sys.stderr.write(f"{name} fails without a fault and is left out.\n")
        if not good:
            raise pytest.UsageError("No test passes without a fault.")
        names = [item.nodeid for item in good]
        self._known.write_text(
            json.dumps(
                {
                    "cost": {name: self._cost[name] for name in names},
                    "reach": {name: sorted(map(list, self._reach[name])) for name in names},
                    "shared": {name: sorted(map(list, r)) for name, r in self._shared.items()},
                }
            )
        )
        return good

    def _passes(self, item: pytest.Item) -> bool:
        if not item.nodeid.startswith(self._apart or ("-",)):
            return self._passes_here(item)

        def first() -> dict[str, Any]:
            passes, name = self._passes_here(item), item.nodeid
            return {"it": passes, "cost": self._cost[name], "reach": list(self._reach[name])}

        said = _forked(first)
        self._cost[item.nodeid] = said.get("cost", 0.0)
        self._reach[item.nodeid] = said.get("reach", ())
        return said.get("it", False)

    def _passes_here(self, item: pytest.Item) -> bool:
        self._clear()  # what an earlier test has made is reached by this one, too
        item.session._setupstate.teardown_exact(item)
        reports: list[pytest.TestReport] = []
        start = time.process_time()
        self._reach[item.nodeid] = self._traced(
            lambda: reports.extend(runtestprotocol(item, nextitem=item, log=False))
        )
        self._cost[item.nodeid] = time.process_time() - start
        return all(report.passed for report in reports)

    def _traced(self, act: Callable[[], object]) -> Places:
        """Return what is reached while something is done."""
        self._now = set()
        sys.settrace(self._trace)
        act()
        sys.settrace(None)
        return frozenset(self._now)

    def _clear(self) -> None:
        for kept in self._caches:
            if kept.__name__ not in _READ_ONCE:
                kept.cache_clear()

    def _trace(self, frame: Any, event: str, argument: Any) -> None:
        code = frame.f_code
        if "/ldn_kg/" in code.co_filename:
            self._now.add((code.co_filename, code.co_qualname.partition(".<locals>")[0]))

    def _note(self, entry: dict[str, Any]) -> None:
        if entry.get("by"):
            self._finders[entry["place"]][entry["by"]] += 1
            self._finders[entry["module"]][entry["by"]] += 1

    def _record(self, fault: Fault) -> None:
        tests, start = self._tests(fault), time.time()
        entry = {
            "name": fault.name,
            "module": fault.short,
            "place": f"{fault.short} {fault.function}",
            "tests": len(tests),
            **(self._in_a_fork(fault, tests) if tests else {"found": False}),
            "seconds": round(time.time() - start, 2),
        }
        self._note(entry)
        with self._results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _tests(self, fault: Fault) -> list[str]:
        """Return the tests that reach a fault, first those that are likely to find it."""
        near = self._finders[f"{fault.short} {fault.function}"]
        around = self._finders[fault.short]
        names = [name for name, item in self._items.items() if self._sees(item, fault)]
        names.sort(
            key=lambda name: (
                not _is_about(self._items[name], fault),
                -near[name],
                -min(around[name], 3),
                self._cost[name],
            )
        )
        chosen, total = [], 0.0
        for name in names:
            total += self._cost[name] + 0.01
            if chosen and total > self._limit and not _is_about(self._items[name], fault):
                break
            chosen.append(name)
        return chosen

    def _sees(self, item: pytest.Item, fault: Fault) -> bool:
        reached = [self._reach[item.nodeid]]
        reached += [self._shared[name] for name in _shared_by(item) if name in self._shared]
        return any(_is_in(fault, places) for places in reached)

    def _in_a_fork(self, fault: Fault, tests: list[str]) -> dict[str, Any]:
        def act() -> dict[str, Any]:
            try:
                return self._try(fault, tests)
            except BaseException as error:  # the fault itself, where all is made ready anew
                return {"found": True, "why": f"{type(error).__name__}: {error}"[:200]}

        return _forked(act) or {"found": True, "why": "it does not end"}

    def _try(self, fault: Fault, tests: list[str]) -> dict[str, Any]:
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, 3 * self._limit + 10)
        signal.alarm(100 * int(self._limit + 1))  # of any clock: one that waits uses no time
        self._forget(fault)
        self._put_in(fault)
        items = [self._items[name] for name in tests]
        anew = fault.module.parent.name == "queries"  # what is asked does not change
        for item in items:
            if not anew and hasattr(item.module, "frozen"):
                anew = derive(frozen()) is not None
            item.session._setupstate.teardown_exact(item)
            item._initrequest()
            for report in runtestprotocol(item, nextitem=item, log=False):
                if report.failed:
                    return {"found": True, "by": item.nodeid, "why": str(report.longrepr)[-160:]}
        return {"found": False}

    def _forget(self, fault: Fault) -> None:
        """Drop what was kept from before and the fault can change."""
        self._clear()
        for name in self._stale(fault):
            for fixture in self._fixtures[name]:
                fixture.cached_result = None
                fixture._finalizers.clear()
                if name == "kg" and self._data:
                    fixture.func = lambda: derive(self._data)  # reading them again would take long

    def _stale(self, fault: Fault) -> set[str]:
        """Return the shared fixtures that reach a fault, and those that are made of these."""
        kept = [f for *_, f in self._fixtures.values() if f.cached_result is not None]
        kept = [f for f in kept if f.scope == "session" and f.argname not in _APART]
        stale = {f.argname for f in kept if _is_in(fault, self._shared.get(f.argname, ()))}
        while more := {f.argname for f in kept if stale & set(f.argnames)} - stale:
            stale |= more
        return stale

    def _put_in(self, fault: Fault) -> None:
        if isinstance(fault, text_faults.Fault):
            _exchange_text(fault)
        elif not fault.function.endswith("()"):
            _exchange_constants(fault)
        else:
            name = fault.function.removesuffix("()")
            code = _code_of(fault.compiled(), name)
            functions = self._functions[str(fault.module), name]
            if not functions:
                raise AssertionError(f"{fault.short} has no function {name} in this process.")
            for function in functions:
                function.__code__ = code


def _forked(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what is done in a fork of this process says, or nothing where it was stopped."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        try:
            with os.fdopen(into, "wb") as pipe:
                pipe.write(json.dumps(act()).encode())
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    said: dict[str, Any] = json.loads(answer) if answer else {}
    return said


def results(file: Path) -> list[dict[str, Any]]:
    """Return the results so far."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _shared_by(item: pytest.Item) -> list[str]:
    """Return the shared fixtures of a test, and the frozen dataset where its module asks that."""
    return [*item.fixturenames, *(["frozen"] if hasattr(item.module, "frozen") else [])]


def _is_in(fault: Fault, places: Places) -> bool:
    """Tell whether places hold a fault; one at the level of a module is in all of its functions."""
    module, name = str(fault.module), fault.function
    if name.endswith("()"):
        return any(file == module and name[:-2] == function for file, function in places)
    return any(file == module for file, _ in places)


def _is_about(item: pytest.Item, fault: Fault) -> bool:
    """Tell whether a test is the case of a shape, or of a question, with a fault."""
    given = getattr(getattr(item, "callspec", None), "params", {})
    case, path = given.get("case"), given.get("path")
    if case is not None and fault.module.suffix == ".ttl":
        named = {name.partition(":")[2] for name in re.findall(r"lsh:[\w-]+", fault.name)}
        named |= {user for name in named for user in _users(name)}
        return any(shape.rpartition("#")[2] in named for _, shape in case.expected)
    if about := getattr(item.module, "ABOUT", None):  # some kinds of faults
        return re.search(about, fault.name) is not None
    return isinstance(path, Path) and path.stem.partition("@")[0] == fault.module.stem


@cache
def _users(shape: str) -> frozenset[str]:
    """Return the names of the shapes that ask for another, such as a closed list, by sh:node."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "shapes").glob("*.ttl"))
    blocks = [block for text in texts for block in re.split(r"\n\s*\n", text)]
    asking = re.compile(rf"sh:node lsh:{re.escape(shape)}(?![\w-])")
    return frozenset(
        found[1] for block in blocks if asking.search(block) if (found := _NAMED.match(block))
    )


def _functions() -> dict[tuple[str, str], list[FunctionType]]:
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and "/ldn_kg/" in one.__code__.co_filename:
            found[one.__code__.co_filename, one.__code__.co_qualname].append(one)
    return found


def _caches() -> list[Any]:
    """Return what keeps results, in the package and in the tests."""
    every = (one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper))
    return [one for one in every if one.__module__.startswith(_OURS)]


def _code_of(code: CodeType, name: str) -> CodeType:
    """Return the code of a function by its dotted name."""
    for part in code.co_consts:
        if isinstance(part, CodeType) and f"{name}.".startswith(f"{part.co_qualname}."):
            return part if part.co_qualname == name else _code_of(part, name)
    raise LookupError(name)


def _exchange_constants(fault: python_faults.Fault) -> None:
    """Run the whole module with the fault, and put its values where the old ones are known."""
    (module,) = [m for m in sys.modules.values() if getattr(m, "__file__", "") == str(fault.module)]
    space = {name: vars(module)[name] for name in ("__name__", "__file__", "__package__")}
    exec(fault.compiled(), space)
    ours = [m for m in list(sys.modules.values()) if getattr(m, "__name__", "").startswith(_OURS)]
    for name in vars(module).keys() & space.keys():
        old, new = vars(module)[name], space[name]
        if name.startswith("__") or old is new:
            continue
        if isinstance(old, type):
            _exchange_members(old, new)
        elif isinstance(old, FunctionType):
            _exchange_defaults(old, new)
        else:
            for other in ours:
                for alias in [a for a, value in vars(other).items() if value is old]:
                    setattr(other, alias, new)


def _exchange_members(old: type, new: type) -> None:
    for name, member in vars(new).items():
        before = vars(old).get(name)
        if isinstance(before, FunctionType) and isinstance(member, FunctionType):
            _exchange_defaults(before, member)
        elif not name.startswith("__") and not callable(member) and type(member) is type(before):
            if isinstance(member, str | int | float | tuple | frozenset | set | dict):
                setattr(old, name, member)


def _exchange_defaults(old: FunctionType, new: FunctionType) -> None:
    old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    same = old.__code__.co_freevars == new.__code__.co_freevars
    if old.__code__.co_filename == "<string>" and same:  # made by a dataclass from its fields
        old.__code__ = new.__code__


@contextmanager
def _told_of_files(tell: Callable[[Path], None]) -> Iterator[None]:
    """Tell of each file that is read."""
    plain = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        tell(path)
        return plain(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", read_bytes)
        yield


def _exchange_text(fault: text_faults.Fault) -> None:
    plain, content = Path.read_bytes, fault.text.encode()

    def read_bytes(path: Path) -> bytes:
        return content if path == fault.module else plain(path)

    Path.read_bytes = read_bytes  # type: ignore[method-assign]
