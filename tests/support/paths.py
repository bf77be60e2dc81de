"""Where things are, for the tests."""

import subprocess
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
# The document and the records that the data were encoded from. They are no part of the project:
# tests that compare with them skip where they are missing.
SHARED = ROOT.parent / "shared"

Run = Callable[..., subprocess.CompletedProcess[str]]
