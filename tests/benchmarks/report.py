"""The page of the measurements: what we hold ourselves to, ratios, then times and growth."""

import math
import textwrap
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from benchmarks.jobs import (
    ALL,
    BARE,
    BOUNDED,
    FILES,
    LONG,
    ONE,
    ONLY_OURS,
    OURS,
    PAIRS,
    WHOLE,
    Pair,
)
from benchmarks.measured import Run

Runs = dict[str, dict[int, Run]]  # by step and size
STEEP = 1.1  # an exponent above this is worse than linear, as sorting is with 1.07
_SHORT = 0.05  # seconds: a growth of less says nothing


def page(found: Runs, machine: str, limit: float) -> str:
    """Return docs/performance.md."""
    sizes = sorted({size for runs in found.values() for size in runs}) or [1, 10, 100]
    parts = (_head(machine), _bars(found, sizes), _ratios(found, sizes))
    rest = (_times(found, sizes), _growth(found, sizes), _how(limit))
    return "\n".join(line for part in (*parts, *rest) for line in part)


def _prose(*paragraphs: str) -> list[str]:
    """Return paragraphs as lines, each with a blank line behind it."""
    return [line for text in paragraphs for line in (*textwrap.wrap(text, 105), "")]


def _head(machine: str) -> list[str]:
    hardware, _, tools = machine.partition("; ")
    return [
        "# Performance",
        "",
        *_prose(
            "What a user waits for, beside what one would use instead. `make performance` measures "
            "all of it and writes this page. Only ratios within one run mean something elsewhere. "
            f"This was on {hardware}, with {tools}.",
            "The sizes are copies of all that people wrote, file by file, which "
            "`tests/benchmarks/generator.py` makes and which are valid.",
        ),
    ]


# What we hold ourselves to


def _bars(found: Runs, sizes: list[int]) -> Iterator[str]:
    yield from ("## What we hold ourselves to", "")
    yield from _table(["", *_heads(sizes), "kept"])
    for words, value, kept in _BARS:
        values = [value(found, size) for size in sizes]
        known = [v for v in values if v is not None]
        verdict = "not measured" if not known else "yes" if all(map(kept, known)) else "**no**"
        yield _row([words, *(f"{v:.2f}" if v is not None else "–" for v in values), verdict])
    yield ""
    exponents = dict(_exponents(found))
    steep = sorted(name for name, value in exponents.items() if value > STEEP)
    in_parts = any(run.parts for runs in found.values() for run in runs.values())
    none = "Nothing does." if in_parts else "No whole command does; their parts were not measured."
    verdict = f"These {len(steep)} do:" if steep else none if exponents else ""
    yield from _prose(
        "`oxigraph` starts sooner than Python alone, so that the last bar but one is hardly to be "
        "kept by a program in Python; with all studies, it is about answering.",
        f"Nothing may grow with an exponent above {STEEP} from one size to the next. "
        + (verdict or "This was not measured."),
    )
    yield from (*(f"- {name}" for name in steep), *([""] if steep else []))


def _against(job: str, tool: str, ours: str = OURS) -> Callable[[Runs, int], float | None]:
    return lambda found, size: _quotient(found, f"{job}: {ours}", f"{job}: {tool}", size)


def _oxigraph(job: str) -> Callable[[Runs, int], float | None]:
    return lambda found, size: _quotient(found, f"{job}: oxigraph query", f"{job}: {OURS}", size)


def _constant(job: str) -> Callable[[Runs, int], float | None]:
    """Return how much longer a job takes than with the least data."""

    def value(found: Runs, size: int) -> float | None:
        runs = found.get(f"{job}: {OURS}", {})
        now, first = runs.get(size), runs.get(min(runs, default=0))
        return now.seconds / first.seconds if _ended(now) and _ended(first) else None  # type: ignore[union-attr, operator]

    return value


