"""Faults in SPARQL and in shapes: each changes one place of the text, and it still parses."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse

_HIDDEN = re.compile(r'#[^\n]*|<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"', re.M)
_COMPARED = {
    "=": ("!=",),
    "!=": ("=",),
    "<": ("<=", ">="),
    ">": (">=", "<="),
    "<=": ("<", ">"),
    ">=": (">", "<"),
}
_BLOCKS = re.compile(r"\b(OPTIONAL|MINUS|FILTER(?: NOT)? EXISTS|FILTER|BIND)\s*(?=[({])")
_WORDS = (
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r"(?<!NOT )\bEXISTS\b", "NOT EXISTS"),
    (r"\bNOT IN\b", "IN"),
    (r"(?<!NOT )\bIN(?= \()", "NOT IN"),
    (r"&&", "||"),
    (r"\|\|", "&&"),
    (r"\bMIN\(", "MAX("),
    (r"\bMAX\(", "MIN("),
    (r"\bDISTINCT\b", ""),
    (r"\bDESC\(", "("),
    (r"\bOPTIONAL\b", ""),
    (r"!(?=BOUND|CONTAINS|REGEX|STRSTARTS|is[A-Z])", ""),
    (r"(?<=[\w>)])[+*](?=[ /)])", ""),
)
_NAME = re.compile(r"(?<![\w:-])(ldnc?):[\w-]+")
_LINE = re.compile(r"^ *(?:[\w:^?|/(){}*+-]+ )?\^?[\w:^|/()*+-]+ [^{}\n]*?([;.])\n", re.M)
_CONSTRAINT = re.compile(
    r"^    (sh:(?!message|name|description|prefixes|path)\w+) (.*?)( [;.])\n", re.M | re.S
)
_QUERY = re.compile(r'"""(.*?)"""', re.S)
_HEAD = re.compile(r"CONSTRUCT\s*\{[^}]*\}")
Edit = tuple[int, int, str]  # from where, to where, and what then stands there
_COUNT = re.compile(r"(?<![\w.:-])(\d+)(\.\d+)?(?![\w.:-]*[\w:-])")


@dataclass
class Fault:
    """One fault: the file, what stood in it, and its text with the fault."""

    module: Path
    short: str
    function: str
    name: str
    text: str


def faults(path: Path, short: str) -> Iterator[Fault]:
    """Yield the faults of a query, a rule or a file of shapes; `short` begins their names."""
    text = path.read_text(encoding="utf-8")
    made = _of_shapes(text) if path.suffix == ".ttl" else _of_sparql(text, 0, len(text))
    seen: Counter[str] = Counter()
    texts = {text}
    for start, end, new in made:
        changed = text[:start] + new + text[end:]
        if changed in texts or not _parses(path, changed):
            continue
        texts.add(changed)
        around = " ".join(text[max(start - 30, text.rfind("\n", 0, start)) : start].split())
        name = f"{short} {_shape(text, start)}: {around} [{_short(text[start:end])}]"
        name += f" -> [{_short(new)}]"
        seen[name] += 1
        number = f" #{seen[name]}" if seen[name] > 1 else ""
        yield Fault(path, short, _shape(text, start), name + number, changed)


def _shape(text: str, at: int) -> str:
    found = re.findall(r"^(lsh:[\w-]+)$", text[:at], re.M)
    return found[-1] if found else "query"


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= 70 else f"{said[:45]}...{said[-20:]}"


def _parses(path: Path, text: str) -> bool:
    try:
        if path.suffix == ".ttl":
            list(parse(text, format=RdfFormat.TURTLE))
        else:
            Store().query(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _of_sparql(text: str, begin: int, end: int) -> Iterator[Edit]:
    """Yield the edits of a query that stands in a text from here to there."""
    code = _HIDDEN.sub(lambda found: "\x01" * len(found[0]), text[begin:end])
    head = re.search(r"\b(WHERE\s*)?\{", _HEAD.sub(lambda found: "_" * len(found[0]), code))
    first = head.end() if head else 0
    for make in (_of_blocks, _of_words, _of_lines, _of_names):
        for start, stop, new in make(code, first):
            yield begin + start, begin + stop, new


def _of_blocks(code: str, first: int) -> Iterator[Edit]:
    """Leave out a filter, an optional part, an exception, a binding; let a union have no rows."""
    for found in _BLOCKS.finditer(code, first):
        yield found.start(), _closed(code, found.end()), ""
    for found in re.compile(r"\{").finditer(code, first):
        start, stop = found.start(), _closed(code, found.start())
        if re.match(r"\s*UNION\b", code[stop:]) or re.search(r"UNION\s*\Z", code[:start]):
            yield start, stop, "{ FILTER(false) }"


def _of_words(code: str, first: int) -> Iterator[Edit]:
    """Change a keyword, a comparison, a number."""
    for pattern, other in _WORDS:
        for found in re.compile(pattern).finditer(code, first):
            yield found.start(), found.end(), other
    for found in re.compile(r"(?<= )(!=|<=|>=|=|<|>)(?= )").finditer(code, first):
        for other in _COMPARED[found[1]]:
            yield found.start(), found.end(), other
    for found in _COUNT.finditer(code, first):
        yield found.start(), found.end(), str(int(found[1]) + 1) + (found[2] or "")


def _of_lines(code: str, first: int) -> Iterator[Edit]:
    """Leave out a triple pattern, or a row of a table."""
    for found in _LINE.finditer(code, first):
        if "BIND" in found[0] or "FILTER" in found[0]:
            continue
        words = re.match(r" *(\S+) (\S+) ", found[0])
        alone = found[1] == "." and words and words[1][0] in "?[\x01"
        yield found.start(), found.end(), "\n" if alone or found[1] == ";" else ".\n"
    for found in re.compile(r"^ +(\([^()\n]*\)|ldnc?:[\w-]+)\n", re.M).finditer(code, first):
        yield found.start(), found.end(), ""


def _of_names(code: str, first: int) -> Iterator[Edit]:
    """Put another name of ours from the same query in the place of one."""
    names = sorted({found[0] for found in _NAME.finditer(code)})
    for found in _NAME.finditer(code, first):
        same = [name for name in names if _kind(name) == _kind(found[0])]
        yield found.start(), found.end(), same[(same.index(found[0]) + 1) % len(same)]


def _kind(name: str) -> tuple[str, bool]:
    prefix, _, local = name.partition(":")
    return prefix, local[0].isupper()


def _closed(code: str, at: int) -> int:
    """Return where the bracket that opens at a place is closed."""
    depth = 0
    for number in range(at, len(code)):
        depth += (code[number] in "({") - (code[number] in ")}")
        if depth == 0:
            return number + 1
    return len(code)


def _of_shapes(text: str) -> Iterator[Edit]:
    """Yield the edits of a file of shapes: those of its queries, and of each constraint."""
    for query in _QUERY.finditer(text):
        yield from _of_sparql(text, query.start(1), query.end(1))
    code = _QUERY.sub(lambda query: "\x01" * len(query[0]), text)
    for found in _CONSTRAINT.finditer(code):
        name, value, at = found[1], found[2], found.start(2)
        if name in ("sh:property", "sh:sparql") and "," in value:
            for one in re.finditer(r"lsh:[\w-]+ ?,\s*|,\s*lsh:[\w-]+\Z", value):
                yield at + one.start(), at + one.end(), ""
            continue
        yield found.start(), found.end(), "    .\n" if found[3] == " ." else ""
        if re.fullmatch(r"-?\d+(\.\d+)?", value):
            yield (
                at,
                at + len(value),
                f"{float(value) + 1}" if "." in value else str(int(value) + 1),
            )
        if "clusive" in name:
            other = re.sub("In|Ex", lambda found: {"In": "Ex", "Ex": "In"}[found[0]], name)
            yield found.start(1), found.end(1), other
        if name == "sh:pattern":
            yield from _of_pattern(value, at)
        if name == "sh:in":
            members = list(re.finditer(r"(?<=[ (])(\w+:[\w-]+|\"[^\"]*\") (?!\()", value))
            for one in members[:1] + members[1:][-1:]:
                yield at + one.start(), at + one.end(), ""


def _of_pattern(value: str, at: int) -> Iterator[Edit]:
    """Yield the edits of a regular expression: an anchor, a repetition, a number."""
    for sign in ("^", "$", "+", "*", "?"):
        if sign in value:
            place = value.index(sign) if sign == "^" else value.rindex(sign)
            yield at + place, at + place + 1, ""
    for found in re.finditer(r"\d+", value):
        yield at + found.start(), at + found.end(), str(int(found[0]) + 1)
