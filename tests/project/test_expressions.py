"""No regular expression of the package takes the square of the length of a text."""

import ast
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from support.paths import ROOT
from support.pumped import slow, texts

PACKAGE = ROOT / "ldn_kg"
METHODS = ("match", "fullmatch", "search", "findall", "finditer", "sub", "split")
# What only reads the texts of the package itself: its shapes, rules, templates and documents.
OURS = ("check/shacl", "check/derived", "publish/site", "publish/release", "curate/skeleton:_CODE")
Found = tuple[str, re.Pattern[str], set[str]]  # the place, the expression, how it is used


def _expressions(file: Path) -> Iterator[Found]:
    """Yield the expressions of a module: those it keeps, and those it has in a call."""
    place = str(file.relative_to(PACKAGE).with_suffix(""))
    tree = ast.parse(file.read_text(encoding="utf-8"))
    uses: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        uses.setdefault(node.value.id, set()).add(node.attr)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "re"
            and node.func.attr in METHODS
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            flags = re.findall(r"re\.([A-Z]+)\b", ast.unparse(node))
            flag = sum((getattr(re, name) for name in flags), re.NOFLAG)
            yield f"{place}:{node.lineno}", re.compile(node.args[0].value, flag), {node.func.attr}
    for name, value in vars(import_module(f"ldn_kg.{place.replace('/', '.')}")).items():
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            yield f"{place}:{name}", value, uses.get(name, set()) & {*METHODS}


def _all() -> list[Found]:
    files = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__main__.py"]
    return [found for path in files for found in _expressions(path)]


def _as_used(pattern: re.Pattern[str], uses: set[str]) -> Callable[[str], object]:
    """Return the way in which an expression is used; the dearest, where it is not known."""
    if uses and uses <= {"match", "fullmatch"}:
        return pattern.fullmatch if uses == {"fullmatch"} else pattern.match
    return pattern.findall


def test_every_expression_reads_a_text_in_a_time_like_its_length() -> None:
    found = [one for one in _all() if not one[0].startswith(OURS)]
    assert len(found) > 100
    hard = {
        place: text
        for place, pattern, uses in found
        if (text := slow(_as_used(pattern, uses), texts(pattern.pattern, pattern.flags & ~re.U)))
    }
    assert hard == {}


@pytest.mark.parametrize("square", [r"\s+x", r"\(([^)]*)\)", r"[\w.-]*:"])
def test_an_expression_that_takes_the_square_is_found(square: str) -> None:
    assert slow(re.compile(square).findall, texts(square)) is not None


@pytest.mark.parametrize(
    "line", [r"(?<!\s)\s++x|\w", r"[a-z]++", r"^\s*x", r'"(?:\\.|[^"\\])*+(?:"|\Z)']
)
def test_an_expression_that_does_not_is_let_through(line: str) -> None:
    assert slow(re.compile(line).findall, texts(line)) is None
