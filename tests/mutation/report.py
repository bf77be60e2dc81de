"""The report on what tests find: docs/mutants.md, and the survivors with the reasons."""

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from pathlib import Path

from mutation.runner import Fault, results

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "mutants.md"
LEFT = Path(__file__).parent / "survivors.txt"
_OPEN = "Not looked at yet"
WANTED = 90  # percent that are to be found
_MARK = "<!-- Written by `make mutants` from here on. -->\n"


def reasons() -> dict[str, str]:
    """Return why a survivor is left, by its name: each stands below a line with its reason."""
    found, reason = {}, ""
    for line in LEFT.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            reason = line[2:]
        elif line:
            found[line] = reason
    return found


def interval(found: int, tried: int) -> tuple[float, float]:
    """Return the interval of 95 % of a share in percent, after Wilson (1927)."""
    z, share = 1.959964, found / tried
    middle = (share + z * z / (2 * tried)) / (1 + z * z / tried)
    half = z * sqrt(share * (1 - share) / tried + z * z / (4 * tried * tried)) / (1 + z * z / tried)
    return 100 * (middle - half), 100 * (middle + half)


def write(kept: Path, groups: Mapping[str, Callable[[], Sequence[Fault]]]) -> int:
    """Write the figures and the survivors; return 1 where something is amiss, else 0.

    `groups` make the faults of each group. One of which nothing was tried is left out.
    """
    why, lines, amiss, survivors = reasons(), [], [], []
    for group, faults_of in groups.items():
        tried = results(kept / group / "results.jsonl")
        if not tried:
            continue
        faults = faults_of()
        known, files = {fault.name for fault in faults}, {fault.short for fault in faults}
        tried = [entry for entry in tried if entry["name"] in known]
        lines += [f"### {group.capitalize()}", "", *_table(faults, tried), ""]
        share = 100 * sum(entry["found"] for entry in tried) / len(tried)
        if share < WANTED:
            amiss.append(f"{group}: {share:.1f} % found, of {len(tried)} faults")
        amiss += [f"{name} is no fault (any more)" for name in _gone(why, files, known)]
        survivors += sorted(entry["name"] for entry in tried if not entry["found"])
    lines += ["## Survivors", ""]
    for reason in dict.fromkeys(why.get(name, _OPEN) for name in survivors):
        names = [name for name in survivors if why.get(name, _OPEN) == reason]
        lines += [f"{reason}:", "", *(f"- `{name}`" for name in names), ""]
    text = PAGE.read_text(encoding="utf-8").partition(_MARK)[0]
    PAGE.write_text(text + _MARK + "\n" + "\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} has the figures.", *amiss, sep="\n")  # noqa: T201
    return int(bool(amiss))


def _gone(why: Mapping[str, str], files: set[str], known: set[str]) -> list[str]:
    """Return the names in the list of survivors that are of a file and of no fault in it."""
    return [name for name in why if name.partition(" ")[0] in files and name not in known]


def _table(faults: Sequence[Fault], tried: list[dict[str, object]]) -> list[str]:
    rows = [
        "| file | faults | tried | found | survived | found, percent |",
        "|---|---|---|---|---|---|",
    ]
    for module in [*sorted({fault.short for fault in faults}), None]:
        of = [f for f in faults if module in (None, f.short)]
        own = [e for e in tried if module in (None, e["module"])]
        if not own:
            continue
        found = sum(bool(e["found"]) for e in own)
        share = f"{100 * found / len(own):.0f}"
        if module is None and len(own) < len(of):
            low, high = interval(found, len(own))
            share += f" ({low:.0f} to {high:.0f})"
        name = module or "together"
        rows.append(f"| {name} | {len(of)} | {len(own)} | {found} | {len(own) - found} | {share} |")
    return rows
