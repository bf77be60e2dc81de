"""Texts that are hard for a regular expression, made from what it repeats, and their time."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined]  # what the standard library parses
from typing import Any

_SIZE = 1024  # characters; what grows like the square is clearly slower at this size
_SLOW = 40  # times as long as a plain pass over the text: then it is looked at how it grows
_MOST = 9  # times as long for four times the size: the square would be 16
_SIGNS = "a0 Z-.:,;/()[]{}<>\"'`*#%&=?$_é–\n\t\\|+!@"
_CLASSES: dict[Any, Callable[[str], object]] = {
    _constants.CATEGORY_DIGIT: str.isdecimal,
    _constants.CATEGORY_SPACE: str.isspace,
    _constants.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
    _constants.CATEGORY_NOT_DIGIT: lambda sign: not sign.isdecimal(),
    _constants.CATEGORY_NOT_SPACE: lambda sign: not sign.isspace(),
    _constants.CATEGORY_NOT_WORD: lambda sign: not (sign.isalnum() or sign == "_"),
}
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


def texts(pattern: str, flags: int = 0) -> Iterator[Callable[[int], str]]:
    """Yield makers of texts of some length: what is repeated, behind what comes before it.

    Each is there once as it is and once with an end that does not fit.
    """
    parsed = _parser.parse(pattern, flags)
    for before, repeated in dict.fromkeys(_pumps(parsed, "")):
        for head, unit in ((before, repeated), ("", before + repeated), ("", before or repeated)):
            for end in ("", "\0", "\n\0"):
                if unit:
                    yield lambda n, h=head, u=unit, e=end: h + u * (n // len(u)) + e  # type: ignore[misc]


def slow(function: Callable[[str], object], made: Iterable[Callable[[int], str]]) -> str | None:
    """Return the beginning of a text whose time grows faster than its length, or None."""
    for maker in made:
        text = maker(_SIZE)
        pass_over = _seconds(re.compile(r"(?:[^a]|a)*").match, text)
        if _seconds(function, text) < _SLOW * pass_over:
            continue
        longer = maker(4 * _SIZE)
        if _seconds(function, longer) > _MOST * _seconds(function, text):
            return text[:60]
    return None


def _seconds(function: Callable[[str], object], text: str) -> float:
    """Return the seconds of the processor, the fewer of two tries."""
    tries = []
    for _ in range(2):
        start = time.process_time()
        function(text)
        tries.append(time.process_time() - start)
    return max(min(tries), 1e-5)


def _pumps(parsed: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each repetition without an end, and what it repeats."""
    for kind, about in parsed:
        if kind in _REPEATS:
            _, most, inside = about
            if most == _constants.MAXREPEAT or most > 50:
                for sample in _samples(inside):
                    yield before, sample
            yield from _pumps(inside, before)
        elif kind == _constants.BRANCH:
            for branch in about[1]:
                yield from _pumps(branch, before)
        elif kind in (_constants.SUBPATTERN, _constants.ATOMIC_GROUP):
            yield from _pumps(about[-1] if kind == _constants.SUBPATTERN else about, before)
        elif kind in (_constants.ASSERT, _constants.ASSERT_NOT):
            yield from _pumps(about[1], before)
        before += next(iter(_samples([(kind, about)])), "")


def _samples(parsed: Iterable[Any]) -> list[str]:
    """Return a few short texts that a part of an expression matches."""
    found = [""]
    for kind, about in parsed:
        found = [one + more for one in found for more in _of_one(kind, about)][:6]
    return found


def _of_one(kind: Any, about: Any) -> list[str]:
    if kind == _constants.LITERAL:
        return [chr(about)]
    if kind == _constants.NOT_LITERAL:
        return [sign for sign in _SIGNS if sign != chr(about)][:2]
    if kind == _constants.ANY:
        return ["a", "."]
    if kind == _constants.IN:
        return [sign for sign in _SIGNS if _is_in(sign, about)][:4] or [_first(about)]
    if kind in _REPEATS:
        least, _, inside = about
        return [sample * max(least, 1) for sample in _samples(inside)]
    if kind == _constants.BRANCH:
        return [sample for branch in about[1] for sample in _samples(branch)][:6]
    if kind == _constants.SUBPATTERN:
        return _samples(about[-1])
    if kind == _constants.ATOMIC_GROUP:
        return _samples(about)
    return [""]  # places and looks around


def _is_in(sign: str, members: list[Any]) -> bool:
    negated, inside = False, False
    for kind, about in members:
        if kind == _constants.NEGATE:
            negated = True
        elif kind == _constants.LITERAL:
            inside |= sign == chr(about)
        elif kind == _constants.RANGE:
            inside |= about[0] <= ord(sign) <= about[1]
        elif kind == _constants.CATEGORY:
            inside |= bool(_CLASSES[about](sign))
    return inside != negated


def _first(members: list[Any]) -> str:
    kind, about = members[-1]
    return chr(about[0] if kind == _constants.RANGE else about)
