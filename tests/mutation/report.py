"""The report on what tests find: docs/mutants.md, and the survivors with the reasons."""

from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path

from mutation.runner import Fault, results

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "mutants.md"
LEFT = Path(__file__).parent / "survivors.txt"
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


def write(kept: Path, groups: Mapping[str, Sequence[Fault]]) -> int:
    """Write the figures and the survivors; return 1 where something is amiss, else 0."""
    why, lines, below = reasons(), [], []
    there = {fault.name for faults in groups.values() for fault in faults}
    below += [f"{LEFT.name} names a fault that there is not: {name}" for name in why.keys() - there]
    survivors: list[str] = []
    for group, faults in groups.items():
        known = {fault.name for fault in faults}
        tried = [e for e in results(kept / group / "results.jsonl") if e["name"] in known]
        if not tried:
            continue
        lines += ["", f"### {group.capitalize()}", "", *_table(faults, tried)]
        share = 100 * sum(e["found"] for e in tried) / len(tried)
        if share < WANTED:
            below.append(f"{group}: {share:.1f} %")
        survivors += sorted(e["name"] for e in tried if not e["found"])
    lines += ["", "## Survivors", ""]
    for reason in dict.fromkeys(why.get(name, "Not looked at yet") for name in survivors):
        lines += [f"{reason}:", ""]
        lines += [f"- `{n}`" for n in survivors if why.get(n, "Not looked at yet") == reason]
        lines.append("")
    text = PAGE.read_text(encoding="utf-8").partition(_MARK)[0]
    PAGE.write_text(text + _MARK + "\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} has the figures.", *below)  # noqa: T201
    return int(bool(below))


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
