"""The page of the measurements: ratios first, then how each step grows."""

import math
import re
from typing import Any, Protocol


class Run(Protocol):
    """What one process took."""

    seconds: float | None
    memory: float
    said: object
    times: tuple[tuple[str, float], ...]


Runs = dict[str, dict[int, Run]]
# Ours, theirs, and what both must say alike.
PAIRS = (
    ("ldn-kg: load", "rdflib: load", "triples"),
    ("ldn-kg: load", "Jena: load (riot)", "triples"),
    ("ldn-kg: validate", "pySHACL: validate", "verdict"),
    ("ldn-kg: validate", "rudof: validate", "verdict"),
    ("ldn-kg: validate", "Jena: validate (shacl)", "verdict"),
    ("ldn-kg: questions", "rdflib: question", "rows"),
    ("ldn-kg: questions", "Jena: question (arq)", "rows"),
)
STEEP = 1.1  # an exponent above this is worse than linear


def page(found: Runs, cold: dict[str, float], machine: str, limit: float) -> str:
    """Return docs/performance.md."""
    sizes = sorted({size for runs in found.values() for size in runs})
    copies = ", ".join(f"{size} ×" for size in sizes)
    return "\n".join(
        (
            "# Performance",
            "",
            "`make performance` measures all of this and writes this page. Only the ratios within",
            "one run are meaningful; the times are those of one machine:",
            f"{machine}.",
            "",
            f"The sizes are copies of all hand-written data ({copies}), which",
            "`tests/benchmarks/generator.py` makes and which are valid. Each figure is that of a",
            f"whole process with a cold start; below {max(sizes)} ×, if it took less than 10",
            f"seconds, it is the median of three. A step that took more than {limit:g} seconds",
            "was stopped and was not tried with more data, nor was one that would not fit into",
            "memory.",
            "",
            *_cold(cold),
            *_ratios(found, sizes, limit),
            *_growth(found, sizes),
            "",
        )
    )


def _cold(cold: dict[str, float]) -> list[str]:
    start, least = cold["ldn-kg query"], cold["python -c pass"] + cold["reading with pyoxigraph"]
    return [
        "## Cold start",
        "",
        f"`ldn-kg query efficacy` takes {start / least:.2f} times as long as a bare",
        "`python -c pass` plus reading the same files with pyoxigraph"
        f" ({start * 1000:.0f} ms against {least * 1000:.0f} ms).",
        "",
    ]


def _ratios(found: Runs, sizes: list[int], limit: float) -> list[str]:
    lines = [
        "## Beside other tools",
        "",
        "Our time divided by theirs, on the same triples.",
        "",
    ]
    lines += [
        f"| ours / theirs | {' | '.join(f'{s} ×' for s in sizes)} | both say |",
        _rule(len(sizes) + 2),
    ]
    for mine, theirs, what in PAIRS:
        cells = [_ratio(found, mine, theirs, size, limit) for size in sizes]
        lines.append(
            f"| {mine} / {theirs} | {' | '.join(cells)} | {_said(found, mine, theirs, what)} |"
        )
    return [
        *lines,
        "",
        "Our program reads N-Quads, derives the grades, and then validates or answers all",
        "questions. The others read N-Triples that already contain the grades, and answer one",
        "question. riot only counts triples; the others keep them in memory.",
        "",
    ]


def _ratio(found: Runs, mine: str, theirs: str, size: int, limit: float) -> str:
    ours, other = found[mine].get(size), found[theirs].get(size)
    stopped = any(run.seconds is None and run.said is None for run in found[theirs].values())
    if ours is None or ours.seconds is None or (other is None and not stopped):
        return "–"
    if other is None:  # it was stopped with less data
        return f"< {ours.seconds / limit:.3f}"
    if other.seconds is None:
        return f"< {ours.seconds / limit:.3f}" if other.said is None else str(other.said)
    return f"{ours.seconds / other.seconds:.3f}"


def _said(found: Runs, mine: str, theirs: str, what: str) -> str:
    """Return what both say alike, if any was compared; raises AssertionError where they differ."""
    compared = False
    for size, run in found[theirs].items():
        ours = found[mine].get(size)
        if run.seconds is not None and ours is not None and ours.seconds is not None:
            assert _plain(run.said) == _plain(ours.said), (theirs, size, run.said, ours.said)
            compared = True
    return what if compared else "not compared"


def _plain(said: Any) -> Any:
    """Return a verdict as a truth, and an answer as its number of rows."""
    text = str(said)
    if count := re.search(r"Triples = ([0-9,]+)", text):
        return int(count[1].replace(",", ""))
    if isinstance(said, bool) or "onforms" in text or "sh:conforms" in text:
        return said if isinstance(said, bool) else "true" in text.lower()
    return len(text.splitlines()) - 1 if "\n" in text else int(text)


def _growth(found: Runs, sizes: list[int]) -> list[str]:
    heads = " | ".join(f"{size} ×: s, MiB" for size in sizes)
    lines = [
        "## Growth",
        "",
        "The exponent is that of the last two sizes that finished: 1 is linear, sorting gives",
        f"1.07, and **bold** is above {STEEP}. A store of several gigabytes does not fit into the",
        "caches of a processor: looking up one property of ten times as many records took 12 to",
        "15 times as long.",
        "",
    ]
    lines += [f"| step | {heads} | exponent |", _rule(len(sizes) + 2)]
    for name, runs in found.items():
        times = {size: run.seconds for size, run in runs.items() if run.seconds is not None}
        cells = [_cell(runs.get(size)) for size in sizes]
        lines.append(f"| {name} | {' | '.join(cells)} | {_exponent(times)} |")
    lines += ["", "The parts of our program, in seconds:", ""]
    lines += [
        f"| part | {' | '.join(f'{size} ×' for size in sizes)} | exponent |",
        _rule(len(sizes) + 2),
    ]
    for name, times in _parts(found).items():
        cells = [f"{times[size]:.3f}" if size in times else "–" for size in sizes]
        lines.append(f"| {name} | {' | '.join(cells)} | {_exponent(times)} |")
    return lines


def _parts(found: Runs) -> dict[str, dict[int, float]]:
    parts: dict[str, dict[int, float]] = {}
    for runs in found.values():
        for size, run in runs.items():
            for name, seconds in run.times:
                parts.setdefault(name, {})[size] = seconds
    return parts


def _cell(run: Run | None) -> str:
    if run is None:
        return "–"
    if run.seconds is None:
        return f"{run.said or 'stopped'} ({run.memory:.0f})"
    return f"{run.seconds:.2f}, {run.memory:.0f}"


def _exponent(times: dict[int, float]) -> str:
    if len(times) < 2:
        return "–"
    (small, first), (large, last) = sorted(times.items())[-2:]
    if last < 0.05:
        return "too short to tell"
    exponent = math.log(last / first) / math.log(large / small)
    return f"**{exponent:.2f}**" if exponent > STEEP else f"{exponent:.2f}"


def _rule(columns: int) -> str:
    return "|" + " --- |" * columns
