"""Where things are, for the tests."""

import subprocess
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent

Run = Callable[..., subprocess.CompletedProcess[str]]
