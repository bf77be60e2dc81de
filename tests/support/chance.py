"""Values by chance, the same in every run: a test that holds today holds tomorrow."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings

Test = Callable[..., None]


def for_all(*strategies: Any, examples: int = 100) -> Callable[[Test], Test]:
    """Run a test with so many values, however slow the machine is."""
    steady = settings(deadline=None, derandomize=True, max_examples=examples)
    return lambda test: steady(given(*strategies)(test))
