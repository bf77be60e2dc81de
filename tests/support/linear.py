"""Time that grows as the text does: a hostile text must not take the square of it."""

import time
from collections.abc import Callable
from contextlib import suppress

from ldn_kg.errors import LdnKgError

_SIZES = [1 << n for n in (12, 14, 16, 18, 20)]  # characters, each four times the last
_MOST = 9  # times as long for four times the size: the square would be 16


def expect_linear(function: Callable[[str], object], text: Callable[[int], str]) -> None:
    """Fail unless a function takes about n times as long for a text that is n times as long.

    From 4 KB to 1 MB, in seconds of the processor, so that others on the machine do not count. What
    grows faster is found at a small size, before it takes hours. A sentence is an answer, too.
    """
    before = _seconds(function, text(_SIZES[0]))
    for size in _SIZES[1:]:
        given = text(size)
        assert len(given) > size / 2, "the text is too short to tell"
        now = _seconds(function, given)
        if now > _MOST * before:  # something else may have come between
            before = min(_seconds(function, text(size // 4)) for _ in range(2))
            now = min(_seconds(function, given) for _ in range(2))
        assert now <= _MOST * before, f"{size} characters take {now / before:.0f} times a quarter"
        before = now


def _seconds(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    with suppress(LdnKgError):
        function(text)
    return max(time.process_time() - start, 1e-4)  # less cannot be told apart