Bar = tuple[str, Callable[[Runs, int], float | None], Callable[[float], bool]]
_BARS: tuple[Bar, ...] = (
    ("a question, at most 2 × Python alone", _against(ONE, BARE), lambda v: v <= 2),
    ("a question, at most 0.1 × rdflib", _against(ONE, "rdflib"), lambda v: v <= 0.1),
    ("a question, with more data at most 1.2 ×", _constant(ONE), lambda v: v <= 1.2),
    ("a record, at most 2 × Python alone", _against("show a record", BARE), lambda v: v <= 2),
    ("a record, at most 0.1 × rdflib", _against("show a record", "rdflib"), lambda v: v <= 0.1),
    ("a record, with more data at most 1.2 ×", _constant("show a record"), lambda v: v <= 1.2),
    ("a claim, at most 2 × Python alone", _against("explain a claim", BARE), lambda v: v <= 2),
    ("a claim, with more data at most 1.2 ×", _constant("explain a claim"), lambda v: v <= 1.2),
    ("`oxigraph query` on the same store, at least 0.5 × ours", _oxigraph(ONE), lambda v: v >= 0.5),
    ("the same on all studies, at least 0.5 × ours", _oxigraph(ALL), lambda v: v >= 0.5),
)


# Ratios


def _ratios(found: Runs, sizes: list[int]) -> Iterator[str]:
    yield from ("## Ours / theirs", "")
    yield from _prose(
        "Our time divided by theirs: below 1 we are quicker, and **bold** is where we are not. In "
        "brackets is a ratio to a tool that gives something else, or nothing."
    )
    yield from _table(["job", "ours / theirs", *_heads(sizes), "both give"])
    for pair in PAIRS:
        ratios = [_ratio(found, pair, size) for size in sizes]
        ours = "" if pair.ours == OURS else pair.ours.removeprefix("ldn-kg ") + " / "
        yield _row([pair.job, ours + pair.theirs, *ratios, _given(found, pair)])
    yield ""
    yield f"No other tool makes what {' and '.join(f'`{name}`' for name in ONLY_OURS)} make."
    yield ""


def _ratio(found: Runs, pair: Pair, size: int) -> str:
    ours, theirs = _run(found, pair.job, pair.ours, size), _run(found, pair.job, pair.theirs, size)
    if not _ended(ours):
        return "–" if ours is None else str(ours.said)
    assert ours is not None and ours.seconds is not None
    if theirs is None:
        return "–"
    if theirs.seconds is None:
        return str(theirs.said)
    ratio = ours.seconds / theirs.seconds
    shown = f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"
    if not pair.gives.startswith(("the same", "as many")):
        return f"({shown})"
    return f"**{shown}**" if ratio > 1 else shown


def _given(found: Runs, pair: Pair) -> str:
    """Return what both give, where it was compared and is the same."""
    if not pair.gives.startswith(("the same", "as many")):
        return pair.gives
    compared = list(_compared(found, pair))
    if any(ours != theirs for _, ours, theirs in compared):
        return "**not the same**"
    return pair.gives if compared else "not compared"


def _compared(found: Runs, pair: Pair) -> Iterator[tuple[int, str, str]]:
    """Yield the sizes at which both said something, with what they said."""
    for size, ours in found.get(f"{pair.job}: {pair.ours}", {}).items():
        theirs = _run(found, pair.job, pair.theirs, size)
        if _ended(ours) and theirs and _ended(theirs) and ours.said and theirs.said:
            yield size, ours.said, theirs.said


def differences(found: Runs) -> Iterator[str]:
    """Yield where two tools do not give the same."""
    for pair in PAIRS:
        if pair.gives.startswith(("the same", "as many")):
            for size, ours, theirs in _compared(found, pair):
                if ours != theirs:
                    yield f"{size} × {pair.job}: {ours} by {pair.ours}, {theirs} by {pair.theirs}"


# Times and growth


def _times(found: Runs, sizes: list[int]) -> Iterator[str]:
    yield from ("## Times", "", "Seconds, and the greatest memory in MiB.", "")
    yield from _table(["job", "tool", *_heads(sizes)])
    for name in sorted(found, key=_order):
        job, _, tool = name.partition(": ")
        if job != "parts":
            yield _row([job, tool, *(_cell(found[name].get(size)) for size in sizes)])
    yield ""


def _order(name: str) -> tuple[int, str]:
    """Sort by job in the order of the ratios, then by tool, ours first."""
    jobs = list(dict.fromkeys([pair.job for pair in PAIRS] + list(ONLY_OURS)))
    job, _, tool = name.partition(": ")
    place = jobs.index(job) if job in jobs else len(jobs)
    return place, tool if tool.startswith("ldn-kg") else f"~{tool}"


def _growth(found: Runs, sizes: list[int]) -> Iterator[str]:
    steps = list(pairwise(sizes))
    yield from ("## Growth", "")
    yield from _prose(
        "How our time grows with the data, as an exponent: 1 is in proportion, 0 not at all, and "
        f"**bold** is above {STEEP}. A part is a piece of a command, measured within one process; "
        "the others are whole commands with their start."
    )
    yield from _table(["what", *(f"{low} to {high} ×" for low, high in steps)])
    for name, times in _ours(found).items():
        yield _row([name, *(_exponent(times, low, high) for low, high in steps)])
    yield ""


def _ours(found: Runs) -> dict[str, dict[int, float]]:
    """Return our times by step, then by part."""
    whole: dict[str, dict[int, float]] = {}
    parts: dict[str, dict[int, float]] = {}
    for name in sorted(found, key=_order):
        job, _, tool = name.partition(": ")
        for size, run in found[name].items():
            if tool in (OURS, FILES) and run.seconds is not None and job != "parts":
                label = job if tool == OURS else f"{job}, --no-cache"
                whole.setdefault(label, {})[size] = run.seconds
            for part, seconds in run.parts:
                parts.setdefault(f"part: {part}", {})[size] = seconds
    return whole | parts


def _exponents(found: Runs) -> Iterator[tuple[str, float]]:
    for name, times in _ours(found).items():
        sizes = sorted(times)
        for low, high in pairwise(sizes):
            if times[high] >= _SHORT:
                value = math.log(times[high] / times[low]) / math.log(high / low)
                yield f"{name}: {value:.2f} from {low} to {high} ×", value


def _exponent(times: dict[int, float], low: int, high: int) -> str:
    if low not in times or high not in times:
        return "–"
    if times[high] < _SHORT:
        return "too short"
    value = math.log(times[high] / times[low]) / math.log(high / low)
    return f"**{value:.2f}**" if value > STEEP else f"{value:.2f}"


def _how(limit: float) -> list[str]:
    return [
        "## How it was measured",
        "",
        *_prose(
            "Each figure is a whole process from its start to its end, ours as `ldn-kg`, with what "
            "was prepared in the cache, or with `--no-cache`, reading all files. Steps of one job "
            "take turns; what takes under two seconds is the median of seven, under ten of three, "
            f"and more is measured once. A step that took more than {limit:g} seconds was stopped "
            "and not tried with more data, nor was one that would not fit into the memory; "
            f"`build`, `site` and the parts had {LONG} times as long. `build` and `site`, and so "
            "the tables, are not tried at 100 ×. Parts are the better of two runs within one "
            "process, in its processor time.",
            "Other tools get N-Triples, or a store loaded from them, in which the grades that we "
            "derive are there already; we derive them, or did when the store was prepared. "
            "`oxigraph query` is asked on a copy of our prepared store. Python alone only imports "
            "click and pyoxigraph, which every command of ours needs. The question on one "
            f"condition is `{BOUNDED}`, that on all studies `{WHOLE}`; that of the tables stands "
            "in `tests/benchmarks/jobs.py`.",
            "Rows are the same in whatever order, numbers by value. Triples are counted up to 10 "
            "×. We validate more: sources, names and files, beside the shapes. `push` also "
            "validates, and replaces only our graphs; curl adds to whatever is there. rdflib and "
            "Jena arq read all triples for each question, as DuckDB does the tables, which SQLite "
            "has indexed.",
        ),
    ]


# Cells


def _run(found: Runs, job: str, tool: str, size: int) -> Run | None:
    return found.get(f"{job}: {tool}", {}).get(size)


def _ended(run: Run | None) -> bool:
    return run is not None and run.seconds is not None


def _quotient(found: Runs, ours: str, theirs: str, size: int) -> float | None:
    mine, other = found.get(ours, {}).get(size), found.get(theirs, {}).get(size)
    if mine is None or other is None or mine.seconds is None or other.seconds is None:
        return None
    return mine.seconds / other.seconds


def _cell(run: Run | None) -> str:
    if run is None:
        return "–"
    return f"{run.seconds:.2f}, {run.memory:.0f}" if run.seconds is not None else str(run.said)


def _heads(sizes: Iterable[int]) -> list[str]:
    return [f"{size} ×" for size in sizes]


def _table(heads: list[str]) -> tuple[str, str]:
    return _row(heads), "|" + " --- |" * len(heads)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
